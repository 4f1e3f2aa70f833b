//! The API over HTTP, on a real PostgreSQL: one database and one server a test.

mod analytics;
mod auth;
mod defect;
mod defect_type;
mod equipment;
mod harness;
mod import;
mod inspection;
mod pages;
mod permissions;
mod seed;
mod user;
mod wafer;
