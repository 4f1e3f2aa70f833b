//! Defects of many inspections, for one map of all.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// An inspection in a stack.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Head {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Its wafer.
    pub wafer_id: String,
    /// Diameter, its own or its wafer's.
    pub diameter_mm: Option<f64>,
    /// Inspected area as delivered.
    pub area_cm2: Option<f64>,
    /// Step of the die grid.
    pub die_pitch_x_mm: Option<f64>,
    /// Step of the die grid.
    pub die_pitch_y_mm: Option<f64>,
    /// Lower-left corner of die (0, 0) from the wafer centre.
    pub die_origin_x_mm: Option<f64>,
    /// Lower-left corner of die (0, 0) from the wafer centre.
    pub die_origin_y_mm: Option<f64>,
    /// The same number for the same list of inspected dies; 0 where the file had none.
    pub plan: i64,
}

/// Defects of one inspection, as columns of the same length.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Defects {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Positions from the wafer centre in mm, notch down.
    pub x_mm: Vec<f64>,
    /// Positions from the wafer centre in mm, y up.
    pub y_mm: Vec<f64>,
    /// Types.
    pub defect_type_id: Vec<i32>,
    /// Defects without a position, which are in no column.
    pub unplaced: i64,
}

/// The inspections under a filter, the newest first, at most `limit`; or `only` the one named. Served by
/// `inspection_inspected_at_idx`, or the key.
///
/// # Errors
/// When the database fails.
pub async fn heads(
    db: &impl ConnectionTrait,
    filter: &Filter,
    only: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Head>> {
    let mut sql = Sql::new(
        "select i.inspection_id, i.wafer_id, coalesce(i.diameter_mm, w.diameter_mm) as diameter_mm, i.area_cm2,
            i.die_pitch_x_mm, i.die_pitch_y_mm, i.die_origin_x_mm, i.die_origin_y_mm,
            case when cardinality(i.dies_inspected) > 0 then hash_array_extended(i.dies_inspected, 0) else 0 end as plan
         from inspection i join wafer w using (wafer_id)",
    );
    filter.push(&mut sql);
    sql.and("i.inspection_id =", only);
    sql.push(" order by i.inspected_at desc, i.inspection_id desc limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// The defects that a filter counts in some inspections, in the order of their ids; inspections without one are left out.
/// Served by the key of `defect`.
///
/// # Errors
/// When the database fails.
pub async fn defects(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
) -> Result<Vec<Defects>> {
    const PLACED: &str = "filter (where d.x_mm is not null and d.y_mm is not null)";
    let mut sql = Sql::new("select d.inspection_id");
    for column in ["x_mm", "y_mm", "defect_type_id"] {
        sql.push(&format!(
            ", coalesce(array_agg(d.{column}) {PLACED}, '{{}}') as {column}"
        ));
    }
    sql.push(&format!(", count(*) - count(*) {PLACED} as unplaced from "));
    filter.push_defects_of(&mut sql, inspections);
    sql.push(" d where true");
    filter.push_defects(&mut sql);
    sql.push(" group by d.inspection_id order by d.inspection_id");
    sql.all(db).await
}
