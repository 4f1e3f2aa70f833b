//! Alerts: a control chart was violated by an import.

use actix_web::web::Data;
use actix_web::{get, post};
use contract::alert::{Alert, AlertAction, AlertCounts, AlertDetail, AlertQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer::Answer;
use crate::app::State;
use crate::auth::{Operator, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::service::alert as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_alerts)
        .service(get_alert_counts)
        .service(get_alert)
        .service(acknowledge_alert)
        .service(resolve_alert);
}

/// Lists alerts, newest first.
#[utoipa::path(tag = "alerts", security(("bearer" = [])), params(AlertQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Alert>>)))]
#[get("/alerts")]
async fn list_alerts(
    _caller: Viewer,
    state: Data<State>,
    query: Query<AlertQuery>,
) -> ApiResult<Answer<Vec<Alert>>> {
    service::list(&state.db, &query).await
}

/// Says how many alerts wait.
#[utoipa::path(tag = "alerts", security(("bearer" = [])), responses(
    (status = 200, description = "How many are open, how many acknowledged", body = Success<AlertCounts>)))]
#[get("/alerts/counts")]
async fn get_alert_counts(_caller: Viewer, state: Data<State>) -> ApiResult<Answer<AlertCounts>> {
    Ok(Answer::of(service::counts(&state.db).await?))
}

/// Returns an alert with its violations.
#[utoipa::path(tag = "alerts", security(("bearer" = [])),
    params(("alert_id" = Uuid, Path, description = "Alert")), responses(
    (status = 200, description = "The alert", body = Success<AlertDetail>),
    (status = 404, description = "`ALERT_NOT_FOUND`", body = Failure)))]
#[get("/alerts/{alert_id}")]
async fn get_alert(
    _caller: Viewer,
    state: Data<State>,
    alert_id: Path<Uuid>,
) -> ApiResult<Answer<AlertDetail>> {
    Ok(Answer::of(service::get(&state.db, *alert_id).await?))
}

/// Acknowledges an open alert: somebody sees to it.
#[utoipa::path(tag = "alerts", security(("bearer" = [])),
    params(("alert_id" = Uuid, Path, description = "Alert")), responses(
    (status = 200, description = "The alert as it is now", body = Success<Alert>),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`ALERT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT`: it is not open any more", body = Failure)),
    request_body(content = AlertAction, example = json!({"comment": "lot held, calling equipment"})))]
#[post("/alerts/{alert_id}/acknowledge")]
async fn acknowledge_alert(
    caller: Operator,
    state: Data<State>,
    alert_id: Path<Uuid>,
    body: Json<AlertAction>,
) -> ApiResult<Answer<Alert>> {
    Ok(Answer::of(
        service::acknowledge(&state.db, &caller, *alert_id, body.0).await?,
    ))
}

/// Resolves an alert; a later violation of the same cause opens a new one.
#[utoipa::path(tag = "alerts", security(("bearer" = [])),
    params(("alert_id" = Uuid, Path, description = "Alert")), responses(
    (status = 200, description = "The alert as it is now", body = Success<Alert>),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`ALERT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT`: it is resolved already", body = Failure)),
    request_body(content = AlertAction, example = json!({"comment": "focus ring replaced, next lot in control"})))]
#[post("/alerts/{alert_id}/resolve")]
async fn resolve_alert(
    caller: Operator,
    state: Data<State>,
    alert_id: Path<Uuid>,
    body: Json<AlertAction>,
) -> ApiResult<Answer<Alert>> {
    Ok(Answer::of(
        service::resolve(&state.db, &caller, *alert_id, body.0).await?,
    ))
}
