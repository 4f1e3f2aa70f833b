//! Kept answers of analyses: never older than the data, and told by their entity tags.

use std::net::TcpListener;

use contract::ErrorCode;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use server::app::{self, State};
use server::config::Config;

use crate::harness::{Answer, Client, TestApp, intake};
use crate::{import, seed};

const PARETO: &str = "/analytics/pareto";

/// The answer for a caller who has the one with this entity tag.
async fn get_if_changed(client: &Client, path: &str, tag: &str) -> Answer {
    let request = client.request(Method::GET, path);
    client.answer(request.header("if-none-match", tag)).await
}

/// One inspection with two particles; the inspection and the type.
async fn two_particles(engineer: &Client) -> (String, i64) {
    let particle = seed::defect_type(engineer, "Particle", 2, false).await;
    let wafer = seed::wafer(engineer, 1).await;
    let inspection = seed::inspection(engineer, &wafer, "M1", 1).await;
    seed::defects(engineer, &inspection, particle, 2).await;
    (inspection, particle)
}

/// Labels of the bars with their counts.
fn bars(pareto: &Answer) -> Vec<(String, i64)> {
    let rows = pareto.data()["rows"].as_array().expect("bars").iter();
    rows.map(|row| {
        (
            seed::id(&row["label"]),
            row["count"].as_i64().expect("a count"),
        )
    })
    .collect()
}

#[actix_web::test]
async fn a_second_answer_equals_the_first_but_for_its_envelope() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    two_particles(&engineer).await;
    for path in [
        "/analytics/dashboard",
        "/analytics/trends",
        "/analytics/spc",
        PARETO,
        "/analytics/facets",
        "/analytics/wafer-map/LOT1:01",
    ] {
        let (first, second) = (engineer.get(path).await, engineer.get(path).await);
        assert_eq!(first.data(), second.data(), "{path}");
        assert_eq!(first.header("etag"), second.header("etag"), "{path}");
        assert!(first.header("etag").starts_with("W/\""), "{path}");
        assert_ne!(
            first.body["meta"]["request_id"], second.body["meta"]["request_id"],
            "{path}"
        );
        assert_eq!(first.header("cache-control"), "private, no-cache", "{path}");
        assert!(first.header("vary").contains("authorization"), "{path}");
    }
}

#[actix_web::test]
async fn every_change_of_the_data_shows_in_the_very_next_answer() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (inspection, particle) = two_particles(&admin).await;
    assert_eq!(bars(&admin.get(PARETO).await), [("Particle".to_owned(), 2)]);

    let scratch = seed::defect_type(&admin, "Scratch", 5, true).await;
    let defects = admin
        .get(&format!("/inspections/{inspection}/defects"))
        .await;
    let defect = seed::id(&defects.rows()[0]["defect_id"]);
    let change = json!({"defect_type_id": scratch});
    admin
        .put(&format!("/defects/{defect}"), &change)
        .await
        .data();
    let reclassified = bars(&admin.get(PARETO).await);
    assert_eq!(
        reclassified,
        [("Particle".to_owned(), 1), ("Scratch".to_owned(), 1)]
    );

    let renamed = json!({"name": "Fall-on"});
    let path = format!("/defect-types/{particle}");
    admin.put(&path, &renamed).await.data();
    assert_eq!(bars(&admin.get(PARETO).await)[0].0, "Fall-on");

    let file = import::sample("flat-plain.klarf");
    let imported = import::send(&admin, "", &[("plain.klarf", file)]).await;
    assert_eq!(imported.data()["state"], "succeeded");
    let counts: Vec<i64> = bars(&admin.get(PARETO).await)
        .into_iter()
        .map(|(_, n)| n)
        .collect();
    assert_eq!(counts.iter().sum::<i64>(), 5);

    let gone = admin.delete(&format!("/inspections/{inspection}")).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(
        bars(&admin.get(PARETO).await),
        [("Scratch".to_owned(), 2), ("Unclassified".to_owned(), 1)]
    );
}

