//! Maps as streams, and what happens to a stream that does not come to its end.

use std::time::{Duration, Instant};

use arrow_array::types::{Float32Type, Int32Type, UInt8Type, UInt16Type};
use arrow_schema::DataType;
use contract::ErrorCode;
use contract::analytics::WaferMap;
use contract::columns::{ARROW_STREAM, MAP_COLUMNS, MapColumn};
use futures::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::arrow::{Table, arrow, inspection_of};
use crate::harness::TestApp;
use crate::import::{real_sample, send};
use crate::seed;

/// Compares a stream with the rows that `condition` finds among those of an inspection that have a position.
async fn assert_holds(app: &TestApp, table: &Table, id: &str, condition: &str) {
    let sql = format!(
        "select defect_no, round(x_mm * 1e6)::int, round(y_mm * 1e6)::int, coalesce(die_x, 0), coalesce(die_y, 0), coalesce(cluster_no, 0),
             coalesce(size_um, 0), defect_type_id, review_status
         from defect where inspection_id = '{id}' and x_mm is not null and ({condition}) order by defect_no"
    );
    let expected = app.db.rows(&sql).await;
    let names = ["defect_no", "x_nm", "y_nm", "die_x", "die_y", "cluster_no"];
    for (index, name) in names.into_iter().enumerate() {
        let column = expected.iter().map(|row| row.try_get_by_index(index));
        let column: Vec<i32> = column.collect::<Result<_, _>>().expect("numbers");
        assert_eq!(
            table.column::<Int32Type>(name),
            column,
            "{name} where {condition}"
        );
    }
    let sizes = expected.iter().map(|row| row.try_get_by_index(6));
    let sizes: Vec<f32> = sizes.collect::<Result<_, _>>().expect("sizes");
    assert_eq!(table.column::<Float32Type>("size_um"), sizes);
    let types = table.head().types;
    let kinds = table.column::<UInt16Type>("type");
    let statuses = table.column::<UInt8Type>("status");
    for (row, (kind, status)) in expected.iter().zip(kinds.into_iter().zip(statuses)) {
        let (of_type, review): (i32, i16) = (
            row.try_get_by_index(7).expect("a type"),
            row.try_get_by_index(8).expect("a status"),
        );
        assert_eq!(types[usize::from(kind)].defect_type_id, of_type);
        assert_eq!(i16::from(status), review);
    }
}

#[actix_web::test]
async fn the_stream_of_a_map_has_its_columns_and_the_rest_of_the_map_in_front() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 70_000).await;

    let table = arrow(&engineer, &format!("/inspections/{id}/map")).await;

    for (field, (name, column)) in table.schema.fields().iter().zip(MAP_COLUMNS) {
        let kind = match column {
            MapColumn::U8 => DataType::UInt8,
            MapColumn::U16 => DataType::UInt16,
            MapColumn::I32 => DataType::Int32,
            MapColumn::F32 => DataType::Float32,
        };
        let found = (
            field.name().as_str(),
            field.data_type(),
            field.is_nullable(),
        );
        assert_eq!(found, (name, &kind, false));
    }
    assert_eq!(table.schema.fields().len(), MAP_COLUMNS.len());
    let head = table.head();
    let json = engineer.get(&format!("/inspections/{id}/map")).await;
    let mut json: WaferMap = serde_json::from_value(json.data().clone()).expect("a map");
    let counts = |map: &WaferMap| -> Vec<i64> { map.types.iter().map(|t| t.count).collect() };
    // All defects of the inspection, where JSON counts what it draws.
    assert_eq!(counts(&head), [46_667, 23_333]);
    assert_eq!(counts(&json).iter().sum::<i64>(), 69_990);
    json.types.clone_from(&head.types);
    json.defects = head.defects.clone();
    assert_eq!((head.unplaced, head.left_out), (10, 0));
    assert_eq!(head, json);
    // The first batch is small, so that it comes soon.
    assert!(table.batches.len() > 2 && table.batches[0].num_rows() < 5_000);
    assert_holds(&app, &table, &id, "true").await;
}

