//! Adders of inspections: what they are computed from, and where they are kept.

use chrono::{DateTime, Utc};
use entity::inspection_adder;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, filter::CURRENT, sql::Sql};

/// Rows written by one statement: far below the 65,535 values that PostgreSQL takes.
const ROWS: usize = 1_000;

/// An inspection on the route of its wafer.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Inspected {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Its wafer.
    pub wafer_id: String,
    /// Its step, `""` where none was delivered.
    pub step_id: String,
    /// Its tool.
    pub equipment_id: Option<String>,
    /// When it was made.
    pub inspected_at: DateTime<Utc>,
    /// Whether no later one of the wafer at the same step has replaced it.
    pub is_current: bool,
    /// Its defects.
    pub defect_count: i32,
    /// Step of its die grid in x, mm.
    pub die_pitch_x_mm: Option<f64>,
    /// Step of its die grid in y, mm.
    pub die_pitch_y_mm: Option<f64>,
}

/// The defects of an inspection as columns of one length, by number.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Defects {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Numbers, ascending.
    pub defect_no: Vec<i32>,
    /// Types.
    pub defect_type_id: Vec<i32>,
    /// Positions, mm from the wafer centre; NaN where none was delivered.
    pub x_mm: Vec<f64>,
    /// Positions, mm from the wafer centre; NaN where none was delivered.
    pub y_mm: Vec<f64>,
}

/// Takes wafers out of the queue, the longest waiting first: at most `wafers`, and no more once their inspections hold
/// `defects`. What is queued from now on stays in it. None where another transaction computes adders: one at a time
/// does.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &impl ConnectionTrait, wafers: u32, defects: i64) -> Result<Vec<String>> {
    let alone = Sql::new("select pg_try_advisory_xact_lock(hashtext('adder_queue'))::int::bigint");
    if alone.number(tx).await? == 0 {
        return Ok(Vec::new());
    }
    #[derive(FromQueryResult)]
    struct Waiting {
        wafer_id: String,
        defects: i64,
    }
    let mut sql = Sql::new(
        "select w.wafer_id, coalesce((select sum(i.defect_count) from inspection i where i.wafer_id = w.wafer_id), 0)::bigint as defects
         from (select wafer_id, min(adder_queue_id) as first from adder_queue group by 1 order by 2 limit ",
    );
    sql.bind(i64::from(wafers)).push(") w order by w.first");
    let waiting: Vec<Waiting> = sql.all(tx).await?;
    let mut sum = 0;
    let claimed = waiting.into_iter().take_while(|one| {
        let is_first = sum == 0;
        sum += one.defects.max(1);
        is_first || sum <= defects
    });
    let claimed: Vec<String> = claimed.map(|one| one.wafer_id).collect();
    if !claimed.is_empty() {
        // Before anything is read: what is taken out here was committed by then.
        let mut sql = Sql::new("delete from adder_queue where true");
        sql.and_any("wafer_id", &claimed);
        sql.execute(tx).await?;
    }
    Ok(claimed)
}

/// Keeps the inspections of wafers from being deleted until the transaction ends, or waits until they are.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &impl ConnectionTrait, wafers: &[String]) -> Result<()> {
    let mut sql = Sql::new("select from inspection where wafer_id = any(");
    sql.bind(wafers.to_vec())
        .push(") order by inspection_id for key share");
    sql.execute(tx).await.map(drop)
}

/// The inspections of wafers, wafer by wafer, oldest first. Served by `inspection_wafer_step_idx`.
///
/// # Errors
/// When the database fails.
pub async fn inspections(db: &impl ConnectionTrait, wafers: &[String]) -> Result<Vec<Inspected>> {
    let mut sql = Sql::new(
        "select i.inspection_id, i.wafer_id, i.step_id, i.equipment_id, i.inspected_at, i.defect_count, i.die_pitch_x_mm, i.die_pitch_y_mm, ",
    );
    sql.push(CURRENT)
        .push(" as is_current from inspection i where i.wafer_id = any(")
        .bind(wafers.to_vec())
        .push(") order by i.wafer_id, i.inspected_at, i.inspection_id");
    sql.all(db).await
}

/// The defects that a filter counts in inspections, in no particular order; those without one are not among them. Served by
/// the key.
///
/// # Errors
/// When the database fails.
pub async fn defects(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
) -> Result<Vec<Defects>> {
    // A row an inspection: decoding a row a defect costs several times as much.
    let mut sql = Sql::new(
        "select inspection_id, array_agg(defect_no) as defect_no, array_agg(defect_type_id) as defect_type_id,
            array_agg(coalesce(x_mm, 'NaN')) as x_mm, array_agg(coalesce(y_mm, 'NaN')) as y_mm
         from (select d.* from ",
    );
    filter.push_defects_of(&mut sql, inspections);
    sql.push(" d where true");
    filter.push_defects(&mut sql);
    sql.push(" order by d.inspection_id, d.defect_no) d group by inspection_id");
    sql.all(db).await
}

/// Replaces what is known of the adders of inspections. Those that are not among the rows are not known afterwards.
///
/// # Errors
/// [`crate::Error::Missing`] when an inspection does not exist.
pub async fn replace(
    tx: &impl ConnectionTrait,
    inspections: &[Uuid],
    rows: Vec<inspection_adder::ActiveModel>,
) -> Result<()> {
    if inspections.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("delete from inspection_adder where true");
    sql.and_any("inspection_id", inspections);
    sql.execute(tx).await?;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(ROWS).collect();
        inspection_adder::Entity::insert_many(some)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// How many wafers wait for their adders.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<i64> {
    Sql::new("select count(distinct wafer_id) from adder_queue")
        .number(db)
        .await
}

/// Types with their defects in the form of `inspection.type_counts`: 8 bytes a type, in the order of the types.
#[must_use]
pub fn packed(types: impl IntoIterator<Item = (i32, i32)>) -> Vec<u8> {
    let types = types.into_iter();
    types
        .flat_map(|(kind, count)| [kind.to_be_bytes(), count.to_be_bytes()].concat())
        .collect()
}
