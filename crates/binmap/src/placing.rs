//! A map on the die grid of its wafer: turned notch down, then shifted.
//!
//! The grid has its indices notch down: columns grow to the right, rows upwards.

use std::collections::HashSet;

use crate::model::{Axis, BinMap, Origin, Reference};

/// Shifts more than the difference of both outlines asks for.
const SLACK: i32 = 2;
/// Most shifts in each direction: a map that differs by more dies is of another product.
const REACH: i32 = 32;
/// Comparisons of dies that a fit may take.
const COMPARISONS: usize = 2_000_000_000;
/// Share of the smaller of both sets of dies that has to lie on the other.
const AGREEMENT: f64 = 0.9;

/// What the caller knows better than the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Placement {
    /// Where the notch is in the file, degrees clockwise from the bottom.
    pub notch_deg: Option<u16>,
    /// Column of the grid under the leftmost column of the turned map.
    pub first_die_x: Option<i32>,
    /// Row of the grid under the lowest row.
    pub first_die_y: Option<i32>,
}

/// Die grid of a wafer, notch down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DieGrid<'a> {
    /// Dies known on it.
    pub dies: &'a [(i32, i32)],
    /// Step of the grid, mm, both above 0.
    pub pitch_mm: (f64, f64),
    /// Lower-left corner of die (0,0) from the wafer centre, mm.
    pub origin_mm: (f64, f64),
}

/// A die of a map on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedDie {
    /// Column.
    pub x: i32,
    /// Row, from below.
    pub y: i32,
    /// Place in the map's bins.
    pub bin: u16,
}

/// A map on the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its dies, row by row from below.
    pub dies: Vec<PlacedDie>,
    /// How it came to lie there, in a sentence.
    pub how: String,
}

/// Why a map cannot be laid on a grid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misplaced {
    /// No quarter turn.
    #[error("the notch is at 0, 90, 180 or 270 degrees, not at {0}")]
    Notch(u16),
    /// One of two.
    #[error("the first die needs its column and its row, or neither")]
    HalfPlace,
    /// The map is empty.
    #[error("the map has no die")]
    NoDie,
    /// Nothing to lay it on.
    #[error("no inspection of the wafer tells its die grid: say which die the map begins with")]
    NoGrid,
    /// Too much to compare.
    #[error("the map has too many dies to be fitted: say which die it begins with")]
    TooLarge,
    /// Another outline.
    #[error(
        "at best {found} of the map's {dies} dies lie on the {grid} dies inspected: is the notch elsewhere, or the \
         product another one? Say where the notch is, or which die the map begins with"
    )]
    Outline {
        /// Dies of the map.
        dies: usize,
        /// Dies of the grid.
        grid: usize,
        /// Dies of the map on dies of the grid, at the best shift.
        found: usize,
    },
    /// Several shifts are as good.
    #[error("the map fits the dies inspected at {0} places: say which die it begins with")]
    Ambiguous(usize),
}

/// Lays a map on a grid: by the first die that the caller names, by a reference device that tells its distance from
/// the wafer centre, or by the outline.
///
/// # Errors
/// [`Misplaced`], which says what to give.
pub fn place(
    map: &BinMap,
    placement: &Placement,
    grid: Option<&DieGrid<'_>>,
) -> Result<Placed, Misplaced> {
    let notch_deg = placement.notch_deg.or(map.notch_deg).unwrap_or(0);
    let turned = Turned::of(map, notch_deg)?;
    if turned.dies.is_empty() {
        return Err(Misplaced::NoDie);
    }
    let (shift, by) = match (placement.first_die_x, placement.first_die_y) {
        (Some(x), Some(y)) => ((x, y), "as the upload says".to_owned()),
        (None, None) => turned.shift(map, grid.ok_or(Misplaced::NoGrid)?)?,
        _ => return Err(Misplaced::HalfPlace),
    };
    let mut dies = Vec::with_capacity(turned.dies.len());
    for &(column, row, bin) in &turned.dies {
        let (x, y) = (shift.0.checked_add(column), shift.1.checked_add(row));
        let (Some(x), Some(y)) = (x, y) else {
            return Err(Misplaced::HalfPlace);
        };
        dies.push(PlacedDie { x, y, bin });
    }
    dies.sort_unstable_by_key(|die| (die.y, die.x));
    let said = match (placement.notch_deg, map.notch_deg) {
        (Some(_), _) => "as the upload says",
        (None, Some(_)) => "as the file says",
        (None, None) => "which nobody says",
    };
    let turn = match notch_deg {
        0 => format!("not turned (notch down, {said})"),
        _ => format!(
            "turned by {notch_deg}° counter-clockwise (notch at {notch_deg}° clockwise from the bottom, {said})"
        ),
    };
    let back = if map.is_back_side {
        "mirrored (seen from the back), "
    } else {
        ""
    };
    let (x, y) = shift;
    Ok(Placed {
        dies,
        how: format!(
            "{back}{turn}; first column is die column {x} and lowest row die row {y}, {by}"
        ),
    })
}

