use super::benjamini_hochberg;
use crate::{
    Error,
    error::{expect_finite, expect_length, expect_parameter},
    probability::{normal_quantile, normal_two_sided},
    sample::{centred, product},
};

/// How one series follows another.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossCorrelation {
    /// One entry for each lag, −max_lag to max_lag; none where a series is constant.
    pub lags: Vec<LagCorrelation>,
    /// Standard deviation of a coefficient if the series had nothing to do with each other, their
    /// own memory allowed for: `√(Σ r_xx(j) r_yy(j) / n)` over j from −max_lag to max_lag, at least
    /// 1/√n. 95 % of the coefficients lie within 1.96 times this.
    pub standard_error: f64,
    /// Index in `lags` of the strongest coefficient, the shortest lag of equal ones.
    pub strongest: Option<usize>,
}

/// The correlation at one lag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LagCorrelation {
    /// Points by which y follows x; negative where x follows y.
    pub lag: i64,
    /// `Σ(x_t − m_x)(y_(t+lag) − m_y) / √(Σ(x − m_x)² Σ(y − m_y)²)`, the divisor of the whole series.
    pub r: f64,
    /// Two-sided p-value, normal with the standard error above.
    pub p_two_sided: f64,
    /// p controlled for the number of lags by Benjamini and Hochberg.
    pub adjusted_p: f64,
}

/// Cross-correlation of two series up to a lag.
///
/// `x` and `y` are finite, of one length, evenly spaced in time, oldest first, more than `max_lag`.
/// Two series that both drift correlate at every lag: take trends and seasons out first.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::NotFinite`]; [`Error::Parameter`] for a lag not
/// below the length.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods (Dataplot: CROSS-CORRELATION PLOT); M. S.
/// Bartlett, Journal of the Royal Statistical Society 98 (1935) for the standard error.
/// # Example
/// ```
/// let cause = [0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0];
/// let effect = [0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0];
/// let found = analytics::relation::cross_correlation(&cause, &effect, 3)?;
/// assert_eq!(found.lags[found.strongest.unwrap()].lag, 1);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn cross_correlation(x: &[f64], y: &[f64], max_lag: usize) -> Result<CrossCorrelation, Error> {
    expect_finite("x", x)?;
    expect_length("y", y.len(), x.len())?;
    expect_finite("y", y)?;
    let expected = "less than the number of values";
    expect_parameter(max_lag < x.len(), "max_lag", max_lag as f64, expected)?;
    let n = x.len() as f64;
    let (dx, dy) = (centred(x), centred(y));
    let (xx, yy) = (product(&dx, &dx), product(&dy, &dy));
    if !(xx > 0.0 && yy > 0.0) {
        return Ok(CrossCorrelation {
            lags: Vec::new(),
            standard_error: 1.0 / n.sqrt(),
            strongest: None,
        });
    }
    let of_memory =
        (1..=max_lag).map(|lag| product(&dx, &dx[lag..]) / xx * (product(&dy, &dy[lag..]) / yy));
    let memory = (1.0 + 2.0 * of_memory.sum::<f64>()).max(1.0);
    let standard_error = (memory / n).sqrt();
    let most = max_lag as i64;
    let mut lags: Vec<LagCorrelation> = (-most..=most)
        .map(|lag| {
            let shift = lag.unsigned_abs() as usize;
            let product = match lag >= 0 {
                true => product(&dx, &dy[shift..]),
                false => product(&dx[shift..], &dy),
            };
            let r = (product / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0);
            let p_two_sided = normal_two_sided(r / standard_error);
            LagCorrelation {
                lag,
                r,
                p_two_sided,
                adjusted_p: p_two_sided,
            }
        })
        .collect();
    let p_values: Vec<f64> = lags.iter().map(|lag| lag.p_two_sided).collect();
    let controlled = benjamini_hochberg(&p_values, 0.05)?;
    for (lag, adjusted) in lags.iter_mut().zip(controlled.adjusted) {
        lag.adjusted_p = adjusted;
    }
    let strength = |index: &usize| (lags[*index].r.abs(), -lags[*index].lag.abs());
    let strongest = (0..lags.len()).max_by(|a, b| {
        let ((r, near), (other_r, other_near)) = (strength(a), strength(b));
        r.total_cmp(&other_r).then(near.cmp(&other_near))
    });
    Ok(CrossCorrelation {
        strongest,
        lags,
        standard_error,
    })
}

impl CrossCorrelation {
    /// 95 % of the coefficients of unrelated series lie within plus and minus this.
    pub fn bound95(&self) -> f64 {
        normal_quantile(0.025) * self.standard_error
    }
}
