//! Users, sessions, the audit log.

use chrono::{Duration, Utc};
use entity::{
    app_user::{self, Role},
    audit_log, session,
};
use sea_orm::{ActiveValue::Set, TransactionTrait};
use store::{Db, Error, Order, Paging, Unique, session::Presented};
use uuid::Uuid;
use wafermaps_tests::TestDb;

use crate::seed::user;

async fn token(
    db: &Db,
    user_id: Uuid,
    family_id: Uuid,
    hash: u8,
    lives: Duration,
) -> session::Model {
    let row = session::ActiveModel {
        session_id: Set(Uuid::now_v7()),
        family_id: Set(family_id),
        user_id: Set(user_id),
        token_hash: Set(vec![hash; 32]),
        expires_at: Set(Utc::now() + lives),
        ..Default::default()
    };
    store::session::insert(db, row).await.expect("session")
}

#[tokio::test]
async fn a_user_is_found_by_name_or_address_whatever_the_case() {
    let db = TestDb::new().await.db;
    let id = user(&db, "Ada", Role::Engineer).await;
    let address = app_user::ActiveModel {
        email: Set(Some("Ada@fab.example".to_owned())),
        ..Default::default()
    };
    store::user::update(&db, id, address, None)
        .await
        .expect("updates");

    for login in ["ada", "ADA", "ada@FAB.example"] {
        let found = store::user::find_by_login(&db, login).await.expect("reads");
        assert_eq!(found.map(|user| user.user_id), Some(id), "{login}");
    }
    assert_eq!(
        store::user::find_by_login(&db, "ad").await.expect("reads"),
        None
    );
}

