//! Scratches too thin for a heap: defects on an arc among those around it.

use super::field::Field;
use super::{Evidence, Pattern, Place, heap};
use crate::{probability::ln_binomial_upper, spatial::measure};

/// Neighbours of a defect that arcs through it are drawn to.
const NEIGHBOURS: usize = 24;
/// Distances from the arc, mm, within which a defect lies on it.
const HALF_WIDTHS_MM: [f64; 3] = [0.12, 0.3, 0.8];
/// Parts of either side of an arc: of several defects in one part one counts, or a heap on the arc would be a scratch.
const PARTS_OF_SIDE: f64 = 10.0;
/// A tighter curve is no scratch, per mm.
const CURVATURE_MOST: f64 = 1.0 / 12.0;
/// The arc's ends lie on opposite sides of its middle: cosine of the angle between them, at most.
const OPPOSITE: f64 = -0.75;
/// With more defects on the wafer a scratch of so few is lost, and one of many is a heap.
const DEFECTS_MOST: usize = 20_000;
/// The scratch is followed over gaps of so many times its mean gap.
const GAPS: f64 = 4.0;

/// A circle through a defect, in coordinates from there: `bend ρ² + x slope.0 + y slope.1 = 0`, scaled so that this is the
/// distance from the circle, to first order.
#[derive(Clone, Copy)]
struct Circle {
    bend: f64,
    slope: (f64, f64),
}

impl Circle {
    /// Through (0, 0) and two points.
    fn through(a: (f64, f64), b: (f64, f64)) -> Option<Self> {
        let squares = (a.0 * a.0 + a.1 * a.1, b.0 * b.0 + b.1 * b.1);
        let bend = a.0 * b.1 - a.1 * b.0;
        let slope = (
            a.1 * squares.1 - b.1 * squares.0,
            b.0 * squares.0 - a.0 * squares.1,
        );
        let size = slope.0.hypot(slope.1);
        (size > 0.0).then(|| Self {
            bend: bend / size,
            slope: (slope.0 / size, slope.1 / size),
        })
    }

    fn curvature(&self) -> f64 {
        2.0 * self.bend.abs()
    }

    fn distance(&self, (x, y): (f64, f64)) -> f64 {
        (self.bend * (x * x + y * y) + self.slope.0 * x + self.slope.1 * y).abs()
    }

    /// Way along the circle from (0, 0), above 0 to one side.
    fn along(&self, (x, y): (f64, f64)) -> f64 {
        // The tangent at (0, 0) stands on the slope, the centre lies towards it.
        let (u, v) = (
            x * self.slope.1 - y * self.slope.0,
            -(x * self.slope.0 + y * self.slope.1),
        );
        let bend = 2.0 * self.bend;
        match bend.abs() < 1e-9 {
            true => u,
            false => (bend * u).atan2(1.0 - bend * v) / bend,
        }
    }
}

/// An arc with the defects on it.
#[derive(Clone, Copy)]
struct Arc {
    ln_p: f64,
    middle: usize,
    circle: Circle,
    half_width_mm: f64,
    /// Parts of it with a defect, those that it was drawn through left out, among how many defects within its ends' distance.
    on: u64,
    among: u64,
}

