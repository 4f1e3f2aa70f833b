//! Passwords: rules, hashing, checking.

use std::sync::OnceLock;

use anyhow::{Context, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::{ApiResult, invalid};

/// Hashes computed at a time; each takes 19 MiB and a core.
static PERMITS: Semaphore = Semaphore::const_new(2);

/// Checks a new password: 12 to 128 characters, not the username.
///
/// # Errors
/// Names the field and the rule, never the password.
pub fn check_rules(field: &str, password: &str, username: &str) -> ApiResult<()> {
    let rule = if !(12..=128).contains(&password.chars().count()) {
        "has to have 12 to 128 characters"
    } else if password.eq_ignore_ascii_case(username) {
        "must not be the username"
    } else {
        return Ok(());
    };
    Err(invalid(field, serde_json::Value::Null, rule))
}

/// Hashes a password with argon2id (19 MiB, 2 passes), away from the threads that answer requests.
///
/// # Errors
/// When the operating system has no randomness for the salt.
pub async fn hash(password: String) -> anyhow::Result<String> {
    let _permit = PERMITS.acquire().await?;
    tokio::task::spawn_blocking(move || compute_hash(&password)).await?
}

fn compute_hash(password: &str) -> anyhow::Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow!("argon2: {error}"))
}

/// Whether a password is the one that was hashed. Without a hash (no such user) the same work is done
/// on another one, so that the time does not tell which usernames exist.
///
/// # Errors
/// When a stored hash is damaged.
pub async fn matches(password: String, hash: Option<String>) -> anyhow::Result<bool> {
    let _permit = PERMITS.acquire().await?;
    tokio::task::spawn_blocking(move || {
        let Some(hash) = hash else {
            check(&password, stand_in())?;
            return Ok(false);
        };
        check(&password, &hash)
    })
    .await?
}

fn check(password: &str, hash: &str) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| anyhow!("stored hash: {error}"))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(anyhow!("argon2: {error}")),
    }
}

/// A hash that belongs to no user.
fn stand_in() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        compute_hash(&super::secret::random_password())
            .context("hash of no user")
            .expect("argon2 hashes any password")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_matches() {
        let stored = hash("correct horse battery".into()).await.expect("hash");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let matches = |p: &str, h: Option<String>| matches(p.to_owned(), h);
        assert!(
            matches("correct horse battery", Some(stored.clone()))
                .await
                .expect("check")
        );
        assert!(
            !matches("correct horse batterz", Some(stored))
                .await
                .expect("check")
        );
        assert!(!matches("correct horse battery", None).await.expect("check"));
    }

    #[test]
    fn a_password_is_neither_short_nor_the_username() {
        assert!(check_rules("password", "elevenchars", "ada").is_err());
        assert!(check_rules("password", "Ada.Lovelace", "ada.lovelace").is_err());
        assert!(check_rules("password", "twelve chars", "ada").is_ok());
    }
}
