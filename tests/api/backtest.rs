//! Limits tried on history.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::history::{self, Inspected, assert_close, counts, vector};

async fn hourly(app: &TestApp, counts: &[u64]) {
    let kind = history::defect_type(&app.db, "Particle").await;
    let inspected: Vec<Inspected> = counts
        .iter()
        .enumerate()
        .map(|(hour, &count)| Inspected::hourly(hour, vec![(kind, count)]))
        .collect();
    history::write(&app.db, &inspected).await;
}

#[actix_web::test]
async fn the_c_chart_of_nist_has_one_false_alarm_in_its_own_data() {
    let app = TestApp::start().await;
    let case = vector("chart_c", "nist-wafer-defects");
    let counts = counts(&case["inputs"]["counts"]);
    hourly(&app, &counts).await;

    let answer = app
        .viewer()
        .await
        .get("/analytics/backtest?chart=c&rule=we1")
        .await;

    let data = answer.data();
    assert_eq!(
        (&data["limits"]["chart"], &data["limits"]["centre"]),
        (&json!("c"), &json!(16.0))
    );
    assert_eq!(data["chart"]["points"][0]["ucl"], 28.0);
    assert_eq!(data["quiet_points"], counts.len());
    assert_eq!(data["false_alarms"], case["expected"]["beyond_limits"]);
    assert_eq!(data["false_alarms_by_rule"], json!({"we1": 1}));
    assert_eq!(data["poisson_false_alarms"], 1);
    assert_close(&data["false_alarm_share"], 1.0 / counts.len() as f64, 1e-12);
    assert_eq!(data["points_between_false_alarms"], counts.len() as f64);
    // The limits judge from outside: they came frozen.
    assert_eq!(data["chart"]["stages"][0]["source"], "frozen");
    assert_eq!(data["chart"]["points"][0]["phase"], "two");
}

/// Twenty quiet hours (mean 10, limits 0.5 and 19.5), then one at 30 that is nobody's doing, quiet ones, and a leak
/// of six hours that shows in its third.
#[actix_web::test]
async fn events_are_found_with_their_delay_and_quiet_points_are_outside_of_them() {
    let app = TestApp::start().await;
    let mut counts = [9, 11, 8, 12, 10].repeat(4);
    counts.extend([30, 10, 10]);
    counts.extend([12, 14, 25, 26, 24, 22]);
    counts.extend([10, 11, 9, 10]);
    hourly(&app, &counts).await;
    let leak = "event=2026-01-01T23:00:00Z/2026-01-02T05:00:00Z/leak%20at%20valve%201/2";
    let unseen = "event=2026-03-01T00:00:00Z/2026-03-02T00:00:00Z/nobody%20looked";
    let quiet = "event=2026-01-01T02:00:00Z/2026-01-01T05:00:00Z/no%20trace";
    let query = format!(
        "/analytics/backtest?chart=c&rule=we1&baseline_to=2026-01-01T20:00:00Z&settle_points=2&{leak}&{unseen}&{quiet}"
    );

    let answer = app.viewer().await.get(&query).await;

    let data = answer.data();
    assert_eq!(data["limits"]["centre"], 10.0);
    assert_eq!(data["limits"]["points"], 20);
    // 33 points less six and three of events and two after each.
    assert_eq!(data["quiet_points"], 20);
    assert_eq!(data["false_alarms"], json!([20]));
    let leak = &data["events"][0];
    assert_eq!(
        (&leak["name"], &leak["points"]),
        (&json!("leak at valve 1/2"), &json!(6))
    );
    assert_eq!(
        (
            &leak["found_at"],
            &leak["delay_points"],
            &leak["delay_hours"]
        ),
        (&json!(25), &json!(2), &json!(2.0))
    );
    assert_eq!(
        (&leak["found_at_time"], &leak["rules"]),
        (&json!("2026-01-02T01:00:00Z"), &json!(["we1"]))
    );
    let unseen = &data["events"][1];
    assert_eq!(
        (&unseen["points"], &unseen["found_at"]),
        (&json!(0), &Value::Null)
    );
    let quiet = &data["events"][2];
    assert_eq!(
        (&quiet["points"], &quiet["found_at"], &quiet["delay_hours"]),
        (&json!(3), &Value::Null, &Value::Null)
    );
}

/// Counts that are five times as spread as independent ones: the picker sees it, a c chart does not.
#[actix_web::test]
async fn clustered_counts_alarm_the_usual_chart_more_often() {
    let app = TestApp::start().await;
    let case = vector("chart_c", "overdispersed-lots");
    hourly(&app, &counts(&case["inputs"]["counts"])).await;

    let answer = app
        .viewer()
        .await
        .get("/analytics/backtest?metric=count&rule=we1")
        .await;

    let data = answer.data();
    let usual = case["expected"]["beyond_limits"]
        .as_array()
        .expect("points")
        .len();
    assert_eq!(data["poisson_false_alarms"], usual);
    let own = data["false_alarms"].as_array().expect("a list").len();
    assert!(own < usual, "{own}");
    assert_ne!(data["limits"]["chart"], "c");
}

#[actix_web::test]
async fn malformed_events_are_refused_by_field_value_and_rule() {
    let app = TestApp::start().await;
    hourly(&app, &[1, 2, 3]).await;
    let viewer = app.viewer().await;
    for event in [
        "leak",
        "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z",
        "yesterday/2026-01-02T00:00:00Z/leak",
        "2026-01-01T00:00:00Z/2026-01-02/leak",
        "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z/leak",
        "2026-01-01T00:00:00Z/2026-01-01T00:00:00Z/leak",
        "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/",
    ] {
        let answer = viewer
            .get(&format!("/analytics/backtest?event={event}"))
            .await;
        assert_eq!(answer.refusal(), (400, ErrorCode::InvalidInput), "{event}");
        assert_eq!(answer.details()["field"], "event", "{event}");
        assert!(
            answer.details()["constraint"]
                .as_str()
                .is_some_and(|rule| !rule.is_empty()),
            "{event}"
        );
    }
    let late = viewer.get("/analytics/backtest?settle_points=101").await;
    assert_eq!(late.details()["field"], "settle_points");
    let empty = viewer
        .get("/analytics/backtest?baseline_from=2027-01-01T00:00:00Z")
        .await;
    assert_eq!(empty.details()["field"], "baseline_from");
    let offset = "/analytics/backtest?event=2026-01-01T01:00:00+01:00/2026-01-01T02:00:00Z/leak";
    assert_eq!(viewer.get(offset).await.data()["events"][0]["points"], 2);
}
