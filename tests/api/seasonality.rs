//! Whether defects follow the clock or the calendar.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::history::{self, Inspected, assert_close, counts, numbers, vector};

fn grouping<'a>(data: &'a Value, by: &str) -> &'a Value {
    let all = data["groupings"].as_array().expect("groupings");
    all.iter()
        .find(|one| one["by"] == by)
        .expect("the grouping")
}

fn labels(grouping: &Value) -> Vec<&str> {
    let groups = grouping["groups"].as_array().expect("groups").iter();
    groups
        .map(|group| group["label"].as_str().expect("a label"))
        .collect()
}

#[actix_web::test]
async fn daily_values_have_the_autocorrelation_of_the_reference_vectors() {
    let app = TestApp::start().await;
    let case = vector("seasonality_acf", "weekly-cycle");
    let kind = history::defect_type(&app.db, "Particle").await;
    let days = counts(&case["inputs"]["values"]);
    let inspected: Vec<Inspected> = days
        .iter()
        .enumerate()
        .map(|(day, &count)| Inspected::of_hour(day, 24 * day + 12, vec![(kind, count)]))
        .collect();
    history::write(&app.db, &inspected).await;

    let answer = app
        .viewer()
        .await
        .get("/analytics/seasonality?metric=count")
        .await;

    let data = answer.data();
    let found = numbers(&data["autocorrelation"]["coefficients"]);
    assert_eq!(found.len(), 28);
    let expected = numbers(&case["expected"]["acf"]);
    for (lag, expected) in expected.iter().enumerate().skip(1) {
        assert!((found[lag - 1] - expected).abs() < 1e-9, "lag {lag}");
    }
    assert_close(
        &data["autocorrelation"]["bound95"],
        case["expected"]["bound95"].as_f64().expect("a bound"),
        1e-12,
    );
    assert_eq!(data["days"][3]["value"], days[3] as f64);
    let parts = &data["decomposition"];
    let (trend, weekly, rest) = (
        numbers(&parts["trend"]),
        numbers(&parts["weekly"]),
        numbers(&parts["remainder"]),
    );
    assert_eq!(trend.len(), days.len());
    for (day, &count) in days.iter().enumerate() {
        assert!(
            (trend[day] + weekly[day] + rest[day] - count as f64).abs() < 1e-9,
            "day {day}"
        );
        assert!(
            (weekly[day] - weekly[day % 7]).abs() < 1e-9,
            "the same week after week, day {day}"
        );
    }
    assert_eq!(data["note"], Value::Null);
}

/// 22:30 UTC on Thursday 1 January 2026 is Friday 07:30 in Tokyo and Thursday 17:30 in New York.
#[actix_web::test]
async fn clock_and_calendar_are_those_of_the_tool() {
    let app = TestApp::start().await;
    let one = |number: usize, zone, shift: Option<&str>| Inspected {
        at: format!("2026-01-01T22:30:{number:02}Z"),
        zone,
        parameters: shift.map_or(json!({}), |shift| json!({"shift": shift})),
        ..Inspected::hourly(number, vec![])
    };
    let inspected = [
        one(0, "Asia/Tokyo", None),
        one(1, "America/New_York", None),
        one(2, "UTC", None),
        one(3, "UTC", Some("C")),
    ];
    history::write(&app.db, &inspected).await;

    let answer = app.viewer().await.get("/analytics/seasonality").await;

    let data = answer.data();
    assert_eq!(labels(grouping(data, "hour")), ["7", "17", "22"]);
    assert_eq!(labels(grouping(data, "weekday")), ["Thursday", "Friday"]);
    assert_eq!(labels(grouping(data, "month")), ["January"]);
    assert_eq!(labels(grouping(data, "shift")), ["day", "night", "C"]);
    assert_eq!(grouping(data, "shift")["groups"][0]["inspections"], 2);
    assert_eq!(
        data["days"],
        json!([{"at": "2026-01-01T00:00:00Z", "value": 0.0, "inspections": 4}])
    );
    assert!(
        data["note"]
            .as_str()
            .expect("a note")
            .contains("span 1 day")
    );
}

#[actix_web::test]
async fn a_night_shift_with_more_defects_stands_out_and_weekdays_do_not() {
    let app = TestApp::start().await;
    let kind = history::defect_type(&app.db, "Particle").await;
    // Four a day for four weeks, at 02:00, 08:00, 14:00, 20:00: nights have twice as many.
    let count = |number: usize| [20, 9, 11, 20][number % 4] + (number % 3) as u64;
    let inspected: Vec<Inspected> = (0..112)
        .map(|number| Inspected::of_hour(number, 6 * number + 2, vec![(kind, count(number))]))
        .collect();
    history::write(&app.db, &inspected).await;

    let answer = app.viewer().await.get("/analytics/seasonality").await;

    let data = answer.data();
    assert_eq!(
        (&data["metric"], &data["inspections"]),
        (&json!("density"), &json!(112))
    );
    let shifts = grouping(data, "shift");
    assert_eq!(shifts["is_seasonal"], true);
    let sum = |is_night: bool| -> u64 {
        (0..112)
            .filter(|n| matches!(n % 4, 0 | 3) == is_night)
            .map(count)
            .sum()
    };
    let (day, night) = (sum(false), sum(true));
    assert_eq!(
        (&shifts["groups"][0]["count"], &shifts["groups"][1]["count"]),
        (&json!(day), &json!(night))
    );
    assert_close(&shifts["groups"][1]["rate"], night as f64 / 5_600.0, 1e-12);
    assert_close(
        &shifts["groups"][1]["ratio_to_rest"],
        night as f64 / day as f64,
        1e-12,
    );
    assert_eq!(shifts["groups"][1]["differs"], true);
    assert_eq!(grouping(data, "weekday")["is_seasonal"], false);
}

#[actix_web::test]
async fn inspections_without_an_area_are_left_out_of_densities_only() {
    let app = TestApp::start().await;
    let kind = history::defect_type(&app.db, "Particle").await;
    let mut inspected: Vec<Inspected> = (0..4)
        .map(|hour| Inspected::hourly(hour, vec![(kind, 2)]))
        .collect();
    inspected[1].area_cm2 = None;
    history::write(&app.db, &inspected).await;
    let viewer = app.viewer().await;

    let by_default = viewer.get("/analytics/seasonality").await;
    let density = viewer.get("/analytics/seasonality?metric=density").await;

    assert_eq!(
        (
            &by_default.data()["metric"],
            &by_default.data()["inspections"]
        ),
        (&json!("count"), &json!(4))
    );
    assert_eq!(
        (&density.data()["metric"], &density.data()["inspections"]),
        (&json!("density"), &json!(3))
    );
    assert_eq!(
        (
            &by_default.data()["without_area"],
            &density.data()["without_area"]
        ),
        (&json!(0), &json!(1))
    );
    assert_eq!(density.data()["days"][0]["value"], 0.02);
}
