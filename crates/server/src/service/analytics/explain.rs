//! Why a point of a control chart is where it is: the excursion around it, what its bad inspections have in common, which
//! types changed, and where on the wafer.

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

use analytics::spc::{Side, StagedChart, StepHistory, tell_apart};
use chrono::{DateTime, Duration, Utc};
use contract::analytics::{
    Bucket, Commonality, ExplainQuery, ExplainedPoint, Explanation, ParetoBy, Spc, SpcPoint,
};
use store::analytics::{Periods, Point};
use uuid::Uuid;

use super::POINTS_MOST;
use super::chart::{self, Charted, Question, Wording};
use super::compare::{ALPHA, periods_of};
use super::suspects::{Judged, suspects};
use super::zones::zones;
use crate::error::{ApiResult, Thing, invalid};
use crate::service::control_chart;
use crate::view;

/// The worst inspections that are shown.
const EVIDENCE: usize = 12;
/// Limits of other steps are computed from the inspections of so many days before the excursion, or from as long a time as it
/// lasts.
const LIMITS_DAYS: i64 = 60;
/// Types are compared with the time before, as long as the excursion, but at least of so many days.
const BEFORE_DAYS: i64 = 28;
/// The excursion may have begun and ended at other steps so much earlier and later.
const MARGIN_DAYS: i64 = 2;

/// All that speaks about the cause of a violated point.
///
/// # Errors
/// When the query breaks a rule, no rule is broken at the point, there is no such inspection, or the database fails.
pub async fn explain(db: &store::Db, query: &ExplainQuery) -> ApiResult<Explanation> {
    let id = query.inspection_id.ok_or_else(|| {
        let rule = "has to be given: it is the violated point";
        invalid("inspection_id", serde_json::Value::Null, rule)
    })?;
    let found = store::inspection::get(db, id).await?;
    found.ok_or_else(|| Thing::Inspection.missing(id))?;
    let asked = match query.control_chart_id {
        Some(chart) => ask_control_chart(db, chart, id).await?,
        None => ask(db, query, id).await?,
    };
    explain_point(db, asked, id).await
}

