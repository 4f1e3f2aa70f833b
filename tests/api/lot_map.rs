//! The wafers of a lot side by side.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::seed;

async fn wafer(engineer: &Client, wafer_id: &str, slot: i32) {
    let wafer = json!({"wafer_id": wafer_id, "id_scheme": "lot_slot", "lot_id": "LOT/A", "slot": slot, "diameter_mm": 200.0});
    engineer.post("/wafers", &wafer).await.data();
}

#[actix_web::test]
async fn a_clean_wafer_and_one_that_was_not_inspected_are_told_apart() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let pit = seed::defect_type(&engineer, "Pit", 3, false).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 3, false).await;
    for (slot, wafer_id) in (1..).zip(["A:01", "A:02", "A:03"]) {
        wafer(&engineer, wafer_id, 4 - slot).await;
    }
    let early = seed::inspection(&engineer, "A:01", "M2", 1).await;
    let dirty = seed::inspection(&engineer, "A:01", "M1", 2).await;
    seed::inspection(&engineer, "A:02", "M1", 3).await;
    seed::defects(&engineer, &early, pit, 1).await;
    seed::defects(&engineer, &dirty, pit, 3).await;
    seed::defects(&engineer, &dirty, scratch, 8).await;

    let maps = engineer.get("/lots/LOT%2FA/maps").await;
    let maps = maps.data();

    assert_eq!(
        (&maps["lot_id"], &maps["step_id"], &maps["steps"]),
        (&json!("LOT/A"), &json!("M1"), &json!(["M2", "M1"]))
    );
    let ids: Vec<&Value> = rows(maps).iter().map(|of| &of["wafer_id"]).collect();
    assert_eq!(ids, ["A:03", "A:02", "A:01"]);
    let [missing, clean, full] = rows(maps) else {
        panic!("{maps}")
    };
    assert!(missing["inspection"].is_null());
    assert_eq!(
        (
            clean["inspection"]["defect_count"].as_i64(),
            clean["count"].as_i64()
        ),
        (Some(0), Some(0))
    );
    assert_eq!(full["inspection"]["inspection_id"], dirty.as_str());
    // x of 0 to 7 mm, y of 1.5 mm, in cells of 2.5 mm from -100 mm on: three of each cell's x twice.
    assert_eq!(
        (&maps["across"], &maps["radius_mm"], &maps["most"]),
        (&json!(80), &json!(100.0), &json!(6))
    );
    let first = 40 * 80 + 40;
    assert_eq!(full["cell"], json!([first, first + 1, first + 2]));
    assert_eq!(full["cell_count"], json!([6, 2, 3]));
    assert_eq!(
        (full["count"].as_i64(), &full["main_type"]["name"]),
        (Some(11), &json!("Scratch"))
    );

    let pits = engineer
        .get(&format!(
            "/lots/LOT%2FA/maps?step=M1&defect_type={pit}&cell_mm=20"
        ))
        .await;
    let full = &rows(pits.data())[2];
    assert_eq!(
        (
            full["count"].as_i64(),
            &full["cell_count"],
            &full["main_type"]["name"]
        ),
        (Some(3), &json!([3]), &json!("Pit"))
    );
}

fn rows(maps: &Value) -> &[Value] {
    maps["wafers"].as_array().expect("wafers")
}

#[actix_web::test]
async fn a_lot_without_inspections_shows_its_wafers_and_an_unknown_lot_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    wafer(&engineer, "A:01", 1).await;

    let maps = engineer.get("/lots/LOT%2FA/maps").await;
    let unknown = engineer.get("/lots/LOT/maps").await;

    assert_eq!(
        (&maps.data()["steps"], rows(maps.data()).len()),
        (&json!([]), 1)
    );
    assert_eq!(maps.data()["geometry"]["diameter_mm"], 200.0);
    assert_eq!(unknown.refusal(), (404, ErrorCode::LotNotFound));
}
