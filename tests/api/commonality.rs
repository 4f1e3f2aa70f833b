//! What bad inspections have in common, and refusals of explanations.

use contract::ErrorCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, TestApp};
use crate::seed;

/// Eight wafers, a day each: those of chamber A are clean, those of chamber B have 9 particles. The file's time differs on
/// each, the note is long, the heads are a list. The ids of the bad ones.
async fn two_chambers(app: &TestApp, engineer: &Client) -> Vec<String> {
    let particle = seed::defect_type(engineer, "Particle", 2, false).await;
    let mut bad = Vec::new();
    for slot in 1..=8_u32 {
        let wafer = seed::wafer(engineer, i32::try_from(slot).expect("small")).await;
        let is_bad = slot % 2 == 0;
        let id = seed::inspection(engineer, &wafer, "M1", slot).await;
        let parameters = json!({
            "chamber": if is_bad { "PVD-01 B" } else { "PVD-01 A" },
            "file_time": format!("{slot}:00"),
            "note": "x".repeat(65),
            "heads": ["1", "2"],
        });
        let deliver = format!(
            "update inspection set parameters = '{parameters}' where inspection_id = '{id}'"
        );
        app.db
            .db
            .execute_unprepared(&deliver)
            .await
            .expect("updates");
        if is_bad {
            seed::defects(engineer, &id, particle, 9).await;
            bad.push(id);
        }
    }
    bad
}

fn suspect<'a>(of: &'a Value, attribute: &str, value: &str) -> Option<&'a Value> {
    let suspects = of["suspects"].as_array().expect("a list").iter();
    suspects
        .into_iter()
        .find(|one| one["attribute"] == attribute && one["value"] == value)
}

#[actix_web::test]
async fn the_chamber_of_all_bad_wafers_has_the_p_of_fishers_tea_tasting() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    two_chambers(&app, &engineer).await;

    let found = engineer.get("/analytics/commonality?bad_above=0.05").await;

    let found = found.data();
    assert_eq!(
        (&found["bad"], &found["good"], &found["metric"]),
        (&4.into(), &4.into(), &"density".into())
    );
    assert_eq!(
        found["rule"],
        "Bad are inspections with more than 0.05 defects per cm2."
    );
    let chamber = suspect(found, "chamber", "PVD-01 B").expect("a suspect");
    assert_eq!(found["suspects"][0]["attribute"], "chamber");
    // 4 of 4 against 0 of 4: one arrangement of 8 choose 4 (R. A. Fisher, The Design of Experiments, 1935, chapter 2).
    let p = chamber["p"].as_f64().expect("a number");
    assert!((p - 1.0 / 70.0).abs() < 1e-12, "{p}");
    assert_eq!(
        [
            &chamber["bad_with"],
            &chamber["bad_without"],
            &chamber["good_with"],
            &chamber["good_without"]
        ],
        [4, 0, 0, 4]
            .map(Value::from)
            .iter()
            .collect::<Vec<_>>()
            .as_slice()
    );
    for silent in ["file_time", "note", "heads"] {
        let suspects = found["suspects"].as_array().expect("a list");
        assert!(
            suspects.iter().all(|one| one["attribute"] != silent),
            "{silent}"
        );
    }
}

#[actix_web::test]
async fn bad_ones_can_be_named_and_without_bad_ones_there_is_no_suspect() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let bad = two_chambers(&app, &engineer).await;

    let named: String = bad.iter().map(|id| format!("&bad={id}")).collect();
    let found = engineer
        .get(&format!("/analytics/commonality?metric=count{named}"))
        .await;
    let none = engineer.get("/analytics/commonality?bad_above=100").await;
    let empty = engineer.get("/analytics/commonality?step=NONE").await;

    let chamber = suspect(found.data(), "chamber", "PVD-01 B").expect("a suspect");
    assert_eq!(
        (&chamber["bad_with"], &found.data()["bad_above"]),
        (&4.into(), &Value::Null)
    );
    assert_eq!(
        (&none.data()["bad"], &none.data()["suspects"]),
        (&0.into(), &json!([]))
    );
    assert_eq!(
        (&empty.data()["good"], &empty.data()["suspects"]),
        (&0.into(), &json!([]))
    );
}

#[actix_web::test]
async fn questions_that_cannot_be_answered_are_refused_by_field() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let bad = two_chambers(&app, &engineer).await;
    let (first, unknown) = (&bad[0], Uuid::now_v7());
    for (path, field) in [
        (format!("commonality?bad={unknown}"), "bad"),
        (format!("commonality?bad={first}&bad_above=1"), "bad_above"),
        ("commonality?bad_above=-1".to_owned(), "bad_above"),
        ("commonality?alpha=0.9".to_owned(), "alpha"),
        ("explain".to_owned(), "inspection_id"),
        (
            format!("explain?inspection_id={first}&step=M2"),
            "inspection_id",
        ),
        (
            format!("explain?inspection_id={first}&chart=imr"),
            "inspection_id",
        ),
        (format!("explain?inspection_id={first}&rule=we9"), "rule"),
    ] {
        let refusal = engineer.get(&format!("/analytics/{path}")).await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{path}");
        assert_eq!(refusal.details()["field"], field, "{path}");
    }
    let missing = engineer
        .get(&format!("/analytics/explain?inspection_id={unknown}"))
        .await;
    assert_eq!(missing.refusal(), (404, ErrorCode::InspectionNotFound));
}

#[actix_web::test]
async fn a_point_of_a_control_chart_is_explained_by_the_limits_of_that_chart() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let particle = seed::defect_type(&engineer, "Particle", 2, false).await;
    let mut last = String::new();
    for day in 1..=12_u32 {
        let wafer = seed::wafer(&engineer, i32::try_from(day).expect("small")).await;
        last = seed::inspection(&engineer, &wafer, "M1", day).await;
        seed::defects(
            &engineer,
            &last,
            particle,
            if day < 12 { 1 + day % 2 } else { 15 },
        )
        .await;
    }
    let chart = json!({
        "name": "M1", "description": "", "scope": {"step": ["M1"]}, "metric": "count", "bucket": "inspection", "chart": "c",
        "width": "sigma", "width_value": 3.0, "rules": ["we1"],
    });
    let made = engineer.post("/control-charts", &chart).await;
    let chart = seed::id(&made.data()["control_chart_id"]);

    let explained = engineer
        .get(&format!(
            "/analytics/explain?inspection_id={last}&control_chart_id={chart}"
        ))
        .await;
    let missing = format!(
        "/analytics/explain?inspection_id={last}&control_chart_id={}",
        Uuid::now_v7()
    );
    let missing = engineer.get(&missing).await;

    let explained = explained.data();
    assert_eq!(
        (
            &explained["point"]["count"],
            &explained["violations"][0]["rule"]
        ),
        (&15.into(), &"we1".into())
    );
    assert_eq!(
        (&explained["from"], &explained["commonality"]["bad"]),
        (&"2026-01-12T08:00:00Z".into(), &1.into())
    );
    // At x = 0 to 14 mm on y = 1.5 mm: from 4 mm on within 22.5 degrees of the east.
    let zones = explained["zones"].as_array().expect("a list");
    let east = zones
        .iter()
        .find(|zone| zone["zone"] == "sector E")
        .expect("a zone");
    assert_eq!((&east["bad"], &east["good"]), (&11.into(), &0.into()));
    assert_eq!(missing.refusal(), (404, ErrorCode::ControlChartNotFound));
}
