//! A wafer's map in a file, laid on the wafer's die grid.

use std::cmp::Reverse;

use anyhow::Context as _;
use binmap::{Misplaced, Placement, Reading};
use entity::{bin_map, inspection};
use sea_orm::{NotSet, Set};
use serde_json::Value;

use super::asked::Asked;
use super::{NAME, Target};
use crate::error::{ApiError, ApiResult, invalid};
use crate::service::spatial::die_grid::DieGrid;
use crate::view;

/// The row of a wafer's map in a file, but for its id and what the caller knows.
///
/// # Errors
/// When the file is no bin map or holds none of this wafer, or it is not clear where it lies.
pub fn laid(
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
