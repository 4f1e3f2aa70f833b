use std::collections::HashMap;

use super::{Setup, attribute::pooled};
use crate::{
    Error,
    error::{expect_areas, expect_parameter},
    probability::{Tails, beta_tails, gamma_tails, normal_quantile},
};

/// How counts vary around their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CountModel {
    /// Independent defects: variance equal to the mean.
    Poisson,
    /// Clustered defects: variance mean + mean²/alpha.
    NegativeBinomial {
        /// Clustering parameter, 1e-9 to 1e15; small for strong clusters.
        alpha: f64,
    },
}

/// Limits on whole counts that chance crosses with a known probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountLimits {
    /// Smallest count that is not a signal; 0 where even a clean wafer is none.
    pub lower: u64,
    /// Largest count that is not a signal.
    pub upper: u64,
    /// Probability of a count below `lower`, at most the tail asked for.
    pub p_below: f64,
    /// Probability of a count above `upper`, at most the tail asked for.
    pub p_above: f64,
}

/// Tail beyond 3 sigma of a normal distribution, on one side.
pub const THREE_SIGMA_TAIL: f64 = 0.001_349_898_031_630_094_5;

impl CountModel {
    /// Limits for counts with this mean: the largest `lower` with P(X < lower) ≤ `tail` and the
    /// smallest `upper` with P(X > upper) ≤ `tail`.
    ///
    /// At small means 3-sigma limits cry wolf above (at mean 0.5, 1.4 % of the counts of a quiet
    /// process are above them, not 0.13 %) and see nothing below; these keep to the tail.
    /// # Errors
    /// [`Error::Parameter`] for a mean below 0, above 1e9 or not finite, an alpha outside 1e-9 to 1e15, or a
    /// tail not between 1e-12 and 0.5.
    /// # Source
    /// Exact quantiles of the distributions, as in D. C. Montgomery, Introduction to Statistical
    /// Quality Control, 7.3, "probability limits".
    /// # Example
    /// ```
    /// use analytics::spc::{CountModel, THREE_SIGMA_TAIL};
    ///
    /// let limits = CountModel::Poisson.limits(4.0, THREE_SIGMA_TAIL)?;
    /// assert_eq!((limits.lower, limits.upper), (0, 11));
    /// # Ok::<(), analytics::Error>(())
    /// ```
    pub fn limits(self, mean: f64, tail: f64) -> Result<CountLimits, Error> {
        let is_mean = (0.0..=1e9).contains(&mean);
        expect_parameter(is_mean, "mean", mean, "0 to 1e9")?;
        expect_tail(tail)?;
        if let Self::NegativeBinomial { alpha } = self {
            let is_alpha = (1e-9..=1e15).contains(&alpha);
            expect_parameter(is_alpha, "alpha", alpha, "1e-9 to 1e15")?;
        }
        Ok(self.limits_checked(mean, tail))
    }

    fn limits_checked(self, mean: f64, tail: f64) -> CountLimits {
        let z = normal_quantile(tail);
        let above = |count: u64| self.tails(count, mean).upper;
        let upper = first(self.near(z, mean), |count| above(count) <= tail);
        let below = |count: u64| self.tails(count, mean).lower;
        let lower = first(self.near(-z, mean), |count| below(count) > tail);
        CountLimits {
            lower,
            upper,
            p_below: lower.checked_sub(1).map_or(0.0, below),
            p_above: above(upper),
        }
    }

    /// A count near the quantile of a standard normal value, and a step of search around it: the
    /// first two terms of the Cornish-Fisher expansion.
    fn near(self, z: f64, mean: f64) -> (u64, u64) {
        let clustering = match self {
            Self::Poisson => 0.0,
            Self::NegativeBinomial { alpha } => mean / alpha,
        };
        let deviation = (mean * (1.0 + clustering)).sqrt();
        let skew = (z * z - 1.0) / 6.0 * (1.0 + 2.0 * clustering);
        let count = mean + z * deviation + skew;
        (count as u64, 1 + (deviation / 16.0) as u64)
    }

    /// Probability of a count above a limit that is no whole number.
    pub(super) fn p_above(self, limit: f64, mean: f64) -> f64 {
        self.tails(limit as u64, mean).upper
    }

    /// P(X <= count) and P(X > count).
    fn tails(self, count: u64, mean: f64) -> Tails {
        let next = count as f64 + 1.0;
        match self {
            _ if mean <= 0.0 => Tails {
                lower: 1.0,
                upper: 0.0,
            },
            Self::Poisson => {
                let Tails { lower, upper } = gamma_tails(next, mean);
                Tails {
                    lower: upper,
                    upper: lower,
                }
            }
            Self::NegativeBinomial { alpha } => {
                let whole = alpha + mean;
                beta_tails(alpha, next, alpha / whole, mean / whole)
            }
        }
    }

