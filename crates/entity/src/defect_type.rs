//! Kinds of defect.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect_type")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub defect_type_id: i32,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    pub severity: i16,
    #[sea_orm(column_type = "Text")]
    pub category: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub subcategory: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub colour: Option<String>,
    pub killer: bool,
    #[sea_orm(column_type = "Text")]
    pub causes: String,
    #[sea_orm(column_type = "Text")]
    pub prevention: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
