//! Bulk ingestion: in whole or not at all, once, and exactly what was delivered.

use entity::{
    defect,
    import_file::ImportState,
    inspection,
    job::{self, JobKind, JobState},
    wafer,
};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::{
    Db, Error, Paging,
    ingest::{DefectRow, EquipmentFacts, File, FileFacts, Outcome, Rows, WaferFacts},
};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use crate::seed::{at, counts};

const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const MOMENT: &str = "2025-03-04T05:06:07.089Z";

async fn job(db: &Db) -> Uuid {
    let row = job::ActiveModel {
        job_id: Set(Uuid::now_v7()),
        kind: Set(JobKind::Import),
        ..Default::default()
    };
    store::job::insert(db, row).await.expect("job").job_id
}

fn facts(wafer_id: &str) -> WaferFacts {
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

fn file(sha256: &str) -> FileFacts {
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

fn rows(inspection_id: Uuid, numbers: impl IntoIterator<Item = i32>) -> Rows {
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

#[tokio::test]
async fn every_field_of_a_defect_arrives_as_it_was_delivered() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    let id = incoming
        .start_wafer(facts("LOT9:01"), at(MOMENT))
        .await
        .expect("starts");
    let kind = incoming.defect_type_id("Scratch").await.expect("type");
    let full = DefectRow {
        defect_no: -7,
        defect_type_id: kind,
        x_mm: Some(-88.990_76),
        y_mm: Some(-21.386_52),
        die_x: Some(-35),
        die_y: Some(-9),
        size_um: Some(1.25),
        x_size_um: Some(0.5),
        y_size_um: Some(0.25),
        area_um2: Some(7.0e10),
        class_no: Some(-1),
        rough_bin: Some(2),
        fine_bin: Some(3),
        cluster_no: Some(4),
        test_no: Some(5),
        image_count: Some(6),
    };
    let mut encoded = Rows::new(id);
    encoded.push(&full, ["NA", "", "µm \"x\", {y}\0"]);
    encoded.push(&numbered(8, 1), [""; 0]);
    incoming.push(encoded).await.expect("takes rows");
    assert_eq!(
        incoming
            .finish_wafer(inspection::ActiveModel::default())
            .await
            .expect("ends"),
        2
    );
    incoming.commit(file(SHA)).await.expect("commits");

    let read = store::defect::get(&db, id, -7)
        .await
        .expect("reads")
        .expect("is there");
    let expected = defect::Model {
        inspection_id: id,
        defect_no: -7,
        defect_type_id: kind,
        x_mm: Some(-88.990_76),
        y_mm: Some(-21.386_52),
        die_x: Some(-35),
        die_y: Some(-9),
        size_um: Some(1.25),
        x_size_um: Some(0.5),
        y_size_um: Some(0.25),
        area_um2: Some(7.0e10),
        class_no: Some(-1),
        rough_bin: Some(2),
        fine_bin: Some(3),
        cluster_no: Some(4),
        test_no: Some(5),
        image_count: Some(6),
        confidence: None,
        severity: None,
        review_status: defect::ReviewStatus::Detected,
        notes: None,
        extra: Some(vec![
            "NA".to_owned(),
            String::new(),
            "µm \"x\", {y}".to_owned(),
        ]),
    };
    assert_eq!(read, expected);
    let bare = store::defect::get(&db, id, 8)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        (bare.x_mm, bare.die_x, bare.size_um, bare.extra),
        (None, None, None, None)
    );
    assert_eq!(counts(&db, id).await, (2, vec![(1, 1), (kind, 1)]));
}

#[tokio::test]
async fn an_import_reports_what_it_made_and_its_inspections_know_their_file() {
    let db = TestDb::new().await.db;
    let job_id = job(&db).await;
    let mut incoming = File::begin(&db, job_id).await.expect("begins");
    let first = incoming
        .start_wafer(facts("LOT9:01"), at(MOMENT))
        .await
        .expect("starts");
    incoming.defect_type_id("Scratch").await.expect("type");
    incoming.push(rows(first, 1..=3)).await.expect("takes rows");
    let known_late = inspection::ActiveModel {
        area_cm2: Set(Some(12.5)),
        ..Default::default()
    };
    incoming.finish_wafer(known_late).await.expect("ends");
    let second = incoming
        .start_wafer(facts("LOT9:02"), at(MOMENT))
        .await
        .expect("starts");
    incoming
        .finish_wafer(inspection::ActiveModel::default())
        .await
        .expect("ends without defects");
    let outcome = incoming.commit(file(SHA)).await.expect("commits");

    let Outcome::Imported(report) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (report.state, report.wafers, report.defects),
        (ImportState::Imported, 2, 3)
    );
    assert_eq!(report.inspection_ids, [first, second]);
    assert_eq!(
        report.created,
        json!({"equipment": ["INS-7"], "lots": ["LOT9"], "wafers": ["LOT9:01", "LOT9:02"], "defect_types": ["Scratch"]})
    );
    let inspection = store::inspection::get(&db, first)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        (
            inspection.source_sha256.as_deref(),
            inspection.source_file.as_deref(),
            inspection.klarf_version.as_deref()
        ),
        (Some(SHA), Some("LOT9.001"), Some("1.2"))
    );
    assert_eq!(
        (
            inspection.import_job_id,
            inspection.area_cm2,
            inspection.defect_count
        ),
        (Some(job_id), Some(12.5), 3)
    );
    assert_eq!(inspection.inspected_at, at(MOMENT));
    assert_eq!(counts(&db, second).await, (0, vec![]));
    assert_eq!(
        store::job::files(&db, &[job_id]).await.expect("reads"),
        [report]
    );
}

