use crate::{
    Error,
    error::{expect_finite, expect_parameter},
    probability::{gamma_tails, normal_quantile},
    sample::{centred, product},
};

/// Correlation of a series with itself, shifted.
#[derive(Clone, Debug, PartialEq)]
pub struct Autocorrelation {
    /// r_0 = 1, r_1, ... up to the largest lag; `None` for a constant series.
    pub coefficients: Option<Vec<f64>>,
    /// 1.96/√n: of a series without memory 95 % of the coefficients lie within plus and minus this.
    pub bound95: f64,
    /// Test of all coefficients together; `None` for a constant series and without lags.
    pub ljung_box: Option<LjungBox>,
}

/// The Ljung-Box test that a series has no memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LjungBox {
    /// Q = n(n + 2) Σ r_k²/(n − k).
    pub statistic: f64,
    /// Degrees of freedom: the largest lag.
    pub degrees_of_freedom: usize,
    /// Probability of at least this Q without memory.
    pub p: f64,
}

/// Autocorrelation up to a lag: `r_k = Σ(x_t − m)(x_(t+k) − m) / Σ(x_t − m)²`, the divisor of the
/// whole series for every lag.
///
/// `values` are finite, oldest first, evenly spaced in time, more than `max_lag`. Time grows with
/// the product of length and lag.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`]; [`Error::Parameter`] for a lag not below the length.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.12; G. M. Ljung and G. E. P. Box,
/// Biometrika 65 (1978).
/// # Example
/// ```
/// let found = analytics::season::autocorrelation(&[1.0, 3.0, 1.0, 3.0, 1.0, 3.0], 2)?;
/// let r = found.coefficients.unwrap();
/// assert!(r[1] < 0.0 && r[2] > 0.0);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn autocorrelation(values: &[f64], max_lag: usize) -> Result<Autocorrelation, Error> {
    expect_finite("values", values)?;
    let expected = "less than the number of values";
    expect_parameter(max_lag < values.len(), "max_lag", max_lag as f64, expected)?;
    let n = values.len() as f64;
    let deviations = centred(values);
    let squares = product(&deviations, &deviations);
    let coefficients = (squares > 0.0).then(|| {
        let lags = 0..=max_lag;
        let r = lags.map(|lag| product(&deviations, &deviations[lag..]) / squares);
        r.collect::<Vec<f64>>()
    });
    Ok(Autocorrelation {
        bound95: normal_quantile(0.025) / n.sqrt(),
        ljung_box: coefficients.as_deref().and_then(|r| ljung_box(r, n)),
        coefficients,
    })
}

fn ljung_box(coefficients: &[f64], n: f64) -> Option<LjungBox> {
    let max_lag = coefficients.len() - 1;
    let lags = coefficients.iter().enumerate().skip(1);
    let terms = lags.map(|(lag, r)| r * r / (n - lag as f64));
    let statistic = n * (n + 2.0) * terms.sum::<f64>();
    (max_lag > 0).then(|| LjungBox {
        statistic,
        degrees_of_freedom: max_lag,
        p: gamma_tails(0.5 * max_lag as f64, 0.5 * statistic).upper,
    })
}
