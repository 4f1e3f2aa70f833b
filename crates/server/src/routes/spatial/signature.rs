//! Signatures.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{SignatureQuery, Signatures};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::spatial::signature as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_inspection_signatures);
}

/// Lists the patterns of an inspection: scratch, ring, edge, centre, sector, hot die, repeater, cluster.
///
/// Six tests compare the defects with complete spatial randomness on the inspected area; each counts everything it scanned. The
/// strongest names a pattern, whose defects are taken out before the tests are made again, so that none is reported under two
/// names.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection"), SignatureQuery), responses(
    (status = 200, description = "Patterns, most excess defects first", body = Success<Signatures>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/inspections/{inspection_id}/signatures")]
async fn list_inspection_signatures(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    query: Query<SignatureQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = service::signatures(&state.db, *inspection_id, &query);
    cached(&req, &state, &query.0, answer).await
}
