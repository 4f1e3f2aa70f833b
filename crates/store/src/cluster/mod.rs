//! A PostgreSQL cluster of our own in a data folder: made on first use, on a Unix socket only, shared by the processes
//! that use it and stopped by the last of them.
//!
//! Layout under `<data folder>/postgres`, mode 0700, owned by the account that the cluster runs under:
//! `data` (PGDATA), `socket`, `log`. Two lock files in the data folder order things between processes: `postgres.start`
//! is held while somebody starts or stops the cluster, `postgres.users` is held shared by everybody who uses it. The
//! kernel drops both when a process dies, so neither can be stale.
//!
//! What `kill -9` leaves is handled at the next start: a postmaster that still runs is used as it is; a stale
//! `postmaster.pid` whose number now belongs to another program is removed; backends that outlive their postmaster are
//! waited for.
//!
//! Not supported: Windows, network file systems without locks.

mod account;
mod layout;
mod postmaster;
mod programs;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    process::Child,
    time::Duration,
};

use sea_orm::sqlx::{Connection, Executor, PgConnection};

use account::Account;
use layout::Layout;
use programs::Programs;

/// Name of the database and of its owner.
const NAME: &str = "wafermaps";

/// Why there is no cluster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// No PostgreSQL programs on this machine.
    #[error(
        "PostgreSQL 15 or newer is not installed: `initdb` and `postgres` were found neither by pg_config, nor under \
         /usr/lib/postgresql, nor on the PATH (Debian, Ubuntu: apt-get install postgresql); or set DATABASE_URL"
    )]
    NotInstalled,
    /// The programs are too old, or not those that made the folder.
    #[error("{}", .0)]
    Version(String),
    /// Root may not run PostgreSQL, and no other account is there.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither an account `postgres` nor `nobody`"
    )]
    NoAccount,
    /// A folder or file cannot be used.
    #[error("{what} `{}`", path.display())]
    Folder {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// Name of the program.
        program: &'static str,
        /// Last lines of what it said.
        reason: String,
    },
    /// The cluster runs but cannot be talked to.
    #[error("the database was started but does not answer")]
    Connect(#[source] sea_orm::sqlx::Error),
}

type Result<T> = std::result::Result<T, ClusterError>;

/// How the cluster treats its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// What was committed survives a power cut.
    Durable,
    /// Nothing is forced to the disk; for tests and benchmarks of something else.
    Throwaway,
}

/// A running cluster, in use by this process until [`Cluster::stop`].
///
/// Dropping it without `stop` leaves the cluster running; the next start takes it over.
#[derive(Debug)]
pub struct Cluster {
    layout: Layout,
    programs: Programs,
    account: Account,
    durability: Durability,
    users: File,
    /// Present when this process started the postmaster; kept so that it is reaped.
    postmaster: Option<Child>,
}

impl Cluster {
    /// Starts the cluster in `data_dir`, or joins the one that runs there. Makes folder, cluster and database if need be.
    ///
    /// As root the cluster runs under the account `postgres` (or `nobody`). Where that account cannot reach `data_dir`
    /// (below `/root`, say), the files lie under `/var/lib/wafermaps` and `data_dir/postgres` is a link to them.
    ///
    /// # Errors
    /// [`ClusterError`], each a sentence for the person at the terminal.
    pub async fn start(data_dir: &Path) -> Result<Self> {
        Self::start_with(data_dir, Durability::Durable).await
    }

    /// [`Cluster::start`], with a choice of durability for a cluster that does not run yet.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn start_with(data_dir: &Path, durability: Durability) -> Result<Self> {
        let data_dir = data_dir.to_owned();
        let opened = tokio::task::spawn_blocking(move || Self::open(&data_dir, durability)).await;
        let (cluster, _starting) =
            opened.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        cluster.ensure_database().await?;
        Ok(cluster)
    }

    fn open(data_dir: &Path, durability: Durability) -> Result<(Self, File)> {
        let account = Account::for_postgres()?;
        let layout = Layout::prepare(data_dir, &account)?;
        let starting = layout.lock_start()?;
        let programs = Programs::find(layout.cluster_major()?)?;
        if !layout.has_cluster() {
            postmaster::initdb(&programs, &layout, &account, durability)?;
        }
        let postmaster = postmaster::ensure_running(&programs, &layout, &account, durability)?;
        let users = layout.open_users()?;
        users
            .lock_shared()
            .map_err(|source| layout.folder_error("cannot lock", source))?;
        Ok((
            Self {
                layout,
                programs,
                account,
                durability,
                users,
                postmaster,
            },
            starting,
        ))
    }

    /// URL of the database, for [`crate::connect`] and for `psql`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(NAME)
    }

    /// URL of another database in this cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        let socket = percent_encode(&self.layout.socket_dir().to_string_lossy());
        format!("postgres://{NAME}@localhost/{database}?host={socket}")
    }

    /// Process id of the postmaster, if it runs.
    #[must_use]
    pub fn pid(&self) -> Option<i32> {
        postmaster::running_pid(&self.layout)
            .map(rustix::process::Pid::as_raw_nonzero)
            .map(Into::into)
    }

    /// Starts the postmaster again if it died; connections made before are gone, pools open new ones.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn ensure_running(mut self) -> Result<Self> {
        let restarted = tokio::task::spawn_blocking(move || {
            let _starting = self.layout.lock_start()?;
            if let Some(mut dead) = self
                .postmaster
                .take_if(|child| !matches!(child.try_wait(), Ok(None)))
            {
                dead.wait().ok();
            }
            if let Some(child) = postmaster::ensure_running(
                &self.programs,
                &self.layout,
                &self.account,
                self.durability,
            )? {
                self.postmaster = Some(child);
            }
            Ok(self)
        });
        restarted
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    /// Ends this process's use of the cluster, and the cluster if nobody else uses it. Connections still open are cut.
    ///
    /// # Errors
    /// When the postmaster cannot be told to stop, or does not within a minute.
    pub async fn stop(self) -> Result<()> {
        let stopped = tokio::task::spawn_blocking(move || self.stop_blocking());
        stopped
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    fn stop_blocking(mut self) -> Result<()> {
        let _starting = self.layout.lock_start()?;
        self.users
            .unlock()
            .map_err(|source| self.layout.folder_error("cannot unlock", source))?;
        match self.users.try_lock() {
            Ok(()) => {
                postmaster::stop(
                    &self.layout,
                    self.postmaster.take(),
                    Duration::from_secs(60),
                )?;
                self.layout.leave_runtime_folder();
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(source)) => {
                Err(self.layout.folder_error("cannot lock", source))
            }
        }
    }

    async fn ensure_database(&self) -> Result<()> {
        let mut connection = PgConnection::connect(&self.url_of("postgres"))
            .await
            .map_err(ClusterError::Connect)?;
        let found = connection
            .fetch_optional("select 1 from pg_database where datname = 'wafermaps'")
            .await;
        if found.map_err(ClusterError::Connect)?.is_none() {
            connection
                .execute("create database wafermaps")
                .await
                .map_err(ClusterError::Connect)?;
        }
        connection.close().await.map_err(ClusterError::Connect)
    }
}

/// Everything but letters, digits and `-._~` becomes `%XX`.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
