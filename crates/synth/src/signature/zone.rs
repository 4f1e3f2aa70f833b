//! Zones around the centre.

use std::f64::consts::TAU;

use rand::Rng;

use super::normal;
use crate::stream::Stream;
use crate::{Geometry, Point};

/// Width of the rim on which [`edge`] defects lie, mm.
pub const EDGE_MM: f64 = 6.0;

/// A ring, some mm wide.
pub fn ring(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let middle = on.usable_radius_mm() * rng.random_range(0.4..0.9);
    let width = rng.random_range(1.0..4.0);
    let points = (0..count).map(|_| {
        let radius = middle + normal(rng, width);
        Point::polar(radius, rng.random_range(0.0..TAU))
    });
    points.collect()
}

/// The rim: an arc of a sixth of the way round, or more.
pub fn edge(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let outer = on.usable_radius_mm();
    let first = rng.random_range(0.0..TAU);
    let arc = rng.random_range(TAU / 6.0..TAU);
    let points = (0..count).map(|_| {
        let radius = on.between_radii(rng, outer - EDGE_MM, outer).radius();
        Point::polar(radius, first + arc * rng.random::<f64>())
    });
    points.collect()
}

/// A spot on the centre: where a nozzle drips or a chuck is hot.
pub fn centre(rng: &mut Stream, count: u32) -> Vec<Point> {
    let width = rng.random_range(4.0..11.0);
    let points = (0..count).map(|_| Point {
        x: normal(rng, width),
        y: normal(rng, width),
    });
    points.collect()
}
