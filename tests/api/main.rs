//! The API over HTTP, on a real PostgreSQL: one database and one server a test.

mod analytics;
mod auth;
mod defect;
mod defect_type;
mod equipment;
mod evidence;
mod harness;
mod image;
mod import;
mod inspection;
mod pages;
mod permissions;
mod review;
mod seed;
mod spectrum;
mod user;
mod wafer;
