//! Imports: files in, reports out.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contract::ErrorCode;
use futures::stream::unfold;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Client, TestApp};
use crate::seed;

/// A file of our own, one for each oddity of the format.
pub fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/klarf");
    std::fs::read(folder.join(name)).expect("the sample is there")
}

/// A real file, where the folder with them is there.
pub fn real_sample(name: &str) -> Option<Vec<u8>> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/klarf");
    let folder = std::env::var_os("WAFERMAPS_KLARF_SAMPLES").map_or_else(default, PathBuf::from);
    let bytes = std::fs::read(folder.join(name)).ok();
    if bytes.is_none() {
        println!("{name} is not in {}: nothing to test", folder.display());
    }
    bytes
}

pub async fn send(client: &Client, query: &str, files: &[(&str, Vec<u8>)]) -> Answer {
    let part = |form: Form, (name, bytes): &(&str, Vec<u8>)| {
        form.part(
            "files",
            Part::bytes(bytes.clone()).file_name((*name).to_owned()),
        )
    };
    let form = files.iter().fold(Form::new(), part);
    let request = client.request(Method::POST, &format!("/imports{query}"));
    client.answer(request.multipart(form)).await
}

async fn total(client: &Client, list: &str) -> i64 {
    let answer = client.get(list).await;
    answer.data();
    answer.body["pagination"]["total"]
        .as_i64()
        .expect("a total")
}

#[actix_web::test]
async fn a_file_makes_wafer_tool_types_and_an_inspection_with_its_defects() {
    let app = TestApp::start().await;
    let operator = app.operator().await;

    let answer = send(
        &operator,
        "",
        &[("plain.klarf", sample("flat-plain.klarf"))],
    )
    .await;

    assert_eq!(answer.status, 201);
    let import = answer.data();
    assert_eq!(import["state"], "succeeded");
    assert_eq!(
        (
            &import["progress"]["wafers"],
            &import["progress"]["defects"]
        ),
        (&json!(1), &json!(3))
    );
    let file = &import["files"][0];
    assert_eq!(
        (&file["name"], &file["state"]),
        (&json!("plain.klarf"), &json!("imported"))
    );
    assert_eq!(
        file["created"],
        json!({
            "equipment": ["INS07"], "lots": ["LOT42"], "wafers": ["LOT42:01"], "defect_types": ["Scratch"],
        })
    );
    let id = seed::id(&file["inspections"][0]["inspection_id"]);
    let inspection = operator.get(&format!("/inspections/{id}")).await;
    let listed = &inspection.data()["inspection"];
    assert_eq!(
        (&listed["step_id"], &listed["area_cm2"]),
        (&json!("M1.CMP"), &json!(200.0))
    );
    assert_eq!(listed["inspected_at"], "2024-03-04T05:06:07Z");
    let defects = operator.get(&format!("/inspections/{id}/defects")).await;
    let first = &defects.rows()[0];
    assert_eq!(
        (&first["x_mm"], &first["y_mm"], &first["defect_type"]),
        (&json!(0.0), &json!(0.0), &json!("Scratch"))
    );
    // The wafer centre is the centre of die (0,0); dies are 10 mm by 8 mm.
    let map = operator.get(&format!("/inspections/{id}/map")).await;
    let dies = &map.data()["dies"];
    let place = dies["die_x"]
        .as_array()
        .expect("dies")
        .iter()
        .position(|x| x == 3)
        .expect("die 3");
    assert_eq!(
        (&dies["left_mm"][place], &dies["bottom_mm"][place]),
        (&json!(25.0), &json!(-20.0))
    );
}

#[actix_web::test]
async fn the_same_file_twice_adds_nothing_and_names_the_first_import() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let file = [("plain.klarf", sample("flat-plain.klarf"))];
    let first = send(&operator, "", &file).await;

    let again = send(&operator, "", &file).await;

    let report = &again.data()["files"][0];
    assert_eq!(again.data()["state"], "succeeded");
    assert_eq!(report["state"], "duplicate");
    assert_eq!(report["duplicate_of"], first.data()["import_id"]);
    assert_eq!(
        report["inspections"],
        first.data()["files"][0]["inspections"]
    );
    assert_eq!(total(&operator, "/inspections?superseded=true").await, 1);
    assert_eq!(total(&operator, "/defects?superseded=true").await, 3);
}

#[actix_web::test]
async fn three_wafers_in_a_file_are_three_inspections() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let own = send(
        &operator,
        "",
        &[("three.klarf", sample("flat-three-wafers.klarf"))],
    )
    .await;
    assert_eq!(
        own.data()["files"][0]["inspections"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );

    let Some(bytes) = real_sample("wafermap-clustering-QUU_NUU.000") else {
        return;
    };
    let real = send(&operator, "", &[("QUU_NUU.000", bytes)]).await;
    let inspections = real.data()["files"][0]["inspections"].clone();
    let inspections = inspections.as_array().expect("a list");
    let counts: Vec<_> = inspections
        .iter()
        .map(|i| (i["wafer_id"].clone(), i["defect_count"].clone()))
        .collect();
    let count = |wafer: &str, defects: i64| (json!(wafer), json!(defects));
    let mut expected = vec![
        count("QUU:01", 95),
        count("QUU:02", 56),
        count("QUU:06", 36),
    ];
    expected.retain(|pair| !counts.contains(pair));
    assert!(expected.is_empty() && counts.len() == 3, "{counts:?}");
}

