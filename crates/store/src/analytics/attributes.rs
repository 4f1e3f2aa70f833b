//! What inspections have in common.

use sea_orm::{ConnectionTrait, FromQueryResult, JsonValue};
use uuid::Uuid;

use crate::{Result, sql::Sql};

/// What was delivered with an inspection.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Attributes {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Tool.
    pub equipment_id: Option<String>,
    /// Recipe of the inspection.
    pub recipe: Option<String>,
    /// Who ran it.
    pub operator: Option<String>,
    /// Slot.
    pub slot: Option<i32>,
    /// Lot.
    pub lot_id: String,
    /// Step.
    pub step_id: String,
    /// Product.
    pub device_id: String,
    /// Run.
    pub run_id: Option<String>,
    /// The texts among the parameters, by name: lists, numbers and long texts (more than 64 characters) are left out.
    pub parameters: JsonValue,
}

/// The attributes of some inspections, in the order of their ids. Served by the key of `inspection`.
///
/// # Errors
/// When the database fails.
pub async fn attributes(
    db: &impl ConnectionTrait,
    inspections: &[Uuid],
) -> Result<Vec<Attributes>> {
    let mut sql = Sql::new(
        "select i.inspection_id, i.equipment_id, i.recipe, i.operator, i.slot, i.lot_id, i.step_id, i.device_id, i.run_id,
            coalesce((select jsonb_object_agg(p.key, p.value) from jsonb_each(i.parameters) p
                where jsonb_typeof(p.value) = 'string' and length(p.value #>> '{}') <= 64), '{}') as parameters
         from inspection i where i.inspection_id = any(",
    );
    sql.bind(inspections.to_vec())
        .push(") order by i.inspection_id");
    sql.all(db).await
}
