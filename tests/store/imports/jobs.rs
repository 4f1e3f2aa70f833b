//! Jobs from queued to their end.

use entity::job::JobState;
use store::Paging;
use wafermaps_tests::TestDb;

use super::job;

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
