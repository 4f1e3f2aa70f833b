//! Versions of a control chart's limits: what may stand in them, and what is computed when they are frozen.

use chrono::{DateTime, Utc};
use contract::analytics::{ChartKind, Limits, Metric};
use contract::control_chart::{ExcludedPoint, LimitStage, LimitVersion, LimitVersionCreate};

use super::definition::{Definition, fit, judge, matching, no_baseline, points_of};
use crate::error::{ApiResult, invalid};
use crate::service::analytics::chart::Charted;
use crate::{validate, view};

/// Stages of a version at most.
const STAGES_MOST: usize = 50;
/// Excluded points of a version at most.
const EXCLUDED_MOST: usize = 1000;

/// Stages and exclusions, ready to be kept.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Stages, the frozen ones with their limits.
    pub stages: Vec<LimitStage>,
    /// Excluded points, each with who and when.
    pub excluded: Vec<ExcludedPoint>,
}

/// Who makes a version, out of what.
#[derive(Clone, Debug)]
pub struct Making<'a> {
    /// Name of the account.
    pub username: &'a str,
    /// Now.
    pub at: DateTime<Utc>,
    /// The version in force, if there is one.
    pub in_force: Option<&'a LimitVersion>,
    /// Limits of all frozen stages of all versions.
    pub known: &'a [Limits],
}

/// The rules that need no point.
///
/// # Errors
/// Names field, value and rule.
pub fn check(new: &LimitVersionCreate) -> ApiResult<()> {
    validate::text("reason", &new.reason, 1..=500)?;
    if !(1..=STAGES_MOST).contains(&new.stages.len()) {
        let rule = format!("has to have 1 to {STAGES_MOST} stages");
        return Err(invalid("stages", new.stages.len(), rule));
    }
    if new.excluded.len() > EXCLUDED_MOST {
        let rule = format!("may name {EXCLUDED_MOST} points at most");
        return Err(invalid("excluded", new.excluded.len(), rule));
    }
    let mut before: Option<DateTime<Utc>> = None;
    for (number, stage) in new.stages.iter().enumerate() {
        check_stage(number, stage, before)?;
        before = stage.from;
    }
    for (number, point) in new.excluded.iter().enumerate() {
        let field = format!("excluded[{number}].reason");
        validate::text(&field, &point.reason, 1..=500)?;
    }
    Ok(())
}

fn check_stage(number: usize, stage: &LimitStage, before: Option<DateTime<Utc>>) -> ApiResult<()> {
    let field = |name: &str| format!("stages[{number}].{name}");
    let text = |moment: Option<DateTime<Utc>>| moment.map(|moment| moment.to_rfc3339());
    validate::text(&field("name"), &stage.name, 0..=128)?;
    let rule = match (number, stage.from) {
        (0, Some(_)) => Some("has to be absent: the first stage begins with the first point"),
        (0, None) => None,
        (_, None) => Some("is needed: when does this stage begin?"),
        (_, Some(from)) if before.is_some_and(|before| from <= before) => {
            Some("has to be later than that of the stage before")
        }
        _ => None,
    };
    if let Some(rule) = rule {
        return Err(invalid(field("from"), text(stage.from), rule));
    }
    match (stage.baseline_from, stage.baseline_to) {
        (Some(from), Some(to)) if from >= to => {
            let rule = "has to be later than baseline_from";
            Err(invalid(field("baseline_to"), text(Some(to)), rule))
        }
        _ => Ok(()),
    }
}

/// Fits a version to the points and computes the limits of stages that are frozen now.
///
/// # Errors
/// Names field, value and rule: a stage without a point, an exclusion of none, limits that were never computed.
pub fn prepare(
    definition: &Definition,
    charted: &Charted,
    mut stages: Vec<LimitStage>,
    mut excluded: Vec<ExcludedPoint>,
    making: &Making<'_>,
) -> ApiResult<Prepared> {
    for (number, stage) in stages.iter_mut().enumerate() {
        stage.limits = match stage.limits.take().filter(|_| stage.frozen) {
            Some(sent) => Some(kept(number, &sent, making.known)?),
            None => None,
        };
    }
    for (number, point) in excluded.iter_mut().enumerate() {
        let Some(&index) = matching(point, &charted.points).first() else {
            let rule = "is the time of no point of this chart";
            let field = format!("excluded[{number}].at");
            return Err(invalid(field, point.at.to_rfc3339(), rule));
        };
        point.at = charted.points[index].at;
        sign(point, making);
    }
    let is_empty = charted.points.is_empty();
    for (number, stage) in stages.iter().enumerate() {
        let is_computed = stage.limits.is_none();
        if is_empty && stage.frozen && is_computed {
            let rule = "cannot be: the chart has no point yet to compute limits from";
            return Err(invalid(format!("stages[{number}].frozen"), true, rule));
        }
        if !is_empty && is_computed && points_of(number, &stages, &charted.points).is_empty() {
            return Err(no_baseline(number, stage));
        }
    }
    if !is_empty {
        freeze(definition, charted, &mut stages, &excluded)?;
    }
    Ok(Prepared { stages, excluded })
}

/// Limits that are sent again have to be some that were computed once: nobody types them in.
fn kept(number: usize, sent: &Limits, known: &[Limits]) -> ApiResult<Limits> {
    let found = known.iter().find(|known| is_same(sent, known));
    found.cloned().ok_or_else(|| {
        let rule =
            "are not those of a frozen stage of this chart: leave them out to have them computed";
        let sent = serde_json::to_value(sent).unwrap_or_default();
        invalid(format!("stages[{number}].limits"), sent, rule)
    })
}

/// The same but for the last digit, which JSON readers differ in.
fn is_same(one: &Limits, other: &Limits) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(b.abs());
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (None, None) => true,
        _ => false,
    };
    (one.chart, one.metric, one.width, one.points)
        == (other.chart, other.metric, other.width, other.points)
        && near(one.width_value, other.width_value)
        && near(one.centre, other.centre)
        && both(one.sigma, other.sigma)
        && both(one.sigma_z, other.sigma_z)
        && both(one.alpha, other.alpha)
}

/// Who left a point out and when: of old where it was left out before for the same reason.
fn sign(point: &mut ExcludedPoint, making: &Making<'_>) {
    let before = making.in_force.and_then(|version| {
        version.excluded.iter().find(|old| {
            (old.at, old.inspection_id, &old.reason)
                == (point.at, point.inspection_id, &point.reason)
        })
    });
    (point.excluded_by, point.excluded_at) = match before {
        Some(old) => (old.excluded_by.clone(), old.excluded_at),
        None => (Some(making.username.to_owned()), Some(making.at)),
    };
}

/// Judges the points, and keeps the limits of stages that are frozen and have none yet.
fn freeze(
    definition: &Definition,
    charted: &Charted,
    stages: &mut [LimitStage],
    excluded: &[ExcludedPoint],
) -> ApiResult<()> {
    let question = &definition.question;
    let fitted = fit(stages, excluded, &charted.points, question.bucket)?;
    let numbers = fitted.numbers.clone();
    let judged = judge(question, charted, fitted)?;
    for (number, drawn) in numbers.into_iter().zip(&judged.stages) {
        let stage = &mut stages[number];
        if stage.frozen && stage.limits.is_none() {
            let mut limits = view::spc::limits(&drawn.limits, charted.metric);
            if limits.chart == ChartKind::C {
                limits.metric = Metric::Count;
            }
            stage.limits = Some(limits);
        }
    }
    Ok(())
}
