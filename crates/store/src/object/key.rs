//! Names of stored content.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// The name of stored content: its SHA-256 in lower-case hexadecimal digits, below a folder of its first two, as
/// `9f/9f86d081...`. The same content has the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// A text that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no object key: two hexadecimal digits, `/`, and the SHA-256 that begins with them"
)]
pub struct NoKey(String);

impl Key {
    /// The key of `content`.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self::from_sha256(Sha256::digest(content).into())
    }

    /// The key of content whose SHA-256 is known.
    #[must_use]
    pub fn from_sha256(sha256: [u8; 32]) -> Self {
        use fmt::Write;
        let mut text = String::with_capacity(67);
        for byte in sha256 {
            // Writing into a string cannot fail.
            write!(text, "{byte:02x}").ok();
        }
        let folder = text[..2].to_owned();
        text.insert(0, '/');
        text.insert_str(0, &folder);
        Self(text)
    }

    /// As the database holds it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the content in hexadecimal digits; a strong ETag.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.0[3..]
    }

    pub(super) fn path(&self) -> object_store::path::Path {
        object_store::path::Path::from(self.as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let is_digit = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
        let fits = text.len() == 67
            && text.as_bytes()[2] == b'/'
            && text[3..].bytes().all(is_digit)
            && text[..2] == text[3..5];
        fits.then(|| Self(text.to_owned()))
            .ok_or_else(|| NoKey(text.chars().take(100).collect()))
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    /// SHA-256 of "abc": FIPS 180-4, examples of NIST.
    const ABC: &str = "ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_key_is_the_sha_256_of_the_content_below_its_first_two_digits() {
        assert_eq!(Key::of(b"abc").as_str(), ABC);
        assert_eq!(Key::of(b"abc").sha256(), &ABC[3..]);
    }

    #[test]
    fn a_key_is_read_as_it_is_written_and_nothing_else_is_one() {
        assert_eq!(ABC.parse(), Ok(Key::of(b"abc")));
        for wrong in [
            "",
            &ABC[3..],
            &ABC[..66],
            &ABC.to_uppercase(),
            &ABC.replace("ba/", "bb/"),
            "../../etc/passwd",
            &format!("{}a", "é".repeat(33)),
        ] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
    }
}
