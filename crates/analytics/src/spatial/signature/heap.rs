//! Heaps: places with more defects than chance puts into a window.

use std::f64::consts::PI;

use super::field::Field;
use super::{Evidence, Pattern, Place};
use crate::{
    probability::ln_binomial_upper,
    spatial::{Sector, Shape, convex_hull, dbscan, measure},
};

/// Sides of the windows: from half a mm, each larger by a half, to half the radius.
const SIDE_LEAST_MM: f64 = 0.5;
const SIDE_GROWS: f64 = 1.5;
/// Fewer defects are no heap.
const DEFECTS_LEAST: u64 = 3;
/// Neighbours that a defect within the heap has on average, which sets the reach by which the heap is followed.
const NEIGHBOURS: f64 = 5.0;
/// Neighbours that make a core there.
const CORE: usize = 3;
/// The heap is followed within so many sides of the window.
const FOLLOWED: f64 = 3.0;

/// A heap whose mean lies so far from the centre of the wafer by chance once in so many times is not on the centre.
const NOT_MIDDLE: f64 = 0.01;
/// Length over width from which a heap is a scratch: of many defects, and that much more of one defect.
const THIN_LINE: (f64, f64) = (5.0, 50.0);
const THIN_ARC: (f64, f64) = (6.0, 120.0);

/// The fullest window of a size.
struct Window {
    ln_p: f64,
    side_mm: f64,
    count: u64,
    corner_mm: (f64, f64),
}

/// Scans the wafer with square windows of some sizes that overlap by half: given their number, defects in a window are
/// binomial with its share of the area; each size counts for all its windows, the smallest probability for all sizes
/// (Bonferroni). The heap around the best window is followed by DBSCAN.
/// # Source
/// J. I. Naus, Biometrika 52 (1965), and M. Kulldorff, Communications in Statistics 26 (1997), for scan statistics.
pub fn test(field: &Field<'_>) -> Evidence {
    let mut side = SIDE_LEAST_MM;
    let mut windows = Vec::new();
    while side <= 0.5 * field.radius_mm() {
        windows.push(fullest(field, side));
        side *= SIDE_GROWS;
    }
    let scales = windows.len().max(1) as f64;
    let best = windows.into_iter().min_by(|a, b| a.ln_p.total_cmp(&b.ln_p));
    let Some(window) = best.filter(|window| window.count >= DEFECTS_LEAST) else {
        return Evidence::none(
            Pattern::Cluster,
            "No window of the wafer with three defects",
        );
    };
    let members = followed(field, &window);
    let points: Vec<(f64, f64)> = members.iter().map(|&index| field.point(index)).collect();
    let area = (window.side_mm * window.side_mm).max(area_of(&points));
    let share = (area / field.area_mm2()).min(1.0);
    let pattern = pattern(&points);
    let place = match pattern {
        Pattern::Centre => Place::Zone(middle(&points)),
        _ => Place::Path(convex_hull(&points)),
    };
    Evidence {
        pattern,
        place,
        expected: field.count() as f64 * share,
        ln_p: (window.ln_p + scales.ln()).min(0.0),
        weight: 1.0,
        test: format!(
            "Scan with windows of {scales} sizes: {} of {} defects within {:.1} mm by {:.1} mm, a share of {:.2e} of the area",
            window.count,
            field.count(),
            window.side_mm,
            window.side_mm,
            window.side_mm * window.side_mm / field.area_mm2(),
        ),
        members,
    }
}

fn fullest(field: &Field<'_>, side_mm: f64) -> Window {
    let half = 0.5 * side_mm;
    let reach = field.radius_mm() + side_mm;
    let columns = (2.0 * reach / half).ceil() as usize + 2;
    let place = |(x, y): (f64, f64)| {
        let index = |at: f64| ((at + reach) / half) as usize + 1;
        (index(x), index(y))
    };
    let mut counts = vec![0_u32; columns * columns];
    for (point, _) in field.placed() {
        let (column, row) = place(point);
        counts[row * columns + column] += 1;
    }
    let (mut most, mut corner) = (0, (0, 0));
    for (point, _) in field.placed() {
        let (column, row) = place(point);
        for (left, down) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let (column, row) = (column - left, row - down);
            let at = row * columns + column;
            let count =
                counts[at] + counts[at + 1] + counts[at + columns] + counts[at + columns + 1];
            if count > most {
                (most, corner) = (count, (column, row));
            }
        }
    }
    let share = (side_mm * side_mm / field.area_mm2()).min(1.0);
    let windows = 4.0 * PI * field.radius_mm().powi(2) / (side_mm * side_mm);
    let begin = |index: usize| (index as f64 - 1.0) * half - reach;
    Window {
        ln_p: ln_binomial_upper(most.into(), field.count(), share) + windows.ln(),
        side_mm,
        count: most.into(),
        corner_mm: (begin(corner.0), begin(corner.1)),
    }
}

