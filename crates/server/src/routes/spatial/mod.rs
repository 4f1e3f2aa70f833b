//! What the wafer says.

mod lot_map;
mod similar;
mod stack;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(lot_map::configure)
        .configure(similar::configure)
        .configure(stack::configure);
}
