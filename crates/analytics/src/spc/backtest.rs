use std::{collections::BTreeMap, ops::Range};

use super::{
    LimitSet, Point,
    analyse::{Series, violations},
};
use crate::{Error, probability::binomial_interval95, rules::RuleId};

/// Points at which the process is known to have been off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEvent {
    /// What happened.
    pub name: String,
    /// The points, by index; not empty.
    pub points: Range<usize>,
}

/// What a limit set would have done on history.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// Points outside of known events and of the time that the process was given to settle.
    pub quiet_points: usize,
    /// Quiet points at which a rule was violated, ascending.
    pub false_alarms: Vec<usize>,
    /// Their share; `None` without a quiet point.
    pub false_alarm_share: Option<f64>,
    /// 95 % confidence limits of that share (Clopper-Pearson); `None` as above.
    pub false_alarm_interval95: Option<(f64, f64)>,
    /// Quiet points for each false alarm, the measured average run length; `None` without a false
    /// alarm.
    pub points_between_false_alarms: Option<f64>,
    /// False alarms by rule; a point may count for several.
    pub false_alarms_of_rule: BTreeMap<RuleId, usize>,
    /// The events in the order given.
    pub events: Vec<Detection>,
    /// Events without a signal.
    pub missed: usize,
}

/// How an event was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The event.
    pub event: KnownEvent,
    /// First point of the event at which a rule was violated; `None` where it was missed.
    pub found_at: Option<usize>,
    /// Points from the first of the event to that one, 0 for at once.
    pub delay_points: Option<usize>,
    /// The rules violated at that point.
    pub rules: Vec<RuleId>,
    /// Points of the event at which a rule was violated.
    pub signals: usize,
}

/// Tries a limit set and rules on history: how often they cry wolf in quiet times, and how soon they
/// find what is known to have happened.
///
/// `points` are inspections, oldest first, at least 1. `settle_points` after each event count
/// neither as quiet nor as event, as runs that began in it end there.
/// # Errors
/// Those of [`super::analyse`] for the points; [`Error::Entry`] for an event that is empty or
/// reaches beyond them.
/// # Example
/// ```
/// use analytics::rules::RuleSet;
/// use analytics::spc::{KnownEvent, Plan, Point, backtest, staged_chart};
///
/// let points = |counts: &[u64]| -> Vec<Point> {
///     counts.iter().map(|&count| Point { count, area_cm2: None }).collect()
/// };
/// let quiet = points(&[9, 12, 7, 10, 14, 8, 11, 9, 13, 10, 6, 12]);
/// let limits = staged_chart(&quiet, &Plan::default())?.stages[0].limits;
///
/// let history = points(&[10, 9, 12, 11, 19, 31, 28, 10, 9]);
/// let leak = KnownEvent { name: "leak".to_owned(), points: 4..7 };
/// let rules: Vec<_> = RuleSet::WesternElectric.ids().collect();
/// let found = backtest(&history, &limits, &rules, &[leak], 1)?;
/// assert_eq!((found.quiet_points, found.false_alarms.len(), found.missed), (5, 0, 0));
/// assert_eq!(found.events[0].delay_points, Some(1));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn backtest(
    points: &[Point],
    limits: &LimitSet,
    rules: &[RuleId],
    events: &[KnownEvent],
    settle_points: usize,
) -> Result<Backtest, Error> {
    let series = Series::new(points, Some(limits.kind))?;
    if series.unit_of(limits.kind) != limits.unit {
        return Err(Error::Entry {
            what: "limit set",
            index: 0,
            rule: "it is in another unit than the points",
        });
    }
    let is_quiet = quiet(points.len(), events, settle_points)?;
    let judged = limits.judge(&series)?;
    let mut rules_at: BTreeMap<usize, Vec<RuleId>> = BTreeMap::new();
    for found in violations(rules.iter().map(|rule| rule.rule()), &judged) {
        rules_at.entry(found.index).or_default().push(found.rule);
    }
    let quiet_points = is_quiet.iter().filter(|&&quiet| quiet).count();
    let wrong = || rules_at.iter().filter(|(index, _)| is_quiet[**index]);
    let false_alarms: Vec<usize> = wrong().map(|(&index, _)| index).collect();
    let mut of_rule = BTreeMap::new();
    for &rule in wrong().flat_map(|(_, rules)| rules) {
        *of_rule.entry(rule).or_insert(0) += 1;
    }
    let alarms = false_alarms.len();
    let is_measured = quiet_points > 0;
    let detections: Vec<Detection> = events
        .iter()
        .map(|event| detection(event, &rules_at))
        .collect();
    Ok(Backtest {
        false_alarm_share: is_measured.then(|| alarms as f64 / quiet_points as f64),
        false_alarm_interval95: is_measured
            .then(|| binomial_interval95(alarms as u64, quiet_points as u64)),
        points_between_false_alarms: (alarms > 0).then(|| quiet_points as f64 / alarms as f64),
        quiet_points,
        false_alarms,
        false_alarms_of_rule: of_rule,
        missed: detections
            .iter()
            .filter(|one| one.found_at.is_none())
            .count(),
        events: detections,
    })
}

fn quiet(points: usize, events: &[KnownEvent], settle: usize) -> Result<Vec<bool>, Error> {
    let mut is_quiet = vec![true; points];
    for (index, event) in events.iter().enumerate() {
        let Range { start, end } = event.points;
        if start >= end || end > points {
            return Err(Error::Entry {
                what: "event",
                index,
                rule: "its points lie in the series, at least one",
            });
        }
        is_quiet[start..end.saturating_add(settle).min(points)].fill(false);
    }
    Ok(is_quiet)
}

fn detection(event: &KnownEvent, rules_at: &BTreeMap<usize, Vec<RuleId>>) -> Detection {
    let mut signals = rules_at.range(event.points.clone());
    let count = signals.clone().count();
    let first = signals.next();
    Detection {
        found_at: first.map(|(&index, _)| index),
        delay_points: first.map(|(&index, _)| index - event.points.start),
        rules: first.map(|(_, rules)| rules.clone()).unwrap_or_default(),
        signals: count,
        event: event.clone(),
    }
}
