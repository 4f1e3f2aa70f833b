//! What became of the defects of an inspection: added, seen before, missing.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "inspection_adder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub inspection_id: Uuid,
    pub compared_with: i32,
    pub added: i32,
    pub common: i32,
    pub ambiguous: i32,
    pub missing: i32,
    pub tolerance_um: f64,
    pub shift_x_um: Option<f64>,
    pub shift_y_um: Option<f64>,
    pub rotation_urad: Option<f64>,
    pub pairs: Option<i32>,
    pub residual_um: Option<f64>,
    pub adder_nos: Option<Vec<i32>>,
    pub type_counts: Option<Vec<u8>>,
    pub computed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::inspection::Entity",
        from = "Column::InspectionId",
        to = "super::inspection::Column::InspectionId"
    )]
    Inspection,
}

impl Related<super::inspection::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Inspection.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
