use crate::{
    Error,
    error::{expect_finite, expect_parameter, is_usable},
};

/// Mean of the last `window` values at each point; `None` before that many exist.
///
/// `values` are finite, oldest first.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Parameter`] for a window of 0.
/// # Example
/// ```
/// let smooth = analytics::trend::trailing_average(&[2.0, 4.0, 9.0], 2)?;
/// assert_eq!(smooth, [None, Some(3.0), Some(6.5)]);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn trailing_average(values: &[f64], window: usize) -> Result<Vec<Option<f64>>, Error> {
    let partial = trailing_average_from_start(values, window)?;
    let averages = partial.into_iter().enumerate();
    Ok(averages
        .map(|(index, average)| (index + 1 >= window).then_some(average))
        .collect())
}

/// As [`trailing_average`], but at the start the mean of the values that exist.
///
/// # Errors
/// As [`trailing_average`].
pub fn trailing_average_from_start(values: &[f64], window: usize) -> Result<Vec<f64>, Error> {
    expect_window(window)?;
    expect_finite("values", values)?;
    // Each window is summed anew: a running sum would carry rounding along the series.
    let averages = (0..values.len()).map(|last| {
        let window = &values[(last + 1).saturating_sub(window)..=last];
        window.iter().sum::<f64>() / window.len() as f64
    });
    Ok(averages.collect())
}

/// Mean of the `window` values around each point, `None` at both ends.
///
/// # Errors
/// As [`trailing_average`]; [`Error::Parameter`] also for an even window, which has no middle.
pub fn centred_average(values: &[f64], window: usize) -> Result<Vec<Option<f64>>, Error> {
    if window.is_multiple_of(2) {
        return Err(Error::Parameter {
            name: "window",
            value: window as f64,
            expected: "an odd number",
        });
    }
    let half = window / 2;
    let trailing = trailing_average(values, window)?;
    Ok((0..values.len())
        .map(|index| trailing.get(index + half).copied().flatten())
        .collect())
}

/// Exponentially weighted average at each point: `z₀ = start, zᵢ = λxᵢ + (1 − λ)zᵢ₋₁`.
///
/// `values` are finite, oldest first; `lambda` is the weight of the newest value, above 0 and at
/// most 1. To smooth a series, start at its first value or at the mean of a baseline.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Parameter`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4 and 6.4.3.1.
/// # Example
/// ```
/// let smooth = analytics::trend::exponential_average(&[4.0, 8.0], 0.5, 4.0)?;
/// assert_eq!(smooth, [4.0, 6.0]);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn exponential_average(values: &[f64], lambda: f64, start: f64) -> Result<Vec<f64>, Error> {
    expect_finite("values", values)?;
    let is_weight = lambda > 0.0 && lambda <= 1.0;
    expect_parameter(is_weight, "lambda", lambda, "above 0, at most 1")?;
    expect_parameter(is_usable(start), "start", start, "a finite number")?;
    let averages = values.iter().scan(start, |average, value| {
        *average = lambda * value + (1.0 - lambda) * *average;
        Some(*average)
    });
    Ok(averages.collect())
}

fn expect_window(window: usize) -> Result<(), Error> {
    if window > 0 {
        return Ok(());
    }
    Err(Error::Parameter {
        name: "window",
        value: 0.0,
        expected: "at least 1",
    })
}
