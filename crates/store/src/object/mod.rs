//! Bytes that the database only refers to: images and spectra, in a folder or in S3, by the SHA-256 of their content.
//!
//! # What holds at any moment
//! Whatever row of the database refers to content finds it: whole, under its key. What nothing refers to goes after a
//! while. Nothing here trusts a process to live on: it may end between any two steps.
//!
//! A key is owned by its row in `stored_object`. Three rules hold these promises up:
//! 1. **A put owns the key before it writes**: the row is made, or touched, in a statement of its own, committed before
//!    the first byte is sent. Content appears under its key at once and whole (a file is written beside its place,
//!    flushed, and renamed; S3 shows an object, or a multipart upload, only once it is complete). Only then does the
//!    caller's transaction insert rows that refer to the key, by foreign keys to `stored_object`.
//! 2. **A sweep gives up the row before it deletes bytes**: it locks rows that nothing refers to and that were not
//!    touched for a while, asks again under the lock, deletes and commits.
//! 3. **Bytes are deleted only by who holds a key that has no row**: the sweep inserts the row, deletes the bytes,
//!    and rolls back. Where a row is there already, the bytes stay.
//!
//! # Races, and how they end
//! - *A put touches a row that a sweep is about to delete.* The put's `on conflict do update` waits for the sweep's lock.
//!   If the sweep deletes the row, the put makes it anew and finds by rule 3 that the bytes are there or not; it writes
//!   them where they are not. If the put was first, the sweep finds the row touched and leaves it.
//! - *A put comes between the sweep's deletion of the row and that of the bytes.* The row is there again: by rule 3 the
//!   bytes stay.
//! - *A put comes while the sweep deletes bytes.* Its row conflicts with the sweep's uncommitted one: it waits for the
//!   rollback and then finds no bytes and writes them.
//! - *A transaction refers to a row that a sweep has locked or deleted* (it took longer than `older_than` from its put).
//!   The foreign key waits for the lock, then is refused ([`crate::Reference::Object`]): put again. If it referred first,
//!   the sweep skips the locked row, or sees the committed reference when it asks again.
//! - *Two sweeps.* They skip each other's locked rows, and lock keys in order.
//! - *The process ends between any two steps*, or the caller drops the future. What can be left over: a row without
//!   bytes that nothing refers to, bytes without a row, the unfinished file of a write. The sweep removes all of them
//!   once they are older than `older_than`. An unfinished multipart upload is aborted when its future is dropped; after
//!   a kill it stays, invisible, until the bucket's own rule for incomplete multipart uploads removes it.
//!
//! Not covered: a deletion that S3 carries out after its sender has died and after the content was put again.
//! [`Swept::missing`] names such content, as it does after somebody deleted files by hand.

mod key;
mod place;
mod put;
mod sweep;

use std::{ops::Range, path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};

pub use key::{Key, NoKey};
pub use sweep::{Missing, Swept, sweep};

use crate::{Error, Reference, Result};

/// A place where bytes lie: a folder, or a bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    /// Each write is durable when it returns.
    store: Arc<dyn ObjectStore>,
    /// In a folder: the same without flushing every file, and the folder itself.
    folder: Option<Folder>,
}

#[derive(Clone, Debug)]
struct Folder {
    unflushed: Arc<dyn ObjectStore>,
    path: PathBuf,
}

/// Bytes of stored content, or a range of them.
pub struct Content {
    /// Bytes of the whole content.
    pub bytes_total: u64,
    /// Which of them these are.
    pub range: Range<u64>,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut content = f.debug_struct("Content");
        content
            .field("bytes_total", &self.bytes_total)
            .field("range", &self.range);
        content.finish_non_exhaustive()
    }
}

impl Content {
    /// The bytes, piece by piece as they come.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        self.stream.map_err(Error::Objects)
    }

    /// The bytes in one piece.
    ///
    /// # Errors
    /// [`Error::Objects`] when the store fails.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = Vec::new();
        while let Some(piece) = self.stream.next().await {
            let piece = piece.map_err(Error::Objects)?;
            if all.is_empty() && piece.len() as u64 == self.range.end - self.range.start {
                return Ok(piece);
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }
}

impl Objects {
    /// The content under `key`, or `range` of it: bytes from `range.start` to before `range.end`, cut off at the end.
    ///
    /// # Errors
    /// [`Error::Missing`] of [`Reference::Object`] when there is none; [`Error::Objects`] when the store fails, or when
    /// the range is empty or begins behind the end.
    pub async fn get(&self, key: &Key, range: Option<Range<u64>>) -> Result<Content> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&key.path(), options).await;
        let found = found.map_err(not_found)?;
        Ok(Content {
            bytes_total: found.meta.size,
            range: found.range.clone(),
            stream: found.into_stream(),
        })
    }

    /// Bytes of the content under `key`; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::Objects`] when the store fails.
    pub async fn head(&self, key: &Key) -> Result<Option<u64>> {
        match self.store.head(&key.path()).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::Objects(error)),
        }
    }
}

fn not_found(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::Missing(Reference::Object),
        error => Error::Objects(error),
    }
}
