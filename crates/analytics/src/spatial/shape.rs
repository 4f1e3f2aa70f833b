//! Size and shape of a group of points.

use super::arc::{Arc, fit_arc};
use crate::{Error, error::is_usable};

/// Below this an extent is none: a micrometre, finer than any tool places a defect.
const FINEST_MM: f64 = 0.001;
/// From here on a group is long.
const LONG: f64 = 4.0;
/// Up to here a group is about as long as wide.
const ROUND: f64 = 2.5;
/// An arc goes through any three points, so fewer than this tell nothing of a curve.
const LEAST_OF_ARC: usize = 6;
/// The bend of an arc shows when it leaves the chord by more than this part of the length.
const BENT: f64 = 0.02;

/// What a group looks like, told by its measures alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// At least 4 times as long as wide, and straight.
    Line,
    /// At least 4 times as long as wide along an arc that leaves its chord by 2 % of its length, and by its width.
    Arc,
    /// At most 2.5 times as long as wide.
    Blob,
    /// In between.
    Irregular,
}

/// Size and shape of a group of points. All numbers are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Mean of the points.
    pub centre_mm: (f64, f64),
    /// Extent along the axis, or along the arc.
    pub length_mm: f64,
    /// Extent across.
    pub width_mm: f64,
    /// Length over width; a width below 0.001 mm counts as that. 1 where both are below.
    pub elongation: f64,
    /// Direction of the axis of largest variance, degrees counter-clockwise from +x, 0 to below 180.
    pub axis_deg: f64,
    /// One over the radius of the arc that fits best, per mm; 0 where a straight line fits as well, and for groups that
    /// are not long.
    pub curvature_per_mm: f64,
    /// Convex hull, counter-clockwise from the leftmost point; one point or two where all others lie on them.
    pub hull_mm: Vec<(f64, f64)>,
    /// Area of the hull.
    pub hull_area_mm2: f64,
    /// What it looks like.
    pub outline: Outline,
}

/// Measures a group of points, in mm, at least one.
///
/// The axes are those of the covariance matrix (principal components); extents are from the first point to the last along
/// an axis. A group of at least 6 points that an arc describes better (half the width or less across) is measured along and
/// across that arc: see [`fit_arc`](super::fit_arc).
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`] with the index of the point.
/// # Example
/// ```
/// let scratch: Vec<(f64, f64)> = (0..20).map(|i| (f64::from(i), 2.0 * f64::from(i))).collect();
/// let shape = analytics::spatial::measure(&scratch)?;
/// assert_eq!(shape.outline, analytics::spatial::Outline::Line);
/// assert!((shape.length_mm - 19.0 * 5.0_f64.sqrt()).abs() < 1e-9);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn measure(points: &[(f64, f64)]) -> Result<Shape, Error> {
    if points.is_empty() {
        return Err(Error::Empty { what: "points" });
    }
    let is_placed = |&(x, y): &(f64, f64)| is_usable(x) && is_usable(y);
    if let Some(index) = points.iter().position(|point| !is_placed(point)) {
        let (x, y) = points[index];
        let value = if is_usable(x) { y } else { x };
        return Err(Error::NotFinite {
            what: "points",
            index,
            value,
        });
    }
    let axes = Axes::of(points);
    let local: Vec<(f64, f64)> = points.iter().map(|&point| axes.local(point)).collect();
    let straight = (
        extent(local.iter().map(|&(along, _)| along)),
        extent(local.iter().map(|&(_, across)| across)),
    );
    let arc = arc_of(&local, straight);
    let (length_mm, width_mm) = arc.map_or(straight, |(_, size)| size);
    let elongation = elongation(length_mm, width_mm);
    let hull_mm = convex_hull(points);
    let curvature = arc.map_or(0.0, |(arc, _)| arc.curvature.abs());
    Ok(Shape {
        centre_mm: axes.centre,
        length_mm,
        width_mm,
        elongation,
        axis_deg: axes.direction_deg(),
        curvature_per_mm: curvature,
        hull_area_mm2: polygon_area(&hull_mm),
        hull_mm,
        outline: outline(length_mm, width_mm, elongation, curvature),
    })
}

