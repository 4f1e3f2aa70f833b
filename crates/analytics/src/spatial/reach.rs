//! What DBSCAN takes for dense when nobody says so.

use std::{collections::HashSet, f64::consts::PI};

use crate::{Error, error::expect_positive, probability::gamma_tails};

/// Core points that chance alone makes on a wafer, on average, at most.
pub const CHANCE_CORES: f64 = 0.05;
/// Neighbours that make a core point, at least: what the authors of DBSCAN use in the plane.
const MIN_POINTS_LEAST: usize = 4;
/// The reach is this part of the radius of the inspected area at most, 6 mm on a wafer of 300 mm: where next to nothing lies
/// around them, heaps would not be told from each other otherwise.
const REACH_MOST: f64 = 0.04;

/// Reach and neighbours for DBSCAN, and the background that they come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DefaultReach {
    /// Points within this distance are neighbours, mm.
    pub reach_mm: f64,
    /// Neighbours, itself among them, that make a core point.
    pub min_points: usize,
    /// Points per mm2 outside of heaps.
    pub background_per_mm2: f64,
}

/// Chooses reach and neighbours so that a wafer with the same background and no pattern has a cluster once in 20 times at
/// most.
///
/// The background comes from the empty ones of as many square cells as there are points: where points lie at random with
/// `λ` per area, a cell of area `a` is empty with probability `exp(−λ a)`. A heap fills few cells, so it counts by the area that
/// it covers and not by its points. `min_points` is the natural logarithm of the points of the background, rounded up, at
/// least 4. The reach `r` is the largest for which core points by chance are rare: each of the background's `n` points has a
/// Poisson number of others around it with mean `m = λ π r²`, so `n P(Poisson(m) ≥ min_points − 1) ≤ 0.05`; it is at most
/// 0.04 of the radius of a disc of that area, so that heaps on an empty wafer are told from each other.
///
/// `points` are in mm, inspected over `area_mm2`.
/// # Errors
/// [`Error::Parameter`] for an area that is not above 0.
/// # Source
/// M. Ester et al., KDD-96 (1996), for 4 neighbours; D. Birant and A. Kut, Data & Knowledge Engineering 60 (2007), for ln n;
/// the share of empty quadrats is treated by P. Greig-Smith, Quantitative Plant Ecology (1983).
pub fn default_reach(points: &[(f64, f64)], area_mm2: f64) -> Result<DefaultReach, Error> {
    expect_positive("area_mm2", area_mm2)?;
    let count = points.len().max(2) as f64;
    let side = (area_mm2 / count).sqrt();
    let cell = |&(x, y): &(f64, f64)| ((x / side).floor() as i64, (y / side).floor() as i64);
    let occupied = points.iter().map(cell).collect::<HashSet<_>>().len() as f64;
    // All cells full would be an endless background: half a cell stays empty.
    let empty = (1.0 - occupied / count).max(0.5 / count);
    let background = (-empty.ln() * count).clamp(1.0, count);
    let min_points = (background.ln().ceil() as usize).max(MIN_POINTS_LEAST);
    let background_per_mm2 = background / area_mm2;
    let mean = mean_with_tail(min_points - 1, CHANCE_CORES / background);
    let most = REACH_MOST * (area_mm2 / PI).sqrt();
    Ok(DefaultReach {
        reach_mm: (mean / (PI * background_per_mm2)).sqrt().min(most),
        min_points,
        background_per_mm2,
    })
}

/// The mean at which a Poisson count is at least `least` with probability `tail`.
fn mean_with_tail(least: usize, tail: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0 * least as f64);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        // P(N >= k) is the lower tail of a gamma distribution of shape k.
        if gamma_tails(least as f64, middle).lower < tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on a square of 200 mm, spread by a low-discrepancy sequence, which a Poisson field is rougher than.
    fn spread(count: u32) -> impl Iterator<Item = (f64, f64)> {
        (0..count).map(|i| {
            let i = f64::from(i);
            (
                200.0 * (0.754_877_67 * i).fract(),
                200.0 * (0.569_840_29 * i).fract(),
            )
        })
    }

    #[test]
    fn chance_makes_a_core_point_once_in_twenty_wafers() {
        let points: Vec<(f64, f64)> = spread(4_000).collect();
        let found = default_reach(&points, 40_000.0).unwrap();
        let n = found.background_per_mm2 * 40_000.0;
        let m = found.background_per_mm2 * PI * found.reach_mm.powi(2);
        // P(N >= 8) of a Poisson count by its terms.
        let below: f64 = (0..found.min_points as u32 - 1)
            .map(|k| (-m).exp() * m.powi(k as i32) / (1..=k).map(f64::from).product::<f64>())
            .sum();
        assert_eq!(found.min_points, 9);
        assert!((n * (1.0 - below) - CHANCE_CORES).abs() < 1e-6);
    }

    #[test]
    fn a_heap_does_not_make_the_background_denser() {
        let background: Vec<(f64, f64)> = spread(200).collect();
        let heap = (0..5_000).map(|i| {
            (
                100.0 + f64::from(i % 70) / 50.0,
                100.0 + f64::from(i / 70) / 50.0,
            )
        });
        let with_heap: Vec<(f64, f64)> = background.iter().copied().chain(heap).collect();
        let without = default_reach(&background, 40_000.0).unwrap();
        let with = default_reach(&with_heap, 40_000.0).unwrap();
        let ratio = with.background_per_mm2 / without.background_per_mm2;
        assert!((0.5..2.0).contains(&ratio), "{with:?} {without:?}");
    }

    #[test]
    fn few_points_or_one_place_have_a_reach() {
        for points in [vec![], vec![(1.0, 1.0)], vec![(2.0, 2.0); 1000]] {
            let found = default_reach(&points, 40_000.0).unwrap();
            assert!(found.reach_mm > 0.0 && found.reach_mm < 5.0, "{found:?}");
        }
        assert!(default_reach(&[], 0.0).is_err());
    }
}
