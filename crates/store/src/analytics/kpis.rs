//! Key figures.

use sea_orm::ConnectionTrait;

use super::tally::{counted, tally};
use crate::{Filter, Result};

/// Key figures of the inspections in a filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kpis {
    /// Inspections.
    pub inspections: i64,
    /// Wafers.
    pub wafers: i64,
    /// Lots.
    pub lots: i64,
    /// Tools.
    pub equipment: i64,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// Inspected area in cm2, over the inspections where it is known.
    pub area_cm2: f64,
    /// Defects of the inspections whose area is known: what a density divides by `area_cm2`.
    pub defects_in_area: i64,
}

/// Key figures; all 0 where the filter holds no inspection. Those of the window before: [`Filter::previous`].
///
/// # Errors
/// When the database fails.
pub async fn kpis(db: &impl ConnectionTrait, filter: &Filter) -> Result<Kpis> {
    let counts = counted(db, filter).await?;
    Ok(tally(db, filter, &[]).await?.kpis(counts))
}
