//! Every type that crosses HTTP: requests, answers, errors. Server, SPA and command line share them.
//!
//! Field names and docs here are the API's reference: they become `openapi.json` with the feature
//! `openapi`. Times are UTC, lengths carry their unit in the name, positions are from the wafer
//! centre with the notch down and y up (SEMI M20).

#[macro_use]
mod macros;

pub mod alert;
pub mod analytics;
pub mod auth;
pub mod columns;
pub mod control_chart;
pub mod defect;
pub mod defect_type;
pub mod envelope;
pub mod equipment;
pub mod error;
pub mod filter;
pub mod health;
pub mod history;
pub mod image;
pub mod import;
pub mod inspection;
pub mod live;
pub mod lot;
#[cfg(feature = "openapi")]
mod schema;
pub mod spatial;
pub mod spectrum;
pub mod user;
pub mod wafer;

pub use envelope::{Meta, Pagination, Success};
pub use error::{ErrorCode, ErrorDetail, Failure};

/// Path under which every resource lives.
pub const API_PREFIX: &str = "/api/v1";
