//! Defect types.

use chrono::{DateTime, Utc};
use entity::defect_type::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryOrder};

use crate::{Order, Page, Paging, Result, record, sql::Sql};

/// A defect type and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// The type.
    #[sea_orm(nested)]
    pub defect_type: Model,
    /// Defects of this type, over all inspections.
    pub defect_count: i64,
}

/// Which types.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of name, category or description.
    pub search: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only killers, or only others.
    pub killer: Option<bool>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of `Row`")]
pub enum Sort {
    #[default]
    Name,
    Severity,
    Category,
    DefectCount,
}

const ROWS: &str = "select t.*, coalesce(n.defects, 0) as defect_count from defect_type t left join (
    select defect_type_id as id, sum(defect_count)::bigint as defects from inspection_type_count group by 1
    ) n on n.id = t.defect_type_id";

/// One page of types.
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
    let mut count = Sql::new("select count(*) from defect_type t");
    push_filter(&mut count, filter);
    let column = match sort {
        Sort::Name => "lower(t.name)",
        Sort::Severity => "t.severity",
        Sort::Category => "t.category",
        Sort::DefectCount => "defect_count",
    };
    let mut sql = Sql::new(ROWS);
    push_filter(&mut sql, filter);
    sql.push(&format!(
        " order by {column}{}, t.defect_type_id",
        order.sql()
    ));
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and_contains(
            &["t.name", "t.category", "t.description"],
            filter.search.as_deref(),
        )
        .and("t.category =", filter.category.clone())
        .and("t.killer =", filter.killer);
}

/// All types by id: what views need to name and colour defects.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .order_by_asc(Column::DefectTypeId)
        .all(db)
        .await?)
}

/// One type with its count. Served by `inspection_type_count_type_idx`.
///
/// # Errors
/// When the database fails.
pub async fn row(db: &impl ConnectionTrait, defect_type_id: i32) -> Result<Option<Row>> {
    let mut sql = Sql::new(ROWS);
    sql.push(" where t.defect_type_id = ").bind(defect_type_id);
    sql.one(db).await
}

/// One type.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, defect_type_id: i32) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(defect_type_id).one(db).await?)
}

/// Adds a type.
///
/// # Errors
/// [`crate::Unique::DefectTypeName`]; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, defect_type: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, defect_type).await
}

/// Changes what is set in `changes`; `None` where there is no such type.
///
/// # Errors
/// [`crate::Unique::DefectTypeName`]; [`crate::Error::Invalid`]; [`crate::Error::Stale`].
pub async fn update(
    db: &impl ConnectionTrait,
    defect_type_id: i32,
    changes: ActiveModel,
    version: Option<DateTime<Utc>>,
) -> Result<Option<Model>> {
    let version = version.map(|at| (Column::UpdatedAt, at));
    record::update::<Entity>(
        db,
        Column::DefectTypeId.eq(defect_type_id),
        changes,
        version,
    )
    .await
}

/// Deletes a type that no defect has and tells whether there was one.
///
/// # Errors
/// [`crate::Error::InUse`] when a defect has it.
pub async fn delete(db: &impl ConnectionTrait, defect_type_id: i32) -> Result<bool> {
    record::delete::<Entity>(db, Column::DefectTypeId.eq(defect_type_id)).await
}
