//! Charts with a memory, which find small lasting shifts sooner: EWMA and CUSUM.

use super::{beyond, is_above};
use crate::{
    Error,
    error::{expect_finite, expect_parameter, expect_positive, is_usable},
};

/// How an EWMA chart is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EwmaSetup {
    /// Weight of the newest value, above 0, at most 1 (then it is a Shewhart chart); usually 0.1 to 0.3.
    pub lambda: f64,
    /// Distance L of the limits from the target, in sigma of the average; usually 2.6 to 3.
    pub width: f64,
    /// Target, in the unit of the values; the average starts there.
    pub target: f64,
    /// Standard deviation of the plotted values (for subgroup means sigma/√n), at least 0.
    pub sigma: f64,
}

/// An EWMA chart. All lists have one value for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct EwmaChart {
    /// Exponentially weighted averages.
    pub averages: Vec<f64>,
    /// Exact lower limits, which widen with the number of points.
    pub lower: Vec<f64>,
    /// Exact upper limits.
    pub upper: Vec<f64>,
    /// Lower limit after many points.
    pub steady_lower: f64,
    /// Upper limit after many points.
    pub steady_upper: f64,
    /// Indices of the averages strictly beyond their exact limits, ascending.
    pub beyond: Vec<usize>,
    /// Indices of the averages strictly beyond the steady limits, ascending.
    pub steady_beyond: Vec<usize>,
}

/// EWMA chart: `z₀ = target, zᵢ = λxᵢ + (1 − λ)zᵢ₋₁`, limits
/// `target ± L sigma √(λ/(2 − λ) (1 − (1 − λ)²ⁱ))`, i from 1.
///
/// `values` are finite, oldest first, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Parameter`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4; S. W. Roberts, Technometrics 1 (1959).
/// # Example
/// ```
/// use analytics::spc::{EwmaSetup, ewma_chart};
///
/// let setup = EwmaSetup { lambda: 0.3, width: 3.0, target: 50.0, sigma: 2.0539 };
/// let chart = ewma_chart(&[52.0, 47.0, 53.0], &setup)?;
/// assert!((chart.averages[1] - 49.52).abs() < 1e-12);
/// assert_eq!(format!("{:.4}", chart.steady_upper), "52.5884");
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn ewma_chart(values: &[f64], setup: &EwmaSetup) -> Result<EwmaChart, Error> {
    expect_finite("values", values)?;
    let &EwmaSetup {
        lambda,
        width,
        target,
        sigma,
    } = setup;
    let is_weight = lambda > 0.0 && lambda <= 1.0;
    expect_parameter(is_weight, "lambda", lambda, "above 0, at most 1")?;
    expect_positive("width", width)?;
    expect_target(target, sigma)?;
    let averages = crate::trend::exponential_average(values, lambda, target)?;
    let steady = width * sigma * (lambda / (2.0 - lambda)).sqrt();
    let memory = (1.0 - lambda).powi(2);
    let mut forgotten = 1.0;
    let reach = values.iter().map(|_| {
        forgotten *= memory;
        steady * (1.0 - forgotten).sqrt()
    });
    let reach: Vec<f64> = reach.collect();
    let lower: Vec<f64> = reach.iter().map(|reach| target - reach).collect();
    let upper: Vec<f64> = reach.iter().map(|reach| target + reach).collect();
    let (steady_lower, steady_upper) = (target - steady, target + steady);
    Ok(EwmaChart {
        beyond: beyond(&averages, |index| (lower[index], upper[index])).collect(),
        steady_beyond: beyond(&averages, |_| (steady_lower, steady_upper)).collect(),
        averages,
        lower,
        upper,
        steady_lower,
        steady_upper,
    })
}

/// How a CUSUM chart is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumSetup {
    /// Target, in the unit of the values.
    pub target: f64,
    /// Standard deviation of the plotted values, at least 0.
    pub sigma: f64,
    /// Allowance in sigma, half the shift to be found: K = k sigma; usually 0.5.
    pub k: f64,
    /// Decision interval in sigma: H = h sigma; usually 4 to 5.
    pub h: f64,
    /// Where both sums start, in sigma: 0, or h/2 for a fast initial response.
    pub head_start: f64,
    /// Whether a sum that has signalled starts at 0 again with the next point.
    pub is_reset_after_signal: bool,
}

