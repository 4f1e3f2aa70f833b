//! Imports: files in, reports out.

use actix_multipart::{Field, Multipart};
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, get, post};
use contract::import::{Import, ImportForm, ImportOptions, ImportQuery};
use contract::{Failure, Success};
use futures::StreamExt;
use std::time::Duration;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::upload::{broken, file_name, form, next_file, no_file, silent};
use crate::answer::Answer;
use crate::app::State;
use crate::auth::{Operator, Viewer};
use crate::error::{ApiError, ApiResult};
use crate::extract::{Path, Query};
use crate::service::audit::{self, Author};
use crate::service::import::{self as imports, Incoming, Order, Running};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_imports)
        .service(create_import)
        .service(get_import)
        .service(cancel_import);
}

/// Lists imports, newest first.
#[utoipa::path(tag = "imports", security(("bearer" = [])), params(ImportQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Import>>),
    (status = 400, description = "`INVALID_INPUT`", body = Failure)))]
#[get("/imports")]
async fn list_imports(
    _caller: Viewer,
    state: Data<State>,
    query: Query<ImportQuery>,
) -> ApiResult<Answer<Vec<Import>>> {
    imports::list(&state.db, &query).await
}

/// Imports KLARF files, and images that they list.
///
/// An image (PNG, JPEG, TIFF) is put to the defects that list its name, whatever the case of its letters and wherever it
/// stands in the form; of a TIFF, the pages that are listed. Without a KLARF file that lists it, it is put to the one
/// earlier import that waits for its name. What a file is, its content tells.
///
/// Each file is read while it arrives and lands whole or not at all; the answer comes when all are done.
/// A refused file is no failure of the request: its report says why, with line and column. Follow the
/// progress meanwhile under the `import_id` that you chose.
#[utoipa::path(tag = "imports", security(("bearer" = [])), params(ImportOptions),
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses(
    (status = 201, description = "Ended; the state tells how many files are in", body = Success<Import>),
    (status = 400, description = "`INVALID_INPUT`: no file; `MALFORMED_BODY`: the form breaks off", body = Failure),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`: the `import_id` is taken", body = Failure),
    (status = 415, description = "`UNSUPPORTED_MEDIA_TYPE`", body = Failure)))]
#[post("/imports")]
async fn create_import(
    caller: Operator,
    state: Data<State>,
    options: Query<ImportOptions>,
    req: HttpRequest,
    body: Payload,
) -> ApiResult<Answer<Import>> {
    let order = Order {
        import_id: options.import_id.unwrap_or_else(Uuid::now_v7),
        created_by: Some(caller.user_id),
        bytes_total: content_length(&req),
        accept_truncated: options.accept_truncated.unwrap_or(false),
    };
    let import_id = order.import_id;
    let limit = state.config.import_limit_bytes;
    if order
        .bytes_total
        .is_some_and(|bytes| u64::try_from(bytes).is_ok_and(|bytes| bytes > limit))
    {
        return Err(ApiError::TooLarge(limit));
    }
    let mut form = form(&req, body)?;
    let silence = state.config.import_silence;
    let first = tokio::time::timeout(silence, next_file(&mut form)).await;
    let Some(first) = first.map_err(|_| silent(silence))?? else {
        return Err(no_file());
    };
    let running = imports::start(&state.db, &state.intake, order)
        .await
        .map_err(|error| taken(error, import_id))?;
    // From here on the import ends by itself, whatever becomes of this request.
    let received = receive(&running, first, form, limit, silence).await;
    let ended = running.finish().await;
    let author = Author::caller(&caller);
    let import = imports::get(&state.db, import_id).await?;
    audit::record(
        &state.db,
        &author,
        "import.create",
        import_id,
        None,
        audit::whole(&import),
    )
    .await?;
    received?;
    ended?;
    Ok(Answer::created(import, format!("/imports/{import_id}")))
}

/// Returns an import with the full report on each file.
#[utoipa::path(tag = "imports", security(("bearer" = [])),
    params(("import_id" = Uuid, Path, description = "Import")), responses(
    (status = 200, description = "The import", body = Success<Import>),
    (status = 404, description = "`IMPORT_NOT_FOUND`", body = Failure)))]
#[get("/imports/{import_id}")]
async fn get_import(
    _caller: Viewer,
    state: Data<State>,
    import_id: Path<Uuid>,
) -> ApiResult<Answer<Import>> {
    Ok(Answer::of(imports::get(&state.db, *import_id).await?))
}

/// Asks a running import to stop.
///
/// The file at hand is undone within a second; files before it stay.
#[utoipa::path(tag = "imports", security(("bearer" = [])),
    params(("import_id" = Uuid, Path, description = "Import")), responses(
    (status = 200, description = "It has been asked", body = Success<Import>),
    (status = 403, description = "`ROLE_REQUIRED`: operator", body = Failure),
    (status = 404, description = "`IMPORT_NOT_FOUND`", body = Failure),
    (status = 409, description = "`NOT_RUNNING`", body = Failure)))]
#[post("/imports/{import_id}/cancel")]
async fn cancel_import(
    caller: Operator,
    state: Data<State>,
    import_id: Path<Uuid>,
) -> ApiResult<Answer<Import>> {
    let import = imports::cancel(&state.db, *import_id).await?;
    audit::record(
        &state.db,
        &Author::caller(&caller),
        "import.cancel",
        *import_id,
        None,
        None,
    )
    .await?;
    Ok(Answer::of(import))
}

/// A little more than the files: the form's own lines count too.
fn content_length(req: &HttpRequest) -> Option<i64> {
    req.headers()
        .get(CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Passes the files on; `limit` holds for all of them together, also where no length was announced.
/// A sender that falls silent for `silence` counts as gone: its file may hold locks that others wait for.
async fn receive(
    running: &Running,
    first: Field,
    mut form: Multipart,
    limit: u64,
    silence: Duration,
) -> ApiResult<()> {
    let mut next = Some(first);
    let mut received = 0;
    while let Some(mut field) = next {
        let name = file_name(&field).unwrap_or_default().to_owned();
        let (sender, chunks) = imports::channel();
        if !running
            .file(Incoming {
                name,
                folder: 0,
                chunks,
            })
            .await
        {
            // It was cancelled: what else is sent is of no interest.
            return Ok(());
        }
        let mut is_wanted = true;
        loop {
            let chunk = match in_time(running, silence, field.next()).await? {
                Some(Some(chunk)) => chunk,
                Some(None) => break,
                None => return Ok(()),
            };
            let chunk = chunk.map_err(|error| broken(&error))?;
            received += chunk.len() as u64;
            if received > limit {
                return Err(ApiError::TooLarge(limit));
            }
            // A file that was refused early still has to be read past.
            is_wanted = is_wanted && sender.send(chunk).await;
        }
        sender.finish().await;
        drop(field);
        next = match in_time(running, silence, next_file(&mut form)).await? {
            Some(next) => next?,
            None => return Ok(()),
        };
    }
    Ok(())
}

/// What the sender sends next; `None` when the import is cancelled before.
async fn in_time<T>(
    running: &Running,
    silence: Duration,
    next: impl Future<Output = T>,
) -> ApiResult<Option<T>> {
    tokio::select! {
        next = next => Ok(Some(next)),
        () = running.live().cancelled() => Ok(None),
        () = tokio::time::sleep(silence) => Err(silent(silence)),
    }
}

fn taken(error: store::Error, import_id: Uuid) -> ApiError {
    match error {
        store::Error::Exists(_) => ApiError::AlreadyExists {
            field: "import_id",
            value: import_id.to_string(),
        },
        other => other.into(),
    }
}
