//! Trends.

use contract::analytics::{Bucket, Metric, Trend, TrendPoint, TrendQuery};
use store::analytics::{self as rows, Series};

use super::POINTS_MOST;
use crate::error::ApiResult;
use crate::{validate, view};

/// Points in the moving average when the caller does not say.
const WINDOW: u32 = 7;

/// Defects over time.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn trend(db: &store::Db, query: &TrendQuery) -> ApiResult<Trend> {
    validate::within("window", query.window, 2..=100)?;
    let metric = query.metric.unwrap_or(Metric::Count);
    let bucket = query.bucket.unwrap_or(Bucket::Inspection);
    let window = query.window.unwrap_or(WINDOW);
    let filter = view::filter::filter(query.filter())?;
    let series = series(db, &filter, bucket, POINTS_MOST).await?;
    let points = series.points.into_iter();
    let points: Vec<TrendPoint> = points
        .map(|point| view::analytics::point(point, bucket, metric))
        .collect();
    Ok(Trend {
        metric,
        bucket,
        moving_average: moving_average(&points, window)?,
        points,
        window,
        smoothed: Vec::new(),
        lambda: 0.2,
        line: None,
        monotonic: None,
        changes: Vec::new(),
        change_penalty: None,
        panels: Vec::new(),
        panels_left_out: 0,
        left_out: series.left_out,
    })
}

/// The points under a filter, the newest `most`.
///
/// # Errors
/// When the database fails.
pub(super) async fn series(
    db: &store::Db,
    filter: &store::Filter,
    bucket: Bucket,
    most: u32,
) -> store::Result<Series> {
    let bucket = match bucket {
        Bucket::Inspection => return rows::points(db, filter, most).await,
        Bucket::Wafer => rows::Bucket::Wafer,
        Bucket::Lot => rows::Bucket::Lot,
        Bucket::Shift => rows::Bucket::Shift,
        Bucket::Day => rows::Bucket::Day,
        Bucket::Week => rows::Bucket::Week,
    };
    rows::buckets(db, filter, bucket, most).await
}

/// The trailing mean over the points that have a value; those without are passed over.
fn moving_average(points: &[TrendPoint], window: u32) -> ApiResult<Vec<Option<f64>>> {
    let known: Vec<f64> = points.iter().filter_map(|point| point.value).collect();
    if known.is_empty() {
        return Ok(vec![None; points.len()]);
    }
    let averages =
        analytics::trend::trailing_average(&known, window as usize).map_err(anyhow::Error::from)?;
    let mut averages = averages.into_iter();
    let of_point = |point: &TrendPoint| point.value.and_then(|_| averages.next().flatten());
    Ok(points.iter().map(of_point).collect())
}
