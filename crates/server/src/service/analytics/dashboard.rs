//! The dashboard.

use contract::analytics::{Dashboard, Kpis, ParetoBy, ParetoWeight, SpcQuery};
use contract::filter::Filter;
use futures::try_join;
use store::analytics::Pareto;

use crate::error::ApiResult;
use crate::service::inspection;
use crate::view;
use crate::view::pareto::by;

/// Latest inspections shown.
const LATEST: u32 = 10;
/// Points on its chart: what is going on now, each point to be seen and hit with a pointer.
const POINTS: u32 = 200;

/// Key figures, trend, Pareto and latest inspections under a filter; asked for at the same time.
///
/// # Errors
/// When the database fails.
pub async fn dashboard(db: &store::Db, filter: Filter) -> ApiResult<Dashboard> {
    let rows = view::filter::filter(filter.clone())?;
    let trend = SpcQuery::default().with_filter(&filter);
    let (found, previous, trend, latest) = try_join!(
        pareto(db, &rows),
        previous(db, &rows),
        super::spc::newest(db, &trend, POINTS),
        inspection::latest(db, &rows, LATEST),
    )?;
    Ok(Dashboard {
        kpis: view::analytics::kpis(&found.total),
        previous,
        trend,
        pareto: super::pareto::rank(&found, ParetoBy::Type, ParetoWeight::Count, None)?,
        latest,
    })
}

async fn pareto(db: &store::Db, filter: &store::Filter) -> ApiResult<Pareto> {
    Ok(store::analytics::pareto(db, filter, by(ParetoBy::Type)).await?)
}

async fn previous(db: &store::Db, filter: &store::Filter) -> ApiResult<Option<Kpis>> {
    let Some(filter) = filter.previous() else {
        return Ok(None);
    };
    let found = store::analytics::kpis(db, &filter).await?;
    Ok(Some(view::analytics::kpis(&found)))
}
