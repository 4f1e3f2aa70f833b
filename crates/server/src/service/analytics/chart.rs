//! Control charts of a series under a filter, wherever their limits come from: the analysis asked for ad hoc, charts
//! that engineers own, backtests.

use std::collections::BTreeSet;

use analytics::rules::{RuleId, RuleSet as Rules};
use analytics::spc::{
    ChartKind as Drawn, Exclusion, Plan, Point, Stage, StagedChart, THREE_SIGMA_TAIL, Width,
    recommended_chart, staged_chart,
};
use contract::analytics::{
    Bucket, ChartKind, LimitWidth, MemoryKind, Metric, RuleSet, Spc, TrendPoint,
};

use super::trend;
use crate::error::{ApiResult, invalid};
use crate::view;

/// What is charted how, apart from where its limits come from.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is charted.
    pub metric: Metric,
    /// How points are formed.
    pub bucket: Bucket,
    /// The chart.
    pub chart: ChartKind,
    /// The rules that are switched on.
    pub rules: Vec<RuleId>,
    /// How far limits lie from the centre; `None` takes what fits the counts: exact quantiles on a recommended chart of
    /// small or lopsided counts, 3 sigma otherwise.
    pub width: Option<Width>,
    /// A chart with a memory beside it.
    pub memory: Option<MemoryKind>,
}

/// How a caller may word a question.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "they are the fields of `SpcQuery`")]
pub struct Wording<'a> {
    pub metric: Option<Metric>,
    pub bucket: Option<Bucket>,
    pub chart: Option<ChartKind>,
    pub rules: Option<RuleSet>,
    pub rule: &'a [String],
    pub width: Option<LimitWidth>,
    pub width_value: Option<f64>,
    pub memory: Option<MemoryKind>,
}

impl Question {
    /// The question that a caller put into words; what is not said has its default.
    ///
    /// # Errors
    /// Names the field, its value and the rule.
    pub fn new(wording: &Wording<'_>) -> ApiResult<Self> {
        let chart = wording.chart.unwrap_or(ChartKind::Auto);
        let metric = match chart {
            ChartKind::U | ChartKind::LaneyU => Metric::Density,
            _ => wording.metric.unwrap_or(Metric::Count),
        };
        Ok(Self {
            metric,
            bucket: wording.bucket.unwrap_or(Bucket::Inspection),
            chart,
            rules: rules(wording)?,
            width: match (wording.width, wording.width_value) {
                (None, None) => None,
                (asked, value) => Some(width(chart, asked, value)?),
            },
            memory: wording.memory,
        })
    }
}

fn rules(wording: &Wording<'_>) -> ApiResult<Vec<RuleId>> {
    if wording.rule.is_empty() {
        let set = match wording.rules.unwrap_or(RuleSet::WesternElectric) {
            RuleSet::WesternElectric => Rules::WesternElectric,
            RuleSet::Nelson => Rules::Nelson,
        };
        return Ok(set.ids().collect());
    }
    wording.rule.iter().map(|id| rule("rule", id)).collect()
}

/// The rule of an id in field `field`.
///
/// # Errors
/// Names the field and the ids there are.
pub fn rule(field: &str, id: &str) -> ApiResult<RuleId> {
    let sets = [Rules::WesternElectric, Rules::Nelson];
    let mut known = sets.iter().flat_map(|set| set.ids());
    known
        .find(|known| known.as_str() == id)
        .ok_or_else(|| invalid(field, id, "is none of we1 to we4, n1 to n8"))
}

/// How far limits lie from the centre.
///
/// # Errors
/// When the value is out of its range, or the chart has no such limits.
pub fn width(chart: ChartKind, width: Option<LimitWidth>, value: Option<f64>) -> ApiResult<Width> {
    match width.unwrap_or(LimitWidth::Sigma) {
        LimitWidth::Sigma => {
            crate::validate::within("width_value", value, 1.0..=6.0)?;
            Ok(Width::Sigma(value.unwrap_or(3.0)))
        }
        LimitWidth::Probability if chart == ChartKind::Imr => {
            let rule = "individuals have no exact limits: choose sigma, or another chart";
            Err(invalid("width", "probability", rule))
        }
        LimitWidth::Probability => {
            crate::validate::within("width_value", value, 1e-6..=0.05)?;
            Ok(Width::Probability(value.unwrap_or(THREE_SIGMA_TAIL)))
        }
    }
}

