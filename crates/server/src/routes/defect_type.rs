//! Defect types.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use contract::defect_type::{DefectType, DefectTypeCreate, DefectTypeQuery, DefectTypeUpdate};
use contract::history::{Change, PageQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Admin, Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::service::{audit, defect_type as service};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_defect_types)
        .service(create_defect_type)
        .service(get_defect_type)
        .service(update_defect_type)
        .service(delete_defect_type)
        .service(list_defect_type_history);
}

/// Lists defect types.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])), params(DefectTypeQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<DefectType>>)))]
#[get("/defect-types")]
async fn list_defect_types(
    _caller: Viewer,
    state: Data<State>,
    query: Query<DefectTypeQuery>,
) -> ApiResult<Answer<Vec<DefectType>>> {
    service::list(&state.db, &query).await
}

/// Creates a defect type.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<DefectType>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`", body = Failure)),
    request_body(content = DefectTypeCreate, example = json!({"name": "Scratch", "facts": {"severity": 4, "killer": true, "colour": "#d55e00"}})))]
#[post("/defect-types")]
async fn create_defect_type(
    caller: Engineer,
    state: Data<State>,
    body: Json<DefectTypeCreate>,
) -> ApiResult<Answer<DefectType>> {
    let made = service::create(&state.db, &caller, body.0).await?;
    let location = format!("/defect-types/{}", made.defect_type_id);
    Ok(Answer::created(made, location))
}

/// Returns a defect type.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])),
    params(("defect_type_id" = i32, Path, description = "Defect type")), responses(
    (status = 200, description = "The defect type", body = Success<DefectType>),
    (status = 404, description = "`DEFECT_TYPE_NOT_FOUND`", body = Failure)))]
#[get("/defect-types/{defect_type_id}")]
async fn get_defect_type(
    _caller: Viewer,
    state: Data<State>,
    defect_type_id: Path<i32>,
) -> ApiResult<Answer<DefectType>> {
    Ok(Answer::of(service::get(&state.db, *defect_type_id).await?))
}

/// Changes a defect type; what is absent stays.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])),
    params(("defect_type_id" = i32, Path, description = "Defect type")), responses(
    (status = 200, description = "The defect type as it is now", body = Success<DefectType>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`DEFECT_TYPE_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT` or `ALREADY_EXISTS`", body = Failure)))]
#[put("/defect-types/{defect_type_id}")]
async fn update_defect_type(
    caller: Engineer,
    state: Data<State>,
    defect_type_id: Path<i32>,
    body: Json<DefectTypeUpdate>,
) -> ApiResult<Answer<DefectType>> {
    let changed = service::update(&state.db, &caller, *defect_type_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes a defect type that no defect has.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])),
    params(("defect_type_id" = i32, Path, description = "Defect type")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`DEFECT_TYPE_NOT_FOUND`", body = Failure),
    (status = 409, description = "`IN_USE`", body = Failure)))]
#[delete("/defect-types/{defect_type_id}")]
async fn delete_defect_type(
    caller: Admin,
    state: Data<State>,
    defect_type_id: Path<i32>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, *defect_type_id).await?;
    Ok(NoContent)
}

/// Lists who changed a defect type, newest first.
#[utoipa::path(tag = "defect-types", security(("bearer" = [])),
    params(("defect_type_id" = i32, Path, description = "Defect type"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>)))]
#[get("/defect-types/{defect_type_id}/history")]
async fn list_defect_type_history(
    _caller: Viewer,
    state: Data<State>,
    defect_type_id: Path<i32>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(
        &state.db,
        "defect_type",
        &defect_type_id.to_string(),
        &query,
    )
    .await
}
