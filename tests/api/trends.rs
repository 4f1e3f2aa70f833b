//! The shape of trends, and trends side by side.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::history::{self, Inspected, assert_close, counts, numbers, vector};

/// One inspection a day with these counts of a type.
async fn daily(app: &TestApp, counts: &[u64]) -> i64 {
    let kind = history::defect_type(&app.db, "Particle").await;
    let days = counts.iter().enumerate();
    let inspected: Vec<Inspected> = days
        .map(|(day, &count)| Inspected::of_hour(day, 24 * day, vec![(kind, count)]))
        .collect();
    history::write(&app.db, &inspected).await;
    kind
}

fn values(panel: &Value) -> Vec<f64> {
    let values = panel["points"].as_array().expect("points").iter();
    values
        .map(|point| point["value"].as_f64().unwrap_or(f64::NAN))
        .collect()
}

fn keys(panels: &Value) -> Vec<&str> {
    let panels = panels.as_array().expect("panels").iter();
    panels
        .map(|panel| panel["key"].as_str().expect("a key"))
        .collect()
}

#[actix_web::test]
async fn the_test_for_a_trend_is_that_of_the_epa() {
    let app = TestApp::start().await;
    let case = vector("trend_mann_kendall", "epa-qa-g9s");
    daily(&app, &counts(&case["inputs"]["values"])).await;

    let trend = app.viewer().await.get("/analytics/trends?lambda=0.2").await;

    let (found, expected) = (&trend.data()["monotonic"], &case["expected"]);
    assert_close(
        &found["p"],
        expected["p_two_sided"].as_f64().expect("p"),
        1e-12,
    );
    assert_close(
        &found["tau"],
        expected["tau_b"].as_f64().expect("tau"),
        1e-12,
    );
    assert_close(&found["sen_slope"], 1.0, 1e-12);
    // By hand: 10, 10, 10, then 0.2 x 5 + 0.8 x 10, then 0.2 x 10 + 0.8 x 9.
    let smoothed = numbers(&trend.data()["smoothed"]);
    for (found, expected) in smoothed.iter().zip([10.0, 10.0, 10.0, 9.0, 9.2]) {
        assert!((found - expected).abs() < 1e-12, "{smoothed:?}");
    }
    // Eleven days are enough to look for changes of the level: 45 defects on five days, then 109 on six.
    assert_close(&trend.data()["change_penalty"], 3.0 * 11.0_f64.ln(), 1e-12);
    let changes = trend.data()["changes"].as_array().expect("changes");
    assert_eq!(
        (changes.len(), &changes[0]["index"], &changes[0]["before"]),
        (1, &json!(5), &json!(9.0))
    );
    assert_close(&changes[0]["after"], 109.0 / 6.0, 1e-12);
}

#[actix_web::test]
async fn the_line_over_days_is_that_of_the_reference_vectors() {
    let app = TestApp::start().await;
    let case = vector("trend_linear", "defect-counts-rising");
    daily(&app, &counts(&case["inputs"]["y"])).await;

    let trend = app.viewer().await.get("/analytics/trends").await;

    let expected = |name: &str| case["expected"][name].as_f64().expect("a number");
    let line = &trend.data()["line"];
    assert_close(&line["slope_per_day"], expected("slope"), 1e-9);
    assert_close(&line["first"], expected("intercept"), 1e-9);
    assert_close(
        &line["last"],
        expected("intercept") + 29.0 * expected("slope"),
        1e-9,
    );
    assert_close(&line["r_squared"], expected("r_squared"), 1e-9);
    assert_close(&line["p"], expected("p_two_sided"), 1e-12);
}

/// Ten a day, then thirty.
fn step(days: usize) -> Vec<u64> {
    let noise = [0, 2, 1, 0, 2, 1, 2, 0, 1, 1];
    let level = |day: usize| if day < days / 2 { 9 } else { 29 };
    (0..days).map(|day| level(day) + noise[day % 10]).collect()
}