/// A map notch down.
struct Turned {
    columns: i32,
    rows: i32,
    notch_deg: u16,
    /// Column from the left, row from below, bin.
    dies: Vec<(i32, i32, u16)>,
}

impl Turned {
    fn of(map: &BinMap, notch_deg: u16) -> Result<Self, Misplaced> {
        // An array has at most 8 million places: its sides are far inside an i32.
        let size = (map.columns as i32, map.rows as i32);
        let (columns, rows) = match notch_deg {
            0 | 180 => size,
            90 | 270 => (size.1, size.0),
            other => return Err(Misplaced::Notch(other)),
        };
        let mut turned = Self {
            columns,
            rows,
            notch_deg,
            dies: Vec::with_capacity(map.dies()),
        };
        let codes = map.cells.chunks_exact(map.columns.max(1));
        for (row, codes) in codes.enumerate() {
            for (column, bin) in codes.iter().enumerate() {
                if let Some(bin) = *bin {
                    let (x, y) = turned.cell(map, column as i32, row as i32);
                    turned.dies.push((x, y, bin));
                }
            }
        }
        Ok(turned)
    }

    /// Where a column from the left and a row from the top come to lie, from the lower left.
    fn cell(&self, map: &BinMap, column: i32, row: i32) -> (i32, i32) {
        let (width, height) = (map.columns as i32, map.rows as i32);
        let from_below = height - 1 - row;
        let (x, y) = match self.notch_deg {
            90 => (row, column),
            180 => (width - 1 - column, row),
            270 => (from_below, width - 1 - column),
            _ => (column, from_below),
        };
        match map.is_back_side {
            true => (self.columns - 1 - x, y),
            false => (x, y),
        }
    }

    fn shift(&self, map: &BinMap, grid: &DieGrid<'_>) -> Result<((i32, i32), String), Misplaced> {
        let outline = Outline::of(self, grid);
        let mut by_reference: Option<((i32, i32), usize, String)> = None;
        for reference in &map.references {
            for first in [1, 0] {
                let Some(shift) = self.reference_shift(map, reference, first, grid) else {
                    continue;
                };
                let agree = outline.agreement(shift);
                if by_reference
                    .as_ref()
                    .is_none_or(|(_, best, _)| agree > *best)
                {
                    let (x, y) = (reference.x, reference.y);
                    let how = format!(
                        "by the reference device ({x}, {y}), counted from {first}, and its distance from the wafer centre"
                    );
                    by_reference = Some((shift, agree, how));
                }
            }
        }
        match by_reference {
            Some((shift, _, how)) => Ok((shift, how)),
            None => outline.fit(),
        }
    }

    /// The shift that lays a reference device where the file says it is.
    fn reference_shift(
        &self,
        map: &BinMap,
        reference: &Reference,
        first: i64,
        grid: &DieGrid<'_>,
    ) -> Option<(i32, i32)> {
        let (x_mm, y_mm) = reference.position_mm?;
        let (column, row) = array_place(map, reference, first)?;
        let cell = self.cell(map, column, row);
        let (x_mm, y_mm) = match self.notch_deg {
            90 => (-y_mm, x_mm),
            180 => (-x_mm, -y_mm),
            270 => (y_mm, -x_mm),
            _ => (x_mm, y_mm),
        };
        let x_mm = if map.is_back_side { -x_mm } else { x_mm };
        let index = |mm: f64, origin: f64, pitch: f64| ((mm - origin) / pitch).floor() as i32;
        let x = index(x_mm, grid.origin_mm.0, grid.pitch_mm.0);
        let y = index(y_mm, grid.origin_mm.1, grid.pitch_mm.1);
        Some((x.checked_sub(cell.0)?, y.checked_sub(cell.1)?))
    }
}

/// Column from the left and row from the top of a reference device; `None` where it is outside the array.
fn array_place(map: &BinMap, reference: &Reference, first: i64) -> Option<(i32, i32)> {
    let (columns, rows) = (map.columns as i64, map.rows as i64);
    let (left, top) = match map.origin.unwrap_or_default() {
        Origin::LowerLeft => (0, rows - 1),
        Origin::LowerRight => (columns - 1, rows - 1),
        Origin::UpperLeft => (0, 0),
        Origin::UpperRight => (columns - 1, 0),
        Origin::Center => (columns / 2, rows / 2),
    };
    let (right, down) = match map.axis.unwrap_or(natural_axis(map.origin)) {
        Axis::UpRight => (1, -1),
        Axis::DownRight => (1, 1),
        Axis::UpLeft => (-1, -1),
        Axis::DownLeft => (-1, 1),
    };
    // At the centre there is nothing to count from but 0.
    let first = if map.origin == Some(Origin::Center) {
        0
    } else {
        first
    };
    let column = left + right * (reference.x - first);
    let row = top + down * (reference.y - first);
    let is_inside = (0..columns).contains(&column) && (0..rows).contains(&row);
    is_inside.then_some((column as i32, row as i32))
}

