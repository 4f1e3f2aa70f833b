//! What charts and maps show: rows of the database handed to `analytics`, its results to `view`.

mod backtest;
pub mod chart;
mod commonality;
mod compare;
mod correlation;
mod dashboard;
mod explain;
mod map;
mod pareto;
mod seasonality;
pub mod spc;
mod suspects;
mod trend;
mod zones;

pub use backtest::backtest;
pub use commonality::commonality;
pub use compare::compare;
pub use correlation::{correlation, correlation_pair};
pub use dashboard::dashboard;
pub use explain::explain;
pub use map::{MapOf, map, map_stream};
pub use pareto::pareto;
pub use seasonality::seasonality;
pub use spc::spc;
pub use trend::trend;

use contract::analytics::Facets;
use contract::filter::Filter;

use crate::error::ApiResult;
use crate::view;

/// Points on a chart at most; the newest are kept.
pub(super) const POINTS_MOST: u32 = 10_000;

/// Values to choose from in the filter bar.
///
/// # Errors
/// When the database fails.
pub async fn facets(db: &store::Db, filter: Filter) -> ApiResult<Facets> {
    let filter = view::filter::filter(filter)?;
    let found = store::analytics::facets(db, &filter).await?;
    Ok(view::analytics::facets(found))
}