fn outline(length: f64, width: f64, elongation: f64, curvature: f64) -> Outline {
    let sagitta = curvature * length * length / 8.0;
    match elongation {
        long if long >= LONG && sagitta > (BENT * length).max(width) => Outline::Arc,
        long if long >= LONG => Outline::Line,
        round if round <= ROUND => Outline::Blob,
        _ => Outline::Irregular,
    }
}

fn elongation(length: f64, width: f64) -> f64 {
    (length / width.max(FINEST_MM)).max(1.0)
}

/// The arc and the extents along and across it, where it describes the points better than their axis does.
fn arc_of(local: &[(f64, f64)], (length, width): (f64, f64)) -> Option<(Arc, (f64, f64))> {
    if local.len() < LEAST_OF_ARC || width < FINEST_MM || elongation(length, width) <= 1.5 {
        return None;
    }
    let arc = fit_arc(local)?;
    let along_across: Vec<(f64, f64)> = local.iter().map(|&point| arc.place(point)).collect();
    let size = (
        extent(along_across.iter().map(|&(along, _)| along)),
        extent(along_across.iter().map(|&(_, across)| across)),
    );
    let is_better = size.1 <= 0.5 * width && elongation(size.0, size.1) >= LONG;
    // Beyond half a turn the extent along the arc means little.
    let is_arc = arc.curvature.abs() * size.0 <= std::f64::consts::PI;
    (is_better && is_arc && size.0.is_finite() && size.1.is_finite()).then_some((arc, size))
}

fn extent(values: impl Iterator<Item = f64>) -> f64 {
    let (least, most) = values.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(value), most.max(value)),
    );
    most - least
}

/// The principal axes of points.
struct Axes {
    centre: (f64, f64),
    /// Unit vector of the axis of largest variance.
    along: (f64, f64),
}

