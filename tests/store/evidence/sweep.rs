//! What nothing refers to goes, what something refers to stays, and nothing refers to what is not there.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use sea_orm::TransactionTrait;
use store::{
    Db, Error, Reference,
    object::{Key, Missing, Objects, Swept},
};
use tokio::time::sleep;
use uuid::Uuid;
use wafermaps_tests::TestDb;

use super::{AT_ONCE, HOUR, image, place::Place, put, put_image, put_spectrum, stored, sweep};
use crate::seed::{Inspected, execute, texts};

async fn defects(db: &Db, count: usize) -> Uuid {
    let inspected = Inspected {
        defects: vec![1; count],
        ..Inspected::default()
    };
    inspected.insert(db).await
}

#[tokio::test]
async fn content_of_a_failed_transaction_is_swept_and_fresh_content_stays() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let id = defects(&db, 1).await;
        put_image(&db, &place.objects, (id, 1), "kept").await;
        put_spectrum(&db, &place.objects, (id, 1), &[]).await;
        let orphan = put(&db, &place.objects, "of a transaction that failed").await;
        let tx = db.begin().await.expect("begins");
        store::image::insert(&tx, vec![image(id, 1, &orphan)])
            .await
            .expect("inserts");
        tx.rollback().await.expect("rolls back");

        let fresh = sweep(&db, &place.objects, HOUR).await;
        assert_eq!(fresh, Swept::default(), "{}", place.name);
        assert_eq!(place.files().len(), 3, "{}", place.name);

        let swept = sweep(&db, &place.objects, AT_ONCE).await;
        assert_eq!((swept.rows, swept.objects, swept.bytes), (1, 1, 28));
        assert_eq!(swept.missing, []);
        assert_eq!(place.files(), stored(&db).await, "{}", place.name);
        assert!(!place.files().contains(&orphan.to_string()));
    }
}

#[tokio::test]
async fn what_a_crash_left_is_swept_and_what_is_not_ours_stays() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let kept = put(&db, &place.objects, "kept").await;
        let orphan = Key::of(b"without a row");
        let strange = ["README", "ab/notes.txt", "zz/0"];
        for name in strange.iter().copied().chain([orphan.as_str()]) {
            let path = place.files.join(name);
            fs::create_dir_all(path.parent().expect("folder")).expect("makes");
            fs::write(path, "without a row").expect("writes");
        }
        if place.name == "folder" {
            fs::write(format!("{}#7", place.file_of(&kept).display()), "half").expect("writes");
        }
        let before = place.files();

        assert_eq!(sweep(&db, &place.objects, HOUR).await, Swept::default());
        assert_eq!(place.files(), before, "{}", place.name);
        execute(
            &db,
            "update stored_object set touched_at = now() + interval '1 day'",
        )
        .await
        .expect("touches");
        let swept = sweep(&db, &place.objects, AT_ONCE).await;

        let unfinished = if place.name == "folder" {
            (1, 4)
        } else {
            (0, 0)
        };
        assert_eq!(
            (swept.rows, swept.objects, swept.bytes),
            (0, 1 + unfinished.0, 13 + unfinished.1)
        );
        let mut left: Vec<String> = strange.map(str::to_owned).into();
        left.push(kept.to_string());
        left.sort();
        assert_eq!(place.files(), left, "{}", place.name);
    }
}

#[tokio::test]
async fn content_that_is_referred_to_and_is_lost_or_cut_off_is_reported() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let id = defects(&db, 1).await;
        for content in ["whole", "is lost", "is cut off"] {
            put_image(&db, &place.objects, (id, 1), content).await;
        }
        let (lost, cut) = (Key::of(b"is lost"), Key::of(b"is cut off"));
        fs::remove_file(place.file_of(&lost)).expect("removes");
        fs::write(place.file_of(&cut), "is c").expect("writes");

        let swept = sweep(&db, &place.objects, AT_ONCE).await;

        let mut expected = [
            Missing {
                key: lost,
                bytes: 7,
                found: None,
            },
            Missing {
                key: cut,
                bytes: 10,
                found: Some(4),
            },
        ];
        expected.sort_by(|a, b| a.key.cmp(&b.key));
        assert_eq!(swept.missing, expected, "{}", place.name);
        assert_eq!((swept.rows, swept.objects), (0, 0), "{}", place.name);
    }
}

