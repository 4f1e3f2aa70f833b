//! Trends.

mod panels;
mod shape;

use contract::analytics::{Bucket, Metric, SplitBy, Trend, TrendPoint, TrendQuery};
use store::analytics::{self as rows, Series, TypeSeries};

use super::POINTS_MOST;
use crate::error::{ApiResult, invalid};
use crate::{validate, view};

/// Points in the moving average when the caller does not say.
const WINDOW: u32 = 7;
/// Weight of the newest point in the smoothed trend when the caller does not say.
const LAMBDA: f64 = 0.2;

/// Defects over time.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn trend(db: &store::Db, query: &TrendQuery) -> ApiResult<Trend> {
    validate::within("window", query.window, 2..=100)?;
    let lambda = lambda(query.lambda)?;
    let split = split(query)?;
    let metric = query.metric.unwrap_or(Metric::Count);
    let bucket = query.bucket.unwrap_or(Bucket::Inspection);
    let window = query.window.unwrap_or(WINDOW);
    let filter = view::filter::filter(query.filter())?;
    let moment = rows::one_moment(db).await?;
    let series = series(&moment, &filter, bucket, POINTS_MOST).await?;
    let (panels, panels_left_out) = match split {
        None => (Vec::new(), 0),
        Some(split) => panels::panels(&moment, &filter, &split, &series, bucket, metric).await?,
    };
    let exposures = shape::exposures(&series.points, bucket, metric);
    let points = series.points.into_iter();
    let points: Vec<TrendPoint> = points
        .map(|point| view::analytics::point(point, bucket, metric))
        .collect();
    let (changes, change_penalty) = shape::changes(&points, &exposures)?;
    Ok(Trend {
        metric,
        bucket,
        moving_average: shape::moving_average(&points, window)?,
        window,
        smoothed: shape::smoothed(&points, lambda)?,
        lambda,
        line: shape::line(&points)?,
        monotonic: shape::monotonic(&points)?,
        changes,
        change_penalty,
        panels,
        panels_left_out,
        left_out: series.left_out,
        points,
    })
}

fn lambda(asked: Option<f64>) -> ApiResult<f64> {
    match asked {
        None => Ok(LAMBDA),
        Some(lambda) if lambda > 0.0 && lambda <= 1.0 => Ok(lambda),
        Some(lambda) => Err(invalid(
            "lambda",
            lambda,
            "has to lie above 0 and at most at 1",
        )),
    }
}

/// What tells the small charts apart.
enum Split {
    Type,
    Of(rows::SplitBy),
}

fn split(query: &TrendQuery) -> ApiResult<Option<Split>> {
    let attribute = query.split_attribute.as_deref();
    if let (Some(name), true) = (attribute, query.split != Some(SplitBy::Attribute)) {
        let rule = "belongs to `split=attribute` only";
        return Err(invalid("split_attribute", name, rule));
    }
    let of = match query.split {
        None => return Ok(None),
        Some(SplitBy::Type) => return Ok(Some(Split::Type)),
        Some(SplitBy::Equipment) => rows::SplitBy::Equipment,
        Some(SplitBy::Step) => rows::SplitBy::Step,
        Some(SplitBy::Product) => rows::SplitBy::Product,
        Some(SplitBy::Attribute) => match attribute {
            Some(name) if !name.is_empty() => rows::SplitBy::Attribute(name.to_owned()),
            _ => {
                let rule = "has to name the attribute to split by, for example chamber";
                return Err(invalid("split_attribute", attribute, rule));
            }
        },
    };
    Ok(Some(Split::Of(of)))
}

/// The points under a filter, the newest `most`.
///
/// # Errors
/// When the database fails.
pub(super) async fn series(
    db: &impl store::ConnectionTrait,
    filter: &store::Filter,
    bucket: Bucket,
    most: u32,
) -> store::Result<Series> {
    match buckets(bucket) {
        None => rows::points(db, filter, most).await,
        Some(bucket) => rows::buckets(db, filter, bucket, most).await,
    }
}

/// The `types` types with most defects at the points that [`series`] returned at the same moment.
///
/// # Errors
/// When the database fails.
pub(super) async fn types(
    db: &impl store::ConnectionTrait,
    filter: &store::Filter,
    bucket: Bucket,
    most: u32,
    points: &[rows::Point],
    types: u32,
) -> store::Result<TypeSeries> {
    rows::type_series(db, filter, buckets(bucket), most, points, types).await
}

fn buckets(bucket: Bucket) -> Option<rows::Bucket> {
    match bucket {
        Bucket::Inspection => None,
        Bucket::Wafer => Some(rows::Bucket::Wafer),
        Bucket::Lot => Some(rows::Bucket::Lot),
        Bucket::Shift => Some(rows::Bucket::Shift),
        Bucket::Day => Some(rows::Bucket::Day),
        Bucket::Week => Some(rows::Bucket::Week),
    }
}
