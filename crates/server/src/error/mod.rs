//! Why a request was refused, and how that is told.
//!
//! Every refusal leaves as a [`Failure`]: also those of the extractors, of an unknown route and of an
//! oversized upload. What went wrong inside goes to the log, once, under the request id.

mod of_store;
mod status;
mod thing;

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use contract::user::Role;
use contract::{ErrorCode, ErrorDetail, Failure};
use serde_json::{Map, Value, json};

use self::status::status;
pub use self::thing::Thing;
use crate::request::meta;

/// What a handler returns.
pub type ApiResult<T> = Result<T, ApiError>;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A value breaks its rule.
    #[error("`{field}` {constraint}")]
    Invalid {
        /// Name of the field, query parameter or path part.
        field: String,
        /// What was sent.
        value: Value,
        /// The rule, as the end of a sentence that begins with the field.
        constraint: String,
    },
    /// The body is no JSON, or the multipart body breaks off.
    #[error("the body cannot be read: {0}")]
    MalformedBody(String),
    /// No token, or one that is not ours.
    #[error("sign in first: the header `authorization` holds no valid bearer token")]
    Unauthenticated,
    /// The access token is too old.
    #[error("the access token has expired: refresh it")]
    TokenExpired,
    /// Which of both is wrong is not told.
    #[error("username or password is wrong")]
    InvalidCredentials,
    /// The refresh token does not count any more.
    #[error("the session has ended: sign in again")]
    SessionEnded,
    /// The caller may not do this.
    #[error("this takes the role `{0}`")]
    RoleRequired(Role),
    /// No such route.
    #[error("there is no route `{0}`")]
    RouteNotFound(String),
    /// The route takes other methods.
    #[error("`{path}` does not take {method}, but {allowed}")]
    MethodNotAllowed {
        /// Path of the request.
        path: String,
        /// Method of the request.
        method: String,
        /// Methods the route takes, separated by commas.
        allowed: String,
    },
    /// No such thing.
    #[error("{0} `{1}` does not exist")]
    NotFound(Thing, String),
    /// The key is taken.
    #[error("`{field}` `{value}` exists already")]
    AlreadyExists {
        /// Field that has to be unique.
        field: &'static str,
        /// What was sent.
        value: String,
    },
    /// Something still refers to it.
    #[error("{count} {by} still refer to it")]
    InUse {
        /// What refers to it.
        by: &'static str,
        /// How many do.
        count: i64,
    },
    /// Somebody else was quicker.
    #[error("it has changed since it was read: read it again")]
    Conflict,
    /// The job has ended.
    #[error("the import has ended already")]
    NotRunning,
    /// Somebody has to be left who can manage users.
    #[error("the last active admin cannot be removed, demoted or deactivated")]
    LastAdmin,
    /// The body is too large.
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    /// The media type is none that the route takes.
    #[error("the body has to be {0}")]
    UnsupportedMediaType(&'static str),
    /// The range begins behind the end.
    #[error("the range asks for bytes behind the end of {0} bytes")]
    RangeNotSatisfiable(u64),
    /// Too many attempts.
    #[error("too many attempts: try again in {0} s")]
    RateLimited(u64),
    /// As many long answers are under way as the database has connections for.
    #[error("too many streams are open: try again when one has ended")]
    TooManyStreams,
    /// What several requests were refused for that had waited for one answer.
    #[error("{0}")]
    Shared(Arc<Self>),
    /// The database refused or failed.
    #[error("{}", of_store::message(.0))]
    Store(#[from] store::Error),
    /// Our fault.
    #[error("internal error")]
    Internal(#[from] anyhow::Error),
}

/// A value that breaks its rule; `constraint` goes on from "the field ...".
pub fn invalid(
    field: impl Into<String>,
    value: impl Into<Value>,
    constraint: impl Into<String>,
) -> ApiError {
    ApiError::Invalid {
        field: field.into(),
        value: value.into(),
        constraint: constraint.into(),
    }
}

impl ApiError {
    /// The reason, for programs.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid { .. } => ErrorCode::InvalidInput,
            Self::MalformedBody(_) => ErrorCode::MalformedBody,
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::TokenExpired => ErrorCode::TokenExpired,
            Self::InvalidCredentials => ErrorCode::InvalidCredentials,
            Self::SessionEnded => ErrorCode::SessionEnded,
            Self::RoleRequired(_) => ErrorCode::RoleRequired,
            Self::RouteNotFound(_) => ErrorCode::RouteNotFound,
            Self::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
            Self::NotFound(thing, _) => thing.code(),
            Self::AlreadyExists { .. } => ErrorCode::AlreadyExists,
            Self::InUse { .. } => ErrorCode::InUse,
            Self::Conflict => ErrorCode::Conflict,
            Self::NotRunning => ErrorCode::NotRunning,
            Self::LastAdmin => ErrorCode::LastAdmin,
            Self::TooLarge(_) => ErrorCode::TooLarge,
            Self::UnsupportedMediaType(_) => ErrorCode::UnsupportedMediaType,
            Self::RangeNotSatisfiable(_) => ErrorCode::RangeNotSatisfiable,
            Self::RateLimited(_) => ErrorCode::RateLimited,
            Self::TooManyStreams => ErrorCode::Unavailable,
            Self::Shared(error) => error.code(),
            Self::Store(error) => of_store::code(error),
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// What it is about, for programs.
    fn details(&self) -> Map<String, Value> {
        let details = match self {
            Self::Shared(error) => return error.details(),
            Self::Invalid {
                field,
                value,
                constraint,
            } => json!({"field": field, "value": value, "constraint": constraint}),
            Self::RoleRequired(role) => json!({"role": role}),
            Self::RouteNotFound(path) => json!({"path": path}),
            Self::MethodNotAllowed {
                path,
                method,
                allowed,
            } => json!({"path": path, "method": method, "allowed": allowed}),
            Self::NotFound(_, id) => json!({"id": id}),
            Self::AlreadyExists { field, value } => json!({"field": field, "value": value}),
            Self::InUse { by, count } => json!({"referred_to_by": by, "count": count}),
            Self::TooLarge(limit) => json!({"limit_bytes": limit}),
            Self::UnsupportedMediaType(expected) => json!({"expected": expected}),
            Self::RangeNotSatisfiable(total) => json!({"bytes_total": total}),
            Self::RateLimited(seconds) => json!({"retry_after_seconds": seconds}),
            Self::Store(error) => of_store::details(error),
            _ => json!({}),
        };
        match details {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// Writes what a caller is not told to the log.
    fn log(&self) {
        let source: &dyn std::error::Error = match self {
            Self::Shared(error) => return error.log(),
            Self::Internal(error) => error.as_ref(),
            Self::Store(error) if self.code() == ErrorCode::Internal => error,
            Self::Store(error) if self.code() == ErrorCode::Unavailable => error,
            _ => return,
        };
        tracing::error!(
            request_id = meta().request_id,
            error = chain(source),
            "request failed"
        );
    }
}

/// An error and all its causes in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        status(self.code())
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        match self {
            Self::RateLimited(seconds) => {
                response.insert_header((header::RETRY_AFTER, seconds.to_string()));
            }
            Self::TooManyStreams => {
                response.insert_header((header::RETRY_AFTER, "5"));
            }
            Self::RangeNotSatisfiable(total) => {
                response.insert_header((header::CONTENT_RANGE, format!("bytes */{total}")));
            }
            Self::MethodNotAllowed { allowed, .. } => {
                response.insert_header((header::ALLOW, allowed.as_str()));
            }
            Self::Unauthenticated | Self::TokenExpired => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            _ => {}
        }
        response.json(Failure {
            success: false,
            error: ErrorDetail {
                code: self.code(),
                message: self.to_string(),
                details: self.details(),
            },
            meta: meta(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_cause_reaches_the_log_but_not_the_client() {
        let error = ApiError::from(anyhow::anyhow!("password of the database"));
        assert_eq!(error.to_string(), "internal error");
        assert_eq!(error.status_code(), 500);
    }
}
