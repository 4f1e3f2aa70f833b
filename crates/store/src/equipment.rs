//! Equipment.

use chrono::{DateTime, Utc};
use entity::equipment::{ActiveModel, Column, Entity, EquipmentStatus, EquipmentType, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};

use crate::{Order, Page, Paging, Result, filter::CURRENT, record, sql::Sql};

/// A tool and what its inspections say.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Row {
    /// The tool.
    #[sea_orm(nested)]
    pub equipment: Model,
    /// Inspections made on it.
    pub inspection_count: i64,
    /// Its latest inspection.
    pub last_inspected_at: Option<DateTime<Utc>>,
}

/// Which tools.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of id, name, model, manufacturer or location.
    pub search: Option<String>,
    /// Only this type.
    pub equipment_type: Option<EquipmentType>,
    /// Only this status.
    pub status: Option<EquipmentStatus>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of `Row`")]
pub enum Sort {
    #[default]
    EquipmentId,
    Name,
    EquipmentType,
    Status,
    InspectionCount,
    LastInspectedAt,
}

/// What a tool finds at one step, against all tools there.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct StepPerformance {
    /// Step.
    pub step_id: String,
    /// Current inspections on this tool.
    pub inspection_count: i64,
    /// Mean defects per inspection on this tool.
    pub mean_count: f64,
    /// Mean defects per inspection on all tools.
    pub mean_count_all: f64,
    /// Defects per cm2 on this tool, over inspections whose area is known.
    pub density_per_cm2: Option<f64>,
    /// Defects per cm2 on all tools.
    pub density_per_cm2_all: Option<f64>,
    /// Latest inspection on this tool.
    pub last_inspected_at: Option<DateTime<Utc>>,
}

/// A fab has few tools, so each is joined with its facts; served by `inspection_equipment_idx`.
const FROM: &str = " from equipment e left join (
    select equipment_id as id, count(*) as inspections, max(inspected_at) as last_inspected_at
    from inspection group by 1) facts on facts.id = e.equipment_id";
const COLUMNS: &str =
    "select e.*, coalesce(facts.inspections, 0) as inspection_count, facts.last_inspected_at";

/// One page of tools.
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
    let mut count = Sql::new("select count(*) from equipment e");
    push_filter(&mut count, filter);
    let column = match sort {
        Sort::EquipmentId => "e.equipment_id",
        Sort::Name => "e.name",
        Sort::EquipmentType => "e.equipment_type",
        Sort::Status => "e.status",
        Sort::InspectionCount => "inspection_count",
        Sort::LastInspectedAt => "last_inspected_at",
    };
    let mut sql = Sql::new(COLUMNS);
    sql.push(FROM);
    push_filter(&mut sql, filter);
    sql.push(&format!(
        " order by {column}{}, e.equipment_id",
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
            &[
                "e.equipment_id",
                "e.name",
                "e.model",
                "e.manufacturer",
                "e.location",
            ],
            filter.search.as_deref(),
        )
        .and("e.equipment_type =", filter.equipment_type)
        .and("e.status =", filter.status);
}

/// One tool with the facts that lists show.
///
/// # Errors
/// When the database fails.
pub async fn row(db: &impl ConnectionTrait, equipment_id: &str) -> Result<Option<Row>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(FROM)
        .push(" where e.equipment_id = ")
        .bind(equipment_id);
    sql.one(db).await
}

/// One tool.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, equipment_id: &str) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(equipment_id).one(db).await?)
}

/// Adds a tool.
///
/// # Errors
/// [`crate::Unique::Equipment`]; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, equipment: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, equipment).await
}

/// Changes what is set in `changes`; `None` where there is no such tool.
///
/// # Errors
/// [`crate::Error::Stale`] when `version` is given and not the row's `updated_at`; [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    equipment_id: &str,
    changes: ActiveModel,
    version: Option<DateTime<Utc>>,
) -> Result<Option<Model>> {
    let version = version.map(|at| (Column::UpdatedAt, at));
    record::update::<Entity>(db, Column::EquipmentId.eq(equipment_id), changes, version).await
}

/// Deletes a tool without inspections and tells whether there was one.
///
/// # Errors
/// [`crate::Error::InUse`] when it has inspections.
pub async fn delete(db: &impl ConnectionTrait, equipment_id: &str) -> Result<bool> {
    record::delete::<Entity>(db, Column::EquipmentId.eq(equipment_id)).await
}

/// How a tool performs step by step, most inspections first; current inspections only. Served by
/// `inspection_equipment_idx` and `inspection_step_idx`.
///
/// # Errors
/// When the database fails.
pub async fn performance(
    db: &impl ConnectionTrait,
    equipment_id: &str,
) -> Result<Vec<StepPerformance>> {
    let mut sql = Sql::new(
        "with seen as (select step_id, defect_count, area_cm2, inspected_at, equipment_id = ",
    );
    sql.bind(equipment_id)
        .push(" as own from inspection i where step_id in (select step_id from inspection where equipment_id = ")
        .bind(equipment_id)
        .push(") and ")
        .push(CURRENT)
        .push(
            ") select step_id, count(*) filter (where own) as inspection_count,
                avg(defect_count) filter (where own)::float8 as mean_count, avg(defect_count)::float8 as mean_count_all,
                sum(defect_count) filter (where own and area_cm2 is not null) / sum(area_cm2) filter (where own) as density_per_cm2,
                sum(defect_count) filter (where area_cm2 is not null) / sum(area_cm2) as density_per_cm2_all,
                max(inspected_at) filter (where own) as last_inspected_at
             from seen group by step_id having bool_or(own) order by 2 desc, 1",
        );
    sql.all(db).await
}
