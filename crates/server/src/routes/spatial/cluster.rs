//! Clusters.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::spatial::{ClusterQuery, Clusters};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::{Path, Query};
use crate::service::spatial::cluster as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_inspection_clusters);
}

/// Lists the clusters of an inspection with their shapes, by DBSCAN.
///
/// Without `reach_mm` and `min_points` both come from the density, so that defects which lie at random have a cluster on one
/// wafer in 20 at most; `reason` says how. A long cluster is measured along and across the arc that fits it.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection"), ClusterQuery), responses(
    (status = 200, description = "Clusters, most defects first", body = Success<Clusters>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/inspections/{inspection_id}/clusters")]
async fn list_inspection_clusters(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    query: Query<ClusterQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = service::clusters(&state.db, *inspection_id, &query);
    cached(&req, &state, &query.0, answer).await
}
