//! Single defects; partitioned by month of the inspection.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_no: i32,
    pub defect_type_id: i32,
    pub x_mm: Option<f64>,
    pub y_mm: Option<f64>,
    pub die_x: Option<i32>,
    pub die_y: Option<i32>,
    pub size_um: Option<f32>,
    pub x_size_um: Option<f32>,
    pub y_size_um: Option<f32>,
    pub area_um2: Option<f32>,
    pub class_no: Option<i32>,
    pub rough_bin: Option<i32>,
    pub fine_bin: Option<i32>,
    pub cluster_no: Option<i32>,
    pub test_no: Option<i32>,
    pub image_count: Option<i32>,
    pub confidence: Option<f32>,
    pub severity: Option<i16>,
    pub review_status: ReviewStatus,
    #[sea_orm(column_type = "Text")]
    pub notes: Option<String>,
    pub extra: Option<Vec<String>>,
}

/// How far the review of a defect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "i16", db_type = "SmallInteger")]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    #[sea_orm(num_value = 0)]
    Detected,
    #[sea_orm(num_value = 1)]
    Analyzed,
    #[sea_orm(num_value = 2)]
    Reviewed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::inspection::Entity",
        from = "Column::InspectionId",
        to = "super::inspection::Column::InspectionId"
    )]
    Inspection,
    #[sea_orm(
        belongs_to = "super::defect_type::Entity",
        from = "Column::DefectTypeId",
        to = "super::defect_type::Column::DefectTypeId"
    )]
    DefectType,
}

impl Related<super::inspection::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Inspection.def()
    }
}

impl Related<super::defect_type::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DefectType.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
