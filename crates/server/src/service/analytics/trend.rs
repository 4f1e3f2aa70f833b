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
    let filter = view::filter::filter(query.filter());
    let series = match bucket {
        Bucket::Inspection => rows::points(db, &filter, POINTS_MOST).await?,
        Bucket::Lot => buckets(db, &filter, rows::Bucket::Lot).await?,
        Bucket::Day => buckets(db, &filter, rows::Bucket::Day).await?,
        Bucket::Week => buckets(db, &filter, rows::Bucket::Week).await?,
    };
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
        left_out: series.left_out,
    })
}

async fn buckets(
    db: &store::Db,
    filter: &store::Filter,
    bucket: rows::Bucket,
) -> store::Result<Series> {
    rows::buckets(db, filter, bucket, POINTS_MOST).await
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
