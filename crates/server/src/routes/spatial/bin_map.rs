//! Bin maps of wafers.

use actix_web::web::{Bytes, BytesMut, Data, Payload};
use actix_web::{delete, get, post};
use contract::spatial::{BinMap, BinMapDetail, BinMapUpload};
use contract::{Failure, Success};
use futures::StreamExt as _;
use std::time::Duration;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::{Engineer, Operator, Viewer};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Path, Query};
use crate::routes::upload::silent;
use crate::service::audit::Author;
use crate::service::spatial::bin_map::{self as service, Taken};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_bin_maps)
        .service(create_bin_map)
        .service(get_bin_map)
        .service(delete_bin_map);
}

/// Lists the bin maps of a wafer, newest first. The newest one counts in kill ratios.
#[utoipa::path(tag = "bin-maps", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`")), responses(
    (status = 200, description = "The maps, without their dies", body = Success<Vec<BinMap>>),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure)))]
#[get("/wafers/{wafer_id}/bin-maps")]
async fn list_bin_maps(
    _caller: Viewer,
    state: Data<State>,
    wafer_id: Path<String>,
) -> ApiResult<Answer<Vec<BinMap>>> {
    Ok(Answer::of(service::list(&state.db, &wafer_id).await?))
}

/// Imports a bin map of electrical test: SINF, SEMI G85 or SEMI E142.
///
/// The body is the file, at most 32 MiB; its content tells the format. Of a file with several maps the one counts that
/// names the wafer. The map is turned notch down and laid on the die grid of the wafer's inspections: by the first die
/// that you name, by a reference device with its distance from the wafer centre, or by the one shift at which its dies
/// agree best with the dies inspected; `placed` says which. The same file again answers with the map that is there: to
/// lay it otherwise, delete that first.
#[utoipa::path(tag = "bin-maps", security(("bearer" = [])),
    params(("wafer_id" = String, Path, description = "Wafer: its SEMI identifier, or `lot:wafer`"), BinMapUpload),
    request_body(content = String, content_type = "application/octet-stream", description = "The file as it is"), responses(
    (status = 200, description = "The wafer has a map of this file already", body = Success<BinMap>),
    (status = 201, description = "Imported", body = Success<BinMap>),
    (status = 400, description = "`INVALID_INPUT`: the file is refused, with line, column and rule, or it is not clear where it lies", body = Failure),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`WAFER_NOT_FOUND`", body = Failure),
    (status = 413, description = "`TOO_LARGE`", body = Failure)))]
#[post("/wafers/{wafer_id}/bin-maps")]
async fn create_bin_map(
    caller: Operator,
    state: Data<State>,
    wafer_id: Path<String>,
    upload: Query<BinMapUpload>,
    body: Payload,
) -> ApiResult<Answer<BinMap>> {
    let file = whole(body, state.config.import_silence).await?;
    let author = Author::caller(&caller);
    let taken = service::create(&state.db, &author, &wafer_id, file, &upload).await?;
    Ok(match taken {
        Taken::New(map) => {
            let location = format!("/bin-maps/{}", map.bin_map_id);
            Answer::created(map, location)
        }
        Taken::Known(map) => Answer::of(map),
    })
}

/// Returns a bin map with its dies.
#[utoipa::path(tag = "bin-maps", security(("bearer" = [])),
    params(("bin_map_id" = Uuid, Path, description = "Bin map")), responses(
    (status = 200, description = "The map; its dies as columns", body = Success<BinMapDetail>),
    (status = 404, description = "`BIN_MAP_NOT_FOUND`", body = Failure)))]
#[get("/bin-maps/{bin_map_id}")]
async fn get_bin_map(
    _caller: Viewer,
    state: Data<State>,
    bin_map_id: Path<Uuid>,
) -> ApiResult<Answer<BinMapDetail>> {
    Ok(Answer::of(service::get(&state.db, *bin_map_id).await?))
}

/// Deletes a bin map.
#[utoipa::path(tag = "bin-maps", security(("bearer" = [])),
    params(("bin_map_id" = Uuid, Path, description = "Bin map")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: engineer", body = Failure),
    (status = 404, description = "`BIN_MAP_NOT_FOUND`", body = Failure)))]
#[delete("/bin-maps/{bin_map_id}")]
async fn delete_bin_map(
    caller: Engineer,
    state: Data<State>,
    bin_map_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    service::delete(&state.db, &Author::caller(&caller), *bin_map_id).await?;
    Ok(NoContent)
}

/// The body, whole. A sender that falls silent for `silence` counts as gone.
async fn whole(mut body: Payload, silence: Duration) -> ApiResult<Bytes> {
    let mut file = BytesMut::new();
    loop {
        let chunk = tokio::time::timeout(silence, body.next()).await;
        let Some(chunk) = chunk.map_err(|_| silent(silence))? else {
            return Ok(file.freeze());
        };
        let chunk = chunk.map_err(|error| ApiError::MalformedBody(error.to_string()))?;
        if file.len() + chunk.len() > binmap::MAX_BYTES {
            return Err(ApiError::TooLarge(binmap::MAX_BYTES as u64));
        }
        file.extend_from_slice(&chunk);
    }
}
