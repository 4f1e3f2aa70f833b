//! Defects as streams: Arrow for maps and tables, CSV, and what happens to a stream that does not come to its end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, SchemaRef, TimeUnit};
use contract::ErrorCode;
use contract::analytics::WaferMap;
use contract::columns::{ARROW_STREAM, MAP_COLUMNS, MAP_HEAD, MapColumn};
use futures::StreamExt;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::import::{real_sample, send};
use crate::seed;

/// What came through a stream.
struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    fn read(bytes: &[u8]) -> Self {
        let reader = StreamReader::try_new(bytes, None).expect("an Arrow stream");
        Self {
            schema: reader.schema(),
            batches: reader.collect::<Result<_, _>>().expect("whole batches"),
        }
    }

    fn column<T: ArrowPrimitiveType>(&self, name: &str) -> Vec<T::Native> {
        let columns = self.batches.iter().map(|batch| {
            let column = batch.column_by_name(name).expect("the column");
            column.as_primitive::<T>().values().to_vec()
        });
        columns.collect::<Vec<_>>().concat()
    }

    fn head(&self) -> WaferMap {
        serde_json::from_str(&self.schema.metadata()[MAP_HEAD]).expect("a map")
    }
}

async fn arrow(client: &Client, path: &str) -> Table {
    let request = client.request(Method::GET, path);
    let response = request.header("accept", ARROW_STREAM).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], ARROW_STREAM);
    Table::read(&response.bytes().await.expect("a whole body"))
}

async fn rows(app: &TestApp, sql: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    app.db.db.query_all_raw(statement).await.expect("reads")
}

async fn execute(app: &TestApp, sql: &str) {
    app.db.db.execute_unprepared(sql).await.expect(sql);
}

/// An inspection with `count` defects, all but the last ten with a position.
async fn inspection_of(app: &TestApp, engineer: &Client, slot: i32, count: u32) -> String {
    let wafer = seed::wafer(engineer, slot).await;
    let id = seed::inspection(engineer, &wafer, "M1", 3).await;
    let scratch = seed::defect_type(engineer, &format!("Scratch {slot}"), 3, false).await;
    let insert = format!(
        "insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, class_no, cluster_no, review_status)
         select '{id}', n, case when n % 3 = 0 then {scratch} else 1 end, x, n % 137 * 0.7 - 48.000001, n % 7, nullif(n % 11, 0) - 5,
             nullif(n % 13, 0) / 8.0, n % 5, nullif(n % 4, 0), n % 3
         from (select n, case when n <= {count} - 10 then n % 151 * 0.6 - 45.1234567 end as x from generate_series(1, {count}) n) t"
    );
    execute(app, &insert).await;
    id
}

/// Compares a stream with the rows that `condition` finds among those of an inspection that have a position.
async fn assert_holds(app: &TestApp, table: &Table, id: &str, condition: &str) {
    let sql = format!(
        "select defect_no, round(x_mm * 1e6)::int, round(y_mm * 1e6)::int, coalesce(die_x, 0), coalesce(die_y, 0), coalesce(cluster_no, 0),
             coalesce(size_um, 0), defect_type_id, review_status
         from defect where inspection_id = '{id}' and x_mm is not null and ({condition}) order by defect_no"
    );
    let expected = rows(app, &sql).await;
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
    execute(&app, "update defect set size_um = 7 where defect_no = 1").await;
    let (status, newer) = ask(ARROW_STREAM, &tag).await;
    assert_eq!(status, 200);
    assert_ne!(newer, tag);
}

/// Defects of two inspections of which one is by a tool, with texts that CSV has to quote and a spreadsheet would calculate.
async fn odd_texts(app: &TestApp, engineer: &Client) -> (String, String) {
    let kind = seed::defect_type(engineer, "=2+3, \"odd\"", 4, false).await;
    execute(
        app,
        "insert into equipment (equipment_id, name) values ('INS,1', 'A tool')",
    )
    .await;
    let wafer = seed::wafer(engineer, 1).await;
    let first = seed::inspection(engineer, &wafer, "@M1", 3).await;
    let second = seed::inspection(engineer, &wafer, "M2", 4).await;
    execute(
        app,
        &format!("update inspection set equipment_id = 'INS,1' where inspection_id = '{first}'"),
    )
    .await;
    let insert = format!(
        "insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, x_size_um, y_size_um, area_um2,
                             class_no, rough_bin, fine_bin, cluster_no, review_status, severity)
         values ('{first}', 7, {kind}, 1.25, -0.000001, -3, 4, 0.1, 0.2, 0.3, 0.06, 11, 12, 13, 14, 2, 5),
                ('{first}', 9, {kind}, null, null, null, null, null, null, null, null, null, null, null, null, 0, null),
                ('{second}', 2, 1, -50.5, 60, null, null, 2, null, null, null, null, null, null, null, 1, null)"
    );
    execute(app, &insert).await;
    (first, second)
}