    /// Where a count stands among those that chance gives, as a standard normal value: that of its
    /// mid-p, P(X < count) + P(X = count)/2. `None` where only one count is possible.
    fn normal_score(self, count: u64, mean: f64) -> Option<f64> {
        if mean <= 0.0 {
            return None;
        }
        let at = self.tails(count, mean);
        let under = match count.checked_sub(1) {
            Some(below) => self.tails(below, mean),
            None => Tails {
                lower: 0.0,
                upper: 1.0,
            },
        };
        // The far tail has no digits left; its z is beyond 37.
        let above = (0.5 * (at.upper + under.upper)).max(1e-300);
        let below = (0.5 * (at.lower + under.lower)).max(1e-300);
        Some(match above < below {
            true => normal_quantile(above),
            false => -normal_quantile(below),
        })
    }
}

/// The first count for which something holds that keeps holding: steps that double from a place
/// near it, then halving.
fn first((near, step): (u64, u64), holds: impl Fn(u64) -> bool) -> u64 {
    // It holds at `high`, and not below `low`.
    let (mut low, mut high, mut step) = (near, near, step);
    if holds(near) {
        while low > 0 && holds(low - 1) {
            high = low - 1;
            low = low.saturating_sub(step);
            step *= 2;
        }
    } else {
        high = near + step;
        while !holds(high) && high < u64::MAX / 4 {
            low = high;
            step *= 2;
            high += step;
        }
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

fn expect_tail(tail: f64) -> Result<(), Error> {
    let is_tail = tail > 1e-12 && tail < 0.5;
    expect_parameter(is_tail, "tail", tail, "between 1e-12 and 0.5")
}

/// A chart of densities with probability limits.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbabilityChart {
    /// How counts are taken to vary.
    pub model: CountModel,
    /// Probability beyond each limit, at most.
    pub tail: f64,
    /// Centre line: the standard that was given, or sum of counts over sum of areas in the baseline.
    pub centre: f64,
    /// Plotted values: count over area.
    pub values: Vec<f64>,
    /// Lower limits: a lower value is a signal.
    pub lower: Vec<f64>,
    /// Upper limits: a higher value is a signal.
    pub upper: Vec<f64>,
    /// Each value as the standard normal one with the same (mid-)probability, for the run rules;
    /// `None` where the centre is 0.
    pub z: Vec<Option<f64>>,
    /// Indices of the points strictly beyond their limits, ascending.
    pub beyond: Vec<usize>,
}

/// u chart (areas 1: c chart) with exact limits of the Poisson distribution, or of the negative
/// binomial one for clustered counts, instead of multiples of sigma.
///
/// `counts` and `areas_cm2` hold one value for each wafer, oldest first, at least 1. `tail` is the
/// probability beyond each limit, usually [`THREE_SIGMA_TAIL`]; [`Setup::k_sigma`] is not used. On
/// differing areas clusters are taken to have the same alpha on each wafer.
/// # Errors
/// As [`super::u_chart`]; [`Error::Parameter`] also for the model and the tail.
pub fn probability_chart(
    counts: &[u64],
    areas_cm2: &[f64],
    model: CountModel,
    tail: f64,
    setup: &Setup,
) -> Result<ProbabilityChart, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let (_, centre) = pooled(counts, |index| areas_cm2[index], setup)?;
    let mut of_area: HashMap<u64, CountLimits> = HashMap::new();
    for &area in areas_cm2 {
        if let std::collections::hash_map::Entry::Vacant(place) = of_area.entry(area.to_bits()) {
            place.insert(model.limits(centre * area, tail)?);
        }
    }
    let pairs = || counts.iter().copied().zip(areas_cm2.iter().copied());
    let limits: Vec<CountLimits> = areas_cm2.iter().map(|a| of_area[&a.to_bits()]).collect();
    let is_beyond =
        |(count, limits): (u64, &CountLimits)| count < limits.lower || count > limits.upper;
    let judged = counts.iter().copied().zip(&limits).enumerate();
    Ok(ProbabilityChart {
        model,
        tail,
        centre,
        values: pairs().map(|(count, area)| count as f64 / area).collect(),
        lower: limits
            .iter()
            .zip(areas_cm2)
            .map(|(l, a)| l.lower as f64 / a)
            .collect(),
        upper: limits
            .iter()
            .zip(areas_cm2)
            .map(|(l, a)| l.upper as f64 / a)
            .collect(),
        z: pairs()
            .map(|(count, area)| model.normal_score(count, centre * area))
            .collect(),
        beyond: judged
            .filter(|&(_, pair)| is_beyond(pair))
            .map(|(index, _)| index)
            .collect(),
    })
}
