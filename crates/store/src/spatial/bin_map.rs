//! Bin maps of wafers.

use chrono::{DateTime, Utc};
use entity::bin_map::{ActiveModel, Column, Entity, Model};
use entity::inspection;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::{Result, record, sql::Sql};

/// A bin map without its dies.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Head {
    /// Id.
    pub bin_map_id: Uuid,
    /// Wafer.
    pub wafer_id: String,
    /// Name of the map.
    pub name: String,
    /// Format.
    pub format: String,
    /// Columns as delivered.
    pub columns: i32,
    /// Rows as delivered.
    pub rows: i32,
    /// Notch as delivered, degrees.
    pub delivered_notch_deg: Option<i32>,
    /// How it lies on the die grid.
    pub placed: String,
    /// What was odd in the file.
    pub warnings: Vec<String>,
    /// Bins.
    pub bins: serde_json::Value,
    /// File.
    pub source_file: String,
    /// SHA-256 of the file.
    pub source_sha256: String,
    /// When it came in.
    pub imported_at: DateTime<Utc>,
}

/// The dies of a wafer's newest bin map.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Tested {
    /// Wafer.
    pub wafer_id: String,
    /// Bins.
    pub bins: serde_json::Value,
    /// Column of each die.
    pub die_x: Vec<i32>,
    /// Row of each die.
    pub die_y: Vec<i32>,
    /// Place of each die's bin in `bins`.
    pub bin: Vec<i16>,
}

/// Adds a map; `false` where the wafer has one of the same file already.
///
/// # Errors
/// [`crate::Error::Missing`] when there is no such wafer; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, row: ActiveModel) -> Result<bool> {
    let known = OnConflict::columns([Column::WaferId, Column::SourceSha256])
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// Wafers that a file may mean: the one with such an id, or else those of the lot that were delivered under it or whose
/// slot it is. Served by the key and `wafer_lot_idx`.
///
/// # Errors
/// When the database fails.
pub async fn wafers_named(
    db: &impl ConnectionTrait,
    said: &str,
    lot_id: &str,
) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Named {
        wafer_id: String,
    }
    let mut sql = Sql::new("select wafer_id from wafer where wafer_id = ");
    sql.bind(said);
    let own: Vec<Named> = sql.all(db).await?;
    if !own.is_empty() {
        return Ok(own.into_iter().map(|one| one.wafer_id).collect());
    }
    let mut sql = Sql::new("select wafer_id from wafer where lot_id = ");
    sql.bind(lot_id).push(" and (delivered_id = ").bind(said);
    sql.push(" or slot = ")
        .bind(said.parse::<i32>().ok())
        .push("::int) order by 1");
    let of_lot: Vec<Named> = sql.all(db).await?;
    Ok(of_lot.into_iter().map(|one| one.wafer_id).collect())
}

/// The map that a wafer has from a file. Served by `bin_map_content_key`.
///
/// # Errors
/// When the database fails.
pub async fn of_file(
    db: &impl ConnectionTrait,
    wafer_id: &str,
    sha256: &str,
) -> Result<Option<Head>> {
    let mut sql = heads();
    sql.push("wafer_id = ").bind(wafer_id);
    sql.push(" and source_sha256 = ").bind(sha256);
    sql.one(db).await
}

/// The maps of a wafer, newest first. Served by `bin_map_wafer_idx`.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, wafer_id: &str) -> Result<Vec<Head>> {
    let mut sql = heads();
    sql.push("wafer_id = ").bind(wafer_id);
    sql.push(" order by imported_at desc, bin_map_id desc");
    sql.all(db).await
}

fn heads() -> Sql {
    Sql::new(
        "select bin_map_id, wafer_id, name, format, columns, rows, delivered_notch_deg, placed, warnings, bins, source_file,
            source_sha256, imported_at
         from bin_map where ",
    )
}

/// A map with its dies.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, bin_map_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(bin_map_id).one(db).await?)
}

/// Deletes a map and tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, bin_map_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::BinMapId.eq(bin_map_id)).await
}

/// The newest map of each of some wafers, those without one left out. Served by `bin_map_wafer_idx`.
///
/// # Errors
/// When the database fails.
pub async fn newest(db: &impl ConnectionTrait, wafers: &[String]) -> Result<Vec<Tested>> {
    let mut sql = Sql::new(
        "select distinct on (wafer_id) wafer_id, bins, die_x, die_y, bin from bin_map where wafer_id = any(",
    );
    sql.bind(wafers.to_vec())
        .push(") order by wafer_id, imported_at desc, bin_map_id desc");
    sql.all(db).await
}

/// The inspection that tells a wafer's die grid best: the newest one that lists its dies, or the newest one that has a
/// grid. Served by `inspection_wafer_step_idx`.
///
/// # Errors
/// When the database fails.
pub async fn grid_inspection(
    db: &impl ConnectionTrait,
    wafer_id: &str,
) -> Result<Option<inspection::Model>> {
    let with_grid = || {
        inspection::Entity::find()
            .filter(inspection::Column::WaferId.eq(wafer_id))
            .filter(inspection::Column::DiePitchXMm.is_not_null())
            .filter(inspection::Column::DeliveredCentreXMm.is_not_null())
            .order_by_desc(inspection::Column::InspectedAt)
            .order_by_desc(inspection::Column::InspectionId)
    };
    let planned = with_grid().filter(inspection::Column::DiesInspected.is_not_null());
    if let Some(found) = planned.one(db).await? {
        return Ok(Some(found));
    }
    Ok(with_grid().one(db).await?)
}
