//! What limits would have done on history.

use analytics::spc::{
    Backtest as Tried, ChartKind as Drawn, Detection as Found, KnownEvent as Off, LimitSet,
    LimitSource, Stage, backtest as try_limits,
};
use chrono::{DateTime, Utc};
use contract::analytics::{Backtest, BacktestQuery, ChartKind, Detection, KnownEvent, TrendPoint};

use super::POINTS_MOST;
use super::chart::{self, Charted, Question, Wording};
use super::spc::{one_stage, period};
use crate::error::{ApiResult, invalid};
use crate::{validate, view};

/// Points that the process is given to settle after an event when the caller does not say.
const SETTLE_POINTS: u32 = 8;
/// Events at most.
const EVENTS_MOST: usize = 100;

/// Tries limits from a baseline on all points under a filter.
///
/// # Errors
/// When the query breaks a rule, no point can be charted, or the database fails.
pub async fn backtest(db: &store::Db, query: &BacktestQuery) -> ApiResult<Backtest> {
    validate::within("settle_points", query.settle_points, 0..=100)?;
    let events = events(&query.event)?;
    let question = Question::new(&Wording {
        metric: query.metric,
        bucket: query.bucket,
        chart: query.chart,
        rules: query.rules,
        rule: &query.rule,
        width: query.width,
        width_value: query.width_value,
        memory: None,
    })?;
    let filter = view::filter::filter(query.filter())?;
    let charted = chart::read(db, &filter, &question, POINTS_MOST).await?;
    if charted.points.is_empty() {
        let rule = "holds no inspection that can be charted, and limits need at least one";
        return Err(invalid("filter", serde_json::Value::Null, rule));
    }
    let settle_points = query.settle_points.unwrap_or(SETTLE_POINTS) as usize;
    let baseline = one_stage((query.baseline_from, query.baseline_to), &charted.points)?;
    let trial = Trial {
        question: &question,
        charted: &charted,
        baseline,
        // Nothing can be found of an event into which no inspection fell.
        off: events
            .iter()
            .filter_map(|event| off(event, &charted.points))
            .collect(),
        settle_points,
    };
    let (limits, tried) = trial.of(question.chart)?;
    let (_, poisson) = trial.of(trial.poisson_chart(limits.kind))?;
    let detections = detections(&events, &tried.events, &charted.points);
    let frozen = Stage {
        name: String::new(),
        first: 0,
        limits: LimitSource::Frozen(limits),
    };
    let metric = match limits.kind {
        Drawn::C => contract::analytics::Metric::Count,
        _ => charted.metric,
    };
    Ok(Backtest {
        limits: view::spc::limits(&limits, metric),
        quiet_points: view::spc::index(tried.quiet_points),
        false_alarms: tried
            .false_alarms
            .iter()
            .copied()
            .map(view::spc::index)
            .collect(),
        false_alarm_share: tried.false_alarm_share,
        false_alarm_interval95: tried
            .false_alarm_interval95
            .map(|(lower, upper)| [lower, upper]),
        points_between_false_alarms: tried.points_between_false_alarms,
        false_alarms_by_rule: tried
            .false_alarms_of_rule
            .iter()
            .map(|(rule, count)| (rule.as_str().to_owned(), view::spc::index(*count)))
            .collect(),
        poisson_false_alarms: view::spc::index(poisson.false_alarms.len()),
        events: detections,
        chart: chart::draw(&question, charted, vec![frozen], Vec::new())?,
    })
}

/// Limits that are tried on points.
struct Trial<'a> {
    question: &'a Question,
    charted: &'a Charted,
    baseline: Vec<Stage>,
    off: Vec<Off>,
    settle_points: usize,
}

impl Trial<'_> {
    /// The limits of a chart, computed from the baseline, and what they would have done.
    fn of(&self, chart: ChartKind) -> ApiResult<(LimitSet, Tried)> {
        let question = Question {
            chart,
            ..self.question.clone()
        };
        let judged = chart::judge(&question, self.charted, self.baseline.clone(), Vec::new())?;
        let limits = judged.stages[0].limits;
        let (points, rules) = (&self.charted.values, &question.rules);
        let tried = try_limits(points, &limits, rules, &self.off, self.settle_points)
            .map_err(anyhow::Error::from)?;
        Ok((limits, tried))
    }

    /// What takes defects for independent: by area where the chart knows areas.
    fn poisson_chart(&self, drawn: Drawn) -> ChartKind {
        let mut points = self.charted.values.iter();
        match drawn != Drawn::C && points.all(|point| point.area_cm2.is_some()) {
            true => ChartKind::U,
            false => ChartKind::C,
        }
    }
}

/// The events, each written `from/to/name`.
fn events(written: &[String]) -> ApiResult<Vec<KnownEvent>> {
    if written.len() > EVENTS_MOST {
        let rule = format!("may be given {EVENTS_MOST} times at most");
        return Err(invalid("event", written.len(), rule));
    }
    written.iter().map(|text| event(text)).collect()
}

fn event(written: &str) -> ApiResult<KnownEvent> {
    let refuse = |rule: &str| invalid("event", written, rule);
    let mut parts = written.splitn(3, '/');
    let (Some(from), Some(to), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(refuse(
            "has to be from/to/name, for example 2026-01-05T06:00:00Z/2026-01-07T06:00:00Z/pump leak",
        ));
    };
    let moment = |text: &str, what: &str| {
        // In a query string `+` is a space, and so an offset written without care.
        let text = text.trim().replace(' ', "+");
        let parsed = DateTime::parse_from_rfc3339(&text);
        parsed
            .map(|moment| moment.with_timezone(&Utc))
            .map_err(|_| refuse(&format!("has to {what} with a time in RFC 3339")))
    };
    let (from, to) = (moment(from, "begin")?, moment(to, "go on")?);
    if from >= to {
        return Err(refuse("has to end after it begins"));
    }
    let name = name.trim();
    validate::text("event", name, 1..=200)?;
    Ok(KnownEvent {
        name: name.to_owned(),
        from,
        to,
    })
}

/// The points of an event; none where no inspection fell into it.
fn off(event: &KnownEvent, points: &[TrendPoint]) -> Option<Off> {
    let range = period(Some(event.from), Some(event.to), points);
    (!range.is_empty()).then(|| Off {
        name: event.name.clone(),
        points: range,
    })
}

/// Every event in the order given; `found` are those with points, in the same order.
fn detections(events: &[KnownEvent], found: &[Found], points: &[TrendPoint]) -> Vec<Detection> {
    let mut found = found.iter();
    let detections = events.iter().map(|event| {
        let found = off(event, points).and_then(|_| found.next());
        found.map_or_else(|| missed(&event.name), |found| detection(found, points))
    });
    detections.collect()
}

fn missed(name: &str) -> Detection {
    Detection {
        name: name.to_owned(),
        points: 0,
        found_at: None,
        found_at_time: None,
        delay_points: None,
        delay_hours: None,
        rules: Vec::new(),
    }
}

fn detection(found: &Found, points: &[TrendPoint]) -> Detection {
    let first = points[found.event.points.start].at;
    let found_at_time = found.found_at.map(|index| points[index].at);
    Detection {
        name: found.event.name.clone(),
        points: view::spc::index(found.event.points.len()),
        found_at: found.found_at.map(view::spc::index),
        found_at_time,
        delay_points: found.delay_points.map(view::spc::index),
        delay_hours: found_at_time.map(|at| (at - first).as_seconds_f64() / 3_600.0),
        rules: found
            .rules
            .iter()
            .map(|rule| rule.as_str().to_owned())
            .collect(),
    }
}
