//! Wafers.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use contract::history::{Change, PageQuery};
use contract::inspection::{Inspection, InspectionQuery};
use contract::wafer::{Wafer, WaferCreate, WaferQuery, WaferUpdate};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Admin, Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query, path_part};
use crate::service::{audit, wafer as service};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_wafers)
        .service(create_wafer)
        .service(get_wafer)
        .service(update_wafer)
        .service(delete_wafer)
        .service(list_wafer_history)
        .service(list_wafer_inspections);
}

/// Lists wafers.
#[utoipa::path(tag = "wafers", security(("bearer" = [])), params(WaferQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Wafer>>)))]
#[get("/wafers")]
async fn list_wafers(
    _caller: Viewer,
    state: Data<State>,
    query: Query<WaferQuery>,
) -> ApiResult<Answer<Vec<Wafer>>> {
    service::list(&state.db, &query).await
}

/// Creates a wafer.
#[utoipa::path(tag = "wafers", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<Wafer>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`", body = Failure)),
    request_body(content = WaferCreate, example = json!({"wafer_id": "8365N004FEC6", "id_scheme": "m12", "lot_id": "FB4021", "slot": 4, "diameter_mm": 300.0,
        "facts": {"process_node": "28 nm"}})))]
#[post("/wafers")]
async fn create_wafer(
    caller: Engineer,
    state: Data<State>,
    body: Json<WaferCreate>,
) -> ApiResult<Answer<Wafer>> {
    let made = service::create(&state.db, &caller, body.0).await?;
    let location = format!("/wafers/{}", path_part(&made.wafer_id));
    Ok(Answer::created(made, location))
}

/// Returns a wafer.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`")), responses(
    (status = 200, description = "The wafer", body = Success<Wafer>),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure)))]
#[get("/wafers/{wafer_id}")]
async fn get_wafer(
    _caller: Viewer,
    state: Data<State>,
    wafer_id: Path<String>,
) -> ApiResult<Answer<Wafer>> {
    Ok(Answer::of(service::get(&state.db, &wafer_id).await?))
}

/// Changes a wafer; what is absent stays.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`")), responses(
    (status = 200, description = "The wafer as it is now", body = Success<Wafer>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT` or `ALREADY_EXISTS`", body = Failure)))]
#[put("/wafers/{wafer_id}")]
async fn update_wafer(
    caller: Engineer,
    state: Data<State>,
    wafer_id: Path<String>,
    body: Json<WaferUpdate>,
) -> ApiResult<Answer<Wafer>> {
    let changed = service::update(&state.db, &caller, &wafer_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes a wafer that has no inspections.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure),
    (status = 409, description = "`IN_USE`", body = Failure)))]
#[delete("/wafers/{wafer_id}")]
async fn delete_wafer(
    caller: Admin,
    state: Data<State>,
    wafer_id: Path<String>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, &wafer_id).await?;
    Ok(NoContent)
}

/// Lists who changed a wafer, newest first.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>)))]
#[get("/wafers/{wafer_id}/history")]
async fn list_wafer_history(
    _caller: Viewer,
    state: Data<State>,
    wafer_id: Path<String>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(&state.db, "wafer", &wafer_id.to_string(), &query).await
}

/// Lists all inspections of a wafer, also those that later ones have replaced.
#[utoipa::path(tag = "wafers", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`"), InspectionQuery), responses(
    (status = 200, description = "One page, newest first unless sorted otherwise", body = Success<Vec<Inspection>>),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure)))]
#[get("/wafers/{wafer_id}/inspections")]
async fn list_wafer_inspections(
    _caller: Viewer,
    state: Data<State>,
    wafer_id: Path<String>,
    query: Query<InspectionQuery>,
) -> ApiResult<Answer<Vec<Inspection>>> {
    service::inspections(&state.db, &wafer_id, query.0).await
}
