//! Trends of a series: moving averages, a straight line, and a test without assumptions about shape.
//!
//! Not here: seasonality, change points.

mod linear;
mod mann_kendall;
mod moving_average;
mod slopes;

pub use linear::{Line, linear};
pub use mann_kendall::{MannKendall, mann_kendall};
pub use moving_average::{
    centred_average, exponential_average, trailing_average, trailing_average_from_start,
};
