//! Tails of distributions, checked before statrs is asked, which refuses some arguments.

use std::f64::consts::SQRT_2;

use libm::erfc;
use statrs::function::{
    erf::erfc_inv,
    gamma::{checked_gamma_lr, checked_gamma_ur, ln_gamma},
};

/// Lower and upper tail of a distribution, each to its own relative precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tails {
    pub lower: f64,
    pub upper: f64,
}

/// P(|Z| >= |z|) of a standard normal Z.
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// The z that a standard normal value exceeds with probability `upper_tail`, above 0 and below 1.
pub(crate) fn normal_quantile(upper_tail: f64) -> f64 {
    // One Newton step takes the inverse of statrs to the last digits of libm's erfc.
    let z = SQRT_2 * erfc_inv(2.0 * upper_tail);
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let step = (0.5 * erfc(z / SQRT_2) - upper_tail) / density;
    if step.is_finite() { z + step } else { z }
}

/// P(|T| >= |t|) of Student's t, exact far out in the tails too.
pub(crate) fn student_two_sided(t: f64, df: f64) -> f64 {
    let square = t * t;
    beta_tails(0.5 * df, 0.5, df / (df + square), square / (df + square)).lower
}

/// Gamma distribution of this shape, scale 1, at x: of chi-square with df degrees of freedom at
/// 2x for shape df/2; the upper tail is P(N < shape) of a Poisson N with mean x.
pub(crate) fn gamma_tails(shape: f64, x: f64) -> Tails {
    let at_start = Tails {
        lower: 0.0,
        upper: 1.0,
    };
    if x <= 0.0 {
        return at_start;
    }
    let lower = checked_gamma_lr(shape, x).unwrap_or(1.0);
    let upper = checked_gamma_ur(shape, x).unwrap_or(0.0);
    Tails { lower, upper }
}

/// Beta distribution at x, with y = 1 − x given apart so that neither loses digits.
///
/// The function of statrs stops after 140 terms of the continued fraction, too few for the counts
/// of a lot of wafers, and takes the upper tail as a difference from 1.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 || y <= 0.0 {
        let lower = if x <= 0.0 { 0.0 } else { 1.0 };
        return Tails {
            lower,
            upper: 1.0 - lower,
        };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        let Tails { lower, upper } = beta_tails_below_mean(b, a, y, x);
        return Tails {
            lower: upper,
            upper: lower,
        };
    }
    beta_tails_below_mean(a, b, x, y)
}

/// Lentz's method on the continued fraction of the incomplete beta function (DLMF 8.17.22), which
/// takes some √max(a, b) terms.
fn beta_tails_below_mean(a: f64, b: f64, x: f64, y: f64) -> Tails {
    const TINY: f64 = 1e-300;
    let away_from_0 = |value: f64| if value.abs() < TINY { TINY } else { value };
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * y.ln()).exp() / a;
    let mut c = 1.0;
    let mut d = 1.0 / away_from_0(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..100_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_0(1.0 + term * d);
            c = away_from_0(1.0 + term / c);
            change *= c * d;
        }
        fraction *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    let lower = (front * fraction).clamp(0.0, 1.0);
    Tails {
        lower,
        upper: 1.0 - lower,
    }
}

/// P(X <= k) and P(X >= k) of a binomial X of n trials with success probability `p`.
pub(crate) fn binomial_tails(k: u64, n: u64, p: f64) -> Tails {
    let q = 1.0 - p;
    let (k, n) = (k as f64, n as f64);
    let lower = match k >= n {
        true => 1.0,
        false => beta_tails(n - k, k + 1.0, q, p).lower,
    };
    let upper = match k <= 0.0 {
        true => 1.0,
        false => beta_tails(k, n - k + 1.0, p, q).lower,
    };
    Tails { lower, upper }
}

