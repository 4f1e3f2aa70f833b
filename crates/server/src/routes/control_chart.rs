//! Control charts that engineers own.

use actix_web::web::Data;
use actix_web::{HttpRequest, delete, get, patch, post};
use contract::analytics::Spc;
use contract::control_chart::{
    ControlChart, ControlChartCreate, ControlChartQuery, ControlChartUpdate, ControlChartViewQuery,
    LimitVersion, LimitVersionCreate,
};
use contract::history::PageQuery;
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer::{Answer, NoContent};
use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::{Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::service::control_chart as service;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_control_charts)
        .service(create_control_chart)
        .service(get_control_chart)
        .service(update_control_chart)
        .service(delete_control_chart)
        .service(draw_control_chart)
        .service(list_control_limits)
        .service(create_control_limits);
}

/// Lists control charts, by name.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])), params(ControlChartQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<ControlChart>>)))]
#[get("/control-charts")]
async fn list_control_charts(
    _caller: Viewer,
    state: Data<State>,
    query: Query<ControlChartQuery>,
) -> ApiResult<Answer<Vec<ControlChart>>> {
    service::list(&state.db, &query).await
}

/// Creates a control chart, which judges imports from now on.
///
/// Its first limits are those of all points, or of a baseline; with `freeze` they are kept as they are now.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<ControlChart>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`", body = Failure)),
    request_body(content = ControlChartCreate, example = json!({
        "name": "Killers after M1 etch", "scope": {"step": ["M1.ETCH"], "killers": true}, "metric": "density", "bucket": "inspection",
        "chart": "auto", "rules": ["we1", "we2", "we3", "we4"], "width": "sigma", "width_value": 3.0,
        "baseline_from": "2026-01-01T00:00:00Z", "baseline_to": "2026-03-01T00:00:00Z", "freeze": true})))]
#[post("/control-charts")]
async fn create_control_chart(
    caller: Engineer,
    state: Data<State>,
    body: Json<ControlChartCreate>,
) -> ApiResult<Answer<ControlChart>> {
    let made = service::create(&state.db, &caller, body.0).await?;
    let location = format!("/control-charts/{}", made.control_chart_id);
    Ok(Answer::created(made, location))
}

/// Returns a control chart with the limits in force.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart")), responses(
    (status = 200, description = "The control chart", body = Success<ControlChart>),
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure)))]
#[get("/control-charts/{control_chart_id}")]
async fn get_control_chart(
    _caller: Viewer,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
) -> ApiResult<Answer<ControlChart>> {
    Ok(Answer::of(
        service::get(&state.db, *control_chart_id).await?,
    ))
}

/// Changes a control chart's definition; what is absent stays.
///
/// `version` is the one that the change was made on: where it has changed since, nothing happens. Limits have versions
/// of their own.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart")), responses(
    (status = 200, description = "The control chart as it is now", body = Success<ControlChart>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT` or `ALREADY_EXISTS`", body = Failure)),
    request_body(content = ControlChartUpdate, example = json!({"version": 1, "rules": ["we1", "n2"]})))]
#[patch("/control-charts/{control_chart_id}")]
async fn update_control_chart(
    caller: Engineer,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
    body: Json<ControlChartUpdate>,
) -> ApiResult<Answer<ControlChart>> {
    let changed = service::update(&state.db, &caller, *control_chart_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes a control chart with its limits, violations and alerts.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure)))]
#[delete("/control-charts/{control_chart_id}")]
async fn delete_control_chart(
    caller: Engineer,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, *control_chart_id).await?;
    Ok(NoContent)
}

/// Draws a control chart: limits and broken rules are those of all its points, whatever window is asked for.
///
/// Where limits do not fit the points any more (a baseline without a point, another unit), that is a 400 that says so.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart"), ControlChartViewQuery), responses(
    (status = 200, description = "The chart; indices are those of the points sent", body = Success<Spc>), NotModified,
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure)))]
#[get("/control-charts/{control_chart_id}/chart")]
async fn draw_control_chart(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
    query: Query<ControlChartViewQuery>,
) -> ApiResult<CachedAnswer> {
    let drawn = service::draw(&state.db, *control_chart_id, &query);
    cached(&req, &state, &query.0, drawn).await
}

/// Lists the versions of a control chart's limits, newest first.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<LimitVersion>>),
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure)))]
#[get("/control-charts/{control_chart_id}/limits")]
async fn list_control_limits(
    _caller: Viewer,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<LimitVersion>>> {
    service::limit_versions(&state.db, *control_chart_id, &query).await
}

/// Makes a new version of a control chart's limits: stages, frozen or computed, and excluded points.
///
/// It holds all stages and excluded points, not only those that change. Frozen limits are computed here or repeated
/// from an earlier version, never typed in.
#[utoipa::path(tag = "control-charts", security(("bearer" = [])),
    params(("control_chart_id" = Uuid, Path, description = "Control chart")), responses(
    (status = 201, description = "Created, and in force", body = Success<LimitVersion>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`CONTROL_CHART_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT`: a newer version is in force than the one it is based on", body = Failure)),
    request_body(content = LimitVersionCreate, example = json!({
        "based_on": 1, "reason": "new focus ring", "stages": [
            {"baseline_from": "2026-01-01T00:00:00Z", "baseline_to": "2026-02-01T00:00:00Z", "frozen": true},
            {"name": "new focus ring", "from": "2026-03-01T00:00:00Z"}],
        "excluded": [{"at": "2026-01-17T08:00:00Z", "inspection_id": "019bc7a1-1c00-7000-8000-000000000001", "reason": "pump failed"}]})))]
#[post("/control-charts/{control_chart_id}/limits")]
async fn create_control_limits(
    caller: Engineer,
    state: Data<State>,
    control_chart_id: Path<Uuid>,
    body: Json<LimitVersionCreate>,
) -> ApiResult<Answer<LimitVersion>> {
    let id = *control_chart_id;
    let made = service::create_limits(&state.db, &caller, id, body.0).await?;
    let location = format!("/control-charts/{id}/limits");
    Ok(Answer::created(made, location))
}
