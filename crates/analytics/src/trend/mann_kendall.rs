use super::slopes::{Slopes, count_falls};
use crate::{
    Error,
    error::is_usable,
    probability::{normal_quantile, normal_two_sided},
    sample::median,
};

/// Mann-Kendall test for a monotonic trend, and Sen's slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MannKendall {
    /// Values that are present.
    pub n: usize,
    /// Pairs that rise less pairs that fall.
    pub s: i64,
    /// Variance of S without a trend, corrected for ties.
    pub variance: f64,
    /// S over the number of pairs; `None` for one value.
    pub tau_a: Option<f64>,
    /// The same with ties taken out of the denominator; `None` where all values are equal.
    pub tau_b: Option<f64>,
    /// (S − sign S)/√variance, 0 for S = 0.
    pub z: f64,
    /// Two-sided p-value of the normal approximation; 1 where all values are equal.
    pub p_two_sided: f64,
    /// Median slope of all pairs, per position; `None` for one value.
    pub sen_slope: Option<f64>,
    /// 95 % confidence limits of the slope: the slopes with ranks (N ∓ 1.96 √variance)/2, rounded,
    /// of N pairs, the upper plus 1; `None` for too few values to have both.
    pub sen_interval95: Option<(f64, f64)>,
    /// Median value less slope times median position.
    pub sen_intercept: Option<f64>,
}

/// Tests a series for a trend, whatever its shape, and estimates its slope.
///
/// `values` stand at positions 0, 1, 2, ..., oldest first; missing ones (`None`) are left out of S,
/// slopes keep the true positions. S takes n log n steps. Up to 500 values the slopes of all pairs
/// are made (1 MB); beyond, the wanted ones are found by counting pairs, in some n log n steps each
/// and memory that grows with n, to 1e-12 of the largest value.
/// # Errors
/// [`Error::Empty`] without a value, [`Error::NotFinite`].
/// # Source
/// US EPA QA/G-9S for the test; P. K. Sen, JASA 63 (1968) for the slope; R. O. Gilbert, Statistical
/// Methods for Environmental Pollution Monitoring (1987), 16.5, for its limits.
/// # Example
/// ```
/// let densities = [10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15].map(|x| Some(f64::from(x)));
/// let trend = analytics::trend::mann_kendall(&densities)?;
/// assert_eq!((trend.s, trend.sen_slope), (22, Some(1.0)));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn mann_kendall(values: &[Option<f64>]) -> Result<MannKendall, Error> {
    let placed = values.iter().enumerate();
    let series: Vec<(f64, f64)> = placed
        .filter_map(|(index, value)| value.map(|value| (index as f64, value)))
        .collect();
    if series.is_empty() {
        return Err(Error::Empty { what: "values" });
    }
    if let Some(&(position, value)) = series.iter().find(|(_, value)| !is_usable(*value)) {
        return Err(Error::NotFinite {
            what: "values",
            index: position as usize,
            value,
        });
    }
    let n = series.len();
    let slopes = Slopes::new(&series);
    let pairs = slopes.count() as f64;
    let ties = tied_groups(&series);
    let tied_pairs: f64 = ties.iter().map(|t| t * (t - 1.0) / 2.0).sum();
    let mut in_order: Vec<f64> = series.iter().map(|(_, value)| *value).collect();
    let falls = count_falls(&mut in_order.clone(), &mut in_order, 0.0);
    let s = (pairs - tied_pairs) as i64 - 2 * falls as i64;
    let variance = (spread(n as f64) - ties.iter().map(|&t| spread(t)).sum::<f64>()) / 18.0;
    let z = match s {
        0 => 0.0,
        s => (s - s.signum()) as f64 / variance.sqrt(),
    };
    let untied = pairs - tied_pairs;
    let (sen_slope, sen_interval95) = sen(&slopes, variance);
    let middle_of = |part: fn(&(f64, f64)) -> f64| {
        median(&mut series.iter().map(part).collect::<Vec<f64>>()).unwrap_or_default()
    };
    Ok(MannKendall {
        n,
        s,
        variance,
        tau_a: (pairs > 0.0).then(|| s as f64 / pairs),
        tau_b: (untied > 0.0).then(|| s as f64 / (pairs * untied).sqrt()),
        z,
        p_two_sided: normal_two_sided(z),
        sen_slope,
        sen_interval95,
        sen_intercept: sen_slope
            .map(|slope| middle_of(|(_, value)| *value) - slope * middle_of(|(at, _)| *at)),
    })
}

/// The median slope and its 95 % confidence limits.
fn sen(slopes: &Slopes, variance: f64) -> (Option<f64>, Option<(f64, f64)>) {
    let pairs = slopes.count();
    if pairs == 0 {
        return (None, None);
    }
    let half = normal_quantile(0.025) * variance.sqrt();
    // Ranks from 1; half of an odd number rounds to the even one.
    let lower = (0.5 * (pairs as f64 - half)).round_ties_even();
    let upper = (0.5 * (pairs as f64 + half)).round_ties_even() + 1.0;
    let has_limits = lower >= 1.0 && upper <= pairs as f64;
    let mut ranks = vec![(pairs - 1) / 2, pairs / 2];
    if has_limits {
        ranks.extend([lower as usize - 1, upper as usize - 1]);
    }
    let found = slopes.of_ranks(&ranks);
    let interval = has_limits.then(|| (found[2], found[3]));
    (Some(0.5 * (found[0] + found[1])), interval)
}

fn spread(n: f64) -> f64 {
    n * (n - 1.0) * (2.0 * n + 5.0)
}

/// Sizes of the groups of equal values.
fn tied_groups(series: &[(f64, f64)]) -> Vec<f64> {
    let mut values: Vec<f64> = series.iter().map(|(_, value)| *value).collect();
    values.sort_by(f64::total_cmp);
    let groups = values.chunk_by(|a, b| a == b);
    groups.map(|group| group.len() as f64).collect()
}
