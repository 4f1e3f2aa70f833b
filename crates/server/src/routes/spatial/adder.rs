//! Adders.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{AdderQuery, AdderRoute};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::spatial::adder as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_wafer_adders);
}

/// Returns what each step added to a wafer: its current inspections, each compared with all before it.
///
/// The inspections are registered on each other first (shift and rotation, from the defects that both saw); defects are then
/// matched one to one, the nearest first. A defect that was covered and is seen again is no adder. An inspection that a later
/// one of the same step has replaced is no part of the route.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`"), AdderQuery), responses(
    (status = 200, description = "The route", body = Success<AdderRoute>), NotModified,
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure)))]
#[get("/wafers/{wafer_id}/adders")]
async fn get_wafer_adders(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    wafer_id: Path<String>,
    query: Query<AdderQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = service::route(&state.db, &wafer_id, &query);
    cached(&req, &state, &query.0, answer).await
}
