#![doc = include_str!("../README.md")]

pub mod detector;
pub mod emission;
pub mod identify;
pub mod line;
pub mod msa;
mod spectrum;

pub use identify::{ElementEvidence, Identification, LineFound, Options, Peak, identify};
pub use spectrum::{Keyword, Spectrum};
