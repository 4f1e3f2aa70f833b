//! How defects are to be drawn, by WebGL or without it: what is hidden, what stands out, in which contour.

use super::scene::Scene;
use super::select::Selection;

/// How strong what stands back is, of 255.
pub const SUBDUED: u32 = 40;
/// How much larger what stands out is.
pub const LARGER: f64 = 1.25;

/// How the defects are to be drawn.
pub struct Look<'a> {
    /// Type ids that are not drawn.
    pub hidden: &'a [i32],
    /// Type ids that stand out; empty: all alike.
    pub highlighted: &'a [i32],
    /// Defects outside it stand back; `None`: all alike.
    pub selection: Option<&'a Selection>,
    /// Device px in a CSS px.
    pub pixel_ratio: f64,
    /// Colour of the ground: marks that overlap are parted by it.
    pub ground: [u8; 3],
    /// Colour of text on the ground: marks that hardly differ from the ground are framed in it.
    pub ink: [u8; 3],
}

impl Look<'_> {
    fn stands_out(&self, defect_type_id: i32) -> bool {
        self.highlighted.contains(&defect_type_id)
    }

    /// Places of the types that are drawn, in the order of drawing: the rarest last, so that they lie on top, and those
    /// that stand out above all.
    #[must_use]
    pub fn order(&self, scene: &Scene) -> Vec<usize> {
        let mut order: Vec<usize> = (0..scene.kinds.len())
            .filter(|&place| !self.hidden.contains(&scene.kinds[place].defect_type_id))
            .collect();
        order.sort_by_key(|&place| self.stands_out(scene.kinds[place].defect_type_id));
        order
    }

    /// By how much the marks of a type are larger.
    #[must_use]
    pub fn growth(&self, defect_type_id: i32) -> f64 {
        match self.stands_out(defect_type_id) {
            true => LARGER,
            false => 1.0,
        }
    }

    /// Whether a type stands back behind others.
    #[must_use]
    pub fn is_subdued(&self, defect_type_id: i32) -> bool {
        !self.highlighted.is_empty() && !self.stands_out(defect_type_id)
    }

    /// How strong a mark is, of 255.
    #[must_use]
    pub fn strength(&self, defect_type_id: i32, place_mm: [f64; 2]) -> u32 {
        let is_outside = self.selection.is_some_and(|of| !of.holds(place_mm));
        match is_outside || self.is_subdued(defect_type_id) {
            true => SUBDUED,
            false => 255,
        }
    }
}

/// The contour of a mark.
#[derive(Clone, Copy)]
pub struct Rim {
    /// Its colour.
    pub rgb: [u8; 3],
    /// Drawn on bare ground too, not only over other marks.
    pub on_ground: bool,
}

impl Rim {
    /// That of a type with a colour.
    pub fn of(rgb: [u8; 3], look: &Look<'_>) -> Self {
        if contrast(rgb, look.ground) < 2.0 {
            Self {
                rgb: look.ink,
                on_ground: true,
            }
        } else {
            Self {
                rgb: look.ground,
                on_ground: false,
            }
        }
    }
}

/// Contrast of two colours, 1 to 21 (WCAG 2.1, contrast ratio).
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [red, green, blue] = rgb.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}
