//! Defects and inspected area that no pattern has claimed yet.

use std::f64::consts::TAU;

use super::super::{Inspected, Lattice, direction_deg};

/// Cells around the wafer, half a degree each.
pub const AROUND: usize = 720;
/// Cells from the centre to the rim.
pub const OUTWARDS: usize = 300;

/// What is left of an inspection.
pub struct Field<'a> {
    inspected: &'a Inspected,
    /// All defects; those slightly beyond the radius are moved to it.
    points: Vec<(f64, f64)>,
    /// Indices of the defects that are left, ascending.
    left: Vec<usize>,
    /// Inspected area of each cell that is left, mm2, by direction, then outwards.
    cells: Vec<f32>,
    area_mm2: f64,
}

impl<'a> Field<'a> {
    pub fn new(inspected: &'a Inspected, points: &[(f64, f64)]) -> Self {
        let radius = inspected.radius_mm();
        let inside = |&(x, y): &(f64, f64)| {
            let factor = (0.999_999 * radius / x.hypot(y)).min(1.0);
            (factor * x, factor * y)
        };
        let mut field = Self {
            inspected,
            points: points.iter().map(inside).collect(),
            left: (0..points.len())
                .filter(|&index| inspected.holds(points[index]))
                .collect(),
            cells: vec![0.0; AROUND * OUTWARDS],
            area_mm2: 0.0,
        };
        field.measure();
        field
    }

    /// Fills the cells: `½ (r₂² − r₁²) dφ` for each stretch of each ray.
    fn measure(&mut self) {
        let step = self.step_mm();
        let rays = self.inspected.rays();
        let part = 0.5 * TAU / rays.len() as f64;
        for (direction, stretches) in rays {
            let first = around(direction.to_degrees()) * OUTWARDS;
            let row = &mut self.cells[first..first + OUTWARDS];
            for &(from, to) in stretches {
                let last = ((to / step) as usize).min(OUTWARDS - 1);
                for (cell, area) in row
                    .iter_mut()
                    .enumerate()
                    .take(last + 1)
                    .skip((from / step) as usize)
                {
                    let (inner, outer) = (cell as f64 * step, (cell + 1) as f64 * step);
                    let (inner, outer) = (inner.max(from), outer.min(to));
                    *area += (part * (outer * outer - inner * inner).max(0.0)) as f32;
                }
            }
        }
        self.area_mm2 = self.cells.iter().map(|&area| f64::from(area)).sum();
    }

    pub fn step_mm(&self) -> f64 {
        self.inspected.radius_mm() / OUTWARDS as f64
    }

    pub fn radius_mm(&self) -> f64 {
        self.inspected.radius_mm()
    }

    pub fn lattice(&self) -> Option<&Lattice> {
        self.inspected.lattice()
    }

    pub fn area_mm2(&self) -> f64 {
        self.area_mm2
    }

    /// Number of defects left.
    pub fn count(&self) -> u64 {
        self.left.len() as u64
    }

    /// Indices of the defects left, ascending.
    pub fn left(&self) -> &[usize] {
        &self.left
    }

    pub fn point(&self, index: usize) -> (f64, f64) {
        self.points[index]
    }

    /// Place and index of each defect left.
    pub fn placed(&self) -> impl Iterator<Item = ((f64, f64), usize)> {
        self.left.iter().map(|&index| (self.points[index], index))
    }

    /// Area of each cell with the place of its middle, cells without area left out.
    pub fn cells(&self) -> impl Iterator<Item = ((f64, f64), f64)> {
        let step = self.step_mm();
        let rows = self.cells.chunks_exact(OUTWARDS).enumerate();
        rows.flat_map(move |(row, cells)| {
            let direction = direction_of(row);
            let cells = cells.iter().enumerate().filter(|(_, area)| **area > 0.0);
            cells.map(move |(cell, &area)| (middle(direction, cell, step), f64::from(area)))
        })
    }

    /// Area by distance from the centre.
    pub fn area_outwards(&self) -> Vec<f64> {
        let mut areas = vec![0.0; OUTWARDS];
        for row in self.cells.chunks_exact(OUTWARDS) {
            for (sum, &area) in areas.iter_mut().zip(row) {
                *sum += f64::from(area);
            }
        }
        areas
    }

    /// Area by direction, of the cells from `first` on.
    pub fn area_around(&self, first: usize) -> Vec<f64> {
        let rows = self.cells.chunks_exact(OUTWARDS);
        rows.map(|row| row[first..].iter().map(|&area| f64::from(area)).sum())
            .collect()
    }

    /// Cell of a point outwards.
    pub fn outwards(&self, (x, y): (f64, f64)) -> usize {
        ((x.hypot(y) / self.step_mm()) as usize).min(OUTWARDS - 1)
    }

    /// Takes out defects.
    pub fn take(&mut self, members: &[usize]) {
        self.left
            .retain(|index| members.binary_search(index).is_err());
    }

    /// Takes out area, and the defects that lie on it.
    pub fn take_area(&mut self, lies_in: impl Fn((f64, f64)) -> bool) {
        let step = self.step_mm();
        for (row, cells) in self.cells.chunks_exact_mut(OUTWARDS).enumerate() {
            let direction = direction_of(row);
            for (cell, area) in cells.iter_mut().enumerate() {
                if *area > 0.0 && lies_in(middle(direction, cell, step)) {
                    *area = 0.0;
                }
            }
        }
        self.area_mm2 = self.cells.iter().map(|&area| f64::from(area)).sum();
        let points = &self.points;
        self.left.retain(|&index| !lies_in(points[index]));
    }
}

/// Cell of a direction in degrees.
pub fn around(direction: f64) -> usize {
    ((direction * (AROUND as f64 / 360.0)) as usize).min(AROUND - 1)
}

/// Cell of a point around the wafer.
pub fn around_of((x, y): (f64, f64)) -> usize {
    around(direction_deg(x, y))
}

/// Cosine and sine of the direction of a row of cells.
fn direction_of(row: usize) -> (f64, f64) {
    let (sin, cos) = ((row as f64 + 0.5) * TAU / AROUND as f64).sin_cos();
    (cos, sin)
}

fn middle((cos, sin): (f64, f64), cell: usize, step: f64) -> (f64, f64) {
    let radius = (cell as f64 + 0.5) * step;
    (radius * cos, radius * sin)
}
