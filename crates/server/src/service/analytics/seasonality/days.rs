//! The daily values, how they relate to earlier ones, and their weekly pattern.

use std::collections::BTreeMap;

use analytics::season::{StlSetup, autocorrelation, stl};
use chrono::{Days, NaiveDate};
use contract::analytics::{SeasonAutocorrelation, SeasonDay, SeasonDecomposition};

use super::Counted;
use crate::error::ApiResult;

/// Days at most, ten years; the newest are kept.
const DAYS_MOST: u64 = 3_653;
/// Lags of the autocorrelation: four weeks.
const LAGS: usize = 28;
/// Days from which on there is one.
const AUTOCORRELATION_FROM: usize = 14;
const WEEK: usize = 7;
/// Days from which on a weekly pattern is looked for.
const DECOMPOSITION_FROM: usize = 3 * WEEK;

/// One value a day, days without inspections included.
pub(super) fn daily(counted: &[Counted<'_>]) -> Vec<SeasonDay> {
    let mut sums: BTreeMap<NaiveDate, (u64, f64, i64)> = BTreeMap::new();
    for one in counted {
        let (count, size, inspections) = sums.entry(one.at.date_naive()).or_default();
        *count += one.count;
        *size += one.size;
        *inspections += 1;
    }
    let (Some(&first), Some(&last)) = (sums.keys().next(), sums.keys().next_back()) else {
        return Vec::new();
    };
    let earliest = last.checked_sub_days(Days::new(DAYS_MOST - 1));
    // The first day shown has inspections, as has the last: gaps lie between days that have.
    let first = sums
        .range(earliest.unwrap_or(first)..)
        .next()
        .map_or(last, |(&day, _)| day);
    let days = first.iter_days().take_while(|day| *day <= last);
    days.map(|day| {
        let sum = sums.get(&day);
        SeasonDay {
            at: day.and_time(chrono::NaiveTime::MIN).and_utc(),
            value: sum.map(|(count, size, _)| *count as f64 / size),
            inspections: sum.map_or(0, |(.., inspections)| *inspections),
        }
    })
    .collect()
}

/// What repeats in the daily values, or why that cannot be told.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub autocorrelation: Option<SeasonAutocorrelation>,
    pub decomposition: Option<SeasonDecomposition>,
    pub note: Option<String>,
}

/// The shape of daily values.
pub(super) fn shape(days: &[SeasonDay]) -> ApiResult<Shape> {
    let note = |note: String| Shape {
        note: Some(note),
        ..Shape::default()
    };
    let with_value = days.iter().filter(|day| day.value.is_some()).count();
    if days.len() < AUTOCORRELATION_FROM {
        return Ok(note(format!(
            "The inspections span {}: autocorrelation needs {AUTOCORRELATION_FROM} days, a weekly pattern {DECOMPOSITION_FROM}.",
            in_days(days.len())
        )));
    }
    if 2 * with_value < days.len() {
        return Ok(note(format!(
            "Only {with_value} of {} days have inspections: more than half of the values would be filled in.",
            days.len()
        )));
    }
    let values = filled(days);
    if values.iter().all(|value| *value == values[0]) {
        return Ok(note(
            "All daily values are equal: nothing in them repeats.".to_owned(),
        ));
    }
    let mut shape = Shape {
        autocorrelation: Some(memory(&values)?),
        ..Shape::default()
    };
    match values.len() < DECOMPOSITION_FROM {
        true => {
            shape.note = Some(format!(
                "The inspections span {}: a weekly pattern needs {DECOMPOSITION_FROM}.",
                in_days(days.len())
            ));
        }
        false => shape.decomposition = Some(parts(&values)?),
    }
    Ok(shape)
}