/// The points of a chart.
#[derive(Clone, Debug)]
pub struct Charted {
    /// The points, oldest first.
    pub points: Vec<TrendPoint>,
    /// The same as statistics take them.
    pub values: Vec<Point>,
    /// What is charted: counts where a density was asked for and no point has an area.
    pub metric: Metric,
    /// Points left out for want of an area.
    pub without_area: i64,
    /// Older points left out, there being more than `most`.
    pub left_out: i64,
}

/// The points under a filter, the newest `most`.
///
/// Densities leave out points without an inspected area, unless no point has one: then each inspection is the unit of
/// area. Counts of several inspections in a point are charted as counts per inspection.
///
/// # Errors
/// When the database fails.
pub async fn read(
    db: &store::Db,
    filter: &store::Filter,
    question: &Question,
    most: u32,
) -> ApiResult<Charted> {
    let series = trend::series(db, filter, question.bucket, most).await?;
    let has_area = |point: &store::analytics::Point| point.area_cm2.is_some();
    let metric = match question.metric {
        Metric::Density if series.points.iter().any(has_area) => Metric::Density,
        _ => Metric::Count,
    };
    let mut rows = series.points;
    let before = rows.len();
    if metric == Metric::Density {
        rows.retain(has_area);
    }
    let is_single = question.bucket == Bucket::Inspection;
    let values = rows.iter().map(|row| {
        let (count, area_cm2) = match metric {
            // Of the defects only those on the known area.
            Metric::Density => (row.defects_in_area, row.area_cm2),
            Metric::Count if is_single => (row.defects, None),
            Metric::Count => (row.defects, Some(row.inspections as f64)),
        };
        Point {
            count: u64::try_from(count).unwrap_or_default(),
            area_cm2,
        }
    });
    Ok(Charted {
        values: values.collect(),
        metric,
        without_area: i64::try_from(before - rows.len()).unwrap_or(i64::MAX),
        left_out: series.left_out,
        points: rows
            .into_iter()
            .map(|row| view::analytics::point(row, question.bucket, metric))
            .collect(),
    })
}

/// Judges points by stages; none is one stage with limits from all points.
///
/// # Errors
/// When stages or exclusions do not fit the points.
pub fn judge(
    question: &Question,
    charted: &Charted,
    stages: Vec<Stage>,
    excluded: Vec<Exclusion>,
) -> ApiResult<StagedChart> {
    let plan = Plan {
        kind: kind(question.chart),
        rules: question.rules.clone(),
        width: question.width.unwrap_or_default(),
        excluded,
        stages,
    };
    let chart = match question.width {
        Some(_) => staged_chart(&charted.values, &plan),
        None => recommended_chart(&charted.values, &plan),
    };
    Ok(chart.map_err(anyhow::Error::from)?)
}

/// [`judge`], as an answer; a chart without a point is an empty one.
///
/// # Errors
/// As [`judge`].
pub fn draw(
    question: &Question,
    charted: Charted,
    stages: Vec<Stage>,
    excluded: Vec<Exclusion>,
) -> ApiResult<Spc> {
    if charted.points.is_empty() {
        return Ok(view::spc::empty(question, &charted));
    }
    let chart = judge(question, &charted, stages, excluded)?;
    let mixed = steps_mixed(&charted.points);
    let mut spc = view::spc::spc(question, &chart, charted)?;
    if let Some(warning) = mixed {
        spc.reason = format!("{} {warning}", spc.reason);
    }
    Ok(spc)
}

/// Limits over several steps describe none of them: say so where a chart mixes them.
fn steps_mixed(points: &[TrendPoint]) -> Option<String> {
    let steps: BTreeSet<&str> = points
        .iter()
        .filter_map(|point| point.step_id.as_deref())
        .collect();
    let count = steps.len();
    (count > 1).then(|| {
        format!("{count} steps are mixed here: choose one for limits that mean something.")
    })
}

fn kind(asked: ChartKind) -> Option<Drawn> {
    match asked {
        ChartKind::Auto => None,
        ChartKind::Imr => Some(Drawn::Individuals),
        ChartKind::C => Some(Drawn::C),
        ChartKind::U => Some(Drawn::U),
        ChartKind::LaneyU => Some(Drawn::LaneyU),
    }
}
