//! One look of one tool at one wafer at one step.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub wafer_id: String,
    #[sea_orm(column_type = "Text")]
    pub equipment_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub lot_id: String,
    #[sea_orm(column_type = "Text")]
    pub step_id: String,
    #[sea_orm(column_type = "Text")]
    pub device_id: String,
    #[sea_orm(column_type = "Text")]
    pub run_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub recipe: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub operator: Option<String>,
    pub slot: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub side: Option<String>,
    pub inspected_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub result_timestamp: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub file_timestamp: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    pub area_cm2: Option<f64>,
    pub diameter_mm: Option<f64>,
    pub die_pitch_x_mm: Option<f64>,
    pub die_pitch_y_mm: Option<f64>,
    pub die_origin_x_mm: Option<f64>,
    pub die_origin_y_mm: Option<f64>,
    pub mark_type: Option<super::wafer::MarkType>,
    #[sea_orm(column_type = "Text")]
    pub delivered_mark_location: Option<String>,
    pub delivered_centre_x_mm: Option<f64>,
    pub delivered_centre_y_mm: Option<f64>,
    pub die_count: Option<i32>,
    pub dies_inspected: Option<Vec<i32>>,
    pub defect_count: i32,
    #[serde(skip)]
    pub type_counts: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub class_lookup: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub summary: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub parameters: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub diagnostics: Json,
    pub warning_count: i32,
    pub extra_columns: Vec<String>,
    #[sea_orm(column_type = "Text")]
    pub source_file: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_sha256: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub klarf_version: Option<String>,
    pub import_job_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::wafer::Entity",
        from = "Column::WaferId",
        to = "super::wafer::Column::WaferId"
    )]
    Wafer,
    #[sea_orm(
        belongs_to = "super::equipment::Entity",
        from = "Column::EquipmentId",
        to = "super::equipment::Column::EquipmentId"
    )]
    Equipment,
    #[sea_orm(
        belongs_to = "super::job::Entity",
        from = "Column::ImportJobId",
        to = "super::job::Column::JobId"
    )]
    Job,
}

impl Related<super::wafer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Wafer.def()
    }
}

impl Related<super::equipment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Equipment.def()
    }
}

impl Related<super::job::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Job.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