impl Axes {
    fn of(points: &[(f64, f64)]) -> Self {
        let count = points.len() as f64;
        let (x, y) = points
            .iter()
            .fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        let (x, y) = (x / count, y / count);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for point in points {
            let (dx, dy) = (point.0 - x, point.1 - y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        // Eigenvector of the larger eigenvalue; along +x where there is none that is larger.
        let angle = match xy == 0.0 && xx >= yy {
            true => 0.0,
            false => 0.5 * (2.0 * xy).atan2(xx - yy),
        };
        Self {
            centre: (x, y),
            along: (angle.cos(), angle.sin()),
        }
    }

    fn local(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (cos, sin) = self.along;
        (dx * cos + dy * sin, dy * cos - dx * sin)
    }

    fn direction_deg(&self) -> f64 {
        let direction = self
            .along
            .1
            .atan2(self.along.0)
            .to_degrees()
            .rem_euclid(180.0);
        if direction < 180.0 { direction } else { 0.0 }
    }
}

/// Convex hull of points, counter-clockwise from the leftmost, without points on its sides.
///
/// # Source
/// A. M. Andrew, Information Processing Letters 9 (1979): the monotone chain.
#[must_use]
pub fn convex_hull(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut sorted = points.to_vec();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut hull = half_hull(sorted.iter().copied());
    hull.extend(half_hull(sorted.iter().rev().copied()));
    hull
}

/// One side of the hull without its last point, which begins the other side.
fn half_hull(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut side: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while let [.., before, last] = side[..] {
            if turn(before, last, point) > 0.0 {
                break;
            }
            side.pop();
        }
        side.push(point);
    }
    side.pop();
    side
}

/// Above 0 for a turn to the left.
fn turn(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> f64 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// Area of a polygon, above 0 counter-clockwise.
pub(super) fn polygon_area(corners: &[(f64, f64)]) -> f64 {
    let Some(&first) = corners.first() else {
        return 0.0;
    };
    let pairs = corners.windows(2).map(|pair| turn(first, pair[0], pair[1]));
    0.5 * pairs.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    fn is_finite(shape: &Shape) -> bool {
        [
            shape.centre_mm.0,
            shape.centre_mm.1,
            shape.length_mm,
            shape.width_mm,
            shape.elongation,
            shape.axis_deg,
            shape.curvature_per_mm,
            shape.hull_area_mm2,
        ]
        .iter()
        .all(|value| value.is_finite())
    }

    #[test]
    fn a_bent_scratch_is_measured_along_and_across_its_arc() {
        // 60 degrees of a circle of 50 mm around (10, -20), 0.2 mm wide.
        let points: Vec<(f64, f64)> = (0..=60)
            .map(|degrees| {
                let angle = f64::from(degrees).to_radians();
                let radius = 50.0 + if degrees % 2 == 0 { 0.1 } else { -0.1 };
                (10.0 + radius * angle.cos(), -20.0 + radius * angle.sin())
            })
            .collect();
        let shape = measure(&points).unwrap();
        assert_eq!(shape.outline, Outline::Arc);
        assert!(close(shape.length_mm, 50.0 * 60.0_f64.to_radians(), 0.2));
        assert!(close(shape.width_mm, 0.2, 0.02));
        assert!(close(shape.curvature_per_mm, 0.02, 1e-4));
        // The chord from 0 to 60 degrees runs at 120.
        assert!(close(shape.axis_deg, 120.0, 0.5));
    }

    #[test]
    fn a_rectangle_has_its_sides_its_direction_and_its_hull() {
        let mut points = Vec::new();
        for x in 0..=10 {
            for y in 0..=5 {
                points.push((f64::from(x), f64::from(y)));
            }
        }
        let shape = measure(&points).unwrap();
        assert!(close(shape.length_mm, 10.0, 1e-9) && close(shape.width_mm, 5.0, 1e-9));
        assert_eq!(shape.centre_mm, (5.0, 2.5));
        assert_eq!(
            shape.hull_mm,
            [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0)]
        );
        assert!(close(shape.hull_area_mm2, 50.0, 1e-9));
        assert!(close(shape.axis_deg, 0.0, 1e-9));
        assert_eq!(
            (shape.outline, shape.curvature_per_mm),
            (Outline::Blob, 0.0)
        );
    }

    #[test]
    fn points_that_are_equal_few_or_on_a_line_have_finite_measures() {
        let one = measure(&[(3.0, 4.0); 7]).unwrap();
        assert_eq!(
            (one.length_mm, one.width_mm, one.elongation),
            (0.0, 0.0, 1.0)
        );
        assert_eq!(
            (one.outline, one.hull_mm.as_slice()),
            (Outline::Blob, &[(3.0, 4.0)][..])
        );
        let two = measure(&[(0.0, 0.0), (0.0, 2.0)]).unwrap();
        assert_eq!((two.outline, two.axis_deg), (Outline::Line, 90.0));
        assert_eq!((two.length_mm, two.elongation), (2.0, 2000.0));
        let row: Vec<(f64, f64)> = (0..50)
            .map(|i| (f64::from(i) / 7.0, f64::from(i) / 7.0))
            .collect();
        let row = measure(&row).unwrap();
        assert_eq!((row.outline, row.hull_mm.len()), (Outline::Line, 2));
        assert!(close(row.axis_deg, 45.0, 1e-9) && row.hull_area_mm2 == 0.0);
        assert!([one, two, row].iter().all(is_finite));
    }

    #[test]
    fn a_point_that_is_no_number_is_named() {
        let error = measure(&[(0.0, 0.0), (1.0, f64::NAN)]).unwrap_err();
        assert!(error.to_string().starts_with("points[1] is NaN"));
        assert_eq!(measure(&[]), Err(Error::Empty { what: "points" }));
    }
}
