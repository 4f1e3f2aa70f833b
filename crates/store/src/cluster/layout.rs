//! Which folder holds what, who owns it, and the locks between processes.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    hash::{Hash, Hasher},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
};

use super::{Account, ClusterError, Result};

/// Where the files go when the data folder is out of reach of the account that runs PostgreSQL.
const SHARED_STATE: &str = "/var/lib/wafermaps";
/// `sun_path` of a Unix socket holds 108 bytes, the last of them 0, and PostgreSQL appends a file name.
const LONGEST_SOCKET_DIR: usize = 107 - "/.s.PGSQL.5432.lock".len();

/// The folders of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    data_dir: PathBuf,
    home: PathBuf,
    socket_dir: PathBuf,
}

impl Layout {
    /// Makes the folders that are missing.
    pub fn prepare(data_dir: &Path, account: &Account) -> Result<Self> {
        fs::create_dir_all(data_dir).map_err(error_at("cannot make the data folder", data_dir))?;
        let data_dir = data_dir
            .canonicalize()
            .map_err(error_at("cannot open the data folder", data_dir))?;
        let home = home(&data_dir, account)?;
        let socket_dir = socket_dir(&home);
        for folder in [&home, &socket_dir] {
            make_private(folder, account)?;
        }
        Ok(Self {
            data_dir,
            home,
            socket_dir,
        })
    }

    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Removes the socket's folder where it lies outside ours; the next start makes it again.
    pub fn leave_runtime_folder(&self) {
        if !self.socket_dir.starts_with(&self.home) {
            // Not empty or gone already: either way there is nothing to do.
            fs::remove_dir(&self.socket_dir).ok();
        }
    }

    /// PGDATA.
    pub fn pgdata(&self) -> PathBuf {
        self.home.join("data")
    }

    pub fn log(&self) -> PathBuf {
        self.home.join("log")
    }

    pub fn postmaster_pid(&self) -> PathBuf {
        self.pgdata().join("postmaster.pid")
    }

    /// initdb writes `global/pg_control` last: without it the folder is a half-made one.
    pub fn has_cluster(&self) -> bool {
        self.pgdata().join("global/pg_control").is_file()
    }

    /// Major version of the PostgreSQL that made the cluster, if there is one.
    pub fn cluster_major(&self) -> Result<Option<u32>> {
        if !self.has_cluster() {
            return Ok(None);
        }
        let path = self.pgdata().join("PG_VERSION");
        let text = fs::read_to_string(&path).map_err(error_at("cannot read", &path))?;
        Ok(text.trim().parse().ok())
    }

    /// Waits until nobody else starts or stops this cluster.
    pub fn lock_start(&self) -> Result<File> {
        let file = self.open_lock("postgres.start")?;
        file.lock()
            .map_err(|source| self.folder_error("cannot lock", source))?;
        Ok(file)
    }

    pub fn open_users(&self) -> Result<File> {
        self.open_lock("postgres.users")
    }

    pub fn folder_error(&self, what: &'static str, source: io::Error) -> ClusterError {
        error_at(what, &self.data_dir)(source)
    }

    fn open_lock(&self, name: &str) -> Result<File> {
        let path = self.data_dir.join(name);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        options
            .open(&path)
            .map_err(error_at("cannot open the lock file", &path))
    }
}

/// `<data folder>/postgres`, or what it links to.
fn home(data_dir: &Path, account: &Account) -> Result<PathBuf> {
    let home = data_dir.join("postgres");
    if let Ok(linked) = home.canonicalize() {
        return Ok(linked);
    }
    if !account.foreign
        || data_dir
            .ancestors()
            .all(|folder| can_be_entered(folder, account))
    {
        return Ok(home);
    }
    let elsewhere = Path::new(SHARED_STATE).join(format!("{:016x}", hash(data_dir)));
    fs::create_dir_all(&elsewhere).map_err(error_at("cannot make", &elsewhere))?;
    symlink(&elsewhere, &home).map_err(error_at("cannot make the link", &home))?;
    Ok(elsewhere)
}

fn can_be_entered(folder: &Path, account: &Account) -> bool {
    let Ok(metadata) = fs::metadata(folder) else {
        return false;
    };
    let needed = match () {
        () if metadata.uid() == account.uid => 0o100,
        () if metadata.gid() == account.gid => 0o010,
        () => 0o001,
    };
    metadata.mode() & needed != 0
}

/// Beside the data where the path is short enough, otherwise in the folder for run-time files.
fn socket_dir(home: &Path) -> PathBuf {
    let beside = home.join("socket");
    if beside.as_os_str().len() <= LONGEST_SOCKET_DIR {
        return beside;
    }
    let runtime =
        env::var_os("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    let name = format!("wafermaps-{:016x}", hash(home));
    let short = runtime.join(&name);
    if short.as_os_str().len() <= LONGEST_SOCKET_DIR {
        short
    } else {
        Path::new("/tmp").join(name)
    }
}

/// Makes `folder` with mode 0700, owned by `account`. A folder that is there must be a folder of that account: in
/// `/tmp` somebody else could have made it first.
fn make_private(folder: &Path, account: &Account) -> Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account
            .own(folder)
            .map_err(error_at("cannot change the owner of", folder))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error_at("cannot make", folder)(error)),
    }
    let metadata = fs::symlink_metadata(folder).map_err(error_at("cannot open", folder))?;
    let made_by_us = metadata.is_dir()
        && [account.uid, rustix::process::geteuid().as_raw()].contains(&metadata.uid());
    if !made_by_us {
        let reason = io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another account",
        );
        return Err(error_at("cannot use", folder)(reason));
    }
    account
        .own(folder)
        .map_err(error_at("cannot change the owner of", folder))?;
    fs::set_permissions(folder, Permissions::from_mode(0o700))
        .map_err(error_at("cannot protect", folder))
}

/// The same for the same path in every process of this build and the next: `DefaultHasher::new` has fixed keys.
fn hash(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.as_os_str().as_bytes().hash(&mut hasher);
    hasher.finish()
}

fn error_at(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
    let path = path.to_owned();
    move |source| ClusterError::Folder { what, path, source }
}
