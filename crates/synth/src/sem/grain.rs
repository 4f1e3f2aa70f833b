//! Polycrystalline metal: grains around randomly displaced nodes of a square lattice.

use rand::Rng;

use super::background::mid_level;
use super::surface::{Surface, smoothstep};

/// Nodes of the lattice along each side, after which it repeats.
const SIDE: usize = 32;

/// Centre of a grain in units of the mean diameter, and its own emission (channelling along its crystal axes).
#[derive(Clone, Copy, Default)]
struct Grain {
    x: f32,
    y: f32,
    emission: f32,
}

/// Draws grains of a mean diameter in pixels, with a groove between two.
pub(super) fn lay(surface: &mut Surface, rng: &mut impl Rng, diameter: f32) {
    let lattice: Vec<Grain> = (0..SIDE * SIDE)
        .map(|_| Grain {
            x: rng.random_range(0.1..0.9),
            y: rng.random_range(0.1..0.9),
            emission: mid_level(rng.random_range(6..10)),
        })
        .collect();
    // The two nearest grains are looked for once for two pixels by two.
    for y in (0..surface.height).step_by(2) {
        for x in (0..surface.width).step_by(2) {
            let (own, next) = nearest(
                &lattice,
                (x + 1) as f32 / diameter,
                (y + 1) as f32 / diameter,
            );
            for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                let at = ((x as f32 + 0.5) / diameter, (y as f32 + 0.5) / diameter);
                let beyond_px = beyond_boundary(own, next, at) * diameter;
                let cell = &mut surface.cells[y * surface.width + x];
                cell.height = -2.0 * smoothstep(2.2, 0.0, beyond_px.abs());
                cell.emission = if beyond_px > 0.0 {
                    next.emission
                } else {
                    own.emission
                };
            }
        }
    }
}

/// The nearest grain to a point and the second nearest.
fn nearest(lattice: &[Grain], x: f32, y: f32) -> (Grain, Grain) {
    let wrap = |i: i32| i.rem_euclid(SIDE as i32) as usize;
    let (column, row) = (x as i32, y as i32);
    let (mut first, mut second) = ((f32::MAX, Grain::default()), (f32::MAX, Grain::default()));
    for j in row - 1..=row + 1 {
        for i in column - 1..=column + 1 {
            let node = lattice[wrap(j) * SIDE + wrap(i)];
            let grain = Grain {
                x: i as f32 + node.x,
                y: j as f32 + node.y,
                ..node
            };
            let distance = (grain.x - x) * (grain.x - x) + (grain.y - y) * (grain.y - y);
            if distance < first.0 {
                (second, first) = (first, (distance, grain));
            } else if distance < second.0 {
                second = (distance, grain);
            }
        }
    }
    (first.1, second.1)
}

/// How far a point lies beyond the boundary halfway between two grains, from the first grain's side.
fn beyond_boundary(from: Grain, to: Grain, at: (f32, f32)) -> f32 {
    let (across_x, across_y) = (to.x - from.x, to.y - from.y);
    let (x, y) = (at.0 - 0.5 * (from.x + to.x), at.1 - 0.5 * (from.y + to.y));
    (x * across_x + y * across_y) / f32::sqrt(across_x * across_x + across_y * across_y)
}
