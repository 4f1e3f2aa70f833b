//! Two periods beside each other.

use contract::ErrorCode;
use serde_json::Value;

use crate::harness::{Client, TestApp};
use crate::seed;

/// Four quiet wafers on days 1 to 4 with 2 particles each, four on days 11 to 14 with 10 each; each has a scratch.
async fn two_weeks(engineer: &Client) -> (i64, i64) {
    let particle = seed::defect_type(engineer, "Particle", 2, false).await;
    let scratch = seed::defect_type(engineer, "Scratch", 5, true).await;
    for day in [1, 2, 3, 4, 11, 12, 13, 14] {
        let wafer = seed::wafer(engineer, day).await;
        let day = u32::try_from(day).expect("small");
        let inspection = seed::inspection(engineer, &wafer, "M1", day).await;
        seed::defects(
            engineer,
            &inspection,
            particle,
            if day > 10 { 10 } else { 2 },
        )
        .await;
        seed::defects(engineer, &inspection, scratch, 1).await;
    }
    (particle, scratch)
}

const PERIOD: &str = "from=2026-01-11T00:00:00Z&to=2026-01-21T00:00:00Z";

#[actix_web::test]
async fn the_type_that_rose_is_first_and_the_one_that_did_not_is_not_called_changed() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (particle, scratch) = two_weeks(&engineer).await;

    let compared = engineer
        .get(&format!("/analytics/pareto/compare?{PERIOD}"))
        .await;

    let compared = compared.data();
    assert_eq!(compared["baseline"]["from"], "2026-01-01T00:00:00Z");
    assert_eq!(compared["baseline"]["to"], "2026-01-11T00:00:00Z");
    assert_eq!(
        (
            &compared["baseline"]["inspections"],
            &compared["period"]["inspections"]
        ),
        (&4.into(), &4.into())
    );
    assert_eq!(
        (&compared["period"]["area_cm2"], &compared["per"]),
        (&400.0.into(), &"cm2".into())
    );
    let (first, second) = (&compared["rows"][0], &compared["rows"][1]);
    assert_eq!(
        (&first["key"], &second["key"]),
        (&particle.to_string().into(), &scratch.to_string().into())
    );
    assert_eq!(
        (&first["count_before"], &first["count_after"]),
        (&8.into(), &40.into())
    );
    assert_eq!(
        (&first["rate_before"], &first["ratio"]),
        (&0.02.into(), &5.0.into())
    );
    assert_eq!(
        (&first["is_changed"], &second["is_changed"]),
        (&true.into(), &false.into())
    );
    // Benjamini-Hochberg of two: the smaller p counts twice.
    let number = |name: &str| first[name].as_f64().expect("a number");
    assert!((number("adjusted_p") - 2.0 * number("p")).abs() < 1e-12);
    assert_eq!(second["p"], 1.0);
}

#[actix_web::test]
async fn a_tool_is_compared_on_its_own_inspections_and_one_of_a_single_period_has_no_verdict() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    two_weeks(&engineer).await;
    let wafer = seed::wafer(&engineer, 20).await;
    let late = seed::inspection(&engineer, &wafer, "M2", 15).await;
    let types = engineer.get("/defect-types").await;
    let particle = types.rows()[0]["defect_type_id"].as_i64().expect("an id");
    seed::defects(&engineer, &late, particle, 30).await;

    let compared = engineer
        .get(&format!("/analytics/pareto/compare?by=step&{PERIOD}"))
        .await;

    let rows = compared.data()["rows"].as_array().expect("rows").clone();
    let row = |key: &str| {
        rows.iter()
            .find(|row| row["key"] == key)
            .expect("a row")
            .clone()
    };
    // 11 defects on each of 4 wafers against 3: the wafer at M2 has no part in it.
    assert_eq!(
        (&row("M1")["count_after"], &row("M1")["rate_after"]),
        (&44.into(), &0.11.into())
    );
    assert_eq!(row("M1")["is_changed"], true);
    let alone = row("M2");
    assert_eq!(
        (&alone["is_changed"], &alone["p"], &alone["ratio"]),
        (&false.into(), &1.0.into(), &Value::Null)
    );
    assert_eq!(row("M1")["adjusted_p"], row("M1")["p"]);
}

#[actix_web::test]
async fn a_baseline_without_inspections_gives_an_answer_without_verdicts() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    two_weeks(&engineer).await;
    let compared = engineer
        .get("/analytics/pareto/compare?from=2026-01-01T00:00:00Z&to=2026-01-06T00:00:00Z")
        .await;
    assert_eq!(compared.data()["baseline"]["inspections"], 0);
    let rows = compared.data()["rows"].as_array().expect("rows");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["is_changed"] == false));
}

#[actix_web::test]
async fn periods_that_cannot_be_compared_are_refused_by_field() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    for (query, field) in [
        ("to=2026-01-02T00:00:00Z", "from"),
        ("from=2026-01-02T00:00:00Z", "to"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "to"),
        (
            "from=2026-01-05T00:00:00Z&to=2026-01-09T00:00:00Z&baseline_to=2026-01-06T00:00:00Z",
            "baseline_to",
        ),
        (
            "from=2026-01-05T00:00:00Z&to=2026-01-09T00:00:00Z&baseline_from=2026-01-05T00:00:00Z",
            "baseline_to",
        ),
        (
            "from=2026-01-05T00:00:00Z&to=2026-01-09T00:00:00Z&by=element",
            "by",
        ),
        (
            "from=2026-01-05T00:00:00Z&to=2026-01-09T00:00:00Z&alpha=0.5",
            "alpha",
        ),
    ] {
        let refusal = viewer
            .get(&format!("/analytics/pareto/compare?{query}"))
            .await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{query}");
        assert_eq!(refusal.details()["field"], field, "{query}");
    }
}
