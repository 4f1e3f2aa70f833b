//! Adders.

mod listed;

use analytics::spatial::Sighting;
use contract::inspection::Geometry;
use contract::spatial::{AdderColumns, AdderQuery, AdderRoute, AdderStep, Match, Registration};

use self::listed::{Listed, allotted};
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

/// Defects that an answer lists at most, seen and missing: some 5 MB.
const LISTED_MOST: usize = 100_000;

/// The route of a wafer, with the defects that are asked for as far as there is room.
pub fn route(
    wafer_id: String,
    geometry: Geometry,
    query: &AdderQuery,
    steps: &[Step],
    types: &Types,
) -> AdderRoute {
    let tolerances = steps.iter().map(|step| step.judged.tolerance_mm);
    let largest = tolerances.fold(0.0, f64::max);
    let default = match steps.is_empty() {
        true => analytics::spatial::DEFAULT_TOLERANCE_MM,
        false => largest,
    };
    let wanted = steps.iter().map(|step| match query.inspection_id {
        Some(id) if id != step.inspected.inspection_id => 0,
        _ => step.judged.sightings.len() + step.judged.missing_mm.len(),
    });
    let room = allotted(&wanted.collect::<Vec<_>>(), LISTED_MOST);
    let described = steps.iter().zip(room);
    AdderRoute {
        wafer_id,
        geometry,
        tolerance_um: query.tolerance_um.unwrap_or(UM_PER_MM * default),
        steps: described
            .map(|(one, room)| step(one, room, types))
            .collect(),
    }
}

fn step(step: &Step, room: usize, types: &Types) -> AdderStep {
    let added = step.added();
    let (common, ambiguous) = step.common();
    let inspected = &step.inspected;
    let listed = Listed::new(&step.judged.sightings, step.judged.missing_mm.len(), room);
    let missing = step.judged.missing_mm.iter().take(listed.missing);
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
        added_types: types.shares(
            added
                .iter()
                .map(|&place| (step.defects.defect_type_id[place], 1)),
        ),
        columns: columns(step, &listed),
        missing_mm: missing
            .map(|&(x, y)| [to_nanometres(x), to_nanometres(y)])
            .collect(),
        left_out: count(listed.left_out),
    }
}

fn columns(step: &Step, listed: &Listed) -> AdderColumns {
    let own = u32::try_from(step.compared_with).unwrap_or(u32::MAX);
    let mut columns = AdderColumns::default();
    let seen = step.placed.iter().zip(&step.judged.sightings);
    for ((&place, sighting), _) in seen.zip(&listed.seen).filter(|(_, is_listed)| **is_listed) {
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

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
