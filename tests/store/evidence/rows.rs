//! Rows of images, spectra and references.

use wafermaps_tests::TestDb;

use super::{image, insert_image, place::Place, put, put_image, put_spectrum};
use crate::seed::Inspected;

#[tokio::test]
async fn the_same_image_of_a_defect_is_one_image() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = Inspected {
        defects: vec![1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let key = put(&db, &place.objects, "image").await;

    let first = insert_image(&db, image(id, 1, &key)).await;
    let again = store::image::insert(
        &db,
        vec![image(id, 1, &key), image(id, 2, &key), image(id, 2, &key)],
    )
    .await
    .expect("inserts");

    assert!(first.new);
    assert_eq!((again[0].id, again[0].new), (first.id, false));
    assert!(again[1].new && !again[2].new && again[1].id == again[2].id);
    let listed = store::image::list_of_defect(&db, id, 1)
        .await
        .expect("lists");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].original_bytes, 5);
    assert_eq!(listed[0].image.pixel_size_nm, Some(2.5));
}

#[tokio::test]
async fn the_evidence_of_a_page_of_defects_is_counted_and_its_elements_are_heaviest_first() {
    let (db, place) = (TestDb::new().await.db, Place::folder());
    let id = Inspected {
        defects: vec![1, 1, 1],
        ..Inspected::default()
    }
    .insert(&db)
    .await;
    let first = put_image(&db, &place.objects, (id, 1), "a").await;
    put_image(&db, &place.objects, (id, 1), "b").await;
    put_spectrum(
        &db,
        &place.objects,
        (id, 1),
        &[("Si", 0.6), ("Fe", 0.9), ("Cr", 0.4)],
    )
    .await;
    put_spectrum(&db, &place.objects, (id, 1), &[("Si", 0.95)]).await;

    let evidence = store::evidence::of_defects(&db, &[(id, 1), (id, 2)])
        .await
        .expect("reads");

    let of_first = &evidence[&(id, 1)];
    assert_eq!((of_first.images, of_first.spectra), (2, 2));
    assert_eq!(of_first.first_image_id, Some(first));
    assert_eq!(of_first.elements, ["Si", "Fe"]);
    assert_eq!(evidence[&(id, 2)], store::evidence::Evidence::default());
    let (gallery, left_out) = store::image::gallery(&db, id, 1).await.expect("reads");
    assert_eq!((gallery.len(), left_out), (1, 1));
    assert_eq!(gallery[0].elements, ["Si", "Fe"]);
}
