//! Adders: what each step added to a wafer, and everything that counts them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use contract::ErrorCode;
use serde_json::{Value, json};
use server::service::evaluation;
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::{Fab, Lot, Plan};

use crate::control_chart::{c_chart, create, history, import};
use crate::harness::{Client, TestApp};
use crate::seed;

const UNCLASSIFIED: i64 = 1;

async fn compute(app: &TestApp) {
    evaluation::run(&app.db.db).await.expect("computes");
}

async fn route(client: &Client, wafer: &str) -> Value {
    let wafer = wafer.replace(':', "%3A");
    client
        .get(&format!("/wafers/{wafer}/adders"))
        .await
        .data()
        .clone()
}

fn steps(route: &Value) -> &Vec<Value> {
    route["steps"].as_array().expect("steps")
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

/// Step, adders, seen before, missing.
fn figures(route: &Value) -> Vec<(String, i64, i64, i64)> {
    let figures = steps(route).iter().map(|step| {
        assert_eq!(
            number(&step["defects"]),
            number(&step["added"]) + number(&step["common"]) + number(&step["ambiguous"])
        );
        let seen = number(&step["common"]) + number(&step["ambiguous"]);
        let name = seed::id(&step["step_id"]);
        (name, number(&step["added"]), seen, number(&step["missing"]))
    });
    figures.collect()
}

fn step(name: &str, added: i64, seen: i64, missing: i64) -> (String, i64, i64, i64) {
    (name.to_owned(), added, seen, missing)
}

/// Adders by step, as the trend of single inspections counts them.
async fn trend(client: &Client, query: &str) -> BTreeMap<String, i64> {
    let path = format!("/analytics/trends?bucket=inspection&adders=true{query}");
    let trend = client.get(&path).await.data().clone();
    let points = trend["points"].as_array().expect("points").iter();
    let mut sums = BTreeMap::new();
    for point in points {
        let value = point["value"].as_f64().expect("a count");
        #[expect(clippy::cast_possible_truncation, reason = "a count")]
        let value = value as i64;
        *sums.entry(seed::id(&point["step_id"])).or_default() += value;
    }
    sums
}

fn sums(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter()
        .map(|&(name, sum)| (name.to_owned(), sum))
        .collect()
}

async fn load(app: &TestApp) -> (Fab, Vec<Lot>) {
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    let plan = Plan {
        scale: 0.03,
        image_share: 0.3,
        spectrum_share: 0.5,
        ..Plan::new(11, end)
    };
    let objects = Objects::in_folder(&app.folder.path().join("objects")).expect("a folder");
    match start(&app.db.db, plan, false).await.expect("starts") {
        Start::Seeding(seeding) => seeding.run(&app.db.db, &objects).await.expect("is loaded"),
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    };
    let fab = Fab::new(plan).expect("the plan is possible");
    let lots = fab.lots().collect();
    (fab, lots)
}

/// Numbers of the adders at each step of a wafer, and how many defects were seen before, by the truth.
fn truth(fab: &Fab, lot: &Lot, wafer: usize) -> Vec<(&'static str, BTreeSet<i32>, usize)> {
    let mut seen = BTreeSet::new();
    let mut route = Vec::new();
    let of_wafer: Vec<_> = lot
        .inspections
        .iter()
        .filter(|one| one.wafer == wafer)
        .collect();
    for (place, one) in of_wafer.iter().enumerate() {
        if of_wafer[place + 1..]
            .iter()
            .any(|later| later.step == one.step)
        {
            continue;
        }
        let new = one
            .defects
            .iter()
            .filter(|defect| !seen.contains(&defect.truth.origin));
        let new: BTreeSet<i32> = new.map(|defect| defect.defect_no).collect();
        let before = one.defects.len() - new.len();
        seen.extend(one.defects.iter().map(|defect| defect.truth.origin));
        route.push((fab.steps()[one.step].step_id, new, before));
    }
    route
}

#[actix_web::test]
async fn adders_of_the_synthetic_fab_are_its_truth_and_every_analysis_counts_the_same() {
    let app = TestApp::start().await;
    let (fab, lots) = load(&app).await;
    let viewer = app.viewer().await;
    assert_eq!(trend(&viewer, "").await.len(), 0, "nothing is computed yet");
    compute(&app).await;

    let (mut found, mut overlooked, mut false_alarms, mut before) = (0, 0, 0, 0);
    let mut by_step: BTreeMap<String, i64> = BTreeMap::new();
    let mut by_type: BTreeMap<String, i64> = BTreeMap::new();
    for lot in &lots {
        let inspected: BTreeSet<usize> = lot.inspections.iter().map(|one| one.wafer).collect();
        for wafer in inspected {
            let route = route(&viewer, &lot.wafers[wafer].wafer_id).await;
            let truth = truth(&fab, lot, wafer);
            assert_eq!(steps(&route).len(), truth.len());
            for (step, (name, expected, seen)) in steps(&route).iter().zip(truth) {
                assert_eq!(step["step_id"], name);
                let columns = &step["columns"];
                let pairs = columns["defect_no"].as_array().expect("numbers").iter();
                let pairs = pairs.zip(columns["state"].as_array().expect("states"));
                let added = pairs.filter(|(_, state)| **state == "added");
                let added: BTreeSet<i32> = added
                    .map(|(no, _)| i32::try_from(number(no)).expect("a number"))
                    .collect();
                let right = added.intersection(&expected).count();
                found += right;
                overlooked += expected.len() - right;
                false_alarms += added.len() - right;
                before += seen;
                *by_step.entry(name.to_owned()).or_default() += number(&step["added"]);
                for share in step["added_types"].as_array().expect("types") {
                    *by_type
                        .entry(share["defect_type_id"].to_string())
                        .or_default() += number(&share["count"]);
                }
            }
        }
    }
    println!("{found} found, {overlooked} overlooked, {false_alarms} false, {before} seen before");
    assert!(before > 300);
    assert!(overlooked * 50 <= found && false_alarms * 50 <= found);

    let all: i64 = by_step.values().sum();
    assert_eq!(trend(&viewer, "").await, by_step);
    let pareto = viewer.get("/analytics/pareto?adders=true&limit=50").await;
    let rows = pareto.data()["rows"].as_array().expect("rows").iter();
    let rows: BTreeMap<String, i64> = rows
        .map(|row| (seed::id(&row["key"]), number(&row["count"])))
        .collect();
    assert_eq!(rows, by_type);
    let steps = viewer
        .get("/analytics/pareto?adders=true&by=step&limit=50")
        .await;
    let steps = steps.data()["rows"].as_array().expect("rows").clone();
    let steps: BTreeMap<String, i64> = steps
        .iter()
        .map(|row| (seed::id(&row["key"]), number(&row["count"])))
        .collect();
    assert_eq!(steps, by_step);
    let dashboard = viewer.get("/analytics/dashboard?adders=true").await;
    assert_eq!(number(&dashboard.data()["kpis"]["defects"]), all);
    let listed = viewer.get("/defects?adders=true&per_page=1").await;
    assert_eq!(number(&listed.body["pagination"]["total"]), all);
    let (kind, of_kind) = by_type
        .iter()
        .max_by_key(|(_, count)| **count)
        .expect("types");
    let one_type = trend(&viewer, &format!("&defect_type={kind}")).await;
    assert_eq!(one_type.values().sum::<i64>(), *of_kind);
    let one_type = viewer
        .get(&format!(
            "/defects?adders=true&per_page=1&defect_type={kind}"
        ))
        .await;
    assert_eq!(number(&one_type.body["pagination"]["total"]), *of_kind);

    // Defects with an element: those of the list, one by one.
    let listed = viewer
        .get("/defects?adders=true&element=Fe&per_page=1")
        .await;
    let iron = number(&listed.body["pagination"]["total"]);
    let all_iron = viewer.get("/defects?element=Fe&per_page=1").await;
    assert!(iron > 0 && iron < number(&all_iron.body["pagination"]["total"]));
    assert_eq!(
        trend(&viewer, "&element=Fe").await.values().sum::<i64>(),
        iron
    );
    let pareto = viewer.get("/analytics/pareto?adders=true&element=Fe").await;
    assert_eq!(number(&pareto.data()["defects"]), iron);
    for path in [
        "spc?",
        "correlation?",
        "seasonality?",
        "facets?",
        "commonality?metric=count&from=2025-06-01T00:00:00Z&to=2026-01-01T00:00:00Z&",
    ] {
        let answer = viewer.get(&format!("/analytics/{path}adders=true")).await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
    }
}

#[actix_web::test]
async fn whatever_changes_on_a_wafer_changes_its_adders_and_until_then_they_are_not_known() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 3, false).await;
    let first = seed::inspection(&engineer, &wafer, "A", 1).await;
    seed::defects(&engineer, &first, UNCLASSIFIED, 3).await;
    let last = seed::inspection(&engineer, &wafer, "C", 5).await;
    seed::defects(&engineer, &last, UNCLASSIFIED, 10).await;
    assert_eq!(trend(&engineer, "").await, sums(&[]));
    compute(&app).await;
    assert_eq!(
        figures(&route(&engineer, &wafer).await),
        [step("A", 3, 0, 0), step("C", 7, 3, 0)]
    );
    assert_eq!(trend(&engineer, "").await, sums(&[("A", 3), ("C", 7)]));

    // A late import in between: what it saw is no adder of the later step any more.
    let between = seed::inspection(&engineer, &wafer, "B", 3).await;
    seed::defects(&engineer, &between, scratch, 5).await;
    assert_eq!(trend(&engineer, "").await, sums(&[]));
    compute(&app).await;
    assert_eq!(
        figures(&route(&engineer, &wafer).await),
        [step("A", 3, 0, 0), step("B", 2, 3, 0), step("C", 5, 5, 0)]
    );
    assert_eq!(
        trend(&engineer, "").await,
        sums(&[("A", 3), ("B", 2), ("C", 5)])
    );
    assert_eq!(
        trend(&engineer, &format!("&defect_type={scratch}")).await,
        sums(&[("A", 0), ("B", 2), ("C", 0)])
    );

    // An adder that gets another type.
    let of_last = engineer
        .get(&format!("/inspections/{last}/defects?per_page=100"))
        .await;
    let adder = of_last
        .rows()
        .iter()
        .find(|row| row["x_mm"] == 9.0)
        .expect("is there");
    let path = format!("/defects/{}", seed::id(&adder["defect_id"]));
    engineer
        .put(&path, &json!({"defect_type_id": scratch}))
        .await
        .data();
    compute(&app).await;
    assert_eq!(
        trend(&engineer, &format!("&defect_type={scratch}")).await,
        sums(&[("A", 0), ("B", 2), ("C", 1)])
    );

    // A re-inspection replaces the one before it: that one is off the route, and on it again once the other is gone.
    let again = seed::inspection(&engineer, &wafer, "B", 4).await;
    seed::defects(&engineer, &again, UNCLASSIFIED, 1).await;
    compute(&app).await;
    assert_eq!(
        figures(&route(&engineer, &wafer).await),
        [step("A", 3, 0, 0), step("B", 0, 1, 2), step("C", 7, 3, 0)]
    );
    assert_eq!(
        trend(&engineer, "").await,
        sums(&[("A", 3), ("B", 0), ("C", 7)])
    );
    assert_eq!(
        trend(&engineer, "&superseded=true").await,
        sums(&[("A", 3), ("B", 2), ("C", 7)])
    );
    let admin = app.admin().await;
    let gone = admin.delete(&format!("/inspections/{again}")).await;
    assert_eq!(gone.status.as_u16(), 204);
    assert_eq!(trend(&engineer, "").await, sums(&[]));
    compute(&app).await;
    assert_eq!(
        trend(&engineer, "").await,
        sums(&[("A", 3), ("B", 2), ("C", 5)])
    );
}

