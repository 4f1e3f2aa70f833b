use super::{
    AttributeChart, Setup,
    attribute::{Points, pooled},
};
use crate::{
    Error,
    error::{expect_length, expect_parameter},
};

/// p chart: fraction of defective dies (or wafers), sample sizes may differ:
/// `p̄ ± k√(p̄(1 − p̄)/nᵢ)` with p̄ = Σx / Σn, limits within 0 to 1.
///
/// `defectives` and `sizes` (inspected items) hold one value for each sample, oldest first, at
/// least 1. Where dies of a wafer fail together, these limits are too tight: see [`laney_p_chart`].
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Sample`] for the series, [`Error::Baseline`] and
/// [`Error::Parameter`] for the setup.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2.
/// # Example
/// ```
/// use analytics::spc::{Setup, p_chart};
///
/// let chart = p_chart(&[12, 15, 8, 10], &[50, 50, 50, 50], &Setup::default())?;
/// assert_eq!(chart.centre, 0.225);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn p_chart(defectives: &[u64], sizes: &[u64], setup: &Setup) -> Result<AttributeChart, Error> {
    Ok(fractions(defectives, sizes, setup)?.chart(setup))
}

/// Laney p' chart: the p chart with limits widened (or narrowed) by the variation that the
/// standardised points really show: `p̄ ± k σ_z √(p̄(1 − p̄)/nᵢ)`, limits within 0 to 1.
///
/// sigma_z = mean |z_i − z_(i−1)| / d2(2) over the baseline. Where it has no value (fewer than two
/// points, none or all defective) the limits are those of the p chart.
/// # Errors
/// As [`p_chart`].
/// # Source
/// D. B. Laney, Improved control charts for attributes, Quality Engineering 14 (2002).
pub fn laney_p_chart(
    defectives: &[u64],
    sizes: &[u64],
    setup: &Setup,
) -> Result<AttributeChart, Error> {
    Ok(fractions(defectives, sizes, setup)?.laney_chart(setup))
}

/// np chart: number of defectives in samples of one size: `np̄ ± k√(np̄(1 − p̄))`, limits within 0
/// to n.
///
/// [`Setup::standard_centre`] is a number of defectives here, n p.
/// # Errors
/// As [`p_chart`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2; Montgomery, Introduction to
/// Statistical Quality Control, 7.2.
pub fn np_chart(defectives: &[u64], size: u64, setup: &Setup) -> Result<AttributeChart, Error> {
    let n = size as f64;
    let as_fraction = Setup {
        standard_centre: setup.standard_centre.map(|centre| centre / n),
        ..setup.clone()
    };
    let sizes = vec![size; defectives.len()];
    let points = fractions(defectives, &sizes, &as_fraction)?;
    let fraction = points.centre;
    let sigma = (n * fraction * (1.0 - fraction)).sqrt();
    let points = Points {
        in_baseline: points.in_baseline,
        centre: n * fraction,
        highest: n,
        values: defectives.iter().map(|&count| count as f64).collect(),
        sigma_within: vec![sigma; defectives.len()],
    };
    Ok(points.chart(setup))
}

fn fractions(defectives: &[u64], sizes: &[u64], setup: &Setup) -> Result<Points, Error> {
    expect_samples(defectives, sizes)?;
    let (in_baseline, centre) = pooled(defectives, |index| sizes[index] as f64, setup)?;
    expect_parameter(
        centre <= 1.0,
        "standard_centre",
        centre,
        "a fraction, 0 to 1",
    )?;
    let fraction = |(&count, &size): (&u64, &u64)| count as f64 / size as f64;
    let variance = centre * (1.0 - centre);
    let sigma = |&size: &u64| (variance / size as f64).sqrt();
    Ok(Points {
        in_baseline,
        centre,
        highest: 1.0,
        values: defectives.iter().zip(sizes).map(fraction).collect(),
        sigma_within: sizes.iter().map(sigma).collect(),
    })
}

/// Checks that each sample has items, and no more defectives than items.
pub(crate) fn expect_samples(defectives: &[u64], sizes: &[u64]) -> Result<(), Error> {
    if defectives.is_empty() {
        return Err(Error::Empty { what: "defectives" });
    }
    expect_length("sizes", sizes.len(), defectives.len())?;
    let mut pairs = defectives.iter().zip(sizes).enumerate();
    match pairs.find(|(_, (defectives, size))| **size == 0 || defectives > size) {
        None => Ok(()),
        Some((index, (&defectives, &size))) => Err(Error::Sample {
            index,
            defectives,
            size,
        }),
    }
}
