//! Alerts: control charts that imports broke.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub alert_id: Uuid,
    pub control_chart_id: Uuid,
    pub state: AlertState,
    pub cause: Cause,
    pub rules: Vec<String>,
    #[sea_orm(column_type = "Text")]
    pub message: String,
    pub violations: i64,
    pub first_at: DateTimeUtc,
    pub last_at: DateTimeUtc,
    pub first_inspection_id: Option<Uuid>,
    pub last_inspection_id: Option<Uuid>,
    pub opened_at: DateTimeUtc,
    pub acknowledged_by: Option<Uuid>,
    pub acknowledged_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub acknowledge_comment: Option<String>,
    pub resolved_by: Option<Uuid>,
    pub resolved_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub resolve_comment: Option<String>,
}

/// An alert's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    #[sea_orm(string_value = "open")]
    Open,
    #[sea_orm(string_value = "acknowledged")]
    Acknowledged,
    #[sea_orm(string_value = "resolved")]
    Resolved,
}

/// To which side a chart was broken.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    #[sea_orm(string_value = "high")]
    High,
    #[sea_orm(string_value = "low")]
    Low,
    #[sea_orm(string_value = "pattern")]
    Pattern,
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
