#![doc = include_str!("../README.md")]

pub mod msa;
mod spectrum;

pub use spectrum::{Keyword, Spectrum};
