//! Printed patterns: parallel lines with rough edges and square arrays of holes.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::surface::{Cell, smoothstep};

/// What is printed in the field of view.
pub(super) enum Pattern {
    Nothing,
    Lines(Lines),
    Holes(Holes),
}

/// Parallel lines. `u` runs across them, `v` along them, both in pixels from the defect's place.
pub(super) struct Lines {
    sin: f32,
    cos: f32,
    pub pitch: f32,
    /// Width of a line, in pixels.
    pub width: f32,
    height: f32,
    wall: f32,
    line_emission: f32,
    space_emission: f32,
    /// Place of the centre of line 0 on the `u` axis.
    pub offset: f32,
    /// Deviation of the left and right edge of each line, one value each `KNOT_PX` along it.
    roughness: Vec<f32>,
}

/// How a set of lines looks, sizes in pixels.
pub(super) struct LineStyle {
    pub angle_rad: f32,
    pub pitch: f32,
    /// Share of the pitch that is line.
    pub duty: f32,
    /// Height of a line over its width.
    pub tallness: f32,
    pub line_emission: f32,
    pub space_emission: f32,
    pub offset: f32,
}

/// Distance between two values of edge roughness.
const KNOT_PX: f32 = 4.0;
/// Half the diagonal of the field of view with a margin.
const REACH_PX: f32 = 200.0;
const KNOTS: usize = (2.0 * REACH_PX / KNOT_PX) as usize + 2;

impl Lines {
    pub fn new(rng: &mut impl Rng, style: &LineStyle) -> Self {
        let (sin, cos) = libm::sincosf(style.angle_rad);
        let width = style.pitch * style.duty;
        let lines = (2.0 * REACH_PX / style.pitch) as usize + 4;
        Self {
            sin,
            cos,
            pitch: style.pitch,
            width,
            height: (width * style.tallness).min(14.0),
            wall: (style.pitch / 10.0).clamp(0.8, 1.6),
            line_emission: style.line_emission,
            space_emission: style.space_emission,
            offset: style.offset,
            roughness: edge_roughness(rng, 2 * lines, (0.02 * style.pitch).clamp(0.15, 1.1)),
        }
    }

    /// Across and along the lines, from an offset in pixels in x and y.
    pub fn across_along(&self, dx: f32, dy: f32) -> (f32, f32) {
        (dx * self.cos + dy * self.sin, dy * self.cos - dx * self.sin)
    }

    /// Number of the line nearest to `u`.
    pub fn nearest(&self, u: f32) -> i32 {
        nearest_integer((u - self.offset) / self.pitch)
    }

    /// Distance of `u` from the centre of line `number`.
    pub fn off_centre(&self, u: f32, number: i32) -> f32 {
        u - self.offset - number as f32 * self.pitch
    }

    /// How much of the point is line `number`, 0 to 1, with the line moved by `lean` across.
    pub fn share_of(&self, number: i32, u: f32, v: f32, lean: f32) -> f32 {
        let from_centre = self.off_centre(u, number) - lean;
        let side = usize::from(from_centre > 0.0);
        let edges = self.roughness.len() / KNOTS;
        let edge = (2 * number + side as i32).rem_euclid(edges as i32) as usize;
        let knot = ((v + REACH_PX) / KNOT_PX).clamp(0.0, (KNOTS - 2) as f32);
        let (at, part) = (edge * KNOTS + knot as usize, knot - knot.trunc());
        let rough = self.roughness[at] * (1.0 - part) + self.roughness[at + 1] * part;
        let inside = self.width / 2.0 + rough - from_centre.abs();
        smoothstep(-self.wall, self.wall, inside)
    }

    /// How much of the point is line, 0 to 1.
    pub fn share(&self, u: f32, v: f32) -> f32 {
        self.share_of(self.nearest(u), u, v, 0.0)
    }

    /// Makes the point line by `share`, space for the rest.
    pub fn paint(&self, share: f32, cell: &mut Cell) {
        cell.height = share * self.height;
        cell.emission = self.space_emission + share * (self.line_emission - self.space_emission);
    }
}

/// Deviations of `edges` edges from straight, one after the other, correlated over some 15 pixels.
fn edge_roughness(rng: &mut impl Rng, edges: usize, sigma: f32) -> Vec<f32> {
    const KEEP: f32 = 0.75;
    let fresh = sigma * f32::sqrt(1.0 - KEEP * KEEP);
    let mut deviation = 0.0;
    let mut next = || {
        let step: f32 = StandardNormal.sample(rng);
        deviation = KEEP * deviation + fresh * step;
        deviation
    };
    (0..edges * KNOTS).map(|_| next()).collect()
}

/// A square array of round holes in a film.
pub(super) struct Holes {
    pub pitch: f32,
    radius: f32,
    /// Relative deviation of the radius of each hole, by its row and column.
    deviations: Vec<f32>,
    film_emission: f32,
}

impl Holes {
    const SIDE: usize = 16;

    pub fn new(rng: &mut impl Rng, pitch: f32, film_emission: f32) -> Self {
        let deviations = (0..Self::SIDE * Self::SIDE)
            .map(|_| rng.random_range(-0.07..0.07))
            .collect();
        Self {
            pitch,
            radius: 0.27 * pitch,
            deviations,
            film_emission,
        }
    }

    /// How much of the point is hole, 0 to 1, and where the centre of that hole lies from the defect's place, in pixels.
    pub fn share(&self, dx: f32, dy: f32) -> (f32, (f32, f32)) {
        let (column, row) = (
            nearest_integer(dx / self.pitch),
            nearest_integer(dy / self.pitch),
        );
        let centre = (column as f32 * self.pitch, row as f32 * self.pitch);
        let wrap = |i: i32| i.rem_euclid(Self::SIDE as i32) as usize;
        let radius = self.radius * (1.0 + self.deviations[wrap(row) * Self::SIDE + wrap(column)]);
        let (x, y) = (dx - centre.0, dy - centre.1);
        (
            smoothstep(-1.0, 1.0, radius - f32::sqrt(x * x + y * y)),
            centre,
        )
    }

    /// Makes the point hole by `share`, film for the rest.
    pub fn paint(&self, share: f32, cell: &mut Cell) {
        cell.height = -share * (2.0 * self.radius).min(11.0);
        cell.emission = self.film_emission * (1.0 - 0.55 * share);
    }
}

/// `f32::round` costs a call of a function where the processor's own may not be used. For values above -4096.
fn nearest_integer(value: f32) -> i32 {
    (value + 4096.5) as i32 - 4096
}
