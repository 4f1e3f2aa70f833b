//! What the wafer says: rows of the database handed to `analytics`, bin maps to the database.

pub mod adder;
mod area;
pub mod bin_map;
pub mod cluster;
pub mod descriptor;
mod die;
mod die_grid;
mod field;
mod kill;
mod lot_map;
mod region;
mod sight;
pub mod signature;
mod similar;
mod stack;
pub mod zone;

pub use die::dies;
pub use lot_map::lot_maps;
pub use similar::similar;
pub use stack::stack;