#[tokio::test]
async fn class_names_find_their_type_whatever_the_case_and_no_name_is_unclassified() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");

    let scratch = incoming.defect_type_id("Scratch").await.expect("type");
    for (name, id) in [
        ("SCRATCH", scratch),
        (" scratch ", scratch),
        ("", 1),
        ("unclassified", 1),
        ("\0", 1),
    ] {
        assert_eq!(
            incoming.defect_type_id(name).await.expect("type"),
            id,
            "{name:?}"
        );
    }

    assert_eq!(incoming.created().defect_types, ["Scratch"]);
}

#[tokio::test]
async fn the_same_file_twice_is_one_import() {
    let db = TestDb::new().await.db;
    let first = import(&db, SHA, 5).await;
    let second = import(&db, SHA, 5).await;

    let Outcome::Duplicate {
        report: again,
        first: found,
    } = &second
    else {
        panic!("{second:?}")
    };
    assert_eq!(&**found, report(&first));
    assert_eq!(
        (again.state, again.duplicate_of),
        (ImportState::Duplicate, Some(found.import_file_id))
    );
    assert_eq!(again.inspection_ids, found.inspection_ids);
    let all = store::inspection::count(
        &db,
        &store::Filter {
            superseded: true,
            ..Default::default()
        },
        None,
    )
    .await;
    assert_eq!(all.expect("counts"), 1);
}

#[tokio::test]
async fn the_same_file_twice_at_the_same_moment_is_one_import() {
    let db = TestDb::new().await.db;

    let (one, other) = tokio::join!(import(&db, SHA, 50), import(&db, SHA, 50));

    let imported = [&one, &other]
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Imported(_)))
        .count();
    assert_eq!(imported, 1);
    assert_eq!(report(&one).inspection_ids, report(&other).inspection_ids);
}

#[tokio::test]
async fn a_file_whose_inspections_are_all_gone_may_come_in_again() {
    let db = TestDb::new().await.db;
    let first = import(&db, SHA, 2).await;
    store::inspection::delete(&db, report(&first).inspection_ids[0])
        .await
        .expect("deletes");

    let again = import(&db, SHA, 2).await;

    assert!(matches!(again, Outcome::Imported(_)), "{again:?}");
    let old = store::job::file(&db, report(&first).import_file_id)
        .await
        .expect("reads")
        .expect("stays on record");
    assert_eq!(old.state, ImportState::Removed);
}

