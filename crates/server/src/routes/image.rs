//! Images of defects.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};
use contract::defect::DefectId;
use contract::image::{DefectImage, EvidenceForm, ImageOptions, ImageUpdate};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::upload::Files;
use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Engineer, Operator, Viewer};
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::served::{self, Served};
use crate::service::audit::Author;
use crate::service::{defect, image as service};
use crate::validate;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_defect_images)
        .service(create_defect_images)
        .service(get_image)
        .service(update_image)
        .service(delete_image)
        .service(get_image_content)
        .service(get_image_original)
        .service(get_image_thumbnail);
}

/// Lists the images of a defect, in the order in which they came.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect")), responses(
    (status = 200, description = "The images", body = Success<Vec<DefectImage>>),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[get("/defects/{defect_id}/sem")]
async fn list_defect_images(
    _caller: Viewer,
    state: Data<State>,
    defect_id: Path<DefectId>,
) -> ApiResult<Answer<Vec<DefectImage>>> {
    Ok(Answer::of(service::list(&state.db, *defect_id).await?))
}

/// Adds images to a defect: PNG, JPEG, TIFF.
///
/// What a file is, its content tells. Each page of a TIFF becomes an image, at most 100 of a file; the file itself is kept.
/// Grey of 1 to 16 bits, RGB and palettes are taken, uncompressed, PackBits, LZW or deflate; pages of more than 8 bits are
/// shown from their darkest value as black to their brightest as white (`shown_black` and `shown_white` in the metadata).
/// At most 100 files, 64 MiB each (TIFF: 1 GiB), 64 megapixels a page. All are added, or none: the error names file and page.
/// An image that the defect has already is not added again. Answers with the images of these files, in their order.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("defect_id" = String, Path, description = "Defect"), ImageOptions),
    request_body(content = EvidenceForm, content_type = "multipart/form-data"), responses(
    (status = 201, description = "Added", body = Success<Vec<DefectImage>>),
    (status = 400, description = "`INVALID_INPUT`: a file is refused, `details.value` names it; `MALFORMED_BODY`: the form breaks off", body = Failure),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`DEFECT_NOT_FOUND`", body = Failure)))]
#[post("/defects/{defect_id}/sem")]
async fn create_defect_images(
    caller: Operator,
    state: Data<State>,
    defect_id: Path<DefectId>,
    options: Query<ImageOptions>,
    req: HttpRequest,
    body: Payload,
) -> ApiResult<Answer<Vec<DefectImage>>> {
    validate::positive("pixel_size_nm", options.pixel_size_nm)?;
    let silence = state.config.import_silence;
    let mut files = Files::of(&req, body, &state.intake, silence)?;
    if let Err(error) = defect::find(&state.db, *defect_id).await {
        files.read_past().await;
        return Err(error);
    }
    let take = async |file| service::take(&state.intake, &state.db, file).await;
    let pages = files.each(take).await?.concat();
    let author = Author::caller(&caller);
    let added = service::add(&state.db, &author, *defect_id, &pages, &options).await?;
    Ok(Answer::created(
        added,
        format!("/defects/{}/sem", *defect_id),
    ))
}

/// Returns what is known of an image.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 200, description = "The image", body = Success<DefectImage>),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure)))]
#[get("/images/{image_id}")]
async fn get_image(
    _caller: Viewer,
    state: Data<State>,
    image_id: Path<Uuid>,
) -> ApiResult<Answer<DefectImage>> {
    Ok(Answer::of(service::get(&state.db, *image_id).await?))
}

/// Changes what is said of an image; what is absent stays.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 200, description = "The image as it is now", body = Success<DefectImage>),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure)),
    request_body(content = ImageUpdate, example = json!({"kind": "optical", "pixel_size_nm": 2.5})))]
#[put("/images/{image_id}")]
async fn update_image(
    caller: Engineer,
    state: Data<State>,
    image_id: Path<Uuid>,
    body: Json<ImageUpdate>,
) -> ApiResult<Answer<DefectImage>> {
    let author = Author::caller(&caller);
    let changed = service::update(&state.db, &author, *image_id, body.0).await?;
    Ok(Answer::of(changed))
}

/// Deletes an image.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure)))]
#[delete("/images/{image_id}")]
async fn delete_image(
    caller: Engineer,
    state: Data<State>,
    image_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &Author::caller(&caller), *image_id).await?;
    Ok(NoContent)
}

/// Returns an image as a browser shows it: PNG or JPEG.
///
/// Takes `range` and `if-none-match`; the bytes of an id never change.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 200, description = "The image", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    (status = 206, description = "The range that was asked for", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    (status = 304, description = "The caller has it"),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure),
    (status = 416, description = "`RANGE_NOT_SATISFIABLE`", body = Failure)))]
#[get("/images/{image_id}/content")]
async fn get_image_content(
    _caller: Viewer,
    state: Data<State>,
    image_id: Path<Uuid>,
    req: HttpRequest,
) -> ApiResult<HttpResponse> {
    let image = service::row(&state.db, *image_id).await?.image;
    let served = Served {
        media_type: &image.display_media_type,
        save_as: None,
    };
    let key = service::key(&image.display_key)?;
    served::object(&req, state.intake.objects(), &key, served).await
}

/// Returns the file as it was sent; a page of a TIFF has the whole file.
///
/// Takes `range` and `if-none-match`; the bytes of an id never change.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 200, description = "The file", content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/tiff"))),
    (status = 206, description = "The range that was asked for",
        content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/tiff"))),
    (status = 304, description = "The caller has it"),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure),
    (status = 416, description = "`RANGE_NOT_SATISFIABLE`", body = Failure)))]
#[get("/images/{image_id}/original")]
async fn get_image_original(
    _caller: Viewer,
    state: Data<State>,
    image_id: Path<Uuid>,
    req: HttpRequest,
) -> ApiResult<HttpResponse> {
    let image = service::row(&state.db, *image_id).await?.image;
    let served = Served {
        media_type: &image.original_media_type,
        save_as: Some(&image.file_name),
    };
    let key = service::key(&image.original_key)?;
    served::object(&req, state.intake.objects(), &key, served).await
}

/// Returns a JPEG of at most 128 pixels a side.
#[utoipa::path(tag = "images", security(("bearer" = [])),
    params(("image_id" = Uuid, Path, description = "Image")), responses(
    (status = 200, description = "The thumbnail", content((Vec<u8> = "image/jpeg"))),
    (status = 304, description = "The caller has it"),
    (status = 404, description = "`IMAGE_NOT_FOUND`", body = Failure)))]
#[get("/images/{image_id}/thumbnail")]
async fn get_image_thumbnail(
    _caller: Viewer,
    state: Data<State>,
    image_id: Path<Uuid>,
    req: HttpRequest,
) -> ApiResult<HttpResponse> {
    let thumbnail = service::thumbnail(&state.db, *image_id).await?;
    let served = Served {
        media_type: "image/jpeg",
        save_as: None,
    };
    Ok(served::small(&req, thumbnail, served))
}
