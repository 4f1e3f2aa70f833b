use std::ops::Range;

use super::{
    Baseline, ChartKind, ChartPoint, Finding, LimitSet, Point, Setup, Unit, Width,
    analyse::{Series, violations},
    individuals::beyond_one_pair,
    pick,
};
use crate::{
    Error,
    rules::{RuleId, RuleSet, Violation},
};

/// A control chart as engineers own it: what is charted how, with limits that may change at known
/// events.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The chart; `None` takes that of frozen limits, or picks the one that fits the dispersion of
    /// the last computed stage.
    pub kind: Option<ChartKind>,
    /// The rules that are switched on.
    pub rules: Vec<RuleId>,
    /// How far computed limits lie from the centre.
    pub width: Width,
    /// Points with a known cause: shown, but left out of limits, patterns and alarms.
    pub excluded: Vec<Exclusion>,
    /// The stages, in order, the first from point 0 on; none is one stage with limits from all
    /// points.
    pub stages: Vec<Stage>,
}

impl Default for Plan {
    /// The chart picked, Western Electric rules, 3 sigma from all points.
    fn default() -> Self {
        Self {
            kind: None,
            rules: RuleSet::WesternElectric.ids().collect(),
            width: Width::default(),
            excluded: Vec::new(),
            stages: Vec::new(),
        }
    }
}

/// A point that is left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Its index.
    pub index: usize,
    /// The known cause; not empty.
    pub reason: String,
}

/// A stretch of points with limits of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The event that begins it, such as "new focus ring".
    pub name: String,
    /// Its first point; it ends where the next stage begins.
    pub first: usize,
    /// Where its limits come from.
    pub limits: LimitSource,
}

/// Where the limits of a stage come from.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitSource {
    /// Computed from all points of the stage.
    Stage,
    /// Computed from a period: a range of indices of the series, in the stage or before it.
    Period(Range<usize>),
    /// Frozen earlier.
    Frozen(LimitSet),
}

/// A point's part in the limits that judge it; an excluded point has that of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// In the period that the limits were computed from: they describe it.
    One,
    /// Outside it: the limits monitor it.
    Two,
}

/// A chart in stages, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedChart {
    /// The chart that was picked or asked for.
    pub kind: ChartKind,
    /// Whether it was picked by dispersion.
    pub is_picked: bool,
    /// Why this chart, in words.
    pub reason: String,
    /// What was measured, as data.
    pub findings: Vec<Finding>,
    /// Unit of values, centres, limits and moving ranges.
    pub unit: Unit,
    /// The stages with their limits, ready to be frozen.
    pub stages: Vec<StageLimits>,
    /// The points, in the order given.
    pub points: Vec<StagedPoint>,
    /// The patterns found, by index, then rule. No pattern reaches from one stage into another, and
    /// excluded points are passed over.
    pub violations: Vec<Violation>,
}

/// A stage and its limits.
#[derive(Clone, Debug, PartialEq)]
pub struct StageLimits {
    /// Its name.
    pub name: String,
    /// Its points.
    pub points: Range<usize>,
    /// The period that the limits were computed from; `None` where they came frozen.
    pub period: Option<Range<usize>>,
    /// The limits.
    pub limits: LimitSet,
}

/// A point of a staged chart.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedPoint {
    /// Value and limits. `is_in_baseline`: the limits are computed from this point, among others.
    pub judged: ChartPoint,
    /// Index of its stage.
    pub stage: usize,
    /// Its part in the limits.
    pub phase: Phase,
    /// Why it is excluded, if it is.
    pub excluded: Option<String>,
    /// Distance from the point before in the same stage, excluded ones passed over; individuals only.
    pub moving_range: Option<f64>,
    /// Whether that is beyond [`LimitSet::moving_range_upper`].
    pub is_range_beyond: bool,
}

