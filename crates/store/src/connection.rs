//! The connection pool.

use std::{str::FromStr, time::Duration};

use sea_orm::{
    SqlxPostgresConnector,
    sqlx::{
        ConnectOptions,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

use crate::{Error, Result};

/// A pool of connections; cheap to clone.
pub type Db = sea_orm::DatabaseConnection;

/// How many connections there are and how long they may take.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections at most.
    pub max_connections: u32,
    /// How long to wait for a free connection.
    pub acquire_timeout: Duration,
    /// How long one statement may run. Imports and migrations lift it for themselves.
    pub statement_timeout: Duration,
    /// Shown in `pg_stat_activity`.
    pub application_name: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 20,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(30),
            application_name: "wafermaps".to_owned(),
        }
    }
}

/// Opens a pool on `url` (`postgres://user@host/database`, or [`crate::cluster::Cluster::url`]).
///
/// # Errors
/// [`Error::Unavailable`] when the URL cannot be read or no connection comes about within the acquire timeout.
pub async fn connect(url: &str, options: &Options) -> Result<Db> {
    let target = PgConnectOptions::from_str(url)
        .map_err(Error::from_sqlx)?
        .application_name(&options.application_name)
        .disable_statement_logging()
        .options([
            (
                "statement_timeout",
                options.statement_timeout.as_millis().to_string(),
            ),
            ("TimeZone", "UTC".to_owned()),
            // A plan made for the actual values prunes partitions and picks the right index; planning costs under 1 ms.
            ("plan_cache_mode", "force_custom_plan".to_owned()),
            // Compiling a query costs more than any of ours runs.
            ("jit", "off".to_owned()),
        ]);
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(Duration::from_secs(300))
        .connect_with(target)
        .await
        .map_err(Error::from_sqlx)?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// How many connections the pool may open.
#[must_use]
pub fn max_connections(db: &Db) -> u32 {
    db.get_postgres_connection_pool()
        .options()
        .get_max_connections()
}
