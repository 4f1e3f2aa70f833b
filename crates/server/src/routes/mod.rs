//! HTTP: each handler reads the request, asks one layer down and answers.
//!
//! Handlers join by `.service(...)` in scopes of `utoipa_actix_web`; by any other way they would be
//! missing in the API's description.

mod auth;
mod health;
mod import;
mod user;

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every route.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.configure(health::configure).service(
        scope::scope(contract::API_PREFIX)
            .configure(auth::configure)
            .configure(import::configure)
            .configure(user::configure),
    );
}
