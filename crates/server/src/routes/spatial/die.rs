//! Dies with their defects.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{DieQuery, DieView};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::Query;
use crate::service::spatial;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_dies);
}

/// Returns how many dies have a defect, what yield models expect, and, where bin maps are known, how often a defect kills.
///
/// Dies inspected are those of the file's plan; where it has none, the whole dies on the wafer without a rim of 3 mm.
/// Defects on other dies, or on no die, are left out. Kill ratios compare tested dies with a defect of a type with tested
/// dies on which none of the inspections counted found any defect at all; a die counts once for a type.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(DieQuery), responses(
    (status = 200, description = "The dies", body = Success<DieView>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/analytics/dies")]
async fn get_dies(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<DieQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, spatial::dies(&state.db, &query)).await
}
