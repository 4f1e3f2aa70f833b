//! The defects in the order of drawing: type by type and, within a type, cell by cell of a grid over the wafer.
//!
//! One index serves for drawing what is in view, for finding what is under the pointer and for counting what lies in
//! a region. It takes four bytes a defect.

use std::ops::{Range, RangeInclusive};

use super::columns::{Columns, NM_PER_MM};
use super::select::Region;

/// Cells along one side of the wafer, at least and at most.
const ACROSS: RangeInclusive<usize> = 8..=256;
/// Defects in a cell of one type that are worth a cell of their own.
const CROWD: usize = 8;

/// Defects by type and cell.
#[derive(Debug)]
pub struct Order {
    kinds: usize,
    across: usize,
    /// Left and lower edge of the grid.
    origin_nm: f64,
    cell_nm: f64,
    /// Where the defects of each cell begin in `indices`, type by type and row by row; one entry more than cells.
    starts: Vec<u32>,
    indices: Vec<u32>,
}

/// What is nearest to a point.
struct Best {
    gap_nm: f64,
    distance_nm: f64,
    place: usize,
}

impl Order {
    /// Sorts the defects whose type is one of the first `kinds`; others are left out.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a map has less than 2^32 defects"
    )]
    pub fn new(columns: &Columns, kinds: usize, diameter_mm: f64) -> Self {
        let wanted = (columns.len() / (CROWD * kinds.max(1))) as f64;
        let across = (wanted.sqrt() as usize).clamp(*ACROSS.start(), *ACROSS.end());
        let order = Self {
            kinds,
            across,
            // Inspection files allow defects a little outside the wafer: the cells at the border take them.
            origin_nm: -0.51 * diameter_mm * NM_PER_MM,
            cell_nm: 1.02 * diameter_mm * NM_PER_MM / across as f64,
            starts: Vec::new(),
            indices: Vec::new(),
        };
        let cell = |index: usize| {
            let kind = usize::from(columns.kind[index]);
            let (column, row) = (
                order.cell(f64::from(columns.x_nm[index])),
                order.cell(f64::from(columns.y_nm[index])),
            );
            (kind < kinds).then_some((kind * across + row) * across + column)
        };
        let mut starts = vec![0_u32; kinds * across * across + 1];
        for cell in (0..columns.len()).filter_map(cell) {
            starts[cell] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut indices = vec![0; total as usize];
        // Backwards, so that within a cell the order of the columns stays.
        for index in (0..columns.len()).rev() {
            if let Some(cell) = cell(index) {
                starts[cell] -= 1;
                indices[starts[cell] as usize] = index as u32;
            }
        }
        Self {
            starts,
            indices,
            ..order
        }
    }

    /// Defects, in the order of drawing, as indices into the columns.
    #[must_use]
    pub fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// Bytes that the index takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.starts.capacity() + self.indices.capacity()) * 4
    }

    /// Places in [`Order::indices`] of the defects of a type.
    #[must_use]
    pub fn of_kind(&self, kind: usize) -> Range<usize> {
        let cells = self.across * self.across;
        self.starts[kind * cells] as usize..self.starts[(kind + 1) * cells] as usize
    }

    /// Places in [`Order::indices`] of the defects of a type in all cells that a region touches, a range for
    /// each row of cells.
    pub fn touched(&self, kind: usize, region: Region) -> impl Iterator<Item = Range<usize>> {
        let [x_min, y_min, x_max, y_max] = region.map(|side| self.cell(side * NM_PER_MM));
        (y_min..=y_max)
            .map(move |row| {
                let cells = (kind * self.across + row) * self.across;
                self.starts[cells + x_min] as usize..self.starts[cells + x_max + 1] as usize
            })
            .filter(|range| !range.is_empty())
    }

    /// The defects (indices into the columns) of the types that are `shown`, in all cells that a region touches.
    pub fn near<'a>(
        &'a self,
        region: Region,
        shown: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        (0..self.kinds)
            .filter(move |&kind| shown(kind))
            .flat_map(move |kind| self.touched(kind, region))
            .flat_map(move |range| self.indices[range].iter())
            .map(|&index| index as usize)
    }

    /// How many defects of the types that are `shown` lie in a region, its edges included.
    #[must_use]
    pub fn count(&self, columns: &Columns, region: Region, shown: impl Fn(usize) -> bool) -> usize {
        let [x_min, y_min, x_max, y_max] = region.map(|side| side * NM_PER_MM);
        let is_inside = |&index: &u32| {
            let (x, y) = (
                f64::from(columns.x_nm[index as usize]),
                f64::from(columns.y_nm[index as usize]),
            );
            (x_min..=x_max).contains(&x) && (y_min..=y_max).contains(&y)
        };
        let [first, bottom, last, top] = [x_min, y_min, x_max, y_max].map(|side| self.cell(side));
        let within =
            |range: Range<usize>| self.indices[range].iter().filter(|i| is_inside(i)).count();
        let mut count = 0;
        for kind in (0..self.kinds).filter(|&kind| shown(kind)) {
            for row in bottom..=top {
                let cells = (kind * self.across + row) * self.across;
                let place = |column: usize| self.starts[cells + column] as usize;
                // What no edge of the region crosses is inside as a whole; a cell at the border reaches beyond it.
                let is_whole = row > bottom && row < top;
                if is_whole && last > first + 1 {
                    count += within(place(first)..place(first + 1));
                    count += place(last) - place(first + 1);
                    count += within(place(last)..place(last + 1));
                } else {
                    count += within(place(first)..place(last + 1));
                }
            }
        }
        count
    }

    /// The defect of a type that is `shown` whose mark is nearest to a point, its edge not farther than `reach_mm`.
    ///
    /// `radius_mm` is that of the mark of the defect at an index, `largest_mm` the largest of them. Of several marks
    /// over the point, the one with the nearest middle; of several at the same place, the one drawn last, which is the
    /// one that is seen.
    #[must_use]
    pub fn nearest(
        &self,
        columns: &Columns,
        [x_mm, y_mm]: [f64; 2],
        reach_mm: f64,
        largest_mm: f64,
        radius_mm: impl Fn(usize) -> f64,
        shown: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let around_mm = reach_mm + largest_mm;
        let region = [
            x_mm - around_mm,
            y_mm - around_mm,
            x_mm + around_mm,
            y_mm + around_mm,
        ];
        let (x_nm, y_nm) = (x_mm * NM_PER_MM, y_mm * NM_PER_MM);
        let mut best = None::<Best>;
        for kind in (0..self.kinds).filter(|&kind| shown(kind)) {
            for place in self.touched(kind, region).flatten() {
                let index = self.indices[place] as usize;
                let distance_nm = (f64::from(columns.x_nm[index]) - x_nm)
                    .hypot(f64::from(columns.y_nm[index]) - y_nm);
                let gap_nm = (distance_nm - radius_mm(index) * NM_PER_MM).max(0.0);
                let is_nearer = best.as_ref().is_none_or(|best| {
                    (gap_nm, distance_nm) < (best.gap_nm, best.distance_nm)
                        || ((gap_nm, distance_nm) == (best.gap_nm, best.distance_nm)
                            && place > best.place)
                });
                if is_nearer && gap_nm <= reach_mm * NM_PER_MM {
                    best = Some(Best {
                        gap_nm,
                        distance_nm,
                        place,
                    });
                }
            }
        }
        best.map(|best| self.indices[best.place] as usize)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the grid"
    )]
    fn cell(&self, value_nm: f64) -> usize {
        ((value_nm - self.origin_nm) / self.cell_nm).clamp(0.0, (self.across - 1) as f64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

    fn order(defects: &[(u16, f64, f64)]) -> (Order, Columns) {
        let data = map(defects);
        let columns = data.defects.clone();
        (Order::new(&columns, data.head.types.len(), 300.0), columns)
    }

    fn nearest(defects: &[(u16, f64, f64)], point_mm: [f64; 2], reach_mm: f64) -> Option<i32> {
        let (order, columns) = order(defects);
        let found = order.nearest(&columns, point_mm, reach_mm, 0.0, |_| 0.0, |_| true);
        found.map(|index| columns.defect_no[index])
    }

    /// A seeded cloud with a crowd in one corner.
    fn cloud(count: u32) -> Vec<(u16, f64, f64)> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        (0..count)
            .map(|number| {
                let (x, y) = (next(), next());
                match number % 3 {
                    0 => ((number % 5) as u16, 80.0 + x * 0.01, 60.0 + y * 0.01),
                    _ => ((number % 5) as u16, x * 310.0 - 155.0, y * 310.0 - 155.0),
                }
            })
            .collect()
    }

    #[test]
    fn every_defect_is_in_it_once_type_by_type() {
        let (order, columns) = order(&cloud(5_000));
        let mut seen = vec![false; columns.len()];
        for kind in 0..5 {
            for place in order.of_kind(kind) {
                let index = order.indices()[place] as usize;
                assert_eq!(usize::from(columns.kind[index]), kind);
                assert!(!std::mem::replace(&mut seen[index], true));
            }
        }
        assert!(seen.into_iter().all(|seen| seen));
    }

    #[test]
    fn a_defect_whose_type_is_not_listed_is_left_out() {
        let mut columns = map(&[(0, 1.0, 1.0), (0, 2.0, 2.0)]).defects.clone();
        columns.kind[0] = 9;
        assert_eq!(Order::new(&columns, 1, 300.0).indices(), [1]);
    }

    #[test]
    fn the_nearest_defect_within_reach_is_found_across_cells() {
        let defects = [(0, 10.0, 10.0), (1, 12.0, 10.0), (0, -149.0, 3.0)];
        assert_eq!(nearest(&defects, [11.2, 10.0], 5.0), Some(2));
        assert_eq!(nearest(&defects, [-145.0, 0.0], 6.0), Some(3));
        assert_eq!(nearest(&defects, [11.0, 15.0], 5.0), None);
    }

    #[test]
    fn the_nearest_of_many_is_what_comparing_with_all_of_them_gives() {
        let defects = cloud(20_000);
        let (order, columns) = order(&defects);
        for (number, &(_, x, y)) in cloud(300).iter().enumerate() {
            let point = [x + 0.003 * number as f64, y - 0.002];
            let distance = |index: usize| {
                let [x, y] = columns.place_mm(index);
                (x - point[0]).hypot(y - point[1])
            };
            let all =
                (0..columns.len()).min_by(|&one, &other| distance(one).total_cmp(&distance(other)));
            let found = order.nearest(&columns, point, 4.0, 0.0, |_| 0.0, |_| true);
            let expected = all.filter(|&index| distance(index) <= 4.0);
            assert_eq!(found.map(distance), expected.map(distance));
        }
    }

    #[test]
    fn a_large_mark_is_meant_from_its_edge() {
        let (order, columns) = order(&[(0, 0.0, 0.0), (0, 9.0, 0.0)]);
        let radius = |index: usize| if index == 0 { 6.0 } else { 0.1 };
        let found = order.nearest(&columns, [6.5, 0.0], 1.0, 6.0, radius, |_| true);
        assert_eq!(found, Some(0));
    }

    #[test]
    fn a_defect_outside_the_wafer_is_found_too() {
        assert_eq!(nearest(&[(0, 0.0, -158.0)], [0.0, -157.0], 2.0), Some(1));
    }

    #[test]
    fn of_defects_at_one_place_the_one_drawn_last_is_found() {
        assert_eq!(
            nearest(&[(1, 5.0, 5.0), (0, 5.0, 5.0)], [5.0, 5.0], 1.0),
            Some(1)
        );
    }

    #[test]
    fn a_hidden_type_does_not_stand_in_the_way() {
        let (order, columns) = order(&[(0, 1.0, 0.0), (1, 2.0, 0.0)]);
        let found = order.nearest(&columns, [0.0, 0.0], 3.0, 0.0, |_| 0.0, |kind| kind != 0);
        assert_eq!(found, Some(1));
    }

    #[test]
    fn counts_of_regions_are_what_looking_at_every_defect_gives() {
        let (order, columns) = order(&cloud(20_000));
        for region in [
            [-200.0, -200.0, 200.0, 200.0],
            [-150.0, -150.0, 150.0, 150.0],
            [-20.0, -70.0, 90.0, 61.0],
            [80.0, 60.0, 80.005, 60.005],
            [152.0, -200.0, 200.0, 200.0],
            [10.0, 10.0, 10.0, 10.0],
        ] {
            let [x_min, y_min, x_max, y_max] = region;
            let all = (0..columns.len())
                .filter(|&index| columns.kind[index] != 2)
                .map(|index| columns.place_mm(index))
                .filter(|[x, y]| (x_min..=x_max).contains(x) && (y_min..=y_max).contains(y))
                .count();
            assert_eq!(
                order.count(&columns, region, |kind| kind != 2),
                all,
                "{region:?}"
            );
        }
    }
}
