//! Wafers that look alike.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{Similar, SimilarQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::spatial;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_similar);
}

/// Returns the inspections whose pattern of defects looks most like that of one.
///
/// Compared are shares of the defects, not their number: by ring and direction, by distance from the centre, in lines, heaps or
/// loose. The wafers may lie turned against each other: the angle is told. Current inspections of other wafers at the same step,
/// unless asked otherwise.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "The inspection to compare with"), SimilarQuery), responses(
    (status = 200, description = "The nearest, nearest first", body = Success<Similar>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/inspections/{inspection_id}/similar")]
async fn get_similar(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    id: Path<Uuid>,
    query: Query<SimilarQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = spatial::similar(&state.db, *id, &query);
    cached(&req, &state, &query.0, answer).await
}