#[actix_web::test]
async fn a_table_as_csv_quotes_what_needs_it_and_changes_nothing() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (first, second) = odd_texts(&app, &engineer).await;

    let request = engineer
        .request(Method::GET, "/defects")
        .header("accept", "text/csv");
    let answer = request.send().await.expect("an answer");

    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let expected = format!(
        "inspection_id,wafer_id,lot_id,step_id,equipment_id,inspected_at,defect_no,x_mm,y_mm,die_x,die_y,size_um,x_size_um,y_size_um,\
         area_um2,defect_type,defect_type_id,class_no,rough_bin,fine_bin,cluster_no,review_status,severity\n\
         {first},LOT1:01,LOT1,@M1,\"INS,1\",2026-01-03T08:00:00Z,7,1.25,-0.000001,-3,4,0.1,0.2,0.3,0.06,\
         \"=2+3, \"\"odd\"\"\",2,11,12,13,14,reviewed,5\n\
         {first},LOT1:01,LOT1,@M1,\"INS,1\",2026-01-03T08:00:00Z,9,,,,,,,,,\"=2+3, \"\"odd\"\"\",2,,,,,detected,4\n\
         {second},LOT1:01,LOT1,M2,,2026-01-04T08:00:00Z,2,-50.5,60,,,2,,,,Unclassified,1,,,,,analyzed,3\n"
    );
    assert_eq!(answer.text().await.expect("a whole body"), expected);
}

#[actix_web::test]
async fn a_table_as_arrow_holds_what_the_list_holds() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (first, _) = odd_texts(&app, &engineer).await;

    let table = arrow(&engineer, "/defects").await;

    let names: Vec<&str> = table
        .schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let rows: Vec<Value> = table.batches.iter().flat_map(as_json).collect();
    let listed = engineer.get("/defects").await;
    assert_eq!(rows.len(), 3);
    for (row, listed) in rows.iter().zip(listed.rows()) {
        for name in names.iter().filter(|name| {
            ![
                "wafer_id",
                "lot_id",
                "step_id",
                "equipment_id",
                "inspected_at",
            ]
            .contains(*name)
        }) {
            assert_eq!(row[name], listed[name], "{name} of {listed}");
        }
    }
    let of_inspection = [
        "wafer_id",
        "lot_id",
        "step_id",
        "equipment_id",
        "inspected_at",
    ]
    .map(|name| rows[0][name].clone());
    let at = json!("2026-01-03T08:00:00Z");
    assert_eq!(
        of_inspection,
        [
            json!("LOT1:01"),
            json!("LOT1"),
            json!("@M1"),
            json!("INS,1"),
            at
        ]
    );
    assert_eq!(rows[2]["equipment_id"], Value::Null);
    let narrowed = arrow(
        &engineer,
        &format!("/inspections/{first}/defects?min_size_um=0.05"),
    )
    .await;
    assert_eq!(narrowed.column::<Int32Type>("defect_no"), [7]);
}

/// The rows of a batch, each value as JSON writes it.
fn as_json(batch: &RecordBatch) -> Vec<Value> {
    let cell = |column: &ArrayRef, row: usize| -> Value {
        if column.is_null(row) {
            return Value::Null;
        }
        match column.data_type() {
            DataType::Int16 => json!(column.as_primitive::<Int16Type>().value(row)),
            DataType::Int32 => json!(column.as_primitive::<Int32Type>().value(row)),
            // As JSON shows it: the shortest digits that mean the same.
            DataType::Float32 => {
                let digits = column.as_primitive::<Float32Type>().value(row).to_string();
                json!(digits.parse::<f64>().expect("a number"))
            }
            DataType::Float64 => json!(column.as_primitive::<Float64Type>().value(row)),
            DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if &**zone == "UTC" => {
                let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
                let at = chrono::DateTime::from_timestamp_micros(micros).expect("a time");
                json!(at)
            }
            DataType::Dictionary(_, _) => {
                let texts = column.as_dictionary::<Int32Type>();
                let key = texts.key(row).expect("a key");
                json!(texts.values().as_string::<i32>().value(key))
            }
            other => panic!("{other}"),
        }
    };
    let rows = 0..batch.num_rows();
    let fields = batch.schema();
    rows.map(|row| {
        let named = fields.fields().iter().zip(batch.columns());
        named
            .map(|(field, column)| (field.name().clone(), cell(column, row)))
            .collect()
    })
    .collect()
}

