use std::ops::Range;

use super::{
    AttributeChart, Baseline, ChartKind, Dispersed, Finding, IndividualsChart, Setup, c_chart,
    individuals_chart, laney_u_chart, pick, u_chart, z,
};
use crate::{
    Error,
    rules::{self, Direction, Rule, RuleSet, Violation},
};

/// One inspection on a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Defects found.
    pub count: u64,
    /// Inspected area in cm2, not the wafer's; `None` where the file does not tell.
    pub area_cm2: Option<f64>,
}

/// What to chart, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The chart; `None` picks the one that fits the dispersion of the counts.
    pub kind: Option<ChartKind>,
    /// The run rules.
    pub rules: RuleSet,
    /// Width of the limits and the points they are computed from.
    pub setup: Setup,
}

/// The unit of values, centre and limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Counts.
    DefectsPerWafer,
    /// Counts over inspected area.
    DefectsPerCm2,
}

/// A control chart, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The chart that was picked or asked for.
    pub kind: ChartKind,
    /// Whether [`analyse`] picked it.
    pub is_picked: bool,
    /// Why this chart, in words.
    pub reason: String,
    /// What was measured to pick it, or speaks about it, as data.
    pub findings: Vec<Finding>,
    /// Unit of values, centre, limits and moving ranges.
    pub unit: Unit,
    /// Centre line.
    pub centre: f64,
    /// Multiple of sigma at which the limits lie.
    pub k_sigma: f64,
    /// Dispersion of the baseline; `None` where it cannot be measured (one point, no defects).
    pub dispersed: Option<Dispersed>,
    /// Factor by which a Laney chart widens its limits.
    pub sigma_z: Option<f64>,
    /// The points, in the order given.
    pub points: Vec<ChartPoint>,
    /// The second chart of individuals.
    pub moving_ranges: Option<MovingRanges>,
    /// The rules that were applied.
    pub rules: RuleSet,
    /// The patterns found, by index, then rule.
    pub violations: Vec<Violation>,
}

/// A point with its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChartPoint {
    /// Plotted value.
    pub value: f64,
    /// Lower limit; `None` for individuals with a baseline of one point, like the next three.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Sigma of this point.
    pub sigma: Option<f64>,
    /// (value − centre) / sigma; `None` also where sigma is 0.
    pub z: Option<f64>,
    /// Whether the limits are computed from this point, among others.
    pub is_in_baseline: bool,
    /// Whether it is strictly beyond its limits.
    pub is_beyond: bool,
}

/// The moving range chart of individuals, span 2. Its lower limit is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct MovingRanges {
    /// One for each point; `None` for the first.
    pub values: Vec<Option<f64>>,
    /// Mean moving range of the baseline.
    pub centre: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Indices of points whose moving range is beyond the limit, ascending.
    pub beyond: Vec<usize>,
}

