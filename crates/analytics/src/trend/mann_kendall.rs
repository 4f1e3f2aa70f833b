use libm::erfc;

use crate::Error;

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
    /// Median value less slope times median position.
    pub sen_intercept: Option<f64>,
}

/// Tests a series for a trend, whatever its shape, and estimates its slope.
///
/// `values` stand at positions 0, 1, 2, ..., oldest first; missing ones (`None`) are left out of S,
/// slopes keep the true positions. Time and memory grow with the square of the length (4 MB for
/// 1,000 values).
/// # Errors
/// [`Error::Empty`] without a value, [`Error::NotFinite`].
/// # Source
/// US EPA QA/G-9S for the test; P. K. Sen, JASA 63 (1968) for the slope.
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
    if let Some(&(position, value)) = series.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::NotFinite {
            what: "values",
            index: position as usize,
            value,
        });
    }
    let n = series.len();
    let pairs = (n * (n - 1) / 2) as f64;
    let s = pairs_of(&series).map(|(a, b)| sign(b.1 - a.1)).sum();
    let ties = tied_groups(&series);
    let tied_pairs: f64 = ties.iter().map(|t| t * (t - 1.0) / 2.0).sum();
    let variance = (spread(n as f64) - ties.iter().map(|&t| spread(t)).sum::<f64>()) / 18.0;
    let z = match s {
        0 => 0.0,
        s => (s - s.signum()) as f64 / variance.sqrt(),
    };
    let untied = pairs - tied_pairs;
    let sen_slope = median(pairs_of(&series).map(|(a, b)| (b.1 - a.1) / (b.0 - a.0)));
    let middle_position = median(series.iter().map(|(position, _)| *position));
    let middle_value = median(series.iter().map(|(_, value)| *value));
    Ok(MannKendall {
        n,
        s,
        variance,
        tau_a: (pairs > 0.0).then(|| s as f64 / pairs),
        tau_b: (untied > 0.0).then(|| s as f64 / (pairs * untied).sqrt()),
        z,
        p_two_sided: erfc(z.abs() / std::f64::consts::SQRT_2),
        sen_slope,
        sen_intercept: sen_slope
            .zip(middle_position)
            .zip(middle_value)
            .map(|((slope, position), value)| value - slope * position),
    })
}

/// Every pair, the earlier value first.
fn pairs_of(series: &[(f64, f64)]) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + '_ {
    let tails = series.iter().enumerate();
    tails.flat_map(|(index, &a)| series[index + 1..].iter().map(move |&b| (a, b)))
}

fn sign(difference: f64) -> i64 {
    i64::from(difference > 0.0) - i64::from(difference < 0.0)
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

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[upper]),
        _ => Some(0.5 * (values[upper - 1] + values[upper])),
    }
}
