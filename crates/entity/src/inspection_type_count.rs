//! Defects of an inspection by type, kept true by triggers on `defect`.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_type_count")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub defect_type_id: i32,
    pub defect_count: i32,
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
