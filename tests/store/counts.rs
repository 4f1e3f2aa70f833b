//! The counts of an inspection follow its defects, whichever way rows come and go.

use entity::defect;
use sea_orm::ActiveValue::Set;
use store::{Error, Reference, TransactionTrait};
use wafermaps_tests::TestDb;

use crate::seed::{Inspected, at, counts, defect, defect_type, execute};

const UNCLASSIFIED: i32 = 1;

#[tokio::test]
async fn single_defects_are_counted_as_they_come_change_and_go() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 4, true).await;
    let id = Inspected {
        defects: vec![UNCLASSIFIED, UNCLASSIFIED],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    assert_eq!(counts(&db, id).await, (2, vec![(UNCLASSIFIED, 2)]));

    let reclassified = defect::ActiveModel {
        defect_type_id: Set(scratch),
        ..Default::default()
    };
    store::defect::update(&db, id, 2, reclassified)
        .await
        .expect("updates")
        .expect("is there");
    assert_eq!(
        counts(&db, id).await,
        (2, vec![(UNCLASSIFIED, 1), (scratch, 1)])
    );

    let noted = defect::ActiveModel {
        notes: Set(Some("seen".to_owned())),
        ..Default::default()
    };
    store::defect::update(&db, id, 2, noted)
        .await
        .expect("updates")
        .expect("is there");
    assert_eq!(
        counts(&db, id).await,
        (2, vec![(UNCLASSIFIED, 1), (scratch, 1)])
    );

    assert!(store::defect::delete(&db, id, 1).await.expect("deletes"));
    assert_eq!(counts(&db, id).await, (1, vec![(scratch, 1)]));
    assert!(
        !store::defect::delete(&db, id, 1)
            .await
            .expect("finds nothing")
    );
}

#[tokio::test]
async fn a_write_through_a_partition_counts_as_one_through_the_parent_does() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    let insert = |table: &str, no: i32| {
        format!(
            "insert into {table} (inspection_id, defect_no, defect_type_id) values ('{id}', {no}, 1), ('{id}', {}, 1)",
            no + 1
        )
    };

    execute(&db, &insert("defect_y2025m03", 1))
        .await
        .expect("partition takes rows");
    assert_eq!(counts(&db, id).await, (2, vec![(1, 2)]));
    execute(&db, &insert("defect", 3))
        .await
        .expect("parent takes rows");
    assert_eq!(counts(&db, id).await, (4, vec![(1, 4)]));
    execute(
        &db,
        "update defect_y2025m03 set defect_type_id = 1, defect_no = defect_no + 10",
    )
    .await
    .expect("partition updates");
    assert_eq!(counts(&db, id).await, (4, vec![(1, 4)]));
    execute(&db, "delete from defect_y2025m03 where defect_no = 11")
        .await
        .expect("partition deletes");
    assert_eq!(counts(&db, id).await, (3, vec![(1, 3)]));
    execute(&db, "truncate defect_y2025m03")
        .await
        .expect("partition empties");
    assert_eq!(counts(&db, id).await, (0, vec![]));
}

