//! Content in a folder and in S3.

use bytes::Bytes;
use futures::TryStreamExt;
use store::{Error, Reference, object::Key};
use wafermaps_tests::{TestDb, TestFolder};

use super::{place::Place, put, stored};

/// Above the size that goes in one piece.
fn large() -> Bytes {
    (0..20_000_000_u32)
        .map(|i| (i >> 8) as u8 ^ i as u8)
        .collect()
}

#[tokio::test]
async fn content_is_read_as_it_was_put_in_whole_and_in_part() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let key = put(&db, &place.objects, "0123456789").await;
        assert_eq!(key, Key::of(b"0123456789"), "{}", place.name);

        let whole = place.objects.get(&key, None).await.expect("is there");
        assert_eq!((whole.bytes_total, whole.range.clone()), (10, 0..10));
        assert_eq!(whole.bytes().await.expect("reads"), "0123456789");
        let part = place.objects.get(&key, Some(3..7)).await.expect("is there");
        assert_eq!((part.bytes_total, part.range.clone()), (10, 3..7));
        assert_eq!(part.bytes().await.expect("reads"), "3456");
        let tail = place
            .objects
            .get(&key, Some(8..99))
            .await
            .expect("is there");
        assert_eq!(tail.range, 8..10, "{}", place.name);
        assert_eq!(tail.bytes().await.expect("reads"), "89");
        assert_eq!(place.objects.head(&key).await.expect("asks"), Some(10));
    }
}

#[tokio::test]
async fn content_that_is_not_there_is_missing_and_a_range_behind_its_end_is_refused() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let absent = Key::of(b"never put");
        let missing = place.objects.get(&absent, None).await.expect_err("missing");
        assert!(
            matches!(missing, Error::Missing(Reference::Object)),
            "{}: {missing:?}",
            place.name
        );
        assert_eq!(place.objects.head(&absent).await.expect("asks"), None);

        let key = put(&db, &place.objects, "0123456789").await;
        let refused = place.objects.get(&key, Some(10..12)).await;
        assert!(matches!(refused, Err(Error::Objects(_))), "{}", place.name);
    }
}

#[tokio::test]
async fn large_content_and_files_go_in_parts_and_come_back_as_a_stream() {
    let folder = TestFolder::new();
    let file = folder.path().join("large");
    std::fs::write(&file, large()).expect("writes");
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let key = place.objects.put_file(&db, &file).await.expect("stores");
        assert_eq!(key, Key::of(&large()), "{}", place.name);
        assert_eq!(place.files(), [key.as_str()], "{}", place.name);
        let content = place.objects.get(&key, None).await.expect("is there");
        let pieces: Vec<Bytes> = content.into_stream().try_collect().await.expect("reads");
        assert!(pieces.concat() == large(), "{}", place.name);

        let other: Bytes = [&large()[..], b"x"].concat().into();
        let key = put(&db, &place.objects, other.clone()).await;
        let content = place.objects.get(&key, None).await.expect("is there");
        assert!(
            content.bytes().await.expect("reads") == other,
            "{}",
            place.name
        );
    }
}

#[tokio::test]
async fn the_same_content_is_stored_once_and_not_written_again() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let first = put(&db, &place.objects, "same").await;
        let written = std::fs::metadata(place.file_of(&first)).expect("file");

        let contents = ["same", "other", "same", "other"].map(Bytes::from).to_vec();
        let keys = place.objects.put_many(&db, contents).await.expect("stores");

        let (same, other) = (Key::of(b"same"), Key::of(b"other"));
        assert_eq!(keys, [&same, &other, &same, &other].map(Clone::clone));
        let mut both = [same.to_string(), other.to_string()];
        both.sort();
        assert_eq!(place.files(), both, "{}", place.name);
        assert_eq!(stored(&db).await, both, "{}", place.name);
        let now = std::fs::metadata(place.file_of(&first)).expect("file");
        assert_eq!(
            now.modified().expect("time"),
            written.modified().expect("time"),
            "{}",
            place.name
        );
    }
}

#[tokio::test]
async fn content_whose_bytes_were_lost_is_written_again_when_it_is_put_again() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let key = put(&db, &place.objects, "lost").await;
        std::fs::remove_file(place.file_of(&key)).expect("removes");

        put(&db, &place.objects, "lost").await;

        assert_eq!(place.files(), [key.as_str()], "{}", place.name);
    }
}

#[tokio::test]
async fn nobody_else_reads_the_folder_and_an_open_one_is_closed() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TestFolder::new();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("sets");
    for path in [folder.path().join("a/b"), folder.path().to_owned()] {
        store::object::Objects::in_folder(&path).expect("opens");
        let mode = std::fs::metadata(&path)
            .expect("folder")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{path:?}");
    }
}
