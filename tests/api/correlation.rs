//! How defect types move together.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::history::{self, Inspected, assert_close, counts, numbers, vector};

/// One inspection an hour with these counts of two types; their ids.
async fn two_types(app: &TestApp, x: &[u64], y: &[u64]) -> (i64, i64) {
    let first = history::defect_type(&app.db, "Particle").await;
    let second = history::defect_type(&app.db, "Scratch").await;
    let inspected: Vec<Inspected> = x
        .iter()
        .zip(y)
        .enumerate()
        .map(|(hour, (&x, &y))| Inspected::hourly(hour, vec![(first, x), (second, y)]))
        .collect();
    history::write(&app.db, &inspected).await;
    (first, second)
}

#[actix_web::test]
async fn coefficients_are_those_of_the_reference_vectors() {
    let app = TestApp::start().await;
    let case = vector("correlation", "ties-in-both");
    let (x, y) = (counts(&case["inputs"]["x"]), counts(&case["inputs"]["y"]));
    let (first, second) = two_types(&app, &x, &y).await;
    let viewer = app.viewer().await;

    let matrix = viewer.get("/analytics/correlation?bucket=inspection").await;
    let pearson = viewer
        .get("/analytics/correlation?bucket=inspection&coefficient=pearson")
        .await;
    let pair =
        format!("/analytics/correlation/pair?first={first}&second={second}&bucket=inspection");
    let pair = viewer.get(&pair).await;

    let expected = &case["expected"];
    let number = |value: &Value| value.as_f64().expect("a number");
    let (matrix, pearson, pair) = (matrix.data(), pearson.data(), pair.data());
    assert_eq!(
        (&matrix["points"], &matrix["per"]),
        (&json!(10), &json!("cm2"))
    );
    assert_eq!(matrix["pairs"].as_array().map(Vec::len), Some(1));
    assert_close(
        &matrix["pairs"][0]["r"],
        number(&expected["spearman"]["rho"]),
        1e-12,
    );
    assert_close(
        &matrix["pairs"][0]["p"],
        number(&expected["spearman"]["p_two_sided_t"]),
        1e-9,
    );
    assert_eq!(matrix["pairs"][0]["is_related"], true);
    assert_close(
        &pearson["pairs"][0]["r"],
        number(&expected["pearson"]["r"]),
        1e-12,
    );
    assert_close(
        &pair["pearson"]["r"],
        number(&expected["pearson"]["r"]),
        1e-12,
    );
    assert_close(
        &pair["pearson"]["p"],
        number(&expected["pearson"]["p_two_sided"]),
        1e-9,
    );
    assert_close(
        &pair["spearman"]["r"],
        number(&expected["spearman"]["rho"]),
        1e-12,
    );
    let densities =
        |counts: &[u64]| -> Vec<f64> { counts.iter().map(|&n| n as f64 / 100.0).collect() };
    let values: Value = pair["points"]
        .as_array()
        .expect("points")
        .iter()
        .map(|point| point["value"].clone())
        .collect();
    assert_eq!(numbers(&values), densities(&x));
    assert_eq!(numbers(&pair["second_values"]), densities(&y));
    assert_eq!(pair["points"][3]["count"], x[3]);
    assert_eq!(
        (&pair["first"]["name"], &pair["second"]["name"]),
        (&json!("Particle"), &json!("Scratch"))
    );
}

