//! A defect's place on the other inspections of its wafer.

use chrono::{DateTime, Utc};
use entity::defect::Model;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Result, sql::Sql};

/// Another inspection of the wafer, and what it saw at the spot.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct SameSpotRow {
    /// Inspection.
    #[sea_orm(from_alias = "of_inspection")]
    pub inspection_id: Uuid,
    /// Step.
    pub step_id: String,
    /// Tool.
    pub equipment_id: Option<String>,
    /// When.
    pub inspected_at: DateTime<Utc>,
    /// The nearest defect within the tolerance.
    #[sea_orm(nested)]
    pub defect: Option<Model>,
    /// Its distance in um.
    pub distance_um: Option<f64>,
}

/// Every other inspection of the wafer of `defect`, oldest first, with the nearest defect at most `tolerance_mm` away from
/// it. Reads the defects of those inspections, a range of the key each: a wafer has few inspections.
///
/// # Errors
/// When the database fails.
pub async fn same_spot(
    db: &impl ConnectionTrait,
    defect: &Model,
    tolerance_mm: f64,
) -> Result<Vec<SameSpotRow>> {
    let mut sql = Sql::new("with spot as (select ");
    sql.bind(defect.x_mm).push("::float8 as x, ");
    sql.bind(defect.y_mm).push("::float8 as y, ");
    sql.bind(tolerance_mm).push("::float8 as reach)");
    sql.push(
        " select i.inspection_id as of_inspection, i.step_id, i.equipment_id, i.inspected_at, d.*, 1000 * sqrt(d.square) as distance_um
          from inspection i left join lateral (
              select d.*, (d.x_mm - s.x) ^ 2 + (d.y_mm - s.y) ^ 2 as square from defect d, spot s
              where d.inspection_id = i.inspection_id
                and d.x_mm between s.x - s.reach and s.x + s.reach and d.y_mm between s.y - s.reach and s.y + s.reach
                and (d.x_mm - s.x) ^ 2 + (d.y_mm - s.y) ^ 2 <= s.reach ^ 2
              order by square, d.defect_no limit 1) d on true
          where i.wafer_id = (select wafer_id from inspection where inspection_id = ",
    )
    .bind(defect.inspection_id);
    sql.push(") and i.inspection_id <> ")
        .bind(defect.inspection_id);
    sql.push(" order by i.inspected_at, i.inspection_id");
    sql.all(db).await
}
