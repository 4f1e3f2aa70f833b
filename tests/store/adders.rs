//! What makes the adders of a wafer wait to be computed again.

use entity::defect;
use sea_orm::ActiveValue::Set;
use sea_orm::ConnectionTrait;
use store::{Db, TransactionTrait};
use wafermaps_tests::TestDb;

use crate::seed::{Inspected, at, defect, defect_type, execute};

async fn waiting(db: &Db) -> i64 {
    store::adder::waiting(db).await.expect("counts")
}

/// Takes everything out of the queue, as the computation does.
async fn take(db: &Db) -> Vec<String> {
    let tx = db.begin().await.expect("begins");
    let wafers = store::adder::claim(&tx, 100, 1_000_000).await;
    tx.commit().await.expect("commits");
    wafers.expect("claims")
}

#[tokio::test]
async fn whatever_changes_where_defects_are_or_what_they_are_queues_the_wafer() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 3, false).await;
    let id = Inspected {
        defects: vec![1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    assert_eq!(take(&db).await, ["LOT1:01"]);
    assert_eq!(waiting(&db).await, 0);

    let noted = defect::ActiveModel {
        notes: Set(Some("seen".to_owned())),
        ..Default::default()
    };
    store::defect::update(&db, id, 1, noted)
        .await
        .expect("updates");
    execute(&db, "update inspection set recipe = 'R2'")
        .await
        .expect("updates");
    assert_eq!(waiting(&db).await, 0, "a note is no change");

    for change in [
        format!("update defect set defect_type_id = {scratch} where defect_no = 1"),
        // One takes the type of the other: no count changes.
        format!(
            "update defect set defect_type_id = case defect_type_id when 1 then {scratch} else 1 end"
        ),
        "update defect set x_mm = x_mm + 1".to_owned(),
        "update defect_y2025m03 set y_mm = null where defect_no = 1".to_owned(),
        "update inspection set step_id = 'M2'".to_owned(),
        "delete from defect where defect_no = 2".to_owned(),
        "delete from inspection".to_owned(),
    ] {
        execute(&db, &change).await.expect(&change);
        assert_eq!(take(&db).await, ["LOT1:01"], "{change}");
    }
    execute(&db, "delete from wafer")
        .await
        .expect("nothing holds it");
}

#[tokio::test]
async fn what_changes_while_adders_are_computed_waits_for_the_next_time() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    let tx = db.begin().await.expect("begins");
    let claimed = store::adder::claim(&tx, 100, 1_000_000)
        .await
        .expect("claims");
    assert_eq!(claimed, ["LOT1:01"]);
    assert_eq!(
        take(&db).await,
        Vec::<String>::new(),
        "one computes at a time"
    );

    store::defect::insert(&db, defect(id, 1, 1))
        .await
        .expect("does not wait for the computation");
    tx.commit().await.expect("commits");

    assert_eq!(take(&db).await, ["LOT1:01"]);
}

#[tokio::test]
async fn wafers_are_taken_up_to_so_many_defects_and_one_with_more_alone() {
    let db = TestDb::new().await.db;
    for (wafer, defects) in [
        ("LOT1:01", 5),
        ("LOT1:02", 2),
        ("LOT1:03", 2),
        ("LOT1:04", 1),
    ] {
        let inspected = Inspected {
            wafer,
            defects: vec![1; defects],
            ..Inspected::default()
        };
        inspected.insert(&db).await;
    }
    let mut claims = Vec::new();
    for _ in 0..3 {
        let tx = db.begin().await.expect("begins");
        claims.push(store::adder::claim(&tx, 100, 4).await.expect("claims"));
        tx.commit().await.expect("commits");
    }
    assert_eq!(
        claims,
        [vec!["LOT1:01"], vec!["LOT1:02", "LOT1:03"], vec!["LOT1:04"]]
    );
}

#[tokio::test]
async fn packed_adders_and_those_of_a_first_inspection_are_counted_by_type() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 3, false).await;
    let first = Inspected {
        defects: vec![1, scratch],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let second = Inspected {
        step: "M2",
        at: "2025-03-05T05:06:07Z",
        defects: vec![1, scratch, scratch],
        ..Inspected::default()
    };
    let second = second.insert(&db).await;
    let row = |id, compared_with, adders: Option<(Vec<i32>, Vec<u8>)>| {
        let (numbers, packed) = adders.unzip();
        entity::inspection_adder::ActiveModel {
            inspection_id: Set(id),
            compared_with: Set(compared_with),
            added: Set(2),
            common: Set(0),
            ambiguous: Set(0),
            missing: Set(0),
            tolerance_um: Set(150.0),
            adder_nos: Set(numbers),
            type_counts: Set(packed),
            ..Default::default()
        }
    };
    let packed = store::adder::packed([(scratch, 2)]);
    let rows = vec![
        row(first, 0, None),
        row(second, 1, Some((vec![2, 3], packed))),
    ];
    store::adder::replace(&db, &[first, second], rows)
        .await
        .expect("keeps");
    let filter = store::Filter {
        adders: true,
        ..store::Filter::default()
    };
    let pareto = |filter: store::Filter| {
        let db = db.clone();
        async move {
            let found =
                store::analytics::pareto(&db, &filter, store::analytics::ParetoBy::Type).await;
            found
                .expect("reads")
                .rows
                .into_iter()
                .map(|row| (row.label, row.defects))
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        pareto(filter.clone()).await,
        [],
        "as long as the wafer waits, nothing is known"
    );
    take(&db).await;
    let expected = [("Scratch".to_owned(), 3), ("Unclassified".to_owned(), 1)];
    assert_eq!(pareto(filter.clone()).await, expected);
    let until = store::Filter {
        to: Some(at("2025-03-05T00:00:00Z")),
        ..filter.clone()
    };
    assert_eq!(pareto(until).await.len(), 2);
    let listed = store::defect::Filter {
        inspections: filter.clone(),
        ..Default::default()
    };
    let listed = store::defect::after(&db, &listed, None, 10)
        .await
        .expect("reads");
    let numbers: Vec<i32> = listed.iter().map(|row| row.defect_no).collect();
    assert_eq!(numbers, [1, 2, 2, 3]);
    let scratches = store::Filter {
        defect_types: vec![scratch],
        ..filter
    };
    let points = store::analytics::points(&db, &scratches, 10)
        .await
        .expect("reads")
        .points;
    let counts: Vec<i64> = points.iter().map(|point| point.defects).collect();
    assert_eq!(counts, [1, 2]);
}

#[tokio::test]
async fn inspections_that_were_there_before_the_step_of_the_schema_are_queued_once() {
    let db = TestDb::new().await.db;
    Inspected::default().insert(&db).await;
    let steps = store::migrate::status(&db).await.expect("status");
    let place = steps
        .iter()
        .position(|step| step.name.contains("m0010"))
        .expect("is there");
    let after = u32::try_from(steps.len() - place).expect("few");
    store::migrate::down(&db, after).await.expect("down");
    db.execute_unprepared("insert into defect (inspection_id, defect_no, defect_type_id) select inspection_id, 7, 1 from inspection")
        .await
        .expect("the schema before works");
    store::migrate::up(&db).await.expect("up");
    assert_eq!(take(&db).await, ["LOT1:01"]);
}
