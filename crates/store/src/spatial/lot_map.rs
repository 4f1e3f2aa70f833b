//! The wafers of a lot side by side.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// A wafer of a lot.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Wafer {
    /// The wafer.
    pub wafer_id: String,
    /// Its slot: of its latest inspection in the lot, or as the wafer has it.
    pub slot: Option<i32>,
}

/// A step of a lot.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Step {
    /// The step, `''` where none was delivered.
    pub step_id: String,
    /// Whether the lot's latest inspection is of it.
    pub is_latest: bool,
}

/// The defects of an inspection by cell.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Cells {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Cells with a defect, ascending: row times the cells of a row plus column.
    pub cell: Vec<i32>,
    /// Defects in each.
    pub cell_count: Vec<i32>,
    /// Defects without a position.
    pub unplaced: i64,
}

/// The most frequent type of an inspection.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MainType {
    /// The inspection.
    pub inspection_id: Uuid,
    /// The type.
    pub defect_type_id: i32,
    /// Defects of it.
    pub defect_count: i32,
}

/// The steps at which a lot was inspected, by their first inspections. Served by `inspection_lot_idx`.
///
/// # Errors
/// When the database fails.
pub async fn steps(db: &impl ConnectionTrait, lot_id: &str) -> Result<Vec<Step>> {
    let mut sql = Sql::new(
        "select step_id, bool_or(nth = 1) as is_latest
         from (select step_id, inspected_at, row_number() over (order by inspected_at desc, inspection_id desc) as nth
               from inspection where lot_id = ",
    );
    sql.bind(lot_id)
        .push(") i group by 1 order by min(inspected_at), 1");
    sql.all(db).await
}

/// The wafers that belong to a lot or were inspected while they did, by slot, those without one last; at most `limit`.
/// Served by `wafer_lot_idx` and `inspection_lot_idx`.
///
/// # Errors
/// When the database fails.
pub async fn wafers(db: &impl ConnectionTrait, lot_id: &str, limit: u32) -> Result<Vec<Wafer>> {
    let mut sql = Sql::new(
        "with inspected as (
            select distinct on (wafer_id) wafer_id, slot from inspection where lot_id = ",
    );
    sql.bind(lot_id).push(
        " order by wafer_id, inspected_at desc, inspection_id desc)
         select wafer_id, coalesce(i.slot, w.slot) as slot
         from (select wafer_id, slot from wafer where lot_id = ",
    );
    sql.bind(lot_id).push(
        ") w full join inspected i using (wafer_id)
         order by coalesce(i.slot, w.slot) nulls last, wafer_id limit ",
    );
    sql.bind(i64::from(limit));
    sql.all(db).await
}

/// The defects that a filter counts in some inspections, by square cells of `cell_mm`, `across` in a row, from the lower-left
/// corner at (-`radius_mm`, -`radius_mm`); those beyond the square count in its outermost cells. Inspections without a defect
/// are left out. Served by the key of `defect`.
///
/// # Errors
/// When the database fails.
pub async fn cells(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
    (cell_mm, radius_mm, across): (f64, f64, i32),
) -> Result<Vec<Cells>> {
    let mut sql = Sql::new("with grid as (select ");
    sql.bind(cell_mm)
        .push("::float8 as cell_mm, ")
        .bind(radius_mm)
        .push("::float8 as radius_mm, ")
        .bind(across)
        .push(
            "::int as across),
             counted as (
                select d.inspection_id,
                    least(greatest(floor((d.y_mm + radius_mm) / cell_mm), 0), across - 1)::int * across
                        + least(greatest(floor((d.x_mm + radius_mm) / cell_mm), 0), across - 1)::int as cell,
                    count(*)::int as n
                from ",
        );
    filter.push_defects_of(&mut sql, inspections);
    sql.push(" d cross join grid where true");
    filter.push_defects(&mut sql);
    sql.push(
        " group by 1, 2)
         select inspection_id,
            coalesce(array_agg(cell order by cell) filter (where cell is not null), '{}') as cell,
            coalesce(array_agg(n order by cell) filter (where cell is not null), '{}') as cell_count,
            coalesce(sum(n) filter (where cell is null), 0)::bigint as unplaced
         from counted group by 1",
    );
    sql.all(db).await
}

/// The most frequent type of the defects that a filter counts in each of some inspections. Served by the key of
/// `inspection_type_count`, or that of `inspection_adder`.
///
/// # Errors
/// When the database fails.
pub async fn main_types(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
) -> Result<Vec<MainType>> {
    let mut sql = Sql::new(
        "select distinct on (inspection_id) inspection_id, defect_type_id, defect_count::int as defect_count from ",
    );
    filter.push_type_counts(&mut sql);
    sql.push(" c where inspection_id = any(")
        .bind(inspections.to_vec())
        .push(")");
    filter.push_types(&mut sql, "defect_type_id");
    sql.push(" order by inspection_id, defect_count desc, defect_type_id");
    sql.all(db).await
}
