//! Files that the server hands out to whom is signed in: an `<img>` or a link cannot carry the token, so
//! their bytes are fetched and stand behind an address of the browser's own.

use contract::{API_PREFIX, ErrorCode};
use gloo_net::http::RequestBuilder;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Blob, HtmlAnchorElement, Url};

use super::{Api, ApiError, refusal};

/// Ends a request when it is dropped: what was asked for is out of sight.
pub struct Abort(AbortController);

impl Abort {
    /// A handle for one request; `None` where the browser has no such thing.
    pub fn new() -> Option<Self> {
        AbortController::new().ok().map(Self)
    }

    /// What the request listens to.
    pub fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// An address of the browser's own under which a file can be shown; given back when it is dropped.
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// An address for a file; `None` where the browser refuses.
    pub fn of(blob: &Blob) -> Option<Self> {
        Url::create_object_url_with_blob(blob).ok().map(Self)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

impl Api {
    /// Reads a file. `path` follows [`API_PREFIX`]; `signal` ends the request.
    pub async fn file(self, path: &str, signal: Option<AbortSignal>) -> Result<Blob, ApiError> {
        let token = self.fresh_token().await?;
        let mut outcome = fetch(path, token.as_deref(), signal.as_ref()).await;
        if matches!(&outcome, Err(error) if error.code() == Some(ErrorCode::TokenExpired)) {
            self.refresh().await?;
            let token = self.fresh_token().await?;
            outcome = fetch(path, token.as_deref(), signal.as_ref()).await;
        }
        self.note_end(outcome)
    }

    /// Reads a file and hands it to the browser to be saved under `name`.
    pub async fn save_file(self, path: &str, name: &str) -> Result<(), ApiError> {
        let blob = self.file(path, None).await?;
        let url = ObjectUrl::of(&blob).ok_or_else(|| unreadable(path))?;
        let link = document()
            .create_element("a")
            .ok()
            .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok())
            .ok_or_else(|| unreadable(path))?;
        link.set_href(url.as_str());
        link.set_download(name);
        link.click();
        // The download has its own hold on the data once it has begun.
        set_timeout(move || drop(url), std::time::Duration::from_secs(10));
        Ok(())
    }
}

async fn fetch(
    path: &str,
    token: Option<&str>,
    signal: Option<&AbortSignal>,
) -> Result<Blob, ApiError> {
    let mut request = RequestBuilder::new(&format!("{API_PREFIX}{path}")).abort_signal(signal);
    if let Some(token) = token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let response = request.send().await.map_err(|error| match signal {
        Some(signal) if signal.aborted() => ApiError::Cancelled,
        _ => error.into(),
    })?;
    if !response.ok() {
        let status = response.status();
        return Err(refusal(status, &response.text().await?));
    }
    let response: web_sys::Response = response.into();
    let blob = response.blob().map_err(|_| unreadable(path))?;
    let blob = JsFuture::from(blob).await.map_err(|_| match signal {
        Some(signal) if signal.aborted() => ApiError::Cancelled,
        _ => ApiError::Unreachable,
    })?;
    blob.dyn_into().map_err(|_| unreadable(path))
}

fn unreadable(path: &str) -> ApiError {
    ApiError::Unreadable(format!("{path} gave no file"))
}
