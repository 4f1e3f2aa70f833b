use super::{ROUNDING, Setup, baseline::expect_k_sigma, beyond, constants::D2_SPAN_2, z};
use crate::{
    Error,
    error::{expect_areas, expect_length},
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

/// A chart of counts or densities: each point has its own limits where areas differ.
///
/// All lists have one value for each point, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeChart {
    /// Centre line: sum of counts over sum of areas, in the baseline.
    pub centre: f64,
    /// Plotted values: count over area.
    pub values: Vec<f64>,
    /// Standard deviation of each value if counts were Poisson: √(centre / area).
    pub sigma_within: Vec<f64>,
    /// Standard deviation of each value that the limits use: `sigma_within`, times `sigma_z` in a Laney chart.
    pub sigma: Vec<f64>,
    /// Lower limits, not below 0.
    pub lower: Vec<f64>,
    /// Upper limits.
    pub upper: Vec<f64>,
    /// (value − centre) / sigma_within; `None` where that is 0, as when every wafer is clean.
    pub z_within: Vec<Option<f64>>,
    /// Mean moving range of `z_within` in the baseline; Laney charts only.
    pub mean_moving_range_z: Option<f64>,
    /// Short-term variation of `z_within`, 1 for Poisson counts. Laney charts only; `None` also
    /// where there are no two values of z.
    pub sigma_z: Option<f64>,
    /// Indices of the points strictly beyond their limits, ascending.
    pub beyond: Vec<usize>,
}

impl AttributeChart {
    /// (value − centre) / sigma, for the run rules; `None` where sigma is 0.
    pub fn z(&self) -> Vec<Option<f64>> {
        let pairs = self.values.iter().zip(&self.sigma);
        pairs
            .map(|(&value, &sigma)| z(value, self.centre, sigma))
            .collect()
    }
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
    if !(mean.is_finite() && mean >= 0.0) {
        return Err(Error::Parameter {
            name: "mean",
            value: mean,
            expected: "a finite number, at least 0",
        });
    }
    expect_k_sigma(k_sigma)?;
    let sigma = mean.sqrt();
    Ok(Limits {
        lower: (mean - k_sigma * sigma).max(0.0),
        centre: mean,
        upper: mean + k_sigma * sigma,
    })
}

/// c chart: defects per wafer, every wafer inspected over the same area.
///
/// `counts` holds one count for each wafer, oldest first, at least 1.
/// # Errors
/// As [`u_chart`], of which this is the case with every area 1.
pub fn c_chart(counts: &[u64], setup: &Setup) -> Result<AttributeChart, Error> {
    u_chart(counts, &vec![1.0; counts.len()], setup)
}

/// u chart: defects per area, areas may differ.
///
/// `counts` and `areas_cm2` hold one value for each wafer, oldest first, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`] for the series,
/// [`Error::Baseline`] and [`Error::Parameter`] for the setup.
/// # Source
/// Textbook form; NIST/SEMATECH e-Handbook, 6.3.3.1 for counts.
pub fn u_chart(counts: &[u64], areas_cm2: &[f64], setup: &Setup) -> Result<AttributeChart, Error> {
    let base = PoissonPoints::new(counts, areas_cm2, setup)?;
    let sigma = base.sigma_within.clone();
    Ok(base.chart(sigma, setup, None))
}

/// Laney u' chart: the u chart with limits widened (or narrowed) by the variation that the
/// standardised points really show, for clustered counts.
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
    let base = PoissonPoints::new(counts, areas_cm2, setup)?;
    let mean_moving_range = base.mean_moving_range_z();
    let sigma_z = mean_moving_range.map_or(1.0, |mean| mean / D2_SPAN_2);
    let sigma = base.sigma_within.iter().map(|s| s * sigma_z).collect();
    Ok(base.chart(sigma, setup, mean_moving_range))
}

/// What u and Laney charts have in common.
struct PoissonPoints {
    in_baseline: Vec<bool>,
    centre: f64,
    values: Vec<f64>,
    sigma_within: Vec<f64>,
    z_within: Vec<Option<f64>>,
}

impl PoissonPoints {
    fn new(counts: &[u64], areas_cm2: &[f64], setup: &Setup) -> Result<Self, Error> {
        if counts.is_empty() {
            return Err(Error::Empty { what: "counts" });
        }
        expect_length("areas", areas_cm2.len(), counts.len())?;
        expect_areas(areas_cm2, counts.len())?;
        expect_k_sigma(setup.k_sigma)?;
        let in_baseline = setup.baseline.mask(counts.len())?;

        let chosen = |index: &usize| in_baseline[*index];
        let total: f64 = (0..counts.len())
            .filter(chosen)
            .map(|i| counts[i] as f64)
            .sum();
        let area: f64 = (0..counts.len()).filter(chosen).map(|i| areas_cm2[i]).sum();
        let centre = total / area;
        let rate = |(&count, &area): (&u64, &f64)| count as f64 / area;
        let values: Vec<f64> = counts.iter().zip(areas_cm2).map(rate).collect();
        let sigma_within: Vec<f64> = areas_cm2.iter().map(|a| (centre / a).sqrt()).collect();
        Ok(Self {
            z_within: values
                .iter()
                .zip(&sigma_within)
                .map(|(&value, &sigma)| z(value, centre, sigma))
                .collect(),
            in_baseline,
            centre,
            values,
            sigma_within,
        })
    }

    /// `None` with fewer than two points in the baseline. Equal densities differ by rounding only:
    /// then it is exactly 0.
    fn mean_moving_range_z(&self) -> Option<f64> {
        let marked = self.z_within.iter().zip(&self.in_baseline);
        let z: Vec<f64> = marked
            .filter(|(_, b)| **b)
            .filter_map(|(z, _)| *z)
            .collect();
        let ranges = z.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let mean = ranges.sum::<f64>() / z.len().checked_sub(1).filter(|&n| n > 0)? as f64;
        Some(if mean > ROUNDING { mean } else { 0.0 })
    }

    fn chart(
        self,
        sigma: Vec<f64>,
        setup: &Setup,
        mean_moving_range_z: Option<f64>,
    ) -> AttributeChart {
        let centre = self.centre;
        let reach: Vec<f64> = sigma.iter().map(|s| setup.k_sigma * s).collect();
        let lower: Vec<f64> = reach.iter().map(|r| (centre - r).max(0.0)).collect();
        let upper: Vec<f64> = reach.iter().map(|r| centre + r).collect();
        let beyond = beyond(&self.values, |index| (lower[index], upper[index])).collect();
        AttributeChart {
            beyond,
            centre,
            values: self.values,
            sigma_within: self.sigma_within,
            z_within: self.z_within,
            mean_moving_range_z,
            sigma_z: mean_moving_range_z.map(|mean| mean / D2_SPAN_2),
            sigma,
            lower,
            upper,
        }
    }
}
