//! Removing what nothing refers to; the head of the module above says why it is safe.

use std::{collections::HashMap, fs, io, path::Path, time::Duration};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use sea_orm::{FromQueryResult, TransactionTrait};

use super::{Key, Objects};
use crate::{Db, Error, Result, sql::Sql};

/// Keys that one transaction locks: whoever puts one of them meanwhile waits for the deletion of all.
const BATCH: usize = 200;

/// True of a row `o` that something refers to; each condition is served by an index.
const REFERRED: &str = "(exists (select from defect_image where original_key = o.object_key)
     or exists (select from defect_image where display_key = o.object_key)
     or exists (select from defect_spectrum where object_key = o.object_key))";

/// What a sweep did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows of `stored_object` that were removed.
    pub rows: u64,
    /// Objects that were deleted, unfinished files of a folder among them.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Content that something refers to and that is not there as it should be. Nothing is done about it here.
    pub missing: Vec<Missing>,
}

/// Content that should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its key.
    pub key: Key,
    /// Bytes that it should have.
    pub bytes: u64,
    /// Bytes that it has; `None` where it is not there at all.
    pub found: Option<u64>,
}

#[derive(FromQueryResult)]
struct Row {
    object_key: String,
    bytes: i64,
    referred: bool,
}

/// Removes rows that nothing refers to, with their bytes, and bytes without a row, where either is older than
/// `older_than`; reports content that is referred to and missing. `older_than` must be longer than any transaction takes
/// from its put to its commit, and than any single write: an hour is plenty. Looks at every row and lists every object
/// once, a 256th of both at a time.
///
/// # Errors
/// When the database or the store fails; what was done until then stays done, and the next sweep goes on.
pub async fn sweep(db: &Db, objects: &Objects, older_than: Duration) -> Result<Swept> {
    let before = chrono::Duration::from_std(older_than)
        .ok()
        .and_then(|age| Utc::now().checked_sub_signed(age))
        .unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut swept = Swept {
        rows: remove_rows(db, older_than).await?,
        ..Swept::default()
    };
    for folder in 0..=u8::MAX {
        compare(db, objects, &format!("{folder:02x}"), before, &mut swept).await?;
    }
    if let Some(folder) = &objects.folder {
        let path = folder.path.clone();
        let removed = tokio::task::spawn_blocking(move || remove_unfinished(&path, before)).await;
        let removed = removed.map_err(io::Error::other).and_then(|done| done);
        let (files, bytes) = removed.map_err(Error::File)?;
        swept.objects += files;
        swept.bytes += bytes;
    }
    Ok(swept)
}

/// Rule 2: gives up rows that nothing refers to.
async fn remove_rows(db: &Db, older_than: Duration) -> Result<u64> {
    let age = older_than.as_secs_f64();
    let mut removed = 0;
    let mut after = String::new();
    loop {
        let tx = db.begin().await?;
        // In the order of the keys, as puts touch them.
        let mut sql = Sql::new("select o.object_key from stored_object o where o.object_key > ");
        sql.bind(after)
            .push(" and o.touched_at < clock_timestamp() - make_interval(secs => ")
            .bind(age)
            .push(") and not ")
            .push(REFERRED)
            .push(" order by o.object_key limit ")
            .bind(BATCH as i64)
            .push(" for update skip locked");
        let keys: Vec<String> = sql.texts(&tx).await?;
        let Some(last) = keys.last().cloned() else {
            tx.commit().await?;
            return Ok(removed);
        };
        // A reference may have come between that statement's beginning and its locks: none can any more.
        let mut sql = Sql::new("delete from stored_object o where o.object_key = any(");
        sql.bind(keys).push(") and not ").push(REFERRED);
        removed += sql.execute(&tx).await?;
        tx.commit().await?;
        after = last;
    }
}

