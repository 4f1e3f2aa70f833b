//! The shape of a trend: smoothed, as a line, whether it rises, where its level changes.

use analytics::trend::{
    ChangeSetup, Segment, change_points, exponential_average, linear, mann_kendall,
    trailing_average,
};
use contract::analytics::{Bucket, LevelChange, Metric, MonotonicTrend, TrendLine, TrendPoint};
use store::analytics::Point;

use crate::error::ApiResult;
use crate::view;

/// Fewer points have neither line nor monotonic trend: two are on a line whatever they are.
const TREND_FROM: usize = 3;
/// All divisions into levels are considered up to this many points; more take too long for a page that loads.
const OPTIMAL_UP_TO: usize = 500;
/// Points tested for a monotonic trend, the newest: slopes of all pairs of 10,000 take longer than the rest of the page.
const MONOTONIC_MOST: usize = 2_000;

/// A point's defects and what they are divided by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure {
    count: i64,
    /// Area in cm2, or inspections; `None` where it is not known.
    size: Option<f64>,
}

/// What the values of points are made of.
pub(super) fn exposures(points: &[Point], bucket: Bucket, metric: Metric) -> Vec<Exposure> {
    let of = |point: &Point| match metric {
        Metric::Density => Exposure {
            count: point.defects_in_area,
            size: point.area_cm2,
        },
        Metric::Count if bucket == Bucket::Inspection => Exposure {
            count: point.defects,
            size: Some(1.0),
        },
        Metric::Count => Exposure {
            count: point.defects,
            size: Some(point.inspections as f64),
        },
    };
    points.iter().map(of).collect()
}

fn known(points: &[TrendPoint]) -> Vec<f64> {
    points.iter().filter_map(|point| point.value).collect()
}

/// One average for each point that has a value, in their order, to the places of those points.
fn in_place(
    points: &[TrendPoint],
    averages: impl IntoIterator<Item = Option<f64>>,
) -> Vec<Option<f64>> {
    let mut averages = averages.into_iter();
    let of_point = |point: &TrendPoint| point.value.and_then(|_| averages.next().flatten());
    points.iter().map(of_point).collect()
}

/// The trailing mean over the points that have a value; those without are passed over.
pub(super) fn moving_average(points: &[TrendPoint], window: u32) -> ApiResult<Vec<Option<f64>>> {
    let known = known(points);
    if known.is_empty() {
        return Ok(vec![None; points.len()]);
    }
    let averages = trailing_average(&known, window as usize).map_err(anyhow::Error::from)?;
    Ok(in_place(points, averages))
}

/// The exponentially weighted average over the points that have a value, from the first of them on.
pub(super) fn smoothed(points: &[TrendPoint], lambda: f64) -> ApiResult<Vec<Option<f64>>> {
    let known = known(points);
    let Some(&first) = known.first() else {
        return Ok(vec![None; points.len()]);
    };
    let averages = exponential_average(&known, lambda, first).map_err(anyhow::Error::from)?;
    Ok(in_place(points, averages.into_iter().map(Some)))
}

/// The straight line over time.
pub(super) fn line(points: &[TrendPoint]) -> ApiResult<Option<TrendLine>> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Ok(None);
    };
    let days = |point: &TrendPoint| (point.at - first.at).as_seconds_f64() / 86_400.0;
    let with_value = points.iter().filter(|point| point.value.is_some());
    let x: Vec<f64> = with_value.map(days).collect();
    let is_one_moment = x.iter().all(|day| *day == x[0]);
    if x.len() < TREND_FROM || is_one_moment {
        return Ok(None);
    }
    let found = linear(&x, &known(points)).map_err(anyhow::Error::from)?;
    let at = |day: f64| found.intercept + found.slope * day;
    Ok(Some(TrendLine {
        first: at(0.0),
        last: at(days(last)),
        slope_per_day: found.slope,
        r_squared: found.r_squared,
        p: found.p_two_sided,
    }))
}

/// Whether the newest values rise or fall, whatever the shape.
pub(super) fn monotonic(points: &[TrendPoint]) -> ApiResult<Option<MonotonicTrend>> {
    let newest = points.len().saturating_sub(MONOTONIC_MOST);
    let values: Vec<Option<f64>> = points[newest..].iter().map(|point| point.value).collect();
    if values.iter().flatten().count() < TREND_FROM {
        return Ok(None);
    }
    let found = mann_kendall(&values).map_err(anyhow::Error::from)?;
    Ok(Some(MonotonicTrend {
        tau: found.tau_b,
        p: found.p_two_sided,
        sen_slope: found.sen_slope,
        sen_interval95: found.sen_interval95.map(|(lower, upper)| [lower, upper]),
    }))
}

/// Where the level changes, and what a change has to gain to count.
pub(super) fn changes(
    points: &[TrendPoint],
    exposures: &[Exposure],
) -> ApiResult<(Vec<LevelChange>, Option<f64>)> {
    let setup = ChangeSetup {
        optimal_up_to: OPTIMAL_UP_TO,
        ..ChangeSetup::default()
    };
    let places = exposures.iter().enumerate();
    let sized: Vec<(usize, u64, f64)> = places
        .filter_map(|(place, of)| Some((place, u64::try_from(of.count).ok()?, of.size?)))
        .collect();
    // A change has two levels.
    if sized.len() < 2 * setup.least_points {
        return Ok((Vec::new(), None));
    }
    let counts: Vec<u64> = sized.iter().map(|(_, count, _)| *count).collect();
    let sizes: Vec<f64> = sized.iter().map(|(_, _, size)| *size).collect();
    let found = change_points(&counts, &sizes, &setup).map_err(anyhow::Error::from)?;
    let pairs = found.segments.windows(2);
    let change = |pair: &[Segment]| {
        let (before, after) = (&pair[0], &pair[1]);
        let (place, ..) = sized[after.points.start];
        LevelChange {
            index: view::spc::index(place),
            at: points[place].at,
            before: before.rate,
            after: after.rate,
            ratio: after.ratio_to_previous,
        }
    };
    Ok((pairs.map(change).collect(), Some(found.penalty)))
}
