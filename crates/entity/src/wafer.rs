//! Wafers.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "wafer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub wafer_id: String,
    pub id_scheme: IdScheme,
    #[sea_orm(column_type = "Text")]
    pub delivered_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub scribe: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub lot_id: String,
    pub slot: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub wafer_type: Option<String>,
    pub diameter_mm: Option<f64>,
    pub status: WaferStatus,
    #[sea_orm(column_type = "Text")]
    pub process_node: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub manufacturer: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub material: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub orientation: Option<String>,
    pub resistivity_ohm_cm: Option<f64>,
    pub thickness_um: Option<f64>,
    pub mark_type: MarkType,
    #[sea_orm(column_type = "JsonBinary")]
    pub additional_info: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// How a wafer is identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum IdScheme {
    #[sea_orm(string_value = "t7")]
    T7,
    #[sea_orm(string_value = "m12")]
    M12,
    #[sea_orm(string_value = "m13")]
    M13,
    #[sea_orm(string_value = "lot_slot")]
    LotSlot,
}

/// Whether a wafer is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum WaferStatus {
    #[sea_orm(string_value = "active")]
    Active,
    #[sea_orm(string_value = "inactive")]
    Inactive,
    #[sea_orm(string_value = "scrapped")]
    Scrapped,
}

/// What marks the orientation of a wafer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum MarkType {
    #[sea_orm(string_value = "notch")]
    Notch,
    #[sea_orm(string_value = "flat")]
    Flat,
    #[sea_orm(string_value = "double_flat")]
    DoubleFlat,
    #[sea_orm(string_value = "none")]
    None,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