#[actix_web::test]
async fn any_tolerance_can_be_asked_for_and_others_are_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    for (name, day, x_mm) in [("A", 1, 10.0), ("B", 2, 10.4)] {
        let inspection = seed::inspection(&engineer, &wafer, name, day).await;
        let new = json!({"x_mm": x_mm, "y_mm": 1.0, "defect_type_id": UNCLASSIFIED});
        let url = format!("/inspections/{inspection}/defects");
        engineer.post(&url, &new).await.data();
    }
    let path = "/wafers/LOT1%3A01/adders";
    let narrow = engineer.get(path).await.data().clone();
    assert_eq!(figures(&narrow), [step("A", 1, 0, 0), step("B", 1, 0, 1)]);
    assert_eq!(narrow["steps"][1]["missing_mm"], json!([[10.0, 1.0]]));
    let wide = engineer
        .get(&format!("{path}?tolerance_um=500"))
        .await
        .data()
        .clone();
    assert_eq!(wide["tolerance_um"], 500.0);
    assert_eq!(figures(&wide), [step("A", 1, 0, 0), step("B", 0, 1, 0)]);
    assert_eq!(wide["steps"][1]["columns"]["first_step"], json!([0]));

    let first = wide["steps"][0]["inspection_id"].as_str().expect("an id");
    let of_first = engineer.get(&format!("{path}?inspection_id={first}")).await;
    let of_first = of_first.data();
    assert_eq!(figures(of_first), figures(&narrow));
    let listed = |step: usize| of_first["steps"][step]["columns"]["defect_no"].clone();
    assert_eq!((listed(0), listed(1)), (json!([1]), json!([])));
    let left_out = |step: usize| &of_first["steps"][step]["left_out"];
    assert_eq!((left_out(0), left_out(1)), (&json!(0), &json!(2)));
    let other = engineer
        .get(&format!("{path}?inspection_id={}", uuid::Uuid::nil()))
        .await;
    assert_eq!(other.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(other.details()["field"], "inspection_id");

    let refused = engineer.get(&format!("{path}?tolerance_um=0")).await;
    assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(refused.details()["field"], "tolerance_um");
    let missing = engineer.get("/wafers/NONE/adders").await;
    assert_eq!(missing.refusal(), (404, ErrorCode::WaferNotFound));
}

