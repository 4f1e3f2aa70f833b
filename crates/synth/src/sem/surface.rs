//! The wafer's surface under the beam, one cell per pixel, and the textures it is made with.

use rand::Rng;

/// A pixel of the surface.
#[derive(Clone, Copy, Default)]
pub(super) struct Cell {
    /// Height above the wafer plane, in pixel widths; holes are negative.
    pub height: f32,
    /// Secondary electrons of a flat piece of this material: 0 black, 1 white.
    pub emission: f32,
    /// How much charge gathers here, 0 to 1.
    pub charge: f32,
}

impl Cell {
    /// Goes from what is here to `height` and `emission`, by `share` (0 to 1).
    pub fn cover(&mut self, share: f32, height: f32, emission: f32) {
        self.height += share * (height - self.height);
        self.emission += share * (emission - self.emission);
    }

    /// Changes the emission by a factor, by `share` (0 to 1).
    pub fn tint(&mut self, share: f32, factor: f32) {
        self.emission *= 1.0 + share * (factor - 1.0);
    }
}

pub(super) struct Surface {
    pub width: usize,
    pub height: usize,
    /// Row by row from the top.
    pub cells: Vec<Cell>,
}

impl Surface {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cells: vec![Cell::default(); width * height],
        }
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [Cell] {
        &mut self.cells[y * self.width..(y + 1) * self.width]
    }

    /// Calls `draw` for each cell within `reach_x` and `reach_y` of a point, with its offset from there, in pixels.
    pub fn around(
        &mut self,
        centre: (f32, f32),
        reach: (f32, f32),
        mut draw: impl FnMut(f32, f32, &mut Cell),
    ) {
        let span = |at: f32, reach: f32, end: usize| {
            let from = (at - reach).max(0.0) as usize;
            let to = ((at + reach + 1.0).max(0.0) as usize).min(end);
            from.min(to)..to
        };
        let columns = span(centre.0, reach.0, self.width);
        for y in span(centre.1, reach.1, self.height) {
            let dy = y as f32 - centre.1;
            let row = &mut self.row_mut(y)[columns.clone()];
            for (x, cell) in columns.clone().zip(row) {
                draw(x as f32 - centre.0, dy, cell);
            }
        }
    }
}

/// 0 at or below `from`, 1 at or above `to`, smooth between; falls where `from` is above `to`.
pub(super) fn smoothstep(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Irregularity without direction: random values on a lattice, smooth between its nodes.
pub(super) struct Texture {
    nodes: [f32; Self::SIDE * Self::SIDE],
}

impl Texture {
    const SIDE: usize = 16;

    pub fn new(rng: &mut impl Rng) -> Self {
        Self {
            nodes: std::array::from_fn(|_| rng.random_range(-1.0..1.0)),
        }
    }

    /// A value of -1 to 1; the lattice has a spacing of 1 and repeats after 16.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (tx, ty) = (
            smoothstep(0.0, 1.0, x - left),
            smoothstep(0.0, 1.0, y - top),
        );
        let wrap = |i: f32| i as i32 as usize % Self::SIDE;
        let (left, right) = (wrap(left), wrap(left + 1.0));
        let (top, bottom) = (wrap(top) * Self::SIDE, wrap(top + 1.0) * Self::SIDE);
        let above = self.nodes[top + left] * (1.0 - tx) + self.nodes[top + right] * tx;
        let below = self.nodes[bottom + left] * (1.0 - tx) + self.nodes[bottom + right] * tx;
        above * (1.0 - ty) + below * ty
    }

    /// Three sizes of irregularity on top of each other, -1 to 1.
    pub fn rough(&self, x: f32, y: f32) -> f32 {
        (self.at(x, y)
            + 0.5 * self.at(2.0 * x + 5.3, 2.0 * y + 1.7)
            + 0.3 * self.at(4.0 * x + 9.1, 4.0 * y + 7.9))
            / 1.8
    }
}
