#![doc = include_str!("../README.md")]

pub mod dispersion;
mod error;
pub mod pareto;
pub mod rules;
pub mod spc;
pub mod trend;

pub use error::Error;
