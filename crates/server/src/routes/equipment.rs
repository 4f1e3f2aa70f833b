//! Equipment.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use contract::equipment::{
    Equipment, EquipmentCreate, EquipmentQuery, EquipmentUpdate, Performance,
};
use contract::history::{Change, PageQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Admin, Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query, path_part};
use crate::service::{audit, equipment as service};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_equipment)
        .service(create_equipment)
        .service(get_equipment)
        .service(update_equipment)
        .service(delete_equipment)
        .service(list_equipment_history)
        .service(get_equipment_performance);
}

/// Lists tools.
#[utoipa::path(tag = "equipment", security(("bearer" = [])), params(EquipmentQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Equipment>>)))]
#[get("/equipment")]
async fn list_equipment(
    _caller: Viewer,
    state: Data<State>,
    query: Query<EquipmentQuery>,
) -> ApiResult<Answer<Vec<Equipment>>> {
    service::list(&state.db, &query).await
}

/// Creates a tool.
#[utoipa::path(tag = "equipment", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<Equipment>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`", body = Failure)),
    request_body(content = EquipmentCreate, example = json!({"equipment_id": "INS-01", "facts": {"model": "2139", "time_zone": "Europe/Berlin"}})))]
#[post("/equipment")]
async fn create_equipment(
    caller: Engineer,
    state: Data<State>,
    body: Json<EquipmentCreate>,
) -> ApiResult<Answer<Equipment>> {
    let made = service::create(&state.db, &caller, body.0).await?;
    let location = format!("/equipment/{}", path_part(&made.equipment_id));
    Ok(Answer::created(made, location))
}

/// Returns a tool.
#[utoipa::path(tag = "equipment", security(("bearer" = [])),
    params(("equipment_id" = String, Path, description = "Tool, as files name it")), responses(
    (status = 200, description = "The tool", body = Success<Equipment>),
    (status = 404, description = "`EQUIPMENT_NOT_FOUND`", body = Failure)))]
#[get("/equipment/{equipment_id}")]
async fn get_equipment(
    _caller: Viewer,
    state: Data<State>,
    equipment_id: Path<String>,
) -> ApiResult<Answer<Equipment>> {
    Ok(Answer::of(service::get(&state.db, &equipment_id).await?))
}

/// Changes a tool; what is absent stays.
#[utoipa::path(tag = "equipment", security(("bearer" = [])),
    params(("equipment_id" = String, Path, description = "Tool, as files name it")), responses(
    (status = 200, description = "The tool as it is now", body = Success<Equipment>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`EQUIPMENT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT` or `ALREADY_EXISTS`", body = Failure)))]
#[put("/equipment/{equipment_id}")]
async fn update_equipment(
    caller: Engineer,
    state: Data<State>,
    equipment_id: Path<String>,
    body: Json<EquipmentUpdate>,
) -> ApiResult<Answer<Equipment>> {
    let changed = service::update(&state.db, &caller, &equipment_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes a tool on which no inspection was made.
#[utoipa::path(tag = "equipment", security(("bearer" = [])),
    params(("equipment_id" = String, Path, description = "Tool, as files name it")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`EQUIPMENT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`IN_USE`", body = Failure)))]
#[delete("/equipment/{equipment_id}")]
async fn delete_equipment(
    caller: Admin,
    state: Data<State>,
    equipment_id: Path<String>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, &equipment_id).await?;
    Ok(NoContent)
}

/// Lists who changed a tool, newest first.
#[utoipa::path(tag = "equipment", security(("bearer" = [])),
    params(("equipment_id" = String, Path, description = "Tool, as files name it"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>)))]
#[get("/equipment/{equipment_id}/history")]
async fn list_equipment_history(
    _caller: Viewer,
    state: Data<State>,
    equipment_id: Path<String>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(&state.db, "equipment", &equipment_id.to_string(), &query).await
}

/// Tells how a tool performs, step by step, against all tools there.
#[utoipa::path(tag = "equipment", security(("bearer" = [])),
    params(("equipment_id" = String, Path, description = "Tool, as files name it")), responses(
    (status = 200, description = "One row per step, most inspections first", body = Success<Performance>),
    (status = 404, description = "`EQUIPMENT_NOT_FOUND`", body = Failure)))]
#[get("/equipment/{equipment_id}/performance")]
async fn get_equipment_performance(
    _caller: Viewer,
    state: Data<State>,
    equipment_id: Path<String>,
) -> ApiResult<Answer<Performance>> {
    Ok(Answer::of(
        service::performance(&state.db, &equipment_id).await?,
    ))
}
