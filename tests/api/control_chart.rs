//! Control charts that engineers own, and their limits with versions.

use contract::ErrorCode;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Answer, Client, TestApp};
use crate::seed;

/// A file of one wafer, inspected on a day of March 2024, with so many defects on 200 cm2.
pub fn klarf(day: u32, defects: u32) -> String {
    let rows: Vec<String> = (1..=defects)
        .map(|number| format!(" {number} {}.0 4000.0 0 0 0.5 7 1", 1000 + number))
        .collect();
    let list = match rows.is_empty() {
        true => "DefectList;".to_owned(),
        false => format!("DefectList\n{};", rows.join("\n")),
    };
    format!(
        "FileVersion 1 2;
FileTimestamp 03-{day:02}-24 05:06:08;
InspectionStationID \"ACME\" \"SCAN 9\" \"INS07\";
SampleType WAFER;
ResultTimestamp 03-{day:02}-24 05:06:07;
LotID \"LOT42\";
SampleSize 1 200;
DeviceID \"PRODUCT A\";
SetupID \"RECIPE1\" 02-28-24 9:08:07;
StepID \"M1.CMP\";
SampleOrientationMarkType NOTCH;
OrientationMarkLocation DOWN;
DiePitch 1.0e+004 8.0e+003;
DieOrigin 0.0 0.0;
WaferID \"{day:02}\";
Slot {day};
SampleCenterLocation 5.0e+003 4.0e+003;
ClassLookup 1
 7 \"Scratch\";
InspectionTest 1;
SampleTestPlan 1
 0 0;
AreaPerTest 2.0e+010;
DefectRecordSpec 8 DEFECTID XREL YREL XINDEX YINDEX DSIZE CLASSNUMBER TEST ;
{list}
EndOfFile;
"
    )
}

/// Imports a file of [`klarf`]; its report.
pub async fn import(operator: &Client, day: u32, defects: u32) -> Value {
    let part = Part::text(klarf(day, defects)).file_name(format!("day-{day:02}.klarf"));
    let request = operator.request(Method::POST, "/imports");
    let answer = operator
        .answer(request.multipart(Form::new().part("files", part)))
        .await;
    answer.data()["files"][0].clone()
}

/// One wafer a day from 1 March 2024 on, with these counts; the inspections.
pub async fn history(operator: &Client, counts: &[u32]) -> Vec<String> {
    let mut inspections = Vec::new();
    for (day, &count) in (1..).zip(counts) {
        let report = import(operator, day, count).await;
        assert_eq!(report["state"], "imported", "{report}");
        inspections.push(seed::id(&report["inspections"][0]["inspection_id"]));
    }
    inspections
}

/// A c-chart of the step of [`klarf`], judged by points beyond its limits.
pub fn c_chart(name: &str) -> Value {
    json!({
        "name": name, "scope": {"step": ["M1.CMP"]}, "metric": "count", "bucket": "inspection", "chart": "c",
        "rules": ["we1"], "width": "sigma", "width_value": 3.0, "freeze": true,
    })
}

pub async fn create(engineer: &Client, chart: &Value) -> String {
    let made = engineer.post("/control-charts", chart).await;
    seed::id(&made.data()["control_chart_id"])
}