/// Charts defect counts by a plan: limits for each stage, computed or frozen, every point judged by
/// those of its stage.
///
/// `points` are inspections, oldest first, at least 1; areas as for [`super::analyse`].
/// # Errors
/// [`Error::Empty`], [`Error::Area`], [`Error::AreaMissing`], [`Error::NotFinite`] for the points;
/// [`Error::Entry`] for a stage or an exclusion that does not fit them, [`Error::Baseline`] for a
/// period without a point, [`Error::Parameter`] for the width.
/// # Example
/// ```
/// use analytics::spc::{Exclusion, LimitSource, Phase, Plan, Point, Stage, staged_chart};
///
/// let counts = [9, 12, 7, 10, 40, 8, 11, 9, 24, 22, 27, 25, 21, 26];
/// let points = counts.map(|count| Point { count, area_cm2: None });
/// let plan = Plan {
///     excluded: vec![Exclusion { index: 4, reason: "pump failed".to_owned() }],
///     stages: vec![
///         Stage { name: "start".to_owned(), first: 0, limits: LimitSource::Stage },
///         Stage { name: "new resist".to_owned(), first: 8, limits: LimitSource::Period(8..12) },
///     ],
///     ..Plan::default()
/// };
/// let chart = staged_chart(&points, &plan)?;
/// assert_eq!(chart.stages[0].limits.centre, 66.0 / 7.0);
/// assert_eq!(chart.stages[1].limits.centre, 24.5);
/// assert_eq!(chart.points[12].phase, Phase::Two);
/// assert!(chart.violations.is_empty());
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn staged_chart(points: &[Point], plan: &Plan) -> Result<StagedChart, Error> {
    let frozen = frozen_kinds(plan)?;
    let wanted = plan.kind.or(frozen);
    let series = Series::new(points, wanted)?;
    let excluded = reasons(plan, points.len())?;
    let whole = [Stage {
        name: String::new(),
        first: 0,
        limits: LimitSource::Stage,
    }];
    let stages = if plan.stages.is_empty() {
        &whole
    } else {
        &plan.stages[..]
    };
    let ranges = ranges(stages, points.len())?;
    let mut baselines = Vec::with_capacity(stages.len());
    for (stage, range) in stages.iter().zip(&ranges) {
        baselines.push(baseline(period(&stage.limits, range), &excluded)?);
    }
    let choice = choose(&series, wanted, &baselines, &excluded)?;
    let mut chart = StagedChart {
        kind: choice.kind,
        is_picked: wanted.is_none(),
        reason: choice.reason,
        findings: choice.findings,
        unit: series.unit_of(choice.kind),
        stages: Vec::with_capacity(stages.len()),
        points: Vec::with_capacity(points.len()),
        violations: Vec::new(),
    };
    for (index, (stage, range)) in stages.iter().zip(ranges).enumerate() {
        let limits = match (&stage.limits, &baselines[index]) {
            (LimitSource::Frozen(limits), _) => frozen_for(&chart, limits, index)?,
            (_, mask) => LimitSet::computed(chart.kind, plan.width, &series, mask)?,
        };
        let found = StageLimits {
            name: stage.name.clone(),
            period: period(&stage.limits, &range),
            points: range,
            limits,
        };
        chart.add(found, &series, &excluded, &plan.rules)?;
    }
    chart
        .violations
        .sort_by_key(|found| (found.index, found.rule));
    Ok(chart)
}

impl StagedChart {
    fn add(
        &mut self,
        stage: StageLimits,
        series: &Series,
        excluded: &[Option<&str>],
        rules: &[RuleId],
    ) -> Result<(), Error> {
        let range = stage.points.clone();
        let judged = stage.limits.judge(&series.part(range.clone()))?;
        let range_upper = stage.limits.moving_range_upper();
        let mut before: Option<f64> = None;
        let mut in_rules = (Vec::new(), Vec::new());
        for (index, mut judged) in range.zip(judged) {
            let in_period = stage
                .period
                .as_ref()
                .is_some_and(|period| period.contains(&index));
            judged.is_in_baseline = in_period && excluded[index].is_none();
            let is_individual = self.kind == ChartKind::Individuals;
            let moving_range = before
                .filter(|_| is_individual)
                .map(|before| (judged.value - before).abs());
            if excluded[index].is_none() {
                before = Some(judged.value);
                in_rules.0.push(index);
                in_rules.1.push(judged);
            }
            self.points.push(StagedPoint {
                phase: if in_period { Phase::One } else { Phase::Two },
                judged,
                stage: self.stages.len(),
                excluded: excluded[index].map(str::to_owned),
                moving_range,
                is_range_beyond: moving_range
                    .zip(range_upper)
                    .is_some_and(|(range, upper)| beyond_one_pair(range, (0.0, upper))),
            });
        }
        let (indices, points) = in_rules;
        let rules = rules.iter().map(|rule| rule.rule());
        let found = violations(rules, &points).into_iter();
        self.violations.extend(found.map(|found| Violation {
            index: indices[found.index],
            points: found.points.iter().map(|&point| indices[point]).collect(),
            ..found
        }));
        self.stages.push(stage);
        Ok(())
    }
}

