//! What the wafer says.

mod bin_map;
mod die;
mod lot_map;
mod similar;
mod stack;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(bin_map::configure)
        .configure(die::configure)
        .configure(lot_map::configure)
        .configure(similar::configure)
        .configure(stack::configure);
}
