//! Points on a wafer: mm from its centre, notch down, y up (SEMI M20).

use rand::Rng;
use serde::Serialize;

use crate::stream::Stream;

/// A point in mm from the wafer centre, notch down.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Up, away from the notch.
    pub y: f64,
}

impl Point {
    /// The point at a distance from the centre, at an angle counter-clockwise from the right.
    pub(crate) fn polar(radius: f64, angle: f64) -> Self {
        Self {
            x: radius * libm::cos(angle),
            y: radius * libm::sin(angle),
        }
    }

    /// Distance from the wafer centre in mm.
    #[must_use]
    pub fn radius(self) -> f64 {
        libm::hypot(self.x, self.y)
    }

    pub(crate) fn plus(self, x: f64, y: f64) -> Self {
        Self {
            x: self.x + x,
            y: self.y + y,
        }
    }

    /// The point itself, or the nearest one within a radius.
    pub(crate) fn within(self, radius: f64) -> Self {
        let own = self.radius();
        if own <= radius {
            return self;
        }
        let factor = radius / own;
        Self {
            x: self.x * factor,
            y: self.y * factor,
        }
    }
}

/// The dies of a product on its wafer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Geometry {
    /// Diameter of the wafer in mm.
    pub diameter_mm: f64,
    /// Rim that is not inspected, mm.
    pub edge_exclusion_mm: f64,
    /// Step of the die grid, mm, street included.
    pub pitch_mm: Point,
    /// Lower-left corner of die (0,0), mm from the wafer centre.
    pub die_origin_mm: Point,
    /// Dies of a reticle field, columns and rows. Die (0,0) is the lower-left one of its field.
    pub field_dies: (i32, i32),
    /// The dies that reach into the inspected area, by column, then row.
    pub dies: Vec<(i32, i32)>,
}

impl Geometry {
    pub(crate) fn new(diameter_mm: f64, pitch: (f64, f64), field_dies: (i32, i32)) -> Self {
        let pitch_mm = Point {
            x: pitch.0,
            y: pitch.1,
        };
        let mut geometry = Self {
            diameter_mm,
            edge_exclusion_mm: 3.0,
            pitch_mm,
            // Die (0,0) has its centre on the wafer's.
            die_origin_mm: Point {
                x: -pitch_mm.x / 2.0,
                y: -pitch_mm.y / 2.0,
            },
            field_dies,
            dies: Vec::new(),
        };
        geometry.dies = geometry.dies_reached();
        geometry
    }

    /// Radius of the inspected area in mm.
    #[must_use]
    pub fn usable_radius_mm(&self) -> f64 {
        self.diameter_mm / 2.0 - self.edge_exclusion_mm
    }

    /// Inspected area in cm2: the wafer without its rim.
    #[must_use]
    pub fn area_cm2(&self) -> f64 {
        let radius_cm = self.usable_radius_mm() / 10.0;
        std::f64::consts::PI * radius_cm * radius_cm
    }

    /// Column and row of the die below a point.
    #[must_use]
    pub fn die_at(&self, point: Point) -> (i32, i32) {
        let index = |at: f64, origin: f64, pitch: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "some hundred dies at most")]
            let index = ((at - origin) / pitch).floor() as i32;
            index
        };
        let (origin, pitch) = (self.die_origin_mm, self.pitch_mm);
        (
            index(point.x, origin.x, pitch.x),
            index(point.y, origin.y, pitch.y),
        )
    }

    /// Lower-left corner of a die, mm from the wafer centre.
    #[must_use]
    pub fn die_corner_mm(&self, (column, row): (i32, i32)) -> Point {
        self.die_origin_mm.plus(
            f64::from(column) * self.pitch_mm.x,
            f64::from(row) * self.pitch_mm.y,
        )
    }

    /// Place of a die in its reticle field: column and row from the field's lower-left die.
    #[must_use]
    pub fn place_in_field(&self, (column, row): (i32, i32)) -> (i32, i32) {
        (
            column.rem_euclid(self.field_dies.0),
            row.rem_euclid(self.field_dies.1),
        )
    }

    /// A point of the inspected area, each part of it as likely as any other of the same size.
    pub(crate) fn anywhere(&self, rng: &mut Stream) -> Point {
        self.between_radii(rng, 0.0, self.usable_radius_mm())
    }

    /// As [`Geometry::anywhere`], between two distances from the centre.
    pub(crate) fn between_radii(&self, rng: &mut Stream, inner: f64, outer: f64) -> Point {
        let squared = rng.random_range(inner * inner..outer * outer);
        let angle = rng.random_range(0.0..std::f64::consts::TAU);
        Point::polar(squared.sqrt(), angle)
    }

    fn dies_reached(&self) -> Vec<(i32, i32)> {
        let radius = self.usable_radius_mm();
        let (last_column, last_row) = self.die_at(Point {
            x: radius,
            y: radius,
        });
        let columns = -last_column - 1..=last_column + 1;
        let all =
            columns.flat_map(|column| (-last_row - 1..=last_row + 1).map(move |row| (column, row)));
        all.filter(|die| self.nearest_to_centre(*die).radius() <= radius)
            .collect()
    }

    /// The point of a die that is nearest to the wafer centre.
    fn nearest_to_centre(&self, die: (i32, i32)) -> Point {
        let corner = self.die_corner_mm(die);
        Point {
            x: 0.0_f64.clamp(corner.x, corner.x + self.pitch_mm.x),
            y: 0.0_f64.clamp(corner.y, corner.y + self.pitch_mm.y),
        }
    }
}
