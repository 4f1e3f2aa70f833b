//! The synthetic fab, loaded as `wafermaps seed` loads it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, Utc};
use sea_orm::{ConnectionTrait, Statement};
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::{Plan, Truth};

use crate::harness::TestApp;

fn plan() -> Plan {
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    Plan {
        scale: 0.02,
        image_share: 0.2,
        spectrum_share: 0.5,
        ..Plan::new(7, end)
    }
}

fn objects(app: &TestApp) -> Objects {
    Objects::in_folder(&app.folder.path().join("objects")).expect("a folder for objects")
}

async fn load(app: &TestApp, plan: Plan) -> Truth {
    match start(&app.db.db, plan, false).await.expect("starts") {
        Start::Seeding(seeding) => seeding
            .run(&app.db.db, &objects(app))
            .await
            .expect("is loaded"),
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    }
}

async fn number(app: &TestApp, sql: &str) -> u64 {
    let statement = Statement::from_string(sea_orm::DatabaseBackend::Postgres, sql);
    let row = app.db.db.query_one_raw(statement).await.expect("reads");
    let number: i64 = row.expect("a row").try_get_by_index(0).expect("a number");
    u64::try_from(number).expect("a count")
}

async fn check_counts(app: &TestApp, truth: &Truth) {
    let counts = &truth.counts;
    for (table, expected) in [
        ("wafer", counts.wafers),
        ("inspection", counts.inspections),
        ("defect", counts.defects),
        ("defect_image", counts.images),
        ("defect_spectrum", counts.spectra),
    ] {
        let found = number(app, &format!("select count(*) from {table}")).await;
        assert_eq!(found, expected, "{table}");
    }
    let counted = number(app, "select sum(defect_count)::bigint from inspection").await;
    assert_eq!(counted, counts.defects);
}

#[actix_web::test]
async fn the_fab_is_in_as_its_truth_counts_it_and_can_be_looked_at() {
    let app = TestApp::start().await;
    let plan = Plan {
        scale: 0.03,
        ..plan()
    };
    let truth = load(&app, plan).await;

    assert!(truth.counts.inspections > 100 && truth.counts.spectra > 50);
    check_counts(&app, &truth).await;

    let viewer = app.viewer().await;
    let types = viewer.get("/defect-types?per_page=100").await;
    let types = types.data().as_array().expect("a list").clone();
    for (name, count) in &truth.counts.by_type {
        let found = types.iter().find(|found| found["name"] == *name);
        assert_eq!(
            found.expect(name)["defect_count"].as_u64(),
            Some(*count),
            "{name}"
        );
    }
    let dashboard = viewer.get("/analytics/dashboard").await.data().clone();
    let points = dashboard["trend"]["points"].as_array().map(Vec::len);
    let inspections = dashboard["kpis"]["inspections"].as_i64().expect("a count");
    assert_eq!((points, inspections > 200), (Some(200), true));
    assert_eq!(dashboard["trend"]["left_out"], inspections - 200);
    let equipment = viewer.get("/equipment?per_page=100").await;
    assert_eq!(equipment.data().as_array().map(Vec::len), Some(12));
}

#[actix_web::test]
async fn every_image_and_spectrum_is_in_the_object_store_and_metal_particles_hold_iron() {
    let app = TestApp::start().await;
    load(&app, plan()).await;
    let objects = objects(&app);

    let statement = Statement::from_string(
        sea_orm::DatabaseBackend::Postgres,
        "select object_key, bytes from stored_object",
    );
    let rows = app.db.db.query_all_raw(statement).await.expect("reads");
    assert!(rows.len() > 100);
    for row in rows {
        let key: String = row.try_get_by_index(0).expect("a key");
        let bytes: i64 = row.try_get_by_index(1).expect("a size");
        let stored = objects.head(&key.parse().expect("a key")).await;
        assert_eq!(stored.expect("asks"), u64::try_from(bytes).ok(), "{key}");
    }
    let metal = "from defect_spectrum s join defect d using (inspection_id, defect_no) \
         join defect_type t using (defect_type_id) where t.name = 'Metal particle'";
    let spectra = number(&app, &format!("select count(*) {metal}")).await;
    let with_iron = format!(
        "select count(*) {metal} and exists (select from defect_element e \
         where e.spectrum_id = s.spectrum_id and e.element = 'Fe' and e.weight > 0.5)"
    );
    assert!(spectra > 0);
    assert!(2 * number(&app, &with_iron).await > spectra);
}

