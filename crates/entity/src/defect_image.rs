//! Images of defects.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect_image")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub image_id: Uuid,
    pub inspection_id: Uuid,
    pub defect_no: i32,
    pub kind: ImageKind,
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    pub page: i32,
    #[sea_orm(column_type = "Text")]
    pub original_key: String,
    #[sea_orm(column_type = "Text")]
    pub original_media_type: String,
    #[sea_orm(column_type = "Text")]
    pub display_key: String,
    #[sea_orm(column_type = "Text")]
    pub display_media_type: String,
    pub width_px: i32,
    pub height_px: i32,
    pub pixel_size_nm: Option<f64>,
    pub thumbnail: Vec<u8>,
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

/// What an image was taken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum ImageKind {
    #[sea_orm(string_value = "sem")]
    Sem,
    #[sea_orm(string_value = "optical")]
    Optical,
    #[sea_orm(string_value = "other")]
    Other,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
