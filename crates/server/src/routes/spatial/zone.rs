//! Zones.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{ZoneQuery, Zones};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::Query;
use crate::service::spatial::zone as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_zones);
}

/// Returns defects by zone of the wafer, compared with an even spread.
///
/// The area of a zone is what of it was inspected: the dies of the plan, or the wafer without its rim. Wafers of another
/// diameter than the most frequent one are not counted.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(ZoneQuery), responses(
    (status = 200, description = "Zones from the inside out", body = Success<Zones>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/analytics/zones")]
async fn get_zones(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<ZoneQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, service::zones(&state.db, &query)).await
}
