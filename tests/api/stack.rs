//! Many wafers in one map: what the synthetic fab planted stands out, at the right place.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::{ExcursionTruth, Fab, Plan, Truth};

use crate::harness::TestApp;
use crate::seed;

fn plan() -> Plan {
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    Plan {
        scale: 0.25,
        image_share: 0.0,
        ..Plan::new(7, end)
    }
}

async fn load(app: &TestApp) -> Truth {
    let objects = Objects::in_folder(&app.folder.path().join("objects")).expect("a folder");
    match start(&app.db.db, plan(), false).await.expect("starts") {
        Start::Seeding(seeding) => seeding.run(&app.db.db, &objects).await.expect("is loaded"),
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    }
}

fn excursion<'a>(truth: &'a Truth, id: &str) -> &'a ExcursionTruth {
    let mut all = truth.excursions.iter();
    all.find(|one| one.excursion.id == id).expect("is planted")
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn numbers(of: &Value) -> Vec<f64> {
    let values = of.as_array().expect("a list").iter();
    values
        .map(|value| value.as_f64().expect("a number"))
        .collect()
}

/// Middles of the cells that stand out, mm.
fn significant(stack: &Value) -> Vec<(f64, f64)> {
    let cells = &stack["cells"];
    let number = |name: &str| cells[name].as_f64().expect("a number");
    let middle = |index: f64| (index + 0.5) * number("cell_mm") - number("radius_mm");
    let (column, row) = (numbers(&cells["column"]), numbers(&cells["row"]));
    let places = numbers(&cells["significant"]).into_iter();
    places
        .map(|place| place as usize)
        .map(|place| (middle(column[place]), middle(row[place])))
        .collect()
}

