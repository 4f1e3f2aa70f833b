use super::{
    AttributeChart, Setup,
    attribute::{Points, pooled},
    baseline::expect_k_sigma,
};
use crate::{
    Error,
    error::{expect_areas, expect_parameter, is_usable},
};

/// Centre and limits that hold for every point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Lower limit.
    pub lower: f64,
    /// Centre line.
    pub centre: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Limits of a c chart, in defects per wafer: `c̄ ± k√c̄`, the lower one not below 0.
///
/// `mean` is the mean count of the baseline, with the same inspected area on every wafer. Where
/// counts vary more than their mean (clusters), these limits are too tight.
///
/// # Errors
/// [`Error::Parameter`] when `mean` is negative or not finite, or `k_sigma` not above 0.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1, whose example this is.
/// # Example
/// ```
/// let limits = analytics::spc::c_limits(16.0, 3.0)?;
/// assert_eq!((limits.lower, limits.centre, limits.upper), (4.0, 16.0, 28.0));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn c_limits(mean: f64, k_sigma: f64) -> Result<Limits, Error> {
    let is_valid = is_usable(mean) && mean >= 0.0;
    expect_parameter(is_valid, "mean", mean, "a finite number, at least 0")?;
    expect_k_sigma(k_sigma)?;
    let sigma = mean.sqrt();
    Ok(Limits {
        lower: (mean - k_sigma * sigma).max(0.0),
        centre: mean,
        upper: mean + k_sigma * sigma,
    })
}

/// c chart: defects per wafer, every wafer inspected over the same area: `c̄ ± k√c̄`.
///
/// `counts` holds one count for each wafer, oldest first, at least 1.
/// # Errors
/// As [`u_chart`], of which this is the case with every area 1.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1.
pub fn c_chart(counts: &[u64], setup: &Setup) -> Result<AttributeChart, Error> {
    u_chart(counts, &vec![1.0; counts.len()], setup)
}

/// u chart: defects per area, areas may differ: `ū ± k√(ū/aᵢ)` with ū = Σc / Σa.
///
/// `counts` and `areas_cm2` hold one value for each wafer, oldest first, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`] for the series,
/// [`Error::Baseline`] and [`Error::Parameter`] for the setup.
/// # Source
/// D. C. Montgomery, Introduction to Statistical Quality Control, 7.3; for counts NIST/SEMATECH
/// e-Handbook of Statistical Methods, 6.3.3.1.
pub fn u_chart(counts: &[u64], areas_cm2: &[f64], setup: &Setup) -> Result<AttributeChart, Error> {
    Ok(densities(counts, areas_cm2, setup)?.chart(setup))
}

/// Laney u' chart: the u chart with limits widened (or narrowed) by the variation that the
/// standardised points really show, for clustered counts: `ū ± k σ_z √(ū/aᵢ)`.
///
/// sigma_z = mean |z_i − z_(i−1)| / d2(2) over the baseline. Where it has no value (fewer than two
/// points, or every wafer clean) the limits are those of the u chart.
/// # Errors
/// As [`u_chart`].
/// # Source
/// D. B. Laney, Improved control charts for attributes, Quality Engineering 14 (2002).
pub fn laney_u_chart(
    counts: &[u64],
    areas_cm2: &[f64],
    setup: &Setup,
) -> Result<AttributeChart, Error> {
    Ok(densities(counts, areas_cm2, setup)?.laney_chart(setup))
}

/// u chart with sigma widened by a factor that is known, Laney's of a frozen baseline.
pub(super) fn u_chart_widened(
    counts: &[u64],
    areas_cm2: &[f64],
    setup: &Setup,
    sigma_z: f64,
) -> Result<AttributeChart, Error> {
    let is_valid = is_usable(sigma_z) && sigma_z >= 0.0;
    expect_parameter(is_valid, "sigma_z", sigma_z, "a finite number, at least 0")?;
    Ok(densities(counts, areas_cm2, setup)?.drawn(setup, sigma_z, None))
}

fn densities(counts: &[u64], areas_cm2: &[f64], setup: &Setup) -> Result<Points, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let (in_baseline, centre) = pooled(counts, |index| areas_cm2[index], setup)?;
    let density = |(&count, &area): (&u64, &f64)| count as f64 / area;
    Ok(Points {
        in_baseline,
        centre,
        highest: f64::INFINITY,
        values: counts.iter().zip(areas_cm2).map(density).collect(),
        sigma_within: areas_cm2.iter().map(|a| (centre / a).sqrt()).collect(),
    })
}
