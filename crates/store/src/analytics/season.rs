//! When inspections took place, by the clock of their tools.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Filter, Result, sql::Sql};

/// Inspections as columns of one length, newest first.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Inspected {
    /// Time.
    pub at: Vec<DateTime<Utc>>,
    /// IANA name of the tool's time zone.
    pub time_zone: Vec<String>,
    /// Shift as delivered; `""` where none was.
    pub shift: Vec<String>,
    /// Defects, of the types that the filter counts.
    pub defects: Vec<i64>,
    /// Inspected area in cm2; NaN where unknown.
    pub area_cm2: Vec<f64>,
}

/// The newest inspections of a filter, at most `limit`, and how many were left out. Served as
/// [`super::points`].
///
/// # Errors
/// When the database fails.
pub async fn season(
    db: &impl ConnectionTrait,
    filter: &Filter,
    limit: u32,
) -> Result<(Inspected, i64)> {
    // One row of arrays: decoding a row an inspection costs several times as much.
    let mut sql = Sql::new(
        "select coalesce(array_agg(inspected_at), '{}') as at, coalesce(array_agg(time_zone), '{}') as time_zone,
            coalesce(array_agg(shift), '{}') as shift, coalesce(array_agg(defects), '{}') as defects,
            coalesce(array_agg(coalesce(area_cm2, 'NaN')), '{}') as area_cm2
         from (select i.inspected_at, i.time_zone, coalesce(i.parameters ->> 'shift', '') as shift, i.area_cm2, ",
    );
    filter.push_count(&mut sql);
    sql.push(" as defects from inspection i");
    filter.push(&mut sql);
    sql.push(" order by i.inspected_at desc, i.inspection_id desc limit ")
        .bind(i64::from(limit))
        .push(") one");
    let found: Inspected = sql.one(db).await?.unwrap_or_default();
    let left_out = match found.at.len() < limit as usize {
        true => 0,
        false => crate::inspection::count(db, filter, None).await? - i64::from(limit),
    };
    Ok((found, left_out))
}
