//! Bin maps of electrical test, laid on the die grid of their wafer.

mod asked;
mod laid;

use anyhow::Context as _;
use bytes::Bytes;
use contract::spatial::{BinMap, BinMapDetail, BinMapUpload};
use entity::{bin_map, wafer};
use sea_orm::{ConnectionTrait, Set};
use sha2::{Digest as _, Sha256};
use store::Db;
use uuid::Uuid;

use self::asked::Asked;
use self::laid::laid;
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::service::audit::{self, Author};
use crate::service::{begin, commit};
use crate::view;

/// Characters of a name that the database takes.
const NAME: usize = 512;

/// Lists the bin maps of a wafer, newest first.
///
/// # Errors
/// When there is no such wafer or the database fails.
pub async fn list(db: &impl ConnectionTrait, wafer_id: &str) -> ApiResult<Vec<BinMap>> {
    find_wafer(db, wafer_id).await?;
    let rows = store::spatial::bin_map::list(db, wafer_id).await?;
    let shown = rows.into_iter().map(view::bin_map::bin_map);
    Ok(shown.collect::<anyhow::Result<_>>()?)
}

/// A bin map with its dies.
///
/// # Errors
/// When there is none or the database fails.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<BinMapDetail> {
    let row = store::spatial::bin_map::get(db, id).await?;
    let row = row.ok_or_else(|| Thing::BinMap.missing(id))?;
    Ok(view::bin_map::detail(row)?)
}

/// A map that was sent: new, or the one that the wafer has from the same bytes.
#[derive(Debug)]
pub enum Taken {
    /// It is new.
    New(BinMap),
    /// It was there.
    Known(BinMap),
}

/// Reads a file and lays the wafer's map in it on the wafer's die grid. The same bytes again answer with the first map.
///
/// # Errors
/// When there is no such wafer, the file is no bin map or holds none of this wafer, it is not clear where it lies, or the
/// database fails.
pub async fn create(
    db: &Db,
    author: &Author,
    wafer_id: &str,
    file: Bytes,
    upload: &BinMapUpload,
) -> ApiResult<Taken> {
    let asked = Asked::of(upload)?;
    let wafer = find_wafer(db, wafer_id).await?;
    let sha256 = hexadecimal(&Sha256::digest(&file));
    if let Some(known) = store::spatial::bin_map::of_file(db, wafer_id, &sha256).await? {
        return Ok(Taken::Known(view::bin_map::bin_map(known)?));
    }
    let grid = store::spatial::bin_map::grid_inspection(db, wafer_id).await?;
    let lie = move || {
        let target = Target::of(&wafer);
        laid(&file, &target, grid.as_ref(), &asked)
    };
    let mut row = tokio::task::spawn_blocking(lie)
        .await
        .context("reading a bin map")??;
    let id = Uuid::now_v7();
    row.bin_map_id = Set(id);
    row.source_sha256 = Set(sha256.clone());
    row.imported_by = Set(author.user_id());
    let tx = begin(db).await?;
    let is_new = store::spatial::bin_map::insert(&tx, row).await?;
    let head = store::spatial::bin_map::of_file(&tx, wafer_id, &sha256).await?;
    let shown = view::bin_map::bin_map(head.ok_or(ApiError::Conflict)?)?;
    if !is_new {
        return Ok(Taken::Known(shown));
    }
    audit::record(
        &tx,
        author,
        "bin_map.create",
        id,
        None,
        audit::whole(&shown),
    )
    .await?;
    commit(tx).await?;
    Ok(Taken::New(shown))
}

/// Takes each map of a file to the wafer that it names, by an identifier or by lot and slot.
///
/// # Errors
/// As [`create`], and when a map names no wafer that is known, or several; maps before it are in then.
pub async fn import(
    db: &Db,
    author: &Author,
    file_name: &str,
    file: Bytes,
) -> ApiResult<Vec<Taken>> {
    let refused = |why: String| invalid("file", file_name, why);
    let bytes = file.clone();
    let reading = tokio::task::spawn_blocking(move || binmap::read(&bytes)).await;
    let reading = reading.context("reading a bin map")?;
    let reading = reading.map_err(|error| refused(format!("cannot be read: {error}")))?;
    let upload = BinMapUpload {
        file_name: Some(file_name.to_owned()),
        ..BinMapUpload::default()
    };
    let mut taken = Vec::with_capacity(reading.maps.len());
    for map in &reading.maps {
        let said = map.wafer_id.as_deref().map(str::trim).unwrap_or_default();
        let lot = map.lot_id.as_deref().map(str::trim).unwrap_or_default();
        let wafers = store::spatial::bin_map::wafers_named(db, said, lot).await?;
        let [wafer_id] = wafers.as_slice() else {
            let how_many = match wafers.len() {
                0 => "no wafer that is known",
                _ => "several wafers",
            };
            let rule = format!("names {how_many} by `{said}` of lot `{lot}`");
            return Err(refused(rule));
        };
        taken.push(create(db, author, wafer_id, file.clone(), &upload).await?);
    }
    Ok(taken)
}

/// Deletes a bin map.
///
/// # Errors
/// When there is none or the database fails.
pub async fn delete(db: &Db, author: &Author, id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let before = get(&tx, id).await?.bin_map;
    store::spatial::bin_map::delete(&tx, id).await?;
    audit::record(
        &tx,
        author,
        "bin_map.delete",
        id,
        audit::whole(&before),
        None,
    )
    .await?;
    commit(tx).await?;
    Ok(())
}

async fn find_wafer(db: &impl ConnectionTrait, wafer_id: &str) -> ApiResult<wafer::Model> {
    let wafer = store::wafer::get(db, wafer_id).await?;
    wafer.ok_or_else(|| Thing::Wafer.missing(wafer_id))
}

/// The row of a map that a prober of the synthetic fab wrote, read and laid as one that is sent; the fab numbers its dies
/// as its inspections do. `bin_map_id` is its id.
///
/// # Errors
/// When the file is no bin map.
pub fn seeded(
    bin_map_id: Uuid,
    wafer: &Target,
    file: &[u8],
    file_name: String,
    first_die: (i32, i32),
) -> ApiResult<bin_map::ActiveModel> {
    let asked = Asked {
        file_name,
        notch_deg: None,
        first_die: Some(first_die),
        good: Vec::new(),
    };
    let mut row = laid(file, wafer, None, &asked)?;
    row.bin_map_id = Set(bin_map_id);
    row.source_sha256 = Set(hexadecimal(&Sha256::digest(file)));
    Ok(row)
}

/// The wafer that a map is wanted of.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its id.
    pub wafer_id: String,
    /// Its id as files deliver it.
    pub delivered_id: Option<String>,
    /// Its lot.
    pub lot_id: String,
    /// Its slot in the lot.
    pub slot: Option<i32>,
    /// Its diameter, where it is known.
    pub diameter_mm: Option<f64>,
}

impl Target {
    fn of(wafer: &wafer::Model) -> Self {
        Self {
            wafer_id: wafer.wafer_id.clone(),
            delivered_id: wafer.delivered_id.clone(),
            lot_id: wafer.lot_id.clone(),
            slot: wafer.slot,
            diameter_mm: wafer.diameter_mm,
        }
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
