//! Who opens a WebSocket: browsers cannot send headers with it, so the access token may come as a subprotocol.

use actix_web::dev::Payload;
use actix_web::http::Uri;
use actix_web::http::header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};
use futures::future::LocalBoxFuture;

use super::caller;
use crate::app::State;
use crate::error::{ApiError, ApiResult, invalid};

/// Subprotocol that carries the access token; it is never answered with.
const BEARER: &str = "bearer.";

/// Anybody who is signed in, for as long as the access token counts.
#[derive(Clone)]
pub struct Subscriber {
    token: String,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for Subscriber {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut subscriber = f.debug_struct("Subscriber");
        subscriber
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Subscriber {
    /// Whether token, session and user still count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn still_counts(&self, state: &State) -> ApiResult<bool> {
        match caller::check(state, &self.token).await {
            Ok(_) => Ok(true),
            Err(ApiError::Unauthenticated | ApiError::TokenExpired | ApiError::SessionEnded) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

impl FromRequest for Subscriber {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let state = req.app_data::<Data<State>>();
            let state = state.ok_or_else(|| anyhow::anyhow!("the application has no state"))?;
            let token = caller::bearer(&req).map(str::to_owned);
            let token = token.or_else(|| offered_token(&req));
            let token = token.ok_or(ApiError::Unauthenticated)?;
            let (claims, _) = caller::check(state, &token).await?;
            refuse_foreign_page(&req, state.config.public_url.as_deref())?;
            let expires_at = DateTime::from_timestamp(claims.exp, 0);
            Ok(Self {
                token,
                expires_at: expires_at.ok_or(ApiError::Unauthenticated)?,
            })
        })
    }
}

/// The token among the subprotocols that are offered.
fn offered_token(req: &HttpRequest) -> Option<String> {
    let lines = req.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    let mut offered = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    offered.find_map(|one| one.trim().strip_prefix(BEARER).map(str::to_owned))
}

/// A browser says which page opens a socket, and asks nobody for leave: pages of other sites are refused here. Who says
/// nothing is no browser.
fn refuse_foreign_page(req: &HttpRequest, public_url: Option<&str>) -> ApiResult<()> {
    let Some(origin) = req.headers().get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let host = req.headers().get(HOST).and_then(|host| host.to_str().ok());
    match is_own_page(origin, host.unwrap_or_default(), public_url) {
        true => Ok(()),
        false => Err(invalid(
            "origin",
            origin,
            "is another site than this server: its own address is set by --public-url",
        )),
    }
}

/// Whether a page of `origin` belongs to the server that was asked as `host` or is known as `public_url`. Pages and
/// servers on one's own machine belong together whatever their ports, so that `trunk serve` may stand between.
fn is_own_page(origin: &str, host: &str, public_url: Option<&str>) -> bool {
    let Some(page) = place(origin) else {
        return false;
    };
    let known = public_url.and_then(place);
    let Some(asked) = place(&format!("{}://{host}", page.scheme)) else {
        return known.is_some_and(|known| known == page);
    };
    page == asked
        || known.is_some_and(|known| known == page)
        || is_loopback(&page.host) && is_loopback(&asked.host)
}

#[derive(PartialEq, Eq)]
struct Place {
    scheme: String,
    host: String,
    port: u16,
}

fn place(url: &str) -> Option<Place> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "https" => 443,
        _ => 80,
    };
    Some(Place {
        host: uri.host()?.to_ascii_lowercase(),
        port: uri.port_u16().unwrap_or(usual),
        scheme,
    })
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address: Result<std::net::IpAddr, _> = address.parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_server_itself_may_open_a_socket() {
        let own = |origin, host, public| is_own_page(origin, host, public);
        assert!(own("http://fab.example:8080", "fab.example:8080", None));
        assert!(own("https://fab.example", "fab.example", None));
        assert!(own("https://fab.example", "fab.example:443", None));
        // Behind a proxy that asks by another name.
        let public = Some("https://fab.example/");
        assert!(own("https://fab.example", "10.0.0.7:8080", public));
        // `trunk serve` asks without a port.
        assert!(own("http://127.0.0.1:8081", "127.0.0.1", None));
        assert!(own("http://localhost:8081", "127.0.0.1:8080", None));
        assert!(own("http://[::1]:8081", "[::1]:8080", None));
    }

    #[test]
    fn a_page_of_another_site_may_not() {
        let own = |origin, host| is_own_page(origin, host, Some("https://fab.example"));
        assert!(!own("https://evil.example", "fab.example"));
        assert!(!own("http://fab.example", "10.0.0.7"));
        assert!(!own("https://fab.example.evil.example", "fab.example"));
        assert!(!own("http://fab.example:8081", "fab.example:8080"));
        assert!(!own("http://127.0.0.1:8081", "fab.example"));
        assert!(!own("null", "fab.example"));
        assert!(!own("", "fab.example"));
    }
}
