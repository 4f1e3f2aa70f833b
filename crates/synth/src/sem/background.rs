//! What lies under and around the defect.

use std::f32::consts::PI;

use rand::Rng;

use super::pattern::{Holes, LineStyle, Lines, Pattern};
use super::surface::{Surface, Texture, smoothstep};
use super::{Stream, Subject, View};
use crate::Kind;

/// What lies under and around the defect, by process step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Background {
    /// Polished or epitaxial silicon.
    Bare,
    /// A deposited film without pattern (oxide, nitride), finely textured.
    Film,
    /// Parallel lines. Without contrast where the pixels are too coarse for the pitch.
    LineSpace {
        /// Distance from line to line, in nm.
        pitch_nm: f64,
        /// Direction across the lines, counter-clockwise from the x axis, in degrees: 0 for vertical lines.
        angle_deg: f64,
        /// What the lines are made of.
        material: LineMaterial,
    },
    /// A square array of contact holes in a film. Without contrast where the pixels are too coarse for the pitch.
    ContactHoles {
        /// Distance from hole to hole, in nm.
        pitch_nm: f64,
    },
    /// Polycrystalline metal, as deposited or polished.
    MetalGrain {
        /// Mean diameter of a grain, in nm.
        grain_nm: f64,
    },
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineMaterial {
    /// Developed photoresist on a film: tall lines of weak contrast with bright edges.
    Resist,
    /// Etched polysilicon or fins.
    Silicon,
    /// Polished copper in oxide: flat, bright lines.
    Metal,
}

/// Pixels that a pitch or a grain must have to be seen.
const RESOLVED_PX: f32 = 5.0;

/// Draws the background and says what pattern is in it.
pub(super) fn lay(
    surface: &mut Surface,
    subject: &Subject,
    view: &View,
    texture: &Texture,
) -> Pattern {
    let mut rng = Stream::Pattern.of(subject.seed);
    match printed(subject) {
        Background::Bare => flat(surface, 0.27),
        Background::Film => film(surface, texture),
        Background::LineSpace {
            pitch_nm,
            angle_deg,
            material,
        } => {
            let pitch = pitch_px(subject.kind, view, pitch_nm);
            if pitch < RESOLVED_PX {
                flat(surface, 0.36);
                return Pattern::Nothing;
            }
            let lines = Lines::new(&mut rng, &style(subject.kind, pitch, angle_deg, material));
            surface.around((view.x, view.y), (f32::MAX, f32::MAX), |dx, dy, cell| {
                let (u, v) = lines.across_along(dx, dy);
                lines.paint(lines.share(u, v), cell);
            });
            return Pattern::Lines(lines);
        }
        Background::ContactHoles { pitch_nm } => {
            let pitch = pitch_px(subject.kind, view, pitch_nm);
            if pitch < RESOLVED_PX {
                flat(surface, 0.36);
                return Pattern::Nothing;
            }
            let holes = Holes::new(&mut rng, pitch, 0.42);
            surface.around((view.x, view.y), (f32::MAX, f32::MAX), |dx, dy, cell| {
                holes.paint(holes.share(dx, dy).0, cell);
            });
            return Pattern::Holes(holes);
        }
        Background::MetalGrain { grain_nm } => grains(surface, &mut rng, view.px_from_nm(grain_nm)),
    }
    Pattern::Nothing
}

/// The background with the pattern that the kind cannot do without.
fn printed(subject: &Subject) -> Background {
    let lines = Background::LineSpace {
        pitch_nm: 1.0,
        angle_deg: 0.0,
        material: LineMaterial::Resist,
    };
    match (subject.kind, subject.background) {
        (_, given @ Background::LineSpace { .. }) => given,
        (Kind::MissingPattern, given @ Background::ContactHoles { .. }) => given,
        (Kind::Bridge | Kind::BrokenLine | Kind::MissingPattern | Kind::PatternCollapse, _) => {
            lines
        }
        (_, given) => given,
    }
}

