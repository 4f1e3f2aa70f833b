//! Import of 1,000,000 defects against a bare COPY of the same bytes into the same table without triggers.
//!
//! `cargo bench -p store --bench import`

mod cluster;

use std::time::{Duration, Instant};

use cluster::Bench;
use entity::{inspection, job, wafer};
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use serde_json::json;
use store::{
    Db,
    ingest::{COPY_END, COPY_START, DefectRow, File, FileFacts, Rows, WaferFacts, copy_statement},
};
use uuid::Uuid;

const DEFECTS: i32 = 1_000_000;
const BATCH: i32 = 5_000;
const ROUNDS: u32 = 5;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let bench = Bench::start().await;
        let (mut bare, mut imported) = (Vec::new(), Vec::new());
        // In turns, so that a machine that slows down slows both.
        for round in 0..ROUNDS {
            bare.push(bare_copy(&bench.db).await);
            imported.push(import(&bench.db, round).await);
        }
        let (bare, imported) = (median(bare), median(imported));
        println!(
            "bare COPY  {:>7.3} s  {:>9.0} rows/s",
            bare.as_secs_f64(),
            rate(bare)
        );
        println!(
            "import     {:>7.3} s  {:>9.0} rows/s",
            imported.as_secs_f64(),
            rate(imported)
        );
        println!(
            "ratio      {:>7.2}",
            imported.as_secs_f64() / bare.as_secs_f64()
        );
        bench.stop().await;
    });
}

fn rate(time: Duration) -> f64 {
    f64::from(DEFECTS) / time.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A row as a KLARF file of 17 columns gives it, one column of which has no place of its own.
fn push(rows: &mut Rows, defect_no: i32, types: &[i32]) {
    let spread = f64::from(defect_no % 9973) / 9973.0;
    let row = DefectRow {
        defect_no,
        defect_type_id: types[defect_no as usize % types.len()],
        x_mm: Some(spread * 200.0 - 100.0),
        y_mm: Some(100.0 - spread * 190.0),
        die_x: Some(defect_no % 61 - 30),
        die_y: Some(defect_no % 53 - 26),
        size_um: Some(spread),
        x_size_um: Some(spread),
        y_size_um: Some(spread),
        area_um2: Some(spread * spread),
        class_no: Some(defect_no % 12),
        rough_bin: Some(1),
        fine_bin: Some(2),
        cluster_no: Some(0),
        test_no: Some(1),
        image_count: Some(0),
        ..DefectRow::default()
    };
    rows.push(&row, ["0"]);
}

fn batches(inspection_id: Uuid, types: Vec<i32>) -> impl Iterator<Item = Rows> {
    (0..DEFECTS).step_by(BATCH as usize).map(move |start| {
        let mut rows = Rows::new(inspection_id);
        (start..start + BATCH).for_each(|defect_no| push(&mut rows, defect_no, &types));
        rows
    })
}

async fn bare_copy(db: &Db) -> Duration {
    db.execute_unprepared(
        "drop table if exists bare; create table bare (like defect including all)",
    )
    .await
    .expect("table");
    db.execute_unprepared("checkpoint")
        .await
        .expect("checkpoint");
    let begun = Instant::now();
    let mut connection = db
        .get_postgres_connection_pool()
        .acquire()
        .await
        .expect("connects");
    let mut copy = connection
        .copy_in_raw(&copy_statement("bare"))
        .await
        .expect("begins");
    copy.send(COPY_START).await.expect("sends");
    for rows in batches(Uuid::now_v7(), vec![1]) {
        copy.send(rows.bytes()).await.expect("sends");
    }
    copy.send(COPY_END).await.expect("sends");
    copy.finish().await.expect("copies");
    begun.elapsed()
}

async fn import(db: &Db, round: u32) -> Duration {
    db.execute_unprepared("truncate defect; delete from inspection; checkpoint")
        .await
        .expect("is cleared");
    let job = job::ActiveModel {
        job_id: Set(Uuid::now_v7()),
        kind: Set(job::JobKind::Import),
        ..Default::default()
    };
    let job_id = store::job::insert(db, job).await.expect("job").job_id;
    let begun = Instant::now();
    let mut file = File::begin(db, job_id).await.expect("begins");
    let wafer_id = "LOT1:01".to_owned();
    let facts = WaferFacts {
        equipment: None,
        wafer: wafer::ActiveModel {
            wafer_id: Set(wafer_id.clone()),
            id_scheme: Set(wafer::IdScheme::LotSlot),
            ..Default::default()
        },
        inspection: inspection::ActiveModel {
            wafer_id: Set(wafer_id),
            ..Default::default()
        },
    };
    let id = file
        .start_wafer(facts, "2025-03-04T05:06:07Z".parse().expect("a time"))
        .await
        .expect("starts");
    let mut types = Vec::new();
    for class in 0..12 {
        types.push(
            file.defect_type_id(&format!("Class {class}"))
                .await
                .expect("type"),
        );
    }
    for rows in batches(id, types) {
        file.push(rows).await.expect("takes rows");
    }
    file.finish_wafer(inspection::ActiveModel::default())
        .await
        .expect("ends");
    let facts = FileFacts {
        file_name: "LOT1.001".to_owned(),
        sha256: format!("{round:064x}"),
        bytes: 0,
        klarf_version: None,
        diagnostics: json!([]),
    };
    file.commit(facts).await.expect("commits");
    begun.elapsed()
}
