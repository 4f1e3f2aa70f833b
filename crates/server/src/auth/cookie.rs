//! The cookie that carries the refresh token: out of reach of scripts, sent to the auth routes only.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};

use crate::config::Config;

/// Name of the cookie.
pub const NAME: &str = "wafermaps_refresh";
const PATH: &str = "/api/v1/auth";

/// The cookie that gives a client its refresh token.
#[must_use]
pub fn give(token: String, config: &Config) -> Cookie<'static> {
    let life = time::Duration::try_from(config.refresh_token_life).unwrap_or(time::Duration::DAY);
    base(token, config).max_age(life).finish()
}

/// The cookie that takes it away.
#[must_use]
pub fn take(config: &Config) -> Cookie<'static> {
    base(String::new(), config)
        .max_age(time::Duration::ZERO)
        .finish()
}

/// The refresh token that a request brings.
#[must_use]
pub fn read(req: &HttpRequest) -> Option<String> {
    req.cookie(NAME)
        .map(|cookie| cookie.value().to_owned())
        .filter(|token| !token.is_empty())
}

fn base(value: String, config: &Config) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(NAME, value)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.is_https)
}
