//! Lots.

use contract::lot::Lot;

/// A lot.
pub fn lot(row: store::lot::Row) -> Lot {
    Lot {
        lot_id: row.lot_id,
        wafer_count: row.wafer_count,
        inspection_count: row.inspection_count,
        defect_count: row.defect_count,
        first_inspected_at: row.first_inspected_at,
        last_inspected_at: row.last_inspected_at,
    }
}
