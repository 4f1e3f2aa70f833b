//! Versions of the limits of control charts.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "control_limit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub control_chart_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub stages: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub excluded: Json,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::control_chart::Entity",
        from = "Column::ControlChartId",
        to = "super::control_chart::Column::ControlChartId"
    )]
    ControlChart,
}

impl Related<super::control_chart::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ControlChart.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
