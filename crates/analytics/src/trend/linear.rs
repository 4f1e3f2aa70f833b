use crate::{
    Error,
    error::{expect_finite, expect_length},
    probability::student_two_sided,
    sample::{centred, mean, product},
};

/// A least squares line and the test of its slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Points.
    pub n: usize,
    /// Change of y for each unit of x.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Degrees of freedom, n − 2.
    pub degrees_of_freedom: usize,
    /// Standard deviation of the residuals; `None` for two points, like both standard errors.
    pub residual_sd: Option<f64>,
    /// Standard error of the slope.
    pub slope_error: Option<f64>,
    /// Standard error of the intercept.
    pub intercept_error: Option<f64>,
    /// Correlation of x and y; `None` where y does not vary.
    pub r: Option<f64>,
    /// Share of the variance of y that the line explains; `None` as for `r`.
    pub r_squared: Option<f64>,
    /// Slope over its standard error; `None` for two points, for y that does not vary, and for
    /// points exactly on a line (infinite).
    pub t: Option<f64>,
    /// Two-sided p-value of slope 0; 0 for points exactly on a line, otherwise `None` where t is.
    pub p_two_sided: Option<f64>,
}

/// Residuals below this share of the variation of y are rounding: the points lie on a line.
const EXACT: f64 = 1e-26;

/// Ordinary least squares of y on x.
///
/// `x` and `y` are finite and of equal length, in any order, at least 2 points with different x.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::NotFinite`], [`Error::ConstantX`].
/// # Example
/// ```
/// let line = analytics::trend::linear(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.5])?;
/// assert_eq!(line.slope, 2.25);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn linear(x: &[f64], y: &[f64]) -> Result<Line, Error> {
    expect_finite("x", x)?;
    expect_length("y", y.len(), x.len())?;
    expect_finite("y", y)?;
    let n = x.len();
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (dx, dy) = (centred(x), centred(y));
    let (xx, xy, yy) = (product(&dx, &dx), product(&dx, &dy), product(&dy, &dy));
    if n < 2 || xx == 0.0 {
        return Err(Error::ConstantX {
            points: n,
            value: x[0],
        });
    }
    let slope = xy / xx;
    let residuals = dx.iter().zip(&dy).map(|(x, y)| y - slope * x);
    let residual_squares: f64 = residuals.map(|residual| residual * residual).sum();
    let is_exact = residual_squares <= EXACT * yy;

    let df = n - 2;
    let variance = (df > 0).then(|| match is_exact {
        true => 0.0,
        false => residual_squares / df as f64,
    });
    let slope_error = variance.map(|variance| (variance / xx).sqrt());
    let varies = yy > 0.0;
    let t = slope_error
        .filter(|&error| varies && error > 0.0)
        .map(|error| slope / error);
    let p_two_sided = match t {
        Some(t) => Some(student_two_sided(t, df as f64)),
        None => (varies && df > 0).then_some(0.0),
    };
    let r = varies.then(|| (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0));
    Ok(Line {
        n,
        slope,
        intercept: mean_y - slope * mean_x,
        degrees_of_freedom: df,
        residual_sd: variance.map(f64::sqrt),
        slope_error,
        intercept_error: variance
            .map(|variance| (variance * (1.0 / n as f64 + mean_x * mean_x / xx)).sqrt()),
        r,
        r_squared: r.map(|r| r * r),
        t,
        p_two_sided,
    })
}
