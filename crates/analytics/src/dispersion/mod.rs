//! How counts vary compared with their mean: the question that decides between charts.
//!
//! Counts of independent defects are Poisson and vary as much as their mean. Defects on wafers
//! cluster, so their counts vary more: Poisson limits would flag wafers that are like all others.
//!
//! # Conventions
//! - Variances have the divisor n − 1. The test is the chi-square dispersion test with n − 1 degrees
//!   of freedom; for differing areas it is Pearson's statistic around the pooled rate.
//! - `p_over` is the upper tail (variance above the mean), `p_under` the lower one.
//! - All counts 0, or a single count: the mean has a value, nothing else does.

mod negative_binomial;

pub use negative_binomial::{NegativeBinomial, negative_binomial, negative_binomial_of_densities};

use crate::{Error, error::expect_areas, probability::gamma_tails, spc::expect_samples};

/// Dispersion of counts on equal areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// Number of counts.
    pub n: usize,
    /// Mean count.
    pub mean: f64,
    /// Sample variance; `None` for one count.
    pub variance: Option<f64>,
    /// Variance over mean, 1 for Poisson counts; `None` without variance or with mean 0.
    pub vmr: Option<f64>,
    /// The test against Poisson counts; `None` as for `vmr`.
    pub test: Option<ChiSquareTest>,
    /// Clustering parameter by moments, mean²/(variance − mean); `None` unless the variance is
    /// above the mean.
    pub alpha_moment: Option<f64>,
    /// Degrees of freedom of the test.
    pub degrees_of_freedom: usize,
}

/// A variance above the mean by less than this part of it is the mean: 2, 0, 2 have both at 4/3.
const ROUNDING: f64 = 1e-12;

/// A dispersion statistic and what it says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquareTest {
    /// The statistic, near its degrees of freedom for Poisson (or binomial) counts.
    pub statistic: f64,
    /// Probability of at least this much variation.
    pub p_over: f64,
    /// Probability of at most this much variation.
    pub p_under: f64,
    /// Twice the smaller of the two, at most 1.
    pub p_two_sided: f64,
    /// (statistic − df)/√(2 df), Böhning's normal form.
    pub z: f64,
}

/// Dispersion of counts around a common rate, areas or sample sizes may differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExposureDispersion {
    /// Number of counts.
    pub n: usize,
    /// Pooled rate: sum of counts over sum of areas (or sizes).
    pub rate: f64,
    /// Degrees of freedom of the test.
    pub degrees_of_freedom: usize,
    /// Pearson's statistic over its degrees of freedom, 1 for Poisson (or binomial) counts. On
    /// equal areas it is variance over mean.
    pub ratio: Option<f64>,
    /// The test; `None` for one count, or where all are 0 (or all items defective).
    pub test: Option<ChiSquareTest>,
    /// Clustering parameter by moments, with μᵢ the expected counts:
    /// Σμᵢ²/(n/(n − 1) Σ(cᵢ − μᵢ)² − Σμᵢ), on equal areas mean²/(variance − mean). `None` unless the
    /// variation is above that of Poisson counts, and for fractions.
    pub alpha_moment: Option<f64>,
}

/// Dispersion of counts on wafers of equal inspected area, in any order, at least 1.
///
/// # Errors
/// [`Error::Empty`].
/// # Example
/// ```
/// let dispersion = analytics::dispersion::of_counts(&[2, 9, 0, 31, 4, 3])?;
/// assert!(dispersion.vmr.unwrap() > 10.0);
/// assert!(dispersion.test.unwrap().p_over < 1e-6);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn of_counts(counts: &[u64]) -> Result<Dispersion, Error> {
    let n = counts.len();
    if n == 0 {
        return Err(Error::Empty { what: "counts" });
    }
    let mean = mean(counts);
    let variance = (n > 1).then(|| squares(counts, mean) / (n - 1) as f64);
    let vmr = variance
        .filter(|_| mean > 0.0)
        .map(|variance| variance / mean);
    Ok(Dispersion {
        n,
        mean,
        variance,
        vmr,
        test: vmr.and_then(|vmr| chi_square((n - 1) as f64 * vmr, n - 1)),
        alpha_moment: variance
            .filter(|&variance| variance - mean > ROUNDING * mean)
            .map(|variance| mean * mean / (variance - mean)),
        degrees_of_freedom: n - 1,
    })
}

/// Dispersion of counts around their pooled density; areas in cm2 (or any unit) may differ.
///
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`].
pub fn of_densities(counts: &[u64], areas_cm2: &[f64]) -> Result<ExposureDispersion, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let rate = sum(counts) / areas_cm2.iter().sum::<f64>();
    let expected = || areas_cm2.iter().map(|area| rate * area);
    let pairs = || counts.iter().zip(expected());
    let squares = || pairs().map(|(&count, expected)| (count as f64 - expected).powi(2));
    let statistic = squares().zip(expected()).map(|(s, expected)| s / expected);
    let n = counts.len() as f64;
    let excess = n / (n - 1.0) * squares().sum::<f64>() - sum(counts);
    let of_means: f64 = expected().map(|mean| mean * mean).sum();
    Ok(ExposureDispersion {
        alpha_moment: (counts.len() > 1 && excess > ROUNDING * sum(counts))
            .then(|| of_means / excess),
        ..exposure(counts.len(), rate, rate > 0.0, statistic.sum())
    })
}

/// Dispersion of defective items among inspected ones around their pooled fraction.
///
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Sample`].
pub fn of_fractions(defectives: &[u64], sizes: &[u64]) -> Result<ExposureDispersion, Error> {
    expect_samples(defectives, sizes)?;
    let pairs = || defectives.iter().copied().zip(sizes.iter().copied());
    let fraction = sum(defectives) / sum(sizes);
    let terms = pairs().map(|(count, size)| {
        let expected = fraction * size as f64;
        (count as f64 - expected).powi(2) / (expected * (1.0 - fraction))
    });
    let varies = fraction > 0.0 && fraction < 1.0;
    Ok(exposure(defectives.len(), fraction, varies, terms.sum()))
}

fn exposure(n: usize, rate: f64, varies: bool, statistic: f64) -> ExposureDispersion {
    let degrees_of_freedom = n - 1;
    let test = varies
        .then(|| chi_square(statistic, degrees_of_freedom))
        .flatten();
    ExposureDispersion {
        n,
        rate,
        degrees_of_freedom,
        ratio: test.map(|test| test.statistic / degrees_of_freedom as f64),
        test,
        alpha_moment: None,
    }
}

/// Exact below 2^53, and without overflow above.
fn sum(counts: &[u64]) -> f64 {
    counts.iter().map(|&count| count as f64).sum()
}

fn mean(counts: &[u64]) -> f64 {
    sum(counts) / counts.len() as f64
}

fn squares(counts: &[u64], mean: f64) -> f64 {
    counts
        .iter()
        .map(|&count| (count as f64 - mean).powi(2))
        .sum()
}

/// `None` without degrees of freedom.
fn chi_square(statistic: f64, degrees_of_freedom: usize) -> Option<ChiSquareTest> {
    let df = (degrees_of_freedom > 0).then_some(degrees_of_freedom as f64)?;
    let tails = gamma_tails(0.5 * df, 0.5 * statistic);
    let (p_over, p_under) = (tails.upper, tails.lower);
    Some(ChiSquareTest {
        statistic,
        p_over,
        p_under,
        p_two_sided: (2.0 * p_over.min(p_under)).min(1.0),
        z: (statistic - df) / (2.0 * df).sqrt(),
    })
}
