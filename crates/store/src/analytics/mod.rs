//! What charts and maps read. Trends, Pareto and key figures come from `inspection` and the counts by type, never
//! from `defect`: their cost grows with inspections, not with defects.

mod attributes;
mod compare;
mod facets;
mod kpis;
mod panels;
mod pareto;
mod positions;
mod season;
mod tally;
mod trend;
mod type_series;

pub use attributes::{Attributes, attributes};
pub use compare::{
    ComparedInspection, ComparedType, Periods, compared_inspections, compared_types,
};
pub use facets::{Facet, Facets, facets};
pub use kpis::{Kpis, kpis};
pub use panels::{Panel, Panels, PanelsMost, SplitBy, panels};
pub use pareto::{Pareto, ParetoBy, ParetoRow, pareto};
pub use positions::{Positions, positions};
pub use season::{Inspected, season};
pub use trend::{Bucket, Point, Series, buckets, points};
pub use type_series::{TypeCounts, TypeSeries, type_series};

use sea_orm::{AccessMode, DatabaseTransaction, IsolationLevel, TransactionTrait};

use crate::{Db, Result};

/// Reads of one moment: what commits between two of them shows in neither.
///
/// # Errors
/// When the database fails.
pub async fn one_moment(db: &Db) -> Result<DatabaseTransaction> {
    let isolation = Some(IsolationLevel::RepeatableRead);
    Ok(db
        .begin_with_config(isolation, Some(AccessMode::ReadOnly))
        .await?)
}
