//! The one place that talks to the server.
//!
//! The access token lives in memory alone; the refresh token in a cookie that scripts cannot read.
//! A token about to expire is refreshed before it is used, one tab at a time ([`lock`]): a refresh
//! token that is used twice ends its session.

mod error;
mod file;
mod lock;
mod session;
mod socket;
mod stream;
mod upload;

use contract::{API_PREFIX, ErrorCode, Failure, Pagination, Success};
use gloo_net::http::{Method, RequestBuilder};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::ApiError;
pub use file::{Abort, ObjectUrl};
pub use session::Auth;
pub use socket::{Heard, Socket};
pub use upload::{Sent, Upload};

/// What a list answers: its rows and which part of the whole they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// Rows of one page.
    pub rows: Vec<T>,
    /// Which part of the list.
    pub pagination: Pagination,
}

/// The API as the signed-in (or not yet signed-in) user sees it.
#[derive(Clone, Copy)]
pub struct Api {
    token: StoredValue<Option<session::Token>>,
    auth: RwSignal<Auth>,
}

impl Api {
    /// A client without a session.
    pub fn new() -> Self {
        Self {
            token: StoredValue::new(None),
            auth: RwSignal::new(Auth::Starting),
        }
    }

    /// The client of this application, as [`crate::app::App`] provides it.
    pub fn here() -> Self {
        expect_context()
    }

    /// Who is signed in.
    pub fn auth(self) -> Signal<Auth> {
        self.auth.into()
    }

    /// Reads one thing. `path` follows [`API_PREFIX`] and may carry a query string.
    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        Ok(read::<T>(path, &self.ask(Method::GET, path, None).await?)?.data)
    }

    /// Reads one page of a list.
    pub async fn list<T: DeserializeOwned>(self, path: &str) -> Result<Listed<T>, ApiError> {
        let answer = read::<Vec<T>>(path, &self.ask(Method::GET, path, None).await?)?;
        let pagination = answer.pagination.ok_or_else(|| {
            ApiError::Unreadable(format!("{path} answered a list without its pagination"))
        })?;
        Ok(Listed {
            rows: answer.data,
            pagination,
        })
    }

    /// Sends `body` with POST and reads the answer.
    pub async fn post<B: Serialize, T: DeserializeOwned>(
        self,
        path: &str,
        body: &B,
    ) -> Result<T, ApiError> {
        let text = self.ask(Method::POST, path, Some(json(body)?)).await?;
        Ok(read::<T>(path, &text)?.data)
    }

    /// Sends `body` with PUT and reads the answer.
    pub async fn put<B: Serialize, T: DeserializeOwned>(
        self,
        path: &str,
        body: &B,
    ) -> Result<T, ApiError> {
        let text = self.ask(Method::PUT, path, Some(json(body)?)).await?;
        Ok(read::<T>(path, &text)?.data)
    }

    /// Sends `body` with PATCH and reads the answer.
    pub async fn patch<B: Serialize, T: DeserializeOwned>(
        self,
        path: &str,
        body: &B,
    ) -> Result<T, ApiError> {
        let text = self.ask(Method::PATCH, path, Some(json(body)?)).await?;
        Ok(read::<T>(path, &text)?.data)
    }

    /// Deletes a thing.
    pub async fn delete(self, path: &str) -> Result<(), ApiError> {
        let token = self.fresh_token().await?;
        let outcome = send(Method::DELETE, path, None, token.as_deref()).await;
        self.note_end(outcome).map(|_| ())
    }

    /// The text of an answer. One function for all types: what depends on the type is only [`json`] before it and
    /// [`read`] after it, or each type would bring its own copy into the WebAssembly.
    async fn ask(
        self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<String, ApiError> {
        let token = self.fresh_token().await?;
        let mut outcome = send(method.clone(), path, body.as_deref(), token.as_deref()).await;
        if matches!(&outcome, Err(error) if error.code() == Some(ErrorCode::TokenExpired)) {
            self.refresh().await?;
            let token = self.fresh_token().await?;
            outcome = send(method, path, body.as_deref(), token.as_deref()).await;
        }
        self.note_end(outcome)
    }

    /// A refusal that ends the session ends it here too.
    fn note_end<T>(self, outcome: Result<T, ApiError>) -> Result<T, ApiError> {
        if let Err(error) = &outcome
            && error.ends_session()
        {
            self.forget();
        }
        outcome
    }
}

impl Default for Api {
    fn default() -> Self {
        Self::new()
    }
}

/// A path with a typed query string; what is absent in `query` is not written.
pub fn with_query(path: &str, query: &impl Serialize) -> String {
    match serde_html_form::to_string(query) {
        Ok(text) if !text.is_empty() => format!("{path}?{text}"),
        _ => path.to_owned(),
    }
}

/// A body as it goes over the wire.
fn json(body: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(body)
        .map_err(|error| ApiError::Unreadable(format!("nothing was sent: {error}")))
}

/// What a successful answer carries.
fn read<T: DeserializeOwned>(path: &str, text: &str) -> Result<Success<T>, ApiError> {
    serde_json::from_str(text).map_err(|error| ApiError::Unreadable(format!("{path}: {error}")))
}

/// One request as it goes over the wire, `body` being JSON; the text of a successful answer.
async fn send(
    method: Method,
    path: &str,
    body: Option<&str>,
    token: Option<&str>,
) -> Result<String, ApiError> {
    let mut request = RequestBuilder::new(&format!("{API_PREFIX}{path}"))
        .method(method)
        .header("accept", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", &format!("Bearer {token}"));
    }
    let request = match body {
        Some(body) => request
            .header("content-type", "application/json")
            .body(body),
        None => request.build(),
    };
    let response = request?.send().await?;
    let text = response.text().await?;
    match response.ok() {
        true => Ok(text),
        false => Err(refusal(response.status(), &text)),
    }
}

/// What an answer with a status of 400 or more says.
fn refusal(status: u16, text: &str) -> ApiError {
    match serde_json::from_str::<Failure>(text) {
        Ok(failure) => ApiError::Refused {
            status,
            failure: Box::new(failure),
        },
        // A proxy in between answers in its own words when the server behind it is gone.
        Err(_) if matches!(status, 502..=504) => ApiError::Unreachable,
        Err(_) => ApiError::Unreadable(format!("status {status} without an explanation")),
    }
}
