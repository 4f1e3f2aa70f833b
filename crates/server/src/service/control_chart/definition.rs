//! A control chart's definition and a version of its limits, as the statistics take them.

use std::ops::Range;

use ::analytics::spc::{Exclusion, LimitSource, Stage, StagedChart};
use contract::analytics::{Bucket, TrendPoint};
use contract::control_chart::{ChartScope, ExcludedPoint, LimitStage};
use entity::control_chart::Model;

use crate::error::{ApiError, ApiResult, invalid};
use crate::service::analytics::POINTS_MOST;
use crate::service::analytics::chart::{self, Charted, Question, Wording};
use crate::service::analytics::spc::period;
use crate::view;

/// What is charted, and of which inspections.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What is charted how.
    pub question: Question,
    /// The inspections.
    pub filter: store::Filter,
}

impl Definition {
    /// The definition of a chart that is kept.
    ///
    /// # Errors
    /// When what the database holds is none of ours.
    pub fn of(chart: &Model) -> ApiResult<Self> {
        let question = Question::new(&Wording {
            metric: Some(view::control_chart::metric(chart.metric)),
            bucket: Some(view::control_chart::bucket(chart.bucket)),
            chart: Some(view::control_chart::kind(chart.chart)),
            rule: &chart.rules,
            width: Some(view::control_chart::width(chart.width)),
            width_value: Some(chart.width_value),
            ..Wording::default()
        })?;
        Ok(Self {
            question,
            filter: filter(view::control_chart::scope(chart)?)?,
        })
    }

    /// The newest points.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self, db: &store::Db) -> ApiResult<Charted> {
        chart::read(db, &self.filter, &self.question, POINTS_MOST).await
    }
}

/// The inspections of a scope: all history.
///
/// # Errors
/// When an attribute is not `name=value`.
pub fn filter(scope: ChartScope) -> ApiResult<store::Filter> {
    Ok(store::Filter {
        steps: scope.step,
        products: scope.product,
        equipment: scope.equipment,
        defect_types: scope.defect_type,
        killers: scope.killers,
        adders: scope.adders,
        attributes: view::filter::attributes(&scope.attribute)?,
        ..store::Filter::default()
    })
}

/// A version of the limits on the points there are.
#[derive(Clone, Debug, Default)]
pub struct Fitted {
    /// The stages that have points.
    pub stages: Vec<Stage>,
    /// The number of each in its version.
    pub numbers: Vec<usize>,
    /// The excluded points that are there.
    pub excluded: Vec<Exclusion>,
}

/// Lays stages and exclusions over the points. Stages without a point judge none and are passed over, so are exclusions
/// of points that are gone.
///
/// # Errors
/// When a stage has points but its limits none to be computed from.
pub fn fit(
    stages: &[LimitStage],
    excluded: &[ExcludedPoint],
    points: &[TrendPoint],
    bucket: Bucket,
) -> ApiResult<Fitted> {
    let mut fitted = Fitted {
        excluded: exclusions(excluded, points),
        ..Fitted::default()
    };
    let mut counts = vec![true; points.len()];
    for exclusion in &fitted.excluded {
        counts[exclusion.index] = false;
    }
    for (number, stage) in stages.iter().enumerate() {
        let own = points_of(number, stages, points);
        if own.is_empty() {
            continue;
        }
        let limits = match &stage.limits {
            Some(limits) if stage.frozen => {
                let kept = view::spc::limit_set(limits, bucket);
                LimitSource::Frozen(kept.ok_or_else(|| {
                    let field = format!("stages[{number}].limits.chart");
                    invalid(field, "auto", "is no chart that limits can belong to")
                })?)
            }
            _ => {
                let baseline = baseline_of(number, stages, points);
                if !counts[baseline.clone()].contains(&true) {
                    return Err(no_baseline(number, stage));
                }
                match stage.baseline_from.or(stage.baseline_to) {
                    None => LimitSource::Stage,
                    Some(_) => LimitSource::Period(baseline),
                }
            }
        };
        fitted.numbers.push(number);
        fitted.stages.push(Stage {
            name: stage.name.clone(),
            first: own.start,
            limits,
        });
    }
    Ok(fitted)
}

/// The points of a stage: it ends where the next one begins.
pub fn points_of(number: usize, stages: &[LimitStage], points: &[TrendPoint]) -> Range<usize> {
    let from = stages[number].from.filter(|_| number > 0);
    let to = stages.get(number + 1).and_then(|next| next.from);
    let range = period(from, to, points);
    range.start.min(range.end)..range.end
}

/// The points that the limits of a stage are computed from.
fn baseline_of(number: usize, stages: &[LimitStage], points: &[TrendPoint]) -> Range<usize> {
    let stage = &stages[number];
    let own = points_of(number, stages, points);
    let asked = period(stage.baseline_from, stage.baseline_to, points);
    let start = stage.baseline_from.map_or(own.start, |_| asked.start);
    let end = stage.baseline_to.map_or(own.end, |_| asked.end);
    start.min(end)..end
}

/// The refusal of a stage without a point to compute its limits from.
pub fn no_baseline(number: usize, stage: &LimitStage) -> ApiError {
    let (field, value) = match (stage.baseline_from, stage.baseline_to) {
        (Some(from), _) => ("baseline_from", Some(from)),
        (None, Some(to)) => ("baseline_to", Some(to)),
        (None, None) => ("from", stage.from),
    };
    let value = value.map(|moment| moment.to_rfc3339());
    let rule = "leaves no point that is not excluded to compute limits from";
    invalid(format!("stages[{number}].{field}"), value, rule)
}

fn exclusions(excluded: &[ExcludedPoint], points: &[TrendPoint]) -> Vec<Exclusion> {
    let of_one = |one: &ExcludedPoint| {
        let found = matching(one, points).into_iter();
        found
            .map(|index| Exclusion {
                index,
                reason: one.reason.clone(),
            })
            .collect::<Vec<_>>()
    };
    excluded.iter().flat_map(of_one).collect()
}

/// The points that an exclusion means: that of its inspection, or those of its moment.
pub fn matching(excluded: &ExcludedPoint, points: &[TrendPoint]) -> Vec<usize> {
    let is_meant = |point: &TrendPoint| match excluded.inspection_id {
        Some(inspection) => point.inspection_id == Some(inspection),
        None => point.at == excluded.at,
    };
    let all = points.iter().enumerate();
    all.filter(|(_, point)| is_meant(point))
        .map(|(index, _)| index)
        .collect()
}

/// Judges the points; what the statistics refuse is told, it lies in the limits.
///
/// # Errors
/// When the limits do not fit the points.
pub fn judge(question: &Question, charted: &Charted, fitted: Fitted) -> ApiResult<StagedChart> {
    chart::judge(question, charted, fitted.stages, fitted.excluded).map_err(misfit)
}

/// What the statistics refuse is no fault of ours, where limits that were kept meet points that have changed since.
pub fn misfit(error: ApiError) -> ApiError {
    match error {
        ApiError::Internal(inner) if inner.is::<::analytics::Error>() => {
            let rule = format!("do not fit the points ({inner}): make a new version of them");
            invalid("limits", serde_json::Value::Null, rule)
        }
        other => other,
    }
}
