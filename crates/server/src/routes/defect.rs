//! Single defects.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder as _, delete, get, post, put};
use contract::columns::ARROW_STREAM;
use contract::defect::{
    Defect, DefectDetail, DefectId, DefectQuery, DefectReview, DefectUpdate, DefectsReviewed,
    SameSpot, SameSpotQuery,
};
use contract::history::{Change, PageQuery};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Admin, Engineer, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::served::attachment;
use crate::service::{audit, defect as service, defect_stream, review};
use crate::stream::Form;
use crate::view::defect_table::TableForm;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_defects)
        .service(review_defects)
        .service(get_defect)
        .service(update_defect)
        .service(delete_defect)
        .service(list_defect_history)
        .service(list_defect_same_spot);
}

/// Lists defects, in the order of time and number unless sorted otherwise.
///
/// As JSON a page; as an Arrow stream or as CSV all of them, with neither page nor sort.
#[utoipa::path(tag = "defects", security(("bearer" = [])), params(DefectQuery), responses(
    (status = 200, description = "One page, or all", content((Success<Vec<Defect>> = "application/json"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"), (String = "text/csv"))),
    (status = 503, description = "`UNAVAILABLE`: too many streams are open", body = Failure)))]
#[get("/defects")]
async fn list_defects(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<DefectQuery>,
) -> ApiResult<HttpResponse> {
    match table_form(&req) {
        None => Ok(service::list(&state.db, &query).await?.respond_to(&req)),
        Some(form) => table(&state, &query, form).await,
    }
}

/// The form of the table that the caller wants; `None` for a page as JSON.
pub(super) fn table_form(req: &HttpRequest) -> Option<TableForm> {
    match Form::of(req, &[Form::Arrow, Form::Csv]) {
        Form::Json => None,
        Form::Arrow => Some(TableForm::Arrow),
        Form::Csv => Some(TableForm::Csv),
    }
}

/// All defects of a list as a table.
pub(super) async fn table(
    state: &State,
    query: &DefectQuery,
    form: TableForm,
) -> ApiResult<HttpResponse> {
    let permit = state.streams.permit().await?;
    let stream = defect_stream::stream(&state.db, query, form, permit).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::VARY, "authorization, accept"));
    match form {
        TableForm::Arrow => response.content_type(ARROW_STREAM),
        TableForm::Csv => response
            .content_type("text/csv; charset=utf-8")
            .insert_header(attachment("defects.csv")),
    };
    Ok(response.streaming(stream))
}

/// Makes one change to several defects: to all of them or to none.
///
/// Each defect that is different then has an entry in its history.
#[utoipa::path(tag = "defects", security(("bearer" = [])), responses(
    (status = 200, description = "How many are different now", body = Success<DefectsReviewed>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`DEFECT_NOT_FOUND` or `DEFECT_TYPE_NOT_FOUND`: nothing was changed", body = Failure)),
    request_body(content = DefectReview, example = json!({
        "defect_ids": ["019b0c2a4d5e7f60818293a4b5c6d7e8.12", "019b0c2a4d5e7f60818293a4b5c6d7e8.15"],
        "changes": {"defect_type_id": 3, "review_status": "reviewed"}})))]
#[post("/defects/review")]
async fn review_defects(
    caller: Engineer,
    state: Data<State>,
    body: Json<DefectReview>,
) -> ApiResult<Answer<DefectsReviewed>> {
    let reviewed = review::review(&state.db, &caller, body.0).await?;
    Ok(Answer::of(reviewed))
}

/// Returns a defect with its inspection, its place and its neighbours on the same die.
#[utoipa::path(tag = "defects", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")), responses(
    (status = 200, description = "The defect", body = Success<DefectDetail>),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[get("/defects/{defect_id}")]
async fn get_defect(
    _caller: Viewer,
    state: Data<State>,
    defect_id: Path<DefectId>,
) -> ApiResult<Answer<DefectDetail>> {
    Ok(Answer::of(service::get(&state.db, *defect_id).await?))
}

/// Classifies, reviews or annotates a defect; what is absent stays.
#[utoipa::path(tag = "defects", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")), responses(
    (status = 200, description = "The defect as it is now", body = Success<Defect>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`DEFECT_NOT_FOUND` or `DEFECT_TYPE_NOT_FOUND`", body = Failure)),
    request_body(content = DefectUpdate, example = json!({"defect_type_id": 3, "review_status": "reviewed"})))]
#[put("/defects/{defect_id}")]
async fn update_defect(
    caller: Engineer,
    state: Data<State>,
    defect_id: Path<DefectId>,
    body: Json<DefectUpdate>,
) -> ApiResult<Answer<Defect>> {
    let changed = service::update(&state.db, &caller, *defect_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes a defect.
#[utoipa::path(tag = "defects", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[delete("/defects/{defect_id}")]
async fn delete_defect(
    caller: Admin,
    state: Data<State>,
    defect_id: Path<DefectId>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &caller, *defect_id).await?;
    Ok(NoContent)
}

/// Lists who changed a defect, newest first.
#[utoipa::path(tag = "defects", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>)))]
#[get("/defects/{defect_id}/history")]
async fn list_defect_history(
    _caller: Viewer,
    state: Data<State>,
    defect_id: Path<DefectId>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(&state.db, "defect", &defect_id.to_string(), &query).await
}

/// Lists what the other inspections of the wafer saw at a defect's spot, oldest first.
///
/// An inspection that saw nothing within the tolerance is listed without a defect.
#[utoipa::path(tag = "defects", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect"), SameSpotQuery), responses(
    (status = 200, description = "One item an inspection; distances in um", body = Success<Vec<SameSpot>>),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[get("/defects/{defect_id}/same-spot")]
async fn list_defect_same_spot(
    _caller: Viewer,
    state: Data<State>,
    defect_id: Path<DefectId>,
    query: Query<SameSpotQuery>,
) -> ApiResult<Answer<Vec<SameSpot>>> {
    let spots = review::same_spot(&state.db, *defect_id, &query).await?;
    Ok(Answer::of(spots))
}
