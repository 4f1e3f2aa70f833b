//! What the wafer says: rules that clusters, signatures and zones share.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::seed;

/// An inspection of a wafer of 200 mm without dies, its delivered area too small to tell the rim; its id.
pub async fn inspection(engineer: &Client, slot: i32) -> String {
    let wafer = seed::wafer(engineer, slot).await;
    let day = u32::try_from(slot).expect("small");
    seed::inspection(engineer, &wafer, "M1", day).await
}

/// Lays dies of 10 mm from the centre, of which these, by column and row, were inspected.
pub async fn plan(app: &TestApp, inspection_id: &str, dies: &[(i32, i32)]) {
    let dies: Vec<String> = dies.iter().map(|(x, y)| format!("{x},{y}")).collect();
    let statement = format!(
        "update inspection set die_pitch_x_mm = 10, die_pitch_y_mm = 10, die_origin_x_mm = 0, die_origin_y_mm = 0,
            delivered_centre_x_mm = 0, delivered_centre_y_mm = 0, dies_inspected = '{{{}}}', area_cm2 = null
         where inspection_id = '{inspection_id}'",
        dies.join(",")
    );
    app.db.execute(&statement).await;
}

/// Adds defects, given as a query of numbers and positions.
pub async fn add(app: &TestApp, inspection_id: &str, defect_type_id: i64, points: &str) {
    let statement = format!(
        "insert into defect (inspection_id, defect_no, x_mm, y_mm, defect_type_id)
         select '{inspection_id}', no, x, y, {defect_type_id} from ({points}) p(no, x, y)"
    );
    app.db.execute(&statement).await;
}

/// 36 defects on a grid of 24 mm: nothing but background.
pub const BACKGROUND: &str = "select 1000 + 6 * a + b, 24.0 * (a - 2.5), 25.0 * (b - 2.5) from generate_series(0, 5) a, generate_series(0, 5) b";

pub fn number(of: &Value) -> f64 {
    of.as_f64().expect("a number")
}

pub fn close(of: &Value, expected: f64, within: f64) {
    assert!(
        (number(of) - expected).abs() <= within,
        "{of} is not {expected}"
    );
}

#[actix_web::test]
async fn an_inspection_without_defects_has_no_clusters_and_even_zones() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection(&engineer, 1).await;
    let clusters = engineer.get(&format!("/inspections/{id}/clusters")).await;
    assert_eq!(clusters.data()["clusters"], json!([]));
    let zones = engineer
        .get(&format!("/analytics/zones?inspection_id={id}"))
        .await;
    assert_eq!(zones.data()["p_value"], Value::Null);
    assert_eq!(zones.data()["zones"].as_array().map(Vec::len), Some(5));
    let none = engineer.get("/analytics/zones?lot=NONE").await;
    assert_eq!(
        (&none.data()["inspections"], &none.data()["zones"]),
        (&json!(0), &json!([]))
    );
}

#[actix_web::test]
async fn what_breaks_a_rule_is_refused_with_field_value_and_rule() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection(&engineer, 1).await;
    let clusters = format!("/inspections/{id}/clusters");
    for (path, field, value) in [
        (format!("{clusters}?reach_mm=0"), "reach_mm", json!(0.0)),
        (format!("{clusters}?min_points=1"), "min_points", json!(1)),
        (
            format!("/inspections/{id}/signatures?alpha=0.5"),
            "alpha",
            json!(0.5),
        ),
        ("/analytics/zones?rings=21".to_owned(), "rings", json!(21)),
        ("/analytics/zones?sectors=0".to_owned(), "sectors", json!(0)),
        (
            "/analytics/zones?inner_mm=5".to_owned(),
            "inner_mm",
            json!(5.0),
        ),
        (
            "/analytics/zones?inner_mm=5&outer_mm=4".to_owned(),
            "outer_mm",
            json!(4.0),
        ),
        (
            "/analytics/zones?outer_mm=4&from_deg=360".to_owned(),
            "from_deg",
            json!(360.0),
        ),
        (
            "/analytics/zones?outer_mm=4&sweep_deg=0".to_owned(),
            "sweep_deg",
            json!(0.0),
        ),
    ] {
        let refusal = engineer.get(&path).await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{path}");
        assert_eq!(
            (&refusal.details()["field"], &refusal.details()["value"]),
            (&json!(field), &value),
            "{path}"
        );
    }
    let nobody = "00000000-0000-7000-8000-000000000000";
    for path in [
        format!("/inspections/{nobody}/clusters"),
        format!("/analytics/zones?inspection_id={nobody}"),
    ] {
        assert_eq!(
            engineer.get(&path).await.refusal(),
            (404, ErrorCode::InspectionNotFound)
        );
    }
}
