//! Places: a die, a spot, a robot's fingers, a point of the reticle.

use rand::Rng;

use super::normal;
use crate::stream::Stream;
use crate::{Geometry, Point};

/// Where a robot's fingers hold a wafer, degrees counter-clockwise from the right, notch down.
pub const FINGERS_DEGREES: [f64; 3] = [30.0, 150.0, 270.0];
/// Where a repeater is in its field, as parts of the field's width and height.
pub const REPEATED_AT: (f64, f64) = (0.37, 0.58);
/// Distance of the fingers from the edge of the inspected area, mm.
const FINGERS_IN_MM: f64 = 2.5;

/// Defects in one die that lies inside the wafer.
pub fn hot_die(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let middle = on.between_radii(rng, 0.0, 0.8 * on.usable_radius_mm());
    let corner = on.die_corner_mm(on.die_at(middle));
    let points = (0..count).map(|_| {
        corner.plus(
            on.pitch_mm.x * rng.random::<f64>(),
            on.pitch_mm.y * rng.random::<f64>(),
        )
    });
    points.collect()
}

/// A heap, some mm wide.
pub fn cluster(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let middle = on.anywhere(rng);
    let width = rng.random_range(0.8..3.0);
    let points = (0..count).map(|_| middle.plus(normal(rng, width), normal(rng, width)));
    points.collect()
}

/// Around the fingers.
pub fn handling(rng: &mut Stream, on: &Geometry, count: u32) -> Vec<Point> {
    let radius = on.usable_radius_mm() - FINGERS_IN_MM;
    let points = (0..count).map(|_| {
        let finger = FINGERS_DEGREES[rng.random_range(0..3_u32) as usize].to_radians();
        let out = radius + normal(rng, 0.7);
        Point::polar(out, finger + normal(rng, 0.02))
    });
    points.collect()
}

/// The same point of every field, where it is printed.
pub fn repeater(rng: &mut Stream, on: &Geometry, at: (f64, f64), printed: f64) -> Vec<Point> {
    let (columns, rows) = on.field_dies;
    let (width, height) = (
        on.pitch_mm.x * f64::from(columns),
        on.pitch_mm.y * f64::from(rows),
    );
    let radius = on.usable_radius_mm();
    #[expect(clippy::cast_possible_truncation, reason = "some ten fields")]
    let reach = |size: f64| (radius / size).ceil() as i32 + 1;
    let fields = (-reach(width)..=reach(width))
        .flat_map(|column| (-reach(height)..=reach(height)).map(move |row| (column, row)));
    let points = fields.map(|(column, row)| {
        on.die_origin_mm.plus(
            (f64::from(column) + at.0) * width,
            (f64::from(row) + at.1) * height,
        )
    });
    points.filter(|_| rng.random_bool(printed)).collect()
}
