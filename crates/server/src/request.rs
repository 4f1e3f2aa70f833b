//! What goes with each request: its id, the line in the log, the headers that keep browsers careful.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest};
use chrono::Utc;
use contract::Meta;
use uuid::Uuid;

use crate::app::State;

/// Header that carries the request id, both ways.
pub const REQUEST_ID: &str = "x-request-id";

/// Version of the server.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

tokio::task_local! {
    static ID: String;
}

/// Id of the request that the current task answers; empty outside of one.
pub fn request_id() -> String {
    ID.try_with(Clone::clone).unwrap_or_default()
}

/// When, by which version and under which request id an answer is made.
pub fn meta() -> Meta {
    Meta {
        timestamp: Utc::now(),
        version: VERSION.to_owned(),
        request_id: request_id(),
    }
}

/// Address the request came from: the connection's, or what a trusted proxy says.
pub fn client_ip(req: &HttpRequest) -> Option<String> {
    let proxy = req
        .app_data::<Data<State>>()
        .is_some_and(|state| state.config.trust_proxy);
    if proxy && let Some(address) = forwarded_for(req.headers()) {
        return Some(address);
    }
    req.peer_addr().map(|address| address.ip().to_string())
}

/// The last hop that the proxy in front of us saw; earlier ones a client can make up, also as a header of
/// their own, because some proxies add a second one behind it.
fn forwarded_for(headers: &HeaderMap) -> Option<String> {
    let hops = headers.get_all("x-forwarded-for").last()?.to_str().ok()?;
    let last = hops.rsplit(',').next()?.trim();
    last.parse::<std::net::IpAddr>()
        .ok()
        .map(|ip| ip.to_string())
}

/// Gives the request an id, logs its outcome and adds the headers that every answer has.
///
/// # Errors
/// Those of the service below.
pub async fn accompany(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = incoming_id(&req).unwrap_or_else(|| Uuid::now_v7().to_string());
    let (method, path) = (req.method().clone(), req.path().to_owned());
    let started = Instant::now();
    let mut response = ID.scope(id.clone(), next.call(req)).await?;
    let status = response.status().as_u16();
    let elapsed_millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match status {
        500.. => {
            tracing::error!(request_id = id, %method, path, status, elapsed_millis, "request");
        }
        // Probes come every few seconds and say nothing when all is well.
        _ if path.starts_with("/health") => {
            tracing::debug!(request_id = id, %method, path, status, elapsed_millis, "request");
        }
        _ => tracing::info!(request_id = id, %method, path, status, elapsed_millis, "request"),
    }
    harden(response.headers_mut(), &path);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(REQUEST_ID), value);
    }
    Ok(response)
}

/// An id that the caller brings, if it is one that may go into a log line as it is.
fn incoming_id(req: &ServiceRequest) -> Option<String> {
    let id = req.headers().get(REQUEST_ID)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    ((8..=64).contains(&id.len()) && id.chars().all(plain)).then(|| id.to_owned())
}

/// Headers of every answer. Pages bring a policy of their own; data needs none that allows anything.
fn harden(headers: &mut HeaderMap, path: &str) {
    let set = |headers: &mut HeaderMap, name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(headers, "x-content-type-options", "nosniff");
    set(headers, "x-frame-options", "DENY");
    set(headers, "referrer-policy", "same-origin");
    set(headers, "cross-origin-opener-policy", "same-origin");
    set(headers, "cross-origin-resource-policy", "same-origin");
    set(
        headers,
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    );
    set(
        headers,
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    );
    if path.starts_with(contract::API_PREFIX) {
        set(headers, "cache-control", "no-store");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_the_client_made_up_is_not_taken_for_its_own() {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("x-forwarded-for");
        for hops in ["192.0.2.1", "192.0.2.2, 198.51.100.7"] {
            headers.append(name.clone(), HeaderValue::from_static(hops));
        }
        assert_eq!(forwarded_for(&headers).as_deref(), Some("198.51.100.7"));
    }
}
