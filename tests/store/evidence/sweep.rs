//! What nothing refers to goes, what something refers to stays, and nothing refers to what is not there.

use wafermaps_tests::TestDb;

use super::{AT_ONCE, HOUR, place::Place, put, put_image, stored, sweep};
use crate::seed::Inspected;

#[tokio::test]
async fn content_of_a_failed_transaction_is_swept_and_fresh_content_stays() {
    for place in Place::each().await {
        let db = TestDb::new().await.db;
        let id = Inspected {
            defects: vec![1],
            ..Inspected::default()
        }
        .insert(&db)
        .await;
        put_image(&db, &place.objects, (id, 1), "kept").await;
        let orphan = put(&db, &place.objects, "of a transaction that failed").await;

        let fresh = sweep(&db, &place.objects, HOUR).await;
        assert_eq!(fresh, store::object::Swept::default(), "{}", place.name);
        assert_eq!(place.files().len(), 2, "{}", place.name);

        let swept = sweep(&db, &place.objects, AT_ONCE).await;
        assert_eq!((swept.rows, swept.objects, swept.bytes), (1, 1, 28));
        assert_eq!(swept.missing, []);
        assert_eq!(place.files(), stored(&db).await, "{}", place.name);
        assert!(!place.files().contains(&orphan.to_string()));
    }
}
