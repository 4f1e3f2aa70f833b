//! One change to several defects.

use std::collections::{BTreeMap, HashMap};

use entity::defect::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
};
use uuid::Uuid;

use crate::{Result, sql::Sql};

/// Changes type, severity, review status or notes of several defects, each named once, and returns what they were before
/// and are now, by inspection and number; those that do not exist are left out. In a transaction of the caller's: the
/// defects are locked in the order of their keys, so that two of these cannot lock each other out. Two statements,
/// served by the key.
///
/// # Errors
/// [`crate::Error::Missing`] when the type does not exist; [`crate::Error::Invalid`].
pub async fn review_many(
    tx: &impl ConnectionTrait,
    defects: &[(Uuid, i32)],
    changes: ActiveModel,
) -> Result<Vec<(Model, Model)>> {
    let mut sql = Sql::new("select d.* from defect d where (d.inspection_id, d.defect_no) in ");
    sql.keys(defects)
        .push(" order by d.inspection_id, d.defect_no for no key update");
    let before: Vec<Model> = sql.all(tx).await?;
    if before.is_empty() || !changes.is_changed() {
        return Ok(before.into_iter().map(|row| (row.clone(), row)).collect());
    }
    let mut numbers: BTreeMap<Uuid, Vec<i32>> = BTreeMap::new();
    for row in &before {
        numbers
            .entry(row.inspection_id)
            .or_default()
            .push(row.defect_no);
    }
    let selected = numbers
        .into_iter()
        .fold(Condition::any(), |any, (id, numbers)| {
            any.add(
                Column::InspectionId
                    .eq(id)
                    .and(Column::DefectNo.is_in(numbers)),
            )
        });
    let update = Entity::update_many().set(changes).filter(selected);
    let after = update.exec_with_returning(tx).await?;
    let mut after: HashMap<(Uuid, i32), Model> = after
        .into_iter()
        .map(|row| ((row.inspection_id, row.defect_no), row))
        .collect();
    let changed = before.into_iter().filter_map(|row| {
        let now = after.remove(&(row.inspection_id, row.defect_no))?;
        Some((row, now))
    });
    Ok(changed.collect())
}
