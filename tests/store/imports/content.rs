//! What arrives is what was delivered.

use entity::{defect, import_file::ImportState, inspection};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use store::ingest::{DefectRow, File, Outcome, Rows};
use wafermaps_tests::TestDb;

use super::{MOMENT, SHA, facts, file, job, numbered, report, rows};
use crate::seed::{at, counts};

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
        confidence: Some(0.75),
        review_status: 2,
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
        confidence: Some(0.75),
        severity: None,
        review_status: defect::ReviewStatus::Reviewed,
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
async fn a_wafer_of_a_new_month_behind_one_of_an_absurd_date_does_not_wait_for_its_own_file() {
    let db = TestDb::new().await.db;
    let mut incoming = File::begin(&db, job(&db).await).await.expect("begins");
    let started = std::time::Instant::now();
    for (wafer_id, moment) in [
        ("LOT9:01", "1987-03-04T05:06:07Z"),
        ("LOT9:02", "2024-09-01T00:00:00Z"),
    ] {
        let id = incoming
            .start_wafer(facts(wafer_id), at(moment))
            .await
            .expect("starts");
        incoming.push(rows(id, 1..=3)).await.expect("takes rows");
        incoming
            .finish_wafer(inspection::ActiveModel::default())
            .await
            .expect("ends");
    }
    let outcome = incoming.commit(file(SHA)).await.expect("commits");

    assert_eq!(report(&outcome).defects, 6);
    // It waited for 30 s, the limit of a statement.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
