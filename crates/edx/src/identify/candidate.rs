//! The elements that may be in the spectrum, as shapes of counts.

use super::grid::Grid;
use crate::line::{ELEMENTS, Element, Family, Line};
use crate::{detector, emission};

/// How far the proportion of an element's families may be off the coarse laws of [`emission`], either way.
const PROPORTION_ERROR: f64 = 6.0;
/// Overvoltage from which an inner family must be seen beside an outer one.
const SURE_OVERVOLTAGE: f64 = 1.4;
/// Standard deviations that an element's strongest line must stand out to be tried.
const WORTH_TRYING: f64 = 3.0;

/// A shape that an element may add to the counts: so many counts of each of its families.
pub(super) struct Shape {
    pub(super) counts: Vec<f64>,
    /// Counts of each visible family in one unit of this shape.
    pub(super) per_family: Vec<f64>,
}

/// A family in the grid.
pub(super) struct Visible {
    pub(super) family: &'static Family,
    /// Lines with their share of the family's counts.
    pub(super) lines: Vec<(&'static Line, f64)>,
    counts: Vec<f64>,
    expected: f64,
}

/// An element that may be there: any sum of its shapes with factors that are not negative.
pub(super) struct Candidate {
    pub(super) element: &'static Element,
    pub(super) families: Vec<Visible>,
    pub(super) shapes: Vec<Shape>,
}

impl Candidate {
    /// Elements that the beam excites and whose main line stands out a little.
    pub(super) fn all(grid: &Grid, net: &[f64], variance: &[f64]) -> Vec<Self> {
        let stands_out = |candidate: &Self| {
            candidate
                .families
                .iter()
                .any(|visible| significance(&visible.counts, net, variance) >= WORTH_TRYING)
        };
        ELEMENTS
            .iter()
            .filter_map(|element| Self::new(grid, element))
            .filter(stands_out)
            .collect()
    }

    fn new(grid: &Grid, element: &'static Element) -> Option<Self> {
        let families: Vec<Visible> = element
            .families
            .iter()
            .filter_map(|family| Visible::new(grid, family))
            .collect();
        let shapes = match &families[..] {
            [] => return None,
            [only] => vec![Shape {
                counts: only.counts.clone(),
                per_family: vec![1.0],
            }],
            [inner, outer, ..] => pair(grid, inner, outer),
        };
        Some(Self {
            element,
            families,
            shapes,
        })
    }
}

/// The two bounds between which the families' proportion must lie.
fn pair(grid: &Grid, inner: &Visible, outer: &Visible) -> Vec<Shape> {
    let is_sure = grid.beam_energy_kev / inner.family.edge_kev >= SURE_OVERVOLTAGE;
    let outer_most = if is_sure {
        outer.expected * PROPORTION_ERROR
    } else {
        outer.expected
    };
    let inner_least = if is_sure { inner.expected } else { 0.0 };
    let bounds = [
        (inner.expected, outer.expected / PROPORTION_ERROR),
        (inner_least, outer_most),
    ];
    let shape = |(inner_counts, outer_counts): (f64, f64)| {
        let total = inner_counts + outer_counts;
        let per_family = vec![inner_counts / total, outer_counts / total];
        let mixed = |(a, b): (&f64, &f64)| a * per_family[0] + b * per_family[1];
        Shape {
            counts: inner.counts.iter().zip(&outer.counts).map(mixed).collect(),
            per_family,
        }
    };
    bounds.map(shape).into()
}

impl Visible {
    fn new(grid: &Grid, family: &'static Family) -> Option<Self> {
        let generated = emission::generated(family, grid.beam_energy_kev);
        if generated <= 0.0 || !grid.shows(family.main_line().energy_kev) {
            return None;
        }
        let detected = |energy: f64| emission::emerging(energy) * detector::efficiency(energy);
        let seen = |line: &&'static Line| {
            line.energy_kev < grid.beam_energy_kev && grid.shows(line.energy_kev)
        };
        let lines = family
            .lines
            .iter()
            .filter(seen)
            .map(|line| (line, line.weight * detected(line.energy_kev)));
        let lines: Vec<(&'static Line, f64)> = lines.collect();
        let total: f64 = lines.iter().map(|(_, counts)| counts).sum();
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(line, counts)| (line, counts / total))
            .collect();
        let mut counts = vec![0.0; grid.len()];
        for &(line, share) in &lines {
            let (escape_kev, escaped) =
                detector::escape_peak(line.energy_kev).unwrap_or((0.0, 0.0));
            grid.add_line(&mut counts, line.energy_kev, share * (1.0 - escaped));
            grid.add_line(&mut counts, escape_kev, share * escaped);
        }
        Some(Self {
            family,
            lines,
            counts,
            expected: generated * total / family.total_weight(),
        })
    }
}

/// How far a shape stands out of the noise.
fn significance(shape: &[f64], net: &[f64], variance: &[f64]) -> f64 {
    let (mut product, mut norm) = (0.0, 0.0);
    for ((shape, net), variance) in shape.iter().zip(net).zip(variance) {
        product += shape * net / variance;
        norm += shape * shape / variance;
    }
    if norm > 0.0 {
        product / norm.sqrt()
    } else {
        0.0
    }
}