#[actix_web::test]
async fn who_has_the_answer_gets_304_without_a_body_until_the_data_changes() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, particle) = two_particles(&engineer).await;
    let first = engineer.get(PARETO).await;
    let tag = first.header("etag");

    let same = get_if_changed(&engineer, PARETO, tag).await;
    assert_eq!(
        (same.status, same.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(
        (same.header("etag"), same.header("cache-control")),
        (tag, "private, no-cache")
    );
    let listed = get_if_changed(&engineer, PARETO, &format!("\"other\", {tag}")).await;
    assert_eq!(listed.status, StatusCode::NOT_MODIFIED);
    let elsewhere = get_if_changed(&engineer, "/analytics/facets", tag).await;
    assert_eq!(elsewhere.status, StatusCode::OK);
    let stranger = get_if_changed(&app.anonymous(), PARETO, tag).await;
    assert_eq!(stranger.refusal(), (401, ErrorCode::Unauthenticated));

    seed::defects(&engineer, &inspection, particle, 1).await;
    let changed = get_if_changed(&engineer, PARETO, tag).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(bars(&changed), [("Particle".to_owned(), 3)]);
}

#[actix_web::test]
async fn the_order_of_the_parameters_does_not_matter_but_their_values_do() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let tag = async |query: &str| {
        let answer = viewer.get(&format!("{PARETO}?{query}")).await;
        answer.data();
        answer.header("etag").to_owned()
    };
    let one = tag("by=step&limit=5&step=M1").await;
    assert_eq!(tag("step=M1&by=step&limit=5").await, one);
    assert_ne!(tag("step=M2&by=step&limit=5").await, one);
    assert_ne!(tag("step=M1&by=lot&limit=5").await, one);
}

#[actix_web::test]
async fn a_refusal_is_not_kept() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let path = "/analytics/wafer-map/LOT1:01";
    let missing = engineer.get(path).await;
    assert_eq!(missing.refusal(), (404, ErrorCode::WaferNotFound));
    assert_eq!(missing.header("etag"), "");
    two_particles(&engineer).await;
    assert_eq!(engineer.get(path).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn two_servers_on_one_database_agree() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, particle) = two_particles(&engineer).await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let base = format!("http://{}", listener.local_addr().expect("is bound"));
    let config = Config {
        workers: 1,
        ..Config::default()
    };
    let state = State::new(
        app.db.db.clone(),
        intake(&app.folder, &None),
        config,
        &[7; 32],
    );
    let server = app::serve(state, listener).expect("listens");
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let there = engineer.at(&base);

    let (one, other) = (engineer.get(PARETO).await, there.get(PARETO).await);
    assert_eq!(
        (one.data(), one.header("etag")),
        (other.data(), other.header("etag"))
    );
    seed::defects(&engineer, &inspection, particle, 1).await;
    assert_eq!(bars(&there.get(PARETO).await), [("Particle".to_owned(), 3)]);
    seed::defects(&there, &inspection, particle, 1).await;
    assert_eq!(
        bars(&engineer.get(PARETO).await),
        [("Particle".to_owned(), 4)]
    );
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_change_that_is_rolled_back_leaves_the_answer_and_its_tag() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    two_particles(&engineer).await;
    let tag = engineer.get(PARETO).await.header("etag").to_owned();
    let rename = "update defect_type set name = 'Speck' where name = 'Particle'";

    let tx = app.db.db.begin().await.expect("begins");
    tx.execute_unprepared(rename).await.expect("renames");
    let meanwhile = get_if_changed(&engineer, PARETO, &tag).await;
    assert_eq!(meanwhile.status, StatusCode::NOT_MODIFIED);
    tx.rollback().await.expect("rolls back");
    let after = get_if_changed(&engineer, PARETO, &tag).await;
    assert_eq!(after.status, StatusCode::NOT_MODIFIED);

    app.db.db.execute_unprepared(rename).await.expect("renames");
    let renamed = get_if_changed(&engineer, PARETO, &tag).await;
    assert_eq!(bars(&renamed), [("Speck".to_owned(), 2)]);
}

#[actix_web::test]
async fn without_memory_for_answers_each_is_made_anew() {
    let app = TestApp::start_with(|config| config.answer_cache_bytes = 0).await;
    let engineer = app.engineer().await;
    two_particles(&engineer).await;
    for _ in 0..2 {
        assert_eq!(
            bars(&engineer.get(PARETO).await),
            [("Particle".to_owned(), 2)]
        );
    }
}
