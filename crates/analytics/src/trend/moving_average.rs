use crate::{Error, error::expect_finite};

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
