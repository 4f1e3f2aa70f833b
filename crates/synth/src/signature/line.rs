//! Lines.

use std::f64::consts::TAU;

use rand::Rng;

use super::normal;
use crate::stream::Stream;
use crate::{Geometry, Point};

/// Distance of the points of a scratch from its line, mm.
const SCRATCH_WIDTH_MM: f64 = 0.05;

/// Defects along an arc that starts anywhere; the curve is that of something which slides over a
/// turning wafer.
pub fn scratch(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let radius = on.usable_radius_mm();
    let start = on.between_radii(rng, 0.0, 0.85 * radius);
    let heading = rng.random_range(0.0..TAU);
    let length = radius * rng.random_range(0.12..0.7);
    let bend = rng.random_range(-1.6..1.6) / radius;
    let points = (0..count).map(|_| {
        let along = length * rng.random::<f64>();
        let (x, y) = arc(along, bend);
        let (cos, sin) = (libm::cos(heading), libm::sin(heading));
        start.plus(
            x * cos - y * sin + normal(rng, SCRATCH_WIDTH_MM),
            x * sin + y * cos + normal(rng, SCRATCH_WIDTH_MM),
        )
    });
    points.collect()
}

/// Where an arc of curvature `bend` has come to after a way.
fn arc(along: f64, bend: f64) -> (f64, f64) {
    let turned = along * bend;
    if turned.abs() < 1e-9 {
        return (along, 0.0);
    }
    (libm::sin(turned) / bend, (1.0 - libm::cos(turned)) / bend)
}

/// Streaks that the spin of a coater bends.
pub fn splash(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let radius = on.usable_radius_mm();
    let streaks = rng.random_range(3..=6_u32);
    let first = rng.random_range(0.0..TAU);
    let bend = rng.random_range(0.3..0.9);
    let points = (0..count).map(|_| {
        let streak = f64::from(rng.random_range(0..streaks)) * TAU / f64::from(streaks);
        let part = rng.random_range(0.12..1.0);
        let angle = first + streak + bend * part + normal(rng, 0.02);
        Point::polar(part * radius, angle)
    });
    points.collect()
}