fn at(day: u32) -> String {
    format!("2024-03-{day:02}T05:06:07Z")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn assert_near(value: &Value, expected: f64) {
    let value = number(value);
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

/// Field of a refusal because of its input.
fn refused_field(answer: &Answer) -> String {
    assert_eq!(
        answer.refusal(),
        (400, ErrorCode::InvalidInput),
        "{answer:?}"
    );
    seed::id(&answer.details()["field"])
}

#[actix_web::test]
async fn frozen_limits_are_those_of_the_baseline_and_stay_when_points_come() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 4, 6]).await;

    let made = engineer.post("/control-charts", &c_chart("M1")).await;

    assert_eq!(made.status, StatusCode::CREATED);
    let chart = made.data();
    assert_eq!(
        (&chart["version"], &chart["open_alerts"]),
        (&json!(1), &json!(0))
    );
    let limits = &chart["limits"]["stages"][0]["limits"];
    // 25 defects on 5 wafers.
    assert_eq!(
        (&limits["chart"], &limits["points"]),
        (&json!("c"), &json!(5))
    );
    assert_near(&limits["centre"], 5.0);
    import(&engineer, 6, 65).await;
    let id = seed::id(&chart["control_chart_id"]);
    let drawn = engineer.get(&format!("/control-charts/{id}/chart")).await;
    let drawn = drawn.data();
    assert_near(&drawn["centre"], 5.0);
    let last = &drawn["points"][5];
    assert_near(&last["ucl"], 5.0 + 3.0 * 5.0_f64.sqrt());
    assert_eq!(
        (&last["rules"], &last["phase"]),
        (&json!(["we1"]), &json!("two"))
    );
    assert_eq!(drawn["stages"][0]["source"], "frozen");
}

#[actix_web::test]
async fn limits_that_are_not_frozen_move_with_the_points() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let mut chart = c_chart("M1");
    chart["freeze"] = json!(false);
    let id = create(&engineer, &chart).await;
    let path = format!("/control-charts/{id}/chart");
    assert_eq!(engineer.get(&path).await.data()["points"], json!([]));

    history(&engineer, &[4, 6]).await;
    assert_near(&engineer.get(&path).await.data()["centre"], 5.0);
    import(&engineer, 3, 8).await;
    assert_near(&engineer.get(&path).await.data()["centre"], 6.0);
}