/// The pitch in pixels; of the defect's order where the defect is one of the pattern itself.
fn pitch_px(kind: Kind, view: &View, pitch_nm: f64) -> f32 {
    let size = 2.0 * view.half();
    let pitch = view.px_from_nm(pitch_nm).min(4.0 * size);
    match kind {
        Kind::Bridge | Kind::BrokenLine => pitch.clamp(0.6 * size, 1.5 * size),
        Kind::MissingPattern => pitch.clamp(0.22 * size, 0.4 * size),
        Kind::PatternCollapse => pitch.clamp(0.2 * size, 0.3 * size),
        _ => pitch,
    }
}

fn style(kind: Kind, pitch: f32, angle_deg: f64, material: LineMaterial) -> LineStyle {
    let (duty, tallness, line_emission, space_emission) = match material {
        LineMaterial::Resist => (0.5, 1.4, 0.38, 0.30),
        LineMaterial::Silicon => (0.42, 1.6, 0.44, 0.20),
        LineMaterial::Metal => (0.5, 0.06, 0.56, 0.24),
    };
    // A bridge lies in a space, a break in a line; other defects lie anywhere, here on an edge.
    let offset = match kind {
        Kind::Bridge => 0.5 * pitch,
        Kind::BrokenLine | Kind::MissingPattern | Kind::PatternCollapse => 0.0,
        _ => 0.25 * pitch,
    };
    // Image rows run downwards, angles counter-clockwise.
    let angle_rad = -(angle_deg as f32) / 180.0 * PI;
    LineStyle {
        angle_rad,
        pitch,
        duty,
        tallness,
        line_emission,
        space_emission,
        offset,
    }
}

fn flat(surface: &mut Surface, emission: f32) {
    surface
        .cells
        .iter_mut()
        .for_each(|cell| cell.emission = emission);
}

fn film(surface: &mut Surface, texture: &Texture) {
    for y in 0..surface.height {
        for (x, cell) in surface.row_mut(y).iter_mut().enumerate() {
            let rough = texture.at(x as f32 * 0.13, y as f32 * 0.13);
            cell.emission = 0.40 + 0.02 * rough;
            cell.height = 0.5 * rough;
        }
    }
}

/// Grains around randomly displaced nodes of a square lattice; each has its own emission (channelling), with a groove between two.
fn grains(surface: &mut Surface, rng: &mut impl Rng, diameter: f32) {
    const SIDE: usize = 32;
    let diameter = diameter.max(6.0);
    let seeds: Vec<(f32, f32, f32)> = (0..SIDE * SIDE)
        .map(|_| {
            (
                rng.random_range(0.1..0.9),
                rng.random_range(0.1..0.9),
                rng.random_range(0.38..0.66),
            )
        })
        .collect();
    let wrap = |i: i32| i.rem_euclid(SIDE as i32) as usize;
    // Two pixels by two at a time: the beam spot is no smaller.
    for y in (0..surface.height).step_by(2) {
        for x in (0..surface.width).step_by(2) {
            let (gx, gy) = (x as f32 / diameter, y as f32 / diameter);
            let (column, row) = (gx as i32, gy as i32);
            let (mut first, mut second, mut emission) = (f32::MAX, f32::MAX, 0.0);
            for j in row - 1..=row + 1 {
                for i in column - 1..=column + 1 {
                    let seed = seeds[wrap(j) * SIDE + wrap(i)];
                    let (dx, dy) = (i as f32 + seed.0 - gx, j as f32 + seed.1 - gy);
                    let distance = dx * dx + dy * dy;
                    if distance < first {
                        (second, first, emission) = (first, distance, seed.2);
                    } else {
                        second = second.min(distance);
                    }
                }
            }
            let to_boundary = (f32::sqrt(second) - f32::sqrt(first)) * diameter;
            let height = -2.5 * smoothstep(3.0, 0.0, to_boundary);
            for cell in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                let cell = &mut surface.cells[cell.1 * surface.width + cell.0];
                (cell.height, cell.emission) = (height, emission);
            }
        }
    }
}
