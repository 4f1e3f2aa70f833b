//! Categories by frequency: the few that make most of the defects.

use crate::{
    Error,
    error::{expect_parameter, is_usable},
};

/// A Pareto analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Pareto<N> {
    /// Sum of all counts.
    pub total: u64,
    /// The categories, the most frequent first.
    pub rows: Vec<Row<N>>,
    /// How many of the first rows are the vital few: up to and including the first whose
    /// cumulative percentage reaches the threshold.
    pub vital_few: usize,
}

/// A category of a Pareto analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<N> {
    /// The category.
    pub name: N,
    /// Its count.
    pub count: u64,
    /// Count of this and all rows above.
    pub cumulative: u64,
    /// Share of the total, in percent; `None` when the total is 0.
    pub percent: Option<f64>,
    /// Share of this and all rows above, in percent; `None` when the total is 0.
    pub cumulative_percent: Option<f64>,
}

/// Orders categories by count, descending; equal counts by name, ascending.
///
/// Categories without a count stay at the end. `threshold_percent` sets the vital few, usually 80.
///
/// # Errors
/// [`Error::Parameter`] when the threshold is not above 0 and at most 100.
/// # Example
/// ```
/// let pareto = analytics::pareto::pareto(&[("scratch", 3), ("particle", 16), ("stain", 1)], 80.0)?;
/// assert_eq!(pareto.rows[0].name, "particle");
/// assert_eq!(pareto.rows[1].cumulative_percent, Some(95.0));
/// assert_eq!(pareto.vital_few, 1);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn pareto<N: Ord + Clone>(
    counts: &[(N, u64)],
    threshold_percent: f64,
) -> Result<Pareto<N>, Error> {
    expect_threshold(threshold_percent)?;
    let mut ordered: Vec<&(N, u64)> = counts.iter().collect();
    ordered.sort_by(|(name, count), (other, others)| others.cmp(count).then(name.cmp(other)));
    let total = counts
        .iter()
        .fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    let percent = |count: u64| (total > 0).then(|| 100.0 * count as f64 / total as f64);

    let mut cumulative = 0_u64;
    let rows: Vec<Row<N>> = ordered
        .into_iter()
        .map(|(name, count)| {
            cumulative = u64::saturating_add(cumulative, *count);
            Row {
                name: name.clone(),
                count: *count,
                cumulative,
                percent: percent(*count),
                cumulative_percent: percent(cumulative),
            }
        })
        .collect();
    let reaches = |row: &Row<N>| {
        row.cumulative_percent
            .is_some_and(|p| p >= threshold_percent)
    };
    Ok(Pareto {
        vital_few: rows.iter().position(reaches).map_or(0, |index| index + 1),
        total,
        rows,
    })
}

fn expect_threshold(percent: f64) -> Result<(), Error> {
    let is_valid = percent > 0.0 && percent <= 100.0;
    let expected = "more than 0, at most 100";
    expect_parameter(is_valid, "threshold_percent", percent, expected)
}

/// A Pareto analysis of weights, such as densities or severities times counts.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedPareto<N> {
    /// Sum of all weights.
    pub total: f64,
    /// The categories, the heaviest first.
    pub rows: Vec<WeightedRow<N>>,
    /// How many of the first rows are the vital few: up to and including the first whose
    /// cumulative percentage reaches the threshold.
    pub vital_few: usize,
}

/// A category of a [`WeightedPareto`].
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedRow<N> {
    /// The category.
    pub name: N,
    /// Its weight.
    pub weight: f64,
    /// Weight of this and all rows above.
    pub cumulative: f64,
    /// Share of the total, in percent; `None` when the total is 0.
    pub percent: Option<f64>,
    /// Share of this and all rows above, in percent, 100 at the last row; `None` when the total is 0.
    pub cumulative_percent: Option<f64>,
}

/// As [`pareto`], of weights that are finite and not below 0, in one unit.
///
/// # Errors
/// [`Error::Parameter`] for the threshold, [`Error::NotFinite`], and [`Error::Negative`] for a weight
/// below 0.
/// # Example
/// ```
/// let densities = [("scratch", 0.02), ("particle", 0.17), ("stain", 0.01)];
/// let pareto = analytics::pareto::weighted_pareto(&densities, 80.0)?;
/// assert_eq!((pareto.rows[0].name, pareto.vital_few), ("particle", 1));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn weighted_pareto<N: Ord + Clone>(
    weights: &[(N, f64)],
    threshold_percent: f64,
) -> Result<WeightedPareto<N>, Error> {
    expect_threshold(threshold_percent)?;
    for (index, &(_, value)) in weights.iter().enumerate() {
        let what = "weights";
        if !is_usable(value) {
            return Err(Error::NotFinite { what, index, value });
        }
        if value < 0.0 {
            return Err(Error::Negative { what, index, value });
        }
    }
    let mut ordered: Vec<&(N, f64)> = weights.iter().collect();
    ordered
        .sort_by(|(name, weight), (other, others)| others.total_cmp(weight).then(name.cmp(other)));
    // Summed in the order of the rows, so that the last one reaches 100 percent exactly.
    let total = ordered.iter().fold(0.0, |sum, (_, weight)| sum + weight);
    let percent = |weight: f64| (total > 0.0).then(|| 100.0 * (weight / total));
    let mut cumulative = 0.0;
    let rows = ordered.into_iter().map(|(name, weight)| {
        cumulative += weight;
        WeightedRow {
            name: name.clone(),
            weight: *weight,
            cumulative,
            percent: percent(*weight),
            cumulative_percent: percent(cumulative),
        }
    });
    let rows: Vec<WeightedRow<N>> = rows.collect();
    let reaches = |row: &WeightedRow<N>| {
        row.cumulative_percent
            .is_some_and(|p| p >= threshold_percent)
    };
    Ok(WeightedPareto {
        vital_few: rows.iter().position(reaches).map_or(0, |index| index + 1),
        total,
        rows,
    })
}
