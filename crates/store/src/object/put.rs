//! Putting content: own the key, then write, then let the caller refer to it.

use std::{collections::BTreeMap, io::Read, path::Path, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};
use sea_orm::{ConnectionTrait, TryGetable};
use sha2::{Digest, Sha256};

use super::{Key, Objects};
use crate::{Db, Error, Result, sql::Sql};

/// Content above this goes in parts of this size.
const PART_BYTES: usize = 8 << 20;
/// Puts of [`Objects::put_many`] under way at a time.
const CONCURRENT_PUTS: usize = 16;

impl Objects {
    /// Stores content; what is there already is not sent again. Refer to the key in a transaction that begins after this
    /// and ends within the sweep's `older_than`. `db` is the pool, not a transaction: the row that owns the key is
    /// committed before a byte is written.
    ///
    /// # Errors
    /// [`Error::Objects`] when the store fails; the content is there as a whole or not at all.
    pub async fn put(&self, db: &Db, content: Bytes) -> Result<Key> {
        let mut keys = self.put_each(db, vec![content], &self.store).await?;
        Ok(keys.remove(0))
    }

    /// Stores much content, as [`Objects::put`] does, and returns the keys in its order. All rows are made or touched in
    /// one statement, and a folder is flushed once, at the end.
    ///
    /// # Errors
    /// As [`Objects::put`]; part of the content may be there then.
    pub async fn put_many(&self, db: &Db, contents: Vec<Bytes>) -> Result<Vec<Key>> {
        let Some(folder) = &self.folder else {
            return self.put_each(db, contents, &self.store).await;
        };
        let keys = self.put_each(db, contents, &folder.unflushed).await?;
        let path = folder.path.clone();
        unblocked(move || flush(&path))
            .await?
            .map_err(Error::File)?;
        Ok(keys)
    }

    async fn put_each(
        &self,
        db: &Db,
        contents: Vec<Bytes>,
        store: &Arc<dyn ObjectStore>,
    ) -> Result<Vec<Key>> {
        let (keys, contents) = unblocked(move || {
            let keys: Vec<Key> = contents.iter().map(|content| Key::of(content)).collect();
            (keys, contents)
        })
        .await?;
        let distinct: BTreeMap<Key, Bytes> = keys.iter().cloned().zip(contents).collect();
        let sizes = distinct
            .iter()
            .map(|(key, content)| (key, content.len() as u64));
        let known = touch(db, sizes).await?;
        let puts = distinct
            .into_iter()
            .zip(known)
            .map(|((key, content), known)| async move {
                if known && self.head(&key).await? == Some(content.len() as u64) {
                    return Ok(());
                }
                put_content(store.as_ref(), &key, content).await
            });
        futures::stream::iter(puts)
            .buffer_unordered(CONCURRENT_PUTS)
            .try_collect::<()>()
            .await?;
        Ok(keys)
    }

    /// Stores a file, read twice: for its key, then to send it, a part at a time.
    ///
    /// # Errors
    /// [`Error::File`] when the file cannot be read, or changes meanwhile; otherwise as [`Objects::put`].
    pub async fn put_file(&self, db: &Db, path: &Path) -> Result<Key> {
        let owned = path.to_owned();
        let (sha256, length) = unblocked(move || hash_file(&owned))
            .await?
            .map_err(Error::File)?;
        let key = Key::from_sha256(sha256);
        let known = touch(db, [(&key, length)].into_iter()).await?;
        if known == [true] && self.head(&key).await? == Some(length) {
            return Ok(key);
        }
        let mut file = tokio::fs::File::open(path).await.map_err(Error::File)?;
        let mut part = read_part(&mut file).await.map_err(Error::File)?;
        if length <= PART_BYTES as u64 {
            unchanged(&key, Key::of(&part))?;
            put_content(self.store.as_ref(), &key, part).await?;
            return Ok(key);
        }
        let mut upload = Upload::begin(self.store.as_ref(), &key).await?;
        let mut sent = Sha256::new();
        while !part.is_empty() {
            sent.update(&part);
            upload.part(part).await?;
            part = read_part(&mut file).await.map_err(Error::File)?;
        }
        unchanged(&key, Key::from_sha256(sent.finalize().into()))?;
        upload.complete().await?;
        Ok(key)
    }
}

