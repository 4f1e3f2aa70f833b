//! From the synthetic fab to the rows of the database.

use anyhow::Context as _;
use chrono::{DateTime, NaiveTime, Utc};
use entity::{bin_map, defect_type, equipment, inspection, wafer};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::ActiveValue::Set;
use store::ingest::{DefectRow, Rows};
use synth::{Defect, Equipment, Fab, Inspection, Lot, Mark, Review, Use, Wafer, WaferTest};
use uuid::Uuid;

use crate::service::spatial::bin_map::{Target, seeded};

/// What the rows of a fab have in common.
#[derive(Debug)]
pub(super) struct Rules {
    pub job_id: Uuid,
    /// Database ids by class number, from 1.
    pub type_ids: Vec<i32>,
}

pub(super) fn equipment(tool: &Equipment) -> equipment::ActiveModel {
    let history = tool.maintenance.iter();
    let history = history.map(|(day, what)| json!({"date": day, "work": what}));
    let sight = tool.sight.map_or(
        json!({}),
        |sight| json!({"detection_limit_um": sight.limit_um, "minutes_per_wafer": sight.minutes}),
    );
    equipment::ActiveModel {
        equipment_id: Set(tool.equipment_id.to_owned()),
        name: Set(tool.name.to_owned()),
        equipment_type: Set(match tool.purpose {
            Use::Inspection => equipment::EquipmentType::Inspection,
            Use::Review => equipment::EquipmentType::Review,
            Use::Metrology => equipment::EquipmentType::Metrology,
        }),
        model: Set(Some(tool.model.to_owned())),
        manufacturer: Set(Some(tool.manufacturer.to_owned())),
        location: Set(Some(tool.location.clone())),
        serial_number: Set(Some(tool.serial_number.clone())),
        software_version: Set(Some(tool.software_version.clone())),
        installed_at: Set(Some(tool.installed.and_time(NaiveTime::MIN).and_utc())),
        last_calibration: Set(Some(tool.last_calibration)),
        next_calibration: Set(Some(tool.next_calibration)),
        specifications: Set(sight),
        maintenance: Set(history.collect()),
        ..Default::default()
    }
}

pub(super) fn defect_type(of: &synth::DefectType) -> defect_type::ActiveModel {
    defect_type::ActiveModel {
        name: Set(of.name.to_owned()),
        description: Set(of.description.to_owned()),
        severity: Set(i16::from(of.severity)),
        category: Set(Some(of.category.to_owned())),
        subcategory: Set(Some(of.subcategory.to_owned())),
        colour: Set(Some(of.colour.to_owned())),
        killer: Set(of.is_killer),
        causes: Set(of.causes.to_owned()),
        prevention: Set(of.prevention.to_owned()),
        ..Default::default()
    }
}

/// A wafer of a lot that has inspections; it became known with the first of them.
pub(super) fn wafer(fab: &Fab, lot: &Lot, wafer: &Wafer) -> wafer::ActiveModel {
    let product = &fab.products()[lot.product];
    let known_since = lot.inspections.first().map(|first| first.inspected_at);
    wafer::ActiveModel {
        wafer_id: Set(wafer.wafer_id.clone()),
        id_scheme: Set(match wafer.scheme {
            Mark::T7 => wafer::IdScheme::T7,
            Mark::M12 => wafer::IdScheme::M12,
            Mark::M13 => wafer::IdScheme::M13,
        }),
        delivered_id: Set(Some(wafer.mark.clone())),
        lot_id: Set(lot.lot_id.clone()),
        slot: Set(Some(i32::from(wafer.slot))),
        wafer_type: Set(Some("production".to_owned())),
        diameter_mm: Set(Some(product.geometry.diameter_mm)),
        process_node: Set(Some(product.process_node.to_owned())),
        manufacturer: Set(Some(wafer.manufacturer.to_owned())),
        material: Set(Some("Si".to_owned())),
        orientation: Set(Some(wafer.orientation.to_owned())),
        resistivity_ohm_cm: Set(Some(wafer.resistivity_ohm_cm)),
        thickness_um: Set(Some(wafer.thickness_um)),
        additional_info: Set(json!({"customer": fab.customers()[lot.customer].name})),
        created_at: Set(known_since.unwrap_or_default()),
        ..Default::default()
    }
}

