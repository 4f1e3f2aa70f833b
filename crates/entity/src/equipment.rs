//! The tools that inspect, measure and review.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "equipment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub equipment_id: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub equipment_type: EquipmentType,
    #[sea_orm(column_type = "Text")]
    pub model: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub manufacturer: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub location: Option<String>,
    pub status: EquipmentStatus,
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    #[sea_orm(column_type = "Text")]
    pub serial_number: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub hardware_version: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub software_version: Option<String>,
    pub installed_at: Option<DateTimeUtc>,
    pub last_calibration: Option<Date>,
    pub next_calibration: Option<Date>,
    #[sea_orm(column_type = "JsonBinary")]
    pub specifications: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub maintenance: Json,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// What a tool does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum EquipmentType {
    #[sea_orm(string_value = "inspection")]
    Inspection,
    #[sea_orm(string_value = "metrology")]
    Metrology,
    #[sea_orm(string_value = "review")]
    Review,
}

/// Whether a tool is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum EquipmentStatus {
    #[sea_orm(string_value = "active")]
    Active,
    #[sea_orm(string_value = "maintenance")]
    Maintenance,
    #[sea_orm(string_value = "down")]
    Down,
    #[sea_orm(string_value = "retired")]
    Retired,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
