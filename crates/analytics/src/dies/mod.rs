//! Dies: how many have a defect, what yield models expect of them, and how often a defect kills.
//!
//! # Conventions
//! - Dies are counted by their number of defects; the variance has the divisor n − 1.
//! - Intervals are two-sided, 95 %: Wilson's for a share, Katz's for a ratio of two shares.

mod kill;
mod tally;

pub use kill::{KillRatio, TestedDies, kill_ratio};
pub use tally::{DieTally, YieldEstimate};

use crate::{Error, error::expect_parameter, probability::normal_quantile};

/// Wilson's score interval of a share, 95 %, lower end first: it stays inside 0 to 1 and holds at 0 and 1 too.
///
/// # Errors
/// [`Error::Parameter`] for a sample of 0 or more successes than trials.
/// # Source
/// E. B. Wilson, Journal of the American Statistical Association 22 (1927); R. G. Newcombe, Statistics in Medicine 17
/// (1998), method 3, whose first example this is.
/// # Example
/// ```
/// let (low, high) = analytics::dies::wilson_interval(81, 263)?;
/// assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn wilson_interval(successes: u64, trials: u64) -> Result<(f64, f64), Error> {
    let (x, n) = (successes as f64, trials as f64);
    expect_parameter(trials > 0, "trials", n, "at least 1")?;
    expect_parameter(successes <= trials, "successes", x, "at most the trials")?;
    let z = normal_quantile(TAIL);
    let square = z * z;
    let share = x / n;
    let centre = share + square / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    // Rounding must not let the ends leave what they bound.
    let low = if successes == 0 {
        0.0
    } else {
        (centre - half) / scale
    };
    let high = if successes == trials {
        1.0
    } else {
        (centre + half) / scale
    };
    Ok((low, high))
}

/// Probability beyond each end of a two-sided interval of 95 %.
const TAIL: f64 = 0.025;