/// Holds the rows of one folder against the objects in it.
async fn compare(
    db: &Db,
    objects: &Objects,
    folder: &str,
    before: DateTime<Utc>,
    swept: &mut Swept,
) -> Result<()> {
    // Rows first: content is there before anything refers to it.
    let mut rows: HashMap<String, Row> = rows(db, folder)
        .await?
        .into_iter()
        .map(|row| (row.object_key.clone(), row))
        .collect();
    let prefix = object_store::path::Path::from(folder);
    let mut listed = objects.store.list(Some(&prefix));
    let mut orphans = Vec::new();
    let mut damaged = Vec::new();
    while let Some(meta) = listed.try_next().await.map_err(Error::Objects)? {
        // Whatever is not ours stays.
        let Ok(key) = meta.location.as_ref().parse::<Key>() else {
            continue;
        };
        match rows.remove(key.as_str()) {
            Some(row) if row.referred && row.bytes.unsigned_abs() != meta.size => {
                damaged.push((key, row.bytes.unsigned_abs()));
            }
            Some(_) => {}
            None if meta.last_modified < before => orphans.push(meta),
            None => {}
        }
    }
    for batch in orphans.chunks(BATCH) {
        delete_unowned(db, objects, batch, swept).await?;
    }
    let gone = rows.into_values().filter(|row| row.referred);
    damaged.extend(
        gone.filter_map(|row| Some((row.object_key.parse().ok()?, row.bytes.unsigned_abs()))),
    );
    damaged.sort();
    for (key, bytes) in damaged {
        // Asked again, of both: the reference may have gone meanwhile, and a sweep have followed it.
        let found = objects.head(&key).await?;
        if found != Some(bytes) && is_referred(db, &key).await? {
            swept.missing.push(Missing { key, bytes, found });
        }
    }
    Ok(())
}

/// Served by the key, whose collation is "C": `/` comes just before `0`.
async fn rows(db: &Db, folder: &str) -> Result<Vec<Row>> {
    let mut sql = Sql::new("select o.object_key, o.bytes, ");
    sql.push(REFERRED)
        .push(" as referred from stored_object o where o.object_key >= ")
        .bind(format!("{folder}/"))
        .push(" and o.object_key < ")
        .bind(format!("{folder}0"));
    sql.all(db).await
}

async fn is_referred(db: &Db, key: &Key) -> Result<bool> {
    let mut sql = Sql::new("select count(*) from stored_object o where ");
    sql.push(REFERRED)
        .push(" and o.object_key = ")
        .bind(key.as_str());
    Ok(sql.number(db).await? > 0)
}

/// Rule 3: deletes bytes while holding their keys, which have no row.
async fn delete_unowned(
    db: &Db,
    objects: &Objects,
    orphans: &[ObjectMeta],
    swept: &mut Swept,
) -> Result<()> {
    let mut names: Vec<String> = orphans
        .iter()
        .map(|meta| meta.location.to_string())
        .collect();
    names.sort();
    let tx = db.begin().await?;
    let mut sql =
        Sql::new("insert into stored_object (object_key, bytes) select k, 0 from unnest(");
    sql.bind(names)
        .push(") k order by k on conflict do nothing returning object_key");
    let owned = sql.texts(&tx).await?;
    let sizes: HashMap<&str, u64> = orphans
        .iter()
        .map(|meta| (meta.location.as_ref(), meta.size))
        .collect();
    for name in &owned {
        let key = object_store::path::Path::from(name.as_str());
        match objects.store.delete(&key).await {
            Ok(()) => {
                swept.objects += 1;
                swept.bytes += sizes.get(name.as_str()).copied().unwrap_or(0);
            }
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(Error::Objects(error)),
        }
    }
    Ok(tx.rollback().await?)
}

/// Files that a write began and did not end: `key#number`, which listing leaves out. Returns how many, and their bytes.
fn remove_unfinished(folder: &Path, before: DateTime<Utc>) -> io::Result<(u64, u64)> {
    let mut removed = (0, 0);
    for below in fs::read_dir(folder)? {
        let below = below?;
        if !below.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(below.path())? {
            let file = file?;
            if !is_unfinished(
                &below.file_name().to_string_lossy(),
                &file.file_name().to_string_lossy(),
            ) {
                continue;
            }
            // It may have come to its end, and its new name, at this moment.
            let Ok(meta) = file.metadata() else { continue };
            if DateTime::<Utc>::from(meta.modified()?) < before
                && fs::remove_file(file.path()).is_ok()
            {
                removed.0 += 1;
                removed.1 += meta.len();
            }
        }
    }
    Ok(removed)
}

fn is_unfinished(folder: &str, name: &str) -> bool {
    let Some((sha256, number)) = name.split_once('#') else {
        return false;
    };
    format!("{folder}/{sha256}").parse::<Key>().is_ok()
        && !number.is_empty()
        && number.bytes().all(|c| c.is_ascii_digit())
}
