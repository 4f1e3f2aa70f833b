//! EDX spectra of defects.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use contract::defect::DefectId;
use contract::image::EvidenceForm;
use contract::spectrum::{DefectSpectrum, SpectrumDetail};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::upload::Files;
use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Engineer, Operator, Viewer};
use crate::error::ApiResult;
use crate::extract::Path;
use crate::served::{self, Served};
use crate::service::audit::Author;
use crate::service::evidence::Format;
use crate::service::{defect, image, spectrum as service};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_defect_spectra)
        .service(create_defect_spectra)
        .service(get_spectrum)
        .service(get_spectrum_original)
        .service(delete_spectrum);
}

/// Lists the spectra of a defect with the elements they speak for, in the order in which they came.
#[utoipa::path(tag = "spectra", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")), responses(
    (status = 200, description = "The spectra", body = Success<Vec<DefectSpectrum>>),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[get("/defects/{defect_id}/edx")]
async fn list_defect_spectra(
    _caller: Viewer,
    state: Data<State>,
    defect_id: Path<DefectId>,
) -> ApiResult<Answer<Vec<DefectSpectrum>>> {
    Ok(Answer::of(service::list(&state.db, *defect_id).await?))
}

/// Adds EDX spectra to a defect: EMSA/MSA files (ISO 22029).
///
/// The elements that a spectrum speaks for are found and kept with the defect: lists and Pareto filter by them (`element`).
/// At most 100 files, 8 MiB each. All are added, or none: the error names the file, line and column. A spectrum that the
/// defect has already is not added again. Answers with the spectra of these files, in their order.
#[utoipa::path(tag = "spectra", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")),
    request_body(content = EvidenceForm, content_type = "multipart/form-data"), responses(
    (status = 201, description = "Added", body = Success<Vec<DefectSpectrum>>),
    (status = 400, description = "`INVALID_INPUT`: a file is refused, `details.value` names it; `MALFORMED_BODY`: the form breaks off", body = Failure),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[post("/defects/{defect_id}/edx")]
async fn create_defect_spectra(
    caller: Operator,
    state: Data<State>,
    defect_id: Path<DefectId>,
    req: HttpRequest,
    body: Payload,
) -> ApiResult<Answer<Vec<DefectSpectrum>>> {
    let silence = state.config.import_silence;
    let mut files = Files::of(&req, body, &state.intake, silence)?;
    if let Err(error) = defect::find(&state.db, *defect_id).await {
        files.read_past().await;
        return Err(error);
    }
    let take = async |file| service::take(&state.intake, &state.db, *defect_id, file).await;
    let spectra = files.each(take).await?;
    let author = Author::caller(&caller);
    let added = service::add(&state.db, &author, *defect_id, spectra).await?;
    Ok(Answer::created(
        added,
        format!("/defects/{}/edx", *defect_id),
    ))
}

/// Returns a spectrum with its counts, its peaks and the elements that it speaks for.
#[utoipa::path(tag = "spectra", security(("bearer" = [])),
    params(("spectrum_id" = Uuid, Path, description = "Spectrum")), responses(
    (status = 200, description = "The spectrum; energies in keV", body = Success<SpectrumDetail>),
    (status = 404, description = "`SPECTRUM_NOT_FOUND`", body = Failure)))]
#[get("/spectra/{spectrum_id}")]
async fn get_spectrum(
    _caller: Viewer,
    state: Data<State>,
    spectrum_id: Path<Uuid>,
) -> ApiResult<Answer<SpectrumDetail>> {
    let detail = service::get(&state.intake, &state.db, *spectrum_id).await?;
    Ok(Answer::of(detail))
}

/// Returns the file as it was sent.
///
/// Takes `range` and `if-none-match`; the bytes of an id never change.
#[utoipa::path(tag = "spectra", security(("bearer" = [])),
    params(("spectrum_id" = Uuid, Path, description = "Spectrum")), responses(
    (status = 200, description = "The file", content((String = "text/plain"))),
    (status = 206, description = "The range that was asked for", content((String = "text/plain"))),
    (status = 304, description = "The caller has it"),
    (status = 404, description = "`SPECTRUM_NOT_FOUND`", body = Failure),
    (status = 416, description = "`RANGE_NOT_SATISFIABLE`", body = Failure)))]
#[get("/spectra/{spectrum_id}/original")]
async fn get_spectrum_original(
    _caller: Viewer,
    state: Data<State>,
    spectrum_id: Path<Uuid>,
    req: HttpRequest,
) -> ApiResult<HttpResponse> {
    let spectrum = service::row(&state.db, *spectrum_id).await?.spectrum;
    let served = Served {
        media_type: Format::Emsa.media_type(),
        save_as: Some(&spectrum.file_name),
    };
    let key = image::key(&spectrum.object_key)?;
    served::object(&req, state.intake.objects(), &key, served).await
}

/// Deletes a spectrum with the elements found in it.
#[utoipa::path(tag = "spectra", security(("bearer" = [])),
    params(("spectrum_id" = Uuid, Path, description = "Spectrum")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`SPECTRUM_NOT_FOUND`", body = Failure)))]
#[delete("/spectra/{spectrum_id}")]
async fn delete_spectrum(
    caller: Engineer,
    state: Data<State>,
    spectrum_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &Author::caller(&caller), *spectrum_id).await?;
    Ok(NoContent)
}