/// A chart and its points, as they were asked about.
struct Asked {
    filter: store::Filter,
    question: Question,
    chart: StagedChart,
    charted: Charted,
    /// The period that the limits were computed from, where it was given.
    baseline: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

async fn ask(db: &store::Db, query: &ExplainQuery, id: Uuid) -> ApiResult<Asked> {
    let filter = view::filter::filter(query.filter())?;
    let question = Question::new(&Wording {
        metric: query.metric,
        bucket: Some(Bucket::Inspection),
        chart: query.chart,
        rules: query.rules,
        rule: &query.rule,
        width: query.width,
        width_value: query.width_value,
        memory: None,
    })?;
    let charted = chart::read(db, &filter, &question, POINTS_MOST).await?;
    let baseline = (query.baseline_from, query.baseline_to);
    if charted.points.is_empty() {
        return Err(not_charted(id));
    }
    let stages = super::spc::one_stage(baseline, &charted.points)?;
    let chart = chart::judge(&question, &charted, stages, Vec::new())?;
    Ok(Asked {
        filter,
        question,
        chart,
        charted,
        baseline,
    })
}

/// A control chart that engineers own: its definition and the limits in force.
async fn ask_control_chart(db: &store::Db, chart_id: Uuid, id: Uuid) -> ApiResult<Asked> {
    let judged = control_chart::judged(db, chart_id).await?;
    let (definition, charted, chart) = judged.ok_or_else(|| not_charted(id))?;
    if definition.question.bucket != Bucket::Inspection {
        let rule = "charts several inspections in a point, and only a single one can be explained";
        return Err(invalid("control_chart_id", chart_id.to_string(), rule));
    }
    Ok(Asked {
        filter: definition.filter,
        question: definition.question,
        chart,
        charted,
        baseline: (None, None),
    })
}

fn not_charted(id: Uuid) -> crate::error::ApiError {
    let rule = "is not among the points of this chart: filter and window leave it out";
    invalid("inspection_id", id.to_string(), rule)
}

async fn explain_point(db: &store::Db, asked: Asked, id: Uuid) -> ApiResult<Explanation> {
    let Asked {
        filter,
        question,
        chart,
        charted,
        baseline,
    } = asked;
    let filter = &filter;
    let is_asked = |point: &contract::analytics::TrendPoint| point.inspection_id == Some(id);
    let index = charted
        .points
        .iter()
        .position(is_asked)
        .ok_or_else(|| not_charted(id))?;
    let excursion = chart.excursion_around(index).ok_or_else(|| {
        let rule = "breaks no rule on this chart, so there is nothing to explain";
        invalid("inspection_id", id.to_string(), rule)
    })?;
    let signals = chart.signals(excursion.side);
    let drawn = view::spc::spc(&question, &chart, charted)?;
    let step = drawn.points[index]
        .point
        .step_id
        .clone()
        .unwrap_or_default();
    let around = Around {
        step,
        side: excursion.side,
        from: drawn.points[*excursion.points.start()].point.at,
        // An end is exclusive; the database keeps microseconds.
        to: drawn.points[*excursion.points.end()].point.at + Duration::microseconds(1),
        signals: signalling(&drawn, excursion.points.clone(), &signals),
    };
    let told = around.tell(db, filter, &question).await?;
    let at_step = store::Filter {
        steps: vec![around.step.clone()],
        defect_types: Vec::new(),
        elements: Vec::new(),
        killers: false,
        ..filter.clone()
    };
    let pareto = periods_of(
        db,
        &at_step,
        &around.periods(baseline),
        ParetoBy::Type,
        ALPHA,
    )
    .await?;
    let own = |is_bad: bool| -> Vec<Uuid> {
        let own = told
            .judged
            .iter()
            .filter(|one| one.is_asked && one.is_bad == is_bad);
        own.map(|one| one.inspection_id).collect()
    };
    let (zones, zone_inspections) = zones(db, filter, &own(true), &own(false)).await?;
    let of_point = drawn
        .violations
        .iter()
        .filter(|one| one.inspection_id == Some(id));
    Ok(Explanation {
        point: explained(&drawn.points[index]),
        violations: of_point.cloned().collect(),
        from: around.from,
        to: around.to,
        commonality: told.commonality(db, &around, drawn.metric).await?,
        pareto,
        zones,
        evidence: evidence(&drawn, excursion.points, &signals, around.side),
        zone_inspections,
    })
}

/// The inspections that signal in the excursion.
fn signalling(drawn: &Spc, points: RangeInclusive<usize>, signals: &[bool]) -> Vec<Uuid> {
    let signalling = points.filter(|&index| signals[index]);
    signalling
        .filter_map(|index| drawn.points[index].point.inspection_id)
        .collect()
}

/// The signals farthest out, at most 12.
fn evidence(
    drawn: &Spc,
    points: RangeInclusive<usize>,
    signals: &[bool],
    side: Side,
) -> Vec<ExplainedPoint> {
    let mut worst: Vec<&SpcPoint> = points
        .filter(|&index| signals[index])
        .map(|index| &drawn.points[index])
        .collect();
    worst.sort_by(|a, b| match side {
        Side::High => b.value.total_cmp(&a.value),
        Side::Low => a.value.total_cmp(&b.value),
    });
    worst.into_iter().take(EVIDENCE).map(explained).collect()
}

fn explained(of: &SpcPoint) -> ExplainedPoint {
    let point = of.point.clone();
    ExplainedPoint {
        inspection_id: point.inspection_id.unwrap_or_default(),
        wafer_id: point.wafer_id.unwrap_or_default(),
        lot_id: point.lot_id.unwrap_or_default(),
        step_id: point.step_id.unwrap_or_default(),
        equipment_id: point.equipment_id,
        inspected_at: point.at,
        count: point.count,
        value: Some(of.value),
        ucl: of.ucl,
    }
}

/// An excursion of a chart.
struct Around {
    /// Step of the point that is asked about.
    step: String,
    side: Side,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Inspections that signal in it on the chart itself.
    signals: Vec<Uuid>,
}

/// Inspections told apart.
struct Told {
    judged: Vec<Judged>,
    is_wide: bool,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    left_out: i64,
}

impl Around {
    /// The excursion and what is normal: the chart's baseline where it was given, otherwise the time before.
    fn periods(&self, (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>)) -> Periods {
        let before = self.from - (self.to - self.from).max(Duration::days(BEFORE_DAYS));
        let to = to.unwrap_or(self.from).min(self.from);
        Periods {
            baseline: (
                from.unwrap_or(before.min(to - Duration::days(BEFORE_DAYS)))
                    .min(to),
                to,
            ),
            period: (self.from, Some(self.to)),
        }
    }

