//! Adders.

use std::collections::HashMap;

use analytics::spatial::Sighting;
use contract::inspection::Geometry;
use contract::spatial::{AdderColumns, AdderRoute, AdderStep, Match, Registration, TypeShare};

use super::defect::Types;
use super::map::to_nanometres;
use crate::service::spatial::adder::Step;

const UM_PER_MM: f64 = 1e3;

/// How one frame lies on another.
pub fn registration(found: analytics::spatial::Registration) -> Registration {
    let (shift_x, shift_y) = found.motion.shift_mm;
    Registration {
        shift_x_um: UM_PER_MM * shift_x,
        shift_y_um: UM_PER_MM * shift_y,
        rotation_urad: 1e6 * found.motion.rotation_rad,
        pairs: count(found.pairs),
        residual_um: UM_PER_MM * found.residual_mm,
    }
}

/// The route of a wafer.
pub fn route(
    wafer_id: String,
    geometry: Geometry,
    tolerance_um: Option<f64>,
    steps: &[Step],
    types: &Types,
) -> AdderRoute {
    let tolerances = steps.iter().map(|step| step.judged.tolerance_mm);
    let largest = tolerances.fold(0.0, f64::max);
    let default = match steps.is_empty() {
        true => analytics::spatial::DEFAULT_TOLERANCE_MM,
        false => largest,
    };
    AdderRoute {
        wafer_id,
        geometry,
        tolerance_um: tolerance_um.unwrap_or(UM_PER_MM * default),
        steps: steps.iter().map(|one| step(one, types)).collect(),
    }
}

fn step(step: &Step, types: &Types) -> AdderStep {
    let added = step.added();
    let (common, ambiguous) = step.common();
    let inspected = &step.inspected;
    let missing = step.judged.missing_mm.iter();
    AdderStep {
        inspection_id: inspected.inspection_id,
        step_id: inspected.step_id.clone(),
        equipment_id: inspected.equipment_id.clone(),
        inspected_at: inspected.inspected_at,
        defects: count(step.defects.defect_no.len()),
        unplaced: count(step.defects.defect_no.len() - step.placed.len()),
        tolerance_um: UM_PER_MM * step.judged.tolerance_mm,
        registration: step.judged.registration.map(registration),
        common: count(common),
        added: count(added.len()),
        ambiguous: count(ambiguous),
        missing: count(step.judged.missing_mm.len()),
        added_types: shares(
            added
                .iter()
                .map(|&place| step.defects.defect_type_id[place]),
            types,
        ),
        columns: columns(step),
        missing_mm: missing
            .map(|&(x, y)| [to_nanometres(x), to_nanometres(y)])
            .collect(),
    }
}

fn columns(step: &Step) -> AdderColumns {
    let own = u32::try_from(step.compared_with).unwrap_or(u32::MAX);
    let mut columns = AdderColumns::default();
    for (&place, sighting) in step.placed.iter().zip(&step.judged.sightings) {
        columns.defect_no.push(step.defects.defect_no[place]);
        columns.x_mm.push(to_nanometres(step.defects.x_mm[place]));
        columns.y_mm.push(to_nanometres(step.defects.y_mm[place]));
        columns
            .defect_type_id
            .push(step.defects.defect_type_id[place]);
        let (state, first) = match *sighting {
            Sighting::Added => (Match::Added, own),
            Sighting::Common {
                first,
                is_ambiguous,
            } => {
                let state = match is_ambiguous {
                    true => Match::Ambiguous,
                    false => Match::Common,
                };
                (state, u32::try_from(first).unwrap_or(u32::MAX))
            }
        };
        columns.state.push(state);
        columns.first_step.push(first);
    }
    columns
}

/// Types with their defects, most first.
fn shares(defect_types: impl Iterator<Item = i32>, types: &Types) -> Vec<TypeShare> {
    let mut counts: HashMap<i32, i64> = HashMap::new();
    for defect_type_id in defect_types {
        *counts.entry(defect_type_id).or_default() += 1;
    }
    let mut counts: Vec<(i32, i64)> = counts.into_iter().collect();
    counts.sort_by_key(|&(defect_type_id, count)| (-count, defect_type_id));
    let share = |(defect_type_id, count)| {
        let (name, colour) = types.label(defect_type_id);
        TypeShare {
            defect_type_id,
            name,
            colour,
            count,
        }
    };
    counts.into_iter().map(share).collect()
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