#[actix_web::test]
async fn an_excluded_point_changes_the_limits_in_a_new_version_and_the_old_one_is_kept() {
    let app = TestApp::start().await;
    app.create_user("ada", contract::user::Role::Engineer).await;
    let engineer = app.sign_in("ada").await;
    let inspections = history(&engineer, &[4, 6, 5, 4, 21]).await;
    let id = create(&engineer, &c_chart("M1")).await;
    let limits = format!("/control-charts/{id}/limits");
    // 40 defects on 5 wafers; without the last 19 on 4.
    let excluded = json!([{"at": at(5), "inspection_id": inspections[4], "reason": "pump failed"}]);
    let new = json!({
        "based_on": 1, "reason": "pump", "stages": [{"frozen": true}], "excluded": excluded,
    });

    let made = engineer.post(&limits, &new).await;

    assert_eq!(made.status, StatusCode::CREATED);
    let version = made.data();
    assert_eq!(
        (&version["version"], &version["created_by"]),
        (&json!(2), &json!("ada"))
    );
    assert_near(&version["stages"][0]["limits"]["centre"], 4.75);
    let signed = &version["excluded"][0];
    assert_eq!(signed["excluded_by"], "ada");
    let in_force = engineer.get(&format!("/control-charts/{id}")).await;
    assert_eq!(&in_force.data()["limits"], version);
    let versions = engineer.get(&limits).await;
    let numbers: Vec<&Value> = versions.rows().iter().map(|one| &one["version"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    assert_near(&versions.rows()[1]["stages"][0]["limits"]["centre"], 8.0);

    let path = format!("/control-charts/{id}/chart");
    let drawn = engineer.get(&path).await;
    let point = &drawn.data()["points"][4];
    assert_eq!(
        (&point["excluded"], &point["rules"]),
        (&json!("pump failed"), &json!([]))
    );
    assert_near(&drawn.data()["centre"], 4.75);
    let before = engineer.get(&format!("{path}?limits=1")).await;
    assert_near(&before.data()["centre"], 8.0);

    // Somebody who saw version 1 only cannot undo it.
    assert_eq!(
        engineer.post(&limits, &new).await.refusal(),
        (409, ErrorCode::Conflict)
    );
    // Frozen limits go on as they are, and whoever left the point out stays on record.
    let other = app.engineer().await;
    let third = json!({
        "based_on": 2, "reason": "second stage", "excluded": [{"at": at(5), "inspection_id": inspections[4], "reason": "pump failed"}],
        "stages": [{"frozen": true, "limits": version["stages"][0]["limits"]}],
    });
    let third = other.post(&limits, &third).await;
    assert_eq!(&third.data()["excluded"][0], signed);
    assert_eq!(third.data()["stages"], version["stages"]);
}

#[actix_web::test]
async fn each_stage_has_limits_of_its_own_and_a_window_shows_its_part_of_them() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 24, 26, 60]).await;
    let id = create(&engineer, &c_chart("M1")).await;
    let new = json!({"based_on": 1, "reason": "new resist", "stages": [
        {"frozen": true, "baseline_to": "2024-03-04T00:00:00Z"},
        {"name": "new resist", "from": "2024-03-04T00:00:00Z", "baseline_to": "2024-03-06T00:00:00Z"},
    ]});
    let limits = format!("/control-charts/{id}/limits");
    let made = engineer.post(&limits, &new).await;
    assert_near(&made.data()["stages"][0]["limits"]["centre"], 5.0);
    assert_eq!(made.data()["stages"][1]["limits"], Value::Null);

    let path = format!("/control-charts/{id}/chart");
    let whole = engineer.get(&path).await;
    let whole = whole.data();
    assert_near(&whole["stages"][1]["limits"]["centre"], 25.0);
    assert_eq!(whole["violations"][0]["index"], 5);
    let part = engineer
        .get(&format!("{path}?from=2024-03-05T00:00:00Z"))
        .await;
    let part = part.data();
    assert_eq!(part["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(part["stages"].as_array().map(Vec::len), Some(1));
    let stage = &part["stages"][0];
    assert_eq!(
        (&stage["name"], &stage["first"], &stage["last"]),
        (&json!("new resist"), &json!(0), &json!(1))
    );
    assert_eq!(
        (&stage["baseline_first"], &stage["baseline_last"]),
        (&json!(0), &json!(0))
    );
    // 5 March is judged by the mean of both days of the baseline, also where only one is shown.
    assert_near(&part["points"][0]["centre"], 25.0);
    assert_eq!(part["points"][1]["stage"], 0);
    let violation = &part["violations"][0];
    assert_eq!(
        (&violation["index"], &violation["points"]),
        (&json!(1), &json!([1]))
    );
    let none = engineer
        .get(&format!("{path}?from=2025-01-01T00:00:00Z"))
        .await;
    assert_eq!(
        (&none.data()["points"], &none.data()["stages"]),
        (&json!([]), &json!([]))
    );
}

#[actix_web::test]
async fn a_definition_that_breaks_a_rule_is_refused_by_field() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6]).await;
    let with = |field: &str, value: Value| {
        let mut chart = c_chart("M1");
        chart[field] = value;
        chart
    };
    for (chart, field) in [
        (with("name", json!(" ")), "name"),
        (with("rules", json!([])), "rules"),
        (with("rules", json!(["we1", "we9"])), "rules"),
        (with("width_value", json!(0.5)), "width_value"),
        (with("chart", json!("imr")), "width"),
        (
            with("scope", json!({"defect_type": [424_242]})),
            "scope.defect_type",
        ),
        (
            with("scope", json!({"attribute": ["chamber"]})),
            "attribute",
        ),
        (with("scope", json!({"step": ["NEW"]})), "freeze"),
        (
            with("baseline_from", json!("2025-01-01T00:00:00Z")),
            "baseline_from",
        ),
    ] {
        let mut chart = chart;
        if field == "width" {
            chart["width"] = json!("probability");
            chart["width_value"] = json!(0.01);
        }
        let refusal = engineer.post("/control-charts", &chart).await;
        assert_eq!(refused_field(&refusal), field, "{chart}");
    }
    create(&engineer, &c_chart("M1")).await;
    let taken = engineer.post("/control-charts", &c_chart("m1")).await;
    assert_eq!(taken.refusal(), (409, ErrorCode::AlreadyExists));
    assert_eq!(taken.details()["field"], "name");
}