/// | lot | area | type A | type B |
/// | L1  | 100  | 3      | 0      |
/// | L1  | 50   | 0      | 6      |
/// | L2  | 200  | 10     | 1      |
#[actix_web::test]
async fn a_lot_has_the_density_of_all_its_inspections_those_without_a_defect_included() {
    let app = TestApp::start().await;
    let first = history::defect_type(&app.db, "A").await;
    let second = history::defect_type(&app.db, "B").await;
    let one = |hour, lot: &str, area, counts| Inspected {
        lot: lot.to_owned(),
        area_cm2: Some(area),
        ..Inspected::hourly(hour, counts)
    };
    let lots = [
        one(0, "L1", 100.0, vec![(first, 3)]),
        one(1, "L1", 50.0, vec![(second, 6)]),
        one(2, "L2", 200.0, vec![(first, 10), (second, 1)]),
    ];
    history::write(&app.db, &lots).await;

    let pair = format!("/analytics/correlation/pair?first={first}&second={second}");
    let pair = app.viewer().await.get(&pair).await;

    let data = pair.data();
    assert_eq!(data["bucket"], "lot");
    assert_eq!(data["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(data["points"][0]["value"], 0.02);
    assert_eq!(data["points"][1]["value"], 0.05);
    assert_eq!(data["second_values"], json!([0.04, 0.005]));
    assert_eq!(data["points"][0]["inspections"], 2);
    // Two points are on a line whatever they are: no evidence, no lags.
    assert_eq!(
        (&data["pearson"]["p"], &data["lags"]),
        (&Value::Null, &json!([]))
    );
}

#[actix_web::test]
async fn where_an_area_is_missing_inspections_are_the_unit_of_all_points() {
    let app = TestApp::start().await;
    let first = history::defect_type(&app.db, "A").await;
    let second = history::defect_type(&app.db, "B").await;
    let mut inspected: Vec<Inspected> = (0..6)
        .map(|hour| Inspected::hourly(hour, vec![(first, hour as u64), (second, 2)]))
        .collect();
    inspected[4].area_cm2 = None;
    history::write(&app.db, &inspected).await;
    let viewer = app.viewer().await;

    let matrix = viewer.get("/analytics/correlation?bucket=inspection").await;
    let pair =
        format!("/analytics/correlation/pair?first={first}&second={second}&bucket=inspection");
    let pair = viewer.get(&pair).await;

    assert_eq!(matrix.data()["per"], "inspection");
    // B does not vary.
    assert_eq!(matrix.data()["pairs"][0]["r"], Value::Null);
    assert_eq!(matrix.data()["pairs"][0]["is_related"], false);
    assert_eq!(pair.data()["per"], "inspection");
    assert_eq!(pair.data()["points"][4]["value"], 4.0);
    assert_eq!(pair.data()["points"][5]["value"], 5.0);
}

#[actix_web::test]
async fn a_type_that_runs_ahead_is_found_with_its_lag() {
    let app = TestApp::start().await;
    // A pattern without memory; the second type shows it two points later.
    let pulse =
        |point: usize| u64::from([3, 7, 8, 15, 22, 23, 31, 36, 40, 52].contains(&point)) * 9;
    let x: Vec<u64> = (0..60).map(|point| 1 + pulse(point)).collect();
    let y: Vec<u64> = (0..60_usize)
        .map(|point| 1 + point.checked_sub(2).map_or(0, pulse))
        .collect();
    let (first, second) = two_types(&app, &x, &y).await;

    let pair = format!(
        "/analytics/correlation/pair?first={first}&second={second}&bucket=inspection&max_lag=5"
    );
    let pair = app.viewer().await.get(&pair).await;

    let data = pair.data();
    assert_eq!(data["lags"].as_array().map(Vec::len), Some(11));
    let strongest = data["strongest_lag"].as_u64().expect("one stands out") as usize;
    assert_eq!(data["lags"][strongest]["lag"], 2);
    assert!(data["lags"][strongest]["adjusted_p"].as_f64().expect("a p") < 0.001);
}

#[actix_web::test]
async fn types_beyond_those_asked_for_are_counted_and_every_pair_comes_once() {
    let app = TestApp::start().await;
    let mut types = Vec::new();
    for name in ["A", "B", "C", "D", "E"] {
        types.push(history::defect_type(&app.db, name).await);
    }
    let counts = |hour: usize| {
        types
            .iter()
            .enumerate()
            .map(|(place, &id)| (id, (place + hour * (place + 3) % 7) as u64))
            .collect()
    };
    let inspected: Vec<Inspected> = (0..12)
        .map(|hour| Inspected::hourly(hour, counts(hour)))
        .collect();
    history::write(&app.db, &inspected).await;

    let matrix = app
        .viewer()
        .await
        .get("/analytics/correlation?bucket=inspection&types=3")
        .await;

    let data = matrix.data();
    let list = data["types"].as_array().expect("types");
    let totals: Vec<i64> = list
        .iter()
        .map(|one| one["count"].as_i64().expect("a count"))
        .collect();
    assert!(totals.is_sorted_by(|a, b| a >= b), "{totals:?}");
    assert_eq!(data["types_left_out"], 2);
    let pairs = data["pairs"].as_array().expect("pairs").iter();
    let pairs: Vec<(u64, u64)> = pairs
        .map(|pair| {
            (
                pair["first"].as_u64().expect("first"),
                pair["second"].as_u64().expect("second"),
            )
        })
        .collect();
    assert_eq!(pairs, [(0, 1), (0, 2), (1, 2)]);
}

#[actix_web::test]
async fn queries_that_break_a_rule_are_refused_by_field() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let refused = [
        ("/analytics/correlation?types=1", "types"),
        ("/analytics/correlation?types=41", "types"),
        ("/analytics/correlation?alpha=0.5", "alpha"),
        ("/analytics/correlation/pair?second=1", "first"),
        ("/analytics/correlation/pair?first=1", "second"),
        ("/analytics/correlation/pair?first=1&second=1", "second"),
        (
            "/analytics/correlation/pair?first=1&second=2&max_lag=51",
            "max_lag",
        ),
    ];
    for (path, field) in refused {
        let answer = viewer.get(path).await;
        assert_eq!(answer.refusal(), (400, ErrorCode::InvalidInput), "{path}");
        assert_eq!(answer.details()["field"], field, "{path}");
    }
    let unknown = viewer
        .get("/analytics/correlation/pair?first=1&second=999")
        .await;
    assert_eq!(unknown.refusal(), (404, ErrorCode::DefectTypeNotFound));
}
