//! Reads of spatial analyses, and bin maps.

pub mod bin_map;
pub mod die;
pub mod lot_map;
pub mod similar;
pub mod stacked;

mod surveyed;
mod zones;

pub use surveyed::{Surveyed, surveyed};
pub use zones::{Bounds, ZoneCount, zone_counts};