#[actix_web::test]
async fn a_table_of_many_inspections_is_whole_and_in_the_order_of_time_and_number() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for (slot, count) in [(1, 5), (2, 50_000), (3, 1), (4, 3_000)] {
        inspection_of(&app, &engineer, slot, count).await;
    }
    for (query, condition) in [
        ("", "true"),
        (
            "?defect_type=1&wafer=LOT1:02&wafer=LOT1:04",
            "defect_type_id = 1 and wafer_id in ('LOT1:02', 'LOT1:04')",
        ),
        (
            "?max_size_um=0.5&review_status=reviewed",
            "size_um <= 0.5 and review_status = 2",
        ),
        ("?step=M9", "false"),
    ] {
        let expected = format!(
            "select defect_no, wafer_id from defect join inspection using (inspection_id) where {condition} order by inspection_id, defect_no"
        );
        let expected = rows(&app, &expected).await;
        let expected: Vec<i32> = expected
            .iter()
            .map(|row| row.try_get_by_index(0).expect("a number"))
            .collect();
        let table = arrow(&engineer, &format!("/defects{query}")).await;
        assert!(
            table.column::<Int32Type>("defect_no") == expected,
            "{query}"
        );
        let request = engineer.request(Method::GET, &format!("/defects{query}"));
        let csv = request
            .header("accept", "text/csv")
            .send()
            .await
            .expect("an answer");
        let csv = csv.text().await.expect("a whole body");
        let numbers = csv
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(6).expect("a number"));
        let numbers: Vec<i32> = numbers
            .map(|number| number.parse().expect("a number"))
            .collect();
        assert!(numbers == expected, "{query}");
    }
}

#[actix_web::test]
async fn a_page_of_a_stream_is_refused_and_what_nobody_offers_is_json() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for (query, field) in [
        ("page=1", "page"),
        ("per_page=5", "per_page"),
        ("sort=size_um", "sort"),
        ("order=desc", "order"),
        ("cursor=abc", "cursor"),
    ] {
        for accept in ["text/csv", ARROW_STREAM] {
            let request = engineer.request(Method::GET, &format!("/defects?{query}"));
            let answer = engineer.answer(request.header("accept", accept)).await;
            assert_eq!(answer.refusal(), (400, ErrorCode::InvalidInput), "{query}");
            assert_eq!(answer.body["error"]["details"]["field"], field);
        }
    }
    for accept in [
        "image/png",
        "text/html, application/xhtml+xml, */*;q=0.8",
        "text/csv;q=0.2, application/json",
        "application/vnd.apache.arrow.stream;q=0",
    ] {
        let request = engineer
            .request(Method::GET, "/defects")
            .header("accept", accept);
        let answer = engineer.answer(request).await;
        assert!(answer.rows().is_empty(), "{accept}");
    }
    let missing = uuid::Uuid::now_v7();
    let request = engineer.request(Method::GET, &format!("/inspections/{missing}/defects"));
    let answer = engineer.answer(request.header("accept", "text/csv")).await;
    assert_eq!(answer.refusal(), (404, ErrorCode::InspectionNotFound));
}

/// The interpreter that `scripts/prerequisites python` makes.
fn python() -> PathBuf {
    let tools = std::env::var_os("WAFERMAPS_TOOLS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
        home.expect("a home").join("wafermaps-tools")
    });
    tools.join("python/bin/python3")
}

#[actix_web::test]
async fn the_example_for_pyarrow_reads_what_the_documentation_says() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection_of(&app, &engineer, 1, 5_000).await;
    let page = include_str!("../../docs/data-access.md");
    let examples: Vec<&str> = page
        .split("```")
        .filter_map(|part| part.strip_prefix("python\n"))
        .collect();
    let [ask, example, ..] = examples[..] else {
        panic!("the page has no examples")
    };
    assert!(ask.contains("urllib") && example.contains("pyarrow"));
    let program = format!(
        "base, token, inspection = {:?}, {:?}, {id:?}\n{ask}\n{example}\n\
         print(table.num_rows, table['defect_no'].to_pylist() == list(range(1, 5001)), table['x_mm'].null_count, table['wafer_id'][0])\n",
        format!("{}{}", app.base, contract::API_PREFIX),
        engineer.token.clone().expect("a token"),
    );

    let run = tokio::process::Command::new(python())
        .arg("-c")
        .arg(program)
        .output()
        .await;

    let made = "an interpreter with pyarrow: `scripts/prerequisites python` makes it";
    let run = run.expect(made);
    let (out, error) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(!error.contains("ModuleNotFoundError"), "needs {made}");
    assert_eq!(
        out.trim().lines().last(),
        Some("5000 True 10 LOT1:01"),
        "{error}"
    );
}

/// Transactions of streams whose callers have not taken what was read for a while.
const WAITING: &str = "from pg_stat_activity where datname = current_database() and state = 'idle in transaction' \
     and state_change < clock_timestamp() - interval '500 ms'";
/// Transactions of streams.
const OPEN: &str = "from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()";

async fn until(app: &TestApp, which: &str, count: usize) {
    let begun = Instant::now();
    while rows(app, &format!("select {which}")).await.len() != count {
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
    while rows(&app, end).await.is_empty() {
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
