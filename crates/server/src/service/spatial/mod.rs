//! What the wafer says: rows of the database handed to `analytics::spatial`.

pub mod descriptor;
mod field;
mod lot_map;
mod region;
mod similar;
mod stack;

pub use lot_map::lot_maps;
pub use similar::similar;
pub use stack::stack;
