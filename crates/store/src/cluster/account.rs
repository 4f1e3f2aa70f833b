//! The account that the cluster runs under: our own, or as root an unprivileged one.

use std::{fs, io, os::unix::process::CommandExt, path::Path, process::Command};

use super::{ClusterError, Result};

/// Who runs PostgreSQL and owns its files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub uid: u32,
    pub gid: u32,
    /// Whether that is another account than the one this process runs under.
    pub foreign: bool,
}

impl Account {
    pub fn for_postgres() -> Result<Self> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            return Ok(Self {
                uid: uid.as_raw(),
                gid: rustix::process::getegid().as_raw(),
                foreign: false,
            });
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let unprivileged = ["postgres", "nobody"]
            .iter()
            .find_map(|name| find_in_passwd(&passwd, name));
        let (uid, gid) = unprivileged.ok_or(ClusterError::NoAccount)?;
        Ok(Self {
            uid,
            gid,
            foreign: true,
        })
    }

    /// Makes `command` run under this account.
    pub fn apply(self, command: &mut Command) -> &mut Command {
        if self.foreign {
            command.uid(self.uid).gid(self.gid)
        } else {
            command
        }
    }

    /// Gives `path` to this account.
    pub fn own(self, path: &Path) -> io::Result<()> {
        if self.foreign {
            std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
        } else {
            Ok(())
        }
    }
}

/// User and group id of `name`; a name with user id 0 does not count.
fn find_in_passwd(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let fields = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let entry = fields
        .into_iter()
        .find(|fields| fields.first() == Some(&name))?;
    let uid = entry.get(2)?.parse().ok().filter(|uid| *uid != 0)?;
    Some((uid, entry.get(3)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::find_in_passwd;

    #[test]
    fn an_account_is_found_by_its_whole_name_and_never_as_root() {
        let passwd = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7::/:/bin/sh\npostgres:x:101:104:a,b:/var:/bin/sh\ntoor:x:0:0::/:/bin/sh\n";

        assert_eq!(find_in_passwd(passwd, "postgres"), Some((101, 104)));
        assert_eq!(find_in_passwd(passwd, "toor"), None);
        assert_eq!(find_in_passwd(passwd, "nobody"), None);
    }
}