fn entry(what: &'static str, index: usize, rule: &'static str) -> Error {
    Error::Entry { what, index, rule }
}

/// The chart of the frozen limits, which must be one.
fn frozen_kinds(plan: &Plan) -> Result<Option<ChartKind>, Error> {
    let mut kind = plan.kind;
    for (index, stage) in plan.stages.iter().enumerate() {
        if let LimitSource::Frozen(limits) = &stage.limits
            && *kind.get_or_insert(limits.kind) != limits.kind
        {
            let rule = "its frozen limits are those of another chart";
            return Err(entry("stage", index, rule));
        }
    }
    Ok(kind)
}

fn frozen_for(chart: &StagedChart, limits: &LimitSet, index: usize) -> Result<LimitSet, Error> {
    if limits.unit == chart.unit {
        return Ok(*limits);
    }
    Err(entry(
        "stage",
        index,
        "its frozen limits are in another unit than the points",
    ))
}

/// Why each point is excluded, if it is.
fn reasons(plan: &Plan, points: usize) -> Result<Vec<Option<&str>>, Error> {
    let mut reasons = vec![None; points];
    for (index, exclusion) in plan.excluded.iter().enumerate() {
        let place = reasons.get_mut(exclusion.index);
        let place = place.ok_or_else(|| entry("exclusion", index, "there is no such point"))?;
        if exclusion.reason.trim().is_empty() {
            return Err(entry("exclusion", index, "a reason is needed"));
        }
        *place = Some(exclusion.reason.as_str());
    }
    Ok(reasons)
}

fn ranges(stages: &[Stage], points: usize) -> Result<Vec<Range<usize>>, Error> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(stages.len());
    for (index, stage) in stages.iter().enumerate() {
        match ranges.last_mut() {
            None if stage.first != 0 => {
                return Err(entry("stage", index, "the first one begins at point 0"));
            }
            Some(before) if stage.first <= before.start => {
                return Err(entry("stage", index, "it begins after the one before"));
            }
            Some(before) => before.end = stage.first,
            None => {}
        }
        if stage.first >= points {
            return Err(entry("stage", index, "there is no such point"));
        }
        ranges.push(stage.first..points);
    }
    Ok(ranges)
}

/// The period that the limits of a stage describe; none for frozen ones.
fn period(source: &LimitSource, stage: &Range<usize>) -> Option<Range<usize>> {
    match source {
        LimitSource::Frozen(_) => None,
        LimitSource::Stage => Some(stage.clone()),
        LimitSource::Period(period) => Some(period.clone()),
    }
}

/// The points of a period, excluded ones left out.
fn baseline(period: Option<Range<usize>>, excluded: &[Option<&str>]) -> Result<Vec<bool>, Error> {
    let points = excluded.len();
    let Some(period) = period else {
        return Ok(vec![false; points]);
    };
    let mut mask = Baseline::Range(period.clone()).mask(points)?;
    let kept = excluded.iter().map(Option::is_none);
    mask.iter_mut()
        .zip(kept)
        .for_each(|(marked, kept)| *marked &= kept);
    if mask.contains(&true) {
        return Ok(mask);
    }
    let baseline = format!("{}..{} without excluded points", period.start, period.end);
    Err(Error::Baseline { baseline, points })
}

/// By the last stage with computed limits; by all points that count where there is none.
fn choose(
    series: &Series,
    wanted: Option<ChartKind>,
    baselines: &[Vec<bool>],
    excluded: &[Option<&str>],
) -> Result<pick::Choice, Error> {
    let computed = baselines.iter().rev().find(|mask| mask.contains(&true));
    let kept = || excluded.iter().map(Option::is_none).collect();
    let setup = Setup {
        baseline: Baseline::Mask(computed.cloned().unwrap_or_else(kept)),
        ..Setup::default()
    };
    let mut choice = pick::choose(series, wanted, &setup)?;
    if computed.is_none() {
        choice.reason = format!("Limits are frozen, those of the {}.", choice.kind);
    }
    Ok(choice)
}
