//! Inspections.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _, delete, get, post, put};
use contract::analytics::WaferMap;
use contract::defect::{Defect, DefectChoice, DefectCreate, DefectQuery};
use contract::history::{Change, PageQuery};
use contract::image::Gallery;
use contract::inspection::{
    Inspection, InspectionCreate, InspectionDetail, InspectionQuery, InspectionUpdate,
};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::defect::{table, table_form};
use super::map;
use crate::answer::{Answer, NoContent};
use crate::answer_cache::NotModified;
use crate::app::State;
use crate::auth::{Admin, Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::service::analytics::MapOf;
use crate::service::{audit, defect, image, inspection as service};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_inspections)
        .service(create_inspection)
        .service(get_inspection)
        .service(update_inspection)
        .service(delete_inspection)
        .service(list_inspection_history)
        .service(get_inspection_map)
        .service(get_inspection_gallery)
        .service(list_inspection_defects)
        .service(create_inspection_defect);
}

/// Lists inspections.
#[utoipa::path(tag = "inspections", security(("bearer" = [])), params(InspectionQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Inspection>>)))]
#[get("/inspections")]
async fn list_inspections(
    _caller: Viewer,
    state: Data<State>,
    query: Query<InspectionQuery>,
) -> ApiResult<Answer<Vec<Inspection>>> {
    service::list(&state.db, &query).await
}

/// Creates an inspection that comes from elsewhere than a file.
#[utoipa::path(tag = "inspections", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<InspectionDetail>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`WAFER_NOT_FOUND` or `EQUIPMENT_NOT_FOUND`", body = Failure)),
    request_body(content = InspectionCreate, example = json!({"wafer_id": "FB4021:04", "step_id": "M1-CMP", "inspected_at": "2026-01-15T09:30:00Z",
        "area_cm2": 650.0})))]
#[post("/inspections")]
async fn create_inspection(
    caller: Engineer,
    state: Data<State>,
    body: Json<InspectionCreate>,
) -> ApiResult<Answer<InspectionDetail>> {
    let made = service::create(&state.db, &caller, body.0).await?;
    let location = format!("/inspections/{}", made.inspection.inspection_id);
    Ok(Answer::created(made, location))
}

/// Returns an inspection.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection")), responses(
    (status = 200, description = "The inspection", body = Success<InspectionDetail>),
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/inspections/{inspection_id}")]
async fn get_inspection(
    _caller: Viewer,
    state: Data<State>,
    inspection_id: Path<Uuid>,
) -> ApiResult<Answer<InspectionDetail>> {
    Ok(Answer::of(service::get(&state.db, *inspection_id).await?))
}

/// Changes an inspection; what is absent stays, time and wafer always do.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection")), responses(
    (status = 200, description = "The inspection as it is now", body = Success<InspectionDetail>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`INSPECTION_NOT_FOUND` or `EQUIPMENT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`CONFLICT`", body = Failure)))]
#[put("/inspections/{inspection_id}")]
async fn update_inspection(
    caller: Engineer,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    body: Json<InspectionUpdate>,
) -> ApiResult<Answer<InspectionDetail>> {
    let changed = service::update(&state.db, &caller, *inspection_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes an inspection with its defects.
///
/// Once all inspections of a file are gone the file can be imported again.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[delete("/inspections/{inspection_id}")]
async fn delete_inspection(
    caller: Admin,
    state: Data<State>,
    inspection_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, *inspection_id).await?;
    Ok(NoContent)
}

/// Lists who changed an inspection, newest first.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>)))]
#[get("/inspections/{inspection_id}/history")]
async fn list_inspection_history(
    _caller: Viewer,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(&state.db, "inspection", &inspection_id.to_string(), &query).await
}

/// Returns the wafer map of an inspection: outline, dies and defects, ready to draw.
///
/// As JSON at most 1,000,000 defects; as an Arrow stream all of them, with the rest of the map in the schema's metadata.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection"), DefectChoice), responses(
    (status = 200, description = "The map", content((Success<WaferMap> = "application/json"), (Vec<u8> = "application/vnd.apache.arrow.stream"))),
    NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure),
    (status = 503, description = "`UNAVAILABLE`: too many streams are open", body = Failure)))]
#[get("/inspections/{inspection_id}/map")]
async fn get_inspection_map(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    query: Query<DefectChoice>,
) -> ApiResult<HttpResponse> {
    let of = MapOf::Inspection(*inspection_id);
    map::answer(&req, &state, &query.0, of, query.0.clone()).await
}

/// Lists the defects of an inspection, in the order of their numbers unless sorted otherwise.
///
/// As JSON a page; as an Arrow stream or as CSV all of them, with neither page nor sort.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection the defects belong to"), DefectQuery), responses(
    (status = 200, description = "One page, or all", content((Success<Vec<Defect>> = "application/json"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"), (String = "text/csv"))),
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure),
    (status = 503, description = "`UNAVAILABLE`: too many streams are open", body = Failure)))]
#[get("/inspections/{inspection_id}/defects")]
async fn list_inspection_defects(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    mut query: Query<DefectQuery>,
) -> ApiResult<HttpResponse> {
    match table_form(&req) {
        None => {
            let page = defect::list_of_inspection(&state.db, *inspection_id, query.0).await?;
            Ok(page.respond_to(&req))
        }
        Some(form) => {
            defect::within(&mut query, *inspection_id)?;
            table(&state, &query, form).await
        }
    }
}

/// Adds a defect to an inspection.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection")), responses(
    (status = 201, description = "Created; `location` says where", body = Success<Defect>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`INSPECTION_NOT_FOUND` or `DEFECT_TYPE_NOT_FOUND`", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`: the number is taken", body = Failure)),
    request_body(content = DefectCreate, example = json!({"x_mm": 12.5, "y_mm": -40.25, "defect_type_id": 1})))]
#[post("/inspections/{inspection_id}/defects")]
async fn create_inspection_defect(
    caller: Engineer,
    state: Data<State>,
    inspection_id: Path<Uuid>,
    body: Json<DefectCreate>,
) -> ApiResult<Answer<Defect>> {
    let made = defect::create(&state.db, &caller, *inspection_id, body.0).await?;
    let location = format!("/defects/{}", made.defect_id);
    Ok(Answer::created(made, location))
}

/// Returns all images of an inspection for a gallery, at most 20,000, in the order of defect, then arrival.
#[utoipa::path(tag = "inspections", security(("bearer" = [])),
    params(("inspection_id" = Uuid, Path, description = "Inspection")), responses(
    (status = 200, description = "The gallery", body = Success<Gallery>),
    (status = 404, description = "`INSPECTION_NOT_FOUND`", body = Failure)))]
#[get("/inspections/{inspection_id}/gallery")]
async fn get_inspection_gallery(
    _caller: Viewer,
    state: Data<State>,
    inspection_id: Path<Uuid>,
) -> ApiResult<Answer<Gallery>> {
    Ok(Answer::of(image::gallery(&state.db, *inspection_id).await?))
}