fn in_days(days: usize) -> String {
    match days {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Gaps take the mean of the nearest values on both sides.
fn filled(days: &[SeasonDay]) -> Vec<f64> {
    let mut filled: Vec<f64> = Vec::with_capacity(days.len());
    let mut ahead = days
        .iter()
        .enumerate()
        .filter_map(|(at, day)| Some((at, day.value?)));
    let mut before: Option<f64> = None;
    let mut next = ahead.next();
    for (place, day) in days.iter().enumerate() {
        if let Some(value) = day.value {
            before = Some(value);
            next = next.filter(|(at, _)| *at > place).or_else(|| ahead.next());
        }
        let after = next.map(|(_, value)| value);
        let between = match (before, after) {
            (Some(before), Some(after)) => 0.5 * (before + after),
            (before, after) => before.or(after).unwrap_or_default(),
        };
        filled.push(day.value.unwrap_or(between));
    }
    filled
}

fn memory(values: &[f64]) -> ApiResult<SeasonAutocorrelation> {
    let lags = LAGS.min(values.len() / 2);
    let found = autocorrelation(values, lags).map_err(anyhow::Error::from)?;
    let coefficients = found.coefficients.into_iter().flatten();
    Ok(SeasonAutocorrelation {
        coefficients: coefficients.skip(1).collect(),
        bound95: found.bound95,
        p: found.ljung_box.map(|test| test.p),
    })
}

/// A week that is the same all the time; excursions have little weight.
fn parts(values: &[f64]) -> ApiResult<SeasonDecomposition> {
    let found = stl(values, &StlSetup::periodic(WEEK, true)).map_err(anyhow::Error::from)?;
    Ok(SeasonDecomposition {
        trend: found.trend,
        weekly: found.seasonal,
        remainder: found.remainder,
        weekly_strength: found.seasonal_strength,
        trend_strength: found.trend_strength,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(values: &[Option<f64>]) -> Vec<SeasonDay> {
        let first: NaiveDate = "2026-01-01".parse().unwrap();
        let days = first.iter_days().zip(values);
        days.map(|(day, &value)| SeasonDay {
            at: day.and_time(chrono::NaiveTime::MIN).and_utc(),
            value,
            inspections: i64::from(value.is_some()),
        })
        .collect()
    }

    #[test]
    fn gaps_take_the_mean_of_their_neighbours() {
        let gaps = days(&[Some(2.0), None, None, Some(6.0), Some(1.0), None, Some(0.0)]);
        assert_eq!(filled(&gaps), [2.0, 4.0, 4.0, 6.0, 1.0, 0.5, 0.0]);
    }

    #[test]
    fn too_little_is_said_in_words() {
        let note = |values: &[Option<f64>]| shape(&days(values)).unwrap().note.unwrap();
        assert!(note(&[]).contains("span 0 days"));
        assert!(note(&[Some(1.0)]).contains("span 1 day:"));
        assert!(note(&[Some(3.0); 30]).contains("equal"));
        let mut sparse = [None; 30];
        (sparse[0], sparse[29]) = (Some(1.0), Some(2.0));
        assert!(note(&sparse).contains("2 of 30 days"));
        let short: Vec<Option<f64>> = (0..20).map(|day| Some(f64::from(day % 3))).collect();
        assert!(note(&short).contains("a weekly pattern needs 21"));
    }

    #[test]
    fn a_hundred_thousand_inspections_give_a_value_a_day() {
        let start: chrono::DateTime<chrono::Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
        let counted: Vec<Counted<'_>> = (0..100_000)
            .map(|hour| Counted {
                at: start + chrono::TimeDelta::hours(hour),
                zone: chrono_tz::Tz::UTC,
                shift: "",
                // Sundays have none, other days 24 a day.
                count: u64::from((hour / 24) % 7 != 4),
                size: 2.0,
            })
            .collect();
        let days = daily(&counted);
        assert_eq!(days.len(), 3_653);
        let shape = shape(&days).unwrap();
        let week = &shape.autocorrelation.unwrap().coefficients;
        assert!(week[6] > 0.99, "{}", week[6]);
        let parts = shape.decomposition.unwrap();
        let all = [&parts.trend, &parts.weekly, &parts.remainder];
        assert!(
            all.iter()
                .flat_map(|part| part.iter())
                .all(|value| value.is_finite())
        );
        assert!(parts.weekly_strength.unwrap() > 0.99);
    }
}
