//! Descriptors of inspections, and the nearest of them.

use chrono::{DateTime, Utc};
use entity::inspection::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// An inspection without a descriptor, or with one that is out of date.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Missing {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Its version.
    pub updated_at: DateTime<Utc>,
    /// Diameter, its own or its wafer's.
    pub diameter_mm: Option<f64>,
}

/// A descriptor as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Its version, of which the descriptor was made.
    pub made_of: DateTime<Utc>,
    /// The descriptor and its part that does not change when the wafer is turned; `None` for too few defects.
    pub descriptor: Option<(Vec<f32>, Vec<f64>)>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Near {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Its descriptor.
    pub descriptor: Vec<f32>,
    /// Distance of the invariant parts: that of the descriptors is at least as much.
    pub at_least: f64,
}

/// What an inspection is compared with.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Steps; empty for all.
    pub steps: Vec<String>,
    /// A wafer that is left out.
    pub but_wafer: Option<String>,
    /// The inspection itself.
    pub but_inspection: Uuid,
}

/// Inspections that need a descriptor, at most `limit`: those without one, with one by another method, and those that have
/// changed since. Compares all inspections with all descriptors, both by their keys: some milliseconds for 10,000.
///
/// # Errors
/// When the database fails.
pub async fn missing(db: &impl ConnectionTrait, method: i32, limit: u32) -> Result<Vec<Missing>> {
    let mut sql = Sql::new(
        "select i.inspection_id, i.updated_at, coalesce(i.diameter_mm, w.diameter_mm) as diameter_mm
         from inspection i join wafer w using (wafer_id)
         where not exists (select from inspection_descriptor d
                           where d.inspection_id = i.inspection_id and d.made_of = i.updated_at and d.method = ",
    );
    sql.bind(method)
        .push(") order by i.inspection_id desc limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// Keeps descriptors; those of inspections that are gone meanwhile are left out.
///
/// # Errors
/// When the database fails.
pub async fn keep(db: &impl ConnectionTrait, method: i32, made: Vec<Made>) -> Result<()> {
    if made.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "insert into inspection_descriptor (inspection_id, method, made_of, descriptor, invariant)
         select i.inspection_id, v.method, v.made_of, v.descriptor, v.invariant from (values ",
    );
    for (place, one) in made.into_iter().enumerate() {
        let (descriptor, invariant) = one.descriptor.unzip();
        sql.push(if place == 0 { "(" } else { ", (" })
            .bind(one.inspection_id)
            .push("::uuid, ")
            .bind(method)
            .push("::int, ")
            .bind(one.made_of)
            .push("::timestamptz, ")
            .bind(descriptor)
            .push("::real[], ")
            .bind(invariant)
            .push("::float8[])");
    }
    sql.push(
        ") v(inspection_id, method, made_of, descriptor, invariant) join inspection i using (inspection_id)
         order by 1
         on conflict (inspection_id) do update set method = excluded.method, made_of = excluded.made_of,
            descriptor = excluded.descriptor, invariant = excluded.invariant",
    );
    sql.execute(db).await.map(drop)
}

/// The descriptor of an inspection; `None` where it has none, or too few defects for one.
///
/// # Errors
/// When the database fails.
pub async fn descriptor(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
) -> Result<Option<Vec<f32>>> {
    #[derive(FromQueryResult)]
    struct Row {
        descriptor: Option<Vec<f32>>,
    }
    let mut sql = Sql::new("select descriptor from inspection_descriptor where inspection_id = ");
    sql.bind(inspection_id);
    Ok(sql.one::<Row>(db).await?.and_then(|row| row.descriptor))
}

/// The nearest current inspections by the invariant part, nearest first, at most `limit`. Served by
/// `inspection_descriptor_invariant_idx`, in the order of distance, or by the steps' index where they have few inspections.
///
/// # Errors
/// When the database fails.
pub async fn nearest(
    db: &impl ConnectionTrait,
    invariant: &[f64],
    scope: &Scope,
    limit: u32,
) -> Result<Vec<Near>> {
    let mut sql = Sql::new("select d.inspection_id, d.descriptor, cube(d.invariant) <-> cube(");
    sql.bind(invariant.to_vec()).push("::float8[]) as at_least");
    push_scope(&mut sql, scope);
    sql.push(" order by at_least limit ").bind(i64::from(limit));
    sql.all(db).await
}

/// How many inspections a search compares.
///
/// # Errors
/// When the database fails.
pub async fn compared(db: &impl ConnectionTrait, scope: &Scope) -> Result<i64> {
    let mut sql = Sql::new("select count(*)");
    push_scope(&mut sql, scope);
    sql.number(db).await
}

fn push_scope(sql: &mut Sql, scope: &Scope) {
    sql.push(" from inspection_descriptor d join inspection i using (inspection_id)");
    let filter = Filter {
        steps: scope.steps.clone(),
        ..Filter::default()
    };
    filter.push(sql);
    sql.push(" and d.invariant is not null")
        .and("i.wafer_id <>", scope.but_wafer.clone())
        .push(" and i.inspection_id <> ")
        .bind(scope.but_inspection);
}

/// Some inspections with everything, in any order. Served by the key.
///
/// # Errors
/// When the database fails.
pub async fn models(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Model>> {
    let of = Column::InspectionId.is_in(ids.iter().copied());
    Ok(Entity::find().filter(of).all(db).await?)
}
