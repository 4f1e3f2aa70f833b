//! Wafers.

use chrono::{DateTime, Utc};
use entity::wafer::{ActiveModel, Column, Entity, IdScheme, Model, WaferStatus};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};

use crate::{Order, Page, Paging, Result, record, sql::Sql};

/// A wafer and what its inspections say.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Row {
    /// The wafer.
    #[sea_orm(nested)]
    pub wafer: Model,
    /// Inspections of it.
    pub inspection_count: i64,
    /// Defects over its current inspections.
    pub defects: i64,
    /// Its latest inspection.
    pub last_inspected_at: Option<DateTime<Utc>>,
}

/// Which wafers.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of the id, the id as delivered, the scribe or the lot.
    pub search: Option<String>,
    /// Lots.
    pub lots: Vec<String>,
    /// Only this status.
    pub status: Option<WaferStatus>,
    /// Only this scheme.
    pub id_scheme: Option<IdScheme>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of `Row`")]
pub enum Sort {
    #[default]
    WaferId,
    LotId,
    Slot,
    Status,
    CreatedAt,
    LastInspectedAt,
    InspectionCount,
    DefectCount,
}

/// Facts from the inspections of wafer `w`; served by `inspection_wafer_step_idx`.
const FACTS: &str = "left join lateral (
    select count(*) as inspection_count, max(i.inspected_at) as last_inspected_at,
           coalesce(sum(i.defect_count) filter (where not exists (
               select from inspection later where later.wafer_id = i.wafer_id and later.step_id = i.step_id
                 and (later.inspected_at, later.inspection_id) > (i.inspected_at, i.inspection_id))), 0)::bigint as defects
    from inspection i where i.wafer_id = w.wafer_id) facts on true";

/// One page of wafers.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: Sort,
    order: Order,
    paging: Paging,
) -> Result<Page<Row>> {
    let mut count = Sql::new("select count(*) from wafer w");
    push_filter(&mut count, filter);
    let total = count.number(db).await?;

    let (column, needs_facts) = match sort {
        Sort::WaferId => ("w.wafer_id", false),
        Sort::LotId => ("w.lot_id", false),
        Sort::Slot => ("w.slot", false),
        Sort::Status => ("w.status", false),
        Sort::CreatedAt => ("w.created_at", false),
        Sort::LastInspectedAt => ("last_inspected_at", true),
        Sort::InspectionCount => ("inspection_count", true),
        Sort::DefectCount => ("defects", true),
    };
    let by = format!(" order by {column}{}, w.wafer_id", order.sql());
    let mut sql = Sql::default();
    if needs_facts {
        sql.push("select w.*, facts.* from wafer w ").push(FACTS);
        push_filter(&mut sql, filter);
        sql.push(&by);
        paging.push(&mut sql);
    } else {
        // The page first, so that the facts of 20 wafers are gathered and not those of all.
        sql.push("select w.*, facts.* from (select w.* from wafer w");
        push_filter(&mut sql, filter);
        sql.push(&by);
        paging.push(&mut sql);
        sql.push(") w ").push(FACTS).push(&by);
    }
    Ok(Page {
        rows: sql.all(db).await?,
        total,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and_contains(
            &["w.wafer_id", "w.delivered_id", "w.scribe", "w.lot_id"],
            filter.search.as_deref(),
        )
        .and_any("w.lot_id", &filter.lots)
        .and("w.status =", filter.status)
        .and("w.id_scheme =", filter.id_scheme);
}

/// One wafer with the facts that lists show.
///
/// # Errors
/// When the database fails.
pub async fn row(db: &impl ConnectionTrait, wafer_id: &str) -> Result<Option<Row>> {
    let mut sql = Sql::new("select w.*, facts.* from wafer w ");
    sql.push(FACTS).push(" where w.wafer_id = ").bind(wafer_id);
    sql.one(db).await
}

/// One wafer.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, wafer_id: &str) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(wafer_id).one(db).await?)
}

/// Adds a wafer.
///
/// # Errors
/// [`crate::Unique::Wafer`]; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, wafer: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, wafer).await
}

/// Changes what is set in `changes`; `None` where there is no such wafer.
///
/// # Errors
/// [`crate::Error::Stale`] when `version` is given and not the row's `updated_at`; [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    wafer_id: &str,
    changes: ActiveModel,
    version: Option<DateTime<Utc>>,
) -> Result<Option<Model>> {
    let version = version.map(|at| (Column::UpdatedAt, at));
    record::update::<Entity>(db, Column::WaferId.eq(wafer_id), changes, version).await
}

/// Deletes a wafer that has no inspections and tells whether there was one.
///
/// # Errors
/// [`crate::Error::InUse`] when it has inspections.
pub async fn delete(db: &impl ConnectionTrait, wafer_id: &str) -> Result<bool> {
    record::delete::<Entity>(db, Column::WaferId.eq(wafer_id)).await
}
