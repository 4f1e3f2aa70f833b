//! Things that tests begin with, made over the API.

use serde_json::{Value, json};

use crate::harness::Client;

/// A wafer of lot `LOT1`; its id.
pub async fn wafer(engineer: &Client, slot: i32) -> String {
    let wafer_id = format!("LOT1:{slot:02}");
    let wafer = json!({"wafer_id": wafer_id, "id_scheme": "lot_slot", "lot_id": "LOT1", "slot": slot, "diameter_mm": 200.0});
    engineer.post("/wafers", &wafer).await.data();
    wafer_id
}

/// An inspection at a step, `day` of January 2026; its id.
pub async fn inspection(engineer: &Client, wafer_id: &str, step: &str, day: u32) -> String {
    let new = json!({
        "wafer_id": wafer_id, "step_id": step, "area_cm2": 100.0,
        "inspected_at": format!("2026-01-{day:02}T08:00:00Z"),
    });
    let made = engineer.post("/inspections", &new).await;
    id(&made.data()["inspection"]["inspection_id"])
}

/// `count` defects of a type on a line to the right of the centre.
pub async fn defects(engineer: &Client, inspection_id: &str, defect_type_id: i64, count: u32) {
    let url = format!("/inspections/{inspection_id}/defects");
    for place in 0..count {
        let new = json!({"x_mm": f64::from(place), "y_mm": 1.5, "defect_type_id": defect_type_id, "size_um": 0.1});
        engineer.post(&url, &new).await.data();
    }
}

/// A defect type; its id.
pub async fn defect_type(engineer: &Client, name: &str, severity: i32, killer: bool) -> i64 {
    let new = json!({"name": name, "facts": {"severity": severity, "killer": killer}});
    let made = engineer.post("/defect-types", &new).await;
    made.data()["defect_type_id"].as_i64().expect("an id")
}

pub fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}
