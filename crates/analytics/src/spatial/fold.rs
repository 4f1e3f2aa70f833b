//! Positions folded into one reticle field, and who lies near whom in it.

use std::f64::consts::PI;

use super::DieGrid;
use super::field::Placed;

/// Cells along an edge of the field at most.
const CELLS_MOST: f64 = 2_000.0;
/// Cells in a reach: finer ones enclose it more closely.
const CELLS_IN_REACH: f64 = 2.0;

/// Defects folded into a field: the field goes on over its edges, as the next field does on the wafer.
#[derive(Debug)]
pub(super) struct Fold {
    /// Place of each defect in the field, mm from its lower-left corner.
    pub places: Vec<(f64, f64)>,
    /// Field of each defect, column and row.
    pub fields: Vec<(i32, i32)>,
    size_mm: (f64, f64),
    reach_mm: f64,
    cells: (usize, usize),
    /// Where the defects of each cell begin in `order`, one more than there are cells.
    starts: Vec<usize>,
    order: Vec<usize>,
}

impl Fold {
    /// Folds defects into fields of so many columns and rows of dies. `reach_mm` is the unit of distances asked for.
    pub fn new(
        defects: &[Placed],
        grid: &DieGrid,
        (columns, rows): (u32, u32),
        reach_mm: f64,
    ) -> Self {
        let size_mm = (
            grid.pitch_mm.0 * f64::from(columns),
            grid.pitch_mm.1 * f64::from(rows),
        );
        let field = |at: f64, origin: f64, size: f64| {
            let number = ((at - origin) / size).floor();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "fields of a wafer; beyond that, saturated"
            )]
            let index = number as i32;
            (index, (at - origin - number * size).clamp(0.0, size))
        };
        let folded = defects.iter().map(|defect| {
            let (column, x) = field(defect.at_mm.0, grid.origin_mm.0, size_mm.0);
            let (row, y) = field(defect.at_mm.1, grid.origin_mm.1, size_mm.1);
            ((x, y), (column, row))
        });
        let (places, fields) = folded.unzip();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "1 to 2,000"
        )]
        let cells = |size: f64| {
            (CELLS_IN_REACH * size / reach_mm)
                .floor()
                .clamp(1.0, CELLS_MOST) as usize
        };
        let mut fold = Self {
            places,
            fields,
            size_mm,
            reach_mm,
            cells: (cells(size_mm.0), cells(size_mm.1)),
            starts: Vec::new(),
            order: Vec::new(),
        };
        fold.sort();
        fold
    }

    /// Puts the defects into their cells.
    fn sort(&mut self) {
        let cell: Vec<usize> = self.places.iter().map(|&at| self.cell_of(at)).collect();
        let mut starts = vec![0; self.cells.0 * self.cells.1 + 1];
        for &cell in &cell {
            starts[cell + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        self.order = vec![0; cell.len()];
        for (index, &cell) in cell.iter().enumerate() {
            self.order[next[cell]] = index;
            next[cell] += 1;
        }
        self.starts = starts;
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the field"
    )]
    fn cell_of(&self, (x, y): (f64, f64)) -> usize {
        let cell =
            |at: f64, size: f64, cells: usize| ((at / size * cells as f64) as usize).min(cells - 1);
        cell(y, self.size_mm.1, self.cells.1) * self.cells.0 + cell(x, self.size_mm.0, self.cells.0)
    }

    /// Width and height of the field, mm.
    pub fn size_mm(&self) -> (f64, f64) {
        self.size_mm
    }

    /// Area of the field, mm2.
    pub fn area_mm2(&self) -> f64 {
        self.size_mm.0 * self.size_mm.1
    }

    /// Area within so many reaches of a place, mm2.
    pub fn disc_mm2(&self, reaches: f64) -> f64 {
        (PI * (reaches * self.reach_mm).powi(2)).min(self.area_mm2())
    }

    /// Defects within so many reaches of a place, which may be one of them.
    pub fn neighbours(&self, at: (f64, f64), reaches: f64) -> Vec<usize> {
        let reach = reaches * self.reach_mm;
        let columns = near(at.0, reach, self.size_mm.0, self.cells.0);
        let rows = near(at.1, reach, self.size_mm.1, self.cells.1);
        let mut found = Vec::new();
        for row in rows {
            for column in columns.clone() {
                let cell = row * self.cells.0 + column;
                let held = &self.order[self.starts[cell]..self.starts[cell + 1]];
                let is_near = |index: &&usize| self.distance(at, self.places[**index]) <= reach;
                found.extend(held.iter().filter(is_near).copied());
            }
        }
        found
    }

    /// At least as many as there are within a reach of a place: all in the cells around it, without a look at them.
    pub fn neighbours_at_most(&self, at: (f64, f64)) -> usize {
        let columns = near(at.0, self.reach_mm, self.size_mm.0, self.cells.0);
        let rows = near(at.1, self.reach_mm, self.size_mm.1, self.cells.1);
        let held = |cell: usize| self.starts[cell + 1] - self.starts[cell];
        rows.map(|row| row * self.cells.0)
            .map(|first| {
                columns
                    .clone()
                    .map(|column| held(first + column))
                    .sum::<usize>()
            })
            .sum()
    }

    /// Distance of two places, over the edge of the field where that is shorter.
    pub fn distance(&self, from: (f64, f64), to: (f64, f64)) -> f64 {
        let x = shortest(to.0 - from.0, self.size_mm.0);
        let y = shortest(to.1 - from.1, self.size_mm.1);
        x.hypot(y)
    }

    /// The mean of defects near a place; the place itself where there are none.
    pub fn mean(&self, near: (f64, f64), of: &[usize]) -> (f64, f64) {
        let count = of.len().max(1) as f64;
        let mean = |from: f64, size: f64, of: &mut dyn Iterator<Item = f64>| {
            let away: f64 = of.map(|at| shortest(at - from, size)).sum();
            (from + away / count).rem_euclid(size)
        };
        (
            mean(
                near.0,
                self.size_mm.0,
                &mut of.iter().map(|&index| self.places[index].0),
            ),
            mean(
                near.1,
                self.size_mm.1,
                &mut of.iter().map(|&index| self.places[index].1),
            ),
        )
    }
}

/// A way along a side, round the other way where that is shorter.
fn shortest(way: f64, size: f64) -> f64 {
    way - size * (way / size).round()
}

/// Cells along a side that reach within a distance of a place, each once.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "cells of a field"
)]
fn near(at: f64, reach: f64, size: f64, cells: usize) -> impl Iterator<Item = usize> + Clone {
    let cell = |at: f64| (at / size * cells as f64).floor() as i64;
    let cells = cells as i64;
    let first = cell(at - reach);
    let count = (cell(at + reach) - first + 1).min(cells);
    (first..first + count).map(move |cell| cell.rem_euclid(cells) as usize)
}