/// Draws arcs through each defect and two of its neighbours. Of the other defects around it, as far as the ends of the arc,
/// those on the arc are binomial with its share of the disc, so that a dense neighbourhood is no scratch; defects in one
/// twentieth of the arc count once, so that a heap is none; the smallest probability counts for all arcs drawn and all widths (Bonferroni).
pub fn test(field: &Field<'_>) -> Evidence {
    if field.left().len() > DEFECTS_MOST {
        return Evidence::none(
            Pattern::Scratch,
            "Too many defects for a thin scratch to be seen",
        );
    }
    let mut drawn = 0_u64;
    let mut best: Option<Arc> = None;
    let buckets = Buckets::new(field);
    for &middle in field.left() {
        let near = buckets.nearest(field, middle);
        drawn += draw(middle, &near, &mut best);
    }
    let Some(arc) = best else {
        return Evidence::none(Pattern::Scratch, "No arc through six defects");
    };
    let (members, path, length) = follow(field, &arc);
    let is_scratch = measure(&path).is_ok_and(|shape| heap::is_thin(&shape, path.len()));
    if !is_scratch {
        return Evidence::none(Pattern::Scratch, "The best arc is as wide as long");
    }
    let tests = drawn as f64 * HALF_WIDTHS_MM.len() as f64;
    let share = 2.0 * arc.half_width_mm * length / field.area_mm2();
    Evidence {
        pattern: Pattern::Scratch,
        expected: field.count() as f64 * share.min(1.0),
        ln_p: (arc.ln_p + tests.ln()).min(0.0),
        weight: 1.0,
        test: format!(
            "{drawn} arcs through three defects each: {} of {} other defects around one lie within {} mm of it",
            arc.on, arc.among, arc.half_width_mm,
        ),
        place: Place::Path(path),
        members,
    }
}

/// A neighbour: where it lies from the middle, and how far.
struct Near {
    at: (f64, f64),
    distance: f64,
}

/// Draws the arcs through one defect, and returns how many.
fn draw(middle: usize, near: &[Near], best: &mut Option<Arc>) -> u64 {
    let mut drawn = 0;
    for (place, a) in near.iter().enumerate() {
        for b in &near[..place] {
            let cosine = a.at.0 * b.at.0 + a.at.1 * b.at.1;
            if cosine > OPPOSITE * a.distance * b.distance {
                continue;
            }
            let Some(circle) = Circle::through(a.at, b.at) else {
                continue;
            };
            if circle.curvature() > CURVATURE_MOST {
                continue;
            }
            drawn += 1;
            judge(middle, near, (a, b), circle, best);
        }
    }
    drawn
}

fn judge(
    middle: usize,
    near: &[Near],
    (a, b): (&Near, &Near),
    circle: Circle,
    best: &mut Option<Arc>,
) {
    let radius = a.distance.max(b.distance);
    let (mut among, mut on) = (0_u64, [0_u32; HALF_WIDTHS_MM.len()]);
    for other in near.iter().filter(|other| other.distance <= radius) {
        among += 1;
        let distance = circle.distance(other.at);
        let is_towards_a = other.at.0 * a.at.0 + other.at.1 * a.at.1 > 0.0;
        let end = if is_towards_a { a.distance } else { b.distance };
        if distance <= HALF_WIDTHS_MM[HALF_WIDTHS_MM.len() - 1] && other.distance < end {
            let part = (other.distance / end * PARTS_OF_SIDE) as u32;
            let part = 1 << (2 * part + u32::from(is_towards_a));
            for (parts, half) in on.iter_mut().zip(HALF_WIDTHS_MM) {
                *parts |= if distance <= half { part } else { 0 };
            }
        }
    }
    let among = among.saturating_sub(2);
    for (parts, half_width_mm) in on.into_iter().zip(HALF_WIDTHS_MM) {
        let on = u64::from(parts.count_ones());
        let area = 2.0 * half_width_mm * (a.distance + b.distance);
        let share = (area / (std::f64::consts::PI * radius * radius)).min(1.0);
        if on < 3 || chernoff(on, among, share) >= best.map_or(0.0, |best| best.ln_p) {
            continue;
        }
        let ln_p = ln_binomial_upper(on, among, share);
        if best.is_none_or(|best| ln_p < best.ln_p) {
            *best = Some(Arc {
                ln_p,
                middle,
                circle,
                half_width_mm,
                on,
                among,
            });
        }
    }
}

/// The least that ln P(X >= k) can be for what is worth a closer look: its first term.
fn chernoff(k: u64, n: u64, p: f64) -> f64 {
    let (k, n) = (k as f64, n as f64);
    // ln C(n, k) is at most k ln(n e/k); the true one is not far below.
    if k <= n * p {
        0.0
    } else {
        k * (p * n / k).ln() - 0.5 * k.ln() - 1.0
    }
}

