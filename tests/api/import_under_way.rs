//! Imports that stall, are cancelled, wait for others, or whose sender goes away.

use std::time::{Duration, Instant};

use contract::ErrorCode;
use futures::stream::unfold;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, TestApp};
use crate::import::{sample, send, total};

/// A form whose only file stops in the middle of its defects and never goes on.
fn stalling_form() -> Form {
    let bytes = sample("flat-plain.klarf");
    let half = bytes[..bytes.len() * 3 / 4].to_vec();
    let stream = unfold(Some(half), |state| async move {
        match state {
            Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
            None => std::future::pending().await,
        }
    });
    let body = reqwest::Body::wrap_stream(stream);
    Form::new().part("files", Part::stream(body).file_name("stalls.klarf"))
}

async fn until_state(client: &Client, import_id: Uuid, wanted: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let list = client.get(&format!("/imports?import_id={import_id}")).await;
        match list.rows().first() {
            Some(import) if import["state"] == wanted => return import.clone(),
            found => assert!(
                Instant::now() < deadline,
                "no import is {wanted}: {found:?}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn a_cancelled_import_leaves_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let import_id = Uuid::now_v7();
    let sender = operator.clone();
    let url = format!("/imports?import_id={import_id}");
    let request = sender
        .request(Method::POST, &url)
        .multipart(stalling_form());
    let sending = actix_web::rt::spawn(async move { request.send().await });
    until_state(&operator, import_id, "running").await;

    let asked = operator
        .post(&format!("/imports/{import_id}/cancel"), &json!({}))
        .await;
    assert_eq!(asked.status, 200);
    until_state(&operator, import_id, "cancelled").await;

    for list in [
        "/inspections?superseded=true",
        "/wafers",
        "/equipment",
        "/defects?superseded=true",
    ] {
        assert_eq!(total(&operator, list).await, 0, "{list}");
    }
    let late = operator
        .post(&format!("/imports/{import_id}/cancel"), &json!({}))
        .await;
    assert_eq!(late.refusal(), (409, ErrorCode::NotRunning));
    sending.abort();
}

#[actix_web::test]
async fn a_sender_that_goes_away_leaves_nothing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let import_id = Uuid::now_v7();
    let sender = operator.clone();
    let url = format!("/imports?import_id={import_id}");
    let request = sender
        .request(Method::POST, &url)
        .multipart(stalling_form());
    let sending = actix_web::rt::spawn(async move { request.send().await });
    until_state(&operator, import_id, "running").await;

    sending.abort();

    let deadline = Instant::now() + Duration::from_secs(20);
    while operator.get(&format!("/imports/{import_id}")).await.data()["state"] == "running" {
        assert!(Instant::now() < deadline, "the import does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(total(&operator, "/inspections?superseded=true").await, 0);
    assert_eq!(total(&operator, "/wafers").await, 0);
}

#[actix_web::test]
async fn a_sender_that_falls_silent_is_given_up_and_holds_nobody_else_up() {
    let app = TestApp::start_with(|config| config.import_silence = Duration::from_secs(1)).await;
    let operator = app.operator().await;
    let import_id = Uuid::now_v7();
    let url = format!("/imports?import_id={import_id}");
    let request = operator
        .request(Method::POST, &url)
        .multipart(stalling_form());
    let sending = actix_web::rt::spawn(async move { request.send().await });
    until_state(&operator, import_id, "running").await;

    // It brings the same tool and lot, so it waits for the first to commit or to go.
    let other = send(
        &operator,
        "",
        &[("three.klarf", sample("flat-three-wafers.klarf"))],
    )
    .await;

    assert_eq!(other.data()["state"], "succeeded");
    until_state(&operator, import_id, "interrupted").await;
    let refused = sending.await.expect("ends").expect("is answered");
    assert_eq!(refused.status(), 400);
}

#[actix_web::test]
async fn an_import_that_waits_for_another_one_can_be_cancelled() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let first = Uuid::now_v7();
    let url = format!("/imports?import_id={first}");
    let request = operator
        .request(Method::POST, &url)
        .multipart(stalling_form());
    let stalling = actix_web::rt::spawn(async move { request.send().await });
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let import = operator.get(&format!("/imports?import_id={first}")).await;
        // Its wafer has begun, so it holds what the second wants.
        if import
            .rows()
            .first()
            .is_some_and(|row| row["progress"]["wafers"] == 1)
        {
            break;
        }
        assert!(Instant::now() < deadline, "{import:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let second = Uuid::now_v7();
    let waiter = operator.clone();
    let waiting = actix_web::rt::spawn(async move {
        let file = [("three.klarf", sample("flat-three-wafers.klarf"))];
        send(&waiter, &format!("?import_id={second}"), &file).await
    });
    until_state(&operator, second, "running").await;

    let cancel = format!("/imports/{second}/cancel");
    assert_eq!(operator.post(&cancel, &json!({})).await.status, 200);

    until_state(&operator, second, "cancelled").await;
    until_state(&operator, first, "running").await;
    assert_eq!(waiting.await.expect("ends").data()["state"], "cancelled");
    stalling.abort();
}

#[actix_web::test]
async fn more_imports_than_the_database_has_room_for_wait_for_their_turn() {
    let app = TestApp::start_with(|config| config.import_silence = Duration::from_secs(2)).await;
    let operator = app.operator().await;
    let ids: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
    let sending: Vec<_> = ids
        .iter()
        .map(|id| {
            let url = format!("/imports?import_id={id}");
            let request = operator
                .request(Method::POST, &url)
                .multipart(stalling_form());
            actix_web::rt::spawn(async move { request.send().await })
        })
        .collect();
    for id in &ids {
        until_state(&operator, *id, "running").await;
    }

    let sql = "select count(*) as n from pg_stat_activity
               where datname = current_database() and application_name = 'wafermaps import'";
    let connections: i64 = app.db.rows(sql).await[0]
        .try_get("", "n")
        .expect("a number");
    assert!((1..=16).contains(&connections), "{connections}");

    for answer in sending {
        assert_eq!(answer.await.expect("ends").expect("answers").status(), 400);
    }
}
