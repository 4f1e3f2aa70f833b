//! Moments and order statistics of a series that has been checked: finite, not empty.

/// Arithmetic mean, exact for equal values: differences are taken from the first one.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or_default();
    let rest: f64 = values.iter().map(|value| value - first).sum();
    first + rest / values.len() as f64
}

/// Deviations from the mean; exactly 0 for equal values.
pub(crate) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value - mean).collect()
}

/// Sum of squared deviations from the mean.
pub(crate) fn centred_squares(values: &[f64]) -> f64 {
    centred(values).iter().map(|d| d * d).sum()
}

/// Sum of products of two series of deviations.
pub(crate) fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Median, mean of the middle two for an even number; `None` without a value. Reorders the values.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    let upper = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    if values.is_empty() {
        return None;
    }
    let (below, &mut middle, _) = values.select_nth_unstable_by(upper, f64::total_cmp);
    if !is_even {
        return Some(middle);
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(0.5 * (lower + middle))
}
