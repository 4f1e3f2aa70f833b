//! Where things have their pages, and how CSV files write moments.
//!
//! Wafers, inspections, equipment and defect types have the same path here and in the API.

use chrono::{DateTime, SecondsFormat, Utc};
use contract::defect::DefectId;
use uuid::Uuid;

use crate::state::navigation::segment;

/// Page of a wafer.
pub fn wafer(wafer_id: &str) -> String {
    format!("/wafers/{}", segment(wafer_id))
}

/// What each step of a wafer's route added.
pub fn adders(wafer_id: &str) -> String {
    format!("{}/adders", wafer(wafer_id))
}

/// Page of a lot.
pub fn lot(lot_id: &str) -> String {
    format!("/lots/{}", segment(lot_id))
}

/// The inspections of a lot.
pub fn lot_inspections(lot_id: &str) -> String {
    format!("/inspections?lot={}", segment(lot_id))
}

/// Page of an inspection.
pub fn inspection(inspection_id: Uuid) -> String {
    format!("/inspections/{inspection_id}")
}

/// Page of a defect.
pub fn defect(defect_id: DefectId) -> String {
    let DefectId {
        inspection_id,
        defect_no,
    } = defect_id;
    format!("/inspections/{inspection_id}/defects/{defect_no}")
}

/// Page of a tool.
pub fn equipment(equipment_id: &str) -> String {
    format!("/equipment/{}", segment(equipment_id))
}

/// Page of a defect type.
pub fn defect_type(defect_type_id: i32) -> String {
    format!("/defect-types/{defect_type_id}")
}

/// Page of a control chart.
pub fn control_chart(control_chart_id: Uuid) -> String {
    format!("/control-charts/{control_chart_id}")
}

/// Page of an alert.
pub fn alert(alert_id: Uuid) -> String {
    format!("/alerts/{alert_id}")
}

/// What may have caused what a control chart found at an inspection.
pub fn explain(control_chart_id: Uuid, inspection_id: Uuid) -> String {
    format!("/explain?control_chart_id={control_chart_id}&inspection_id={inspection_id}")
}

/// A moment in a CSV file: UTC, RFC 3339.
pub fn csv_moment(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}
