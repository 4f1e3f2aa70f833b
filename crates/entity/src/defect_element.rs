//! Elements that a spectrum speaks for.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect_element")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub spectrum_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub element: String,
    pub inspection_id: Uuid,
    pub defect_no: i32,
    pub weight: f32,
    pub significance: f32,
    pub net_counts: f64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::defect_spectrum::Entity",
        from = "Column::SpectrumId",
        to = "super::defect_spectrum::Column::SpectrumId"
    )]
    Spectrum,
}

impl Related<super::defect_spectrum::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Spectrum.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
