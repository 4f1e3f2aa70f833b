//! What lies under and around the defect.

use std::f32::consts::PI;

use super::grain;
use super::optics::LEVELS;
use super::pattern::{Holes, LineStyle, Lines, Pattern};
use super::surface::{Surface, Texture};
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
            diameter => grain::lay(surface, &mut rng, diameter),
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
pub(super) fn mid_level(level: u8) -> f32 {
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
