//! Files in a form: multipart bodies, read as they come.

use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::web::Payload;
use futures::StreamExt;
use serde_json::Value;

use crate::error::{ApiError, ApiResult, invalid};
use crate::service::evidence::{Fault, Intake, Spool};

/// Files of one request that are put to a defect.
const FILES: usize = 100;
/// Bytes that are read past after a refusal: who still sends would not hear of it otherwise.
const READ_PAST: u64 = 2 << 30;

/// The body as a form.
///
/// # Errors
/// [`ApiError::UnsupportedMediaType`] when it is none.
pub(super) fn form(req: &HttpRequest, body: Payload) -> ApiResult<Multipart> {
    let kind = req
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(ApiError::UnsupportedMediaType("multipart/form-data"));
    }
    Ok(Multipart::new(req.headers(), body))
}

/// The next part that is a file.
///
/// # Errors
/// When the form breaks off, or a part is no file.
pub(super) async fn next_file(form: &mut Multipart) -> ApiResult<Option<Field>> {
    match form.next().await {
        None => Ok(None),
        Some(Err(error)) => Err(broken(&error)),
        Some(Ok(field)) if file_name(&field).is_some() => Ok(Some(field)),
        Some(Ok(field)) => {
            let name = field.name().unwrap_or("(unnamed)").to_owned();
            Err(invalid(
                name,
                Value::Null,
                "has to be a file, with a file name",
            ))
        }
    }
}

/// The name that a part's file has.
pub(super) fn file_name(field: &Field) -> Option<&str> {
    field.content_disposition()?.get_filename()
}

/// The refusal of a form without a file.
pub(super) fn no_file() -> ApiError {
    invalid("files", Value::Null, "has to hold at least one file")
}

/// The refusal of a sender that fell silent.
pub(super) fn silent(silence: Duration) -> ApiError {
    ApiError::MalformedBody(format!("nothing came for {} s", silence.as_secs()))
}

/// The refusal of a form that cannot be read.
pub(super) fn broken(error: &MultipartError) -> ApiError {
    ApiError::MalformedBody(error.to_string())
}

/// Files of a form, taken one by one, each whole.
pub(super) struct Files<'a> {
    form: Multipart,
    intake: &'a Intake,
    silence: Duration,
    taken: usize,
}

impl<'a> Files<'a> {
    /// The files of a body. A sender that falls silent for `silence` counts as gone.
    ///
    /// # Errors
    /// When the body is no form.
    pub fn of(
        req: &HttpRequest,
        body: Payload,
        intake: &'a Intake,
        silence: Duration,
    ) -> ApiResult<Self> {
        Ok(Self {
            form: form(req, body)?,
            intake,
            silence,
            taken: 0,
        })
    }

    /// Takes each file once it is whole, in their order: all, or an error.
    ///
    /// # Errors
    /// When there is none at all or more than are taken, the form breaks off, or a file is refused.
    pub async fn each<T>(
        &mut self,
        mut take: impl AsyncFnMut(Spool) -> Result<T, Fault>,
    ) -> ApiResult<Vec<T>> {
        let mut all = Vec::new();
        loop {
            let taken = match self.next().await {
                Ok(Some(file)) => take(file).await.map_err(refused),
                Ok(None) => return Ok(all),
                Err(error) => Err(error),
            };
            match taken {
                Ok(taken) => all.push(taken),
                Err(error) => {
                    self.read_past().await;
                    return Err(error);
                }
            }
        }
    }

    /// Reads what is still sent, and forgets it.
    pub async fn read_past(&mut self) {
        let mut past = 0;
        while let Ok(Some(Ok(mut field))) =
            tokio::time::timeout(self.silence, self.form.next()).await
        {
            while let Ok(Some(Ok(chunk))) = tokio::time::timeout(self.silence, field.next()).await {
                past += chunk.len() as u64;
                if past > READ_PAST {
                    return;
                }
            }
        }
    }

    /// The next file, once it is whole; `None` after the last.
    async fn next(&mut self) -> ApiResult<Option<Spool>> {
        let silence = self.silence;
        let in_time = |_| silent(silence);
        let next = tokio::time::timeout(silence, next_file(&mut self.form)).await;
        let Some(mut field) = next.map_err(in_time)?? else {
            return if self.taken > 0 {
                Ok(None)
            } else {
                Err(no_file())
            };
        };
        self.taken += 1;
        if self.taken > FILES {
            let rule = format!("holds more than {FILES} files");
            return Err(invalid("files", Value::Null, rule));
        }
        let mut spooling = self.intake.spooling(file_name(&field).unwrap_or_default());
        loop {
            let chunk = tokio::time::timeout(silence, field.next()).await;
            match chunk.map_err(in_time)? {
                Some(chunk) => {
                    let chunk = chunk.map_err(|error| broken(&error))?;
                    spooling.push(&chunk).await.map_err(refused)?;
                }
                None => return spooling.finish().await.map(Some).map_err(refused),
            }
        }
    }
}

/// A file that is not taken, as the API tells it.
fn refused(fault: Fault) -> ApiError {
    match fault {
        Fault::Refused(why) => invalid("files", why.file.clone(), why.to_string()),
        Fault::Disk(error) => ApiError::Internal(anyhow::Error::new(error)),
        Fault::Store(error) => error.into(),
    }
}