#[actix_web::test]
async fn a_file_that_is_no_klarf_is_refused_and_the_others_land() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let files = [
        ("notes.klarf", sample("text-renamed.klarf")),
        ("plain.klarf", sample("flat-plain.klarf")),
    ];

    let answer = send(&operator, "", &files).await;

    assert_eq!(
        (answer.status.as_u16(), &answer.data()["state"]),
        (201, &json!("partial"))
    );
    let [refused, landed] = [&answer.data()["files"][0], &answer.data()["files"][1]];
    assert_eq!(
        (&refused["state"], &refused["error"]["line"]),
        (&json!("refused"), &json!(1))
    );
    assert_eq!(refused["inspections"], json!([]));
    assert_eq!(landed["state"], "imported");
}

#[actix_web::test]
async fn a_malformed_row_refuses_the_whole_file_with_its_line() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let text = String::from_utf8(sample("flat-too-few-values.klarf")).expect("is text");
    let answer = send(&operator, "", &[("few.klarf", text.into_bytes())]).await;
    let report = &answer.data()["files"][0];
    assert_eq!(report["state"], "refused");
    assert!(report["error"]["line"].as_u64() > Some(1), "{report}");
    assert_eq!(total(&operator, "/wafers").await, 0);
    assert_eq!(total(&operator, "/equipment").await, 0);

    let Some(bytes) = real_sample("jklarfreader-bad12DefectList.klarf") else {
        return;
    };
    let real = send(&operator, "", &[("bad12DefectList.klarf", bytes)]).await;
    assert_eq!(real.data()["state"], "failed");
    assert!(real.data()["files"][0]["error"]["line"].as_u64() > Some(1));
    assert_eq!(total(&operator, "/inspections?superseded=true").await, 0);
}

#[actix_web::test]
async fn a_file_without_defects_is_an_inspection_with_none() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let answer = send(
        &operator,
        "",
        &[("clean.klarf", sample("flat-no-defects.klarf"))],
    )
    .await;
    let inspection = &answer.data()["files"][0]["inspections"][0];
    assert_eq!(inspection["defect_count"], 0, "{}", answer.text);
    assert_eq!(total(&operator, "/inspections").await, 1);
    let dashboard = operator.get("/analytics/dashboard").await;
    assert_eq!(dashboard.data()["kpis"]["mean_count"], 0.0);
}

#[actix_web::test]
async fn a_file_that_was_cut_off_is_refused_unless_the_user_asks_for_what_is_there() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let file = [("cut.klarf", sample("flat-cut-off.klarf"))];

    let refused = send(&operator, "", &file).await;
    assert_eq!(refused.data()["files"][0]["state"], "refused");
    assert_eq!(refused.data()["files"][0]["error"]["code"], "truncated");
    assert_eq!(total(&operator, "/wafers").await, 0);

    let accepted = send(&operator, "?accept_truncated=true", &file).await;
    assert_eq!(accepted.data()["files"][0]["state"], "imported");
    assert_eq!(total(&operator, "/inspections").await, 1);
}

#[actix_web::test]
async fn after_its_inspections_are_deleted_a_file_can_come_in_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let file = [("plain.klarf", sample("flat-plain.klarf"))];
    let first = send(&admin, "", &file).await;
    let id = seed::id(&first.data()["files"][0]["inspections"][0]["inspection_id"]);
    assert_eq!(
        admin.delete(&format!("/inspections/{id}")).await.status,
        204
    );

    let again = send(&admin, "", &file).await;

    assert_eq!(again.data()["files"][0]["state"], "imported");
}

#[actix_web::test]
async fn local_times_become_utc_by_the_zone_of_the_tool() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let tool = json!({"equipment_id": "INS07", "facts": {"time_zone": "Asia/Tokyo"}});
    engineer.post("/equipment", &tool).await.data();

    send(
        &engineer,
        "",
        &[("plain.klarf", sample("flat-plain.klarf"))],
    )
    .await
    .data();

    let list = engineer.get("/inspections").await;
    assert_eq!(list.rows()[0]["inspected_at"], "2024-03-03T20:06:07Z");
}

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
async fn a_form_without_a_file_and_a_body_that_is_no_form_are_refused() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let empty = send(&operator, "", &[]).await;
    assert_eq!(empty.status, 400, "{}", empty.text);

    let json = operator.post("/imports", &json!({})).await;
    assert_eq!(json.refusal(), (415, ErrorCode::UnsupportedMediaType));
}

#[actix_web::test]
async fn more_bytes_than_allowed_are_refused() {
    let app = TestApp::start_with(|config| config.import_limit_bytes = 1000).await;
    let operator = app.operator().await;
    let answer = send(
        &operator,
        "",
        &[("plain.klarf", sample("flat-plain.klarf"))],
    )
    .await;
    assert_eq!(answer.refusal(), (413, ErrorCode::TooLarge));
    assert_eq!(total(&operator, "/inspections").await, 0);
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
async fn a_refused_file_that_ends_in_zeroes_has_its_report() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let mut padded = sample("flat-plain.klarf");
    // What a tool leaves whose disk was full, or that lost power while it wrote.
    padded.truncate(padded.len() * 3 / 4);
    padded.extend([0; 512]);

    let answer = send(&operator, "", &[("padded.klarf", padded)]).await;

    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.data()["files"][0]["state"], "refused");
    assert_eq!(total(&operator, "/wafers").await, 0);
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
    let row = app
        .db
        .db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await;
    let row = row.expect("reads").expect("a row");
    let connections: i64 = row.try_get("", "n").expect("a number");
    assert!((1..=16).contains(&connections), "{connections}");

    for answer in sending {
        assert_eq!(answer.await.expect("ends").expect("answers").status(), 400);
    }
}
