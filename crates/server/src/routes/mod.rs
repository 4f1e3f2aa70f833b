//! HTTP: each handler reads the request, asks one layer down and answers.
//!
//! Handlers join by `.service(...)` in scopes of `utoipa_actix_web`; by any other way they would be
//! missing in the API's description.

mod alert;
mod analytics;
mod audit;
mod auth;
mod control_chart;
mod defect;
mod defect_type;
mod equipment;
mod health;
mod image;
mod import;
mod inspection;
mod live;
mod lot;
mod map;
mod spatial;
mod spectrum;
mod upload;
mod user;
mod wafer;

use actix_web::middleware::from_fn;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::caller;

/// Registers every route.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(health::configure)
        .configure(live::configure)
        .service(
            scope::scope(contract::API_PREFIX)
                .configure(auth::configure)
                .configure(import::configure)
                .configure(user::configure)
                .configure(wafer::configure)
                .configure(lot::configure)
                .configure(inspection::configure)
                .configure(defect::configure)
                .configure(image::configure)
                .configure(spectrum::configure)
                .configure(defect_type::configure)
                .configure(equipment::configure)
                .configure(analytics::configure)
                .configure(spatial::configure)
                .configure(control_chart::configure)
                .configure(alert::configure)
                .configure(audit::configure)
                .wrap(from_fn(caller::identify)),
        );
}
