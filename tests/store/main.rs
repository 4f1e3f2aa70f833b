//! The store on a real PostgreSQL.

mod accounts;
mod adders;
mod analytics;
mod cluster;
mod counts;
mod data_version;
mod evidence;
mod imports;
mod inspections;
mod migrations;
mod partitions;
mod resources;
mod seed;
