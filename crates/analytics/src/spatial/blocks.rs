//! Weak spots of a stack: blocks of cells that are hit on more wafers than chance explains, where no single cell tells.
//!
//! A spot of 20 mm that doubles the defects doubles those of each of its sixteen cells of 5 mm, which is nothing for one of
//! them. So blocks of 2 by 2 and of 4 by 4 cells, overlapping by half, are judged as cells are, by the wafers with a defect
//! in them. What a finer scale explains is not said again: cells that stand out already are left out of the blocks, with
//! their defects and their area. Each scale is controlled by Benjamini and Hochberg over its places (overlapping
//! blocks depend on each other positively, which the control allows) at a third of the level (Bonferroni over the three).
//!
//! Source: J. Neill and A. Moore, KDD-2004, and M. Kulldorff, Communications in Statistics 26 (1997), for scans over regions of
//! several sizes; Y. Benjamini and D. Yekutieli, Annals of Statistics 29 (2001), for control under positive dependence.

use std::collections::BTreeMap;

use super::stack::{Chances, Layer, Stacked, by_wafer, control};
use crate::Error;

/// Sides of blocks, in cells.
const SIDES: [usize; 2] = [2, 4];
/// Scales looked at, single cells among them.
const SCALES: f64 = 3.0;

/// A cell of a block that stands out takes part in it with so many hits (wafers; defects of a single inspection) ...
const HITS_LEAST: u32 = 2;
/// ... that chance alone would put there at most so often: of a block's other cells some seldom do, too.
const TAKES_PART: f64 = 0.2;

/// Square blocks of cells that overlap by half.
struct Blocks {
    /// Cells in a row.
    across: usize,
    side: usize,
    /// Blocks in a row.
    in_row: usize,
}

impl Blocks {
    fn new(across: usize, side: usize) -> Self {
        let in_row = across.saturating_sub(side).div_ceil(side / 2) + 1;
        Self {
            across,
            side,
            in_row,
        }
    }

    fn count(&self) -> usize {
        self.in_row * self.in_row
    }

    /// Columns or rows of the blocks that a column or row of cells is in.
    fn with(&self, cell: usize) -> std::ops::RangeInclusive<usize> {
        let step = self.side / 2;
        let first = (cell + 1).saturating_sub(self.side).div_ceil(step);
        first..=(cell / step).min(self.in_row - 1)
    }

    /// Blocks that a cell is in.
    fn around(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let (column, row) = (cell % self.across, cell / self.across);
        let rows = self.with(row);
        rows.flat_map(move |row| {
            self.with(column)
                .map(move |column| row * self.in_row + column)
        })
    }
}

/// Gives each cell the smallest probability of its own and, where it takes part in what stands out, of the blocks it is in;
/// all of them times the number of scales.
///
/// `own`: each cell's probability, before control. `parts`: for each region the part of each cell that was inspected.
pub(super) fn widen(
    stacked: &mut Stacked,
    own: &[Option<f64>],
    layers: &[Layer<'_>],
    parts: &[Vec<f64>],
    across: usize,
    place_of: impl Fn((f64, f64)) -> Option<usize>,
) -> Result<(), Error> {
    let hits = match layers {
        [_] => &stacked.count,
        _ => &stacked.wafers,
    };
    let takes_part =
        |cell: &usize| hits[*cell] >= HITS_LEAST && own[*cell].is_some_and(|p| p <= TAKES_PART);
    let taking_part: Vec<usize> = (0..own.len()).filter(takes_part).collect();
    for p in &mut stacked.adjusted_p {
        *p = (SCALES * *p).min(1.0);
    }
    for side in SIDES.into_iter().filter(|side| *side <= across) {
        let blocks = Blocks::new(across, side);
        let adjusted = judge(&blocks, stacked, layers, parts, &place_of)?;
        for &cell in &taking_part {
            let least = blocks.around(cell).map(|block| adjusted[block]);
            let own = stacked.adjusted_p[cell];
            stacked.adjusted_p[cell] = least.fold(own, |least, p| least.min((SCALES * p).min(1.0)));
        }
    }
    Ok(())
}

/// Adjusted probability of each block, cells that stand out left out.
fn judge(
    blocks: &Blocks,
    stacked: &Stacked,
    layers: &[Layer<'_>],
    parts: &[Vec<f64>],
    place_of: impl Fn((f64, f64)) -> Option<usize>,
) -> Result<Vec<f64>, Error> {
    let open_part = |part: &Vec<f64>| -> Vec<f64> {
        let cells = part.iter().enumerate();
        cells
            .map(|(cell, &part)| {
                if stacked.is_significant(cell) {
                    0.0
                } else {
                    part
                }
            })
            .collect()
    };
    let open: Vec<Vec<f64>> = parts.iter().map(open_part).collect();
    let totals: Vec<f64> = open.iter().map(|parts| parts.iter().sum()).collect();
    let of_blocks = |open: &Vec<f64>| {
        let mut sums = vec![0.0; blocks.count()];
        for (cell, part) in open.iter().enumerate().filter(|(_, part)| **part > 0.0) {
            blocks.around(cell).for_each(|block| sums[block] += part);
        }
        sums
    };
    let of_blocks: Vec<Vec<f64>> = open.iter().map(of_blocks).collect();
    let open_at = |&at: &(f64, f64)| place_of(at).filter(|&cell| !stacked.is_significant(cell));
    let (mut count, mut wafers) = (vec![0; blocks.count()], vec![0; blocks.count()]);
    let mut seen_on = vec![u32::MAX; blocks.count()];
    let mut found: BTreeMap<u32, BTreeMap<usize, u32>> = BTreeMap::new();
    for (turn, layers) in (0..).zip(by_wafer(layers).chunk_by(|a, b| a.wafer == b.wafer)) {
        let of_wafer = found.entry(turn).or_default();
        for layer in layers {
            for cell in layer.points.iter().filter_map(open_at) {
                *of_wafer.entry(layer.region).or_default() += 1;
                for block in blocks.around(cell) {
                    count[block] += 1;
                    if seen_on[block] != turn {
                        seen_on[block] = turn;
                        wafers[block] += 1;
                    }
                }
            }
        }
    }
    let chances = Chances {
        parts: &of_blocks,
        totals: &totals,
    };
    let p = match layers {
        [only] => {
            let all = found
                .values()
                .flat_map(BTreeMap::values)
                .map(|&n| u64::from(n));
            chances.of_defects(only.region, all.sum(), &count)
        }
        _ => chances.of_wafers(found.into_values(), &wafers),
    };
    control(&p, &of_blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_is_in_blocks_that_hold_it_and_those_know_it() {
        for (across, side) in [(2, 2), (7, 2), (60, 4), (61, 4), (4, 4), (5, 4)] {
            let blocks = Blocks::new(across, side);
            let holds = |block: usize, cell: usize| {
                let from = |at: usize| at * side / 2;
                let (left, below) = (from(block % blocks.in_row), from(block / blocks.in_row));
                (left..left + side).contains(&(cell % across))
                    && (below..below + side).contains(&(cell / across))
            };
            for cell in 0..across * across {
                let expected: Vec<usize> = (0..blocks.count())
                    .filter(|&block| holds(block, cell))
                    .collect();
                assert_eq!(blocks.around(cell).collect::<Vec<_>>(), expected);
                assert!(!expected.is_empty(), "{cell} of {across}, {side}");
            }
        }
    }
}
