//! Monthly partitions of `defect`.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::Db;
use wafermaps_tests::TestDb;

use crate::seed::{Inspected, at, counts, defect, execute};

async fn partitions(db: &Db) -> Vec<String> {
    let sql = "select inhrelid::regclass::text from pg_inherits where inhparent = 'defect'::regclass order by 1";
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("query");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("text"))
        .collect()
}

async fn lies_in(db: &Db, inspection_id: uuid::Uuid) -> String {
    let sql = format!(
        "select tableoid::regclass::text from defect where inspection_id = '{inspection_id}'"
    );
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("query")
        .expect("a row");
    row.try_get_by_index(0).expect("text")
}

#[tokio::test]
async fn the_first_and_the_last_moment_of_a_month_lie_in_its_partition() {
    let db = TestDb::new().await.db;
    for (moment, partition) in [
        ("2025-01-31T23:59:59.999Z", "defect_y2025m01"),
        ("2025-02-01T00:00:00Z", "defect_y2025m02"),
        ("2025-02-28T23:59:59.999Z", "defect_y2025m02"),
        ("2025-03-01T00:00:00Z", "defect_y2025m03"),
    ] {
        let id = Inspected {
            at: moment,
            defects: vec![1],
            ..Inspected::default()
        }
        .insert(&db)
        .await;
        assert_eq!(lies_in(&db, id).await, partition, "{moment}");
    }
}

#[tokio::test]
async fn any_number_of_imports_at_the_same_moment_make_a_month_once() {
    let db = TestDb::new().await.db;
    let moment = at("2025-06-15T12:00:00Z");
    let ensure = || store::defect::ensure_partition(&db, moment);

    let (a, b, c, d, e, f) =
        tokio::join!(ensure(), ensure(), ensure(), ensure(), ensure(), ensure());

    for outcome in [a, b, c, d, e, f] {
        outcome.expect("is made, once");
    }
    assert_eq!(partitions(&db).await, ["defect_default", "defect_y2025m06"]);
}

#[tokio::test]
async fn a_partition_is_made_while_another_transaction_writes_defects() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    let tx = store::TransactionTrait::begin(&db).await.expect("begins");
    store::defect::insert(&tx, defect(id, 1, 1))
        .await
        .expect("inserts");

    let made = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        store::defect::ensure_partition(&db, at("2025-07-01T00:00:00Z")),
    );

    made.await
        .expect("does not wait for the writer")
        .expect("is made");
    tx.commit().await.expect("commits");
}

#[tokio::test]
async fn rows_that_came_before_their_partition_move_into_it_and_stay_counted() {
    let db = TestDb::new().await.db;
    let id = Inspected::default().insert(&db).await;
    execute(&db, "drop table defect_y2025m03")
        .await
        .expect("drops");
    store::defect::insert(&db, defect(id, 7, 1))
        .await
        .expect("inserts");
    assert_eq!(lies_in(&db, id).await, "defect_default");

    store::defect::ensure_partition(&db, at("2025-03-20T00:00:00Z"))
        .await
        .expect("is made");

    assert_eq!(lies_in(&db, id).await, "defect_y2025m03");
    assert_eq!(counts(&db, id).await, (1, vec![(1, 1)]));
}

#[tokio::test]
async fn absurd_dates_make_no_partition_and_their_defects_are_kept() {
    let db = TestDb::new().await.db;
    for moment in [
        "0001-01-01T00:00:00Z",
        "1969-12-31T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
    ] {
        let id = Inspected {
            at: moment,
            defects: vec![1],
            ..Inspected::default()
        }
        .insert(&db)
        .await;
        assert_eq!(lies_in(&db, id).await, "defect_default", "{moment}");
        assert_eq!(counts(&db, id).await, (1, vec![(1, 1)]), "{moment}");
    }
    assert_eq!(partitions(&db).await, ["defect_default"]);
}
