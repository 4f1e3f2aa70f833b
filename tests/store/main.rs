//! The store on a real PostgreSQL.

mod accounts;
mod cluster;
mod counts;
mod imports;
mod migrations;
mod partitions;
mod seed;