/// Charts defect counts: picks a chart unless one is asked for, computes its limits from the
/// baseline, judges every point, and says why.
///
/// `points` are inspections, oldest first, at least 1. Where all have an inspected area, density is
/// charted (a c chart shows counts). Where none has one, counts are: each wafer is the unit of area.
/// Where some have one, the pick charts counts and says so; a u or Laney chart that was asked for
/// is refused.
///
/// The first rule of each set is judged by the limits themselves, so it follows `k_sigma` and also
/// speaks where sigma is 0: defects after a baseline of clean wafers.
/// # Errors
/// [`Error::Empty`], [`Error::Area`], [`Error::AreaMissing`], [`Error::NotFinite`],
/// [`Error::Baseline`], [`Error::Parameter`].
/// # Example
/// ```
/// use analytics::spc::{ChartKind, Options, Point, analyse};
///
/// let counts = [4, 30, 5, 9, 51, 19, 23, 1, 10, 19, 8, 2];
/// let points = counts.map(|count| Point { count, area_cm2: Some(650.0) });
/// let chart = analyse(&points, &Options::default())?;
/// assert_eq!(chart.kind, ChartKind::LaneyU);
/// assert_eq!(
///     chart.reason,
///     "Variance/mean is 14 (chi-square test p < 0.001), more than chance gives (defects cluster); \
///      c chart limits would flag 33 % of points, so the Laney u' chart is used."
/// );
/// assert!(chart.violations.is_empty());
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn analyse(points: &[Point], options: &Options) -> Result<Chart, Error> {
    let series = Series::new(points, options.kind)?;
    let choice = pick::choose(&series, options.kind, &options.setup)?;
    let shape = Shape {
        is_picked: options.kind.is_none(),
        rules: options.rules,
        k_sigma: options.setup.k_sigma,
        in_baseline: options.setup.baseline.mask(points.len())?,
        choice,
    };
    let (counts, areas, setup) = (&series.counts, &series.areas, &options.setup);
    Ok(match shape.choice.kind {
        ChartKind::C => shape.of_attribute(c_chart(counts, setup)?, Unit::DefectsPerWafer),
        ChartKind::U => shape.of_attribute(u_chart(counts, areas, setup)?, series.unit),
        ChartKind::LaneyU => shape.of_attribute(laney_u_chart(counts, areas, setup)?, series.unit),
        ChartKind::Individuals => {
            let values = series.densities();
            shape.of_individuals(individuals_chart(&values, setup)?, values, series.unit)
        }
    })
}

/// Counts and areas, both as long as the points.
pub(super) struct Series {
    pub counts: Vec<u64>,
    /// 1 where density is not charted.
    pub areas: Vec<f64>,
    pub unit: Unit,
    /// Points without an inspected area.
    pub areas_missing: usize,
    /// What a reader must know about the areas; empty or a sentence with a blank behind it.
    pub remark: String,
}

impl Series {
    pub fn new(points: &[Point], wanted: Option<ChartKind>) -> Result<Self, Error> {
        if points.is_empty() {
            return Err(Error::Empty { what: "points" });
        }
        let counts = points.iter().map(|point| point.count).collect();
        let known: Vec<f64> = points.iter().filter_map(|point| point.area_cm2).collect();
        let missing = points.len() - known.len();
        if missing == 0 {
            crate::error::expect_areas(&known, points.len())?;
            return Ok(Self {
                counts,
                areas: known,
                unit: Unit::DefectsPerCm2,
                areas_missing: 0,
                remark: String::new(),
            });
        }
        let asks_for_areas = matches!(wanted, Some(ChartKind::U | ChartKind::LaneyU));
        if let (true, false) = (asks_for_areas, known.is_empty()) {
            let index = points.iter().position(|point| point.area_cm2.is_none());
            return Err(Error::AreaMissing {
                index: index.unwrap_or_default(),
            });
        }
        let remark = match known.len() {
            0 => String::new(),
            _ => format!(
                "{missing} of {} points have no inspected area, so counts are charted. ",
                points.len()
            ),
        };
        Ok(Self {
            counts,
            areas: vec![1.0; points.len()],
            unit: Unit::DefectsPerWafer,
            areas_missing: missing,
            remark,
        })
    }

    /// Whether counts can be compared as they are.
    pub fn has_equal_areas(&self) -> bool {
        let first = self.areas[0];
        self.areas
            .iter()
            .all(|area| (area - first).abs() <= 1e-9 * first)
    }

    /// Counts over areas.
    pub fn densities(&self) -> Vec<f64> {
        self.densities_per(&self.areas)
    }

    /// Counts over given areas.
    pub fn densities_per(&self, areas: &[f64]) -> Vec<f64> {
        let pairs = self.counts.iter().zip(areas);
        pairs.map(|(&count, area)| count as f64 / area).collect()
    }

    /// The unit of a chart of these points: a c chart shows counts also where areas are known.
    pub fn unit_of(&self, kind: ChartKind) -> Unit {
        match kind {
            ChartKind::C => Unit::DefectsPerWafer,
            _ => self.unit,
        }
    }