    /// Tells bad inspections from good ones, over all steps and products.
    async fn tell(
        &self,
        db: &store::Db,
        filter: &store::Filter,
        question: &Question,
    ) -> ApiResult<Told> {
        let limits = (self.to - self.from).max(Duration::days(LIMITS_DAYS));
        let pool = store::Filter {
            from: Some(self.from - limits),
            to: Some(self.to + Duration::days(MARGIN_DAYS)),
            defect_types: filter.defect_types.clone(),
            elements: filter.elements.clone(),
            killers: filter.killers,
            superseded: filter.superseded,
            ..store::Filter::default()
        };
        let series = store::analytics::points(db, &pool, POINTS_MOST).await?;
        let mut steps: BTreeMap<&str, Vec<&Point>> = BTreeMap::new();
        for point in &series.points {
            let step = point.step_id.as_deref().unwrap_or_default();
            steps.entry(step).or_default().push(point);
        }
        let own = steps
            .keys()
            .position(|step| *step == self.step)
            .unwrap_or_default();
        let histories: Vec<StepHistory> = steps.values().map(|points| history(points)).collect();
        let span = (self.from.timestamp(), self.to.timestamp() + 1);
        let told = tell_apart(&histories, own, self.side, span, &question.rules)
            .map_err(anyhow::Error::from)?;
        let signals: HashSet<&Uuid> = self.signals.iter().collect();
        let mut judged = Vec::new();
        let mut times = Vec::new();
        for (step, (points, bad)) in steps.values().zip(told.bad).enumerate() {
            for (point, bad) in points.iter().zip(bad) {
                let (Some(inspection_id), Some(is_bad)) = (point.inspection_id, bad) else {
                    continue;
                };
                times.push(point.at);
                judged.push(Judged {
                    inspection_id,
                    is_bad: is_bad || signals.contains(&inspection_id),
                    is_asked: step == own,
                });
            }
        }
        Ok(Told {
            judged,
            is_wide: told.is_wide,
            from: times.iter().min().copied(),
            to: times
                .iter()
                .max()
                .map(|last| *last + Duration::microseconds(1)),
            left_out: series.left_out,
        })
    }
}

fn history(points: &[&Point]) -> StepHistory {
    let values = points.iter().map(|point| analytics::spc::Point {
        count: u64::try_from(point.defects).unwrap_or_default(),
        area_cm2: point.area_cm2,
    });
    StepHistory {
        at: points.iter().map(|point| point.at.timestamp()).collect(),
        points: values.collect(),
    }
}

impl Told {
    async fn commonality(
        &self,
        db: &store::Db,
        around: &Around,
        metric: contract::analytics::Metric,
    ) -> ApiResult<Commonality> {
        let bad = self.judged.iter().filter(|one| one.is_bad).count();
        let side = match around.side {
            Side::High => "too high",
            Side::Low => "too low",
        };
        let scope = match self.is_wide {
            true => "at any step, as other steps have more of them as well".to_owned(),
            false => format!("at step {}", around.step),
        };
        Ok(Commonality {
            bad: view::cause::count(bad),
            good: view::cause::count(self.judged.len() - bad),
            rule: format!(
                "Bad are inspections of any product {scope} that signal as {side} during the excursion (two days more on \
                 either side), by limits of their step from before it; good are the others of that time and of the time before."
            ),
            bad_above: None,
            metric,
            from: self.from,
            to: self.to,
            suspects: suspects(db, &self.judged, ALPHA).await?,
            alpha: ALPHA,
            left_out: self.left_out,
        })
    }
}