/// The heap that most of the window's defects are in: followed by DBSCAN with the reach that fits the density in the window.
fn followed(field: &Field<'_>, window: &Window) -> Vec<usize> {
    let side = window.side_mm;
    let (x, y) = window.corner_mm;
    let around: Vec<((f64, f64), usize)> = field
        .placed()
        .filter(|&((px, py), _)| {
            let away = (px - x - 0.5 * side).abs().max((py - y - 0.5 * side).abs());
            away <= FOLLOWED * side
        })
        .collect();
    let is_inside =
        |(px, py): (f64, f64)| (x..x + side).contains(&px) && (y..y + side).contains(&py);
    let points: Vec<(f64, f64)> = around.iter().map(|&(point, _)| point).collect();
    let reach = side * (NEIGHBOURS / (PI * window.count as f64)).sqrt();
    let inside = || {
        around
            .iter()
            .filter(|(point, _)| is_inside(*point))
            .map(|&(_, index)| index)
            .collect()
    };
    let Ok(found) = dbscan(&points, reach, CORE) else {
        return inside();
    };
    let mut votes = vec![0_usize; found.count];
    for (label, &point) in found.labels.iter().zip(&points) {
        if let (Some(cluster), true) = (label, is_inside(point)) {
            votes[*cluster] += 1;
        }
    }
    let most = (0..found.count).max_by_key(|&cluster| votes[cluster]);
    let Some(most) = most.filter(|&cluster| 2 * votes[cluster] >= window.count as usize) else {
        return inside();
    };
    let labelled = around.iter().zip(&found.labels);
    labelled
        .filter(|(_, label)| **label == Some(most))
        .map(|((_, index), _)| *index)
        .collect()
}

/// The disc around the centre of the wafer that holds all points.
fn middle(points: &[(f64, f64)]) -> Sector {
    let radii = points.iter().map(|(x, y)| x.hypot(*y));
    Sector {
        inner_mm: 0.0,
        outer_mm: radii.fold(0.0, f64::max) + f64::EPSILON,
        from_deg: 0.0,
        sweep_deg: 360.0,
    }
}

fn area_of(points: &[(f64, f64)]) -> f64 {
    measure(points).map_or(0.0, |shape| shape.hull_area_mm2)
}

/// A thin heap is a scratch, one around the centre of the wafer lies in its middle.
fn pattern(points: &[(f64, f64)]) -> Pattern {
    let Ok(shape) = measure(points) else {
        return Pattern::Cluster;
    };
    match () {
        () if is_thin(&shape, points.len()) => Pattern::Scratch,
        () if is_middle(points) => Pattern::Centre,
        () => Pattern::Cluster,
    }
}

/// Whether a spot on the centre of the wafer explains a heap: its mean lies no farther from there than that of `n` defects
/// which spread evenly around it does once in a hundred. For a round bell-shaped spot that is Hotelling's test with one
/// variance for both coordinates, whose F distribution of 2 and 2(n - 1) degrees has the tail `(1 + n m² / Σ d²)^-(n - 1)`, with the
/// distance `m` of the mean from the centre and the distances `d` of the defects from the mean.
fn is_middle(points: &[(f64, f64)]) -> bool {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points
        .iter()
        .map(|(px, py)| (px - x).powi(2) + (py - y).powi(2))
        .sum();
    let ratio = count * (x * x + y * y) / spread.max(f64::MIN_POSITIVE);
    -(count - 1.0) * ratio.ln_1p() >= NOT_MIDDLE.ln()
}

/// Whether defects of this shape are a scratch. An arc fits a few defects well by chance, so the fewer there are the thinner
/// they have to be.
pub fn is_thin(shape: &Shape, count: usize) -> bool {
    let is_bent = shape.curvature_per_mm > 0.0;
    let (of_many, of_one) = if is_bent { THIN_ARC } else { THIN_LINE };
    shape.elongation >= of_many + of_one / count as f64
}