#[tokio::test]
async fn a_put_waits_for_a_sweep_that_deletes_the_same_content_and_writes_it_anew() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let key = put(&db, &place.objects, "same").await;
    execute(&db, "delete from stored_object")
        .await
        .expect("deletes");
    // As the sweep does it: the row is made, the bytes are deleted, the row goes again.
    let tx = db.begin().await.expect("begins");
    let held = format!("insert into stored_object (object_key, bytes) values ('{key}', 0)");
    sea_orm::ConnectionTrait::execute_unprepared(&tx, &held)
        .await
        .expect("holds the key");

    let putting = {
        let (db, objects) = (db.clone(), place.objects.clone());
        tokio::spawn(async move { put(&db, &objects, "same").await })
    };
    sleep(Duration::from_millis(300)).await;
    assert!(!putting.is_finished(), "it does not wait");
    fs::remove_file(place.file_of(&key)).expect("deletes the bytes");
    tx.rollback().await.expect("ends");

    assert_eq!(putting.await.expect("stores"), key);
    assert_eq!(place.files(), [key.as_str()]);
    assert_eq!(stored(&db).await, [key.as_str()]);
}

#[tokio::test]
async fn a_sweep_waits_for_a_put_that_takes_bytes_without_a_row_as_its_own_and_leaves_them() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let key = put(&db, &place.objects, "same").await;
    execute(&db, "delete from stored_object")
        .await
        .expect("deletes");
    let tx = db.begin().await.expect("begins");
    let owns = format!("insert into stored_object (object_key, bytes) values ('{key}', 4)");
    sea_orm::ConnectionTrait::execute_unprepared(&tx, &owns)
        .await
        .expect("owns the key");

    let sweeping = {
        let (db, objects) = (db.clone(), place.objects.clone());
        tokio::spawn(async move { sweep(&db, &objects, AT_ONCE).await })
    };
    sleep(Duration::from_secs(1)).await;
    assert_eq!(place.files(), [key.as_str()]);
    tx.commit().await.expect("commits");

    assert_eq!(sweeping.await.expect("ends").objects, 0);
    assert_eq!(place.files(), [key.as_str()]);
}

#[tokio::test]
async fn content_that_an_open_transaction_refers_to_stays() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = defects(&db, 1).await;
    let key = put(&db, &place.objects, "image").await;
    let tx = db.begin().await.expect("begins");
    store::image::insert(&tx, vec![image(id, 1, &key)])
        .await
        .expect("inserts");

    let swept = sweep(&db, &place.objects, AT_ONCE).await;
    tx.commit().await.expect("commits");

    assert_eq!(swept, Swept::default());
    assert_eq!(sweep(&db, &place.objects, AT_ONCE).await, Swept::default());
    assert_eq!(place.files(), [key.as_str()]);
}

#[tokio::test]
async fn a_transaction_that_comes_after_the_sweep_is_refused() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = defects(&db, 1).await;
    let key = put(&db, &place.objects, "image").await;
    sweep(&db, &place.objects, AT_ONCE).await;

    let image = store::image::insert(&db, vec![image(id, 1, &key)]).await;
    let spectrum = super::spectrum(id, 1, &key, &[("Fe", 0.9)]);
    let spectrum = store::spectrum::insert(&db, &[spectrum]).await;

    for refused in [image, spectrum] {
        let refused = refused.expect_err("the content is gone");
        assert!(
            matches!(refused, Error::Missing(Reference::Object)),
            "{refused:?}"
        );
    }
}

/// Puts, references, deletions and sweeps of the same few contents, all at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_the_order_nothing_refers_to_what_is_not_there() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = defects(&db, 4).await;
    let mut tasks = Vec::new();
    let ended = Arc::new(AtomicBool::new(false));
    for defect_no in 1..=4 {
        let (db, objects) = (db.clone(), place.objects.clone());
        let ended = Arc::clone(&ended);
        tasks.push(tokio::spawn(async move {
            for round in 0.. {
                come_and_go(&db, &objects, (id, defect_no), round % 3).await;
                if ended.load(SeqCst) {
                    return;
                }
            }
        }));
    }
    let mut rows = 0;
    while rows < 4 && !tasks.iter().any(tokio::task::JoinHandle::is_finished) {
        let swept = sweep(&db, &place.objects, AT_ONCE).await;
        assert_eq!(swept.missing, []);
        rows += swept.rows;
    }
    ended.store(true, SeqCst);
    for task in tasks {
        task.await.expect("comes and goes");
    }

    sweep(&db, &place.objects, AT_ONCE).await;
    let referred = "select distinct original_key from defect_image order by 1";
    assert_eq!(texts(&db, referred).await, stored(&db).await);
    assert_eq!(place.files(), stored(&db).await);
}

/// Puts an image; every second time it goes again.
async fn come_and_go(db: &Db, objects: &Objects, of: (Uuid, i32), content: usize) {
    loop {
        let key = put(db, objects, format!("{} {content}", of.1 / 2)).await;
        match store::image::insert(db, vec![image(of.0, of.1, &key)]).await {
            Ok(inserted) if inserted[0].new => return,
            Ok(inserted) => {
                store::image::delete(db, inserted[0].id)
                    .await
                    .expect("deletes");
                return;
            }
            // A sweep took it between the two statements: this test's is impatient.
            Err(Error::Missing(Reference::Object)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}