/// ln P(X >= k) of a binomial X of n trials with success probability `p`, for k above the mean; 0 (certain) for other k, whose
/// probability nobody needs as evidence of too many. Far out, where the probability itself is too small for a double, it
/// keeps its digits.
pub(crate) fn ln_binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    let (least, trials) = (k as f64, n as f64);
    if least <= trials * p || k == 0 {
        return 0.0;
    }
    if k > n || p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let ln_factorial = |n: f64| ln_gamma(n + 1.0);
    let ln_choose = ln_factorial(trials) - ln_factorial(least) - ln_factorial(trials - least);
    let ln_first = ln_choose + least * p.ln() + (trials - least) * (-p).ln_1p();
    let odds = p / (1.0 - p);
    let (mut sum, mut term) = (1.0, 1.0);
    let mut i = least;
    while i < trials && term > 1e-16 * sum {
        term *= (trials - i) / (i + 1.0) * odds;
        sum += term;
        i += 1.0;
    }
    (ln_first + sum.ln()).min(0.0)
}

/// P(X <= k) and P(X >= k) of a hypergeometric X: successes among `drawn` of `total` items that hold
/// `successes`. The terms around k are summed outwards from the largest, so that both tails keep
/// their digits.
pub(crate) fn hypergeometric_tails(k: u64, total: u64, successes: u64, drawn: u64) -> Tails {
    let least = (drawn + successes).saturating_sub(total);
    let most = drawn.min(successes);
    let ln_choose = |n: u64, k: u64| {
        let ln_factorial = |n: u64| ln_gamma(n as f64 + 1.0);
        ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
    };
    let k = k.clamp(least, most);
    let at_k = (ln_choose(successes, k) + ln_choose(total - successes, drawn - k)
        - ln_choose(total, drawn))
    .exp();
    // P(X = i + 1)/P(X = i).
    let ratio = |i: u64| {
        let rising = (successes - i) as f64 * (drawn - i) as f64;
        rising / ((i + 1) as f64 * (total + i + 1 - successes - drawn) as f64)
    };
    let mut lower = 0.0;
    let mut term = 1.0;
    for i in (least..k).rev() {
        term /= ratio(i);
        lower += term;
        if term < 1e-18 * lower && ratio(i) > 1.0 {
            break;
        }
    }
    let mut upper = 0.0;
    term = 1.0;
    for i in k..most {
        term *= ratio(i);
        upper += term;
        if term < 1e-18 * upper && ratio(i) < 1.0 {
            break;
        }
    }
    Tails {
        lower: (at_k * (1.0 + lower)).min(1.0),
        upper: (at_k * (1.0 + upper)).min(1.0),
    }
}

/// The argument in 0 to 1 at which a rising function reaches a value, to the last bits.
pub(crate) fn invert_in_unit(rising: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if rising(middle) < value {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The t that Student's t exceeds in size with probability `two_sided`.
pub(crate) fn student_quantile(two_sided: f64, df: f64) -> f64 {
    // t/√(df + t²) lies in 0 to 1 and rises with t.
    let size = |share: f64| share * (df / (1.0 - share * share)).sqrt();
    let within = |share: f64| 1.0 - student_two_sided(size(share), df);
    size(invert_in_unit(within, 1.0 - two_sided))
}

/// 95 % confidence limits of a binomial probability after k successes in n trials (Clopper-Pearson).
pub(crate) fn binomial_interval95(k: u64, n: u64) -> (f64, f64) {
    let at_least_k = |p: f64| binomial_tails(k, n, p).upper;
    let more_than_k = |p: f64| 1.0 - binomial_tails(k, n, p).lower;
    let low = if k == 0 {
        0.0
    } else {
        invert_in_unit(at_least_k, 0.025)
    };
    let high = if k == n {
        1.0
    } else {
        invert_in_unit(more_than_k, 0.975)
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_of_a_tail_is_that_of_the_tail() {
        for (k, n, p) in [
            (4, 10, 0.2),
            (9, 60, 0.01),
            (700, 1000, 0.5),
            (31, 300, 0.1),
        ] {
            let ln = ln_binomial_upper(k, n, p);
            let exact = binomial_tails(k, n, p).upper.ln();
            assert!(
                (ln - exact).abs() < 1e-9 * exact.abs().max(1.0),
                "{k} of {n}"
            );
        }
        // All of n: p to the n, however small that is.
        let all = ln_binomial_upper(5_000, 5_000, 0.01);
        assert!((all - 5_000.0 * 0.01_f64.ln()).abs() < 1e-6);
        assert_eq!(ln_binomial_upper(2, 10, 0.3), 0.0);
        assert_eq!(ln_binomial_upper(11, 10, 0.3), f64::NEG_INFINITY);
    }
}
