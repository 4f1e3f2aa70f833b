//! Evidence and its defects: it goes and stays with them, and they are found, compared and reviewed by it.

use entity::defect::{self, ReviewStatus};
use sea_orm::{ActiveValue::Set, TransactionTrait};
use store::{Db, Error, Reference, object::Objects};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use super::{image, place::Place, put, put_image, put_spectrum, spectrum};
use crate::seed::{Inspected, at, counts, defect_type, execute, texts};

async fn inspection(db: &Db, defects: usize) -> Uuid {
    let inspected = Inspected {
        defects: vec![1; defects],
        ..Inspected::default()
    };
    inspected.insert(db).await
}

/// An image, a spectrum of iron and a reference.
async fn evidence(db: &Db, objects: &Objects, of: (Uuid, i32)) {
    put_image(db, objects, of, "image").await;
    put_spectrum(db, objects, of, &[("Fe", 0.9)]).await;
    let reference = format!(
        "insert into image_reference (inspection_id, defect_no, ordinal, file_name) values ('{}', {}, 1, 'x.tif')",
        of.0, of.1
    );
    execute(db, &reference).await.expect("inserts");
}

/// Numbers of defects, by table.
async fn left(db: &Db) -> [Vec<String>; 4] {
    let of = async |table| {
        texts(
            db,
            &format!("select defect_no::text from {table} order by 1"),
        )
        .await
    };
    [
        of("defect_image").await,
        of("defect_spectrum").await,
        of("defect_element").await,
        of("image_reference").await,
    ]
}

fn everywhere(numbers: &[&str]) -> [Vec<String>; 4] {
    std::array::from_fn(|_| numbers.iter().map(|no| (*no).to_owned()).collect())
}

#[tokio::test]
async fn evidence_goes_with_its_defect_its_inspection_and_a_truncated_month() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = inspection(&db, 3).await;
    for no in 1..=3 {
        evidence(&db, &place.objects, (id, no)).await;
    }
    let april = Inspected {
        wafer: "LOT1:02",
        at: "2025-04-01T00:00:00Z",
        defects: vec![1; 4],
        ..Inspected::default()
    };
    let april = april.insert(&db).await;
    evidence(&db, &place.objects, (april, 4)).await;

    assert!(store::defect::delete(&db, id, 2).await.expect("deletes"));
    assert_eq!(left(&db).await, everywhere(&["1", "3", "4"]));
    execute(&db, "delete from defect_y2025m03 where defect_no = 1")
        .await
        .expect("deletes");
    assert_eq!(left(&db).await, everywhere(&["3", "4"]));
    execute(&db, "truncate defect_y2025m03")
        .await
        .expect("truncates");
    assert_eq!(left(&db).await, everywhere(&["4"]));
    assert!(
        store::inspection::delete(&db, april)
            .await
            .expect("deletes")
    );
    assert_eq!(left(&db).await, everywhere(&[]));
}

#[tokio::test]
async fn evidence_stays_when_its_defects_move_into_the_partition_of_their_month() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = inspection(&db, 0).await;
    execute(&db, "drop table defect_y2025m03")
        .await
        .expect("drops");
    store::defect::insert(&db, crate::seed::defect(id, 7, 1))
        .await
        .expect("inserts");
    evidence(&db, &place.objects, (id, 7)).await;

    store::defect::ensure_partition(&db, at("2025-03-20T00:00:00Z"))
        .await
        .expect("is made");

    assert_eq!(left(&db).await, everywhere(&["7"]));
    assert_eq!(counts(&db, id).await, (1, vec![(1, 1)]));
    store::defect::delete(&db, id, 7).await.expect("deletes");
    assert_eq!(left(&db).await, everywhere(&[]));
}

#[tokio::test]
async fn evidence_of_a_defect_that_does_not_exist_is_refused() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = inspection(&db, 1).await;
    let key = put(&db, &place.objects, "content").await;
    for of in [(id, 2), (Uuid::nil(), 1)] {
        let images = vec![image(id, 1, &key), image(of.0, of.1, &key)];
        let spectra = [spectrum(of.0, of.1, &key, &[("Fe", 0.9)])];
        for refused in [
            store::image::insert(&db, images).await,
            store::spectrum::insert(&db, &spectra).await,
        ] {
            assert!(
                matches!(refused, Err(Error::Missing(Reference::Defect))),
                "{refused:?}"
            );
        }
    }
    assert_eq!(left(&db).await, everywhere(&[]));
}

#[tokio::test]
async fn a_defect_that_gets_its_first_image_is_not_deleted_from_under_it() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = inspection(&db, 1).await;
    let key = put(&db, &place.objects, "content").await;
    let tx = db.begin().await.expect("begins");
    store::image::insert(&tx, vec![image(id, 1, &key)])
        .await
        .expect("inserts");

    let other = db.clone();
    let deleting = tokio::spawn(async move { store::defect::delete(&other, id, 1).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!deleting.is_finished(), "it does not wait");
    tx.commit().await.expect("commits");

    assert!(deleting.await.expect("runs").expect("deletes"));
    assert_eq!(left(&db).await, everywhere(&[]));
}

