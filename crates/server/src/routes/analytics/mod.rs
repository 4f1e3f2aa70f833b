//! Trends, control charts, Pareto, wafer maps.

mod cause;
mod series;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use contract::analytics::{
    Dashboard, DashboardQuery, Facets, Pareto, ParetoQuery, Spc, SpcQuery, Trend, TrendQuery,
    WaferMap, WaferMapQuery,
};
use contract::filter::Filter;
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use super::map;
use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::analytics::{self, MapOf};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_dashboard)
        .service(get_trends)
        .service(get_spc)
        .service(get_pareto)
        .service(get_wafer_map)
        .service(get_facets)
        .configure(cause::configure)
        .configure(series::configure);
}

/// Returns the dashboard: key figures, control chart, Pareto and latest inspections.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(DashboardQuery), responses(
    (status = 200, description = "The dashboard", body = Success<Dashboard>), NotModified))]
#[get("/analytics/dashboard")]
async fn get_dashboard(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<DashboardQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::dashboard(&state.db, query.filter());
    cached(&req, &state, &query.0, answer).await
}

/// Returns defects over time, by inspection, lot, day or week.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(TrendQuery), responses(
    (status = 200, description = "Points, oldest first", body = Success<Trend>), NotModified))]
#[get("/analytics/trends")]
async fn get_trends(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<TrendQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, analytics::trend(&state.db, &query)).await
}

/// Returns a control chart with its limits and broken rules.
///
/// Without `chart` the one is drawn that fits the dispersion of the counts; `reason` says why.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(SpcQuery), responses(
    (status = 200, description = "The chart", body = Success<Spc>), NotModified))]
#[get("/analytics/spc")]
async fn get_spc(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<SpcQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, analytics::spc(&state.db, &query)).await
}

/// Returns a Pareto of defect types, steps, tools, products or lots.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(ParetoQuery), responses(
    (status = 200, description = "Bars, largest first", body = Success<Pareto>), NotModified))]
#[get("/analytics/pareto")]
async fn get_pareto(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<ParetoQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, analytics::pareto(&state.db, &query)).await
}

/// Returns the map of a wafer: its current inspections stacked, or one of them.
///
/// As JSON at most 1,000,000 defects; as an Arrow stream all of them, with the rest of the map in the schema's metadata.
#[utoipa::path(tag = "analytics", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`"), WaferMapQuery), responses(
    (status = 200, description = "The map", content((Success<WaferMap> = "application/json"), (Vec<u8> = "application/vnd.apache.arrow.stream"))),
    NotModified,
    (status = 404, description = "`WAFER_NOT_FOUND` or `INSPECTION_NOT_FOUND`", body = Failure),
    (status = 503, description = "`UNAVAILABLE`: too many streams are open", body = Failure)))]
#[get("/analytics/wafer-map/{wafer_id}")]
async fn get_wafer_map(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    wafer_id: Path<String>,
    query: Query<WaferMapQuery>,
) -> ApiResult<HttpResponse> {
    let of = MapOf::Wafer(&wafer_id, &query);
    map::answer(&req, &state, &query.0, of, query.choice()).await
}

/// Returns the values to choose from in the filter bar.
///
/// Each list is counted as if it were not narrowed itself, so that a second value can be chosen.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(Filter), responses(
    (status = 200, description = "Values with their counts", body = Success<Facets>), NotModified))]
#[get("/analytics/facets")]
async fn get_facets(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<Filter>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::facets(&state.db, query.0.clone());
    cached(&req, &state, &query.0, answer).await
}
