//! Bin maps of electrical test, laid on the die grid of their wafer.

use std::cmp::Reverse;

use anyhow::Context as _;
use binmap::{Misplaced, Placement, Reading};
use bytes::Bytes;
use contract::spatial::{BinMap, BinMapDetail, BinMapUpload};
use entity::{bin_map, inspection, wafer};
use sea_orm::{ConnectionTrait, NotSet, Set};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::Db;
use uuid::Uuid;

use super::die_grid::DieGrid;
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::service::audit::{self, Author};
use crate::service::{begin, commit};
use crate::{validate, view};

/// Name of a file whose sender tells none.
const UNNAMED: &str = "bin map";
/// Codes of good dies that a sender may name.
const GOOD_MOST: usize = 1_000;
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

/// What the sender says of the file.
#[derive(Clone, Debug)]
struct Asked {
    file_name: String,
    notch_deg: Option<u16>,
    /// As delivered.
    first_die: Option<(i32, i32)>,
    good: Vec<String>,
}

impl Asked {
    fn of(upload: &BinMapUpload) -> ApiResult<Self> {
        let file_name = upload.file_name.as_deref().unwrap_or(UNNAMED).to_owned();
        validate::text("file_name", &file_name, 1..=NAME)?;
        let notch_deg = match upload.notch_deg {
            None => None,
            Some(0) => Some(0),
            Some(90) => Some(90),
            Some(180) => Some(180),
            Some(270) => Some(270),
            Some(other) => return Err(invalid("notch_deg", other, "has to be 0, 90, 180 or 270")),
        };
        let first_die = match (upload.first_die_x, upload.first_die_y) {
            (Some(x), Some(y)) => Some((x, y)),
            (None, None) => None,
            (Some(_), None) => {
                let rule = "has to be there where `first_die_x` is";
                return Err(invalid("first_die_y", Value::Null, rule));
            }
            (None, Some(_)) => {
                let rule = "has to be there where `first_die_y` is";
                return Err(invalid("first_die_x", Value::Null, rule));
            }
        };
        if upload.good.len() > GOOD_MOST {
            let rule = format!("may have at most {GOOD_MOST} values");
            return Err(invalid("good", upload.good.len(), rule));
        }
        Ok(Self {
            file_name,
            notch_deg,
            first_die,
            good: upload.good.clone(),
        })
    }
}

/// The row of a wafer's map in a file, but for its id and what the caller knows.
fn laid(
    file: &[u8],
    wafer: &Target,
    inspection: Option<&inspection::Model>,
    asked: &Asked,
) -> ApiResult<bin_map::ActiveModel> {
    let refused = |why: String| invalid("file", asked.file_name.as_str(), why);
    let reading =
        binmap::read(file).map_err(|error| refused(format!("cannot be read: {error}")))?;
    let mut warnings: Vec<String> = reading
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut map = choose(&reading, wafer, &mut warnings).map_err(refused)?;
    map.judge(&asked.good);
    let (dies, placed) = place(&map, wafer, inspection, asked)?;
    let mut order: Vec<usize> = (0..map.bins.len()).collect();
    order.sort_by_key(|&place| (Reverse(map.bins[place].count), place));
    let mut rank = vec![0_i16; order.len()];
    for (new, &old) in order.iter().enumerate() {
        rank[old] = i16::try_from(new).context("a map has at most 10,000 bins")?;
    }
    let bins: Vec<_> = order
        .iter()
        .map(|&place| view::bin_map::bin(&map.bins[place]))
        .collect();
    let name = map.name.as_deref().unwrap_or(&asked.file_name);
    let side = |count: usize| i32::try_from(count).context("a map has at most 8 million places");
    Ok(bin_map::ActiveModel {
        bin_map_id: NotSet,
        wafer_id: Set(wafer.wafer_id.clone()),
        name: Set(name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME)
            .collect()),
        format: Set(view::bin_map::format_row(reading.format).to_owned()),
        columns: Set(side(map.columns)?),
        rows: Set(side(map.rows)?),
        delivered_notch_deg: Set(map.notch_deg.map(i32::from)),
        placed: Set(placed),
        warnings: Set(warnings),
        bins: Set(serde_json::to_value(bins).context("bins are JSON")?),
        die_x: Set(dies.iter().map(|die| die.0).collect()),
        die_y: Set(dies.iter().map(|die| die.1).collect()),
        bin: Set(dies.iter().map(|die| rank[usize::from(die.2)]).collect()),
        source_file: Set(asked.file_name.clone()),
        source_sha256: NotSet,
        imported_by: NotSet,
        imported_at: NotSet,
    })
}