#[actix_web::test]
async fn limits_that_break_a_rule_are_refused_by_field() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5]).await;
    let id = create(&engineer, &c_chart("M1")).await;
    let typed_in = json!({
        "chart": "c", "metric": "count", "width": "sigma", "width_value": 3.0, "centre": 9.0, "sigma": null,
        "sigma_z": null, "alpha": null, "points": 3,
    });
    let stages = |stages: Value| json!({"based_on": 1, "reason": "why", "stages": stages});
    let excluded = |moment: &str, reason: &str| json!({"based_on": 1, "reason": "why", "stages": [{}], "excluded": [{"at": moment, "reason": reason}]});
    let all: Vec<Value> = (1..=3)
        .map(|day| json!({"at": at(day), "reason": "x"}))
        .collect();
    for (new, field) in [
        (
            json!({"based_on": 1, "reason": "", "stages": [{}]}),
            "reason",
        ),
        (stages(json!([])), "stages"),
        (stages(json!([{"from": at(1)}])), "stages[0].from"),
        (stages(json!([{}, {}])), "stages[1].from"),
        (
            stages(json!([{}, {"from": at(3)}, {"from": at(2)}])),
            "stages[2].from",
        ),
        (
            stages(json!([{}, {"from": "2024-04-01T00:00:00Z"}])),
            "stages[1].from",
        ),
        (
            stages(json!([{"baseline_from": at(3), "baseline_to": at(1)}])),
            "stages[0].baseline_to",
        ),
        (
            stages(json!([{"baseline_from": "2024-04-01T00:00:00Z"}])),
            "stages[0].baseline_from",
        ),
        (
            stages(json!([{"frozen": true, "limits": typed_in}])),
            "stages[0].limits",
        ),
        (excluded(&at(9), "pump failed"), "excluded[0].at"),
        (excluded(&at(1), " "), "excluded[0].reason"),
        (
            json!({"based_on": 1, "reason": "why", "stages": [{}], "excluded": all}),
            "stages[0].from",
        ),
    ] {
        let refusal = engineer
            .post(&format!("/control-charts/{id}/limits"), &new)
            .await;
        assert_eq!(refused_field(&refusal), field, "{new}");
    }
    let versions = engineer.get(&format!("/control-charts/{id}/limits")).await;
    assert_eq!(versions.rows().len(), 1);
    let unknown = engineer
        .get(&format!("/control-charts/{id}/chart?limits=2"))
        .await;
    assert_eq!(refused_field(&unknown), "limits");
}

#[actix_web::test]
async fn a_change_of_an_old_version_is_a_conflict_and_every_change_is_on_record() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let mut chart = c_chart("M1");
    chart["freeze"] = json!(false);
    let id = create(&engineer, &chart).await;
    let path = format!("/control-charts/{id}");
    let change = json!({"version": 1, "rules": ["n1", "n2", "n1"], "active": false});

    let changed = engineer.send(Method::PATCH, &path, Some(&change)).await;

    assert_eq!(changed.data()["version"], 2);
    assert_eq!(changed.data()["rules"], json!(["n1", "n2"]));
    let again = engineer.send(Method::PATCH, &path, Some(&change)).await;
    assert_eq!(again.refusal(), (409, ErrorCode::Conflict));
    let listed = engineer.get("/control-charts?active=true").await;
    assert_eq!(listed.rows().len(), 0);
    let listed = engineer.get("/control-charts?active=false&search=m1").await;
    assert_eq!(listed.rows()[0]["control_chart_id"], id);
    assert_eq!(engineer.delete(&path).await.status, StatusCode::NO_CONTENT);
    let gone = engineer.get(&path).await;
    assert_eq!(gone.refusal(), (404, ErrorCode::ControlChartNotFound));
    let admin = app.admin().await;
    let entries = admin.get("/audit?entity=control_chart").await;
    let actions: Vec<&Value> = entries
        .rows()
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    let expected = [
        "control_chart.delete",
        "control_chart.update",
        "control_chart.create",
    ];
    assert_eq!(actions, expected);
}