/// Makes rows for keys, or touches those that are there, in the order of the keys; tells which were there. The caller
/// gives the keys in their order.
async fn touch<'a>(
    db: &Db,
    keys: impl Iterator<Item = (&'a Key, u64)> + Clone,
) -> Result<Vec<bool>> {
    let names: Vec<String> = keys.clone().map(|(key, _)| key.to_string()).collect();
    let bytes: Vec<i64> = keys
        .map(|(_, bytes)| i64::try_from(bytes).unwrap_or(i64::MAX))
        .collect();
    let mut sql = Sql::new("insert into stored_object (object_key, bytes) select * from unnest(");
    sql.bind(names.clone()).push(", ").bind(bytes);
    // A row of this statement's own has never been updated: xmax is 0.
    sql.push(
        ") u(object_key, bytes) order by object_key
         on conflict (object_key) do update set touched_at = clock_timestamp(), bytes = excluded.bytes
         returning object_key, xmax <> 0",
    );
    let rows = db.query_all_raw(sql.statement()).await?;
    let mut known = BTreeMap::new();
    for row in rows {
        let key = String::try_get_by_index(&row, 0).map_err(sea_orm::DbErr::from)?;
        let was_there = bool::try_get_by_index(&row, 1).map_err(sea_orm::DbErr::from)?;
        known.insert(key, was_there);
    }
    Ok(names
        .iter()
        .map(|name| known.get(name).copied().unwrap_or(false))
        .collect())
}

async fn put_content(store: &dyn ObjectStore, key: &Key, content: Bytes) -> Result<()> {
    if content.len() <= PART_BYTES {
        let put = store.put(&key.path(), content.into()).await;
        return put.map(drop).map_err(Error::Objects);
    }
    let mut upload = Upload::begin(store, key).await?;
    for from in (0..content.len()).step_by(PART_BYTES) {
        let to = content.len().min(from + PART_BYTES);
        upload.part(content.slice(from..to)).await?;
    }
    upload.complete().await
}

fn unchanged(before: &Key, sent: Key) -> Result<()> {
    if *before == sent {
        return Ok(());
    }
    let changed = std::io::Error::other("the file changed while it was stored");
    Err(Error::File(changed))
}

/// A multipart upload that is aborted unless it is completed.
struct Upload(Option<Box<dyn MultipartUpload>>);

impl Upload {
    async fn begin(store: &dyn ObjectStore, key: &Key) -> Result<Self> {
        let begun = store.put_multipart(&key.path()).await;
        begun
            .map(|upload| Self(Some(upload)))
            .map_err(Error::Objects)
    }

    async fn part(&mut self, part: Bytes) -> Result<()> {
        let Some(upload) = &mut self.0 else {
            return Ok(());
        };
        let sent = upload.put_part(part.into()).await;
        if sent.is_err() {
            self.abort().await;
        }
        sent.map_err(Error::Objects)
    }

    async fn complete(mut self) -> Result<()> {
        let Some(upload) = &mut self.0 else {
            return Ok(());
        };
        let completed = upload.complete().await;
        match completed {
            Ok(_) => self.0 = None,
            Err(_) => self.abort().await,
        }
        completed.map(drop).map_err(Error::Objects)
    }

    async fn abort(&mut self) {
        if let Some(upload) = self.0.take() {
            abort(upload).await;
        }
    }
}

impl Drop for Upload {
    /// The caller gave up in the middle: nobody is left to wait for the answer.
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(abort(upload));
        }
    }
}

async fn abort(mut upload: Box<dyn MultipartUpload>) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "an unfinished upload could not be aborted; the bucket's own rule has to remove it");
    }
}

fn hash_file(path: &Path) -> std::io::Result<([u8; 32], u64)> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hash.finalize().into(), length)),
            read => {
                hash.update(&buffer[..read]);
                length += read as u64;
            }
        }
    }
}

/// [`PART_BYTES`], fewer at the end.
async fn read_part(file: &mut tokio::fs::File) -> std::io::Result<Bytes> {
    use tokio::io::AsyncReadExt;
    let mut part = BytesMut::with_capacity(PART_BYTES);
    let mut rest = file.take(PART_BYTES as u64);
    while rest.read_buf(&mut part).await? > 0 {}
    Ok(part.freeze())
}

/// Everything that was written to the file system of `path` is on the disk.
fn flush(path: &Path) -> std::io::Result<()> {
    Ok(rustix::fs::syncfs(std::fs::File::open(path)?)?)
}

async fn unblocked<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::File(std::io::Error::other(error)))
}
