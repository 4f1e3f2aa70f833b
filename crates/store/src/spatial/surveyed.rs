//! Inspections with their geometry.

use entity::{inspection, wafer};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::Result;

/// An inspection and the diameter of its wafer.
#[derive(Clone, Debug, PartialEq)]
pub struct Surveyed {
    /// The inspection, dies and header included.
    pub inspection: inspection::Model,
    /// Diameter of its wafer, where it is known.
    pub wafer_diameter_mm: Option<f64>,
}

/// Those of some inspections that are still there, in the order of their ids. Served by the keys.
///
/// # Errors
/// When the database fails.
pub async fn surveyed(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Surveyed>> {
    let rows = inspection::Entity::find()
        .filter(inspection::Column::InspectionId.is_in(ids.iter().copied()))
        .order_by_asc(inspection::Column::InspectionId)
        .find_also_related(wafer::Entity)
        .all(db)
        .await?;
    let rows = rows.into_iter().map(|(inspection, wafer)| Surveyed {
        inspection,
        wafer_diameter_mm: wafer.and_then(|wafer| wafer.diameter_mm),
    });
    Ok(rows.collect())
}
