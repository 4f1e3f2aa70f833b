//! What lies under and around the defect.

use std::f32::consts::PI;

use rand::Rng;

use super::optics::LEVELS;
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
    /// Polycrystalline metal, as deposited or polished. Finely textured where the pixels are too coarse for the grains.
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

/// Pixels that a pitch must have to be seen.
const RESOLVED_PX: f32 = 5.0;
/// Pixels that a grain must have to be seen.
const RESOLVED_GRAIN_PX: f32 = 10.0;

/// Draws the background and says what pattern is in it.
pub(super) fn lay(
    surface: &mut Surface,
    subject: &Subject,
    view: &View,
    texture: &Texture,
) -> Pattern {
    let mut rng = Stream::Pattern.of(subject.seed);
    match printed(subject) {
        Background::Bare => flat(surface, mid_level(4)),
        Background::Film => textured(surface, texture, mid_level(6)),
        Background::LineSpace {
            pitch_nm,
            angle_deg,
            material,
        } => {
            let pitch = pitch_px(subject.kind, view, pitch_nm);
            if pitch < RESOLVED_PX {
                flat(surface, mid_level(5));
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
                flat(surface, mid_level(5));
                return Pattern::Nothing;
            }
            let holes = Holes::new(&mut rng, pitch, mid_level(6));
            surface.around((view.x, view.y), (f32::MAX, f32::MAX), |dx, dy, cell| {
                holes.paint(holes.share(dx, dy).0, cell);
            });
            return Pattern::Holes(holes);
        }
        Background::MetalGrain { grain_nm } => match view.px_from_nm(grain_nm) {
            diameter if diameter < RESOLVED_GRAIN_PX => textured(surface, texture, mid_level(7)),
            diameter => grains(surface, &mut rng, diameter),
        },
    }
    Pattern::Nothing
}

/// The background, with the pattern that the kind cannot do without and without one where the kind has none.
fn printed(subject: &Subject) -> Background {
    let lines = Background::LineSpace {
        pitch_nm: 1.0,
        angle_deg: 0.0,
        material: LineMaterial::Resist,
    };
    match (subject.kind, subject.background) {
        (Kind::CrystalOriginatedParticle | Kind::StackingFault, _) => Background::Bare,
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
        Kind::PatternCollapse => pitch.clamp(0.14 * size, 0.2 * size),
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

/// Emission in the middle of a grey level: noise then crosses the level's bounds least, which keeps the files small.
fn mid_level(level: u8) -> f32 {
    (f32::from(level) + 0.5) / LEVELS
}

fn flat(surface: &mut Surface, emission: f32) {
    surface
        .cells
        .iter_mut()
        .for_each(|cell| cell.emission = emission);
}

fn textured(surface: &mut Surface, texture: &Texture, emission: f32) {
    for y in 0..surface.height {
        for (x, cell) in surface.row_mut(y).iter_mut().enumerate() {
            let rough = texture.at(x as f32 * 0.13, y as f32 * 0.13);
            cell.emission = emission + 0.008 * rough;
        }
    }
}

/// Grains around randomly displaced nodes of a square lattice; each has its own emission (channelling), with a groove between two.
fn grains(surface: &mut Surface, rng: &mut impl Rng, diameter: f32) {
    const SIDE: usize = 32;
    let seeds: Vec<Grain> = (0..SIDE * SIDE)
        .map(|_| Grain {
            x: rng.random_range(0.1..0.9),
            y: rng.random_range(0.1..0.9),
            emission: mid_level(rng.random_range(6..10)),
        })
        .collect();
    let wrap = |i: i32| i.rem_euclid(SIDE as i32) as usize;
    // The two nearest grains are looked for once for two pixels by two.
    for y in (0..surface.height).step_by(2) {
        for x in (0..surface.width).step_by(2) {
            let (gx, gy) = ((x + 1) as f32 / diameter, (y + 1) as f32 / diameter);
            let (column, row) = (gx as i32, gy as i32);
            let (mut first, mut second) =
                ((f32::MAX, Grain::default()), (f32::MAX, Grain::default()));
            for j in row - 1..=row + 1 {
                for i in column - 1..=column + 1 {
                    let seed = seeds[wrap(j) * SIDE + wrap(i)];
                    let grain = Grain {
                        x: i as f32 + seed.x,
                        y: j as f32 + seed.y,
                        ..seed
                    };
                    let (dx, dy) = (grain.x - gx, grain.y - gy);
                    let distance = dx * dx + dy * dy;
                    if distance < first.0 {
                        (second, first) = (first, (distance, grain));
                    } else if distance < second.0 {
                        second = (distance, grain);
                    }
                }
            }
            let (first, second) = (first.1, second.1);
            let (across_x, across_y) = (second.x - first.x, second.y - first.y);
            let apart = f32::sqrt(across_x * across_x + across_y * across_y);
            for (x, y) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                let (from_x, from_y) = (x as f32 + 0.5, y as f32 + 0.5);
                let (from_x, from_y) = (
                    from_x - 0.5 * (first.x + second.x) * diameter,
                    from_y - 0.5 * (first.y + second.y) * diameter,
                );
                let beyond_boundary = (from_x * across_x + from_y * across_y) / apart;
                let cell = &mut surface.cells[y * surface.width + x];
                cell.height = -2.0 * smoothstep(2.2, 0.0, beyond_boundary.abs());
                cell.emission = if beyond_boundary > 0.0 {
                    second.emission
                } else {
                    first.emission
                };
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Grain {
    x: f32,
    y: f32,
    emission: f32,
}
