//! Rows of the database as the API shows them.

pub mod history;
pub mod import;
pub mod user;
