//! What a trend says, in sentences.

use contract::analytics::{LevelChange, MonotonicTrend, Trend, TrendLine};

use crate::format;

/// Level at which a slope is called one.
const ALPHA: f64 = 0.05;

/// Line, Mann-Kendall, level changes and what is left out.
pub fn summary(trend: &Trend) -> String {
    let mut sentences = Vec::new();
    sentences.extend(trend.line.as_ref().map(line));
    sentences.extend(trend.monotonic.as_ref().map(monotonic));
    sentences.extend(changes(&trend.changes, trend.change_penalty));
    if trend.left_out > 0 {
        let points = format::plural(trend.left_out, "point is", "points are");
        sentences.push(format!("The oldest {points} not charted."));
    }
    sentences.join(" ")
}

/// Which way a slope goes.
fn way(slope: f64) -> &'static str {
    if slope < 0.0 { "Falls" } else { "Rises" }
}

fn line(line: &TrendLine) -> String {
    let slope = line.slope_per_day * 7.0;
    let size = format::significant(slope.abs());
    match line.p {
        Some(p) if p < ALPHA => {
            format!("{} by {size} per week, {}.", way(slope), format::p_value(p))
        }
        Some(p) => format!("No straight trend shown ({}).", format::p_value(p)),
        None => "All values are equal.".to_owned(),
    }
}

fn monotonic(found: &MonotonicTrend) -> String {
    let p = format::p_value(found.p);
    let Some(tau) = found.tau else {
        return String::new();
    };
    let tau_text = format!("tau {}", format::fixed(tau, 2));
    if found.p >= ALPHA {
        return format!("Mann-Kendall: neither rise nor fall shown ({tau_text}, {p}).");
    }
    let slope = found.sen_slope.map_or_else(String::new, |slope| {
        let interval = found
            .sen_interval95
            .map_or_else(String::new, |[low, high]| {
                format!(
                    ", 95 %: {} to {}",
                    format::significant(low),
                    format::significant(high)
                )
            });
        format!(
            "; Sen slope {} per point{interval}",
            format::significant(slope)
        )
    });
    format!(
        "Mann-Kendall: {}, whatever the shape ({tau_text}, {p}{slope}).",
        way(tau).to_lowercase()
    )
}

fn changes(changes: &[LevelChange], penalty: Option<f64>) -> Option<String> {
    let penalty = penalty?;
    let told = format!(
        "each gaining more than {} in twice the log likelihood",
        format::significant(penalty)
    );
    let change = |change: &LevelChange| {
        let ratio = change.ratio.map_or_else(String::new, |ratio| {
            format!(" (×{})", format::significant(ratio))
        });
        format!(
            "{} from {} to {}{ratio}",
            change.at.format("%Y-%m-%d"),
            format::significant(change.before),
            format::significant(change.after)
        )
    };
    if changes.is_empty() {
        return Some("The level does not change.".to_owned());
    }
    let count = format::plural(changes.len() as i64, "level change", "level changes");
    // The chart marks them all; the sentence stays one.
    let mut named: Vec<String> = changes.iter().take(4).map(change).collect();
    if changes.len() > named.len() {
        named.push(format!("and {} more", changes.len() - named.len()));
    }
    Some(format!("{count}, {told}: {}.", named.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sloped(slope_per_day: f64, p: f64) -> TrendLine {
        TrendLine {
            first: 10.0,
            last: 2.0,
            slope_per_day,
            r_squared: Some(0.2),
            p: Some(p),
        }
    }

    #[test]
    fn a_slope_is_told_per_week_with_its_evidence_or_not_called_one() {
        assert_eq!(
            line(&sloped(-0.8 / 7.0, 0.003)),
            "Falls by 0.800 per week, p 0.003."
        );
        assert_eq!(
            line(&sloped(0.1, 0.4)),
            "No straight trend shown (p 0.400)."
        );
    }

    #[test]
    fn mann_kendall_says_which_way_and_how_steep() {
        let found = MonotonicTrend {
            tau: Some(-0.21),
            p: 0.002,
            sen_slope: Some(-0.05),
            sen_interval95: Some([-0.08, -0.02]),
        };
        assert_eq!(
            monotonic(&found),
            "Mann-Kendall: falls, whatever the shape (tau −0.21, p 0.002; Sen slope -0.0500 per point, 95 %: -0.0800 to -0.0200)."
        );
    }

    #[test]
    fn a_change_of_the_level_is_dated_and_compared() {
        let at = chrono::DateTime::from_timestamp(1_772_323_200, 0).expect("a moment");
        let change = LevelChange {
            index: 3,
            at,
            before: 2.0,
            after: 5.0,
            ratio: Some(2.5),
        };
        assert_eq!(
            changes(&[change], Some(6.0)).as_deref(),
            Some(
                "1 level change, each gaining more than 6.00 in twice the log likelihood: 2026-03-01 from 2.00 to 5.00 (×2.50)."
            )
        );
        assert_eq!(changes(&[], None), None, "changes were not looked for");
    }
}
