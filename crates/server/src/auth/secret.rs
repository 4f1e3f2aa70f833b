//! Secrets that nobody has to think of: made on first use and kept in the data folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// Random bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness: nothing may go on then.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

/// A password that nobody chose: 144 random bits, 24 characters.
#[must_use]
pub fn random_password() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::<18>())
}

/// The 32 bytes of a key, made on first use.
///
/// # Errors
/// When the file cannot be read or written, is open to others, or holds something else.
pub fn key(path: &Path) -> anyhow::Result<[u8; 32]> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let mode = fs::metadata(path)?.permissions().mode();
            ensure!(
                mode & 0o077 == 0,
                "{} is open to other users: chmod 600 it",
                path.display()
            );
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.trim());
            let bytes = bytes.with_context(|| format!("{} holds no key", path.display()))?;
            bytes
                .try_into()
                .map_err(|_| anyhow::anyhow!("{} holds no key of 32 bytes", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = random::<32>();
            write(path, &BASE64_URL_SAFE_NO_PAD.encode(key))?;
            Ok(key)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes a secret that only its owner can read, in place of what was there.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, secret: &str) -> anyhow::Result<()> {
    let draft = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .with_context(|| format!("cannot write {}", draft.display()))?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    fs::rename(&draft, path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stays_the_same_and_is_for_its_owner_only() {
        let folder = std::env::temp_dir().join(format!("wafermaps-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).expect("folder");
        let path = folder.join("jwt-key");

        let first = key(&path).expect("is made");
        let second = key(&path).expect("is read");

        let mode = fs::metadata(&path).expect("exists").permissions().mode();
        assert_eq!((first == second, mode & 0o777), (true, 0o600));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(key(&path).is_err(), "a key that others can read is refused");
        fs::remove_dir_all(&folder).expect("clean up");
    }
}
