//! Lots.

use actix_web::get;
use actix_web::web::Data;
use contract::lot::{Lot, LotQuery};
use contract::{Failure, Success};
use store::lot::Sort;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Page, sorting};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::{ApiResult, Thing};
use crate::extract::{Path, Query};
use crate::view;

const SORTS: [(&str, Sort); 4] = [
    ("lot_id", Sort::LotId),
    ("wafer_count", Sort::WaferCount),
    ("defect_count", Sort::DefectCount),
    ("last_inspected_at", Sort::LastInspectedAt),
];

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_lots).service(get_lot);
}

/// Lists lots, as their wafers and inspections show them.
#[utoipa::path(tag = "lots", security(("bearer" = [])), params(LotQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Lot>>)))]
#[get("/lots")]
async fn list_lots(
    _caller: Viewer,
    state: Data<State>,
    query: Query<LotQuery>,
) -> ApiResult<Answer<Vec<Lot>>> {
    let page = Page::read(query.page, query.per_page)?;
    let ascending = contract::filter::Order::Asc;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, ascending)?;
    let search = query.search.as_deref();
    let found = store::lot::list(&state.db, search, sort, order, page.paging()).await?;
    Ok(Answer::rows(found, page, view::lot::lot))
}

/// Returns a lot.
#[utoipa::path(tag = "lots", security(("bearer" = [])),
    params(("lot_id" = String, Path, description = "Lot")), responses(
    (status = 200, description = "The lot", body = Success<Lot>),
    (status = 404, description = "`LOT_NOT_FOUND`", body = Failure)))]
#[get("/lots/{lot_id}")]
async fn get_lot(
    _caller: Viewer,
    state: Data<State>,
    lot_id: Path<String>,
) -> ApiResult<Answer<Lot>> {
    let row = store::lot::get(&state.db, &lot_id).await?;
    let row = row.ok_or_else(|| Thing::Lot.missing(lot_id.as_str()))?;
    Ok(Answer::of(view::lot::lot(row)))
}