#[tokio::test]
async fn two_files_that_bring_the_same_new_things_in_different_orders_both_land() {
    let db = TestDb::new().await.db;
    let bring = |sha: &'static str, order: [&'static str; 2]| {
        let db = &db;
        async move {
            let mut incoming = File::begin(db, job(db).await).await.expect("begins");
            for name in order {
                incoming
                    .start_wafer(facts(name), at(MOMENT))
                    .await
                    .expect("starts");
                incoming.defect_type_id(name).await.expect("type");
                incoming
                    .finish_wafer(inspection::ActiveModel::default())
                    .await
                    .expect("ends");
            }
            incoming.commit(file(sha)).await.expect("commits")
        }
    };
    let other_sha = SHA.replace('9', "8").leak();

    let (one, other) = tokio::join!(bring(SHA, ["A", "B"]), bring(other_sha, ["B", "A"]));

    let made: usize = [one, other]
        .iter()
        .map(|outcome| {
            report(outcome).created["wafers"]
                .as_array()
                .map_or(0, Vec::len)
        })
        .sum();
    assert_eq!(made, 2);
}

async fn is_empty(db: &Db) -> bool {
    let everything = store::Filter {
        superseded: true,
        ..Default::default()
    };
    store::inspection::count(db, &everything, None)
        .await
        .expect("counts")
        == 0
        && store::wafer::get(db, "LOT9:01")
            .await
            .expect("reads")
            .is_none()
        && store::equipment::get(db, "INS-7")
            .await
            .expect("reads")
            .is_none()
        && store::defect_type::all(db).await.expect("reads").len() == 1
        && store::defect::after(db, &store::defect::Filter::default(), None, 1)
            .await
            .expect("reads")
            .is_empty()
}

#[tokio::test]
async fn a_file_that_is_given_up_leaves_nothing() {
    let db = TestDb::new().await.db;
    for drop_it in [false, true] {
        let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
        let id = incoming
            .start_wafer(facts("LOT9:01"), at(MOMENT))
            .await
            .expect("starts");
        incoming.defect_type_id("Scratch").await.expect("type");
        // More than one COPY takes.
        incoming
            .push(rows(id, 1..=60_000))
            .await
            .expect("takes rows");
        if drop_it {
            drop(incoming);
        } else {
            incoming.rollback().await.expect("rolls back");
        }
        assert!(is_empty(&db).await, "dropped: {drop_it}");
    }
    assert!(
        matches!(import(&db, SHA, 1).await, Outcome::Imported(_)),
        "no lock is left behind"
    );
}

#[tokio::test]
async fn a_number_that_occurs_twice_refuses_the_file_and_is_named() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    let id = incoming
        .start_wafer(facts("LOT9:01"), at(MOMENT))
        .await
        .expect("starts");
    // Far apart, so that they come in with different COPYs.
    incoming
        .push(rows(id, 1..=40_000))
        .await
        .expect("takes rows");
    incoming.push(rows(id, [17])).await.expect("takes rows");

    let refused = incoming
        .finish_wafer(inspection::ActiveModel::default())
        .await
        .expect_err("is refused");

    assert!(
        matches!(refused, Error::DuplicateDefect { defect_no: 17 }),
        "{refused:?}"
    );
    drop(incoming);
    assert!(is_empty(&db).await);
}

#[tokio::test]
async fn the_same_number_on_two_wafers_is_two_defects() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    for wafer_id in ["LOT9:01", "LOT9:02"] {
        let id = incoming
            .start_wafer(facts(wafer_id), at(MOMENT))
            .await
            .expect("starts");
        incoming.push(rows(id, [1])).await.expect("takes rows");
        incoming
            .finish_wafer(inspection::ActiveModel::default())
            .await
            .expect("ends");
    }
    let outcome = incoming.commit(file(SHA)).await.expect("commits");
    assert_eq!(report(&outcome).defects, 2);
}

