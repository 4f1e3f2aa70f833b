//! Adders only: every answer about single defects, maps among them, counts the same ones.

use arrow_array::types::Int32Type;
use contract::columns::ARROW_STREAM;
use reqwest::Method;
use serde_json::{Value, json};
use server::service::evaluation;

use crate::arrow::{Table, arrow};
use crate::bin_map::{g85, import, klarf, plan, rows, upload};
use crate::harness::{Client, TestApp};

/// Dies with a defect, and its class; the first two are seen again at the second step.
const FIRST: [((i32, i32), i32); 2] = [((0, 0), 7), ((1, 1), 7)];
const SECOND: [((i32, i32), i32); 5] = [
    ((0, 0), 7),
    ((1, 1), 7),
    ((2, 2), 8),
    ((-3, 0), 8),
    ((-2, 3), 7),
];

/// The second step of a wafer, whose defects 3 to 5 are adders; its inspection's id.
async fn second_step(operator: &Client) -> String {
    let first = klarf("DOWN", &plan(), &FIRST);
    let second = String::from_utf8(klarf("DOWN", &plan(), &SECOND)).expect("is text");
    let second = second.replace("M1.CMP", "M2.ETCH");
    let second = second.replace("ResultTimestamp 03-04-24", "ResultTimestamp 03-05-24");
    import(operator, first).await;
    import(operator, second.into_bytes()).await;
    let list = operator.get("/inspections?step=M2.ETCH").await;
    crate::seed::id(&list.rows()[0]["inspection_id"])
}

/// A number of an answer.
async fn figure(client: &Client, path: &str, pointer: &str) -> Value {
    let answer = client.get(path).await;
    answer.data().pointer(pointer).expect(pointer).clone()
}

/// Asks for an answer about single defects of an inspection, or of all, and compares a figure of it.
async fn assert_figures(client: &Client, id: &str, adders: i64, of_all: i64) {
    for (path, pointer, expected) in [
        (
            format!("/inspections/{id}/clusters?"),
            "/seen/defects",
            adders,
        ),
        (
            format!("/inspections/{id}/signatures?"),
            "/seen/defects",
            adders,
        ),
        (
            format!("/analytics/zones?inspection_id={id}&"),
            "/defects",
            adders,
        ),
        (
            format!("/analytics/stack?inspection_id={id}&"),
            "/defects",
            adders,
        ),
        (
            format!("/analytics/dies?inspection_id={id}&"),
            "/defects",
            adders,
        ),
        (
            format!("/analytics/dies?inspection_id={id}&"),
            "/defective",
            adders,
        ),
        ("/analytics/zones?".to_owned(), "/defects", of_all),
        ("/analytics/stack?".to_owned(), "/defects", of_all),
        ("/analytics/dies?".to_owned(), "/defects", of_all),
    ] {
        let found = figure(client, &format!("{path}adders=true"), pointer).await;
        assert_eq!(found, json!(expected), "{path} {pointer}");
    }
}

/// Numbers of the adders on a map or in a list, in both forms.
async fn numbers(client: &Client, path: &str) -> Vec<i32> {
    let streamed: Table = arrow(client, path).await;
    let streamed = streamed.column::<Int32Type>("defect_no");
    let answer = client.get(path).await;
    let shown = match answer.body["data"].as_array() {
        Some(rows) => rows.iter().map(|row| row["defect_no"].clone()).collect(),
        None => answer.data()["defects"]["defect_no"].clone(),
    };
    assert_eq!(shown, json!(streamed), "{path}");
    streamed
}