/// The direction into the array, where the file names a corner and no direction.
fn natural_axis(origin: Option<Origin>) -> Axis {
    match origin.unwrap_or_default() {
        Origin::LowerLeft | Origin::Center => Axis::UpRight,
        Origin::LowerRight => Axis::UpLeft,
        Origin::UpperLeft => Axis::DownRight,
        Origin::UpperRight => Axis::DownLeft,
    }
}

/// The dies of a map and of a grid as sets.
struct Outline<'a> {
    turned: &'a Turned,
    grid: &'a [(i32, i32)],
    /// Whether the map has a die, row by row from below.
    is_die: Vec<bool>,
    distinct: usize,
}

impl<'a> Outline<'a> {
    fn of(turned: &'a Turned, grid: &DieGrid<'a>) -> Self {
        let mut is_die = vec![false; turned.columns as usize * turned.rows as usize];
        for &(column, row, _) in &turned.dies {
            is_die[row as usize * turned.columns as usize + column as usize] = true;
        }
        Self {
            turned,
            grid: grid.dies,
            is_die,
            distinct: grid.dies.iter().collect::<HashSet<_>>().len(),
        }
    }

    /// Dies of the grid under dies of the map.
    fn agreement(&self, (dx, dy): (i32, i32)) -> usize {
        let (columns, rows) = (i64::from(self.turned.columns), i64::from(self.turned.rows));
        let under = |&&(x, y): &&(i32, i32)| {
            let (x, y) = (i64::from(x) - i64::from(dx), i64::from(y) - i64::from(dy));
            (0..columns).contains(&x)
                && (0..rows).contains(&y)
                && self.is_die[(y * columns + x) as usize]
        };
        self.grid.iter().filter(under).count()
    }

    /// The one shift that agrees best.
    fn fit(&self) -> Result<((i32, i32), String), Misplaced> {
        let dies = &self.turned.dies;
        let columns = shifts(
            dies.iter().map(|die| die.0),
            self.grid.iter().map(|die| die.0),
        );
        let rows = shifts(
            dies.iter().map(|die| die.1),
            self.grid.iter().map(|die| die.1),
        );
        let (Some(columns), Some(rows)) = (columns, rows) else {
            return Err(Misplaced::NoGrid);
        };
        if columns.clone().count() * rows.clone().count() * self.grid.len() > COMPARISONS {
            return Err(Misplaced::TooLarge);
        }
        let mut best = (0, (0, 0), 0);
        for dx in columns {
            for dy in rows.clone() {
                let agree = self.agreement((dx, dy));
                if agree > best.0 {
                    best = (agree, (dx, dy), 1);
                } else if agree == best.0 {
                    best.2 += 1;
                }
            }
        }
        let (found, shift, places) = best;
        let smaller = dies.len().min(self.distinct);
        if (found as f64) < AGREEMENT * smaller as f64 {
            let (dies, grid) = (dies.len(), self.distinct);
            return Err(Misplaced::Outline { dies, grid, found });
        }
        if places > 1 {
            return Err(Misplaced::Ambiguous(places));
        }
        let how = format!(
            "by the outline: {found} of its {} dies lie on the {} dies inspected",
            dies.len(),
            self.distinct
        );
        Ok((shift, how))
    }
}

/// Shifts that lay one range of indices on another, and some beside them.
fn shifts(
    map: impl Iterator<Item = i32> + Clone,
    grid: impl Iterator<Item = i32> + Clone,
) -> Option<std::ops::RangeInclusive<i32>> {
    let (first, last) = (map.clone().min()?, map.max()?);
    let (grid_first, grid_last) = (grid.clone().min()?, grid.max()?);
    let lows = grid_first.checked_sub(first)?;
    let highs = grid_last.checked_sub(last)?;
    let (low, high) = (lows.min(highs), lows.max(highs));
    let middle = low + (high.checked_sub(low)?) / 2;
    let low = low.saturating_sub(SLACK).max(middle.saturating_sub(REACH));
    let high = high.saturating_add(SLACK).min(middle.saturating_add(REACH));
    Some(low..=high)
}
