//! Defects as columns, for maps and exports.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Result, sql::Sql};

/// Defects of one inspection as columns of the same length, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Columns {
    /// Number.
    pub defect_no: Vec<i32>,
    /// Type.
    pub defect_type_id: Vec<i32>,
    /// Position from the wafer centre in mm, notch down; NaN where the file has no geometry.
    pub x_mm: Vec<f64>,
    /// Position from the wafer centre in mm, y up.
    pub y_mm: Vec<f64>,
    /// Size in um; NaN where unknown.
    pub size_um: Vec<f32>,
    /// Cluster; 0 for none.
    pub cluster_no: Vec<i32>,
    /// Die column, 0 where unknown.
    pub die_x: Vec<i32>,
    /// Die row, 0 where unknown.
    pub die_y: Vec<i32>,
}

/// The next `limit` defects of an inspection after number `after`, of the given types (all where none is given). Fewer
/// than `limit` are the last. Call it again with the last number: a million defects stream in batches, each a range of
/// the key. For batches of one moment, call it within a `repeatable read` transaction.
///
/// # Errors
/// When the database fails.
pub async fn map_columns(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_types: &[i32],
    after: Option<i32>,
    limit: u32,
) -> Result<Columns> {
    // One row of arrays: decoding a row a defect costs several times as much.
    let mut sql = Sql::new(
        "select coalesce(array_agg(defect_no), '{}') as defect_no, coalesce(array_agg(defect_type_id), '{}') as defect_type_id,
            coalesce(array_agg(coalesce(x_mm, 'NaN')), '{}') as x_mm, coalesce(array_agg(coalesce(y_mm, 'NaN')), '{}') as y_mm,
            coalesce(array_agg(coalesce(size_um, 'NaN')), '{}') as size_um,
            coalesce(array_agg(coalesce(cluster_no, 0)), '{}') as cluster_no,
            coalesce(array_agg(coalesce(die_x, 0)), '{}') as die_x, coalesce(array_agg(coalesce(die_y, 0)), '{}') as die_y
         from (select * from defect where inspection_id = ",
    );
    sql.bind(inspection_id)
        .and_any("defect_type_id", defect_types)
        .and("defect_no >", after);
    sql.push(" order by defect_no limit ")
        .bind(i64::from(limit))
        .push(") d");
    Ok(sql.one(db).await?.unwrap_or_default())
}
