//! Inspections that look alike.

use chrono::NaiveDate;
use contract::ErrorCode;
use serde_json::Value;
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::Plan;
use uuid::Uuid;

use crate::harness::{Client, TestApp};
use crate::seed;

/// Some lots of the synthetic fab.
async fn load(app: &TestApp) {
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    let plan = Plan {
        scale: 0.05,
        image_share: 0.0,
        ..Plan::new(7, end)
    };
    let objects = Objects::in_folder(&app.folder.path().join("objects")).expect("a folder");
    match start(&app.db.db, plan, false).await.expect("starts") {
        Start::Seeding(seeding) => seeding.run(&app.db.db, &objects).await.expect("is loaded"),
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    };
}

fn list<'a>(of: &'a Value, name: &str) -> &'a Vec<Value> {
    of[name].as_array().expect("a list")
}

fn numbers(of: &[Value], name: &str) -> Vec<f64> {
    of.iter()
        .map(|one| one[name].as_f64().expect("a number"))
        .collect()
}

async fn similar(viewer: &Client, id: &str, query: &str) -> Value {
    let answer = viewer
        .get(&format!("/inspections/{id}/similar?{query}"))
        .await;
    answer.data().clone()
}

#[actix_web::test]
async fn the_nearest_come_first_of_other_wafers_at_the_same_step_with_their_pictures() {
    let app = TestApp::start().await;
    load(&app).await;
    let viewer = app.viewer().await;
    let listed = viewer
        .get("/inspections?sort=defect_count&per_page=1")
        .await;
    let asked = listed.rows()[0].clone();
    let (id, step) = (seed::id(&asked["inspection_id"]), asked["step_id"].clone());

    let same_step = similar(&viewer, &id, "").await;
    let everywhere = similar(&viewer, &id, "all_steps=true&limit=50&same_wafer=true").await;
    let fixed = similar(&viewer, &id, "any_rotation=false&limit=3").await;

    let found = list(&same_step, "found");
    assert_eq!(found.len(), 12);
    assert!(numbers(found, "distance").is_sorted());
    assert!(found.iter().all(|one| one["inspection"]["step_id"] == step));
    assert!(
        found
            .iter()
            .all(|one| one["inspection"]["wafer_id"] != asked["wafer_id"])
    );
    assert!(
        found
            .iter()
            .all(|one| (1..=3).contains(&list(one, "because").len()))
    );
    for one in found {
        let cells: i64 = list(&one["picture"], "cell_count")
            .iter()
            .filter_map(Value::as_i64)
            .sum();
        assert_eq!(Some(cells), one["inspection"]["defect_count"].as_i64());
    }
    assert!(everywhere["compared"].as_i64() > same_step["compared"].as_i64());
    assert_eq!(list(&everywhere, "found").len(), 50);
    let best = |of: &Value| numbers(list(of, "found"), "distance")[0];
    assert!(best(&everywhere) <= best(&same_step) && best(&same_step) <= best(&fixed));
    assert!(
        numbers(list(&fixed, "found"), "rotation_deg")
            .iter()
            .all(|turned| *turned == 0.0)
    );
    // Whoever has not enough of them for the list gets all there are.
    let compared = store_compared(&viewer, &step, &asked["wafer_id"]).await;
    assert_eq!(same_step["compared"].as_i64(), Some(compared));
}

/// Current inspections of other wafers at a step with three defects or more.
async fn store_compared(viewer: &Client, step: &Value, but_wafer: &Value) -> i64 {
    let step = step.as_str().expect("a step");
    let mut count = 0;
    for page in 1.. {
        let listed = viewer
            .get(&format!(
                "/inspections?step={step}&per_page=100&page={page}"
            ))
            .await;
        let rows = listed.rows();
        let is_compared =
            |row: &&Value| row["wafer_id"] != *but_wafer && row["defect_count"].as_i64() >= Some(3);
        count += rows.iter().filter(is_compared).count();
        if rows.len() < 100 {
            break;
        }
    }
    i64::try_from(count).expect("few")
}

#[actix_web::test]
async fn defects_that_come_later_change_what_is_alike() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let kind = seed::defect_type(&engineer, "Scratch", 3, false).await;
    let mut ids = Vec::new();
    for (slot, count) in [(1, 8), (2, 8), (3, 2)] {
        let wafer = seed::wafer(&engineer, slot).await;
        let id = seed::inspection(&engineer, &wafer, "M1", 1).await;
        seed::defects(&engineer, &id, kind, count).await;
        ids.push(id);
    }

    let before = similar(&engineer, &ids[0], "").await;
    let none = similar(&engineer, &ids[2], "").await;
    seed::defects(&engineer, &ids[2], kind, 2).await;
    let after = similar(&engineer, &ids[0], "").await;
    let unknown = engineer
        .get(&format!("/inspections/{}/similar", Uuid::nil()))
        .await;

    assert_eq!(
        (before["compared"].as_i64(), list(&before, "found").len()),
        (Some(1), 1)
    );
    let twin = &list(&before, "found")[0];
    assert_eq!(twin["inspection"]["inspection_id"], ids[1].as_str());
    assert!(twin["likeness"].as_f64() > Some(0.999), "{twin}");
    assert!(
        none["measure"]
            .as_str()
            .expect("words")
            .contains("Fewer than 3")
            && list(&none, "found").is_empty()
    );
    assert_eq!(
        (after["compared"].as_i64(), list(&after, "found").len()),
        (Some(2), 2)
    );
    assert_eq!(unknown.refusal(), (404, ErrorCode::InspectionNotFound));
}
