//! Spectra of defects.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "defect_spectrum")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub spectrum_id: Uuid,
    pub inspection_id: Uuid,
    pub defect_no: i32,
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    #[sea_orm(column_type = "Text")]
    pub object_key: String,
    #[sea_orm(column_type = "Text")]
    pub title: Option<String>,
    pub channels: i32,
    pub energy_offset_kev: f64,
    pub energy_per_channel_kev: f64,
    pub beam_kv: Option<f64>,
    pub live_time_s: Option<f64>,
    pub total_counts: f64,
    pub created_by: Option<Uuid>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
