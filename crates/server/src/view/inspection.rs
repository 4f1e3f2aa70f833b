//! Inspections.

use contract::inspection::{Geometry, Inspection, InspectionDetail, TypeCount};
use contract::wafer::MarkType;
use entity::inspection::Model;
use klarf::{Frame, MarkLocation, Point};

use super::{defect_type, delivered, wafer};

/// An inspection as lists show it.
pub fn inspection(row: store::inspection::Row) -> Inspection {
    Inspection {
        inspection_id: row.inspection_id,
        wafer_id: row.wafer_id,
        lot_id: row.lot_id,
        slot: row.slot,
        equipment_id: row.equipment_id,
        run_id: row.run_id,
        step_id: row.step_id,
        device_id: delivered(row.device_id),
        recipe: row.recipe,
        inspected_at: row.inspected_at,
        area_cm2: row.area_cm2,
        defect_count: row.defects,
        density_per_cm2: row.area_cm2.map(|area| row.defects as f64 / area),
        superseded: row.superseded,
        source_file: row.source_file,
        warning_count: row.warning_count,
    }
}

/// An inspection with all its facts.
pub fn detail(
    row: store::inspection::Row,
    model: Model,
    types: Vec<store::inspection::TypeCount>,
    neighbours: store::inspection::Neighbours,
    wafer_diameter_mm: Option<f64>,
) -> InspectionDetail {
    InspectionDetail {
        inspection: inspection(row),
        geometry: geometry(&model, wafer_diameter_mm),
        types: types.into_iter().map(type_count).collect(),
        operator: model.operator,
        source_sha256: model.source_sha256,
        klarf_version: model.klarf_version,
        import_id: model.import_job_id,
        parameters: model.parameters,
        extra_columns: model.extra_columns,
        diagnostics: serde_json::from_value(model.diagnostics).unwrap_or_default(),
        previous_inspection_id: neighbours.previous,
        next_inspection_id: neighbours.next,
        updated_at: model.updated_at,
    }
}

fn type_count(row: store::inspection::TypeCount) -> TypeCount {
    TypeCount {
        colour: defect_type::colour(row.defect_type_id, row.colour),
        defect_type_id: row.defect_type_id,
        name: row.name,
        count: row.defect_count.into(),
    }
}

/// Outline and die grid; the wafer's own diameter stands in where the inspection has none.
pub fn geometry(model: &Model, wafer_diameter_mm: Option<f64>) -> Geometry {
    let diameter_mm = model.diameter_mm.or(wafer_diameter_mm);
    Geometry {
        diameter_mm: diameter_mm.unwrap_or(wafer::UNKNOWN_DIAMETER_MM),
        mark_type: model.mark_type.map_or(MarkType::Notch, wafer::mark_type),
        delivered_mark_location: model.delivered_mark_location.clone(),
        pitch_x_mm: model.die_pitch_x_mm,
        pitch_y_mm: model.die_pitch_y_mm,
        delivered_centre_mm: model
            .delivered_centre_x_mm
            .zip(model.delivered_centre_y_mm)
            .map(|(x, y)| [x, y]),
        die_count: model.die_count.unwrap_or_default().into(),
    }
}

/// The outline of a wafer without inspections.
pub fn outline(wafer_diameter_mm: Option<f64>) -> Geometry {
    Geometry {
        diameter_mm: wafer_diameter_mm.unwrap_or(wafer::UNKNOWN_DIAMETER_MM),
        mark_type: MarkType::Notch,
        delivered_mark_location: None,
        pitch_x_mm: None,
        pitch_y_mm: None,
        delivered_centre_mm: None,
        die_count: 0,
    }
}

/// The file's die grid as `klarf` places it. The database holds the pitch with the notch down; in the
/// file's frame its sides are swapped where the mark stood left or right.
pub fn frame(model: &Model) -> Option<Frame> {
    let location = model.delivered_mark_location.as_deref();
    let mark_location = location.and_then(MarkLocation::parse).unwrap_or_default();
    let (x, y) = (model.die_pitch_x_mm?, model.die_pitch_y_mm?);
    let pitch_mm = match mark_location {
        MarkLocation::Down | MarkLocation::Up => Point { x, y },
        MarkLocation::Left | MarkLocation::Right => Point { x: y, y: x },
    };
    let center_mm = Point {
        x: model.delivered_centre_x_mm?,
        y: model.delivered_centre_y_mm?,
    };
    Some(Frame {
        pitch_mm,
        center_mm,
        mark_location,
        is_mirrored: is_mirrored(&model.parameters),
    })
}

/// Whether the file's header says `CoordinatesMirrored YES`.
fn is_mirrored(parameters: &serde_json::Value) -> bool {
    let keywords = parameters.as_object().into_iter().flatten();
    keywords
        .filter(|(name, _)| name.eq_ignore_ascii_case("CoordinatesMirrored"))
        .any(|(_, values)| values.to_string().to_ascii_uppercase().contains("YES"))
}
