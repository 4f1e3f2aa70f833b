//! Answers that are read piece by piece as they come in.

use contract::{API_PREFIX, ErrorCode};
use gloo_net::http::{RequestBuilder, Response};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStreamDefaultReader;

use super::{Api, ApiError, refusal};

impl Api {
    /// Reads an answer of media type `accept`, handing every piece to `take` as it comes. An error of `take` ends the
    /// request and is the result. `path` follows [`API_PREFIX`].
    pub async fn stream(
        self,
        path: &str,
        accept: &str,
        mut take: impl FnMut(&Uint8Array) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let token = self.fresh_token().await?;
        let mut outcome = ask(path, accept, token.as_deref()).await;
        if matches!(&outcome, Err(error) if error.code() == Some(ErrorCode::TokenExpired)) {
            self.refresh().await?;
            let token = self.fresh_token().await?;
            outcome = ask(path, accept, token.as_deref()).await;
        }
        let response = self.note_end(outcome)?;
        let reader: ReadableStreamDefaultReader = response
            .body()
            .ok_or_else(|| ApiError::Unreadable(format!("{path} answered nothing")))?
            .get_reader()
            .unchecked_into();
        loop {
            let piece = JsFuture::from(reader.read()).await;
            let piece = piece.map_err(|_| ApiError::Unreachable)?;
            let part =
                |name: &str| Reflect::get(&piece, &name.into()).unwrap_or(JsValue::UNDEFINED);
            if part("done").is_truthy() {
                return Ok(());
            }
            if let Err(error) = take(part("value").unchecked_ref()) {
                // What is still on its way is not waited for.
                let _ = reader.cancel();
                return Err(error);
            }
        }
    }
}

async fn ask(path: &str, accept: &str, token: Option<&str>) -> Result<Response, ApiError> {
    let mut request = RequestBuilder::new(&format!("{API_PREFIX}{path}")).header("accept", accept);
    if let Some(token) = token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let response = request.send().await?;
    if !response.ok() {
        let status = response.status();
        return Err(refusal(status, &response.text().await?));
    }
    let found = response.headers().get("content-type").unwrap_or_default();
    match found.starts_with(accept) {
        true => Ok(response),
        false => Err(ApiError::Unreadable(format!(
            "{path} answered {found} instead of {accept}"
        ))),
    }
}