/// The defects on the arc, followed from its middle over gaps that are not too large, with the arc as a path and its length.
fn follow(field: &Field<'_>, arc: &Arc) -> (Vec<usize>, Vec<(f64, f64)>, f64) {
    let (x, y) = field.point(arc.middle);
    let mut on: Vec<(f64, usize)> = field
        .placed()
        .map(|((px, py), index)| ((px - x, py - y), index))
        .filter(|&(at, _)| arc.circle.distance(at) <= 2.0 * arc.half_width_mm)
        .map(|(at, index)| (arc.circle.along(at), index))
        .collect();
    on.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let middle = on
        .iter()
        .position(|&(_, index)| index == arc.middle)
        .unwrap_or(0);
    // The mean gap of the defects nearest to the middle, which the arc was drawn through.
    let few = (arc.on as usize + 2).div_ceil(2);
    let (first, last) = (middle.saturating_sub(few), (middle + few).min(on.len() - 1));
    let gap = GAPS * (on[last].0 - on[first].0) / ((last - first).max(1) as f64);
    let (mut first, mut last) = (middle, middle);
    while first > 0 && on[first].0 - on[first - 1].0 <= gap {
        first -= 1;
    }
    while last + 1 < on.len() && on[last + 1].0 - on[last].0 <= gap {
        last += 1;
    }
    let on = &on[first..=last];
    let path = on.iter().map(|&(_, index)| field.point(index)).collect();
    let mut members: Vec<usize> = on.iter().map(|&(_, index)| index).collect();
    members.sort_unstable();
    (members, path, on[on.len() - 1].0 - on[0].0)
}

/// Defects by square cells that hold some each.
struct Buckets {
    side_mm: f64,
    reach_mm: f64,
    columns: usize,
    cells: Vec<Vec<usize>>,
}

impl Buckets {
    fn new(field: &Field<'_>) -> Self {
        let reach_mm = field.radius_mm() * 1.000_001;
        let side_mm = (4.0 * field.area_mm2() / field.left().len().max(1) as f64).sqrt();
        let columns = (2.0 * reach_mm / side_mm).ceil().max(1.0) as usize;
        let mut buckets = Self {
            side_mm,
            reach_mm,
            columns,
            cells: vec![Vec::new(); columns * columns],
        };
        for (point, index) in field.placed() {
            let (column, row) = buckets.place(point);
            buckets.cells[row * columns + column].push(index);
        }
        buckets
    }

    fn place(&self, (x, y): (f64, f64)) -> (usize, usize) {
        let index =
            |at: f64| (((at + self.reach_mm) / self.side_mm) as usize).min(self.columns - 1);
        (index(x), index(y))
    }

    /// The nearest neighbours, nearest first: those in the square of cells around a defect that is wide enough to hold them.
    fn nearest(&self, field: &Field<'_>, middle: usize) -> Vec<Near> {
        let (x, y) = field.point(middle);
        let (column, row) = self.place((x, y));
        let mut near = Vec::new();
        for reach in 1..=self.columns {
            near.clear();
            let range = |at: usize| at.saturating_sub(reach)..=(at + reach).min(self.columns - 1);
            for row in range(row) {
                for cell in &self.cells[row * self.columns..][range(column)] {
                    near.extend(cell.iter().filter(|&&other| other != middle).map(|&other| {
                        let (px, py) = field.point(other);
                        let at = (px - x, py - y);
                        Near {
                            at,
                            distance: at.0.hypot(at.1),
                        }
                    }));
                }
            }
            if near.len() >= NEIGHBOURS && reach >= 2 || reach == self.columns {
                break;
            }
        }
        near.retain(|near| near.distance > 0.0);
        near.sort_unstable_by(|a, b| a.distance.total_cmp(&b.distance));
        near.truncate(NEIGHBOURS);
        near
    }
}
