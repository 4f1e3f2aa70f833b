//! Trends of a series: moving averages, a straight line, a test without assumptions about shape, and
//! the points at which the level changes.

mod change_points;
mod linear;
mod mann_kendall;
mod moving_average;
mod slopes;

pub use change_points::{ChangeModel, ChangePoints, ChangeSetup, Segment, change_points};
pub use linear::{Line, linear};
pub use mann_kendall::{MannKendall, mann_kendall};
pub use moving_average::{
    centred_average, exponential_average, trailing_average, trailing_average_from_start,
};