#[actix_web::test]
async fn a_change_of_the_level_is_found_at_its_point_with_both_levels() {
    let app = TestApp::start().await;
    daily(&app, &step(40)).await;
    // A day without an area has no density; places count it all the same.
    let blind = "update inspection set area_cm2 = null where wafer_id = 'L1:4'";
    history::run(&app.db.db, blind, Vec::new()).await;
    let viewer = app.viewer().await;

    let by_count = viewer.get("/analytics/trends").await;
    let by_density = viewer.get("/analytics/trends?metric=density").await;
    let by_week = viewer.get("/analytics/trends?bucket=week").await;

    let change = &by_count.data()["changes"];
    assert_eq!(change.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (
            &change[0]["index"],
            &change[0]["before"],
            &change[0]["after"]
        ),
        (&json!(20), &json!(10.0), &json!(30.0))
    );
    assert_eq!(change[0]["at"], "2026-01-21T00:00:00Z");
    assert_eq!(change[0]["ratio"], 3.0);
    let change = &by_density.data()["changes"];
    assert_eq!(
        (change.as_array().map(Vec::len), &change[0]["index"]),
        (Some(1), &json!(20))
    );
    // The noise of the day left out is 2: (200 - 11) / 1,900 cm2.
    assert_close(&change[0]["before"], 189.0 / 1_900.0, 1e-12);
    assert_close(&change[0]["after"], 0.3, 1e-12);
    assert_eq!(by_density.data()["smoothed"][4], Value::Null);
    // Six weeks are too few for two levels of five.
    assert_eq!(by_week.data()["change_penalty"], Value::Null);
}

#[actix_web::test]
async fn a_type_has_a_point_wherever_the_trend_has_one_and_a_tool_where_it_inspected() {
    let app = TestApp::start().await;
    let particle = history::defect_type(&app.db, "Particle").await;
    let scratch = history::defect_type(&app.db, "Scratch").await;
    let one = |hour, equipment, chamber: Option<&str>, counts| Inspected {
        equipment,
        parameters: chamber.map_or(json!({}), |chamber| json!({"chamber": chamber})),
        ..Inspected::hourly(hour, counts)
    };
    let inspected = [
        one(0, Some("INS-1"), Some("A"), vec![(particle, 5)]),
        one(
            1,
            Some("INS-2"),
            Some("B"),
            vec![(particle, 1), (scratch, 3)],
        ),
        one(2, None, None, vec![]),
        one(3, Some("INS-1"), Some("B"), vec![(scratch, 1)]),
    ];
    history::write(&app.db, &inspected).await;
    let viewer = app.viewer().await;

    let by_type = viewer.get("/analytics/trends?split=type").await;
    let by_type_and_day = viewer
        .get("/analytics/trends?split=type&bucket=day&metric=density")
        .await;
    let by_tool = viewer.get("/analytics/trends?split=equipment").await;
    let by_tool_and_day = viewer
        .get("/analytics/trends?split=equipment&bucket=day")
        .await;
    let by_chamber = viewer
        .get("/analytics/trends?split=attribute&split_attribute=chamber")
        .await;
    let by_step = viewer.get("/analytics/trends?split=step").await;

    let panels = &by_type.data()["panels"];
    assert_eq!(keys(panels), [particle.to_string(), scratch.to_string()]);
    assert_eq!(values(&panels[0]), [5.0, 1.0, 0.0, 0.0]);
    assert_eq!(values(&panels[1]), [0.0, 3.0, 0.0, 1.0]);
    assert_eq!(
        (&panels[1]["label"], &panels[1]["count"]),
        (&json!("Scratch"), &json!(4))
    );
    let panels = &by_type_and_day.data()["panels"];
    assert_eq!(
        (values(&panels[0]), values(&panels[1])),
        (vec![6.0 / 400.0], vec![4.0 / 400.0])
    );

    let panels = &by_tool.data()["panels"];
    assert_eq!(keys(panels), ["INS-1", "INS-2", ""]);
    assert_eq!(panels[0]["label"], "Tool INS-1");
    assert_eq!(panels[2]["label"], "(none)");
    assert_eq!(values(&panels[0]), [5.0, 1.0]);
    assert_eq!(values(&panels[2]), [0.0]);
    let panels = &by_tool_and_day.data()["panels"];
    assert_eq!(values(&panels[0]), [3.0]);
    assert_eq!(
        (
            &panels[0]["points"][0]["inspections"],
            &panels[0]["points"][0]["at"]
        ),
        (&json!(2), &json!("2026-01-01T00:00:00Z"))
    );

    let panels = &by_chamber.data()["panels"];
    // Five defects each: the key decides.
    assert_eq!(keys(panels), ["A", "B", ""]);
    assert_eq!(
        (values(&panels[0]), values(&panels[1])),
        (vec![5.0], vec![4.0, 1.0])
    );
    assert_eq!(keys(&by_step.data()["panels"]), ["M1"]);
    assert_eq!(values(&by_step.data()["panels"][0]), values(by_step.data()));
}

