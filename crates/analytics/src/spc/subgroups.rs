use super::{Constants, Setup, baseline::expect_k_sigma, beyond, constants::c4};
use crate::{
    Error,
    error::{expect_finite, expect_parameter, is_usable},
    sample::mean,
};

/// A chart of subgroup means with its companion chart of spread: ranges (R) or standard
/// deviations (S).
///
/// All lists have one value for each subgroup, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct SubgroupChart {
    /// Values in each subgroup.
    pub sizes: Vec<usize>,
    /// Centre of the means: the standard that was given, or the mean of all measurements of the baseline.
    pub centre: f64,
    /// Standard deviation of a single measurement within subgroups.
    pub sigma: f64,
    /// The subgroup means.
    pub means: Panel,
    /// Range or standard deviation of each subgroup.
    pub spreads: Panel,
    /// Plain mean of the spreads of the baseline: R-bar or s-bar.
    pub mean_spread: f64,
}

/// One of the two charts of a [`SubgroupChart`].
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Plotted values.
    pub values: Vec<f64>,
    /// Centre lines; they differ in a chart of spread where sizes differ.
    pub centres: Vec<f64>,
    /// Lower limits; those of spread are not below 0.
    pub lower: Vec<f64>,
    /// Upper limits.
    pub upper: Vec<f64>,
    /// Indices of the points strictly beyond their limits, ascending.
    pub beyond: Vec<usize>,
}

/// How the standard deviation within subgroups is estimated for an S chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviationEstimator {
    /// Mean of s_i / c4(n_i).
    #[default]
    MeanOverC4,
    /// √(Σ(n_i − 1)s_i² / Σ(n_i − 1)) over c4(1 + Σ(n_i − 1)).
    PooledUnbiased,
}

/// X-bar and R charts: sigma = mean of R_i / d2(n_i), means `centre ± k sigma/√nᵢ`, ranges
/// `d2(nᵢ) sigma ± k d3(nᵢ) sigma`, the lower limit of ranges not below 0.
///
/// With equal sizes and k = 3 these are `x̄ ± A2 R̄`, `D3 R̄` and `D4 R̄`. `subgroups` hold the
/// measurements of each subgroup (sites of a wafer, wafers of a lot), oldest first, at least one
/// subgroup, 2 to 1000 values in each.
/// # Errors
/// [`Error::Empty`], [`Error::Subgroup`], [`Error::NotFinite`] (with the place within the subgroup)
/// for the series, [`Error::Baseline`] and [`Error::Parameter`] for the setup.
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.1; unequal sizes: I. W. Burr, Control
/// charts for measurements with varying sample sizes, Journal of Quality Technology 1 (1969).
pub fn xbar_r_chart(subgroups: &[Vec<f64>], setup: &Setup) -> Result<SubgroupChart, Error> {
    let groups = Groups::new(subgroups, Constants::LARGEST_SIZE, setup)?;
    let constants = groups.by_size(Constants::of)?;
    let ranges: Vec<f64> = subgroups.iter().map(|group| range(group)).collect();
    let ratios = groups.in_baseline(|index| ranges[index] / constants[index].d2);
    let sigma = mean(&ratios);
    let centres = constants.iter().map(|c| c.d2 * sigma).collect();
    let errors = constants.iter().map(|c| c.d3 * sigma).collect();
    Ok(groups.chart(ranges, sigma, centres, errors))
}

/// X-bar and S charts: sigma by `estimator`, means `centre ± k sigma/√nᵢ`, standard deviations
/// `c4(nᵢ) sigma ± k sigma √(1 − c4(nᵢ)²)`, the lower limit of those not below 0.
///
/// With equal sizes, the mean of s/c4 and k = 3 these are `x̄ ± A3 s̄`, `B3 s̄` and `B4 s̄`.
/// `subgroups` are those of [`xbar_r_chart`], of any size from 2.
/// # Errors
/// As [`xbar_r_chart`].
/// # Source
/// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.1; the pooled estimator: Burr (1969).
pub fn xbar_s_chart(
    subgroups: &[Vec<f64>],
    estimator: DeviationEstimator,
    setup: &Setup,
) -> Result<SubgroupChart, Error> {
    let groups = Groups::new(subgroups, usize::MAX, setup)?;
    let c4 = groups.by_size(|size| Ok(c4(size)))?;
    let deviations: Vec<f64> = subgroups.iter().map(|group| deviation(group)).collect();
    let sigma = match estimator {
        DeviationEstimator::MeanOverC4 => {
            mean(&groups.in_baseline(|index| deviations[index] / c4[index]))
        }
        DeviationEstimator::PooledUnbiased => groups.pooled_unbiased(&deviations),
    };
    let centres = c4.iter().map(|c4| c4 * sigma).collect();
    let errors = c4.iter().map(|c4| sigma * (1.0 - c4 * c4).sqrt()).collect();
    Ok(groups.chart(deviations, sigma, centres, errors))
}

