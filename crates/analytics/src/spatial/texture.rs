//! Whether defects lie in lines, in heaps, in a ring, or loose.

use std::f64::consts::PI;

/// Defects looked at, at most; of more, evenly taken ones.
const LOOKED_AT: usize = 1_000;
/// A nearest neighbour is near below this part of its distance expected at random.
const DENSE: f64 = 0.3;
/// Neighbours that tell a line, the defect itself left out.
const LINE_NEIGHBOURS: usize = 5;
/// A line is thinner than this part of its length.
const THIN: f64 = 0.1;
/// Of the defects thought to lie evenly, those shares lie in lines, heaps or rings by chance.
const BY_CHANCE: [f64; 4] = [0.02, 0.08, 0.02, 0.88];
/// Width of the rings that are looked at, and their middles in hundredths of the radius: neither a spot nor the edge.
const RING_WIDTH: f64 = 0.12;
const RING_MIDDLES: std::ops::RangeInclusive<u32> = 25..=90;
/// A ring is looked for beyond so many standard deviations of what lies there by chance ...
const RING_LEAST: f64 = 2.0;
/// ... and what is beyond counts so many times: a third of the defects more than expected make a full ring.
const RING_GAIN: f64 = 2.5;

/// Square roots of the shares of defects in thin lines, in other dense heaps, in a ring around the centre, and loose, in units of
/// the inspected radius. `even`: so many defects are thought to lie evenly beside them.
pub(super) fn texture(points: &[(f64, f64)], even: f64) -> [f64; 4] {
    let step = points.len().div_ceil(LOOKED_AT).max(1);
    let points: Vec<(f64, f64)> = points.iter().copied().step_by(step).collect();
    let expected = 0.5 * (PI / points.len() as f64).sqrt();
    let mut shares = BY_CHANCE.map(|share| even * share);
    for index in 0..points.len() {
        let nearest = nearest(&points, index);
        let is_dense = nearest
            .first()
            .is_some_and(|(distance, _)| *distance < DENSE * expected);
        let place = match is_dense {
            true if is_line(points[index], &nearest) => 0,
            true => 1,
            false => 3,
        };
        shares[place] += 1.0;
    }
    let ring = ring(&points);
    for place in [1, 3] {
        let in_ring = ring * (shares[place] - even * BY_CHANCE[place]);
        shares[place] -= in_ring;
        shares[2] += in_ring;
    }
    let all: f64 = shares.iter().sum();
    shares.map(|share| (share / all).sqrt())
}

/// How much of a ring there is, 0 to 1: the defects of the best ring that are more than expected there, evenly around it.
fn ring(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let placed: Vec<(f64, f64)> = points
        .iter()
        .map(|(x, y)| (x.hypot(*y), y.atan2(*x)))
        .collect();
    let middles = RING_MIDDLES.map(|middle| f64::from(middle) / 100.0);
    let of_ring = |middle: f64| {
        let within = placed
            .iter()
            .filter(|(radius, _)| (radius - middle).abs() <= RING_WIDTH / 2.0);
        let angles: Vec<f64> = within.map(|(_, angle)| *angle).collect();
        let expected = 2.0 * middle * RING_WIDTH;
        let more = angles.len() as f64 / count - expected;
        let by_chance = (expected * (1.0 - expected) / count).sqrt();
        RING_GAIN * (more * (1.0 - lopsided(&angles)) - RING_LEAST * by_chance)
    };
    middles.map(of_ring).fold(0.0, f64::max).min(1.0)
}

/// How much angles heap up on one side, or on two opposite ones, 0 to 1.
fn lopsided(angles: &[f64]) -> f64 {
    let waves = [1.0, 2.0].map(|number| {
        let (sin, cos) = angles.iter().fold((0.0, 0.0), |sum, angle| {
            let (sin, cos) = (number * angle).sin_cos();
            (sum.0 + sin, sum.1 + cos)
        });
        sin.hypot(cos) / angles.len().max(1) as f64
    });
    waves[0].max(waves[1])
}

/// The nearest others, nearest first, with their distances.
fn nearest(points: &[(f64, f64)], index: usize) -> Vec<(f64, (f64, f64))> {
    let (x, y) = points[index];
    let mut nearest: Vec<(f64, (f64, f64))> = Vec::with_capacity(LINE_NEIGHBOURS + 1);
    for (other, &at) in points.iter().enumerate() {
        if other == index {
            continue;
        }
        let distance = (at.0 - x).powi(2) + (at.1 - y).powi(2);
        let is_full = nearest.len() == LINE_NEIGHBOURS;
        if is_full
            && nearest
                .last()
                .is_some_and(|(farthest, _)| *farthest <= distance)
        {
            continue;
        }
        let place = nearest.partition_point(|(known, _)| *known <= distance);
        nearest.insert(place, (distance, at));
        nearest.truncate(LINE_NEIGHBOURS);
    }
    nearest
        .into_iter()
        .map(|(squared, at)| (squared.sqrt(), at))
        .collect()
}

/// Whether a point and its neighbours lie in a thin line: by the axes of the ellipse that fits them.
fn is_line(point: (f64, f64), neighbours: &[(f64, (f64, f64))]) -> bool {
    if neighbours.len() < 3 {
        return false;
    }
    let all = || std::iter::once(point).chain(neighbours.iter().map(|(_, at)| *at));
    let count = neighbours.len() as f64 + 1.0;
    let (x, y) = all().fold((0.0, 0.0), |sum, at| {
        (sum.0 + at.0 / count, sum.1 + at.1 / count)
    });
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for at in all() {
        let (dx, dy) = (at.0 - x, at.1 - y);
        (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
    }
    let (middle, spread) = (0.5 * (xx + yy), (0.5 * (xx - yy)).hypot(xy));
    let across = (middle - spread).max(0.0);
    across.sqrt() < THIN * (middle + spread).sqrt()
}