#[actix_web::test]
async fn panels_beyond_twenty_four_are_counted() {
    let app = TestApp::start().await;
    let mut types = Vec::new();
    for number in 0..26 {
        types.push(history::defect_type(&app.db, &format!("Type {number}")).await);
    }
    let inspected: Vec<Inspected> = (0..26_usize)
        .map(|hour| Inspected {
            parameters: json!({"recipe": format!("R{hour:02}")}),
            ..Inspected::hourly(hour, vec![(types[hour], hour as u64 + 1)])
        })
        .collect();
    history::write(&app.db, &inspected).await;
    let viewer = app.viewer().await;

    for split in ["split=type", "split=attribute&split_attribute=recipe"] {
        let answer = viewer.get(&format!("/analytics/trends?{split}")).await;
        let data = answer.data();
        assert_eq!(data["panels"].as_array().map(Vec::len), Some(24), "{split}");
        assert_eq!(data["panels_left_out"], 2, "{split}");
        assert_eq!(data["panels"][0]["count"], 26, "{split}");
        assert_eq!(data["panels"][23]["count"], 3, "{split}");
    }
}

#[actix_web::test]
async fn queries_that_break_a_rule_are_refused_by_field() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let refused = [
        ("lambda=0", "lambda"),
        ("lambda=1.1", "lambda"),
        ("lambda=NaN", "lambda"),
        ("window=1", "window"),
        ("split=attribute", "split_attribute"),
        ("split=attribute&split_attribute=", "split_attribute"),
        ("split_attribute=chamber", "split_attribute"),
        ("split=type&split_attribute=chamber", "split_attribute"),
        ("split=colour", "split"),
    ];
    for (query, field) in refused {
        let answer = viewer.get(&format!("/analytics/trends?{query}")).await;
        assert_eq!(answer.refusal(), (400, ErrorCode::InvalidInput), "{query}");
        assert_eq!(answer.details()["field"], field, "{query}");
    }
}

/// 1,000 inspections that fall, then 2,000 that rise.
#[actix_web::test]
async fn a_long_trend_is_tested_over_its_newest_points() {
    let app = TestApp::start().await;
    let kind = history::defect_type(&app.db, "Particle").await;
    let count = |hour: usize| match hour {
        0..1_000 => 5_000 - 4 * hour as u64,
        hour => hour as u64 - 1_000,
    };
    let inspected: Vec<Inspected> = (0..3_000)
        .map(|hour| Inspected::hourly(hour, vec![(kind, count(hour))]))
        .collect();
    history::write(&app.db, &inspected).await;

    let trend = app.viewer().await.get("/analytics/trends").await;

    let found = &trend.data()["monotonic"];
    assert_eq!((&found["tau"], &found["p"]), (&json!(1.0), &json!(0.0)));
    assert_close(&found["sen_slope"], 1.0, 1e-9);
}
