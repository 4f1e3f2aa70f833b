//! Control charts and the versions of their limits.

use chrono::{DateTime, Utc};
use entity::control_chart::{ActiveModel, Column, Entity, Model};
use entity::control_limit;
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Page, Paging, Result, record, sql::Sql};

/// A control chart and what became of it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Row {
    /// The chart.
    #[sea_orm(nested)]
    pub chart: Model,
    /// Who made it; `None` when the account is gone.
    pub created_by_username: Option<String>,
    /// Alerts that are not resolved.
    pub open_alerts: i64,
    /// Time of the latest violated point.
    pub last_violation_at: Option<DateTime<Utc>>,
}

/// A version of the limits.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct LimitRow {
    /// The version.
    #[sea_orm(nested)]
    pub limit: control_limit::Model,
    /// Who made it; `None` when the account is gone.
    pub created_by_username: Option<String>,
}

/// Which charts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of name or description.
    pub search: Option<String>,
    /// Only active ones, or only others.
    pub active: Option<bool>,
}

const ROWS: &str = "select c.*, u.username as created_by_username,
    (select count(*) from alert a where a.control_chart_id = c.control_chart_id and a.state <> 'resolved') as open_alerts,
    (select max(v.at) from chart_violation v where v.control_chart_id = c.control_chart_id) as last_violation_at
    from control_chart c left join app_user u on u.user_id = c.created_by";

/// One page of charts, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, paging: Paging) -> Result<Page<Row>> {
    let mut count = Sql::new("select count(*) from control_chart c");
    push_filter(&mut count, filter);
    let mut sql = Sql::new(ROWS);
    push_filter(&mut sql, filter);
    sql.push(" order by lower(c.name), c.control_chart_id");
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and_contains(&["c.name", "c.description"], filter.search.as_deref())
        .and("c.active =", filter.active);
}

/// One chart.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, control_chart_id: Uuid) -> Result<Option<Row>> {
    let mut sql = Sql::new(ROWS);
    sql.push(" where c.control_chart_id = ")
        .bind(control_chart_id);
    sql.one(db).await
}

/// One chart, which stays as it is until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(db: &impl ConnectionTrait, control_chart_id: Uuid) -> Result<Option<Model>> {
    let mut sql = Sql::new("select * from control_chart where control_chart_id = ");
    sql.bind(control_chart_id).push(" for no key update");
    sql.one(db).await
}

/// The charts that judge imports, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn active(db: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Sql::new("select * from control_chart where active order by control_chart_id")
        .all(db)
        .await
}

/// Adds a chart; its id is a UUID v7 of now. It needs a first version of its limits in the same transaction.
///
/// # Errors
/// [`crate::Unique::ControlChartName`]; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, chart: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, chart).await
}

/// Changes what is set in `changes`; `None` where there is no such chart.
///
/// # Errors
/// [`crate::Unique::ControlChartName`]; [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    control_chart_id: Uuid,
    changes: ActiveModel,
) -> Result<Option<Model>> {
    let key = Column::ControlChartId.eq(control_chart_id);
    record::update::<Entity>(db, key, changes, None).await
}

/// Notes why a chart could not be judged (at most 2,000 characters), or that it could.
///
/// # Errors
/// When the database fails.
pub async fn note_evaluation(
    db: &impl ConnectionTrait,
    control_chart_id: Uuid,
    error: Option<&str>,
) -> Result<()> {
    let mut sql = Sql::new("update control_chart set evaluation_error = ");
    sql.bind(error)
        .push(" where control_chart_id = ")
        .bind(control_chart_id);
    sql.execute(db).await.map(drop)
}

/// Deletes a chart with its limits, alerts and violations, and tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, control_chart_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::ControlChartId.eq(control_chart_id)).await
}

const LIMITS: &str = "select l.*, u.username as created_by_username from control_limit l
    left join app_user u on u.user_id = l.created_by";

/// The limits in force of each chart. Served by the key.
///
/// # Errors
/// When the database fails.
pub async fn limits_in_force(
    db: &impl ConnectionTrait,
    charts: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<LimitRow>> {
    let charts: Vec<Uuid> = charts.into_iter().collect();
    let mut sql = Sql::new(LIMITS);
    sql.push(" where (l.control_chart_id, l.version) in (select control_chart_id, max(version) from control_limit where control_chart_id = any(")
        .bind(charts)
        .push(") group by 1)");
    sql.all(db).await
}

/// One version of a chart's limits.
///
/// # Errors
/// When the database fails.
pub async fn limit_version(
    db: &impl ConnectionTrait,
    control_chart_id: Uuid,
    version: i32,
) -> Result<Option<LimitRow>> {
    let mut sql = Sql::new(LIMITS);
    sql.push(" where l.control_chart_id = ")
        .bind(control_chart_id)
        .push(" and l.version = ")
        .bind(version);
    sql.one(db).await
}

/// One page of the versions of a chart's limits, newest first.
///
/// # Errors
/// When the database fails.
pub async fn limit_versions(
    db: &impl ConnectionTrait,
    control_chart_id: Uuid,
    paging: Paging,
) -> Result<Page<LimitRow>> {
    let mut count = Sql::new("select count(*) from control_limit where control_chart_id = ");
    count.bind(control_chart_id);
    let mut sql = Sql::new(LIMITS);
    sql.push(" where l.control_chart_id = ")
        .bind(control_chart_id)
        .push(" order by l.version desc");
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

/// The stages of all versions of a chart's limits, newest first.
///
/// # Errors
/// When the database fails.
pub async fn all_stages(
    db: &impl ConnectionTrait,
    control_chart_id: Uuid,
) -> Result<Vec<serde_json::Value>> {
    #[derive(FromQueryResult)]
    struct Stages {
        stages: serde_json::Value,
    }
    let mut sql = Sql::new("select stages from control_limit where control_chart_id = ");
    sql.bind(control_chart_id).push(" order by version desc");
    let rows: Vec<Stages> = sql.all(db).await?;
    Ok(rows.into_iter().map(|row| row.stages).collect())
}

/// Adds a version of a chart's limits, which the caller has locked.
///
/// # Errors
/// [`crate::Unique::Other`] when the version is there; [`crate::Error::Invalid`].
pub async fn insert_limits(
    db: &impl ConnectionTrait,
    limits: control_limit::ActiveModel,
) -> Result<control_limit::Model> {
    record::insert::<control_limit::Entity>(db, limits).await
}
