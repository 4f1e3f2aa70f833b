//! Images, spectra and references that come with a file.

use entity::inspection;
use store::{
    Error, Reference,
    image_reference::{self, Resolved},
    ingest::{File, ReferenceRow, References},
};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use super::{image, place::Place, put, spectrum};
use crate::{
    imports::{MOMENT, SHA, facts, file, job, rows},
    seed::{at, texts},
};

fn listed(defect_no: i32, ordinal: i16, file_name: &str) -> ReferenceRow<'_> {
    ReferenceRow {
        defect_no,
        ordinal,
        file_name,
        image_no: 3,
        image_type: Some("SEM"),
        description: None,
    }
}

/// A wafer of three defects with references, not ended.
async fn begin(db: &store::Db, references: &[ReferenceRow<'_>]) -> (File, Uuid) {
    let mut incoming = File::begin(db, job(db).await).await.expect("begins");
    let id = incoming
        .start_wafer(facts("LOT9:01"), at(MOMENT))
        .await
        .expect("starts");
    let mut listed = References::new(id);
    for row in references {
        listed.push(row);
    }
    incoming.push(rows(id, 1..=2)).await.expect("takes rows");
    incoming
        .push_references(listed)
        .await
        .expect("takes references");
    incoming.push(rows(id, 3..=3)).await.expect("takes rows");
    (incoming, id)
}

async fn end(mut incoming: File) {
    incoming
        .finish_wafer(inspection::ActiveModel::default())
        .await
        .expect("ends");
    incoming.commit(file(SHA)).await.expect("commits");
}

#[tokio::test]
async fn images_and_spectra_land_with_the_defects_of_their_file_or_not_at_all() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let key = put(&db, &place.objects, "content").await;
    for lands in [false, true] {
        let (mut incoming, id) = begin(&db, &[]).await;
        let images = (1..=3).map(|no| image(id, no, &key)).collect();
        let images = incoming.push_images(images).await.expect("takes images");
        let spectra = [spectrum(id, 2, &key, &[("Fe", 0.9), ("Cr", 0.7)])];
        incoming
            .push_spectra(&spectra)
            .await
            .expect("takes spectra");
        assert!(images.iter().all(|image| image.new));
        if lands {
            end(incoming).await;
        } else {
            incoming.rollback().await.expect("rolls back");
        }

        let found = store::evidence::of_defects(&db, &[(id, 1), (id, 2)])
            .await
            .expect("reads");
        let expected = if lands { (1, 1, 1) } else { (0, 0, 0) };
        let (first, second) = (&found[&(id, 1)], &found[&(id, 2)]);
        assert_eq!((first.images, second.images, second.spectra), expected);
        assert_eq!(second.elements.len(), if lands { 2 } else { 0 });
    }
}

#[tokio::test]
async fn an_image_of_a_defect_that_the_file_does_not_have_is_refused() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let key = put(&db, &place.objects, "content").await;
    let (mut incoming, id) = begin(&db, &[]).await;
    let refused = incoming
        .push_images(vec![image(id, 1, &key), image(id, 4, &key)])
        .await;
    assert!(
        matches!(refused, Err(Error::Missing(Reference::Defect))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn references_wait_for_their_images_whatever_the_case_of_the_name() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let references = [
        listed(1, 1, "Lot9_W1.TIF"),
        listed(2, 1, "lot9_w1.tif"),
        listed(2, 2, "Größe\0.jpg"),
        listed(3, 1, "other.tif"),
    ];
    let (incoming, id) = begin(&db, &references).await;
    end(incoming).await;

    let names = [
        "lot9_w1.tif".to_owned(),
        "grÖSSe.jpg".to_owned(),
        "größe.jpg".to_owned(),
    ];
    let waiting = image_reference::waiting(&db, &names, None)
        .await
        .expect("reads");
    let places: Vec<(i32, i16)> = waiting.iter().map(|r| (r.defect_no, r.ordinal)).collect();
    assert_eq!(places, [(1, 1), (2, 1), (2, 2)]);
    assert_eq!(waiting[0].file_name, "Lot9_W1.TIF");
    assert_eq!(
        (waiting[0].image_no, waiting[0].image_type.as_deref()),
        (3, Some("SEM"))
    );
    let elsewhere = image_reference::waiting(&db, &names, Some(&[Uuid::nil()])).await;
    assert_eq!(elsewhere.expect("reads"), []);

    let key = put(&db, &place.objects, "tiff").await;
    let stored = store::image::insert(&db, vec![image(id, 2, &key)])
        .await
        .expect("inserts");
    let resolved = Resolved {
        inspection_id: id,
        defect_no: 2,
        ordinal: 1,
        image_id: stored[0].id,
    };
    assert_eq!(
        image_reference::resolve(&db, &[resolved])
            .await
            .expect("notes"),
        1
    );
    assert_eq!(
        image_reference::resolve(&db, &[resolved])
            .await
            .expect("notes"),
        0
    );
    let waiting = image_reference::waiting(&db, &names[..1], Some(&[id]))
        .await
        .expect("reads");
    assert_eq!(waiting.len(), 1);
    let all = image_reference::of_inspections(&db, &[id])
        .await
        .expect("reads");
    let images: Vec<Option<Uuid>> = all.iter().map(|r| r.image_id).collect();
    assert_eq!(images, [None, Some(stored[0].id), None, None]);

    store::image::delete(&db, stored[0].id)
        .await
        .expect("deletes");
    let waiting = image_reference::waiting(&db, &names[..1], None)
        .await
        .expect("reads");
    assert_eq!(waiting.len(), 2, "a deleted image is waited for again");
    let unknown = Resolved {
        image_id: Uuid::nil(),
        ..resolved
    };
    let refused = image_reference::resolve(&db, &[unknown]).await;
    assert!(
        matches!(refused, Err(Error::Missing(Reference::Image))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_image_may_be_reported_on_as_often_as_it_comes_a_klarf_file_lands_once() {
    use entity::import_file::{FileKind, ImportState};
    let db = TestDb::new().await.db;
    let report = |kind| store::ingest::Report {
        file_name: "D1.tif".to_owned(),
        sha256: Some(SHA.to_owned()),
        bytes: 7,
        kind,
        klarf_version: None,
        images: 2,
        error: None,
        diagnostics: serde_json::json!([]),
    };
    let job = job(&db).await;
    for _ in 0..2 {
        let row = report(FileKind::Image).row(job, ImportState::Imported);
        let written = store::job::insert_file(&db, row).await.expect("writes");
        assert_eq!((written.kind, written.images), (FileKind::Image, 2));
    }
    assert_eq!(store::job::imported(&db, SHA).await.expect("reads"), None);
    let (incoming, _) = begin(&db, &[]).await;
    end(incoming).await;
    let again = report(FileKind::Klarf).row(job, ImportState::Imported);
    let refused = store::job::insert_file(&db, again).await;
    assert!(
        matches!(refused, Err(Error::Exists(store::Unique::ImportedFile))),
        "{refused:?}"
    );
    let kinds = texts(&db, "select kind from import_file order by finished_at").await;
    assert_eq!(kinds, ["image", "image", "klarf"]);
}