/// A tabular CUSUM chart.
#[derive(Clone, Debug, PartialEq)]
pub struct CusumChart {
    /// Allowance K, in the unit of the values.
    pub allowance: f64,
    /// Decision interval H, in the unit of the values.
    pub interval: f64,
    /// The sum that grows with values above the target.
    pub upper: CusumSide,
    /// The sum that grows with values below it; not negative either.
    pub lower: CusumSide,
}

/// One of the two sums. Lists have one value for each point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CusumSide {
    /// The sums, not below 0.
    pub sums: Vec<f64>,
    /// Points since the sum was last 0: a signal at i dates the change to after point i − N.
    pub runs: Vec<usize>,
    /// Indices at which the sum is strictly above H, ascending.
    pub signals: Vec<usize>,
}

/// Tabular CUSUM: `C⁺ᵢ = max(0, C⁺ᵢ₋₁ + xᵢ − (target + K))`,
/// `C⁻ᵢ = max(0, C⁻ᵢ₋₁ + (target − K) − xᵢ)`, a signal where a sum is above H.
///
/// `values` are finite, oldest first, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Parameter`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3; D. C. Montgomery, Introduction to
/// Statistical Quality Control, 9.1; head start: J. M. Lucas and R. B. Crosier, Technometrics 24 (1982).
/// # Example
/// ```
/// use analytics::spc::{CusumSetup, cusum_chart};
///
/// let setup = CusumSetup {
///     target: 10.0,
///     sigma: 1.0,
///     k: 0.5,
///     h: 4.0,
///     head_start: 0.0,
///     is_reset_after_signal: false,
/// };
/// let chart = cusum_chart(&[10.0, 12.5, 12.5, 11.0], &setup)?;
/// assert_eq!(chart.upper.sums, [0.0, 2.0, 4.0, 4.5]);
/// assert_eq!((&chart.upper.runs[..], &chart.upper.signals[..]), (&[0, 1, 2, 3][..], &[3][..]));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn cusum_chart(values: &[f64], setup: &CusumSetup) -> Result<CusumChart, Error> {
    expect_finite("values", values)?;
    let &CusumSetup {
        target,
        sigma,
        k,
        h,
        ..
    } = setup;
    let at_least_0 = "a finite number, at least 0";
    expect_target(target, sigma)?;
    for (name, value) in [("k", k), ("h", h), ("head_start", setup.head_start)] {
        let is_valid = is_usable(value) && value >= 0.0;
        expect_parameter(is_valid, name, value, at_least_0)?;
    }
    let (allowance, interval) = (k * sigma, h * sigma);
    let (above, below) = (target + allowance, target - allowance);
    let start = setup.head_start * sigma;
    let side = |next: &dyn Fn(f64, f64) -> f64| {
        let mut side = CusumSide::default();
        let (mut sum, mut run) = (start, 0);
        for (index, &value) in values.iter().enumerate() {
            sum = next(sum, value).max(0.0);
            run = if sum > 0.0 { run + 1 } else { 0 };
            side.sums.push(sum);
            side.runs.push(run);
            if is_above(sum, interval) {
                side.signals.push(index);
                if setup.is_reset_after_signal {
                    (sum, run) = (0.0, 0);
                }
            }
        }
        side
    };
    Ok(CusumChart {
        allowance,
        interval,
        upper: side(&|sum, value| sum + value - above),
        lower: side(&|sum, value| sum + below - value),
    })
}

fn expect_target(target: f64, sigma: f64) -> Result<(), Error> {
    expect_parameter(is_usable(target), "target", target, "a finite number")?;
    let is_deviation = is_usable(sigma) && sigma >= 0.0;
    expect_parameter(is_deviation, "sigma", sigma, "a finite number, at least 0")
}
