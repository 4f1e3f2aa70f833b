#![doc = include_str!("../README.md")]

mod kind;
pub mod sem;

pub use kind::Kind;
