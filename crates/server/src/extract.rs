//! Path, query string and body of a request, refused in our own words.
//!
//! Actix's own extractors answer in plain text; these name field, value and rule in a `Failure`.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use futures::StreamExt;
use futures::future::{LocalBoxFuture, Ready, ready};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, invalid};

/// Largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 1 << 20;

/// How long a JSON body may take to come: whoever sends it drop by drop, signed in or not, holds a connection.
const JSON_TIME: Duration = Duration::from_secs(30);

/// The query string; a list is a repeated name (`step=A&step=B`), an unknown name is refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The parts of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// A JSON body of at most [`JSON_LIMIT`] bytes.
#[derive(Debug)]
pub struct Json<T>(pub T);

macro_rules! transparent {
    ($($name:ident),+) => {$(
        impl<T> Deref for $name<T> {
            type Target = T;
            fn deref(&self) -> &T {
                &self.0
            }
        }
        impl<T> DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }
    )+};
}
transparent!(Query, Path, Json);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse_query(req.query_string()).map(Query))
    }
}

/// Reads a query string.
///
/// # Errors
/// [`ApiError::Invalid`] that names the parameter, its value and the rule.
pub fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let rule = error.inner().to_string();
        let named = error.path().to_string();
        let field = unknown_field(&rule).unwrap_or(named);
        let field = field.split('[').next().unwrap_or_default().to_owned();
        let value = query_value(query, &field);
        invalid(field, value, rule)
    })
}

/// The name in serde's "unknown field `x`, expected one of ...".
fn unknown_field(rule: &str) -> Option<String> {
    let rest = rule.strip_prefix("unknown field `")?;
    rest.split_once('`').map(|(name, _)| name.to_owned())
}

fn query_value(query: &str, field: &str) -> Value {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    let mut values: Vec<String> = pairs
        .into_iter()
        .filter(|(name, _)| name == field)
        .map(|(_, value)| value)
        .collect();
    match values.len() {
        0 => Value::Null,
        1 => Value::String(values.remove(0)),
        _ => values.into(),
    }
}

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let path = actix_web::web::Path::<T>::extract(req).into_inner();
        ready(path.map(|p| Path(p.into_inner())).map_err(|error| {
            let names = req.match_info().iter();
            let (field, value) = names.last().unwrap_or(("path", req.path()));
            invalid(
                field,
                value,
                error
                    .to_string()
                    .trim_start_matches("Path deserialize error: "),
            )
        }))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(req);
        let mut payload = payload.take();
        Box::pin(async move {
            let body = tokio::time::timeout(JSON_TIME, read_body(&mut payload)).await;
            let late = |_| ApiError::MalformedBody("it takes too long to come".to_owned());
            let body = body.map_err(late)??;
            if !is_json {
                return Err(ApiError::UnsupportedMediaType("application/json"));
            }
            parse_json(&body).map(Json)
        })
    }
}

async fn read_body(payload: &mut Payload) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ApiError::MalformedBody(error.to_string()))?;
        if body.len() + chunk.len() > JSON_LIMIT {
            return Err(ApiError::TooLarge(JSON_LIMIT as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn is_json(req: &HttpRequest) -> bool {
    let kind = req
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a JSON body.
///
/// # Errors
/// [`ApiError::MalformedBody`] for what is no JSON, [`ApiError::Invalid`] for JSON of another shape.
fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if !error.inner().is_data() {
            return ApiError::MalformedBody(error.inner().to_string());
        }
        let rule = error.inner().to_string();
        let rule = rule.split(" at line ").next().unwrap_or_default();
        let named = error.path().to_string();
        let field = match missing_field(rule) {
            Some(missing) if named == "." => missing,
            Some(missing) => format!("{named}.{missing}"),
            None => named,
        };
        let value = json_value(body, &field);
        invalid(field, value, rule)
    })?;
    json.end()
        .map_err(|error| ApiError::MalformedBody(error.to_string()))?;
    Ok(value)
}

/// The name in serde's "missing field `x`".
fn missing_field(rule: &str) -> Option<String> {
    rule.strip_prefix("missing field `")?
        .strip_suffix('`')
        .map(str::to_owned)
}

/// What stands at a path of the body, passwords apart.
fn json_value(body: &[u8], path: &str) -> Value {
    if path.contains("password") {
        return Value::Null;
    }
    let pointer = format!("/{}", path.replace('.', "/"));
    let whole: Value = serde_json::from_slice(body).unwrap_or_default();
    whole.pointer(&pointer).cloned().unwrap_or_default()
}

/// A text as one part of a path: everything but letters, digits and `-._~:` becomes `%XX`.
#[must_use]
pub fn path_part(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use contract::inspection::InspectionQuery;
    use contract::user::UserCreate;
    use serde_json::json;

    use super::*;

    fn refused_query(query: &str) -> (String, Value, String) {
        match parse_query::<InspectionQuery>(query) {
            Err(ApiError::Invalid {
                field,
                value,
                constraint,
            }) => (field, value, constraint),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_repeated_name_is_a_list() {
        let query: InspectionQuery = parse_query("step=M1&step=M2&page=2").expect("is valid");
        assert_eq!(query.step, ["M1", "M2"]);
        assert_eq!(query.page, Some(2));
    }

    #[test]
    fn an_unknown_parameter_is_named_with_its_value() {
        let (field, value, rule) = refused_query("stpe=M1");
        assert_eq!((field.as_str(), value), ("stpe", json!("M1")));
        assert!(rule.starts_with("unknown field `stpe`"), "{rule}");
    }

    #[test]
    fn a_value_of_another_kind_is_named_with_its_rule() {
        let (field, value, rule) = refused_query("page=two");
        assert_eq!((field.as_str(), value), ("page", json!("two")));
        assert!(rule.contains("invalid digit"), "{rule}");
    }

    #[test]
    fn a_missing_field_of_a_body_is_named() {
        let refusal = parse_json::<UserCreate>(br#"{"username": "ada"}"#);
        let Err(ApiError::Invalid { field, .. }) = refusal else {
            panic!("{refusal:?}")
        };
        assert_eq!(field, "display_name");
    }

    #[test]
    fn a_body_that_is_no_json_is_malformed() {
        let refusal = parse_json::<UserCreate>(b"{");
        assert!(matches!(refusal, Err(ApiError::MalformedBody(_))));
    }
}
