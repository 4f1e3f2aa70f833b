//! The dashboard.

use contract::analytics::{Dashboard, Kpis, ParetoQuery, SpcQuery};
use contract::filter::Filter;
use futures::try_join;

use crate::error::ApiResult;
use crate::service::inspection;
use crate::view;

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
    let pareto = ParetoQuery::default().with_filter(&filter);
    let (kpis, previous, trend, pareto, latest) = try_join!(
        kpis(db, Some(&rows)),
        previous(db, &rows),
        super::spc::newest(db, &trend, POINTS),
        super::pareto(db, &pareto),
        inspection::latest(db, &rows, LATEST),
    )?;
    Ok(Dashboard {
        kpis: kpis.unwrap_or_default(),
        previous,
        trend,
        pareto,
        latest,
    })
}

async fn previous(db: &store::Db, filter: &store::Filter) -> ApiResult<Option<Kpis>> {
    kpis(db, filter.previous().as_ref()).await
}

async fn kpis(db: &store::Db, filter: Option<&store::Filter>) -> ApiResult<Option<Kpis>> {
    let Some(filter) = filter else {
        return Ok(None);
    };
    let found = store::analytics::kpis(db, filter).await?;
    Ok(Some(view::analytics::kpis(&found)))
}
