//! Sizes: a power law, as Stapper found for defects of chips.
//!
//! C. H. Stapper, "Modeling of defects in integrated circuit photolithographic patterns", IBM Journal
//! of Research and Development 28 (1984), 461-475: the density of sizes falls with the third power.

use rand::Rng;
use serde::Serialize;

use crate::Kind;
use crate::stream::Stream;

/// No defect is larger, um.
const MOST_UM: f64 = 5_000.0;

/// A size from the density `size^-exponent` above `least_um`.
pub(crate) fn power_law(rng: &mut Stream, least_um: f64, exponent: f64) -> f64 {
    // Between 0, which would be infinitely large, and 1.
    let above: f64 = 1.0 - rng.random::<f64>();
    (least_um * libm::pow(above, -1.0 / (exponent - 1.0))).min(MOST_UM)
}

/// A defect's outline as a tool reports it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Extent {
    /// Longest extent, um.
    pub size_um: f64,
    /// Width of the box around it, um.
    pub x_size_um: f64,
    /// Height of the box around it, um.
    pub y_size_um: f64,
    /// Area, um2.
    pub area_um2: f64,
}

impl Extent {
    /// An ellipse of a length, `aspect` times as long as wide, turned by `angle`.
    pub(crate) fn of(size_um: f64, aspect: f64, angle: f64) -> Self {
        let width = size_um / aspect;
        let (cos, sin) = (libm::cos(angle), libm::sin(angle));
        Self {
            size_um: thousandth(size_um),
            x_size_um: thousandth(libm::hypot(size_um * cos, width * sin)),
            y_size_um: thousandth(libm::hypot(size_um * sin, width * cos)),
            area_um2: (std::f64::consts::FRAC_PI_4 * size_um * width * 1e6).round() / 1e6,
        }
    }
}

fn thousandth(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

impl Kind {
    /// How much larger than a particle it is.
    pub(crate) fn scale(self) -> f64 {
        match self {
            Self::EmbeddedParticle | Self::SlurryResidue | Self::Void => 1.2,
            Self::MetalParticle | Self::MissingPattern => 1.5,
            Self::Residue | Self::StackingFault => 2.0,
            Self::Corrosion => 2.5,
            Self::PatternCollapse => 3.0,
            Self::Scratch => 4.0,
            Self::Flake => 5.0,
            Self::Watermark => 6.0,
            Self::Discoloration => 8.0,
            Self::Particle
            | Self::Pit
            | Self::Bridge
            | Self::BrokenLine
            | Self::CrystalOriginatedParticle => 1.0,
        }
    }

    /// How many times as long as wide it is, at least and at most.
    pub(crate) fn aspect(self) -> (f64, f64) {
        match self {
            Self::Scratch => (5.0, 14.0),
            Self::Bridge | Self::BrokenLine => (1.2, 2.5),
            Self::PatternCollapse => (1.5, 4.0),
            Self::CrystalOriginatedParticle | Self::StackingFault => (1.0, 1.05),
            Self::Residue | Self::Corrosion | Self::Flake => (1.1, 2.8),
            _ => (1.0, 1.6),
        }
    }
}
