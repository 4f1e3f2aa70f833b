//! Wafers whose adders have to be computed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "adder_queue")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub adder_queue_id: i64,
    pub wafer_id: String,
    pub queued_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::wafer::Entity",
        from = "Column::WaferId",
        to = "super::wafer::Column::WaferId"
    )]
    Wafer,
}

impl Related<super::wafer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Wafer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
