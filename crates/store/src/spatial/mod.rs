//! Reads of spatial analyses.

pub mod lot_map;
pub mod similar;
pub mod stacked;