#[actix_web::test]
async fn defects_lie_on_the_die_that_they_name() {
    let app = TestApp::start().await;
    load(&app, plan()).await;
    let viewer = app.viewer().await;
    let worst = "/inspections?sort=defect_count&order=desc&per_page=1";
    let inspection = viewer.get(worst).await.rows()[0].clone();

    let (wafer, id) = (&inspection["wafer_id"], &inspection["inspection_id"]);
    let wafer = wafer.as_str().expect("a wafer");
    let id = id.as_str().expect("an id");
    let path = format!("/analytics/wafer-map/{wafer}?inspection_id={id}");
    let map = viewer.get(&path).await.data().clone();

    let column = |of: &serde_json::Value, name: &str| -> Vec<f64> {
        let column = of[name].as_array().expect("a column").iter();
        column
            .map(|value| value.as_f64().expect("a number"))
            .collect()
    };
    let dies = &map["dies"];
    let (width, height) = (dies["width_mm"].as_f64(), dies["height_mm"].as_f64());
    let (width, height) = (width.expect("a width"), height.expect("a height"));
    let names = column(dies, "die_x").into_iter().zip(column(dies, "die_y"));
    let corners = column(dies, "left_mm")
        .into_iter()
        .zip(column(dies, "bottom_mm"));
    let dies: Vec<_> = names.zip(corners).collect();
    let defects = &map["defects"];
    let on = column(defects, "die_x")
        .into_iter()
        .zip(column(defects, "die_y"));
    let at = column(defects, "x_mm")
        .into_iter()
        .zip(column(defects, "y_mm"));
    let (mut on_whole_dies, mut all) = (0, 0);
    for (on, (x, y)) in on.zip(at) {
        all += 1;
        // Dies that the edge cuts are not drawn.
        let Some((_, (left, bottom))) = dies.iter().find(|(name, _)| *name == on) else {
            continue;
        };
        on_whole_dies += 1;
        assert!(
            (*left..=left + width).contains(&x),
            "{x} on die {on:?} from {left}"
        );
        assert!(
            (*bottom..=bottom + height).contains(&y),
            "{y} on die {on:?} from {bottom}"
        );
    }
    assert!(2 * on_whole_dies > all, "{on_whole_dies} of {all}");
}

#[actix_web::test]
async fn a_fab_that_is_there_is_not_loaded_again_and_no_other_joins_it() {
    let app = TestApp::start().await;
    load(&app, plan()).await;
    let before = number(&app, "select count(*) from job").await;

    let again = start(&app.db.db, plan(), false).await.expect("looks");
    assert!(matches!(again, Start::Loaded(found) if found == plan()));
    // Nobody said when it ends: tomorrow's `seed` finds today's fab.
    let tomorrow = Plan {
        end: Utc::now().date_naive(),
        ..plan()
    };
    let again = start(&app.db.db, tomorrow, true).await.expect("looks");
    assert!(matches!(again, Start::Loaded(found) if found == plan()));

    let other = Plan { seed: 8, ..plan() };
    let refused = start(&app.db.db, other, false)
        .await
        .expect_err("another fab");
    assert!(
        refused.to_string().contains("the synthetic fab of seed 7"),
        "{refused}"
    );
    assert_eq!(number(&app, "select count(*) from job").await, before);
}

#[actix_web::test]
async fn a_run_that_was_interrupted_is_continued_with_the_lots_that_are_missing() {
    let app = TestApp::start().await;
    let whole = load(&app, plan()).await;
    let ids = "select coalesce(array_agg(inspection_id::text order by inspection_id), '{}') from inspection";
    let before = texts(&app, ids).await;
    // What a process leaves that ends after its second lot.
    let end = "delete from inspection where lot_id not in (select distinct lot_id from inspection order by 1 limit 2)";
    app.db.db.execute_unprepared(end).await.expect("deletes");
    let end = "update job set state = 'running', finished_at = null";
    app.db.db.execute_unprepared(end).await.expect("updates");
    assert!(number(&app, "select count(*) from inspection").await < whole.counts.inspections);

    let truth = load(&app, plan()).await;

    assert_eq!(truth, whole);
    check_counts(&app, &truth).await;
    assert_eq!(
        texts(&app, ids).await,
        before,
        "the same fab has the same ids"
    );
    let states = texts(&app, "select array_agg(state order by created_at) from job").await;
    assert_eq!(states, ["interrupted", "succeeded"]);
}

async fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(sea_orm::DatabaseBackend::Postgres, sql);
    let row = app.db.db.query_one_raw(statement).await.expect("reads");
    row.expect("a row").try_get_by_index(0).expect("texts")
}

#[actix_web::test]
async fn a_type_that_is_there_keeps_what_people_made_of_it() {
    let app = TestApp::start().await;
    let made = "insert into defect_type (name, severity, colour) values ('particle', 1, '#123456')";
    app.db.db.execute_unprepared(made).await.expect("inserts");

    load(&app, plan()).await;

    let names = texts(
        &app,
        "select array_agg(name) from defect_type where lower(name) = 'particle'",
    )
    .await;
    assert_eq!(names, ["particle"]);
    let colours = texts(&app, "select array_agg(colour) from defect_type").await;
    let distinct: BTreeSet<&String> = colours.iter().collect();
    assert_eq!((colours.len(), distinct.len()), (19, 19));
    let particles = "select count(*) from defect join defect_type t using (defect_type_id) where t.name = 'particle'";
    assert!(number(&app, particles).await > 100);
}
