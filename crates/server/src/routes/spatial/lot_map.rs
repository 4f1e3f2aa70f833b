//! The wafers of a lot side by side.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{LotMapQuery, LotMaps};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::spatial;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_lot_maps);
}

/// Returns the wafers of a lot at a step as small maps on one scale.
///
/// A wafer without an inspection was not inspected at the step; one with a count of 0 was, and is clean. Of a lot with more than
/// 1,000 wafers the first 1,000 by slot are shown.
#[utoipa::path(tag = "lots", security(("bearer" = [])),
    params(("lot_id" = String, Path, description = "Lot"), LotMapQuery), responses(
    (status = 200, description = "Wafers by slot", body = Success<LotMaps>), NotModified,
    (status = 404, description = "`LOT_NOT_FOUND`", body = Failure)))]
#[get("/lots/{lot_id}/maps")]
async fn get_lot_maps(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    lot_id: Path<String>,
    query: Query<LotMapQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = spatial::lot_maps(&state.db, &lot_id, &query);
    cached(&req, &state, &query.0, answer).await
}
