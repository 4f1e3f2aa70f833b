//! The same content lands once; what several files bring is made once.

use entity::{import_file::ImportState, inspection};
use store::ingest::{File, Outcome};
use wafermaps_tests::TestDb;

use super::{MOMENT, SHA, facts, file, import, job, report};
use crate::seed::at;

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
