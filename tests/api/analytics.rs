//! Trends, control charts, Pareto, maps.

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::seed;

/// Three wafers at step M1, days 1 to 3, with 1, 2 and 3 particles; the last also has 4 scratches.
async fn three_wafers(engineer: &Client) -> (i64, i64) {
    let particle = seed::defect_type(engineer, "Particle", 2, false).await;
    let scratch = seed::defect_type(engineer, "Scratch", 5, true).await;
    for day in 1..=3 {
        let wafer = seed::wafer(engineer, day).await;
        let day = u32::try_from(day).expect("small");
        let inspection = seed::inspection(engineer, &wafer, "M1", day).await;
        seed::defects(engineer, &inspection, particle, day).await;
        if day == 3 {
            seed::defects(engineer, &inspection, scratch, 4).await;
        }
    }
    (particle, scratch)
}

fn column(rows: &Value, name: &str) -> Vec<Value> {
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| row[name].clone()).collect()
}

#[actix_web::test]
async fn the_dashboard_adds_up_what_the_filter_holds() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;

    let window = "from=2026-01-03T00:00:00Z&to=2026-01-05T00:00:00Z";
    let all = engineer.get("/analytics/dashboard").await;
    let narrowed = engineer
        .get(&format!("/analytics/dashboard?{window}"))
        .await;

    let kpis = &all.data()["kpis"];
    assert_eq!(
        (&kpis["inspections"], &kpis["defects"], &kpis["wafers"]),
        (&json!(3), &json!(10), &json!(3))
    );
    assert_eq!(kpis["density_per_cm2"], 10.0 / 300.0);
    assert_eq!(all.data()["previous"], Value::Null);
    assert_eq!(all.data()["latest"].as_array().map(Vec::len), Some(3));
    assert_eq!(narrowed.data()["kpis"]["defects"], 7);
    assert_eq!(narrowed.data()["previous"]["defects"], 3);
}

#[actix_web::test]
async fn a_dashboard_without_data_is_empty_and_no_error() {
    let app = TestApp::start().await;
    let answer = app.viewer().await.get("/analytics/dashboard").await;
    assert_eq!(answer.data()["kpis"]["inspections"], 0);
    assert_eq!(answer.data()["trend"]["points"], json!([]));
    assert_eq!(answer.data()["pareto"]["rows"], json!([]));
}

#[actix_web::test]
async fn a_trend_counts_only_the_types_that_are_asked_for() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (particle, _) = three_wafers(&engineer).await;

    let trend = engineer
        .get(&format!(
            "/analytics/trends?defect_type={particle}&window=2"
        ))
        .await;
    let by_lot = engineer
        .get("/analytics/trends?bucket=lot&metric=density")
        .await;

    assert_eq!(
        column(&trend.data()["points"], "value"),
        [json!(1.0), json!(2.0), json!(3.0)]
    );
    assert_eq!(trend.data()["moving_average"], json!([null, 1.5, 2.5]));
    assert_eq!(column(&by_lot.data()["points"], "label"), [json!("LOT1")]);
    assert_eq!(
        column(&by_lot.data()["points"], "value"),
        [json!(10.0 / 300.0)]
    );
}

#[actix_web::test]
async fn a_c_chart_has_the_limits_of_the_textbook() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;

    let chart = engineer.get("/analytics/spc?chart=c").await;

    // Counts 1, 2 and 7: c-bar 10/3, limits c-bar +- 3 sqrt(c-bar), not below 0.
    let mean: f64 = 10.0 / 3.0;
    let close =
        |value: &Value, expected: f64| (value.as_f64().expect("a number") - expected).abs() < 1e-12;
    let data = chart.data();
    assert_eq!(
        (&data["chart"], &data["metric"]),
        (&json!("c"), &json!("count"))
    );
    assert!(close(&data["centre"], mean));
    assert!(close(&data["points"][0]["ucl"], mean + 3.0 * mean.sqrt()));
    assert_eq!(data["points"][0]["lcl"], 0.0);
    assert_eq!(data["violations"], json!([]));
}

