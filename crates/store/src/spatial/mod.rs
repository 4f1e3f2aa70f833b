//! Reads of spatial analyses, and bin maps.

pub mod bin_map;
pub mod die;
pub mod lot_map;
pub mod similar;
pub mod stacked;