#[tokio::test]
async fn a_name_that_differs_in_case_only_is_taken() {
    let db = TestDb::new().await.db;
    user(&db, "ada", Role::Viewer).await;
    let row = app_user::ActiveModel {
        user_id: Set(Uuid::now_v7()),
        username: Set("ADA".to_owned()),
        display_name: Set("Another".to_owned()),
        password_hash: Set("no hash".to_owned()),
        role: Set(Role::Viewer),
        ..Default::default()
    };

    let refused = store::user::insert(&db, row).await.expect_err("is taken");

    assert!(
        matches!(refused, Error::Exists(Unique::Username)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn users_are_listed_by_role_in_the_order_of_what_they_may_do() {
    let db = TestDb::new().await.db;
    for (name, role) in [
        ("root", Role::Admin),
        ("eve", Role::Engineer),
        ("otto", Role::Operator),
        ("vera", Role::Viewer),
    ] {
        user(&db, name, role).await;
    }
    let filter = store::user::Filter {
        search: Some("o".to_owned()),
        ..Default::default()
    };

    let page = store::user::list(
        &db,
        &filter,
        store::user::Sort::Role,
        Order::Ascending,
        Paging::default(),
    )
    .await
    .expect("lists");

    let names: Vec<_> = page
        .rows
        .iter()
        .map(|user| user.username.as_str())
        .collect();
    assert_eq!((names, page.total), (vec!["otto", "root"], 2));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_is_told_apart() {
    let db = TestDb::new().await.db;
    let (id, family) = (user(&db, "ada", Role::Viewer).await, Uuid::now_v7());
    let issued = token(&db, id, family, 1, Duration::days(1)).await;

    let first = store::session::present(&db, &[1; 32]).await.expect("reads");
    let second = store::session::present(&db, &[1; 32]).await.expect("reads");

    assert!(matches!(first, Presented::Fresh(session) if session.session_id == issued.session_id));
    assert!(matches!(second, Presented::Used(session) if session.family_id == family));
}

#[tokio::test]
async fn of_two_that_present_a_token_at_the_same_moment_one_gets_it() {
    let db = TestDb::new().await.db;
    let id = user(&db, "ada", Role::Viewer).await;
    token(&db, id, Uuid::now_v7(), 1, Duration::days(1)).await;

    let (one, other) = tokio::join!(
        store::session::present(&db, &[1; 32]),
        store::session::present(&db, &[1; 32])
    );

    let fresh = [one.expect("reads"), other.expect("reads")]
        .iter()
        .filter(|seen| matches!(seen, Presented::Fresh(_)))
        .count();
    assert_eq!(fresh, 1);
}

#[tokio::test]
async fn a_revoked_family_an_old_token_and_a_made_up_one_are_refused() {
    let db = TestDb::new().await.db;
    let (id, family) = (user(&db, "ada", Role::Viewer).await, Uuid::now_v7());
    token(&db, id, family, 1, Duration::days(1)).await;
    token(&db, id, Uuid::now_v7(), 2, Duration::seconds(-1)).await;

    assert!(
        store::session::is_family_alive(&db, family)
            .await
            .expect("reads")
    );
    assert_eq!(
        store::session::revoke_family(&db, family, "logout")
            .await
            .expect("revokes"),
        1
    );

    assert!(
        !store::session::is_family_alive(&db, family)
            .await
            .expect("reads")
    );
    assert!(matches!(
        store::session::present(&db, &[1; 32]).await.expect("reads"),
        Presented::Revoked(_)
    ));
    assert!(matches!(
        store::session::present(&db, &[2; 32]).await.expect("reads"),
        Presented::Expired(_)
    ));
    assert_eq!(
        store::session::present(&db, &[3; 32]).await.expect("reads"),
        Presented::Unknown
    );
    assert_eq!(
        store::session::forget_expired(&db, Utc::now())
            .await
            .expect("forgets"),
        1
    );
}

#[tokio::test]
async fn revoking_a_users_sessions_can_spare_the_one_at_hand() {
    let db = TestDb::new().await.db;
    let (id, here, elsewhere) = (
        user(&db, "ada", Role::Viewer).await,
        Uuid::now_v7(),
        Uuid::now_v7(),
    );
    token(&db, id, here, 1, Duration::days(1)).await;
    token(&db, id, elsewhere, 2, Duration::days(1)).await;

    store::session::revoke_user(&db, id, Some(here), "password changed")
        .await
        .expect("revokes");

    let alive = store::session::of_user(&db, id).await.expect("reads");
    assert_eq!(
        alive
            .iter()
            .map(|session| session.family_id)
            .collect::<Vec<_>>(),
        [here]
    );
}

#[tokio::test]
async fn a_removed_user_leaves_the_audit_log_but_no_session() {
    let db = TestDb::new().await.db;
    let id = user(&db, "ada", Role::Engineer).await;
    token(&db, id, Uuid::now_v7(), 1, Duration::days(1)).await;
    for action in ["wafer.create", "wafer.update"] {
        let entry = audit_log::ActiveModel {
            user_id: Set(Some(id)),
            username: Set(Some("ada".to_owned())),
            action: Set(action.to_owned()),
            entity: Set("wafer".to_owned()),
            entity_id: Set("W1".to_owned()),
            ..Default::default()
        };
        store::audit::insert(&db, entry).await.expect("logs");
    }

    assert!(store::user::delete(&db, id).await.expect("deletes"));

    assert_eq!(
        store::session::present(&db, &[1; 32]).await.expect("reads"),
        Presented::Unknown
    );
    let history = store::audit::history(&db, "wafer", "W1", Paging::default())
        .await
        .expect("reads");
    let actions: Vec<_> = history
        .rows
        .iter()
        .map(|entry| entry.action.as_str())
        .collect();
    assert_eq!(
        (actions, history.total),
        (vec!["wafer.update", "wafer.create"], 2)
    );
}

#[tokio::test]
async fn the_last_active_administrator_is_known() {
    let db = TestDb::new().await.db;
    let (root, second) = (
        user(&db, "root", Role::Admin).await,
        user(&db, "second", Role::Admin).await,
    );
    user(&db, "vera", Role::Viewer).await;
    assert_eq!(
        store::user::other_active_admins(&db, root)
            .await
            .expect("reads"),
        1
    );

    let resting = app_user::ActiveModel {
        active: Set(false),
        ..Default::default()
    };
    store::user::update(&db, second, resting, None)
        .await
        .expect("updates");

    assert_eq!(
        store::user::other_active_admins(&db, root)
            .await
            .expect("reads"),
        0
    );
}

#[tokio::test]
async fn a_refresh_that_is_under_way_does_not_outlive_the_revocation() {
    let db = TestDb::new().await.db;
    let (id, family) = (user(&db, "ada", Role::Viewer).await, Uuid::now_v7());
    token(&db, id, family, 1, Duration::days(1)).await;
    let refresh = db.begin().await.expect("begins");
    let presented = store::session::present(&refresh, &[1; 32]).await;
    assert!(matches!(presented, Ok(Presented::Fresh(_))));
    let next = session::ActiveModel {
        session_id: Set(Uuid::now_v7()),
        family_id: Set(family),
        user_id: Set(id),
        token_hash: Set(vec![2; 32]),
        expires_at: Set(Utc::now() + Duration::days(1)),
        ..Default::default()
    };
    store::session::insert(&refresh, next)
        .await
        .expect("session");

    let admin = db.clone();
    let revoking =
        tokio::spawn(async move { store::session::revoke_user(&admin, id, None, "test").await });
    // By then it waits for the token that the refresh has locked.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    refresh.commit().await.expect("commits");
    revoking.await.expect("ends").expect("revokes");

    let seen = store::session::present(&db, &[2; 32]).await.expect("reads");
    assert!(matches!(seen, Presented::Revoked(_)), "{seen:?}");
}
