//! Bin maps of electrical test.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "bin_map")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bin_map_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub wafer_id: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub format: String,
    pub columns: i32,
    pub rows: i32,
    pub delivered_notch_deg: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub placed: String,
    pub warnings: Vec<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub bins: Json,
    pub die_x: Vec<i32>,
    pub die_y: Vec<i32>,
    pub bin: Vec<i16>,
    #[sea_orm(column_type = "Text")]
    pub source_file: String,
    #[sea_orm(column_type = "Text")]
    pub source_sha256: String,
    pub imported_by: Option<Uuid>,
    pub imported_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
