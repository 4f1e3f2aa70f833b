#![doc = include_str!("../README.md")]

pub mod dies;
pub mod dispersion;
mod error;
pub mod pareto;
mod probability;
pub mod relation;
pub mod rules;
mod sample;
pub mod season;
pub mod spatial;
pub mod spc;
pub mod trend;
pub mod yields;

pub use error::Error;
