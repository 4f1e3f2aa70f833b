use std::f64::consts::{FRAC_2_SQRT_PI, PI, SQRT_2};

use libm::erfc;

use crate::{Error, error::expect_parameter};

/// d2(2) = 2/√π: mean range of two standard normal values.
pub const D2_SPAN_2: f64 = FRAC_2_SQRT_PI;

/// d3(2) = √(2 − 4/π): standard deviation of the range of two standard normal values.
pub(crate) fn d3_span_2() -> f64 {
    (2.0 - 4.0 / PI).sqrt()
}

/// Control chart constants for subgroups of one size, computed from their definitions.
///
/// With W the range of n standard normal values: d2 = E(W), d3 = sd(W). The factors are those of
/// 3-sigma limits; negative ones are 0.
/// # Example
/// ```
/// let constants = analytics::spc::Constants::of(5)?;
/// assert!((constants.d2 - 2.3259289473).abs() < 1e-10);
/// assert_eq!(constants.lower_range_factor, 0.0);
/// # Ok::<(), analytics::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constants {
    /// Mean of the range, in sigma.
    pub d2: f64,
    /// Standard deviation of the range, in sigma.
    pub d3: f64,
    /// Mean of the sample standard deviation, in sigma.
    pub c4: f64,
    /// A2: X-bar limits from the mean range.
    pub mean_factor_of_range: f64,
    /// A3: X-bar limits from the mean standard deviation.
    pub mean_factor_of_deviation: f64,
    /// B3: lower limit of an S chart.
    pub lower_deviation_factor: f64,
    /// B4: upper limit of an S chart.
    pub upper_deviation_factor: f64,
    /// D3: lower limit of an R chart.
    pub lower_range_factor: f64,
    /// D4: upper limit of an R chart.
    pub upper_range_factor: f64,
}

impl Constants {
    /// Largest subgroup: the steps of the integration are fine enough up to here. Ranges of larger
    /// ones waste most of the data.
    pub const LARGEST_SIZE: usize = 1000;

    /// The constants of subgroups of `size` values.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `size` is not in 2 to 1000.
    /// # Source
    /// d2 and d3: L. H. C. Tippett, Biometrika 17 (1925), by numerical integration; c4 and the
    /// factors: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.1.
    pub fn of(size: usize) -> Result<Self, Error> {
        let is_valid = (2..=Self::LARGEST_SIZE).contains(&size);
        expect_parameter(is_valid, "subgroup size", size as f64, "2 to 1000")?;
        let (d2, d3, c4) = (d2(size), d3(size), c4(size));
        let root = (size as f64).sqrt();
        let range_spread = 3.0 * d3 / d2;
        let deviation_spread = 3.0 * (1.0 - c4 * c4).sqrt() / c4;
        Ok(Self {
            d2,
            d3,
            c4,
            mean_factor_of_range: 3.0 / (d2 * root),
            mean_factor_of_deviation: 3.0 / (c4 * root),
            lower_deviation_factor: (1.0 - deviation_spread).max(0.0),
            upper_deviation_factor: 1.0 + deviation_spread,
            lower_range_factor: (1.0 - range_spread).max(0.0),
            upper_range_factor: 1.0 + range_spread,
        })
    }
}

/// √(2/(n−1)) Γ(n/2)/Γ((n−1)/2), for n from 2.
pub(super) fn c4(size: usize) -> f64 {
    let half = (size as f64 - 1.0) / 2.0;
    if size > 1000 {
        // The series of the ratio of gammas in 1/half; its next term is below 1e-17 here.
        let x = 1.0 / (8.0 * half);
        return 1.0 - x + x * x / 2.0 + 5.0 * x.powi(3) / 2.0 - 21.0 * x.powi(4) / 8.0;
    }
    // The ratio r(n) of the gammas obeys r(n) r(n+1) = (n−1)/2, r(2) = 1/√π.
    let first = 1.0 / PI.sqrt();
    let ratio = (2..size).fold(first, |ratio, n| (n as f64 - 1.0) / 2.0 / ratio);
    ratio / half.sqrt()
}

/// The trapezoidal rule converges exponentially for these integrands: smooth, with Gaussian tails.
const STEP: f64 = 0.08;
/// Beyond this a standard normal value is less likely than the precision of a double.
const REACH: f64 = 9.5;

fn grid() -> impl Iterator<Item = f64> {
    let steps = (REACH / STEP) as i32;
    (-steps..=steps).map(|step| f64::from(step) * STEP)
}

/// E(W) = ∫ 1 − Φ(x)ⁿ − (1 − Φ(x))ⁿ dx.
fn d2(size: usize) -> f64 {
    let power = size as i32;
    let terms = grid().map(|x| 1.0 - normal_cdf(x).powi(power) - normal_cdf(-x).powi(power));
    STEP * terms.sum::<f64>()
}

/// √(E(W²) − E(W)²) with E(W²) = 2 ∫ w P(W > w) dw.
fn d3(size: usize) -> f64 {
    let weights: Vec<(f64, f64, f64)> = grid()
        .map(|x| (x, normal_cdf(x), normal_density(x)))
        .collect();
    let survival = |w: f64| {
        let terms = weights.iter().map(|&(x, below, density)| {
            density * (normal_cdf(x + w) - below).powi(size as i32 - 1)
        });
        1.0 - size as f64 * STEP * terms.sum::<f64>()
    };
    // w = exp(t − exp(−t)) turns the half line into a line on which the trapezoidal rule converges.
    let (first, step, steps) = (-4.0, 1.0 / 32.0, 212);
    let terms = (0..=steps).map(|index| {
        let t: f64 = first + step * f64::from(index);
        let w = (t - (-t).exp()).exp();
        w * survival(w) * w * (1.0 + (-t).exp())
    });
    let mean_square = 2.0 * step * terms.sum::<f64>();
    (mean_square - d2(size).powi(2)).sqrt()
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / SQRT_2)
}

fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}
