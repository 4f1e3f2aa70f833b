//! Categories by frequency: the few that make most of the defects.

use crate::Error;

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
    if !(threshold_percent > 0.0 && threshold_percent <= 100.0) {
        return Err(Error::Parameter {
            name: "threshold_percent",
            value: threshold_percent,
            expected: "more than 0, at most 100",
        });
    }
    let mut ordered: Vec<&(N, u64)> = counts.iter().collect();
    ordered.sort_by(|(name, count), (other, others)| others.cmp(count).then(name.cmp(other)));
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let percent = |count: u64| (total > 0).then(|| 100.0 * count as f64 / total as f64);

    let mut cumulative = 0;
    let rows: Vec<Row<N>> = ordered
        .into_iter()
        .map(|(name, count)| {
            cumulative += count;
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
