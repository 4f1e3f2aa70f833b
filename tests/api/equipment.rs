//! Equipment.

use contract::ErrorCode;
use serde_json::json;

use crate::harness::TestApp;
use crate::seed;

#[actix_web::test]
async fn a_tool_is_known_by_its_id_until_it_gets_a_name() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;

    let made = engineer
        .post("/equipment", &json!({"equipment_id": "INS-01"}))
        .await;

    assert_eq!(made.status, 201);
    assert_eq!(made.data()["name"], "INS-01");
    assert_eq!(made.data()["time_zone"], "UTC");
    let change = json!({"name": "East inspector", "last_calibration": "2026-02-01"});
    let changed = engineer.put("/equipment/INS-01", &change).await;
    assert_eq!(changed.data()["name"], "East inspector");
    assert_eq!(changed.data()["last_calibration"], "2026-02-01");
}

#[actix_web::test]
async fn a_time_zone_that_does_not_exist_is_refused() {
    let app = TestApp::start().await;
    let tool = json!({"equipment_id": "INS-01", "facts": {"time_zone": "Europe/Atlantis"}});
    let refusal = app.engineer().await.post("/equipment", &tool).await;
    assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(refusal.details()["field"], "facts.time_zone");
}

#[actix_web::test]
async fn the_same_id_twice_is_a_conflict() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let tool = json!({"equipment_id": "INS-01"});
    engineer.post("/equipment", &tool).await.data();
    let again = engineer.post("/equipment", &tool).await;
    assert_eq!(again.refusal(), (409, ErrorCode::AlreadyExists));
    assert_eq!(again.details()["field"], "equipment_id");
}

#[actix_web::test]
async fn performance_sets_a_tool_against_all_tools_at_the_same_step() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let kind = seed::defect_type(&engineer, "Particle", 3, false).await;
    for (slot, tool, defects) in [(1, "A", 2), (2, "A", 4), (3, "B", 9)] {
        engineer
            .post("/equipment", &json!({"equipment_id": tool}))
            .await;
        let wafer = seed::wafer(&engineer, slot).await;
        let inspection = seed::inspection(&engineer, &wafer, "M1", 1).await;
        engineer
            .put(
                &format!("/inspections/{inspection}"),
                &json!({"equipment_id": tool}),
            )
            .await
            .data();
        seed::defects(&engineer, &inspection, kind, defects).await;
    }

    let performance = engineer.get("/equipment/A/performance").await;

    let step = &performance.data()["steps"][0];
    assert_eq!(
        (&step["step_id"], &step["inspection_count"]),
        (&json!("M1"), &json!(2))
    );
    assert_eq!(
        (&step["mean_count"], &step["mean_count_all"]),
        (&json!(3.0), &json!(5.0))
    );
    assert_eq!(
        (&step["density_per_cm2"], &step["density_per_cm2_all"]),
        (&json!(0.03), &json!(0.05))
    );
    let unknown = engineer.get("/equipment/C/performance").await;
    assert_eq!(unknown.refusal(), (404, ErrorCode::EquipmentNotFound));
}