/// The map of the wafer: the only one of the file, or the one that names the wafer.
fn choose(
    reading: &Reading,
    wafer: &Target,
    warnings: &mut Vec<String>,
) -> Result<binmap::BinMap, String> {
    let named = |map: &binmap::BinMap| {
        map.wafer_id
            .clone()
            .unwrap_or_else(|| "(unnamed)".to_owned())
    };
    if let [only] = reading.maps.as_slice() {
        if !names(only, wafer) {
            warnings.push(format!("the file says that its wafer is `{}`", named(only)));
        }
        return Ok(only.clone());
    }
    let mut ours = reading.maps.iter().filter(|map| names(map, wafer));
    let Some(first) = ours.next() else {
        let all: Vec<String> = reading.maps.iter().take(25).map(named).collect();
        return Err(format!(
            "has to hold a map of this wafer; its maps are of {}",
            all.join(", ")
        ));
    };
    let more = ours.count();
    if more > 0 {
        warnings.push(format!(
            "the file has {more} more maps of this wafer; this is the first"
        ));
    }
    Ok(first.clone())
}

/// Whether a map says that it is of a wafer: by an identifier, or by lot and slot.
fn names(map: &binmap::BinMap, wafer: &Target) -> bool {
    let Some(said) = map.wafer_id.as_deref().map(str::trim) else {
        return false;
    };
    let ids = [Some(wafer.wafer_id.as_str()), wafer.delivered_id.as_deref()];
    if ids
        .into_iter()
        .flatten()
        .any(|id| id.eq_ignore_ascii_case(said))
    {
        return true;
    }
    let is_lot = map
        .lot_id
        .as_deref()
        .is_some_and(|lot| lot.eq_ignore_ascii_case(&wafer.lot_id));
    is_lot && wafer.slot.is_some() && said.parse::<i32>().ok() == wafer.slot
}

/// Dies as delivered with the place of their bin, and how they came to lie there.
type Laid = (Vec<(i32, i32, u16)>, String);

fn place(
    map: &binmap::BinMap,
    wafer: &Target,
    inspection: Option<&inspection::Model>,
    asked: &Asked,
) -> ApiResult<Laid> {
    let frame = inspection.and_then(view::inspection::frame);
    let grid = frame.as_ref().map(DieGrid::of);
    let far = || invalid("first_die_x", Value::Null, "has to lie on a wafer");
    let first = match (asked.first_die, &grid) {
        (Some(first), Some(grid)) => Some(grid.notch_down(first).ok_or_else(far)?),
        (first, _) => first,
    };
    let known = match inspection {
        Some(inspection) => known_dies(inspection, wafer, grid.as_ref()),
        None => Vec::new(),
    };
    let notch_down = grid.map(|grid| binmap::DieGrid {
        dies: &known,
        pitch_mm: grid.pitch_mm,
        origin_mm: grid.origin_mm,
    });
    let placement = Placement {
        notch_deg: asked.notch_deg,
        first_die_x: first.map(|first| first.0),
        first_die_y: first.map(|first| first.1),
    };
    let placed = binmap::place(map, &placement, notch_down.as_ref())
        .map_err(|misplaced| unplaced(&misplaced, asked))?;
    let as_delivered = |die: &binmap::PlacedDie| {
        let at = match &grid {
            Some(grid) => grid.delivered((die.x, die.y)).ok_or_else(far)?,
            None => (die.x, die.y),
        };
        Ok((at.0, at.1, die.bin))
    };
    let dies = placed
        .dies
        .iter()
        .map(as_delivered)
        .collect::<ApiResult<_>>()?;
    Ok((dies, placed.how))
}

/// The dies of an inspection, notch down: those of its plan, or the whole dies inside the outline.
fn known_dies(
    inspection: &inspection::Model,
    wafer: &Target,
    grid: Option<&DieGrid>,
) -> Vec<(i32, i32)> {
    let geometry = view::inspection::geometry(inspection, wafer.diameter_mm);
    let dies = view::map::dies(inspection, geometry.diameter_mm);
    let delivered = dies.die_x.into_iter().zip(dies.die_y);
    let turned = delivered.filter_map(|die| grid.and_then(|grid| grid.notch_down(die)));
    turned.collect()
}

fn unplaced(misplaced: &Misplaced, asked: &Asked) -> ApiError {
    let rule = format!(
        "cannot be laid on the wafer's die grid: {misplaced} (`notch_deg`, `first_die_x`, `first_die_y`)"
    );
    invalid("file", asked.file_name.as_str(), rule)
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
