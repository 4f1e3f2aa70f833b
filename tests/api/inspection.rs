//! Inspections.

use contract::ErrorCode;
use serde_json::json;

use crate::harness::TestApp;
use crate::seed;

#[actix_web::test]
async fn a_cursor_leads_through_the_whole_list_without_a_gap() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    let mut expected = Vec::new();
    for day in 1..=5 {
        expected.insert(
            0,
            seed::inspection(&engineer, &wafer, &format!("S{day}"), day).await,
        );
    }

    let mut seen = Vec::new();
    let mut query = "per_page=2".to_owned();
    loop {
        let page = engineer.get(&format!("/inspections?{query}")).await;
        seen.extend(
            page.rows()
                .iter()
                .map(|row| seed::id(&row["inspection_id"])),
        );
        assert_eq!(page.body["pagination"]["total"], 5);
        match page.body["pagination"]["next_cursor"].as_str() {
            Some(cursor) => query = format!("per_page=2&cursor={cursor}"),
            None => break,
        }
    }

    assert_eq!(seen, expected);
}

#[actix_web::test]
async fn a_cursor_of_another_order_or_made_up_is_refused() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    for query in [
        "cursor=nonsense",
        "cursor=MS4y&sort=wafer_id",
        "cursor=MS4y&page=2",
    ] {
        let refusal = viewer.get(&format!("/inspections?{query}")).await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{query}");
        assert_eq!(refusal.details()["field"], "cursor", "{query}");
    }
}

#[actix_web::test]
async fn a_re_inspection_replaces_the_earlier_one_unless_both_are_asked_for() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    let first = seed::inspection(&engineer, &wafer, "M1", 1).await;
    let second = seed::inspection(&engineer, &wafer, "M1", 2).await;

    let current = engineer.get("/inspections").await;
    let both = engineer
        .get("/inspections?superseded=true&sort=inspected_at&order=asc")
        .await;

    assert_eq!(current.rows().len(), 1);
    assert_eq!(current.rows()[0]["inspection_id"], json!(second));
    assert_eq!(both.rows()[0]["inspection_id"], json!(first));
    assert_eq!(both.rows()[0]["superseded"], true);
    let detail = engineer.get(&format!("/inspections/{first}")).await;
    assert_eq!(detail.data()["next_inspection_id"], json!(second));
    let of_wafer = engineer.get(&format!("/wafers/{wafer}/inspections")).await;
    assert_eq!(of_wafer.rows().len(), 2);
}

#[actix_web::test]
async fn an_inspection_needs_a_wafer_that_exists() {
    let app = TestApp::start().await;
    let new =
        json!({"wafer_id": "nothing", "step_id": "M1", "inspected_at": "2026-01-01T00:00:00Z"});
    let refusal = app.engineer().await.post("/inspections", &new).await;
    assert_eq!(refusal.refusal(), (404, ErrorCode::WaferNotFound));
}

#[actix_web::test]
async fn lists_are_narrowed_by_step_lot_and_window() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    seed::inspection(&engineer, &wafer, "M1", 1).await;
    seed::inspection(&engineer, &wafer, "M2", 2).await;
    seed::inspection(&engineer, &wafer, "M3", 3).await;
    for (query, count) in [
        ("step=M1&step=M3", 2),
        ("lot=LOT1", 3),
        ("lot=LOT2", 0),
        ("from=2026-01-02T00:00:00Z", 2),
        ("to=2026-01-02T08:00:00Z", 1),
        ("search=m2", 1),
    ] {
        let found = engineer.get(&format!("/inspections?{query}")).await;
        assert_eq!(found.rows().len(), count, "{query}");
    }
}

#[actix_web::test]
async fn only_an_admin_deletes_an_inspection_and_its_defects_go_with_it() {
    let app = TestApp::start().await;
    let (engineer, admin) = (app.engineer().await, app.admin().await);
    let kind = seed::defect_type(&engineer, "Particle", 3, false).await;
    let wafer = seed::wafer(&engineer, 1).await;
    let inspection = seed::inspection(&engineer, &wafer, "M1", 1).await;
    seed::defects(&engineer, &inspection, kind, 3).await;
    let url = format!("/inspections/{inspection}");

    assert_eq!(
        engineer.delete(&url).await.refusal(),
        (403, ErrorCode::RoleRequired)
    );
    assert_eq!(admin.delete(&url).await.status, 204);

    assert_eq!(
        admin.get(&url).await.refusal(),
        (404, ErrorCode::InspectionNotFound)
    );
    assert_eq!(admin.get("/defects?superseded=true").await.rows().len(), 0);
    let kind = admin.get(&format!("/defect-types/{kind}")).await;
    assert_eq!(kind.data()["defect_count"], 0);
}

#[actix_web::test]
async fn under_a_filter_by_type_density_sorts_by_the_density_that_is_shown() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    let many = seed::inspection(&engineer, &wafer, "M1", 1).await;
    let few = seed::inspection(&engineer, &wafer, "M2", 2).await;
    let common = seed::defect_type(&engineer, "Particle", 2, false).await;
    let rare = seed::defect_type(&engineer, "Scratch", 4, true).await;
    seed::defects(&engineer, &many, common, 5).await;
    for (inspection, first, last) in [(&many, 101, 101), (&few, 101, 102)] {
        for defect_no in first..=last {
            let new =
                json!({"defect_no": defect_no, "x_mm": 0.0, "y_mm": 0.0, "defect_type_id": rare});
            let url = format!("/inspections/{inspection}/defects");
            engineer.post(&url, &new).await.data();
        }
    }

    let url = format!("/inspections?sort=density&order=desc&defect_type={rare}");
    let page = engineer.get(&url).await;

    let shown: Vec<_> = page
        .rows()
        .iter()
        .map(|row| (seed::id(&row["inspection_id"]), &row["density_per_cm2"]))
        .collect();
    assert_eq!(shown, [(few, &json!(0.02)), (many, &json!(0.01))]);
}

#[actix_web::test]
async fn values_that_no_database_holds_are_refused_as_input() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let ages = "from=-200000-01-01T00:00:00Z&to=%2B200000-01-01T00:00:00Z";
    let last = "to=%2B262142-12-31T23:59:59.999999999Z";
    for path in [
        "/wafers?search=a%00b".to_owned(),
        "/inspections?step=%00".to_owned(),
        format!("/inspections?{ages}"),
        format!("/analytics/dashboard?{ages}"),
        format!("/defects?{last}"),
    ] {
        let answer = viewer.get(&path).await;
        assert!(
            answer.status == 200 || answer.refusal() == (400, ErrorCode::InvalidInput),
            "{path}: {answer:?}"
        );
    }
    let nul = viewer.get("/wafers?search=a%00b").await;
    assert_eq!(nul.refusal(), (400, ErrorCode::InvalidInput));
}
