//! Histories of inspections, counted by type, written in a few statements.
//!
//! The rows of defects behind the counts are missing: trends, charts, relations and seasons do not read them.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use store::Db;
use wafermaps_tests::TestDb;

/// An inspection in the making.
#[derive(Clone)]
pub struct Inspected {
    pub wafer: String,
    pub lot: String,
    pub step: &'static str,
    pub product: &'static str,
    pub equipment: Option<&'static str>,
    pub at: String,
    pub zone: &'static str,
    pub area_cm2: Option<f64>,
    pub parameters: Value,
    /// Types and how many defects of each there are.
    pub counts: Vec<(i64, u64)>,
}

impl Inspected {
    /// Wafer number `number` of lot `L1`, inspected `number` hours into 2026.
    pub fn hourly(number: usize, counts: Vec<(i64, u64)>) -> Self {
        Self::of_hour(number, number, counts)
    }

    /// Wafer number `number` of lot `L1`, inspected `hour` hours into 2026.
    pub fn of_hour(number: usize, hour: usize, counts: Vec<(i64, u64)>) -> Self {
        let start: chrono::DateTime<chrono::Utc> = "2026-01-01T00:00:00Z".parse().expect("a time");
        let at = start + chrono::TimeDelta::hours(i64::try_from(hour).expect("few"));
        Self {
            wafer: format!("L1:{number}"),
            lot: "L1".to_owned(),
            step: "M1",
            product: "CHIP",
            equipment: Some("INS-1"),
            at: at.to_rfc3339(),
            zone: "UTC",
            area_cm2: Some(100.0),
            parameters: json!({}),
            counts,
        }
    }

    fn row(&self) -> Value {
        let at: chrono::DateTime<chrono::Utc> = self.at.parse().expect("a time");
        json!({
            "inspection_id": store::inspection::inspection_id(at), "wafer_id": self.wafer, "lot_id": self.lot,
            "step_id": self.step, "device_id": self.product, "equipment_id": self.equipment, "inspected_at": at,
            "time_zone": self.zone, "area_cm2": self.area_cm2, "parameters": self.parameters,
            "counts": self.counts,
        })
    }
}

const WAFERS: &str = "insert into wafer (wafer_id, id_scheme, lot_id)
    select distinct r.wafer_id, 'lot_slot', r.lot_id from jsonb_to_recordset($1::text::jsonb) r(wafer_id text, lot_id text)
    on conflict do nothing";
const TOOLS: &str = "insert into equipment (equipment_id, name)
    select distinct r.equipment_id, 'Tool ' || r.equipment_id
    from jsonb_to_recordset($1::text::jsonb) r(equipment_id text) where r.equipment_id is not null on conflict do nothing";
const INSPECTIONS: &str = "insert into inspection (inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id,
        inspected_at, time_zone, area_cm2, parameters, defect_count)
    select inspection_id, wafer_id, equipment_id, lot_id, step_id, device_id, inspected_at, time_zone, area_cm2, parameters,
        (select coalesce(sum((c ->> 1)::int), 0) from jsonb_array_elements(counts) c)
    from jsonb_to_recordset($1::text::jsonb) r(inspection_id uuid, wafer_id text, equipment_id text, lot_id text, step_id text,
        device_id text, inspected_at timestamptz, time_zone text, area_cm2 float8, parameters jsonb, counts jsonb)";
const COUNTS: &str = "insert into inspection_type_count (inspection_id, defect_type_id, defect_count)
    select inspection_id, (c ->> 0)::int, (c ->> 1)::int
    from jsonb_to_recordset($1::text::jsonb) r(inspection_id uuid, counts jsonb), jsonb_array_elements(counts) c
    where (c ->> 1)::int > 0";

/// What triggers do where rows of defects come in.
const PACKED: &str =
    "update inspection set type_counts = packed_type_counts(inspection_id) where inspection_id in
    (select inspection_id from jsonb_to_recordset($1::text::jsonb) r(inspection_id uuid))";

/// Writes inspections, with their wafers and tools.
pub async fn write(db: &TestDb, inspected: &[Inspected]) {
    let rows: Vec<Value> = inspected.iter().map(Inspected::row).collect();
    let rows = Value::from(rows).to_string();
    for sql in [WAFERS, TOOLS, INSPECTIONS, COUNTS, PACKED] {
        run(&db.db, sql, vec![rows.clone().into()]).await;
    }
}

/// A defect type; its id.
pub async fn defect_type(db: &TestDb, name: &str) -> i64 {
    let sql = "insert into defect_type (name) values ($1) returning defect_type_id";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
    let row = db.db.query_one_raw(statement).await.expect("is made");
    let id: i32 = row.expect("a row").try_get_by_index(0).expect("an id");
    id.into()
}

pub async fn run(db: &Db, sql: &str, values: Vec<sea_orm::Value>) {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    db.execute_raw(statement).await.expect("runs");
}

/// Whether a number of an answer is what it should be, but for rounding.
#[track_caller]
pub fn assert_close(value: &Value, expected: f64, tolerance: f64) {
    let value = value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"));
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected}"
    );
}

/// A case of the reference vectors.
pub fn vector(file: &str, case: &str) -> Value {
    let path = format!("{}/vectors/spc/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the vectors are there");
    let vectors: Value = serde_json::from_str(&text).expect("is JSON");
    let cases = vectors["cases"].as_array().expect("cases");
    let found = cases.iter().find(|one| one["name"] == case);
    found
        .unwrap_or_else(|| panic!("{file} has no case {case}"))
        .clone()
}

/// Whole numbers of a case.
pub fn counts(of: &Value) -> Vec<u64> {
    let all = of.as_array().expect("a list").iter();
    all.map(|count| count.as_u64().expect("a count")).collect()
}

/// Numbers of a list; NaN for null.
pub fn numbers(of: &Value) -> Vec<f64> {
    let all = of.as_array().expect("a list").iter();
    all.map(|number| number.as_f64().unwrap_or(f64::NAN))
        .collect()
}
