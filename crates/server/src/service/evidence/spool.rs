//! A file on its way in, held until it is decoded and stored.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::Path;

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

use super::sniff::HEAD;
use super::{Fault, Format, Limits, Refusal, plain_name, sniff};

/// Bytes of a file that stay in memory; a larger one goes to disk.
const IN_MEMORY: usize = 1 << 20;

/// Bytes that can be read in any order.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A whole file. On disk it goes when this value does.
#[derive(Debug)]
pub struct Spool {
    /// Name as sent, without its path.
    pub name: String,
    /// What it is.
    pub format: Format,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Memory(Bytes),
    File(TempPath),
}

impl Spool {
    /// Its content from the beginning; blocks.
    ///
    /// # Errors
    /// When the file on disk cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match &self.content {
            Content::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Content::File(path) => Box::new(BufReader::new(File::open(path)?)),
        })
    }

    /// All of it in memory; blocks.
    ///
    /// # Errors
    /// When the file on disk cannot be read.
    pub fn read(&self) -> io::Result<Bytes> {
        Ok(match &self.content {
            Content::Memory(bytes) => bytes.clone(),
            Content::File(path) => std::fs::read(path)?.into(),
        })
    }

    /// Where it lies on disk, if it does.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::Memory(_) => None,
            Content::File(path) => Some(path),
        }
    }
}

/// A file that is being sent: counted, hashed, and refused as soon as its content or length breaks a rule.
#[derive(Debug)]
pub struct Spooling<'a> {
    name: String,
    limits: &'a Limits,
    folder: &'a Path,
    format: Option<Format>,
    bytes: u64,
    hash: Sha256,
    memory: BytesMut,
    disk: Option<(tokio::fs::File, TempPath)>,
}

impl<'a> Spooling<'a> {
    /// A file of this name; what does not fit into memory goes to `folder`.
    #[must_use]
    pub fn new(name: &str, limits: &'a Limits, folder: &'a Path) -> Self {
        Self {
            name: plain_name(name),
            limits,
            folder,
            format: None,
            bytes: 0,
            hash: Sha256::new(),
            memory: BytesMut::new(),
            disk: None,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the file is of no known kind or too large, or the disk fails.
    pub async fn push(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.bytes += chunk.len() as u64;
        self.hash.update(chunk);
        if self.format.is_some() {
            self.check()?;
        }
        if let Some((file, _)) = &mut self.disk {
            return Ok(file.write_all(chunk).await?);
        }
        self.memory.extend_from_slice(chunk);
        if self.format.is_none() && self.memory.len() >= HEAD {
            self.check()?;
        }
        if self.memory.len() > IN_MEMORY {
            self.move_to_disk().await?;
        }
        Ok(())
    }

    /// Says that the file is whole.
    ///
    /// # Errors
    /// As [`Spooling::push`].
    pub async fn finish(mut self) -> Result<Spool, Fault> {
        let format = self.check()?;
        let content = match self.disk {
            Some((mut file, path)) => {
                file.flush().await?;
                Content::File(path)
            }
            None => Content::Memory(self.memory.freeze()),
        };
        let digest = self.hash.finalize();
        Ok(Spool {
            name: self.name,
            format,
            bytes: self.bytes,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            content,
        })
    }

    fn check(&mut self) -> Result<Format, Fault> {
        let refuse = |rule: String| Fault::Refused(Refusal::file(self.name.clone(), rule));
        let found = self.format.or_else(|| sniff(&self.memory));
        let Some(format) = found else {
            let rule =
                "is none of PNG, JPEG, TIFF and EMSA/MSA (`#FORMAT ...`), whatever its name says";
            return Err(refuse(rule.to_owned()));
        };
        self.format = Some(format);
        let most = self.limits.bytes(format);
        if self.bytes > most {
            let rule = format!("is larger than the {most} bytes that are taken of its kind");
            return Err(refuse(rule));
        }
        Ok(format)
    }

    async fn move_to_disk(&mut self) -> Result<(), Fault> {
        let folder = self.folder.to_owned();
        let made = tokio::task::spawn_blocking(move || NamedTempFile::new_in(folder)).await;
        let made = made.map_err(io::Error::other)??;
        let (file, path) = made.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        file.write_all(&std::mem::take(&mut self.memory)).await?;
        self.disk = Some((file, path));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(limits: &Limits, chunks: &[&[u8]]) -> Result<Spool, Fault> {
        let folder = std::env::temp_dir();
        let mut spooling = Spooling::new("a/b.png", limits, &folder);
        for chunk in chunks {
            spooling.push(chunk).await?;
        }
        spooling.finish().await
    }

    #[tokio::test]
    async fn a_large_file_lies_on_disk_and_goes_with_its_value() {
        let head = b"\x89PNG\r\n\x1a\n";
        let large = vec![7; 700 << 10];
        let spool = send(&Limits::default(), &[head, &large, &large])
            .await
            .unwrap();
        let path = spool.path().expect("is on disk").to_owned();
        let read = spool.read().unwrap();
        assert_eq!(spool.bytes, read.len() as u64);
        assert_eq!(
            (&read[..8], read[8..].iter().all(|b| *b == 7)),
            (&head[..], true)
        );
        assert_eq!(spool.name, "b.png");
        drop(spool);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn the_hash_is_that_of_the_whole_file() {
        let spool = send(&Limits::default(), &[b"#FOR", b"MAT"]).await.unwrap();
        // printf '#FORMAT' | sha256sum
        let expected = "a18ba1580726d445b92cc325f1b324ff742018bd95f45d93bb2631296a378656";
        assert_eq!(spool.sha256, expected);
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_is_refused_before_its_end() {
        let limits = Limits {
            image_bytes: 100,
            ..Limits::default()
        };
        let folder = std::env::temp_dir();
        let mut spooling = Spooling::new("large.png", &limits, &folder);
        spooling.push(b"\x89PNG\r\n\x1a\n").await.unwrap();
        let refused = spooling.push(&[0; 100]).await;
        let Err(Fault::Refused(why)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(
            why.to_string(),
            "`large.png` is larger than the 100 bytes that are taken of its kind"
        );
    }
}