#[actix_web::test]
async fn the_stream_of_a_real_file_holds_its_defects() {
    let name = "wafermap-clustering-LAA_FAA_LAA-01.000";
    let Some(file) = real_sample(name) else {
        return;
    };
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let answer = send(&operator, "", &[(name, file)]).await;
    let id = seed::id(&answer.data()["files"][0]["inspections"][0]["inspection_id"]);

    let table = arrow(&operator, &format!("/inspections/{id}/map")).await;

    assert_eq!(table.column::<Int32Type>("defect_no").len(), 12_263);
    assert_holds(&app, &table, &id, "true").await;
}

#[actix_web::test]
async fn both_forms_of_a_map_honour_every_part_of_the_choice() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 3_000).await;
    let radius = "sqrt(x_mm ^ 2 + y_mm ^ 2)";
    let angle = "(atan2d(y_mm, x_mm)::numeric + 720 - 300) % 360";
    for (query, condition) in [
        ("defect_type=1", "defect_type_id = 1".to_owned()),
        ("class_no=2&class_no=4", "class_no in (2, 4)".to_owned()),
        ("cluster_no=0", "cluster_no is null".to_owned()),
        (
            "cluster_no=0&cluster_no=2",
            "cluster_no is null or cluster_no = 2".to_owned(),
        ),
        (
            "review_status=analyzed&review_status=reviewed",
            "review_status in (1, 2)".to_owned(),
        ),
        (
            "min_size_um=0.5&max_size_um=1.25",
            "size_um between 0.5 and 1.25".to_owned(),
        ),
        (
            "x_min_mm=-10&x_max_mm=5.5&y_min_mm=-20&y_max_mm=0",
            "x_mm between -10 and 5.5 and y_mm between -20 and 0".to_owned(),
        ),
        ("outer_mm=20", format!("{radius} < 20")),
        (
            "inner_mm=20&outer_mm=40",
            format!("{radius} >= 20 and {radius} < 40"),
        ),
        (
            "outer_mm=90&from_deg=300&sweep_deg=90",
            format!("{radius} < 90 and {angle} < 90"),
        ),
        (
            "outer_mm=90&from_deg=-60&sweep_deg=90&defect_type=1",
            format!("{radius} < 90 and {angle} < 90 and defect_type_id = 1"),
        ),
    ] {
        let path = format!("/inspections/{id}/map?{query}");
        let table = arrow(&engineer, &path).await;
        let chosen = table.column::<Int32Type>("defect_no");
        assert!(
            !chosen.is_empty() && chosen.len() < 2_900,
            "{query}: {}",
            chosen.len()
        );
        assert_holds(&app, &table, &id, &condition).await;
        let json = engineer.get(&path).await;
        assert_eq!(
            json.data()["defects"]["defect_no"],
            json!(chosen),
            "{query}"
        );
        let of_wafer = format!("/analytics/wafer-map/LOT1:01?{query}");
        let of_wafer = arrow(&engineer, &of_wafer).await;
        assert_eq!(of_wafer.column::<Int32Type>("defect_no"), chosen, "{query}");
    }
}

#[actix_web::test]
async fn a_stacked_map_tells_its_inspections_apart() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let first = inspection_of(&app, &engineer, 1, 40).await;
    let second = seed::inspection(&engineer, "LOT1:01", "M2", 4).await;
    seed::defects(&engineer, &second, 1, 3).await;

    let table = arrow(&engineer, "/analytics/wafer-map/LOT1:01").await;

    let head = table.head();
    let shown: Vec<String> = head
        .inspections
        .iter()
        .map(|one| one.inspection_id.to_string())
        .collect();
    assert_eq!(shown, [first, second]);
    let places: Vec<u16> = [vec![0; 30], vec![1; 3]].concat();
    assert_eq!(table.column::<UInt16Type>("inspection"), places);
}