#[actix_web::test]
async fn a_control_chart_of_adders_judges_an_import_once_its_adders_are_known() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 4, 6]).await;
    compute(&app).await;
    let mut chart = c_chart("Adders of M1");
    chart["scope"]["adders"] = json!(true);
    create(&engineer, &chart).await;
    // Most of what the sixth wafer shows was there before the step.
    let wafer = json!({"wafer_id": "LOT42:06", "id_scheme": "lot_slot", "lot_id": "LOT42", "slot": 6, "diameter_mm": 200.0});
    engineer.post("/wafers", &wafer).await.data();
    let new = json!({"wafer_id": "LOT42:06", "step_id": "BEFORE", "area_cm2": 200.0, "inspected_at": "2024-03-01T00:00:00Z"});
    let before = engineer.post("/inspections", &new).await;
    let before = seed::id(&before.data()["inspection"]["inspection_id"]);
    for number in 1..=27 {
        let new = json!({"x_mm": -4.0 + f64::from(number) * 1e-3, "y_mm": 0.0, "defect_type_id": UNCLASSIFIED});
        let url = format!("/inspections/{before}/defects");
        engineer.post(&url, &new).await.data();
    }
    import(&engineer, 6, 30).await;
    compute(&app).await;
    assert_eq!(engineer.get("/alerts").await.rows().len(), 0);

    import(&engineer, 7, 30).await;
    compute(&app).await;
    assert_eq!(engineer.get("/alerts").await.rows().len(), 1);
}