#[actix_web::test]
async fn the_dirty_reticle_and_the_badly_taught_robot_stand_out_where_they_were_planted() {
    let app = TestApp::start().await;
    let truth = load(&app).await;
    let viewer = app.viewer().await;
    let fab = Fab::new(plan()).expect("a fab");

    let reticle = excursion(&truth, "dirty-reticle");
    let what = &reticle.excursion;
    let product = fab
        .products()
        .iter()
        .find(|one| Some(one.product_id) == what.product_id);
    let geometry = &product.expect("a product").geometry;
    let url = format!(
        "/analytics/stack?from={}&to={}&step={}&product={}",
        time(what.from),
        time(what.to),
        what.step_id.expect("a step"),
        what.product_id.expect("a product"),
    );
    let answer = viewer.get(&url).await;
    let stack = answer.data();
    let field = &stack["field"];
    println!(
        "{} touched of {}",
        reticle.touched_inspections, stack["inspections"]
    );
    let (columns, rows) = geometry.field_dies;
    assert_eq!(
        (field["columns"].as_i64(), field["rows"].as_i64()),
        (Some(columns.into()), Some(rows.into()))
    );
    assert_eq!(field["repeaters"].as_array().map(Vec::len), Some(1));
    let one = &field["repeaters"][0];
    let place = numbers(&one["place_mm"]);
    assert!(
        (place[0] - 0.37 * geometry.pitch_mm.x * f64::from(columns)).abs() < 0.03,
        "{place:?}"
    );
    assert!(
        (place[1] - 0.58 * geometry.pitch_mm.y * f64::from(rows)).abs() < 0.03,
        "{place:?}"
    );
    println!("{} fields, {} um", one["fields"], one["scatter_um"]);
    assert_eq!(one["types"][0]["name"], "Bridge");
    assert!(one["wafers"].as_u64() <= Some(reticle.touched_inspections));
    counts_add_up(stack);

    // One of its wafers alone tells the same.
    let at = one["at_mm"].as_array().expect("places").len();
    assert!(at > 20);
    let touched = reticle.touched.first().expect("is touched");
    let listed = viewer
        .get(&format!(
            "/inspections?wafer={}&step={}",
            touched.wafer_id, touched.step_id
        ))
        .await;
    let id = listed.rows()[0]["inspection_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let alone = viewer
        .get(&format!("/analytics/stack?inspection_id={id}"))
        .await;
    assert_eq!(alone.data()["inspections"], 1);
    assert_eq!(alone.data()["field"]["columns"], columns);

    let robot = excursion(&truth, "tool-after-maintenance");
    let what = &robot.excursion;
    let url = format!(
        "/analytics/stack?from={}&to={}&equipment={}",
        time(what.from),
        time(what.to),
        what.equipment_id.expect("a tool"),
    );
    let answer = viewer.get(&url).await;
    let marked = significant(answer.data());
    println!("{} touched; {marked:?}", robot.touched_inspections);
    assert!(marked.len() >= 3, "{marked:?}");
    for (x, y) in marked {
        let degrees = y.atan2(x).to_degrees().rem_euclid(360.0);
        let away = [30.0, 150.0, 270.0].map(|finger: f64| (degrees - finger).abs());
        let radius = x.hypot(y);
        assert!(away.iter().any(|away| *away < 8.0), "{degrees}");
        assert!(
            (88.0..100.0).contains(&radius) || (138.0..150.0).contains(&radius),
            "{radius}"
        );
    }
}

fn counts_add_up(stack: &Value) {
    let cells: f64 = numbers(&stack["cells"]["count"]).iter().sum();
    assert_eq!(Some(cells), stack["defects"].as_f64());
    let dies = &stack["die_stack"];
    assert_eq!(dies["inspections"], stack["inspections"]);
    // Without a plan the whole dies are drawn; those across the edge have defects, too.
    let on_dies = numbers(&dies["count"]).iter().sum::<f64>();
    assert!(
        on_dies > 0.8 * cells && on_dies <= cells,
        "{on_dies} of {cells}"
    );
    assert_eq!(numbers(&stack["field"]["count"]).iter().sum::<f64>(), cells);
    let types = stack["types"].as_array().expect("types").iter();
    assert_eq!(
        types
            .map(|of| of["count"].as_f64().expect("a count"))
            .sum::<f64>(),
        cells
    );
}

#[actix_web::test]
async fn a_stack_of_nothing_is_empty_and_half_a_field_is_refused() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;

    let none = viewer.get("/analytics/stack").await;
    let half = viewer.get("/analytics/stack?field_columns=2").await;
    let lost = viewer
        .get(&format!(
            "/analytics/stack?inspection_id={}",
            uuid::Uuid::nil()
        ))
        .await;

    assert_eq!(none.data()["inspections"], 0);
    assert_eq!(none.data()["cells"]["count"], serde_json::json!([]));
    assert_eq!(half.refusal(), (400, contract::ErrorCode::InvalidInput));
    assert_eq!(half.details()["field"], "field_rows");
    assert_eq!(
        lost.refusal(),
        (404, contract::ErrorCode::InspectionNotFound)
    );
}

#[actix_web::test]
async fn only_defects_of_the_chosen_types_are_stacked_and_inspections_without_a_grid_have_no_field()
{
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (scratch, pit) = (
        seed::defect_type(&engineer, "Scratch", 3, false).await,
        seed::defect_type(&engineer, "Pit", 3, false).await,
    );
    for slot in 1..=3 {
        let wafer = seed::wafer(&engineer, slot).await;
        let id = seed::inspection(&engineer, &wafer, "M1", 1).await;
        seed::defects(&engineer, &id, scratch, 4).await;
        seed::defects(&engineer, &id, pit, 2).await;
    }

    let all = engineer.get("/analytics/stack?cell_mm=50").await;
    let some = engineer
        .get(&format!("/analytics/stack?defect_type={pit}"))
        .await;

    assert_eq!(
        (&all.data()["wafers"], &all.data()["defects"]),
        (&3.into(), &18.into())
    );
    assert_eq!(all.data()["cells"]["wafers"], serde_json::json!([3]));
    assert!(all.data()["field"].is_null() && all.data()["die_stack"].is_null());
    assert_eq!(
        (&some.data()["inspections"], &some.data()["defects"]),
        (&3.into(), &6.into())
    );
}
