//! The WaferMaps server and its command line.
//!
//! `routes/` speaks HTTP, `service/` holds rules and transactions, `view/` turns rows into what the
//! API shows, `auth/` knows who is calling. SQL is the matter of `store`, statistics of `analytics`.

pub mod answer;
mod answer_cache;
pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
mod docs;
pub mod error;
pub mod extract;
pub mod openapi;
mod request;
mod route_table;
mod routes;
mod served;
pub mod service;
mod spa;
mod stream;
mod validate;
mod view;
