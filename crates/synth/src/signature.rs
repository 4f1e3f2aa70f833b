//! Patterns of defects that tell where they come from.

mod line;
mod place;
mod zone;

use rand_distr::{Distribution, Poisson};
use serde::Serialize;

use crate::stream::Stream;
use crate::{Geometry, Point};

/// A pattern of defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// A curved line.
    Scratch,
    /// A ring around the centre.
    Ring,
    /// The rim, all of it or an arc.
    Edge,
    /// A spot on the centre.
    CentreSpot,
    /// One die.
    HotDie,
    /// The same place in every reticle field.
    ReticleRepeater,
    /// Spirals thrown outwards from the centre.
    SpinSplash,
    /// A heap.
    Cluster,
    /// The places where a robot's fingers hold the wafer.
    HandlingMarks,
}

impl Signature {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Scratch,
        Self::Ring,
        Self::Edge,
        Self::CentreSpot,
        Self::HotDie,
        Self::ReticleRepeater,
        Self::SpinSplash,
        Self::Cluster,
        Self::HandlingMarks,
    ];

    /// Whether inspection tools group its defects under one cluster number.
    pub(crate) fn is_clustered(self) -> bool {
        matches!(
            self,
            Self::Scratch | Self::HotDie | Self::SpinSplash | Self::Cluster
        )
    }

    /// Points of one pattern, all within the inspected area; their number is Poisson around `mean`
    /// before the parts beyond the rim are cut off. A [`Signature::ReticleRepeater`] has one a
    /// field instead, printed with a probability of one half.
    pub(crate) fn points(self, rng: &mut Stream, on: &Geometry, mean: f64) -> Vec<Point> {
        let count = poisson(rng, mean);
        let mut points = match self {
            Self::Scratch => line::scratch(rng, on, count),
            Self::SpinSplash => line::splash(rng, on, count),
            Self::Ring => zone::ring(rng, on, count),
            Self::Edge => zone::edge(rng, on, count),
            Self::CentreSpot => zone::centre(rng, count),
            Self::HotDie => place::hot_die(rng, on, count),
            Self::Cluster => place::cluster(rng, on, count),
            Self::HandlingMarks => place::handling(rng, on, count),
            Self::ReticleRepeater => place::repeater(rng, on, place::REPEATED_AT, 0.5),
        };
        points.retain(|point| point.radius() <= on.usable_radius_mm());
        points
    }
}

/// A count around a mean.
pub(crate) fn poisson(rng: &mut Stream, mean: f64) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a wafer's defects"
    )]
    let count = Poisson::new(mean).map_or(0, |counts| counts.sample(rng) as u32);
    count
}

/// A coordinate with a bell-shaped error.
pub(crate) fn normal(rng: &mut Stream, deviation: f64) -> f64 {
    let error: f64 = rand_distr::StandardNormal.sample(rng);
    error * deviation
}