#[tokio::test]
async fn defects_are_listed_by_what_is_stored_of_them() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = inspection(&db, 4).await;
    put_image(&db, &place.objects, (id, 1), "a").await;
    put_image(&db, &place.objects, (id, 2), "b").await;
    put_spectrum(&db, &place.objects, (id, 2), &[]).await;
    put_spectrum(&db, &place.objects, (id, 3), &[]).await;
    for (has_image, has_spectrum, expected) in [
        (None, None, vec![1, 2, 3, 4]),
        (Some(true), None, vec![1, 2]),
        (Some(false), None, vec![3, 4]),
        (None, Some(true), vec![2, 3]),
        (Some(true), Some(false), vec![1]),
        (Some(false), Some(false), vec![4]),
    ] {
        let filter = store::defect::Filter {
            has_image,
            has_spectrum,
            ..store::defect::Filter::of_inspection(id)
        };
        let rows = store::defect::after(&db, &filter, None, 10)
            .await
            .expect("lists");
        let numbers: Vec<i32> = rows.iter().map(|row| row.defect_no).collect();
        assert_eq!(numbers, expected, "{has_image:?} {has_spectrum:?}");
    }
}

#[tokio::test]
async fn several_defects_are_reclassified_at_once_and_the_counts_follow() {
    let db = TestDb::new().await.db;
    let scratch = defect_type(&db, "Scratch", 4, true).await;
    let id = inspection(&db, 4).await;
    let other = inspection(&db, 1).await;
    let changes = defect::ActiveModel {
        defect_type_id: Set(scratch),
        review_status: Set(ReviewStatus::Reviewed),
        ..Default::default()
    };
    let wanted = [(other, 1), (id, 4), (id, 2), (id, 99)];

    let tx = db.begin().await.expect("begins");
    let changed = store::defect::review_many(&tx, &wanted, changes)
        .await
        .expect("changes");
    tx.commit().await.expect("commits");

    let mut keys: Vec<_> = changed
        .iter()
        .map(|(row, _)| (row.inspection_id, row.defect_no))
        .collect();
    assert!(keys.is_sorted());
    keys.sort_by_key(|key| wanted.iter().position(|wanted| wanted == key));
    assert_eq!(keys, wanted[..3]);
    for (before, after) in &changed {
        assert_eq!(
            (before.defect_type_id, before.review_status),
            (1, ReviewStatus::Detected)
        );
        assert_eq!(
            (after.defect_type_id, after.review_status),
            (scratch, ReviewStatus::Reviewed)
        );
        assert_eq!(
            (before.x_mm, before.defect_no),
            (after.x_mm, after.defect_no)
        );
    }
    assert_eq!(counts(&db, id).await, (4, vec![(1, 2), (scratch, 2)]));
    assert_eq!(counts(&db, other).await, (1, vec![(scratch, 1)]));
    let unknown = defect::ActiveModel {
        defect_type_id: Set(999),
        ..Default::default()
    };
    let refused = store::defect::review_many(&db, &[(id, 1)], unknown).await;
    assert!(
        matches!(refused, Err(Error::Missing(Reference::DefectType))),
        "{refused:?}"
    );
}

/// The seed puts defect `n` at (n, -2.5) mm.
#[tokio::test]
async fn the_same_spot_is_the_nearest_defect_within_reach_on_every_other_inspection_of_the_wafer() {
    let db = TestDb::new().await.db;
    let at_step = |step, at, defects: usize| Inspected {
        step,
        at,
        defects: vec![1; defects],
        ..Inspected::default()
    };
    let later = at_step("M3", "2025-05-01T00:00:00Z", 3).insert(&db).await;
    let own = at_step("M2", "2025-03-04T00:00:00Z", 3).insert(&db).await;
    let earlier = at_step("M1", "2025-02-01T00:00:00Z", 1).insert(&db).await;
    Inspected {
        wafer: "LOT1:02",
        defects: vec![1; 3],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    execute(&db, &format!("update defect set x_mm = 3.03, y_mm = -2.46 where inspection_id = '{later}' and defect_no = 2"))
        .await
        .expect("moves");
    execute(
        &db,
        &format!("update defect set x_mm = 3.08 where inspection_id = '{later}' and defect_no = 3"),
    )
    .await
    .expect("moves");
    let defect = store::defect::get(&db, own, 3)
        .await
        .expect("reads")
        .expect("is there");

    let spots = store::defect::same_spot(&db, &defect, 0.1)
        .await
        .expect("reads");

    let seen: Vec<_> = spots
        .iter()
        .map(|spot| {
            (
                spot.inspection_id,
                spot.step_id.as_str(),
                spot.defect.as_ref().map(|d| d.defect_no),
            )
        })
        .collect();
    assert_eq!(seen, [(earlier, "M1", None), (later, "M3", Some(2))]);
    let distance = spots[1].distance_um.expect("is known");
    assert!((distance - 50.0).abs() < 1e-6, "{distance}");
    assert_eq!(
        spots[1].defect.as_ref().map(|d| d.inspection_id),
        Some(later)
    );
    let narrow = store::defect::same_spot(&db, &defect, 0.049)
        .await
        .expect("reads");
    assert!(narrow.iter().all(|spot| spot.defect.is_none()));
    let nowhere = defect::Model {
        x_mm: None,
        ..defect
    };
    let nowhere = store::defect::same_spot(&db, &nowhere, 0.1)
        .await
        .expect("reads");
    assert!(nowhere.len() == 2 && nowhere.iter().all(|spot| spot.defect.is_none()));
}
