//! Imports: files in, reports out.

use std::path::{Path, PathBuf};

use contract::ErrorCode;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

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

pub async fn total(client: &Client, list: &str) -> i64 {
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
