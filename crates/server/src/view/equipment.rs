//! Equipment.

use contract::equipment::{Equipment, EquipmentStatus, EquipmentType, StepPerformance};
use entity::equipment;

/// A tool with what its inspections say.
pub fn equipment(row: store::equipment::Row) -> Equipment {
    let store::equipment::Row {
        equipment,
        inspection_count,
        last_inspected_at,
    } = row;
    Equipment {
        equipment_id: equipment.equipment_id,
        name: equipment.name,
        equipment_type: kind(equipment.equipment_type),
        model: equipment.model,
        manufacturer: equipment.manufacturer,
        location: equipment.location,
        status: status(equipment.status),
        serial_number: equipment.serial_number,
        software_version: equipment.software_version,
        time_zone: equipment.time_zone,
        last_calibration: equipment.last_calibration,
        next_calibration: equipment.next_calibration,
        inspection_count,
        last_inspected_at,
        created_at: equipment.created_at,
        updated_at: equipment.updated_at,
    }
}

/// What a tool finds at one step.
pub fn step(row: store::equipment::StepPerformance) -> StepPerformance {
    StepPerformance {
        step_id: row.step_id,
        inspection_count: row.inspection_count,
        mean_count: row.mean_count,
        mean_count_all: row.mean_count_all,
        density_per_cm2: row.density_per_cm2,
        density_per_cm2_all: row.density_per_cm2_all,
        last_inspected_at: row.last_inspected_at,
    }
}

same_words! {
    equipment::EquipmentType as EquipmentType: kind, kind_row [Inspection, Metrology, Review]
    equipment::EquipmentStatus as EquipmentStatus: status, status_row [Active, Maintenance, Down, Retired]
}
