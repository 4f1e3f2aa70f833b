//! Bulk ingestion: in whole or not at all, once, and exactly what was delivered.

mod content;
mod jobs;
mod once;
mod refused;

use entity::{
    inspection,
    job::{self, JobKind},
    wafer,
};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::{
    Db,
    ingest::{DefectRow, EquipmentFacts, File, FileFacts, Outcome, Rows, WaferFacts},
};
use uuid::Uuid;

use crate::seed::at;

pub const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
pub const MOMENT: &str = "2025-03-04T05:06:07.089Z";

pub async fn job(db: &Db) -> Uuid {
    let row = job::ActiveModel {
        job_id: Set(Uuid::now_v7()),
        kind: Set(JobKind::Import),
        ..Default::default()
    };
    store::job::insert(db, row).await.expect("job").job_id
}

pub fn facts(wafer_id: &str) -> WaferFacts {
    WaferFacts {
        equipment: Some(EquipmentFacts {
            equipment_id: "INS-7".to_owned(),
            manufacturer: Some("Maker".to_owned()),
            model: Some("M-1".to_owned()),
        }),
        wafer: wafer::ActiveModel {
            wafer_id: Set(wafer_id.to_owned()),
            id_scheme: Set(wafer::IdScheme::LotSlot),
            lot_id: Set("LOT9".to_owned()),
            ..Default::default()
        },
        inspection: inspection::ActiveModel {
            wafer_id: Set(wafer_id.to_owned()),
            lot_id: Set("LOT9".to_owned()),
            step_id: Set("M1".to_owned()),
            equipment_id: Set(Some("INS-7".to_owned())),
            ..Default::default()
        },
    }
}

pub fn file(sha256: &str) -> FileFacts {
    FileFacts {
        file_name: "LOT9.001".to_owned(),
        sha256: sha256.to_owned(),
        bytes: 1234,
        klarf_version: Some("1.2".to_owned()),
        diagnostics: json!([{"code": "summary_count", "line": 7}]),
    }
}

fn numbered(defect_no: i32, defect_type_id: i32) -> DefectRow {
    DefectRow {
        defect_no,
        defect_type_id,
        ..DefectRow::default()
    }
}

pub fn rows(inspection_id: Uuid, numbers: impl IntoIterator<Item = i32>) -> Rows {
    let mut rows = Rows::new(inspection_id);
    for number in numbers {
        rows.push(&numbered(number, 1), [""; 0]);
    }
    rows
}

/// A file of one wafer with `defects` defects.
async fn import(db: &Db, sha256: &str, defects: i32) -> Outcome {
    let mut incoming = File::begin(db, job(db).await).await.expect("begins");
    let id = incoming
        .start_wafer(facts("LOT9:01"), at(MOMENT))
        .await
        .expect("starts");
    incoming
        .push(rows(id, 1..=defects))
        .await
        .expect("takes rows");
    incoming
        .finish_wafer(inspection::ActiveModel::default())
        .await
        .expect("ends");
    incoming.commit(file(sha256)).await.expect("commits")
}

fn report(outcome: &Outcome) -> &entity::import_file::Model {
    match outcome {
        Outcome::Imported(report) | Outcome::Duplicate { report, .. } => report,
    }
}
