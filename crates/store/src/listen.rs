//! What servers on one database tell each other: PostgreSQL's LISTEN and NOTIFY.
//!
//! An event is told when its transaction commits, never before, and not at all when it rolls back. Whoever does not
//! listen at that moment misses it, so events only say where to look.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait,
    sqlx::{
        Executor,
        postgres::{PgListener, PgPoolOptions},
    },
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Db, Error, Result, sql::Sql};

/// The one channel.
const CHANNEL: &str = "wafermaps_events";

/// How long the channel may be silent before the connection is asked whether it still stands: a dead peer says nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Imported inspections wait to be judged by control charts.
    Evaluate,
    /// An alert was raised, grew, changed, or went with its chart.
    Alert {
        /// Which.
        alert_id: Uuid,
        /// Whether an import broke a rule, rather than somebody saw to it.
        raised: bool,
    },
    /// Inspections or what belongs to them changed.
    Data,
}

/// Tells all servers, this one included, when the transaction commits.
///
/// # Errors
/// When the database fails.
pub async fn notify(db: &impl ConnectionTrait, event: &Event) -> Result<()> {
    let payload = serde_json::to_string(event).unwrap_or_default();
    let mut sql = Sql::new("select pg_notify('");
    sql.push(CHANNEL).push("', ").bind(payload).push(")");
    sql.execute(db).await.map(drop)
}

/// A connection of its own that hears what happens.
pub struct Listener(PgListener);

impl std::fmt::Debug for Listener {
    /// Without the connection, which has nothing to show.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener(..)")
    }
}

impl Listener {
    /// Listens from now on, to the database of `db`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is no connection to be had.
    pub async fn connect(db: &Db) -> Result<Self> {
        let target = db.get_postgres_connection_pool().connect_options();
        let target = (*target).clone().application_name("wafermaps listen");
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(target)
            .await
            .map_err(Error::from_sqlx)?;
        let mut listener = PgListener::connect_with(&own)
            .await
            .map_err(Error::from_sqlx)?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await.map_err(Error::from_sqlx)?;
        Ok(Self(listener))
    }

    /// Waits for the next event; `None` when the connection is lost: events may have been missed. What is no event of
    /// ours is passed over.
    ///
    /// # Errors
    /// When the connection fails; it is lost then, too.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            // A message is taken only when it is complete, so nothing is lost when the time is up.
            match tokio::time::timeout(SILENCE, self.0.try_recv()).await {
                Ok(Ok(Some(told))) => match serde_json::from_str(told.payload()) {
                    Ok(event) => return Ok(Some(event)),
                    Err(_) => tracing::warn!(
                        payload = told.payload(),
                        "an event that is none of ours was passed over"
                    ),
                },
                Ok(Ok(None)) => return Ok(None),
                Ok(Err(error)) => return Err(Error::from_sqlx(error)),
                Err(_) => {
                    let answer = tokio::time::timeout(SILENCE, self.0.execute("select 1")).await;
                    match answer {
                        Ok(Ok(_)) => {}
                        Ok(Err(error)) => return Err(Error::from_sqlx(error)),
                        Err(_) => return Ok(None),
                    }
                }
            }
        }
    }
}
