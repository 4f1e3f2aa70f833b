//! From what a KLARF file says to what the database holds.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use contract::import::{Diagnostic, Severity};
use contract::wafer::IdScheme;
use entity::inspection;
use entity::wafer::MarkType;
use klarf::{Die, Frame, MarkLocation, Wafer};
use serde_json::{Map, Value, json};
use store::ActiveValue::Set;
use store::ingest::{EquipmentFacts, WaferFacts};

use super::identity::{Delivered, WaferIdentity, identify};
use super::local_time;
use super::reading::WaferEnd;

/// Diameter of a wafer whose file gives none that is possible, mm: it must be drawn somehow, and 300 mm
/// holds the dies of all smaller ones.
const DEFAULT_DIAMETER_MM: f64 = 300.0;

/// What is known of a wafer before its first defect.
pub(super) fn wafer(wafer: &Wafer, equipment: Option<EquipmentFacts>, zone: Tz) -> WaferFacts {
    let identity = identify(Delivered {
        lot: wafer.lot_id.as_deref(),
        wafer: wafer.wafer_id.as_deref(),
        scribe: wafer.scribe_id.as_deref(),
        slot: wafer.slot,
    });
    WaferFacts {
        inspection: inspection(wafer, &identity, equipment.as_ref(), zone),
        equipment,
        wafer: entity::wafer::ActiveModel {
            wafer_id: Set(identity.wafer_id),
            id_scheme: Set(scheme(identity.scheme)),
            delivered_id: Set(Some(identity.delivered_id)),
            scribe: Set(wafer.scribe_id.clone()),
            lot_id: Set(identity.lot_id),
            slot: Set(slot(wafer)),
            diameter_mm: Set(Some(diameter_mm(wafer))),
            mark_type: Set(mark_type(wafer)),
            ..Default::default()
        },
    }
}

/// The tool: the third text of `InspectionStationID`, else the model; `NONE` is how tools say that
/// they do not know.
pub(super) fn equipment(wafer: &Wafer) -> Option<EquipmentFacts> {
    let known = |text: &Option<String>| {
        text.clone()
            .filter(|text| !text.eq_ignore_ascii_case("none"))
    };
    let station = &wafer.station;
    Some(EquipmentFacts {
        equipment_id: known(&station.equipment_id).or_else(|| known(&station.model))?,
        manufacturer: known(&station.manufacturer),
        model: known(&station.model),
    })
}

/// Whether the file holds only columns that an analysis added, to be joined to an inspection by defect
/// number: importing it would count that inspection twice.
pub(super) fn is_analysis_only(wafer: &Wafer) -> bool {
    wafer.frame().is_none() && wafer.tests.is_empty() && wafer.station == klarf::Station::default()
}

/// When the wafer was inspected, and what had to be assumed for that.
pub(super) fn inspected_at(wafer: &Wafer, zone: Tz) -> (DateTime<Utc>, Option<Diagnostic>) {
    let result = wafer.result_timestamp.as_ref();
    if let Some(local) = result.and_then(|timestamp| timestamp.local) {
        return (local_time::utc(local, zone), None);
    }
    let (at, assumed) = match wafer
        .file_timestamp
        .as_ref()
        .and_then(|timestamp| timestamp.local)
    {
        Some(local) => (local_time::utc(local, zone), "FileTimestamp"),
        None => (Utc::now(), "the moment of the import"),
    };
    let diagnostic = Diagnostic {
        severity: Severity::Warning,
        code: "no-inspection-time".to_owned(),
        line: wafer.line,
        column: 1,
        message: format!(
            "the file does not say when the wafer was inspected: {assumed} is taken instead"
        ),
        expected: Some("ResultTimestamp with a possible date".to_owned()),
        found: result.map(|timestamp| timestamp.text.clone()),
    };
    (at, Some(diagnostic))
}

fn inspection(
    wafer: &Wafer,
    identity: &WaferIdentity,
    equipment: Option<&EquipmentFacts>,
    zone: Tz,
) -> inspection::ActiveModel {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let frame = wafer.frame().filter(is_possible);
    let die_size = frame.map(|frame| frame.die_size_mm());
    let die_origin = frame.map(|frame| frame.place(Die { x: 0, y: 0 }).lower_left);
    inspection::ActiveModel {
        wafer_id: Set(identity.wafer_id.clone()),
        equipment_id: Set(equipment.map(|tool| tool.equipment_id.clone())),
        lot_id: Set(identity.lot_id.clone()),
        step_id: Set(text(&wafer.step_id)),
        device_id: Set(text(&wafer.device_id)),
        recipe: Set(wafer.recipe.name.clone()),
        operator: Set(operator(wafer)),
        slot: Set(slot(wafer)),
        side: Set(wafer.side.clone()),
        result_timestamp: Set(wafer
            .result_timestamp
            .as_ref()
            .map(|time| time.text.clone())),
        file_timestamp: Set(wafer.file_timestamp.as_ref().map(|time| time.text.clone())),
        time_zone: Set(zone.name().to_owned()),
        diameter_mm: Set(Some(diameter_mm(wafer))),
        die_pitch_x_mm: Set(die_size.map(|size| size.x)),
        die_pitch_y_mm: Set(die_size.map(|size| size.y)),
        die_origin_x_mm: Set(die_origin.map(|point| point.x)),
        die_origin_y_mm: Set(die_origin.map(|point| point.y)),
        mark_type: Set(Some(mark_type(wafer))),
        delivered_mark_location: Set(wafer.mark_location.map(|at| mark_word(at).to_owned())),
        delivered_centre_x_mm: Set(wafer.sample_center_mm.map(|point| point.x)),
        delivered_centre_y_mm: Set(wafer.sample_center_mm.map(|point| point.y)),
        ..Default::default()
    }
}