/// What R and S charts have in common.
struct Groups {
    sizes: Vec<usize>,
    means: Vec<f64>,
    mask: Vec<bool>,
    centre: f64,
    k_sigma: f64,
}

impl Groups {
    fn new(subgroups: &[Vec<f64>], largest: usize, setup: &Setup) -> Result<Self, Error> {
        if subgroups.is_empty() {
            return Err(Error::Empty { what: "subgroups" });
        }
        let sizes: Vec<usize> = subgroups.iter().map(Vec::len).collect();
        let is_wrong = |&size: &usize| size < 2 || size > largest;
        if let Some(index) = sizes.iter().position(is_wrong) {
            return Err(Error::Subgroup {
                index,
                size: sizes[index],
                expected: match sizes[index] {
                    0 | 1 => "2 or more",
                    _ => "at most 1000, or an S chart instead of an R chart",
                },
            });
        }
        for group in subgroups {
            expect_finite("subgroup", group)?;
        }
        expect_k_sigma(setup.k_sigma)?;
        let mask = setup.baseline.mask(subgroups.len())?;
        let means: Vec<f64> = subgroups.iter().map(|group| mean(group)).collect();
        let centre = match setup.standard_centre {
            Some(centre) => {
                let expected = "a finite number";
                expect_parameter(is_usable(centre), "standard_centre", centre, expected)?;
                centre
            }
            None => {
                let chosen = || (0..sizes.len()).filter(|&index| mask[index]);
                let total: f64 = chosen().map(|i| means[i] * sizes[i] as f64).sum();
                total / chosen().map(|i| sizes[i] as f64).sum::<f64>()
            }
        };
        Ok(Self {
            sizes,
            means,
            mask,
            centre,
            k_sigma: setup.k_sigma,
        })
    }

    /// A value for each subgroup that depends on its size only, computed once for each size.
    fn by_size<T: Copy>(&self, of: impl Fn(usize) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut known = std::collections::BTreeMap::new();
        for &size in &self.sizes {
            if let std::collections::btree_map::Entry::Vacant(place) = known.entry(size) {
                place.insert(of(size)?);
            }
        }
        Ok(self.sizes.iter().map(|size| known[size]).collect())
    }

    fn in_baseline(&self, value: impl Fn(usize) -> f64) -> Vec<f64> {
        let chosen = (0..self.sizes.len()).filter(|&index| self.mask[index]);
        chosen.map(value).collect()
    }

    fn pooled_unbiased(&self, deviations: &[f64]) -> f64 {
        let freedom = |index: usize| self.sizes[index] as f64 - 1.0;
        let squares = self.in_baseline(|index| freedom(index) * deviations[index].powi(2));
        let freedoms: f64 = self.in_baseline(freedom).iter().sum();
        (squares.iter().sum::<f64>() / freedoms).sqrt() / c4(1 + freedoms as usize)
    }

    /// `errors` are the standard deviations of the spreads.
    fn chart(
        self,
        spreads: Vec<f64>,
        sigma: f64,
        centres: Vec<f64>,
        errors: Vec<f64>,
    ) -> SubgroupChart {
        let mean_spread = mean(&self.in_baseline(|index| spreads[index]));
        let mean_errors = self.sizes.iter().map(|&n| sigma / (n as f64).sqrt());
        let mean_errors: Vec<f64> = mean_errors.collect();
        let mean_centres = vec![self.centre; self.sizes.len()];
        SubgroupChart {
            means: panel(
                self.means,
                mean_centres,
                &mean_errors,
                self.k_sigma,
                f64::NEG_INFINITY,
            ),
            spreads: panel(spreads, centres, &errors, self.k_sigma, 0.0),
            sizes: self.sizes,
            centre: self.centre,
            sigma,
            mean_spread,
        }
    }
}

fn panel(values: Vec<f64>, centres: Vec<f64>, errors: &[f64], k: f64, lowest: f64) -> Panel {
    let pairs = || centres.iter().zip(errors);
    let lower: Vec<f64> = pairs().map(|(c, e)| (c - k * e).max(lowest)).collect();
    let upper: Vec<f64> = pairs().map(|(c, e)| c + k * e).collect();
    Panel {
        beyond: beyond(&values, |index| (lower[index], upper[index])).collect(),
        values,
        centres,
        lower,
        upper,
    }
}

fn range(values: &[f64]) -> f64 {
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    highest - lowest
}

/// Sample standard deviation, divisor n − 1; exactly 0 for equal values.
fn deviation(values: &[f64]) -> f64 {
    let squares = crate::sample::centred_squares(values);
    (squares / (values.len() as f64 - 1.0)).sqrt()
}
