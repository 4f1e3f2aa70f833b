//! Defects over time.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// How points are formed from inspections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// One point a wafer, at its first inspection in the filter.
    Wafer,
    /// One point a lot, at its first inspection in the filter.
    Lot,
    /// One point a shift of 12 hours, from 06:00 and 18:00 UTC on.
    Shift,
    /// One point a day, UTC.
    Day,
    /// One point an ISO week, UTC.
    Week,
}

impl Bucket {
    /// The expression for the start of an inspection's shift, day or week.
    pub(crate) fn start(self) -> Option<&'static str> {
        match self {
            Self::Wafer | Self::Lot => None,
            Self::Shift => Some(SHIFT),
            Self::Day => Some(DAY),
            Self::Week => Some(WEEK),
        }
    }
}

/// One point: an inspection, or a bucket of them.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Point {
    /// Time of the inspection, of the first one of wafer or lot, or the start of shift, day or week.
    pub at: DateTime<Utc>,
    /// Inspections in it.
    pub inspections: i64,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// Inspected area in cm2, over the inspections where it is known.
    pub area_cm2: Option<f64>,
    /// Defects of the inspections whose area is known: what a density divides by `area_cm2`.
    pub defects_in_area: i64,
    /// The inspection, where the point is one.
    pub inspection_id: Option<Uuid>,
    /// The wafer, where the point is of one.
    pub wafer_id: Option<String>,
    /// The lot, where the point is of one.
    pub lot_id: Option<String>,
    /// The inspection's step.
    pub step_id: Option<String>,
    /// The inspection's tool.
    pub equipment_id: Option<String>,
}

/// Points, and how many did not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Oldest first.
    pub points: Vec<Point>,
    /// Older points left out, the newest being kept.
    pub left_out: i64,
}

/// One point an inspection, at most `limit`. Served by `inspection_inspected_at_idx` and the indexes of the filter.
///
/// # Errors
/// When the database fails.
pub async fn points(db: &impl ConnectionTrait, filter: &Filter, limit: u32) -> Result<Series> {
    let mut sql = Sql::new(
        "select i.inspected_at as at, 1::bigint as inspections, i.area_cm2, i.inspection_id, i.wafer_id, i.lot_id, i.step_id, i.equipment_id, ",
    );
    filter.push_count(&mut sql);
    sql.push(" as defects, ");
    sql.push("0::bigint as defects_in_area from inspection i");
    filter.push(&mut sql);
    sql.push(" order by i.inspected_at desc, i.inspection_id desc limit ")
        .bind(i64::from(limit));
    let mut points: Vec<Point> = sql.all(db).await?;
    points.reverse();
    for point in points.iter_mut().filter(|point| point.area_cm2.is_some()) {
        point.defects_in_area = point.defects;
    }
    let left_out = if points.len() < limit as usize {
        0
    } else {
        crate::inspection::count(db, filter, None).await? - i64::from(limit)
    };
    Ok(Series { points, left_out })
}

const FIRST: &str = "min(inspected_at)";
const NO_TEXT: &str = "null::text";
const SHIFT: &str = "date_bin('12 hours', inspected_at, timestamptz '2000-01-01 06:00:00+00')";
const DAY: &str = "date_trunc('day', inspected_at, 'UTC')";
const WEEK: &str = "date_trunc('week', inspected_at, 'UTC')";

/// The expressions that make buckets of inspections.
pub(super) struct Columns {
    /// What inspections of a bucket have in common.
    pub key: &'static str,
    /// Its time.
    pub at: &'static str,
    /// Its lot.
    pub lot: &'static str,
    /// Its wafer.
    pub wafer: &'static str,
}

impl Bucket {
    pub(super) fn columns(self) -> Columns {
        let (key, at, lot, wafer) = match self {
            Self::Wafer => ("wafer_id", FIRST, "min(lot_id)", "wafer_id"),
            Self::Lot => ("lot_id", FIRST, "lot_id", NO_TEXT),
            Self::Shift => (SHIFT, SHIFT, NO_TEXT, NO_TEXT),
            Self::Day => (DAY, DAY, NO_TEXT, NO_TEXT),
            Self::Week => (WEEK, WEEK, NO_TEXT, NO_TEXT),
        };
        Columns {
            key,
            at,
            lot,
            wafer,
        }
    }
}

/// One point a wafer, lot, shift, day or week, at most `limit`; shifts, days and weeks without inspections have none.
///
/// # Errors
/// When the database fails.
pub async fn buckets(
    db: &impl ConnectionTrait,
    filter: &Filter,
    bucket: Bucket,
    limit: u32,
) -> Result<Series> {
    let Columns {
        key,
        at,
        lot,
        wafer,
    } = bucket.columns();
    let mut sql = Sql::new(
        "with one as materialized (select i.inspected_at, i.lot_id, i.wafer_id, i.area_cm2, ",
    );
    filter.push_count(&mut sql);
    sql.push(" as defects from inspection i");
    filter.push(&mut sql);
    sql.push(&format!(
        "), point as (select {at} as at, count(*) as inspections, sum(defects)::bigint as defects, sum(area_cm2) as area_cm2,
            coalesce(sum(defects) filter (where area_cm2 is not null), 0)::bigint as defects_in_area, {lot} as lot_id, {wafer} as wafer_id
         from one group by {key})
         select *, null::uuid as inspection_id, null::text as step_id, null::text as equipment_id,
             count(*) over () as points from point order by at desc, lot_id desc, wafer_id desc limit "
    ));
    sql.bind(i64::from(limit));
    let mut rows: Vec<Counted> = sql.all(db).await?;
    rows.reverse();
    let left_out = rows
        .first()
        .map_or(0, |row| row.points - i64::from(limit))
        .max(0);
    Ok(Series {
        points: rows.into_iter().map(|row| row.point).collect(),
        left_out,
    })
}

#[derive(FromQueryResult)]
struct Counted {
    #[sea_orm(nested)]
    point: Point,
    points: i64,
}
