//! A durable cluster of its own for a benchmark, with the settings that users get.

use std::{env, fs, path::PathBuf, process};

use store::{Db, Options, cluster::Cluster, migrate};

pub struct Bench {
    pub db: Db,
    cluster: Cluster,
    folder: PathBuf,
}

impl Bench {
    pub async fn start() -> Self {
        let folder = env::temp_dir().join(format!("wafermaps-bench-{}", process::id()));
        let cluster = Cluster::start(&folder).await.expect("cluster starts");
        let db = store::connect(&cluster.url(), &Options::default())
            .await
            .expect("connects");
        migrate::up(&db).await.expect("migrates");
        Self {
            db,
            cluster,
            folder,
        }
    }

    pub async fn stop(self) {
        self.db.close().await.expect("closes");
        self.cluster.stop().await.expect("stops");
        if let Ok(elsewhere) = self.folder.join("postgres").canonicalize() {
            fs::remove_dir_all(elsewhere).ok();
        }
        fs::remove_dir_all(&self.folder).ok();
    }
}
