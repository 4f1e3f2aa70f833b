use super::{ROUNDING, Setup, baseline::expect_k_sigma, beyond, constants::D2_SPAN_2, z};
use crate::{
    Error,
    error::{expect_parameter, is_usable},
};

/// A chart of counts, densities or fractions: each point has its own limits where areas or sample
/// sizes differ.
///
/// All lists have one value for each point, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeChart {
    /// Centre line: the standard that was given, or sum of counts over sum of areas (or sample
    /// sizes) in the baseline; an np chart's is that fraction times its sample size.
    pub centre: f64,
    /// Distance of the limits from the centre, in sigma.
    pub k_sigma: f64,
    /// Plotted values: count over area, defectives over sample size, or the count itself.
    pub values: Vec<f64>,
    /// Standard deviation of each value by chance alone: √(centre / area) for Poisson counts,
    /// √(centre (1 − centre) / size) for fractions.
    pub sigma_within: Vec<f64>,
    /// Standard deviation of each value that the limits use: `sigma_within`, times `sigma_z` in a Laney chart.
    pub sigma: Vec<f64>,
    /// Lower limits, not below 0.
    pub lower: Vec<f64>,
    /// Upper limits; of fractions not above 1, of an np chart not above its sample size.
    pub upper: Vec<f64>,
    /// (value − centre) / sigma_within; `None` where that is 0, as when every wafer is clean.
    pub z_within: Vec<Option<f64>>,
    /// Mean moving range of `z_within` in the baseline; Laney charts only.
    pub mean_moving_range_z: Option<f64>,
    /// Short-term variation of `z_within`, 1 for counts that vary by chance alone. Laney charts
    /// only; `None` also where there are no two values of z.
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

    /// The lower limits before they are cut at 0: centre − k sigma.
    pub fn lower_unclamped(&self) -> impl Iterator<Item = f64> + '_ {
        let (centre, k) = (self.centre, self.k_sigma);
        self.sigma.iter().map(move |sigma| centre - k * sigma)
    }
}

/// The points of an attribute chart before their limits are drawn.
pub(super) struct Points {
    pub in_baseline: Vec<bool>,
    pub centre: f64,
    /// No limit is above this: 1 for fractions, infinite for densities.
    pub highest: f64,
    pub values: Vec<f64>,
    pub sigma_within: Vec<f64>,
}

impl Points {
    /// Limits from the variation that chance alone gives.
    pub fn chart(self, setup: &Setup) -> AttributeChart {
        self.drawn(setup, 1.0, None)
    }

    /// Laney's limits, from the short-term variation of z that is really there. Without two values
    /// of z in the baseline they are those of chance alone.
    pub fn laney_chart(self, setup: &Setup) -> AttributeChart {
        let mean_moving_range = self.mean_moving_range_z();
        let sigma_z = mean_moving_range.map_or(1.0, |mean| mean / D2_SPAN_2);
        self.drawn(setup, sigma_z, mean_moving_range)
    }

    fn z_within(&self) -> Vec<Option<f64>> {
        let pairs = self.values.iter().zip(&self.sigma_within);
        pairs
            .map(|(&value, &sigma)| z(value, self.centre, sigma))
            .collect()
    }

    /// `None` with fewer than two values of z in the baseline. Equal densities differ by rounding
    /// only: then it is exactly 0.
    fn mean_moving_range_z(&self) -> Option<f64> {
        let z_within = self.z_within();
        let marked = z_within.iter().zip(&self.in_baseline);
        let z: Vec<f64> = marked
            .filter(|(_, is_in)| **is_in)
            .filter_map(|(z, _)| *z)
            .collect();
        let ranges = z.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        let mean = ranges.sum::<f64>() / z.len().checked_sub(1).filter(|&n| n > 0)? as f64;
        Some(if mean > ROUNDING { mean } else { 0.0 })
    }

    /// With sigma widened by `factor`.
    pub fn drawn(
        self,
        setup: &Setup,
        factor: f64,
        mean_moving_range_z: Option<f64>,
    ) -> AttributeChart {
        let z_within = self.z_within();
        let (centre, k) = (self.centre, setup.k_sigma);
        let sigma: Vec<f64> = self.sigma_within.iter().map(|s| s * factor).collect();
        let lower: Vec<f64> = sigma.iter().map(|s| (centre - k * s).max(0.0)).collect();
        let upper = sigma.iter().map(|s| (centre + k * s).min(self.highest));
        let upper: Vec<f64> = upper.collect();
        AttributeChart {
            beyond: beyond(&self.values, |index| (lower[index], upper[index])).collect(),
            centre,
            k_sigma: k,
            values: self.values,
            sigma_within: self.sigma_within,
            z_within,
            mean_moving_range_z,
            sigma_z: mean_moving_range_z.map(|mean| mean / D2_SPAN_2),
            sigma,
            lower,
            upper,
        }
    }
}

/// The points of the baseline, and the centre: the standard that is given, or the sum of `parts`
/// over the sum of `wholes` in the baseline.
pub(super) fn pooled(
    parts: &[u64],
    wholes: impl Fn(usize) -> f64,
    setup: &Setup,
) -> Result<(Vec<bool>, f64), Error> {
    expect_k_sigma(setup.k_sigma)?;
    let in_baseline = setup.baseline.mask(parts.len())?;
    if let Some(centre) = setup.standard_centre {
        let is_valid = is_usable(centre) && centre >= 0.0;
        let expected = "a finite number, at least 0";
        expect_parameter(is_valid, "standard_centre", centre, expected)?;
        return Ok((in_baseline, centre));
    }
    let chosen = || (0..parts.len()).filter(|&index| in_baseline[index]);
    let part: f64 = chosen().map(|index| parts[index] as f64).sum();
    let whole: f64 = chosen().map(wholes).sum();
    Ok((in_baseline, part / whole))
}
