//! All defects of a list: as Arrow and as CSV.

use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int16Type, Int32Type, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use contract::ErrorCode;
use contract::columns::ARROW_STREAM;
use reqwest::Method;
use serde_json::{Value, json};

use crate::arrow::{Table, arrow, inspection_of};
use crate::harness::{Client, TestApp};
use crate::seed;

/// Defects of two inspections of which one is by a tool, with texts that CSV has to quote and a spreadsheet would calculate.
async fn odd_texts(app: &TestApp, engineer: &Client) -> (String, String) {
    let kind = seed::defect_type(engineer, "=2+3, \"odd\"", 4, false).await;
    app.db
        .execute("insert into equipment (equipment_id, name) values ('INS,1', 'A tool')")
        .await;
    let wafer = seed::wafer(engineer, 1).await;
    let first = seed::inspection(engineer, &wafer, "@M1", 3).await;
    let second = seed::inspection(engineer, &wafer, "M2", 4).await;
    app.db
        .execute(&format!(
            "update inspection set equipment_id = 'INS,1' where inspection_id = '{first}'"
        ))
        .await;
    let insert = format!(
        "insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, x_size_um, y_size_um, area_um2,
                             class_no, rough_bin, fine_bin, cluster_no, review_status, severity)
         values ('{first}', 7, {kind}, 1.25, -0.000001, -3, 4, 0.1, 0.2, 0.3, 0.06, 11, 12, 13, 14, 2, 5),
                ('{first}', 9, {kind}, null, null, null, null, null, null, null, null, null, null, null, null, 0, null),
                ('{second}', 2, 1, -50.5, 60, null, null, 2, null, null, null, null, null, null, null, 1, null)"
    );
    app.db.execute(&insert).await;
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
        let expected = app.db.rows(&expected).await;
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

/// As many inspections as are looked up at a time, twice, and some more: each with one or two defects, all on a wafer of its own.
const MANY: &str = "
    insert into wafer (wafer_id, id_scheme) select 'W' || n, 'lot_slot' from generate_series(1, 4100) n;
    insert into inspection (inspection_id, wafer_id, lot_id, step_id, inspected_at)
        select uuid_v7_floor(at), 'W' || n, 'L' || n / 25, 'S' || n % 7, at
        from generate_series(1, 4100) n, lateral (select '2026-01-01T00:00Z'::timestamptz + n * interval '1 minute' as at) t;
    insert into defect (inspection_id, defect_no, defect_type_id, x_mm)
        select inspection_id, k, 1, n + k / 8.0
        from inspection, lateral (select substr(wafer_id, 2)::int as n) t, generate_series(1, 1 + n % 2) k;";

/// Wafer, lot, step, number and x of each row that [`MANY`] makes, in the order of the table.
fn of_many() -> Vec<Value> {
    let defects = (1..=4100).flat_map(|n| (1..=1 + n % 2).map(move |k| (n, k)));
    defects
        .map(|(n, k)| {
            let x_mm = f64::from(n) + f64::from(k) / 8.0;
            json!([
                format!("W{n}"),
                format!("L{}", n / 25),
                format!("S{}", n % 7),
                k,
                x_mm
            ])
        })
        .collect()
}

#[actix_web::test]
async fn texts_stay_those_of_their_rows_where_later_batches_bring_other_dictionaries() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    app.db.execute(MANY).await;

    let request = viewer.request(Method::GET, "/defects");
    let response = request.header("accept", ARROW_STREAM).send().await;
    let bytes = response
        .expect("an answer")
        .bytes()
        .await
        .expect("a whole body");

    let names = ["wafer_id", "lot_id", "step_id", "defect_no", "x_mm"];
    let table = Table::read(&bytes);
    let first = |batch: &RecordBatch| {
        batch
            .column_by_name("wafer_id")
            .expect("wafers")
            .as_dictionary::<Int32Type>()
            .values()
            .clone()
    };
    let (first, last) = (
        first(&table.batches[0]),
        first(table.batches.last().expect("batches")),
    );
    assert_ne!(&first, &last, "one dictionary serves all");
    let found: Vec<Value> = table.batches.iter().flat_map(as_json).collect();
    let found: Vec<Value> = found
        .iter()
        .map(|row| names.iter().map(|name| row[name].clone()).collect())
        .collect();
    assert!(found == of_many());

    let file = app.folder.path().join("defects.arrow");
    std::fs::write(&file, &bytes).expect("is written");
    let program = format!(
        "import json, pyarrow.ipc\ntable = pyarrow.ipc.open_stream({file:?}).read_all()\n\
         print(json.dumps(list(zip(*(table[name].to_pylist() for name in {names:?})))))"
    );
    let read: Value = serde_json::from_str(&run(program).await).expect("rows");
    assert!(read == json!(of_many()));
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

/// What a program writes.
async fn run(program: String) -> String {
    let mut command = tokio::process::Command::new(python());
    let run = command.arg("-c").arg(program).output().await;
    let made = "an interpreter with pyarrow: `scripts/prerequisites python` makes it";
    let run = run.expect(made);
    let error = String::from_utf8_lossy(&run.stderr);
    assert!(!error.contains("ModuleNotFoundError"), "needs {made}");
    assert!(run.status.success(), "{error}");
    String::from_utf8(run.stdout).expect("is text")
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

    let out = run(program).await;

    assert_eq!(out.trim().lines().last(), Some("5000 True 10 LOT1:01"));
}