#[actix_web::test]
async fn maps_lists_and_analyses_of_single_defects_count_adders_only() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = second_step(&operator).await;
    evaluation::run(&app.db.db).await.expect("computes");

    assert_figures(&operator, &id, 3, 5).await;
    for (path, expected) in [
        (format!("/inspections/{id}/map?adders=true"), vec![3, 4, 5]),
        (
            format!("/inspections/{id}/map?adders=false"),
            vec![1, 2, 3, 4, 5],
        ),
        (
            format!("/inspections/{id}/map?adders=true&class_no=8"),
            vec![3, 4],
        ),
        (
            "/analytics/wafer-map/LOT42%3A01?adders=true".to_owned(),
            vec![1, 2, 3, 4, 5],
        ),
        (
            format!("/inspections/{id}/defects?adders=true"),
            vec![3, 4, 5],
        ),
        (
            format!("/inspections/{id}/defects?adders=true&defect_no=2&defect_no=4"),
            vec![4],
        ),
        ("/defects?adders=true".to_owned(), vec![1, 2, 3, 4, 5]),
        (
            "/defects?adders=true&step=M2.ETCH".to_owned(),
            vec![3, 4, 5],
        ),
    ] {
        assert_eq!(numbers(&operator, &path).await, expected, "{path}");
    }
    let request = operator.request(Method::GET, "/defects?adders=true&step=M2.ETCH");
    let csv = request.header("accept", "text/csv").send().await;
    let csv = csv.expect("an answer").text().await.expect("a whole body");
    assert_eq!(csv.lines().count(), 1 + 3);

    let lot = operator
        .get("/lots/LOT42/maps?step=M2.ETCH&adders=true")
        .await;
    let wafer = &lot.data()["wafers"][0];
    assert_eq!(
        (&wafer["count"], &wafer["cell_count"]),
        (&json!(3), &json!([1, 1, 1]))
    );
    let main = &wafer["main_type"];
    assert_eq!((&main["name"], &main["count"]), (&json!("Haze"), &json!(2)));
}

#[actix_web::test]
async fn a_die_with_defects_that_are_no_adders_is_neither_counted_nor_free_of_defects() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = second_step(&operator).await;
    evaluation::run(&app.db.db).await.expect("computes");
    let dies = plan();
    let fails = [(2, 2), (0, 0)];
    let code = |x, y| if fails.contains(&(x, y)) { 0x0a } else { 1 };
    let sent = upload(&operator, "LOT42:01", "", &g85("01", 0, &rows(&dies, code))).await;
    assert_eq!(sent.status, 201, "{}", sent.text);

    let path = format!("/analytics/dies?inspection_id={id}&adders=true");
    let kill = figure(&operator, &path, "/kill").await;

    let all = &kill["rows"][0];
    assert_eq!(
        (&all["dies_with"], &all["good_with"]),
        (&json!(3), &json!(2))
    );
    // The two dies whose defects came before are left out.
    let free = dies.len() - SECOND.len();
    assert_eq!(
        (&all["dies_without"], &all["good_without"]),
        (&json!(free), &json!(free))
    );
}

#[actix_web::test]
async fn no_adder_is_shown_of_inspections_whose_adders_are_still_to_be_computed() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let id = second_step(&operator).await;
    let map = format!("/inspections/{id}/map?adders=true");
    let none: [i32; 0] = [];

    assert_figures(&operator, &id, 0, 0).await;
    assert_eq!(numbers(&operator, &map).await, none);
    let lot = operator
        .get("/lots/LOT42/maps?step=M2.ETCH&adders=true")
        .await;
    assert_eq!(lot.data()["wafers"][0]["inspection"], Value::Null);

    evaluation::run(&app.db.db).await.expect("computes");
    assert_eq!(numbers(&operator, &map).await, [3, 4, 5]);

    // A later change on the wafer: what was computed before does not hold.
    let engineer = app.engineer().await;
    crate::seed::inspection(&engineer, "LOT42:01", "M3", 1).await;
    assert_figures(&operator, &id, 0, 0).await;
    assert_eq!(numbers(&operator, &map).await, none);
    let request = operator.request(
        Method::GET,
        &format!("/inspections/{id}/defects?adders=true"),
    );
    let stream = request.header("accept", ARROW_STREAM).send().await;
    let stream = stream
        .expect("an answer")
        .bytes()
        .await
        .expect("a whole body");
    assert_eq!(Table::read(&stream).column::<Int32Type>("defect_no"), none);
}
