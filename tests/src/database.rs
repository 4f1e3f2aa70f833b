//! One throwaway cluster a process, one database a test.

use std::{
    fs,
    io::{PipeWriter, pipe},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use store::{
    Db, Options,
    cluster::{Cluster, Durability},
};
use tokio::sync::OnceCell;

const TEMPLATE: &str = "template_migrated";

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of its own for one test, migrated and empty but for the seeded defect type.
#[derive(Debug)]
pub struct TestDb {
    /// Connections to it.
    pub db: Db,
    /// Its URL, for a server under test.
    pub url: String,
}

impl TestDb {
    /// Clones the template; the first call of a process starts the cluster and migrates the template.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or the cluster does not start: there is no test without it.
    pub async fn new() -> Self {
        let cluster = CLUSTER.get_or_init(start_cluster).await;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let admin = store::connect(&cluster.url_of("postgres"), &few_connections())
            .await
            .expect("cluster answers");
        // File copy: the template is small, and the checkpoints it forces cost nothing without fsync.
        let create = format!("create database {name} template {TEMPLATE} strategy file_copy");
        admin
            .execute_unprepared(&create)
            .await
            .expect("database is made");
        admin.close().await.expect("connection closes");
        let url = cluster.url_of(&name);
        let db = store::connect(&url, &few_connections())
            .await
            .expect("database answers");
        Self { db, url }
    }

    /// Runs statements, for what no function of the store and no route makes.
    ///
    /// # Panics
    /// When one fails.
    pub async fn execute(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.expect(sql);
    }

    /// The rows of a query.
    ///
    /// # Panics
    /// When it fails.
    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        self.db.query_all_raw(statement).await.expect(sql)
    }
}

fn few_connections() -> Options {
    Options {
        max_connections: 8,
        application_name: "test".to_owned(),
        ..Options::default()
    }
}

async fn start_cluster() -> Cluster {
    // Never dropped: the folder goes when the process does.
    let folder = Box::leak(Box::new(TestFolder::new()));
    let cluster = Cluster::start_with(folder.path(), Durability::Throwaway)
        .await
        .expect("cluster starts");
    let admin = store::connect(&cluster.url_of("postgres"), &few_connections())
        .await
        .expect("cluster answers");
    admin
        .execute_unprepared(&format!("create database {TEMPLATE}"))
        .await
        .expect("template is made");
    admin.close().await.expect("connection closes");
    let template = store::connect(&cluster.url_of(TEMPLATE), &few_connections())
        .await
        .expect("template answers");
    store::migrate::up(&template)
        .await
        .expect("template is migrated");
    template.close().await.expect("connection closes");
    cluster
}

/// A data folder that is gone, with whatever PostgreSQL runs in it, once this value is dropped or the process has ended,
/// however it ended.
#[derive(Debug)]
pub struct TestFolder {
    path: PathBuf,
    alive: Option<PipeWriter>,
    watch: Child,
}

impl TestFolder {
    /// Makes an empty folder and sets a watch on this process.
    ///
    /// # Panics
    /// When the folder for temporary files cannot be written to.
    #[must_use]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "wafermaps-test-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("temporary folder can be made");
        let (alive, watch) = watch(&path);
        Self {
            path,
            alive: Some(alive),
            watch,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        drop(self.alive.take());
        self.watch.wait().ok();
    }
}

impl Default for TestFolder {
    fn default() -> Self {
        Self::new()
    }
}

/// A shell that waits for the end of the pipe. The kernel closes our end when the process dies, a panic, `exit` and
/// `kill -9` included; destructors of statics would run in none of these cases.
fn watch(folder: &Path) -> (PipeWriter, Child) {
    const CLEAN: &str = r#"
        read -r _
        pids=$(find "$1" -name postmaster.pid -exec head -n 1 {} \; 2>/dev/null)
        for pid in $pids; do kill -QUIT "$pid" 2>/dev/null; done
        for pid in $pids; do
            tries=0
            while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
        done
        rm -rf "$1"
    "#;
    let (reader, writer) = pipe().expect("pipe");
    let watch = Command::new("sh")
        .args(["-c", CLEAN, "sh"])
        .arg(folder)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("sh starts");
    (writer, watch)
}
