//! The audit log; for admins.

use actix_web::get;
use actix_web::web::Data;
use contract::history::{AuditQuery, Change};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::app::State;
use crate::auth::Admin;
use crate::error::ApiResult;
use crate::extract::Query;
use crate::service::audit;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_audit);
}

/// Lists who changed what, newest first.
#[utoipa::path(tag = "audit", security(("bearer" = [])), params(AuditQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure)))]
#[get("/audit")]
async fn list_audit(
    _caller: Admin,
    state: Data<State>,
    query: Query<AuditQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::list(&state.db, &query).await
}
