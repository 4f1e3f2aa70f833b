//! The synthetic fab's truth table: each planted excursion is seen by the named rules on the recommended chart, and what is
//! guilty of it is the first suspect of its explanation.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::{ExcursionTruth, Plan, Truth};

use crate::harness::{Client, TestApp};

/// The whole fab, without images.
async fn load(app: &TestApp) -> Truth {
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    let plan = Plan {
        image_share: 0.0,
        ..Plan::new(7, end)
    };
    let objects = Objects::in_folder(&app.folder.path().join("objects")).expect("a folder");
    match start(&app.db.db, plan, false).await.expect("starts") {
        Start::Seeding(seeding) => seeding.run(&app.db.db, &objects).await.expect("is loaded"),
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The chart by which the truth says that the excursion is found, as a query.
fn chart(truth: &ExcursionTruth, defect_type: &str) -> String {
    let by = &truth.excursion.found_by;
    let given = |name: &str, value: Option<&str>| {
        value
            .map(|value| format!("&{name}={value}"))
            .unwrap_or_default()
    };
    let rules: String = by
        .rules
        .iter()
        .map(|rule| format!("&rule={rule}"))
        .collect();
    format!(
        "from={}&to={}&step={}{}{}&defect_type={defect_type}&metric={}&baseline_to={}{rules}",
        time(by.from),
        time(by.to),
        by.step_id,
        given("product", by.product_id),
        given("equipment", by.equipment_id),
        by.metric,
        time(truth.excursion.from),
    )
}

/// Attribute and value of what is guilty.
fn guilty(truth: &ExcursionTruth) -> (&'static str, String) {
    let excursion = serde_json::to_value(&truth.excursion).expect("can be written");
    let attribute = truth.excursion.found_by.group_by;
    let field = if attribute == "equipment" {
        "equipment_id"
    } else {
        attribute
    };
    (
        attribute,
        excursion[field].as_str().expect("is to blame").to_owned(),
    )
}

fn list<'a>(of: &'a Value, name: &str) -> &'a Vec<Value> {
    of[name].as_array().expect("a list")
}

fn number(of: &Value, name: &str) -> f64 {
    of[name].as_f64().expect("a number")
}

async fn type_ids(viewer: &Client) -> Vec<(String, String)> {
    let types = viewer.get("/defect-types?per_page=100").await;
    let types = types.rows().iter();
    let named = |of: &Value| {
        (
            of["name"].as_str().map(str::to_owned),
            of["defect_type_id"].to_string(),
        )
    };
    types
        .map(named)
        .map(|(name, id)| (name.expect("a name"), id))
        .collect()
}

#[actix_web::test]
async fn every_planted_excursion_is_found_and_its_cause_named_first() {
    let app = TestApp::start().await;
    let truth = load(&app).await;
    let viewer = app.viewer().await;
    let types = type_ids(&viewer).await;
    assert_eq!(truth.excursions.len(), 5);
    for excursion in &truth.excursions {
        let name = excursion.excursion.kind.defect_type().name;
        let (_, defect_type) = types.iter().find(|(known, _)| known == name).expect(name);
        let query = chart(excursion, defect_type);
        let worst = every_named_rule_signals(&viewer, excursion, &query).await;

        let explained = viewer
            .get(&format!("/analytics/explain?inspection_id={worst}&{query}"))
            .await;

        let explained = explained.data();
        let id = excursion.excursion.id;
        assert_eq!(explained["point"]["inspection_id"], worst.as_str());
        let suspects = list(&explained["commonality"], "suspects");
        let (attribute, value) = guilty(excursion);
        let is_guilty = |of: &Value| of["attribute"] == attribute && of["value"] == value.as_str();
        let first = &suspects[0];
        println!("{id}: {first}");
        assert!(
            is_guilty(first) || list(first, "same_as").iter().any(is_guilty),
            "{id}: {attribute} {value} is not first but {first}"
        );
        assert_eq!(first["is_suspect"], true, "{id}");
        the_type_has_changed(excursion, defect_type, explained);
        let evidence = list(explained, "evidence");
        assert!((1..=12).contains(&evidence.len()), "{id}");
        assert_eq!(list(explained, "zones").len(), 13, "{id}");
        assert!(explained["zone_inspections"][0].as_i64() > Some(0), "{id}");
    }
}

/// That each named rule signals at touched inspections, and the inspection that an engineer asks about: of those the
/// farthest from the centre, the first of equals.
async fn every_named_rule_signals(viewer: &Client, truth: &ExcursionTruth, query: &str) -> String {
    let spc = viewer.get(&format!("/analytics/spc?{query}")).await;
    let spc = spc.data();
    let touched: BTreeSet<(i64, &str)> = truth
        .touched
        .iter()
        .map(|one| (one.inspected_at.timestamp_micros(), one.wafer_id.as_str()))
        .collect();
    let is_touched = |point: &&Value| {
        let at: DateTime<Utc> = point["point"]["at"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time");
        let wafer = point["point"]["wafer_id"].as_str().expect("a wafer");
        touched.contains(&(at.timestamp_micros(), wafer))
    };
    let broken = |point: &Value, rule: &str| list(point, "rules").iter().any(|id| id == rule);
    let points: Vec<&Value> = list(spc, "points").iter().filter(is_touched).collect();
    for rule in truth.excursion.found_by.rules {
        let signals = points.iter().filter(|point| broken(point, rule)).count();
        assert!(
            signals > 0,
            "{}: {rule} on {}",
            truth.excursion.id,
            spc["chart"]
        );
    }
    let distance = |point: &Value| (number(point, "value") - number(point, "centre")).abs();
    let violated = points
        .into_iter()
        .filter(|point| !list(point, "rules").is_empty());
    let worst = violated.reduce(|a, b| if distance(b) > distance(a) { b } else { a });
    worst.expect("a signal")["point"]["inspection_id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

fn the_type_has_changed(truth: &ExcursionTruth, defect_type: &str, explained: &Value) {
    let rows = list(&explained["pareto"], "rows");
    let changed = rows
        .iter()
        .find(|row| row["key"] == defect_type)
        .expect("the type");
    let id = truth.excursion.id;
    println!("{id}: {changed}");
    assert_eq!(changed["is_changed"], true, "{id}: {changed}");
    let is_better = id == "contact-recipe";
    assert_eq!(number(changed, "ratio") < 1.0, is_better, "{id}: {changed}");
}
