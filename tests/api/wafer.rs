//! Wafers and lots.

use contract::ErrorCode;
use serde_json::json;

use crate::harness::TestApp;
use crate::seed;

#[actix_web::test]
async fn a_wafer_with_a_semi_id_is_checked_against_its_scheme() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer =
        |id: &str| json!({"wafer_id": id, "id_scheme": "m12", "lot_id": "L", "diameter_mm": 300.0});

    let made = engineer.post("/wafers", &wafer("8365N004FEC6")).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.header("location"), "/api/v1/wafers/8365N004FE");
    assert_eq!(made.data()["delivered_id"], "8365N004FEC6");

    let misread = engineer.post("/wafers", &wafer("8369N004FEC6")).await;
    assert_eq!(misread.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(misread.details()["field"], "wafer_id");
    assert_eq!(misread.details()["value"], "8369N004FEC6");
}

#[actix_web::test]
async fn a_viewer_may_read_a_wafer_but_not_scrap_it() {
    let app = TestApp::start().await;
    let id = seed::wafer(&app.engineer().await, 1).await;
    let viewer = app.viewer().await;
    let url = format!("/wafers/{id}");

    assert_eq!(viewer.get(&url).await.data()["status"], "active");
    let refusal = viewer.put(&url, &json!({"status": "scrapped"})).await;

    assert_eq!(refusal.refusal(), (403, ErrorCode::RoleRequired));
    assert_eq!(viewer.get(&url).await.data()["status"], "active");
}

#[actix_web::test]
async fn a_change_leaves_before_and_after_in_the_history() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = seed::wafer(&engineer, 1).await;
    let url = format!("/wafers/{id}");

    engineer
        .put(&url, &json!({"status": "scrapped", "material": "SiC"}))
        .await
        .data();

    let history = engineer.get(&format!("{url}/history")).await;
    let change = &history.rows()[0];
    assert_eq!(change["action"], "wafer.update");
    assert_eq!(
        change["before"],
        json!({"status": "active", "material": null})
    );
    assert_eq!(
        change["after"],
        json!({"status": "scrapped", "material": "SiC"})
    );
    assert_eq!(change["ip"], "127.0.0.1");
    assert_eq!(history.rows().len(), 2);
}

#[actix_web::test]
async fn a_change_based_on_an_old_state_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let url = format!("/wafers/{}", seed::wafer(&engineer, 1).await);
    let read = engineer.get(&url).await.data()["updated_at"].clone();
    engineer.put(&url, &json!({"material": "Si"})).await.data();

    let late = engineer
        .put(&url, &json!({"material": "SiC", "if_updated_at": read}))
        .await;

    assert_eq!(late.refusal(), (409, ErrorCode::Conflict));
    assert_eq!(engineer.get(&url).await.data()["material"], "Si");
}

#[actix_web::test]
async fn a_wafer_with_inspections_cannot_be_deleted() {
    let app = TestApp::start().await;
    let (engineer, admin) = (app.engineer().await, app.admin().await);
    let id = seed::wafer(&engineer, 1).await;
    seed::inspection(&engineer, &id, "M1", 1).await;
    let other = seed::wafer(&engineer, 2).await;

    let refusal = admin.delete(&format!("/wafers/{id}")).await;
    assert_eq!(refusal.refusal(), (409, ErrorCode::InUse));
    let details = json!({"referred_to_by": "inspections", "count": 1});
    assert_eq!(refusal.details(), &details);

    assert_eq!(admin.delete(&format!("/wafers/{other}")).await.status, 204);
    let gone = admin.get(&format!("/wafers/{other}")).await;
    assert_eq!(gone.refusal(), (404, ErrorCode::WaferNotFound));
}

#[actix_web::test]
async fn an_unknown_query_parameter_is_named() {
    let app = TestApp::start().await;
    let refusal = app.viewer().await.get("/wafers?colour=red").await;
    assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(refusal.details()["field"], "colour");
    assert_eq!(refusal.details()["value"], "red");
}

#[actix_web::test]
async fn values_out_of_range_are_refused_with_field_value_and_rule() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for (query, field) in [
        ("per_page=101", "per_page"),
        ("page=0", "page"),
        ("sort=size", "sort"),
        ("status=lost", "status"),
    ] {
        let refusal = engineer.get(&format!("/wafers?{query}")).await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{query}");
        assert_eq!(refusal.details()["field"], field, "{query}");
    }
    let wafer = json!({"wafer_id": "A", "id_scheme": "lot_slot", "lot_id": "L", "slot": 100, "diameter_mm": 300.0});
    let refusal = engineer.post("/wafers", &wafer).await;
    assert_eq!(
        refusal.details(),
        &json!({"field": "slot", "value": 100, "constraint": "has to lie between 1 and 99"})
    );
}

#[actix_web::test]
async fn an_id_with_a_slash_survives_the_way_there_and_back() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = json!({"wafer_id": "LOT%2FA:01", "id_scheme": "lot_slot", "lot_id": "LOT/A", "diameter_mm": 300.0});

    let made = engineer.post("/wafers", &wafer).await;
    let location = made.header("location").to_owned();

    assert_eq!(location, "/api/v1/wafers/LOT%252FA:01");
    let read = engineer.get(&format!("/{location}")).await;
    assert_eq!(read.data()["wafer_id"], "LOT%2FA:01");
}

#[actix_web::test]
async fn lots_follow_from_their_wafers_and_inspections() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for slot in 1..=2 {
        let id = seed::wafer(&engineer, slot).await;
        seed::inspection(&engineer, &id, "M1", 1).await;
    }

    let lot = engineer.get("/lots/LOT1").await;
    assert_eq!(
        (&lot.data()["wafer_count"], &lot.data()["inspection_count"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(engineer.get("/lots").await.rows().len(), 1);
    assert_eq!(
        engineer.get("/lots/LOT2").await.refusal(),
        (404, ErrorCode::LotNotFound)
    );
}
