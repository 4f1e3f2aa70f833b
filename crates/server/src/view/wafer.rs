//! Wafers.

use contract::wafer::{IdScheme, MarkType, Wafer, WaferStatus};
use entity::wafer;

/// Diameter of a wafer of which none is known, mm.
pub const UNKNOWN_DIAMETER_MM: f64 = 300.0;

/// A wafer with what its inspections say.
pub fn wafer(row: store::wafer::Row) -> Wafer {
    let store::wafer::Row {
        wafer,
        inspection_count,
        defects,
        last_inspected_at,
    } = row;
    Wafer {
        delivered_id: wafer.delivered_id.unwrap_or_else(|| wafer.wafer_id.clone()),
        wafer_id: wafer.wafer_id,
        id_scheme: scheme(wafer.id_scheme),
        lot_id: wafer.lot_id,
        slot: wafer.slot,
        scribe: wafer.scribe,
        wafer_type: wafer.wafer_type,
        diameter_mm: wafer.diameter_mm.unwrap_or(UNKNOWN_DIAMETER_MM),
        status: status(wafer.status),
        process_node: wafer.process_node,
        manufacturer: wafer.manufacturer,
        material: wafer.material,
        orientation: wafer.orientation,
        resistivity_ohm_cm: wafer.resistivity_ohm_cm,
        thickness_um: wafer.thickness_um,
        mark_type: mark_type(wafer.mark_type),
        additional_info: wafer.additional_info,
        created_at: wafer.created_at,
        updated_at: wafer.updated_at,
        inspection_count,
        defect_count: defects,
        last_inspected_at,
    }
}

same_words! {
    wafer::IdScheme as IdScheme: scheme, scheme_row [T7, M12, M13, LotSlot]
    wafer::WaferStatus as WaferStatus: status, status_row [Active, Inactive, Scrapped]
    wafer::MarkType as MarkType: mark_type, mark_type_row [Notch, Flat, DoubleFlat, None]
}
