//! Single wafers made to order, for tests of what finds patterns.

use rand::SeedableRng;

use crate::signature::{normal, poisson};
use crate::stream::Stream;
use crate::{Geometry, Point, Signature};

/// Standard deviation of each coordinate as a tool reports it, mm.
const REGISTRATION_MM: f64 = 0.01;

/// A wafer with a background that lies at random, and with one pattern or none. The same seed makes the same wafer.
#[derive(Clone, Debug, PartialEq)]
pub struct Specimen {
    /// Defects, those of the pattern first; as far as they lie in the inspected area.
    pub points: Vec<Point>,
    /// So many of them belong to the pattern.
    pub planted: usize,
}

impl Specimen {
    /// Makes a wafer: the number of defects of the background, and of the pattern, is Poisson around its mean. A
    /// [`Signature::ReticleRepeater`] is printed in every second field, whatever its mean.
    #[must_use]
    pub fn new(
        seed: u64,
        on: &Geometry,
        background: f64,
        pattern: Option<(Signature, f64)>,
    ) -> Self {
        let mut rng = Stream::seed_from_u64(seed);
        let mut points = match pattern {
            Some((signature, mean)) => signature.points(&mut rng, on, mean),
            None => Vec::new(),
        };
        let planted = points.len();
        for _ in 0..poisson(&mut rng, background) {
            points.push(on.anywhere(&mut rng));
        }
        for point in &mut points {
            let moved = point.plus(
                normal(&mut rng, REGISTRATION_MM),
                normal(&mut rng, REGISTRATION_MM),
            );
            *point = moved.within(on.usable_radius_mm());
        }
        Self { points, planted }
    }
}
