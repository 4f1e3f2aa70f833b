use super::{
    AttributeChart, Baseline, ChartKind, ChartPoint, CountModel, D2_SPAN_2, ProbabilityChart,
    Setup, Unit,
    analyse::Series,
    c_chart,
    constants::d3_span_2,
    counts::u_chart_widened,
    individuals::{beyond_one_pair, individuals_chart},
    laney_u_chart, probability_chart, u_chart, z,
};
use crate::{Error, dispersion::negative_binomial_of_densities, error::expect_positive};

/// How far limits lie from the centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// A multiple of sigma, above 0; usually 3.
    Sigma(f64),
    /// Exact quantiles of the counts with this probability beyond each limit: of the Poisson
    /// distribution on c and u charts, of the negative binomial one (alpha by maximum likelihood)
    /// where a Laney chart would be used. Individuals have none.
    Probability(f64),
}

impl Default for Width {
    /// Three sigma.
    fn default() -> Self {
        Self::Sigma(3.0)
    }
}

/// Limits apart from the points they were computed from: what is frozen, kept with a version, and
/// judges later points (phase II).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitSet {
    /// The chart they belong to.
    pub kind: ChartKind,
    /// Unit of the centre, and of the values they judge.
    pub unit: Unit,
    /// How far limits lie from the centre.
    pub width: Width,
    /// Centre line.
    pub centre: f64,
    /// Standard deviation of individuals, mean moving range over d2(2); `None` for other charts and
    /// for a single point.
    pub sigma: Option<f64>,
    /// Factor by which a Laney chart widens sigma; `None` for other charts, and where it has no
    /// value (then it counts as 1).
    pub sigma_z: Option<f64>,
    /// Clustering parameter of probability limits for clustered counts; `None` for other limits,
    /// and where counts vary no more than by chance.
    pub alpha: Option<f64>,
    /// Points they were computed from.
    pub points: usize,
}

impl LimitSet {
    /// From the marked points of a series.
    pub(super) fn computed(
        kind: ChartKind,
        width: Width,
        series: &Series,
        mask: &[bool],
    ) -> Result<Self, Error> {
        expect_fits(kind, width)?;
        let setup = Setup {
            baseline: Baseline::Mask(mask.to_vec()),
            k_sigma: match width {
                Width::Sigma(k) => k,
                Width::Probability(_) => 3.0,
            },
            standard_centre: None,
        };
        let (counts, areas) = (&series.counts, &series.areas);
        let mut limits = Self {
            kind,
            unit: series.unit_of(kind),
            width,
            centre: 0.0,
            sigma: None,
            sigma_z: None,
            alpha: None,
            points: mask.iter().filter(|&&marked| marked).count(),
        };
        match kind {
            ChartKind::C => limits.centre = c_chart(counts, &setup)?.centre,
            ChartKind::U => limits.centre = u_chart(counts, areas, &setup)?.centre,
            ChartKind::LaneyU => {
                let chart = laney_u_chart(counts, areas, &setup)?;
                (limits.centre, limits.sigma_z) = (chart.centre, chart.sigma_z);
            }
            ChartKind::Individuals => {
                let chart = individuals_chart(&series.densities(), &setup)?;
                (limits.centre, limits.sigma) = (chart.centre, chart.sigma);
            }
        }
        if let (ChartKind::LaneyU, Width::Probability(_)) = (kind, width) {
            let marked = |index: &usize| mask[*index];
            let chosen: Vec<usize> = (0..mask.len()).filter(marked).collect();
            let counts: Vec<u64> = chosen.iter().map(|&index| counts[index]).collect();
            let areas: Vec<f64> = chosen.iter().map(|&index| areas[index]).collect();
            let fitted = negative_binomial_of_densities(&counts, &areas)?;
            limits.alpha = fitted.map(|fitted| fitted.alpha.clamp(1e-9, 1e15));
        }
        Ok(limits)
    }

