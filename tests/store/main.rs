//! The store on a real PostgreSQL.

mod cluster;
mod migrations;