/// What is known by the wafer's end; `assumed` are diagnostics of our own.
pub(super) fn inspection_end(end: &WaferEnd, assumed: &[Diagnostic]) -> inspection::ActiveModel {
    let wafer = &end.wafer;
    let diagnostics: Vec<_> = end
        .diagnostics
        .iter()
        .map(diagnostic)
        .chain(assumed.iter().cloned())
        .collect();
    let warnings = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity != Severity::Note)
        .count();
    let dies: Vec<i32> = wafer
        .plan_dies()
        .into_iter()
        .flat_map(|die| [die.x, die.y])
        .collect();
    let area = wafer
        .inspected_area_cm2()
        .filter(|area| area.is_finite() && *area > 0.0);
    inspection::ActiveModel {
        area_cm2: Set(area),
        die_count: Set(i32::try_from(dies.len() / 2).ok()),
        dies_inspected: Set(Some(dies)),
        class_lookup: Set(json!(wafer.classes)),
        summary: Set(json!(wafer.summaries)),
        parameters: Set(parameters(wafer)),
        diagnostics: Set(json!(diagnostics)),
        warning_count: Set(i32::try_from(warnings).unwrap_or(i32::MAX)),
        extra_columns: Set(end.extra_columns.clone()),
        ..Default::default()
    }
}

/// A diagnostic of the reader as the API shows it.
pub(super) fn diagnostic(noticed: &klarf::Diagnostic) -> Diagnostic {
    let times = if noticed.count > 1 {
        format!(" ({} times)", noticed.count)
    } else {
        String::new()
    };
    Diagnostic {
        severity: match noticed.severity {
            klarf::Severity::Error => Severity::Error,
            klarf::Severity::Warning => Severity::Warning,
            klarf::Severity::Note => Severity::Note,
        },
        code: noticed.code.to_owned(),
        line: noticed.line,
        column: noticed.column,
        message: format!("{}{times}", noticed.message),
        expected: noticed.expected.clone(),
        found: noticed.found.clone(),
    }
}

/// All keywords as delivered; the last of a name counts, as it does in the file.
fn parameters(wafer: &Wafer) -> Value {
    let fields = wafer.keywords.iter().map(|keyword| {
        let value = match keyword.values.as_slice() {
            [single] => json!(single),
            several => json!(several),
        };
        (keyword.name.clone(), value)
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

fn operator(wafer: &Wafer) -> Option<String> {
    let keyword = wafer
        .keyword("OperatorId")
        .or_else(|| wafer.keyword("OperatorID"))?;
    keyword
        .values
        .first()
        .filter(|text| !text.is_empty())
        .cloned()
}

fn slot(wafer: &Wafer) -> Option<i32> {
    wafer.slot.filter(|slot| (0..1000).contains(slot))
}

fn diameter_mm(wafer: &Wafer) -> f64 {
    wafer
        .diameter_mm
        .filter(|mm| mm.is_finite() && *mm > 0.0 && *mm <= 1000.0)
        .unwrap_or(DEFAULT_DIAMETER_MM)
}

fn is_possible(frame: &Frame) -> bool {
    let is_pitch = |mm: f64| mm.is_finite() && mm > 0.0;
    is_pitch(frame.pitch_mm.x)
        && is_pitch(frame.pitch_mm.y)
        && frame.center_mm.x.is_finite()
        && frame.center_mm.y.is_finite()
}

fn mark_type(wafer: &Wafer) -> MarkType {
    match wafer.mark_type.as_deref() {
        Some("FLAT") => MarkType::Flat,
        Some("DFLAT") => MarkType::DoubleFlat,
        Some("NONE") => MarkType::None,
        _ => MarkType::Notch,
    }
}

fn scheme(scheme: IdScheme) -> entity::wafer::IdScheme {
    match scheme {
        IdScheme::T7 => entity::wafer::IdScheme::T7,
        IdScheme::M12 => entity::wafer::IdScheme::M12,
        IdScheme::M13 => entity::wafer::IdScheme::M13,
        IdScheme::LotSlot => entity::wafer::IdScheme::LotSlot,
    }
}

fn mark_word(location: MarkLocation) -> &'static str {
    match location {
        MarkLocation::Down => "down",
        MarkLocation::Left => "left",
        MarkLocation::Up => "up",
        MarkLocation::Right => "right",
    }
}
