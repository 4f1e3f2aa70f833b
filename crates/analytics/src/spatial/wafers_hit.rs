//! On how many wafers a place has a defect, if all defects lay at random.
//!
//! Each wafer has its own probability to be hit, so the number of wafers hit is a sum of different Bernoulli trials
//! (Poisson-binomial). Up to [`EXACT_MOST`] wafers its probabilities are added up one wafer at a time, exactly; beyond that
//! the tail is the saddlepoint approximation of Lugannani and Rice with Daniels' second continuity correction, which errs by
//! some per cent of the tail probability, however small that is.
//!
//! Source: Y. Hong, Computational Statistics & Data Analysis 59 (2013), for the exact sum; H. E. Daniels, International
//! Statistical Review 55 (1987), for the tail.

use std::f64::consts::{PI, SQRT_2};

use libm::erfc;

/// So many wafers at most are added up exactly.
const EXACT_MOST: u32 = 400;
/// Steps of Newton's method; it takes some five.
const STEPS: usize = 60;

/// The distribution of the number of wafers hit at a place.
#[derive(Clone, Debug)]
pub(crate) struct WafersHit {
    /// Probability of a hit, and wafers that have it.
    parts: Vec<(f64, u32)>,
    mean: f64,
    wafers: u32,
    /// Probability of at least 0, 1, 2, ... wafers; empty where it is approximated.
    at_least: Vec<f64>,
}

impl WafersHit {
    /// `parts`: probability of a hit, 0 to 1, and the number of wafers that have it.
    pub fn new(parts: Vec<(f64, u32)>) -> Self {
        let wafers = parts.iter().map(|(_, wafers)| wafers).sum();
        let mean = parts.iter().map(|&(p, wafers)| p * f64::from(wafers)).sum();
        let at_least = match wafers <= EXACT_MOST {
            true => exact_tails(&parts),
            false => Vec::new(),
        };
        Self {
            parts,
            mean,
            wafers,
            at_least,
        }
    }

    /// Probability that `k` wafers or more are hit. A number that is no more than expected has 1: it is no evidence.
    pub fn at_least(&self, k: u32) -> f64 {
        if f64::from(k) <= self.mean || k == 0 {
            return 1.0;
        }
        if k > self.wafers {
            return 0.0;
        }
        match self.at_least.get(k as usize) {
            Some(&tail) => tail.min(1.0),
            None => self.approximate(k),
        }
    }

    fn approximate(&self, k: u32) -> f64 {
        let target = f64::from(k) - 0.5;
        if target <= self.mean {
            // So near to the mean the formula is 0/0; the number is no evidence anyway.
            return 1.0;
        }
        let Some(s) = self.saddlepoint(target) else {
            return 1.0;
        };
        let (cumulant, _, second) = self.cumulant(s);
        let w = (2.0 * (s * target - cumulant)).max(0.0).sqrt();
        let u = 2.0 * (s / 2.0).sinh() * second.sqrt();
        if w < 1e-3 || u < 1e-6 {
            return 1.0;
        }
        let density = (-0.5 * w * w).exp() / (2.0 * PI).sqrt();
        (0.5 * erfc(w / SQRT_2) + density * (1.0 / u - 1.0 / w)).clamp(0.0, 1.0)
    }

    /// Where the tilted distribution has the target as its mean; `None` where it is never reached.
    fn saddlepoint(&self, target: f64) -> Option<f64> {
        let (mut low, mut high) = (0.0, 700.0);
        let mut s = (target / self.mean).ln().clamp(low, high);
        for _ in 0..STEPS {
            let (_, first, second) = self.cumulant(s);
            match first < target {
                true => low = s,
                false => high = s,
            }
            let newton = s - (first - target) / second;
            let next = match newton > low && newton < high {
                true => newton,
                false => 0.5 * (low + high),
            };
            if (next - s).abs() <= 1e-12 * s.abs() {
                return Some(next);
            }
            s = next;
        }
        (s < 699.0).then_some(s)
    }

    /// The cumulant generating function with its first two derivatives.
    fn cumulant(&self, s: f64) -> (f64, f64, f64) {
        let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
        let tilt = s.exp();
        for &(p, wafers) in &self.parts {
            let wafers = f64::from(wafers);
            let sum = 1.0 - p + p * tilt;
            let tilted = p * tilt / sum;
            value += wafers * sum.ln();
            first += wafers * tilted;
            second += wafers * tilted * (1.0 - tilted);
        }
        (value, first, second)
    }
}

/// Probability of at least 0, 1, 2, ... wafers: sums of positive terms only, so that small ones keep their digits.
fn exact_tails(parts: &[(f64, u32)]) -> Vec<f64> {
    let mut exactly = vec![1.0];
    for &(p, wafers) in parts {
        for _ in 0..wafers {
            exactly.push(0.0);
            for k in (1..exactly.len()).rev() {
                exactly[k] = exactly[k] * (1.0 - p) + exactly[k - 1] * p;
            }
            exactly[0] *= 1.0 - p;
        }
    }
    for k in (1..exactly.len()).rev() {
        exactly[k - 1] += exactly[k];
    }
    exactly
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probability::binomial_tails;

    #[test]
    fn wafers_of_one_probability_are_binomial() {
        let hit = WafersHit::new(vec![(0.03, 50)]);
        for k in [2, 3, 8, 20] {
            let expected = binomial_tails(u64::from(k), 50, 0.03).upper;
            let found = hit.at_least(k);
            assert!(
                (found / expected - 1.0).abs() < 1e-10,
                "{k}: {found} {expected}"
            );
        }
        assert_eq!(
            (hit.at_least(0), hit.at_least(1), hit.at_least(51)),
            (1.0, 1.0, 0.0)
        );
    }

    #[test]
    fn the_approximation_of_many_wafers_agrees_with_the_binomial_far_into_the_tail() {
        let hit = WafersHit::new(vec![(0.004, 2000)]);
        for k in [12, 16, 25, 60, 150] {
            let expected = binomial_tails(u64::from(k), 2000, 0.004).upper;
            let found = hit.at_least(k);
            assert!(
                (found / expected - 1.0).abs() < 0.05,
                "{k}: {found} {expected}"
            );
        }
    }

    #[test]
    fn exact_and_approximate_agree_for_wafers_that_differ() {
        let parts: Vec<(f64, u32)> = (1..=20).map(|n| (0.01 * f64::from(n), 20)).collect();
        let exact = WafersHit::new(parts);
        let approximate = WafersHit {
            at_least: Vec::new(),
            ..exact.clone()
        };
        for k in [50, 60, 75, 100] {
            let (found, expected) = (approximate.at_least(k), exact.at_least(k));
            assert!(
                (found / expected - 1.0).abs() < 0.02,
                "{k}: {found} {expected}"
            );
        }
    }
}
