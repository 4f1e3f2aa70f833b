//! Tests that cross crates, and what they stand on: a real PostgreSQL with a database for each test.

mod database;

pub use database::{TestDb, TestFolder};
