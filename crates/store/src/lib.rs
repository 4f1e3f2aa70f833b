//! Every SQL statement of WaferMaps: one module per resource, the analytics reads, bulk ingestion, and the local
//! PostgreSQL cluster.
//!
//! Functions take a connection or a transaction (`&impl ConnectionTrait`) and return [`Error`]. They trust their caller
//! with rules (who may do what); what the database itself guarantees comes back as a typed error.

mod connection;
mod error;

pub mod cluster;
pub mod migrate;

pub use connection::{Db, Options, connect};
pub use error::{Error, Reference, Result, Unique};
pub use sea_orm::{ActiveValue, ConnectionTrait, DatabaseTransaction as Tx, TransactionTrait};
