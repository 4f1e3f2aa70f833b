//! The version of the data: it grows with every commit that changes what the analyses read, and with no other.

use sea_orm::{ConnectionTrait, TransactionTrait};
use store::data_version::current;
use wafermaps_tests::TestDb;

/// Type 1 is there from the start; two defects of one inspection, in a partition of their own.
const SOME: &str = "
    select ensure_defect_partition('2025-03-04T00:00Z');
    insert into equipment (equipment_id, name) values ('INS-1', 'Tool 1');
    insert into wafer (wafer_id, id_scheme) values ('W1', 'lot_slot');
    insert into inspection (inspection_id, wafer_id, inspected_at)
        values ('01955e40-0000-7000-8000-000000000001', 'W1', '2025-03-04T00:00Z');
    insert into defect (inspection_id, defect_no, defect_type_id)
        select '01955e40-0000-7000-8000-000000000001', n, 1 from generate_series(1, 2) n;";

async fn some() -> TestDb {
    let db = TestDb::new().await;
    db.db.execute_unprepared(SOME).await.expect("is inserted");
    db
}

#[tokio::test]
async fn each_change_that_an_analysis_can_see_makes_it_grow() {
    let db = some().await.db;
    for change in [
        "update defect_type set killer = true",
        "update equipment set name = 'Tool one'",
        "update wafer set diameter_mm = 300",
        "update inspection set area_cm2 = 3",
        "update defect set x_mm = 1",
        "update defect_y2025m03 set x_mm = 2",
        "insert into defect (inspection_id, defect_no, defect_type_id) select inspection_id, 3, 1 from inspection",
        "delete from defect where defect_no = 1",
        "insert into bin_map (bin_map_id, wafer_id, name, format, columns, rows, placed, bins, die_x, die_y, bin, source_file, source_sha256)
            values (gen_random_uuid(), 'W1', 'sort', 'g85', 1, 1, 'as it is', '[]', '{0}', '{0}', '{0}', 'a.xml', repeat('0', 64))",
        "delete from bin_map",
        "truncate defect cascade",
        "delete from inspection",
    ] {
        let before = current(&db).await.expect("a version");
        db.execute_unprepared(change).await.expect(change);
        let after = current(&db).await.expect("a version");
        assert!(after > before, "{change}: {before}, {after}");
    }
}

#[tokio::test]
async fn what_no_analysis_reads_leaves_it() {
    let db = some().await.db;
    let before = current(&db).await.expect("a version");
    db.execute_unprepared(
        "insert into audit_log (action, entity, entity_id) values ('create', 'wafer', 'W1')",
    )
    .await
    .expect("is written");
    assert_eq!(current(&db).await.expect("a version"), before);
}

#[tokio::test]
async fn a_savepoint_rolled_back_does_not_keep_the_rest_of_its_transaction_from_counting() {
    let db = some().await.db;
    let before = current(&db).await.expect("a version");
    let tx = db.begin().await.expect("begins");
    tx.execute_unprepared("savepoint s; update wafer set diameter_mm = 200; rollback to s")
        .await
        .expect("is undone");
    tx.execute_unprepared("update wafer set diameter_mm = 300")
        .await
        .expect("changes");
    tx.commit().await.expect("commits");
    assert!(current(&db).await.expect("a version") > before);
}

#[tokio::test]
async fn a_savepoint_rolled_back_is_no_change() {
    let db = some().await.db;
    let before = current(&db).await.expect("a version");
    let tx = db.begin().await.expect("begins");
    tx.execute_unprepared("savepoint s; update wafer set diameter_mm = 200; rollback to s")
        .await
        .expect("is undone");
    tx.commit().await.expect("commits");
    assert_eq!(current(&db).await.expect("a version"), before);
}

#[tokio::test]
async fn a_transaction_that_goes_on_does_not_keep_others_from_committing() {
    let db = some().await.db;
    let before = current(&db).await.expect("a version");
    let long = db.begin().await.expect("begins");
    long.execute_unprepared("update wafer set diameter_mm = 200")
        .await
        .expect("changes");

    let other = db.begin().await.expect("begins");
    other
        .execute_unprepared(
            "set local statement_timeout = '5s'; update equipment set name = 'Tool one'",
        )
        .await
        .expect("changes");
    other
        .commit()
        .await
        .expect("commits while the first goes on");
    let between = current(&db).await.expect("a version");
    long.commit().await.expect("commits");

    assert!(before < between && between < current(&db).await.expect("a version"));
}

#[tokio::test]
async fn no_row_outlives_the_transactions_that_bumped_it() {
    let db = some().await.db;
    let left = db
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "select count(*) from data_change",
        ))
        .await
        .expect("query")
        .expect("a row");
    assert_eq!(left.try_get_by_index::<i64>(0).expect("a count"), 0);
}
