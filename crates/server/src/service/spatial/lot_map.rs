//! The wafers of a lot side by side.

use std::collections::HashMap;

use contract::inspection::{Geometry, Inspection};
use contract::spatial::{LotMapQuery, LotMaps, LotWafer};
use store::Filter;
use store::spatial::lot_map::{self as rows, Cells, MainType, Step, Wafer};
use uuid::Uuid;

use crate::error::{ApiResult, Thing};
use crate::service::defect::types;
use crate::service::inspection;
use crate::{validate, view};

/// Wafers shown at most.
const WAFERS_MOST: u32 = 1_000;
/// Edge of a cell where none is asked for, mm.
const CELL_MM: f64 = 2.5;

/// The wafers of a lot at a step.
///
/// # Errors
/// When the query breaks a rule, there is no such lot, or the database fails.
pub async fn lot_maps(db: &store::Db, lot_id: &str, query: &LotMapQuery) -> ApiResult<LotMaps> {
    validate::within("cell_mm", query.cell_mm, 0.5..=20.0)?;
    let steps = rows::steps(db, lot_id).await?;
    let wafers = rows::wafers(db, lot_id, WAFERS_MOST).await?;
    if steps.is_empty() && wafers.is_empty() {
        return Err(Thing::Lot.missing(lot_id));
    }
    let step_id = query.step.clone().unwrap_or_else(|| latest(&steps));
    let filter = Filter {
        lots: vec![lot_id.to_owned()],
        steps: vec![step_id.clone()],
        defect_types: query.defect_type.clone(),
        adders: query.adders.unwrap_or(false),
        ..Filter::default()
    };
    // The current inspections of the lot at the step, newest first: one a wafer.
    let shown = inspection::latest(db, &filter, WAFERS_MOST).await?;
    let geometry = geometry(db, &wafers, &shown).await?;
    let radius_mm = geometry.diameter_mm / 2.0;
    let cell_mm = query.cell_mm.unwrap_or(CELL_MM);
    #[expect(clippy::cast_possible_truncation, reason = "a wafer of 1 m has 2,000")]
    let across = (2.0 * radius_mm / cell_mm).ceil() as i32;
    let ids: Vec<Uuid> = shown.iter().map(|one| one.inspection_id).collect();
    let cells = rows::cells(db, &filter, &ids, (cell_mm, radius_mm, across)).await?;
    let main = rows::main_types(db, &filter, &ids).await?;
    let mut gallery = Gallery {
        shown: shown
            .into_iter()
            .map(|one| (one.wafer_id.clone(), one))
            .collect(),
        cells: cells.into_iter().map(|of| (of.inspection_id, of)).collect(),
        main: main.into_iter().map(|of| (of.inspection_id, of)).collect(),
        names: types(db).await?,
    };
    let wafers: Vec<LotWafer> = wafers
        .into_iter()
        .map(|wafer| gallery.wafer(wafer))
        .collect();
    let most = wafers.iter().flat_map(|wafer| &wafer.cell_count).max();
    Ok(LotMaps {
        lot_id: lot_id.to_owned(),
        step_id,
        steps: steps.into_iter().map(|step| step.step_id).collect(),
        geometry,
        cell_mm,
        radius_mm,
        across: across.unsigned_abs(),
        most: most.copied().unwrap_or(0),
        wafers,
    })
}

fn latest(steps: &[Step]) -> String {
    let latest = steps.iter().find(|step| step.is_latest);
    latest.map(|step| step.step_id.clone()).unwrap_or_default()
}

/// Outline and die grid of the latest inspection; the outline of the first wafer where there is none.
async fn geometry(db: &store::Db, wafers: &[Wafer], shown: &[Inspection]) -> ApiResult<Geometry> {
    let wafer_id = match (shown.first(), wafers.first()) {
        (Some(latest), _) => Some(&latest.wafer_id),
        (None, Some(wafer)) => Some(&wafer.wafer_id),
        (None, None) => None,
    };
    let wafer = match wafer_id {
        Some(wafer_id) => store::wafer::get(db, wafer_id).await?,
        None => None,
    };
    let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
    let latest = match shown.first() {
        Some(latest) => store::inspection::get(db, latest.inspection_id).await?,
        None => None,
    };
    Ok(match latest {
        Some(latest) => view::inspection::geometry(&latest, diameter),
        None => view::inspection::outline(diameter),
    })
}

/// What was read of the lot, by wafer and inspection.
struct Gallery {
    shown: HashMap<String, Inspection>,
    cells: HashMap<Uuid, Cells>,
    main: HashMap<Uuid, MainType>,
    names: view::defect::Types,
}

impl Gallery {
    fn wafer(&mut self, wafer: Wafer) -> LotWafer {
        let inspection = self.shown.remove(&wafer.wafer_id);
        let id = inspection.as_ref().map(|one| one.inspection_id);
        let cells = id.and_then(|id| self.cells.remove(&id));
        let main = id.and_then(|id| self.main.remove(&id));
        let unsigned = |values: &[i32]| values.iter().map(|value| value.unsigned_abs()).collect();
        LotWafer {
            wafer_id: wafer.wafer_id,
            slot: wafer.slot,
            count: inspection.as_ref().map_or(0, |one| one.defect_count),
            inspection,
            unplaced: cells.as_ref().map_or(0, |of| of.unplaced),
            main_type: main.map(|of| self.names.share(of.defect_type_id, of.defect_count.into())),
            cell: cells
                .as_ref()
                .map(|of| unsigned(&of.cell))
                .unwrap_or_default(),
            cell_count: cells.map(|of| unsigned(&of.cell_count)).unwrap_or_default(),
        }
    }
}
