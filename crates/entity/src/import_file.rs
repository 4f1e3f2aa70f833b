//! Files that an import job brought in or refused.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "import_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_file_id: Uuid,
    pub job_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    #[sea_orm(column_type = "Text")]
    pub sha256: Option<String>,
    pub bytes: i64,
    pub state: ImportState,
    pub duplicate_of: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub klarf_version: Option<String>,
    pub wafers: i64,
    pub defects: i64,
    pub inspection_ids: Vec<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub diagnostics: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub created: Json,
    pub finished_at: DateTimeUtc,
    pub kind: FileKind,
    pub images: i64,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    #[sea_orm(string_value = "klarf")]
    Klarf,
    #[sea_orm(string_value = "image")]
    Image,
    #[sea_orm(string_value = "spectrum")]
    Spectrum,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    #[sea_orm(string_value = "imported")]
    Imported,
    #[sea_orm(string_value = "duplicate")]
    Duplicate,
    #[sea_orm(string_value = "refused")]
    Refused,
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    #[sea_orm(string_value = "removed")]
    Removed,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::job::Entity",
        from = "Column::JobId",
        to = "super::job::Column::JobId"
    )]
    Job,
}

impl Related<super::job::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Job.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
