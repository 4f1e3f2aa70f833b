//! Wafer maps.

use std::collections::HashMap;

use contract::analytics::{MapDies, MapType, WaferMap, WaferMapQuery};
use contract::defect::DefectColumns;
use contract::inspection::Inspection;
use store::analytics::{Columns, map_columns};
use uuid::Uuid;

use crate::error::{ApiResult, Thing};
use crate::service::defect::types;
use crate::service::inspection;
use crate::view;
use crate::view::map::to_nanometres;

/// Defects on a map at most.
const DEFECTS_MOST: usize = 1_000_000;
/// Defects asked for at a time.
const BATCH: u32 = 50_000;
/// Inspections stacked on one map at most, the latest.
const STACKED_MOST: u32 = 100;

/// The map of a wafer: its current inspections stacked, or one of them.
///
/// # Errors
/// When there is no such wafer, or the inspection is not of it.
pub async fn of_wafer(
    db: &store::Db,
    wafer_id: &str,
    query: &WaferMapQuery,
) -> ApiResult<WaferMap> {
    let wafer = store::wafer::get(db, wafer_id).await?;
    let wafer = wafer.ok_or_else(|| Thing::Wafer.missing(wafer_id))?;
    let filter = store::Filter {
        wafers: vec![wafer.wafer_id.clone()],
        steps: query.step.clone(),
        superseded: query.inspection_id.is_some(),
        ..store::Filter::default()
    };
    let mut shown = inspection::latest(db, &filter, STACKED_MOST).await?;
    if let Some(id) = query.inspection_id {
        let row = store::inspection::row(db, id).await?;
        let row = row.filter(|row| row.wafer_id == wafer.wafer_id);
        let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
        shown = vec![view::inspection::inspection(row)];
    }
    shown.reverse();
    map(
        db,
        wafer.wafer_id,
        wafer.diameter_mm,
        &shown,
        &query.defect_type,
    )
    .await
}

/// The map of one inspection.
///
/// # Errors
/// That there is no such inspection.
pub async fn of_inspection(db: &store::Db, id: Uuid, kinds: &[i32]) -> ApiResult<WaferMap> {
    let row = store::inspection::row(db, id).await?;
    let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
    let wafer = store::wafer::get(db, &row.wafer_id).await?;
    let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
    let shown = [view::inspection::inspection(row)];
    map(db, shown[0].wafer_id.clone(), diameter, &shown, kinds).await
}

/// The map of inspections, oldest first.
async fn map(
    db: &store::Db,
    wafer_id: String,
    wafer_diameter_mm: Option<f64>,
    shown: &[Inspection],
    kinds: &[i32],
) -> ApiResult<WaferMap> {
    let latest = match shown.last() {
        Some(latest) => store::inspection::get(db, latest.inspection_id).await?,
        None => None,
    };
    let (geometry, dies) = match &latest {
        Some(latest) => {
            let geometry = view::inspection::geometry(latest, wafer_diameter_mm);
            let dies = view::map::dies(latest, geometry.diameter_mm);
            (geometry, dies)
        }
        None => (
            view::inspection::outline(wafer_diameter_mm),
            MapDies::default(),
        ),
    };
    let mut drawing = Drawing::default();
    for (place, inspection) in shown.iter().enumerate() {
        drawing.add(db, place, inspection, kinds).await?;
    }
    let types = drawing.types(&types(db).await?);
    Ok(WaferMap {
        wafer_id,
        dies,
        geometry,
        inspections: shown.iter().map(view::map::inspection).collect(),
        types,
        defects: drawing.defects,
        unplaced: drawing.unplaced,
        left_out: drawing.left_out,
    })
}

/// Defects as they are gathered.
#[derive(Default)]
struct Drawing {
    defects: DefectColumns,
    /// Type to its place in `counts`.
    places: HashMap<i32, u32>,
    /// Types with their defects, in the order in which they came up.
    counts: Vec<(i32, i64)>,
    unplaced: i64,
    left_out: i64,
}

impl Drawing {
    async fn add(
        &mut self,
        db: &store::Db,
        place: usize,
        inspection: &Inspection,
        kinds: &[i32],
    ) -> ApiResult<()> {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let mut after = None;
        let mut read = 0;
        loop {
            if self.defects.defect_no.len() >= DEFECTS_MOST {
                self.left_out += inspection.defect_count - read;
                return Ok(());
            }
            let id = inspection.inspection_id;
            let columns = map_columns(db, id, kinds, after, BATCH).await?;
            let count = columns.defect_no.len();
            after = columns.defect_no.last().copied();
            self.append(place, &columns);
            read += i64::try_from(count).unwrap_or(i64::MAX);
            if count < BATCH as usize {
                return Ok(());
            }
        }
    }

    fn append(&mut self, place: u32, columns: &Columns) {
        for row in 0..columns.defect_no.len() {
            let (x, y) = (columns.x_mm[row], columns.y_mm[row]);
            if x.is_nan() || y.is_nan() {
                self.unplaced += 1;
                continue;
            }
            let kind = self.count(columns.defect_type_id[row]);
            let size = columns.size_um[row];
            let defects = &mut self.defects;
            defects.inspection.push(place);
            defects.defect_no.push(columns.defect_no[row]);
            defects.x_mm.push(to_nanometres(x));
            defects.y_mm.push(to_nanometres(y));
            defects.kind.push(kind);
            defects.size_um.push(if size.is_nan() { 0.0 } else { size });
            defects.cluster_no.push(columns.cluster_no[row]);
            defects.die_x.push(columns.die_x[row]);
            defects.die_y.push(columns.die_y[row]);
        }
    }

    fn count(&mut self, defect_type_id: i32) -> u32 {
        let next = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(defect_type_id).or_insert(next);
        if place == next {
            self.counts.push((defect_type_id, 0));
        }
        self.counts[place as usize].1 += 1;
        place
    }

    /// The types, most defects first; the defects' own numbers follow.
    fn types(&mut self, names: &view::defect::Types) -> Vec<MapType> {
        let mut order: Vec<usize> = (0..self.counts.len()).collect();
        order.sort_by_key(|&place| (-self.counts[place].1, self.counts[place].0));
        let mut rank = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            rank[old] = u32::try_from(new).unwrap_or(u32::MAX);
        }
        for kind in &mut self.defects.kind {
            *kind = rank[*kind as usize];
        }
        let typed = order.iter().map(|&place| {
            let (defect_type_id, count) = self.counts[place];
            let (name, colour) = names.label(defect_type_id);
            MapType {
                defect_type_id,
                name,
                colour,
                count,
            }
        });
        typed.collect()
    }
}
