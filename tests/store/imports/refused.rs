//! A file that does not land leaves nothing.

use entity::inspection;
use sea_orm::ActiveValue::Set;
use store::{
    Db, Error,
    ingest::{File, Outcome},
};
use wafermaps_tests::TestDb;

use super::{MOMENT, SHA, facts, file, import, job, report, rows};
use crate::seed::at;

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