    /// Judges points by these limits.
    pub(super) fn judge(&self, series: &Series) -> Result<Vec<ChartPoint>, Error> {
        expect_fits(self.kind, self.width)?;
        let (counts, mut areas) = (&series.counts, series.areas.clone());
        if self.unit == Unit::DefectsPerWafer {
            areas = vec![1.0; counts.len()];
        }
        let k_sigma =
            match self.width {
                Width::Probability(tail) => {
                    let model = self.alpha.map_or(CountModel::Poisson, |alpha| {
                        CountModel::NegativeBinomial { alpha }
                    });
                    let setup = self.setup(3.0);
                    let chart = probability_chart(counts, &areas, model, tail, &setup)?;
                    return Ok(of_probability(&chart));
                }
                Width::Sigma(k_sigma) => k_sigma,
            };
        if self.kind == ChartKind::Individuals {
            return self.individuals(&series.densities_per(&areas), k_sigma);
        }
        let widened = self.sigma_z.unwrap_or(1.0);
        let chart = u_chart_widened(counts, &areas, &self.setup(k_sigma), widened)?;
        Ok(of_attribute(&chart))
    }

    fn setup(&self, k_sigma: f64) -> Setup {
        Setup {
            k_sigma,
            standard_centre: Some(self.centre),
            ..Setup::default()
        }
    }

    fn individuals(&self, values: &[f64], k_sigma: f64) -> Result<Vec<ChartPoint>, Error> {
        expect_positive("k_sigma", k_sigma)?;
        let reach = self.sigma.map(|sigma| k_sigma * sigma);
        let (lower, upper) = (
            reach.map(|r| self.centre - r),
            reach.map(|r| self.centre + r),
        );
        let judged = values.iter().map(|&value| ChartPoint {
            value,
            lower,
            upper,
            sigma: self.sigma,
            z: self.sigma.and_then(|sigma| z(value, self.centre, sigma)),
            is_in_baseline: false,
            is_beyond: lower
                .zip(upper)
                .is_some_and(|limits| beyond_one_pair(value, limits)),
        });
        Ok(judged.collect())
    }

    /// Upper limit of the moving ranges of individuals, `(1 + k d3(2)/d2(2)) d2(2) sigma`; the lower
    /// one is 0. `None` for other charts.
    pub fn moving_range_upper(&self) -> Option<f64> {
        match self.width {
            Width::Sigma(k) => self
                .sigma
                .map(|sigma| (D2_SPAN_2 + k * d3_span_2()) * sigma),
            Width::Probability(_) => None,
        }
    }
}

fn expect_fits(kind: ChartKind, width: Width) -> Result<(), Error> {
    match (kind, width) {
        (ChartKind::Individuals, Width::Probability(tail)) => Err(Error::Parameter {
            name: "width by probability",
            value: tail,
            expected: "a multiple of sigma: individuals have no exact limits",
        }),
        _ => Ok(()),
    }
}

fn of_attribute(chart: &AttributeChart) -> Vec<ChartPoint> {
    let z = chart.z();
    let points = (0..chart.values.len()).map(|index| ChartPoint {
        value: chart.values[index],
        lower: Some(chart.lower[index]),
        upper: Some(chart.upper[index]),
        sigma: Some(chart.sigma[index]),
        z: z[index],
        is_in_baseline: false,
        is_beyond: chart.beyond.binary_search(&index).is_ok(),
    });
    points.collect()
}

/// Sigma has no part in probability limits: it is `None`.
fn of_probability(chart: &ProbabilityChart) -> Vec<ChartPoint> {
    let points = (0..chart.values.len()).map(|index| ChartPoint {
        value: chart.values[index],
        lower: Some(chart.lower[index]),
        upper: Some(chart.upper[index]),
        sigma: None,
        z: chart.z[index],
        is_in_baseline: false,
        is_beyond: chart.beyond.binary_search(&index).is_ok(),
    });
    points.collect()
}
