//! Every SQL statement of WaferMaps: one module per resource, the analytics reads, bulk ingestion, and the local
//! PostgreSQL cluster.
//!
//! Functions take a connection or a transaction (`&impl ConnectionTrait`) and return [`Error`]. They trust their caller
//! with rules (who may do what); what the database itself guarantees comes back as a typed error.

mod connection;
mod error;
mod filter;
mod page;
mod record;
mod sql;

pub mod adder;
pub mod alert;
pub mod analytics;
pub mod audit;
pub mod bulk;
pub mod cluster;
pub mod control_chart;
pub mod data_version;
pub mod defect;
pub mod defect_type;
pub mod equipment;
pub mod evaluation;
pub mod evidence;
pub mod image;
pub mod image_reference;
pub mod ingest;
pub mod inspection;
pub mod job;
pub mod listen;
pub mod lot;
pub mod migrate;
pub mod object;
pub mod session;
pub mod spatial;
pub mod spectrum;
pub mod stream;
pub mod user;
pub mod wafer;

pub use connection::{Db, Options, connect, max_connections};
pub use error::{Error, Reference, Result, Unique};
pub use filter::Filter;
pub use page::{Order, Page, Paging};
pub use sea_orm::{ActiveValue, ConnectionTrait, DatabaseTransaction as Tx, TransactionTrait};
