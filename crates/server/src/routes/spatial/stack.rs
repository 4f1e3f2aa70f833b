//! Many wafers in one map.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{Stack, StackQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::Query;
use crate::service::spatial;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_stack);
}

/// Returns the defects of many inspections in one map: by cell, by die and by place in the reticle field.
///
/// A cell or a die stands out where it is hit on more wafers than chance explains, if the defects of each inspection lay at
/// random on what it inspected. A repeater is a place of the reticle field where many fields have a defect; what is printed once
/// a field tells how many dies the field has. The newest 2,000 inspections are stacked.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(StackQuery), responses(
    (status = 200, description = "The stack", body = Success<Stack>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/analytics/stack")]
async fn get_stack(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<StackQuery>,
) -> ApiResult<CachedAnswer> {
    cached(&req, &state, &query.0, spatial::stack(&state.db, &query)).await
}