#[actix_web::test]
async fn a_u_chart_divides_by_the_inspected_area_and_leaves_out_what_has_none() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;
    let wafer = seed::wafer(&engineer, 9).await;
    let bare = json!({"wafer_id": wafer, "step_id": "M1", "inspected_at": "2026-01-09T08:00:00Z"});
    engineer.post("/inspections", &bare).await.data();

    let chart = engineer.get("/analytics/spc?chart=u").await;

    assert_eq!(chart.data()["without_area"], 1);
    assert_eq!(
        column(&chart.data()["points"], "value"),
        [json!(0.01), json!(0.02), json!(0.07)]
    );
    assert_eq!(chart.data()["metric"], "density");
}

#[actix_web::test]
async fn a_baseline_without_points_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;
    let refusal = engineer
        .get("/analytics/spc?baseline_from=2026-02-01T00:00:00Z")
        .await;
    assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(refusal.details()["field"], "baseline_from");
}

#[actix_web::test]
async fn a_pareto_ranks_by_what_is_asked_for() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;

    let by_count = engineer.get("/analytics/pareto").await;
    let by_wafers = engineer.get("/analytics/pareto?weight=wafers").await;
    let by_severity = engineer.get("/analytics/pareto?weight=severity").await;
    let killers = engineer.get("/analytics/pareto?weight=killers").await;
    let density = engineer.get("/analytics/pareto?weight=density").await;

    let bars = |answer: &crate::harness::Answer| {
        let rows = &answer.data()["rows"];
        (column(rows, "label"), column(rows, "value"))
    };
    let labels = |a: &str, b: &str| vec![json!(a), json!(b)];
    assert_eq!(
        bars(&by_count),
        (labels("Particle", "Scratch"), vec![json!(6.0), json!(4.0)])
    );
    assert_eq!(
        column(&by_count.data()["rows"], "cumulative_percent"),
        [json!(60.0), json!(100.0)]
    );
    assert_eq!(
        bars(&by_wafers),
        (labels("Particle", "Scratch"), vec![json!(3.0), json!(1.0)])
    );
    assert_eq!(
        bars(&by_severity),
        (
            labels("Scratch", "Particle"),
            vec![json!(20.0), json!(12.0)]
        )
    );
    assert_eq!(bars(&killers), (vec![json!("Scratch")], vec![json!(4.0)]));
    assert_eq!(bars(&density).1, [json!(0.02), json!(4.0 / 300.0)]);
}

#[actix_web::test]
async fn bars_beyond_the_limit_are_one() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;
    let pareto = engineer.get("/analytics/pareto?limit=1").await;
    let rows = &pareto.data()["rows"];
    assert_eq!(column(rows, "key")[1], "other");
    assert_eq!(column(rows, "value"), [json!(6.0), json!(4.0)]);
    assert_eq!(pareto.data()["total"], 10.0);
}

#[actix_web::test]
async fn a_map_holds_the_current_defects_by_type() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, scratch) = three_wafers(&engineer).await;

    let map = engineer.get("/analytics/wafer-map/LOT1:03").await;
    let scratches = engineer
        .get(&format!(
            "/analytics/wafer-map/LOT1:03?defect_type={scratch}"
        ))
        .await;

    let data = map.data();
    assert_eq!(
        column(&data["types"], "name"),
        [json!("Scratch"), json!("Particle")]
    );
    assert_eq!(data["defects"]["defect_no"], json!([1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(data["defects"]["kind"], json!([1, 1, 1, 0, 0, 0, 0]));
    assert_eq!(
        data["defects"]["x_mm"],
        json!([0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0])
    );
    assert_eq!(data["geometry"]["diameter_mm"], 200.0);
    assert_eq!(
        scratches.data()["defects"]["defect_no"],
        json!([4, 5, 6, 7])
    );
    let inspection = seed::id(&data["inspections"][0]["inspection_id"]);
    let same = engineer
        .get(&format!("/inspections/{inspection}/map"))
        .await;
    assert_eq!(same.data()["defects"], data["defects"]);
}

#[actix_web::test]
async fn facets_count_each_list_as_if_it_were_not_narrowed() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    three_wafers(&engineer).await;
    let wafer = seed::wafer(&engineer, 4).await;
    seed::inspection(&engineer, &wafer, "M2", 4).await;

    let facets = engineer.get("/analytics/facets?step=M2").await;

    assert_eq!(
        column(&facets.data()["steps"], "key"),
        [json!("M1"), json!("M2")]
    );
    assert_eq!(facets.data()["lots"][0]["count"], 1);
    assert_eq!(facets.data()["defect_types"], json!([]));
}