#[tokio::test]
async fn statements_over_several_inspections_and_months_keep_all_their_counts() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 4, true).await;
    let march = Inspected {
        defects: vec![1, 1, scratch],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let april = Inspected {
        at: "2025-04-01T00:00:00Z",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    let moved = format!(
        "update defect set inspection_id = '{april}', defect_no = defect_no + 100 where inspection_id = '{march}' and defect_no > 1"
    );
    assert_eq!(execute(&db, &moved).await.expect("moves"), 2);
    assert_eq!(counts(&db, march).await, (1, vec![(1, 1)]));
    assert_eq!(counts(&db, april).await, (3, vec![(1, 2), (scratch, 1)]));

    execute(
        &db,
        &format!("update defect set defect_type_id = {scratch}"),
    )
    .await
    .expect("reclassifies");
    assert_eq!(counts(&db, march).await, (1, vec![(scratch, 1)]));
    assert_eq!(counts(&db, april).await, (3, vec![(scratch, 3)]));

    execute(&db, "delete from defect").await.expect("deletes");
    assert_eq!(counts(&db, march).await, (0, vec![]));
    assert_eq!(counts(&db, april).await, (0, vec![]));
}

#[tokio::test]
async fn truncating_all_defects_leaves_no_count() {
    let db = TestDb::new().await.db;
    let id = Inspected {
        defects: vec![1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    execute(&db, "truncate defect").await.expect("empties");

    assert_eq!(counts(&db, id).await, (0, vec![]));
}

#[tokio::test]
async fn a_rollback_takes_the_counts_back() {
    let db = TestDb::new().await.db;
    let id = Inspected {
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    let tx = db.begin().await.expect("begins");
    store::defect::insert(&tx, defect(id, 2, 1))
        .await
        .expect("inserts");
    tx.rollback().await.expect("rolls back");

    assert_eq!(counts(&db, id).await, (1, vec![(1, 1)]));
}

#[tokio::test]
async fn a_defect_of_an_inspection_or_type_that_does_not_exist_is_refused() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    let nowhere = store::inspection::inspection_id(at("2025-03-05T00:00:00Z"));

    let refused = store::defect::insert(&db, defect(nowhere, 1, 1))
        .await
        .expect_err("no inspection");
    assert!(
        matches!(refused, Error::Missing(Reference::Inspection)),
        "{refused:?}"
    );
    let refused = store::defect::insert(&db, defect(id, 1, 99))
        .await
        .expect_err("no type");
    assert!(
        matches!(refused, Error::Missing(Reference::DefectType)),
        "{refused:?}"
    );
    let direct = format!(
        "insert into defect_y2025m03 (inspection_id, defect_no, defect_type_id) values ('{nowhere}', 1, 1)"
    );
    let refused = execute(&db, &direct)
        .await
        .expect_err("no inspection, through the partition");
    assert!(
        matches!(refused, Error::Missing(Reference::Inspection)),
        "{refused:?}"
    );
    let moved = format!("update defect set inspection_id = '{nowhere}'");
    store::defect::insert(&db, defect(id, 1, 1))
        .await
        .expect("inserts");
    let refused = execute(&db, &moved)
        .await
        .expect_err("no inspection, by an update");
    assert!(
        matches!(refused, Error::Missing(Reference::Inspection)),
        "{refused:?}"
    );
    assert_eq!(counts(&db, id).await, (1, vec![(1, 1)]));
}

#[tokio::test]
async fn a_number_that_occurs_twice_is_named() {
    let db = TestDb::new().await.db;
    let id = Inspected {
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    let refused = store::defect::insert(&db, defect(id, 1, 1))
        .await
        .expect_err("is there");

    assert!(
        matches!(refused, Error::DuplicateDefect { defect_no: 1 }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_inspection_takes_its_defects_with_it() {
    let db = TestDb::new().await.db;
    let id = Inspected {
        defects: vec![1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let other = Inspected {
        wafer: "LOT1:02",
        defects: vec![1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    assert!(store::inspection::delete(&db, id).await.expect("deletes"));

    let left = store::defect::after(&db, &store::defect::Filter::of_inspection(id), None, 10)
        .await
        .expect("reads");
    assert_eq!(left, vec![]);
    assert_eq!(counts(&db, other).await, (1, vec![(1, 1)]));
}

#[tokio::test]
async fn writers_of_the_same_inspection_at_the_same_moment_lose_no_count() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 4, true).await;
    let id = Inspected::default().insert(&db).await;
    let other = Inspected {
        wafer: "LOT1:02",
        ..Inspected::default()
    }
    .insert(&db)
    .await;

    let write = |worker: i32| {
        let db = &db;
        async move {
            for no in 0..10 {
                // Two inspections in one statement, in an order that changes from worker to worker.
                let (first, second) = if worker % 2 == 0 {
                    (id, other)
                } else {
                    (other, id)
                };
                let no = worker * 100 + no;
                let kind = if no % 3 == 0 { scratch } else { 1 };
                let sql = format!(
                    "insert into defect (inspection_id, defect_no, defect_type_id) values ('{first}', {no}, {kind}), ('{second}', {no}, {kind})"
                );
                execute(db, &sql).await.expect("inserts");
                if no % 5 == 0 {
                    execute(db, &format!("delete from defect where defect_no = {no}"))
                        .await
                        .expect("deletes");
                }
            }
        }
    };
    tokio::join!(write(0), write(1), write(2), write(3));

    assert_eq!(counts(&db, id).await.0, 32);
    assert_eq!(counts(&db, other).await.0, 32);
}
