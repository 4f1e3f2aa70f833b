//! Control charts.

use std::collections::BTreeSet;

use analytics::rules::RuleSet as Rules;
use analytics::spc::{Baseline, ChartKind as Drawn, Options, Point, Setup, analyse, u_chart};
use contract::analytics::{Bucket, ChartKind, Metric, RuleSet, Spc, SpcQuery, TrendPoint};

use super::POINTS_MOST;
use crate::error::{ApiResult, invalid};
use crate::view;
use crate::view::spc::Asked;

/// A control chart of the inspections under a filter, one point each.
///
/// Charts of densities (`metric=density`, or a u or u' chart) leave out points without an inspected
/// area, unless no point has one: then each wafer is the unit of area. All others chart counts.
///
/// # Errors
/// When the baseline holds no point or the database fails.
pub async fn spc(db: &store::Db, query: &SpcQuery) -> ApiResult<Spc> {
    newest(db, query, POINTS_MOST).await
}

/// [`spc`] of the newest inspections under a filter, `most` of them; its limits are theirs.
///
/// # Errors
/// As [`spc`].
pub(super) async fn newest(db: &store::Db, query: &SpcQuery, most: u32) -> ApiResult<Spc> {
    let filter = view::filter::filter(query.filter());
    let series = store::analytics::points(db, &filter, most).await?;
    let mut asked = Asked {
        chart: query.chart.unwrap_or(ChartKind::Auto),
        rules: query.rules.unwrap_or(RuleSet::WesternElectric),
        metric: metric(query),
        without_area: 0,
        left_out: series.left_out,
    };
    let all = series.points.into_iter();
    let mut points: Vec<TrendPoint> = all
        .map(|point| view::analytics::point(point, Bucket::Inspection, asked.metric))
        .collect();
    let charts_density =
        asked.metric == Metric::Density && points.iter().any(|point| point.area_cm2.is_some());
    if charts_density {
        let before = points.len();
        points.retain(|point| point.area_cm2.is_some());
        asked.without_area = i64::try_from(before - points.len()).unwrap_or(i64::MAX);
    }
    if points.is_empty() {
        return Ok(view::spc::empty(&asked));
    }
    let charted: Vec<Point> = points
        .iter()
        .map(|point| Point {
            count: u64::try_from(point.count).unwrap_or_default(),
            area_cm2: point.area_cm2.filter(|_| charts_density),
        })
        .collect();
    let options = Options {
        kind: kind(asked.chart),
        rules: rules(asked.rules),
        setup: Setup {
            baseline: baseline(query, &points)?,
            ..Setup::default()
        },
    };
    let chart = analyse(&charted, &options).map_err(anyhow::Error::from)?;
    let flagged = poisson_flagged_percent(&charted, &options.setup)?;
    let mixed = steps_mixed(&points);
    let mut spc = view::spc::spc(&asked, &chart, points, flagged);
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

fn metric(query: &SpcQuery) -> Metric {
    match query.chart {
        Some(ChartKind::U | ChartKind::LaneyU) => Metric::Density,
        _ => query.metric.unwrap_or(Metric::Count),
    }
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

fn rules(asked: RuleSet) -> Rules {
    match asked {
        RuleSet::WesternElectric => Rules::WesternElectric,
        RuleSet::Nelson => Rules::Nelson,
    }
}

/// The points that limits are computed from.
fn baseline(query: &SpcQuery, points: &[TrendPoint]) -> ApiResult<Baseline> {
    let (from, to) = (query.baseline_from, query.baseline_to);
    if from.is_none() && to.is_none() {
        return Ok(Baseline::All);
    }
    let is_in = |point: &TrendPoint| {
        from.is_none_or(|from| point.at >= from) && to.is_none_or(|to| point.at < to)
    };
    let mask: Vec<bool> = points.iter().map(is_in).collect();
    if mask.contains(&true) {
        return Ok(Baseline::Mask(mask));
    }
    let (field, value) = match from {
        Some(from) => ("baseline_from", from),
        None => ("baseline_to", to.unwrap_or_default()),
    };
    let rule = "leaves no point under the filter to compute limits from";
    Err(invalid(field, value.to_rfc3339(), rule))
}

/// Percent of the points beyond the limits of a Poisson chart over the same baseline.
fn poisson_flagged_percent(points: &[Point], setup: &Setup) -> ApiResult<f64> {
    let counts: Vec<u64> = points.iter().map(|point| point.count).collect();
    let areas = points.iter().map(|point| point.area_cm2.unwrap_or(1.0));
    let areas: Vec<f64> = areas.collect();
    let chart = u_chart(&counts, &areas, setup).map_err(anyhow::Error::from)?;
    Ok(100.0 * chart.beyond.len() as f64 / points.len() as f64)
}
