use super::{Correlation, benjamini_hochberg, correlation::of_deviations, ranks};
use crate::{
    Error,
    error::{expect_finite, expect_length},
    sample::centred,
};

/// Which coefficient relates two series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coefficient {
    /// Of the values: straight lines.
    Pearson,
    /// Of the ranks: anything that only rises or only falls; the better one for clustered counts.
    #[default]
    Spearman,
}

/// Two series of a matrix and their correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairCorrelation {
    /// Index of the first series.
    pub first: usize,
    /// Index of the second series, above the first.
    pub second: usize,
    /// Coefficient and test.
    pub correlation: Correlation,
    /// p controlled for the number of pairs by Benjamini and Hochberg; `None` without p.
    pub adjusted_p: Option<f64>,
    /// Whether the correlation stands at the level asked for.
    pub is_related: bool,
}

/// Correlation of every pair of several series, such as the densities of defect types, controlled
/// for the number of pairs.
///
/// Each series has one finite value for each inspection, all in the same order. `alpha` is the
/// share of false relations among those that stand, usually 0.05. Pairs come in the order (0, 1),
/// (0, 2), ..., (1, 2), ...
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::NotFinite`] for the series, [`Error::Parameter`]
/// for alpha.
/// # Example
/// ```
/// use analytics::relation::{Coefficient, correlation_matrix};
///
/// let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0, 9.0]);
/// let pairs = correlation_matrix(&[&a, &b], Coefficient::Spearman, 0.05)?;
/// assert_eq!(pairs[0].correlation.r, Some(1.0));
/// assert!(pairs[0].is_related);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn correlation_matrix(
    series: &[&[f64]],
    coefficient: Coefficient,
    alpha: f64,
) -> Result<Vec<PairCorrelation>, Error> {
    let mut deviations = Vec::with_capacity(series.len());
    for values in series {
        expect_finite("series", values)?;
        expect_length("series", values.len(), series[0].len())?;
        deviations.push(match coefficient {
            Coefficient::Pearson => centred(values),
            Coefficient::Spearman => centred(&ranks(values)?),
        });
    }
    let mut pairs = Vec::new();
    for first in 0..deviations.len() {
        for second in first + 1..deviations.len() {
            pairs.push(PairCorrelation {
                first,
                second,
                correlation: of_deviations(&deviations[first], &deviations[second]),
                adjusted_p: None,
                is_related: false,
            });
        }
    }
    let tested = |pair: &PairCorrelation| pair.correlation.p_two_sided;
    let p_values: Vec<f64> = pairs.iter().filter_map(tested).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    let with_p = pairs.iter_mut().filter(|pair| tested(pair).is_some());
    for (pair, (adjusted, rejected)) in with_p.zip(judged) {
        (pair.adjusted_p, pair.is_related) = (Some(adjusted), rejected);
    }
    Ok(pairs)
}
