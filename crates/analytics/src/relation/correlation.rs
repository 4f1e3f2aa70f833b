use crate::{
    Error,
    error::{expect_finite, expect_length},
    probability::{normal_quantile, student_two_sided},
    sample::{centred, product},
};

/// A correlation coefficient and its test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Pairs of values.
    pub n: usize,
    /// Degrees of freedom of the test, n − 2; 0 for fewer than 3 pairs.
    pub degrees_of_freedom: usize,
    /// The coefficient, −1 to 1; `None` where one of the variables is constant.
    pub r: Option<f64>,
    /// `r √(df/(1 − r²))`; `None` without r, without degrees of freedom, and for ±1 (infinite).
    pub t: Option<f64>,
    /// Two-sided p-value of no correlation; 0 for exactly ±1, otherwise `None` where t is.
    pub p_two_sided: Option<f64>,
    /// 95 % confidence limits by Fisher's transformation; from 4 pairs, `None` for ±1. Of ranks it
    /// is an approximation.
    pub interval95: Option<(f64, f64)>,
}

/// A share of variation that is left below this is rounding: the points lie on a line.
const EXACT: f64 = 1e-26;

/// Pearson's correlation of two series: how close the pairs are to a straight line.
///
/// `x` and `y` are finite, of one length, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::NotFinite`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods (Dataplot: CORRELATION); R. A. Fisher, Metron 1
/// (1921) for the interval.
/// # Example
/// ```
/// let found = analytics::relation::pearson(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0])?;
/// assert!((found.r.unwrap() - 0.8).abs() < 1e-12);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn pearson(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    expect_finite("x", x)?;
    expect_length("y", y.len(), x.len())?;
    expect_finite("y", y)?;
    Ok(of_deviations(&centred(x), &centred(y)))
}

/// Spearman's rank correlation: Pearson's of average ranks, how close the pairs are to a line that
/// only rises or only falls; outliers weigh no more than others.
///
/// # Errors
/// As [`pearson`].
/// # Source
/// C. Spearman, American Journal of Psychology 15 (1904); the t form of the test, which is good
/// from some 10 pairs on.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<Correlation, Error> {
    expect_length("y", y.len(), x.len())?;
    pearson(&ranks(x)?, &ranks(y)?)
}

/// Ranks from 1, in the order of the values given; equal values share the mean of their ranks.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`].
pub fn ranks(values: &[f64]) -> Result<Vec<f64>, Error> {
    expect_finite("values", values)?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = below as f64 + 0.5 * (tied.len() as f64 + 1.0);
        tied.iter().for_each(|&index| ranks[index] = rank);
        below += tied.len();
    }
    Ok(ranks)
}

/// Of two series of deviations from their means.
pub(super) fn of_deviations(x: &[f64], y: &[f64]) -> Correlation {
    let n = x.len();
    let df = n.saturating_sub(2);
    let (xx, yy, xy) = (product(x, x), product(y, y), product(x, y));
    let mut found = Correlation {
        n,
        degrees_of_freedom: df,
        r: None,
        t: None,
        p_two_sided: None,
        interval95: None,
    };
    if !(xx > 0.0 && yy > 0.0) {
        return found;
    }
    let r = (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0);
    // What the line leaves, rather than 1 − r², which loses its digits near ±1.
    let slope = xy / xx;
    let left = x.iter().zip(y).map(|(x, y)| (y - slope * x).powi(2));
    let left = left.sum::<f64>() / yy;
    if left <= EXACT {
        found.r = Some(r.signum());
        found.p_two_sided = (df > 0).then_some(0.0);
        return found;
    }
    found.r = Some(r);
    if df > 0 {
        let t = r * (df as f64 / left).sqrt();
        found.t = Some(t);
        found.p_two_sided = Some(student_two_sided(t, df as f64));
    }
    found.interval95 = (n >= 4).then(|| {
        let half = normal_quantile(0.025) / (n as f64 - 3.0).sqrt();
        let z = r.atanh();
        ((z - half).tanh(), (z + half).tanh())
    });
    found
}
