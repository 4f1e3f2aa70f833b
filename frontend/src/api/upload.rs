//! Sending files with progress, which `fetch` does not tell: an `XMLHttpRequest`.

use contract::import::{Import, ImportOptions};
use contract::{API_PREFIX, Success};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Function, Promise};
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, ProgressEvent, XmlHttpRequest};

use super::{Api, ApiError, refusal, with_query};

/// How much of an upload has left the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sent {
    /// Bytes sent.
    pub bytes: f64,
    /// Bytes in all, with the envelope around the files.
    pub total: f64,
}

/// An upload that runs.
#[derive(Clone)]
pub struct Upload {
    request: XmlHttpRequest,
}

impl Upload {
    /// Stops it; the server keeps nothing of the file at hand.
    pub fn cancel(&self) {
        let _ = self.request.abort();
    }
}

impl Api {
    /// Sends `files` to be imported; `on_start` gets the handle that cancels, `on_sent` the progress.
    pub async fn import(
        self,
        files: &[web_sys::File],
        options: &ImportOptions,
        on_start: impl FnOnce(Upload),
        on_sent: impl Fn(Sent) + 'static,
    ) -> Result<Import, ApiError> {
        let path = with_query("/imports", options);
        self.send_files(&path, files, on_start, on_sent).await
    }

    /// Sends a file as it is and reads the answer.
    pub async fn post_file<T: DeserializeOwned>(
        self,
        path: &str,
        file: &web_sys::File,
    ) -> Result<T, ApiError> {
        let token = self.fresh_token().await?;
        let outcome = post_body(path, file, token.as_deref()).await;
        let text = self.note_end(outcome)?;
        serde_json::from_str::<Success<T>>(&text)
            .map(|answer| answer.data)
            .map_err(|error| ApiError::Unreadable(error.to_string()))
    }

    /// Sends `files` as a form and reads the answer; `on_start` gets the handle that cancels, `on_sent`
    /// the progress.
    pub async fn send_files<T: DeserializeOwned>(
        self,
        path: &str,
        files: &[web_sys::File],
        on_start: impl FnOnce(Upload),
        on_sent: impl Fn(Sent) + 'static,
    ) -> Result<T, ApiError> {
        let form = form_of(files)?;
        let token = self.fresh_token().await?;
        let request = XmlHttpRequest::new().map_err(unsendable)?;
        on_start(Upload {
            request: request.clone(),
        });
        let outcome = send_form(&request, path, &form, token.as_deref(), on_sent).await;
        let text = self.note_end(outcome)?;
        serde_json::from_str::<Success<T>>(&text)
            .map(|answer| answer.data)
            .map_err(|error| ApiError::Unreadable(error.to_string()))
    }
}

async fn post_body(
    path: &str,
    file: &web_sys::File,
    token: Option<&str>,
) -> Result<String, ApiError> {
    let mut request = RequestBuilder::new(&format!("{API_PREFIX}{path}"))
        .method(Method::POST)
        .header("accept", "application/json")
        .header("content-type", "application/octet-stream");
    if let Some(token) = token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let response = request.body(JsValue::from(file))?.send().await?;
    let text = response.text().await?;
    match response.ok() {
        true => Ok(text),
        false => Err(refusal(response.status(), &text)),
    }
}

fn form_of(files: &[web_sys::File]) -> Result<FormData, ApiError> {
    let form = FormData::new().map_err(unsendable)?;
    for file in files {
        form.append_with_blob_and_filename("files", file, &file.name())
            .map_err(unsendable)?;
    }
    Ok(form)
}

async fn send_form(
    request: &XmlHttpRequest,
    path: &str,
    form: &FormData,
    token: Option<&str>,
    on_sent: impl Fn(Sent) + 'static,
) -> Result<String, ApiError> {
    request
        .open_with_async("POST", &format!("{API_PREFIX}{path}"), true)
        .map_err(unsendable)?;
    request
        .set_request_header("accept", "application/json")
        .map_err(unsendable)?;
    if let Some(token) = token {
        request
            .set_request_header("authorization", &format!("Bearer {token}"))
            .map_err(unsendable)?;
    }
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        on_sent(Sent {
            bytes: event.loaded(),
            total: event.total(),
        });
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let ended = ending(request);
    request
        .send_with_opt_form_data(Some(form))
        .map_err(unsendable)?;
    let how = JsFuture::from(ended)
        .await
        .ok()
        .and_then(|how| how.as_string());
    match (how.as_deref(), request.status()) {
        (Some("abort"), _) => Err(ApiError::Cancelled),
        (Some("load"), Ok(status)) => {
            let text = request.response_text().ok().flatten().unwrap_or_default();
            if (200..300).contains(&status) {
                Ok(text)
            } else {
                Err(refusal(status, &text))
            }
        }
        _ => Err(ApiError::Unreachable),
    }
}

/// Kept with the name of the event that ends the request: `load`, `error`, `abort` or `timeout`.
fn ending(request: &XmlHttpRequest) -> Promise {
    Promise::new(&mut |resolve: Function, _| {
        let done = Closure::once_into_js(move |event: web_sys::Event| {
            let _ = resolve.call1(&JsValue::NULL, &event.type_().into());
        });
        let done: &Function = done.unchecked_ref();
        request.set_onload(Some(done));
        request.set_onerror(Some(done));
        request.set_onabort(Some(done));
        request.set_ontimeout(Some(done));
    })
}

fn unsendable(error: JsValue) -> ApiError {
    ApiError::Unreadable(format!("the browser refused to send the files: {error:?}"))
}
