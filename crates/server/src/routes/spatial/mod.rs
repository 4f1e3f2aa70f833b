//! What the wafer says.

mod adder;
mod bin_map;
mod cluster;
mod die;
mod lot_map;
mod signature;
mod similar;
mod stack;
mod zone;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(adder::configure)
        .configure(bin_map::configure)
        .configure(die::configure)
        .configure(cluster::configure)
        .configure(lot_map::configure)
        .configure(signature::configure)
        .configure(similar::configure)
        .configure(stack::configure)
        .configure(zone::configure);
}
