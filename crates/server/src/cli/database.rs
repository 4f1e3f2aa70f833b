//! The database that a command works on.

use anyhow::Context;
use store::cluster::Cluster;
use store::{Db, Options};

use crate::config::Place;

/// A connected database, and the local cluster it lives in.
pub struct Database {
    pub db: Db,
    cluster: Option<Cluster>,
}

impl Database {
    /// Connects to the URL, or starts the cluster in the data folder.
    pub async fn open(place: &Place) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&place.data)
            .with_context(|| format!("cannot make the data folder {}", place.data.display()))?;
        let (url, cluster) = match &place.database_url {
            Some(url) => (url.clone(), None),
            None => {
                let cluster = Cluster::start(&place.data)
                    .await
                    .context("cannot start the database in the data folder")?;
                (cluster.url(), Some(cluster))
            }
        };
        let db = store::connect(&url, &Options::default())
            .await
            .context("cannot connect to the database")?;
        Ok(Self { db, cluster })
    }

    /// The same, with the schema brought up to date.
    pub async fn open_migrated(place: &Place) -> anyhow::Result<Self> {
        let database = Self::open(place).await?;
        let steps = store::migrate::up(&database.db)
            .await
            .context("cannot bring the schema up to date")?;
        if steps > 0 {
            tracing::info!(steps, "schema brought up to date");
        }
        Ok(database)
    }

    /// Closes the connections and stops the cluster, if nobody else uses it.
    pub async fn close(self) -> anyhow::Result<()> {
        self.db.close().await?;
        if let Some(cluster) = self.cluster {
            cluster.stop().await.context("cannot stop the database")?;
        }
        Ok(())
    }
}