pub(super) fn inspection(
    fab: &Fab,
    rules: &Rules,
    lot: &Lot,
    of: &Inspection,
) -> inspection::ActiveModel {
    let geometry = &fab.products()[of.product].geometry;
    let parameters = json!({
        "process_tool": of.process_tool,
        "chamber": of.chamber,
        "process_recipe": of.process_recipe,
        "reticle": of.reticle,
        "shift": of.shift,
    });
    inspection::ActiveModel {
        inspection_id: Set(inspection_id(fab, lot, of)),
        wafer_id: Set(lot.wafers[of.wafer].wafer_id.clone()),
        equipment_id: Set(Some(fab.equipment()[of.equipment].equipment_id.to_owned())),
        lot_id: Set(lot.lot_id.clone()),
        step_id: Set(fab.steps()[of.step].step_id.to_owned()),
        device_id: Set(fab.products()[of.product].product_id.to_owned()),
        recipe: Set(Some(of.recipe.to_owned())),
        operator: Set(Some(of.operator.clone())),
        slot: Set(Some(i32::from(of.slot))),
        inspected_at: Set(of.inspected_at),
        area_cm2: Set(Some(of.area_cm2)),
        diameter_mm: Set(Some(geometry.diameter_mm)),
        die_pitch_x_mm: Set(Some(geometry.pitch_mm.x)),
        die_pitch_y_mm: Set(Some(geometry.pitch_mm.y)),
        die_origin_x_mm: Set(Some(geometry.die_origin_mm.x)),
        die_origin_y_mm: Set(Some(geometry.die_origin_mm.y)),
        // As a file has it: the wafer centre from the lower-left corner of die (0,0). Maps draw the dies by it.
        delivered_centre_x_mm: Set(Some(-geometry.die_origin_mm.x)),
        delivered_centre_y_mm: Set(Some(-geometry.die_origin_mm.y)),
        mark_type: Set(Some(wafer::MarkType::Notch)),
        // No list of dies: all of them are inspected, and the same ones in every inspection would be a third of the
        // database.
        die_count: Set(i32::try_from(geometry.dies.len()).ok()),
        parameters: Set(parameters),
        import_job_id: Set(Some(rules.job_id)),
        ..Default::default()
    }
}

/// The bin map of a wafer's electrical test.
pub(super) fn bin_map(
    fab: &Fab,
    lot: &Lot,
    test: &WaferTest,
) -> anyhow::Result<bin_map::ActiveModel> {
    let wafer = &lot.wafers[test.wafer];
    let target = Target {
        wafer_id: wafer.wafer_id.clone(),
        delivered_id: Some(wafer.mark.clone()),
        lot_id: lot.lot_id.clone(),
        slot: Some(i32::from(wafer.slot)),
        diameter_mm: Some(fab.products()[lot.product].geometry.diameter_mm),
    };
    let name = format!("{} {} wafer sort", fab.plan().seed, wafer.wafer_id);
    let id = uuid_v7(test.tested_at, &name);
    let file_name = format!("{}-{:02}_sort.xml", lot.lot_id, wafer.slot);
    let file = test.g85(lot);
    let row = seeded(id, &target, file.as_bytes(), file_name, test.first_die());
    let mut row = row.context("a map of the synthetic fab")?;
    row.imported_at = Set(test.tested_at);
    row.imported_by = Set(None);
    Ok(row)
}

/// A UUID v7 of the inspection's time whose tail follows from the fab: the same fab has the same ids.
pub(super) fn inspection_id(fab: &Fab, lot: &Lot, of: &Inspection) -> Uuid {
    let name = format!(
        "{} {} {} {} {}",
        fab.plan().seed,
        lot.lot_id,
        of.slot,
        fab.steps()[of.step].step_id,
        of.is_repetition
    );
    uuid_v7(of.inspected_at, &name)
}

fn uuid_v7(at: DateTime<Utc>, name: &str) -> Uuid {
    let digest = Sha256::digest(name);
    let tail = std::array::from_fn(|index| digest[index]);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

pub(super) fn defects(rules: &Rules, inspection_id: Uuid, of: &Inspection) -> Rows {
    let mut rows = Rows::new(inspection_id);
    for defect in &of.defects {
        rows.push(&row(rules, defect), [""; 0]);
    }
    rows
}

fn row(rules: &Rules, defect: &Defect) -> DefectRow {
    DefectRow {
        defect_no: defect.defect_no,
        defect_type_id: rules.type_ids[defect.kind as usize],
        x_mm: Some(defect.x_mm),
        y_mm: Some(defect.y_mm),
        die_x: Some(defect.die_x),
        die_y: Some(defect.die_y),
        size_um: Some(defect.extent.size_um),
        x_size_um: Some(defect.extent.x_size_um),
        y_size_um: Some(defect.extent.y_size_um),
        area_um2: Some(defect.extent.area_um2),
        class_no: Some(defect.class_no),
        cluster_no: Some(defect.cluster_no),
        test_no: Some(1),
        image_count: Some(i32::from(defect.evidence.is_some())),
        confidence: Some(defect.confidence),
        review_status: match defect.review {
            Review::Detected => 0,
            Review::Analyzed => 1,
            Review::Reviewed => 2,
        },
        ..DefectRow::default()
    }
}
