//! Broken rules of control charts, as they were found at import.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "chart_violation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chart_violation_id: Uuid,
    pub control_chart_id: Uuid,
    pub alert_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub rule: String,
    #[sea_orm(column_type = "Text")]
    pub point: String,
    pub at: DateTimeUtc,
    pub inspection_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub label: String,
    #[sea_orm(column_type = "Double")]
    pub value: f64,
    #[sea_orm(column_type = "Double")]
    pub lcl: Option<f64>,
    #[sea_orm(column_type = "Double")]
    pub ucl: Option<f64>,
    pub limit_version: i32,
    #[sea_orm(column_type = "Text")]
    pub sentence: String,
    pub found_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::alert::Entity",
        from = "Column::AlertId",
        to = "super::alert::Column::AlertId"
    )]
    Alert,
}

impl Related<super::alert::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Alert.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