    /// A stretch of the points.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self {
            counts: self.counts[range.clone()].to_vec(),
            areas: self.areas[range].to_vec(),
            unit: self.unit,
            areas_missing: self.areas_missing,
            remark: String::new(),
        }
    }
}

/// What a chart takes over unchanged.
struct Shape {
    is_picked: bool,
    rules: RuleSet,
    k_sigma: f64,
    in_baseline: Vec<bool>,
    choice: pick::Choice,
}

impl Shape {
    fn of_attribute(self, chart: AttributeChart, unit: Unit) -> Chart {
        let z = chart.z();
        let points = (0..chart.values.len()).map(|index| ChartPoint {
            value: chart.values[index],
            lower: Some(chart.lower[index]),
            upper: Some(chart.upper[index]),
            sigma: Some(chart.sigma[index]),
            z: z[index],
            is_in_baseline: self.in_baseline[index],
            is_beyond: chart.beyond.binary_search(&index).is_ok(),
        });
        let points = points.collect();
        self.chart(chart.centre, unit, points, chart.sigma_z, None)
    }

    fn of_individuals(self, chart: IndividualsChart, values: Vec<f64>, unit: Unit) -> Chart {
        let points = values.iter().enumerate().map(|(index, &value)| ChartPoint {
            value,
            lower: chart.lower,
            upper: chart.upper,
            sigma: chart.sigma,
            z: chart.sigma.and_then(|sigma| z(value, chart.centre, sigma)),
            is_in_baseline: self.in_baseline[index],
            is_beyond: chart.beyond.binary_search(&index).is_ok(),
        });
        let points = points.collect();
        let ranges = chart.moving_ranges.iter().copied().map(Some);
        let moving_ranges = MovingRanges {
            values: std::iter::once(None).chain(ranges).collect(),
            centre: chart.mean_moving_range,
            upper: chart.moving_range_upper,
            beyond: chart.moving_range_beyond,
        };
        self.chart(chart.centre, unit, points, None, Some(moving_ranges))
    }

    fn chart(
        self,
        centre: f64,
        unit: Unit,
        points: Vec<ChartPoint>,
        sigma_z: Option<f64>,
        moving_ranges: Option<MovingRanges>,
    ) -> Chart {
        Chart {
            kind: self.choice.kind,
            is_picked: self.is_picked,
            reason: self.choice.reason,
            findings: self.choice.findings,
            unit,
            centre,
            k_sigma: self.k_sigma,
            dispersed: self.choice.dispersed,
            sigma_z,
            violations: violations(self.rules.rules().iter(), &points),
            points,
            moving_ranges,
            rules: self.rules,
        }
    }
}

/// The patterns of some rules; those about a single point are judged by the limits themselves.
pub(super) fn violations(
    wanted: impl Iterator<Item = &'static Rule>,
    points: &[ChartPoint],
) -> Vec<Violation> {
    let z: Vec<Option<f64>> = points.iter().map(|point| point.z).collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let (limit_rules, run_rules): (Vec<&Rule>, Vec<&Rule>) =
        wanted.partition(|rule| rule.is_limit_rule());
    let beyond = limit_rules.iter().flat_map(|rule| {
        let indices = (0..points.len()).filter(|&index| points[index].is_beyond);
        indices.map(|index| Violation {
            rule: rule.id,
            index,
            points: vec![index],
            direction: Some(match points[index] {
                ChartPoint {
                    value,
                    upper: Some(upper),
                    ..
                } if value > upper => Direction::Above,
                _ => Direction::Below,
            }),
        })
    });
    let runs = run_rules
        .iter()
        .flat_map(|rule| rules::find(rule, &z, &values));
    let mut found: Vec<Violation> = beyond.chain(runs).collect();
    found.sort_by_key(|violation| (violation.index, violation.rule));
    found
}

impl Options {
    /// The chart picked, Western Electric rules, 3-sigma limits from a baseline.
    pub fn with_baseline(baseline: Baseline) -> Self {
        Self {
            setup: Setup {
                baseline,
                ..Setup::default()
            },
            ..Self::default()
        }
    }
}
