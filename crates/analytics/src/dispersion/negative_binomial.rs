use statrs::function::gamma::{digamma, ln_gamma};

use super::{mean, of_densities};
use crate::Error;

/// Negative binomial distribution fitted to counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NegativeBinomial {
    /// Clustering parameter: small for strong clusters, infinite for Poisson counts.
    pub alpha: f64,
    /// Logarithm of the likelihood, natural.
    pub log_likelihood: f64,
}

/// Fits a negative binomial distribution with the mean at the sample mean, by maximum likelihood.
///
/// `None` when the counts do not vary more than Poisson counts (variance with divisor n at most the
/// mean): then the likelihood has no maximum at a finite alpha.
///
/// # Errors
/// [`Error::Empty`].
/// # Source
/// C. I. Bliss and R. A. Fisher, Biometrics 9 (1953).
pub fn negative_binomial(counts: &[u64]) -> Result<Option<NegativeBinomial>, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    let mean = mean(counts);
    Ok(fit(counts.iter().map(|&count| (count as f64, mean))))
}

/// As [`negative_binomial`], with the mean of each count at the pooled density times its area.
///
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`].
pub fn negative_binomial_of_densities(
    counts: &[u64],
    areas_cm2: &[f64],
) -> Result<Option<NegativeBinomial>, Error> {
    let rate = of_densities(counts, areas_cm2)?.rate;
    let pairs = counts.iter().zip(areas_cm2);
    Ok(fit(pairs.map(|(&count, area)| (count as f64, rate * area))))
}

/// Maximum likelihood of alpha for counts with given means.
fn fit(counts: impl Iterator<Item = (f64, f64)>) -> Option<NegativeBinomial> {
    // Equal pairs are taken together: long series have few different counts.
    let mut pairs: Vec<(f64, f64)> = counts.collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let pairs: Vec<(f64, f64, f64)> = pairs
        .chunk_by(|a, b| a == b)
        .map(|equal| (equal[0].0, equal[0].1, equal.len() as f64))
        .collect();
    let sum_of = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
        pairs
            .iter()
            .map(|&(c, mean, times)| times * term(c, mean))
            .sum()
    };
    let excess = sum_of(&|count, mean| (count - mean).powi(2) - count);
    if excess <= 0.0 {
        return None;
    }
    // The derivative of the log-likelihood by alpha, positive below the maximum.
    let slope = |alpha: f64| {
        sum_of(&|count, mean| {
            digamma_rise(alpha, count) - (mean / alpha).ln_1p() + (mean - count) / (alpha + mean)
        })
    };
    let start = sum_of(&|_, mean| mean * mean) / excess;
    let (mut low, mut high) = (start, start);
    while slope(low) < 0.0 && low > f64::MIN_POSITIVE {
        low /= 2.0;
    }
    while slope(high) > 0.0 && high < 1e12 {
        high *= 2.0;
    }
    while high - low > 1e-13 * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let alpha = 0.5 * (low + high);
    let log_likelihood = sum_of(&|count, mean| {
        let of_mean = if count > 0.0 { count * mean.ln() } else { 0.0 };
        ln_gamma_rise(alpha, count) - ln_gamma(count + 1.0) + of_mean
            - (count + alpha) * (mean / alpha).ln_1p()
    });
    Some(NegativeBinomial {
        alpha,
        log_likelihood,
    })
}

/// Up to this count differences are summed term by term; beyond, and from this alpha on, they come
/// from the asymptotic series, whose next term is below 1e-15.
const FEW: f64 = 50.0;

/// ψ(alpha + count) − ψ(alpha), also where alpha is so large that the two hardly differ.
fn digamma_rise(alpha: f64, count: f64) -> f64 {
    if count <= FEW {
        return (0..count as u64).map(|j| 1.0 / (alpha + j as f64)).sum();
    }
    if alpha < FEW {
        return digamma(alpha + count) - digamma(alpha);
    }
    let sum = alpha + count;
    // 1/sum^k − 1/alpha^k, without a difference of near values for k = 1 and 2.
    let first = -count / (alpha * sum);
    let second = first * (1.0 / alpha + 1.0 / sum);
    let fourth = second * (1.0 / alpha.powi(2) + 1.0 / sum.powi(2));
    (count / alpha).ln_1p() - first / 2.0 - second / 12.0 + fourth / 120.0
        - (sum.powi(-6) - alpha.powi(-6)) / 252.0
}

/// ln Γ(alpha + count) − ln Γ(alpha) − count ln(alpha).
fn ln_gamma_rise(alpha: f64, count: f64) -> f64 {
    if count <= FEW {
        return (0..count as u64).map(|j| (j as f64 / alpha).ln_1p()).sum();
    }
    if alpha < FEW {
        return ln_gamma(alpha + count) - ln_gamma(alpha) - count * alpha.ln();
    }
    let sum = alpha + count;
    (sum - 0.5) * (count / alpha).ln_1p()
        - count
        - count / (12.0 * alpha * sum)
        - (sum.powi(-3) - alpha.powi(-3)) / 360.0
        + (sum.powi(-5) - alpha.powi(-5)) / 1260.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values by mpmath with 40 digits.
    #[test]
    fn rises_of_gamma_functions_keep_their_digits() {
        for (alpha, count, of_digamma, of_ln_gamma) in [
            (0.3, 7.0, 5.420344557838119, 14.479904158485725),
            (2.5, 40.0, 3.0345365958548505, 78.9637583249754),
            (10000000.0, 9.0, 8.99999640000204e-07, 3.599998980000432e-06),
            (0.7, 900.0, 8.02264056597423, 5545.181262710646),
            (30.0, 60.0, 1.1098056941503467, 38.32394808298173),
            (50.0, 51.0, 0.7081721793101952, 19.660458332383154),
            (80.0, 1500.0, 2.989100022899425, 3211.889950664167),
            (100000.0, 3000.0, 0.02955894787309073, 44.54185145368086),
            (
                1000000000.0,
                200.0,
                1.9999998010000264e-07,
                1.9899998676650132e-05,
            ),
        ] {
            let off = |got: f64, expected: f64| (got - expected).abs() / expected.abs().max(1.0);
            assert!((digamma_rise(alpha, count) / of_digamma - 1.0).abs() < 1e-13);
            assert!(
                off(ln_gamma_rise(alpha, count), of_ln_gamma) < 1e-13,
                "{alpha} {count}"
            );
        }
    }
}
