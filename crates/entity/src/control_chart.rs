//! Control charts that engineers own.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "control_chart")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub control_chart_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub scope: Json,
    pub metric: Metric,
    pub bucket: Bucket,
    pub chart: ChartKind,
    pub rules: Vec<String>,
    pub width: LimitWidth,
    #[sea_orm(column_type = "Double")]
    pub width_value: f64,
    pub active: bool,
    pub version: i32,
    #[sea_orm(column_type = "Text")]
    pub evaluation_error: Option<String>,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// What is charted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    #[sea_orm(string_value = "count")]
    Count,
    #[sea_orm(string_value = "density")]
    Density,
}

/// How points are formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    #[sea_orm(string_value = "inspection")]
    Inspection,
    #[sea_orm(string_value = "wafer")]
    Wafer,
    #[sea_orm(string_value = "lot")]
    Lot,
    #[sea_orm(string_value = "shift")]
    Shift,
    #[sea_orm(string_value = "day")]
    Day,
    #[sea_orm(string_value = "week")]
    Week,
}

/// The chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    #[sea_orm(string_value = "auto")]
    Auto,
    #[sea_orm(string_value = "imr")]
    Imr,
    #[sea_orm(string_value = "c")]
    C,
    #[sea_orm(string_value = "u")]
    U,
    #[sea_orm(string_value = "laney_u")]
    LaneyU,
}

/// How far limits lie from the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum LimitWidth {
    #[sea_orm(string_value = "sigma")]
    Sigma,
    #[sea_orm(string_value = "probability")]
    Probability,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::app_user::Entity",
        from = "Column::CreatedBy",
        to = "super::app_user::Column::UserId"
    )]
    AppUser,
}

impl Related<super::app_user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AppUser.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