#[actix_web::test]
async fn a_choice_that_makes_no_sense_is_refused_in_both_forms() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = seed::wafer(&engineer, 1).await;
    let id = seed::inspection(&engineer, &wafer, "M1", 3).await;
    for (query, field) in [
        ("x_min_mm=1", "x_min_mm"),
        ("x_min_mm=1&x_max_mm=0&y_min_mm=0&y_max_mm=1", "x_min_mm"),
        ("inner_mm=3", "inner_mm"),
        ("outer_mm=NaN", "outer_mm"),
        ("outer_mm=9&sweep_deg=0", "sweep_deg"),
        ("min_size_um=3&max_size_um=2", "min_size_um"),
    ] {
        for accept in ["application/json", ARROW_STREAM] {
            let request = engineer.request(Method::GET, &format!("/inspections/{id}/map?{query}"));
            let answer = engineer.answer(request.header("accept", accept)).await;
            assert_eq!(answer.refusal(), (400, ErrorCode::InvalidInput), "{query}");
            assert_eq!(answer.body["error"]["details"]["field"], field, "{query}");
        }
    }
}

#[actix_web::test]
async fn who_has_the_stream_of_a_map_is_told_that_it_still_holds() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 100).await;
    let path = format!("/inspections/{id}/map");
    let ask = async |accept: &str, known: &str| {
        let request = engineer
            .request(Method::GET, &path)
            .header("accept", accept);
        let answer = request.header("if-none-match", known).send().await;
        let answer = answer.expect("an answer");
        let tag = answer.headers()["etag"].to_str().expect("text").to_owned();
        (answer.status().as_u16(), tag)
    };
    let (_, tag) = ask(ARROW_STREAM, "").await;
    let (_, json_tag) = ask("application/json", "").await;

    assert_ne!(tag, json_tag);
    assert_eq!(ask(ARROW_STREAM, &tag).await.0, 304);
    assert_eq!(ask(ARROW_STREAM, &json_tag).await.0, 200);
    app.db
        .execute("update defect set size_um = 7 where defect_no = 1")
        .await;
    let (status, newer) = ask(ARROW_STREAM, &tag).await;
    assert_eq!(status, 200);
    assert_ne!(newer, tag);
}

/// Transactions of streams whose callers have not taken what was read for a while.
const WAITING: &str = "from pg_stat_activity where datname = current_database() and state = 'idle in transaction' \
     and state_change < clock_timestamp() - interval '500 ms'";
/// Transactions of streams.
const OPEN: &str = "from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()";

async fn until(app: &TestApp, which: &str, count: usize) {
    let begun = Instant::now();
    while app.db.rows(&format!("select {which}")).await.len() != count {
        assert!(begun.elapsed() < Duration::from_secs(50), "{count} {which}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn a_failure_midway_breaks_the_body() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 600_000).await;
    let request = engineer.request(Method::GET, &format!("/inspections/{id}/map"));
    let response = request.header("accept", ARROW_STREAM).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.bytes_stream();
    body.next().await.expect("a part").expect("is whole");

    // Between two batches: the server asks for the next when this caller has taken the one before, and it takes no more.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
    while app.db.rows(end).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    let broken = body.any(async |part| part.is_err()).await;
    assert!(broken, "the body ended as if it were whole");
}

#[actix_web::test]
async fn callers_who_go_away_leave_their_connections_to_others() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 600_000).await;
    let ask = async || {
        let request = engineer.request(Method::GET, &format!("/inspections/{id}/map"));
        let request = request.header("accept", ARROW_STREAM);
        request.send().await.expect("an answer")
    };
    // Half of the connections that the harness gives to a server.
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(ask().await);
    }
    until(&app, WAITING, 4).await;

    let refused = ask().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    // What is short goes on meanwhile.
    engineer.get("/inspections").await.data();

    drop(held);
    until(&app, OPEN, 0).await;
    let table = arrow(&engineer, &format!("/inspections/{id}/map")).await;
    assert_eq!(table.column::<Int32Type>("defect_no").len(), 599_990);
}
