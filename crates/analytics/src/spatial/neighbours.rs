//! Points near a point.

use std::collections::HashMap;

/// A position in mm.
pub(super) type Point = (f64, f64);

/// Points in rows as high as the reach, each row sorted by x: those near a place are a few runs of neighbours.
///
/// Equal points stand in the order of their indices, so that nothing depends on chance.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    points: &'a [Point],
    reach: f64,
    /// Indices of points, row after row.
    sorted: Vec<u32>,
    rows: HashMap<i64, (usize, usize)>,
}

/// So many points of a row are looked at on either side of a place. More lie there only where hundreds of defects share
/// one spot; the nearest in x are seen, and time stays proportional to the number of points.
const LOOKED_AT: usize = 200;

impl<'a> Rows<'a> {
    /// `reach` is above 0 and the points are finite.
    pub fn new(points: &'a [Point], reach: f64) -> Self {
        let row = |index: u32| row_of(points[index as usize].1, reach);
        let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
        let mut sorted: Vec<u32> = (0..count).collect();
        sorted.sort_by(|&a, &b| {
            let by_x = points[a as usize].0.total_cmp(&points[b as usize].0);
            row(a).cmp(&row(b)).then(by_x).then(a.cmp(&b))
        });
        let mut rows = HashMap::new();
        let mut start = 0;
        for run in sorted.chunk_by(|&a, &b| row(a) == row(b)) {
            rows.insert(row(run[0]), (start, start + run.len()));
            start += run.len();
        }
        Self {
            points,
            reach,
            sorted,
            rows,
        }
    }

    /// Indices of the points within reach of a place, with the squares of their distances.
    pub fn near(&self, place: Point) -> impl Iterator<Item = (u32, f64)> + '_ {
        let middle = row_of(place.1, self.reach);
        let rows = (middle - 1..=middle + 1).filter_map(move |row| self.rows.get(&row));
        rows.flat_map(move |&(start, end)| self.in_row(start, end, place))
    }

    fn in_row(
        &self,
        start: usize,
        end: usize,
        place: Point,
    ) -> impl Iterator<Item = (u32, f64)> + '_ {
        let row = &self.sorted[start..end];
        let x = move |index: u32| self.points[index as usize].0;
        let middle = row.partition_point(|&index| x(index) < place.0);
        let reach = self.reach;
        let right = row[middle..].iter().take(LOOKED_AT);
        let left = row[..middle].iter().rev().take(LOOKED_AT);
        let right = right.take_while(move |&&index| x(index) - place.0 <= reach);
        let left = left.take_while(move |&&index| place.0 - x(index) <= reach);
        right.chain(left).filter_map(move |&index| {
            let squared = distance_squared(self.points[index as usize], place);
            (squared <= reach * reach).then_some((index, squared))
        })
    }
}

fn row_of(y: f64, reach: f64) -> i64 {
    // Room for the rows above and below.
    ((y / reach).floor() as i64).clamp(i64::MIN / 2, i64::MAX / 2)
}

pub(super) fn distance_squared(a: Point, b: Point) -> f64 {
    let (dx, dy) = (a.0 - b.0, a.1 - b.1);
    dx * dx + dy * dy
}