#[tokio::test]
async fn texts_with_the_one_character_that_cannot_be_stored_are_stored_without_it() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    let mut odd = facts("LOT9:01");
    odd.inspection.recipe = Set(Some("re\0cipe".to_owned()));
    odd.inspection.parameters = Set(json!({"LotID\0": ["a\0b"]}));
    odd.inspection.extra_columns = Set(vec!["X\0Y".to_owned()]);
    let id = incoming.start_wafer(odd, at(MOMENT)).await.expect("starts");
    incoming
        .finish_wafer(inspection::ActiveModel::default())
        .await
        .expect("ends");
    incoming.commit(file(SHA)).await.expect("commits");

    let inspection = store::inspection::get(&db, id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(inspection.recipe.as_deref(), Some("recipe"));
    assert_eq!(inspection.parameters, json!({"LotID": ["ab"]}));
    assert_eq!(inspection.extra_columns, ["XY"]);
}

#[tokio::test]
async fn a_text_that_is_too_long_names_its_field() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    let mut long = facts("LOT9:01");
    long.inspection.step_id = Set("x".repeat(129));

    let refused = incoming
        .start_wafer(long, at(MOMENT))
        .await
        .expect_err("is refused");

    assert_eq!(refused.invalid_field(), Some("step_id"), "{refused:?}");
}

#[tokio::test]
async fn a_job_goes_from_queued_to_its_end_once() {
    let db = TestDb::new().await.db;
    let job_id = job(&db).await;
    assert!(store::job::start(&db, job_id).await.expect("starts"));
    assert!(!store::job::start(&db, job_id).await.expect("runs already"));

    let halfway = store::job::Progress {
        bytes_total: Some(100),
        bytes_done: 50,
        wafers: 1,
        defects: 20,
    };
    assert!(
        !store::job::progress(&db, job_id, halfway)
            .await
            .expect("notes")
    );
    assert!(store::job::request_cancel(&db, job_id).await.expect("asks"));
    assert!(
        store::job::progress(&db, job_id, halfway)
            .await
            .expect("notes"),
        "the job hears of it"
    );
    assert!(
        store::job::finish(
            &db,
            job_id,
            JobState::Cancelled,
            halfway,
            None,
            Some("stopped")
        )
        .await
        .expect("ends")
    );
    assert!(
        !store::job::finish(&db, job_id, JobState::Succeeded, halfway, None, None)
            .await
            .expect("has ended")
    );

    let row = store::job::get(&db, job_id)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        (row.job.state, row.job.defects, row.job.error.as_deref()),
        (JobState::Cancelled, 20, Some("stopped"))
    );
    assert!(
        !store::job::request_cancel(&db, job_id)
            .await
            .expect("has ended")
    );
}

#[tokio::test]
async fn what_a_server_left_unfinished_is_interrupted() {
    let db = TestDb::new().await.db;
    let (left, done) = (job(&db).await, job(&db).await);
    store::job::start(&db, left).await.expect("starts");
    store::job::finish(
        &db,
        done,
        JobState::Succeeded,
        Default::default(),
        None,
        None,
    )
    .await
    .expect("ends");

    assert_eq!(
        store::job::interrupt_unfinished(&db, chrono::Utc::now())
            .await
            .expect("marks"),
        1
    );

    let interrupted = store::job::Filter {
        state: Some(JobState::Interrupted),
        ..Default::default()
    };
    let page = store::job::list(&db, &interrupted, Paging::default())
        .await
        .expect("lists");
    assert_eq!(
        page.rows
            .iter()
            .map(|row| row.job.job_id)
            .collect::<Vec<_>>(),
        [left]
    );
}
