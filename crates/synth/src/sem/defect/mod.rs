//! Defects, drawn onto the surface after their kind.

mod hollow;
mod pattern;
mod raised;
mod stain;

use rand_chacha::ChaCha8Rng;

use super::pattern::Pattern;
use super::surface::{Cell, Surface, Texture};
use super::{Stream, Subject, View};
use crate::Kind;

/// Where a defect is drawn. Offsets are in pixels from its centre.
struct Site<'a> {
    surface: &'a mut Surface,
    pattern: &'a Pattern,
    texture: &'a Texture,
    rng: ChaCha8Rng,
    centre: (f32, f32),
    /// Half the extent in x and y.
    half: (f32, f32),
}

impl Site<'_> {
    /// Half of the mean extent.
    fn radius(&self) -> f32 {
        f32::sqrt(self.half.0 * self.half.1)
    }

    /// The highest place in the bounding box, in pixels: what has fallen on a pattern lies on its top.
    fn ground(&mut self) -> f32 {
        let mut highest = f32::MIN;
        self.draw(0.0, |_, _, cell| highest = highest.max(cell.height));
        highest
    }

    /// Calls `draw` for each cell in the bounding box and `margin` around it.
    fn draw(&mut self, margin: f32, draw: impl FnMut(f32, f32, &mut Cell)) {
        self.surface.around(
            self.centre,
            (self.half.0 + margin, self.half.1 + margin),
            draw,
        );
    }

    /// The same for a box of its own.
    fn draw_at(
        &mut self,
        offset: (f32, f32),
        reach: (f32, f32),
        draw: impl FnMut(f32, f32, &mut Cell),
    ) {
        self.surface.around(
            (self.centre.0 + offset.0, self.centre.1 + offset.1),
            reach,
            draw,
        );
    }
}

pub(super) fn lay(
    surface: &mut Surface,
    subject: &Subject,
    view: &View,
    pattern: &Pattern,
    texture: &Texture,
) {
    let site = Site {
        surface,
        pattern,
        texture,
        rng: Stream::Defect.of(subject.seed),
        centre: (view.x, view.y),
        half: (view.half_width, view.half_height),
    };
    match subject.kind {
        Kind::Particle => raised::particle(site),
        Kind::EmbeddedParticle => raised::embedded_particle(site),
        Kind::MetalParticle => raised::metal_particle(site),
        Kind::SlurryResidue => raised::slurry(site),
        Kind::Flake => raised::flake(site),
        Kind::Scratch => hollow::scratch(site),
        Kind::Pit => hollow::pit(site),
        Kind::Void => hollow::void(site),
        Kind::CrystalOriginatedParticle => hollow::octahedral_pit(site),
        Kind::StackingFault => hollow::stacking_fault(site),
        Kind::Residue => stain::residue(site),
        Kind::Corrosion => stain::corrosion(site),
        Kind::Discoloration => stain::discoloration(site),
        Kind::Watermark => stain::watermark(site),
        Kind::Bridge => pattern::bridge(site),
        Kind::BrokenLine => pattern::broken_line(site),
        Kind::MissingPattern => pattern::missing(site),
        Kind::PatternCollapse => pattern::collapse(site),
    }
}
