//! Limits tried on history: the control chart with known events shaded and false alarms ringed.

use contract::analytics::{Backtest, Detection, KnownEvent};

use super::{ChartSpec, Mark, Paint, Series, Symbol, spc};
use crate::format;

/// The chart of a backtest with `events` shaded.
#[must_use]
pub fn spec(backtest: &Backtest, events: &[KnownEvent]) -> ChartSpec {
    let mut spec = spc::spec(&backtest.chart, &spc::Pointed::default());
    let points = &backtest.chart.points;
    let value_at = |wanted: &[u32]| -> Vec<Option<f64>> {
        let is_wanted = |index: usize| wanted.iter().any(|&at| at as usize == index);
        let values = points.iter().enumerate();
        values
            .map(|(index, point)| is_wanted(index).then_some(point.value))
            .collect()
    };
    spec.name = "backtest";
    if !backtest.false_alarms.is_empty() {
        let rings = value_at(&backtest.false_alarms);
        spec.series.push(Series::new(
            "False alarm",
            Mark::Point(Symbol::Ring),
            Paint::Warning,
            rings,
        ));
    }
    let found: Vec<u32> = backtest
        .events
        .iter()
        .filter_map(|event| event.found_at)
        .collect();
    if !found.is_empty() {
        let marks = value_at(&found);
        spec.series.push(Series::new(
            "Event found",
            Mark::Point(Symbol::Triangle),
            Paint::Chosen,
            marks,
        ));
    }
    let highest = points
        .iter()
        .flat_map(|point| [Some(point.value), point.ucl])
        .flatten()
        .fold(0.0, f64::max);
    spec.series.extend(
        events
            .iter()
            .filter_map(|event| shade(backtest, event, highest)),
    );
    spec
}

/// An event as an area from the axis up to `highest`; `None` without a point in it.
fn shade(backtest: &Backtest, event: &KnownEvent, highest: f64) -> Option<Series> {
    let points = backtest.chart.points.iter();
    let values: Vec<Option<f64>> = points
        .map(|point| {
            let is_inside = event.from <= point.point.at && point.point.at < event.to;
            is_inside.then_some(highest)
        })
        .collect();
    let is_there = values.iter().any(Option::is_some);
    is_there.then(|| Series::new(event.name.clone(), Mark::Area, Paint::Second, values))
}

/// How often the limits cried wolf, in words.
#[must_use]
pub fn false_alarms(backtest: &Backtest) -> String {
    let alarms = backtest.false_alarms.len() as i64;
    let quiet = format::plural(
        i64::from(backtest.quiet_points),
        "quiet point",
        "quiet points",
    );
    let Some(share) = backtest.false_alarm_share else {
        return "No quiet point: all of history belongs to events.".to_owned();
    };
    let interval = backtest
        .false_alarm_interval95
        .map_or_else(String::new, |[low, high]| {
            format!(
                ", 95 % interval {} to {}",
                format::percent(low * 100.0),
                format::percent(high * 100.0)
            )
        });
    let every = backtest
        .points_between_false_alarms
        .map_or_else(String::new, |points| {
            format!(", one in {} points", format::count(points.round() as i64))
        });
    format!(
        "{} at {quiet}: {}{interval}{every}.",
        format::plural(alarms, "false alarm", "false alarms"),
        format::percent(share * 100.0)
    )
}

/// How often the usual chart would have cried wolf on the same history.
#[must_use]
pub fn usual_chart(backtest: &Backtest) -> String {
    let alarms = i64::from(backtest.poisson_false_alarms);
    let own = backtest.false_alarms.len() as i64;
    let count = format::plural(alarms, "false alarm", "false alarms");
    let beside = match (own, alarms) {
        (own, alarms) if own == alarms => "as many".to_owned(),
        (0, _) => "where these limits have none".to_owned(),
        (own, alarms) => format!(
            "{} times as many",
            format::significant(alarms as f64 / own as f64)
        ),
    };
    format!("A c or u chart for independent defects, from the same baseline: {count}, {beside}.")
}

/// When an event was found, in words.
#[must_use]
pub fn detection(event: &Detection) -> String {
    if event.points == 0 {
        return "No inspection fell into it.".to_owned();
    }
    let Some(points) = event.delay_points else {
        return format!(
            "Missed in {}.",
            format::plural(i64::from(event.points), "point", "points")
        );
    };
    match (points, event.delay_hours) {
        (0, _) => "Found at its first point.".to_owned(),
        (points, Some(hours)) => format!(
            "Found after {}, {}.",
            format::plural(i64::from(points), "point", "points"),
            hours_words(hours)
        ),
        (points, None) => format!(
            "Found after {}.",
            format::plural(i64::from(points), "point", "points")
        ),
    }
}

fn hours_words(hours: f64) -> String {
    match hours {
        hours if hours < 1.0 => format!("{} min", (hours * 60.0).round()),
        hours if hours < 48.0 => format!("{} h", format::significant(hours)),
        hours => format!("{} days", format::significant(hours / 24.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;
    use chrono::Duration;

    #[test]
    fn an_event_is_shaded_from_its_first_to_its_last_point() {
        let backtest = sample::backtest(5);
        let at = |index: usize| backtest.chart.points[index].point.at;
        let event = |name: &str, from, to| KnownEvent {
            name: name.to_owned(),
            from,
            to,
        };
        let later = at(4) + Duration::days(1);
        let events = [
            event("Pump", at(1), at(4)),
            event("Not inspected", later, later + Duration::days(1)),
        ];
        let series = spec(&backtest, &events).series;
        let last = series.last().expect("a series");
        assert_eq!(last.name, "Pump", "an event without a point is not drawn");
        let shaded: Vec<bool> = last.values.iter().map(Option::is_some).collect();
        assert_eq!(shaded, [false, true, true, true, false]);
    }

    #[test]
    fn false_alarms_are_told_with_their_interval_and_beside_the_usual_chart() {
        let backtest = sample::backtest(5);
        assert_eq!(
            false_alarms(&backtest),
            "1 false alarm at 4 quiet points: 25.0 %, 95 % interval 0.6 % to 80.6 %, one in 4 points."
        );
        assert!(usual_chart(&backtest).ends_with("2 false alarms, 2.00 times as many."));
    }

    #[test]
    fn an_event_is_found_at_once_late_missed_or_without_a_point() {
        let words = |points, delay: Option<(u32, f64)>| {
            detection(&Detection {
                name: String::new(),
                points,
                found_at: None,
                found_at_time: None,
                delay_points: delay.map(|(points, _)| points),
                delay_hours: delay.map(|(_, hours)| hours),
                rules: Vec::new(),
            })
        };
        assert_eq!(words(3, Some((0, 0.0))), "Found at its first point.");
        assert_eq!(
            words(3, Some((2, 72.0))),
            "Found after 2 points, 3.00 days."
        );
        assert_eq!(words(3, Some((1, 0.133))), "Found after 1 point, 8 min.");
        assert_eq!(words(3, None), "Missed in 3 points.");
        assert_eq!(words(0, None), "No inspection fell into it.");
    }
}
