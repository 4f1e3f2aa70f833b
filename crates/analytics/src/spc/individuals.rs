use super::{
    ROUNDING, Setup,
    baseline::expect_k_sigma,
    beyond,
    constants::{D2_SPAN_2, d3_span_2},
};
use crate::{
    Error,
    error::{expect_finite, expect_parameter, is_usable},
    sample::mean,
};

/// Individuals chart with its moving range chart, span 2.
#[derive(Clone, Debug, PartialEq)]
pub struct IndividualsChart {
    /// The standard that was given, or the mean of the baseline.
    pub centre: f64,
    /// Mean moving range over d2(2); `None` for a baseline of one value.
    pub sigma: Option<f64>,
    /// Lower limit: centre less k sigma, not clamped.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// |x_i − x_(i−1)| of all values, one fewer than values; the first belongs to the second value.
    pub moving_ranges: Vec<f64>,
    /// Centre of the moving range chart: mean over the baseline.
    pub mean_moving_range: Option<f64>,
    /// Upper limit of the moving range chart (D4(2) times its centre for k = 3). The lower one is 0.
    pub moving_range_upper: Option<f64>,
    /// Indices of the values strictly beyond their limits, ascending.
    pub beyond: Vec<usize>,
    /// Indices of the values whose moving range is beyond its limit: the later one of the two.
    pub moving_range_beyond: Vec<usize>,
}

/// Individuals and moving range chart.
///
/// `values` are finite, oldest first, at least 1. The moving range of values outside the baseline is
/// plotted, but does not contribute.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Baseline`], [`Error::Parameter`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2; with exact d2, which moves its printed
/// limits in the third decimal.
/// # Example
/// ```
/// use analytics::spc::{Setup, individuals_chart};
///
/// let flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
/// let chart = individuals_chart(&flow, &Setup::default())?;
/// assert_eq!(format!("{:.4}", chart.upper.unwrap()), "55.8024");
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn individuals_chart(values: &[f64], setup: &Setup) -> Result<IndividualsChart, Error> {
    expect_finite("values", values)?;
    expect_k_sigma(setup.k_sigma)?;
    let in_baseline = setup.baseline.mask(values.len())?;
    let marked = values.iter().zip(&in_baseline);
    let chosen: Vec<f64> = marked
        .filter(|(_, b)| **b)
        .map(|(value, _)| *value)
        .collect();

    let centre = match setup.standard_centre {
        Some(centre) => {
            let expected = "a finite number";
            expect_parameter(is_usable(centre), "standard_centre", centre, expected)?;
            centre
        }
        None => mean(&chosen),
    };
    let ranges = moving_ranges(&chosen);
    let mean_moving_range = (!ranges.is_empty()).then(|| mean(&ranges)).map(|mean| {
        if mean > ROUNDING * centre.abs() {
            mean
        } else {
            0.0
        }
    });
    let sigma = mean_moving_range.map(|mean| mean / D2_SPAN_2);
    let (lower, upper) = match sigma {
        Some(sigma) => (
            Some(centre - setup.k_sigma * sigma),
            Some(centre + setup.k_sigma * sigma),
        ),
        None => (None, None),
    };
    let range_factor = 1.0 + setup.k_sigma * d3_span_2() / D2_SPAN_2;
    let moving_range_upper = mean_moving_range.map(|mean| range_factor * mean);
    let moving_ranges = moving_ranges(values);
    let limits = (
        lower.unwrap_or(f64::NEG_INFINITY),
        upper.unwrap_or(f64::INFINITY),
    );
    let range_limits = (0.0, moving_range_upper.unwrap_or(f64::INFINITY));
    Ok(IndividualsChart {
        centre,
        sigma,
        lower,
        upper,
        mean_moving_range,
        moving_range_upper,
        beyond: beyond(values, |_| limits).collect(),
        moving_range_beyond: beyond(&moving_ranges, |_| range_limits)
            .map(|index| index + 1)
            .collect(),
        moving_ranges,
    })
}

fn moving_ranges(values: &[f64]) -> Vec<f64> {
    values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect()
}

/// Whether a value lies strictly outside a pair of limits.
pub(super) fn beyond_one_pair(value: f64, limits: (f64, f64)) -> bool {
    beyond(&[value], |_| limits).next().is_some()
}
