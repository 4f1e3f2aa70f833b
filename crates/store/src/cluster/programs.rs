//! Where the PostgreSQL programs are.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{ClusterError, Result};

/// The oldest major version that will do.
const OLDEST_MAJOR: u32 = 15;

/// A folder with `initdb` and `postgres` of one version.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// The newest programs of this machine, or those of version `wanted` for a cluster that is there already.
    pub fn find(wanted: Option<u32>) -> Result<Self> {
        let mut found: Vec<Self> = folders().into_iter().filter_map(Self::in_folder).collect();
        found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
        let newest = found.first().ok_or(ClusterError::NotInstalled)?.major;
        if let Some(wanted) = wanted {
            return found.into_iter().find(|programs| programs.major == wanted).ok_or_else(|| {
                ClusterError::Version(format!(
                    "the data folder was made by PostgreSQL {wanted}, and this machine has PostgreSQL {newest}: install \
                     PostgreSQL {wanted}, or upgrade the folder with pg_upgrade"
                ))
            });
        }
        if newest < OLDEST_MAJOR {
            return Err(ClusterError::Version(format!(
                "PostgreSQL {newest} is too old: WaferMaps needs {OLDEST_MAJOR} or newer"
            )));
        }
        Ok(found.remove(0))
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        if !folder.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder, major })
    }

    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    for version in fs::read_dir(Path::new("/usr/lib/postgresql"))
        .into_iter()
        .flatten()
        .flatten()
    {
        folders.push(version.path().join("bin"));
    }
    folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    folders
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15; so is `17beta1` 17.
fn major_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(
            major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_version("command not found"), None);
    }
}
