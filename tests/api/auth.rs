//! Signing in, staying signed in, signing out.

use std::time::Duration;

use contract::ErrorCode;
use contract::user::Role;
use reqwest::Method;
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::json;

use crate::harness::{Answer, PASSWORD, TestApp, credentials};

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let client = app.anonymous();
    let request = client.request(Method::POST, "/auth/refresh");
    let request = request.header("cookie", format!("wafermaps_refresh={token}"));
    client.answer(request).await
}

async fn sign_in(app: &TestApp, username: &str) -> Answer {
    let body = credentials(username, PASSWORD);
    app.anonymous().post("/auth/login", &body).await
}

#[actix_web::test]
async fn a_sign_in_gives_a_token_for_15_minutes_and_a_cookie_out_of_reach_of_scripts() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Engineer).await;

    let answer = sign_in(&app, "ADA").await;

    assert_eq!(answer.data()["expires_in"], 900);
    assert_eq!(answer.data()["user"]["role"], "engineer");
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = answer.data()["access_token"].as_str().expect("a token");
    let me = app.bearer(token).get("/auth/me").await;
    assert_eq!(me.data()["username"], "ada");
}

#[actix_web::test]
async fn under_https_the_cookie_is_secure() {
    let app = TestApp::start_with(|config| config.is_https = true).await;
    app.create_user("ada", Role::Viewer).await;
    let answer = sign_in(&app, "ada").await;
    assert!(answer.header("set-cookie").contains("Secure"));
}

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_user_are_not_told_apart() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Viewer).await;
    let client = app.anonymous();

    let wrong = client
        .post("/auth/login", &credentials("ada", "not her password"))
        .await;
    let unknown = client
        .post("/auth/login", &credentials("bob", "not her password"))
        .await;

    assert_eq!(wrong.refusal(), (401, ErrorCode::InvalidCredentials));
    assert_eq!(unknown.refusal(), wrong.refusal());
    assert_eq!(unknown.body["error"], wrong.body["error"]);
}

#[actix_web::test]
async fn too_many_attempts_are_held_back_with_a_time_to_wait() {
    let app = TestApp::start_with(|config| config.limits.logins_per_username = 3).await;
    app.create_user("ada", Role::Viewer).await;
    let client = app.anonymous();
    let wrong = credentials("ada", "not her password");
    for _ in 0..3 {
        let answer = client.post("/auth/login", &wrong).await;
        assert_eq!(answer.refusal(), (401, ErrorCode::InvalidCredentials));
    }

    let held_back = client
        .post("/auth/login", &credentials("ada", PASSWORD))
        .await;

    assert_eq!(held_back.refusal(), (429, ErrorCode::RateLimited));
    let wait: u64 = held_back.header("retry-after").parse().expect("seconds");
    assert!((1..=20).contains(&wait), "{wait}");
}

#[actix_web::test]
async fn a_refresh_token_counts_once_and_leads_to_the_next() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Viewer).await;
    let first = sign_in(&app, "ada").await.refresh_cookie();

    let answer = refresh(&app, &first).await;
    let second = answer.refresh_cookie();

    assert_ne!(first, second);
    let token = answer.data()["access_token"].as_str().expect("a token");
    assert_eq!(app.bearer(token).get("/auth/me").await.status, 200);
    assert_eq!(refresh(&app, &second).await.status, 200);
}

#[actix_web::test]
async fn a_replayed_refresh_token_kills_its_family_with_its_access_tokens() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Viewer).await;
    let other_session = sign_in(&app, "ada").await;
    let stolen = sign_in(&app, "ada").await.refresh_cookie();
    let answer = refresh(&app, &stolen).await;
    let (next, token) = (
        answer.refresh_cookie(),
        answer.data()["access_token"].clone(),
    );

    let replay = refresh(&app, &stolen).await;

    let ended = (401, ErrorCode::SessionEnded);
    assert_eq!(replay.refusal(), ended);
    assert_eq!(refresh(&app, &next).await.refusal(), ended);
    let client = app.bearer(token.as_str().expect("a token"));
    assert_eq!(client.get("/auth/me").await.refusal(), ended);
    // The other sign-in is another family.
    assert_eq!(
        refresh(&app, &other_session.refresh_cookie()).await.status,
        200
    );
}

#[actix_web::test]
async fn without_a_cookie_there_is_nothing_to_refresh() {
    let app = TestApp::start().await;
    let answer = app
        .anonymous()
        .send(Method::POST, "/auth/refresh", None)
        .await;
    assert_eq!(answer.refusal(), (401, ErrorCode::SessionEnded));
}

#[actix_web::test]
async fn after_signing_out_neither_token_counts() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Viewer).await;
    let answer = sign_in(&app, "ada").await;
    let cookie = answer.refresh_cookie();
    let client = app.bearer(answer.data()["access_token"].as_str().expect("a token"));
    assert_eq!(client.get("/auth/me").await.status, 200);

    let request = client.request(Method::POST, "/auth/logout");
    let request = request.header("cookie", format!("wafermaps_refresh={cookie}"));
    assert_eq!(client.answer(request).await.status, 204);

    let ended = (401, ErrorCode::SessionEnded);
    assert_eq!(refresh(&app, &cookie).await.refusal(), ended);
    assert_eq!(client.get("/auth/me").await.refusal(), ended);
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let app = TestApp::start().await;
    app.create_user("ada", Role::Viewer).await;
    let here = app.sign_in("ada").await;
    let elsewhere = app.sign_in("ada").await;
    let change = json!({"current_password": PASSWORD, "new_password": "another horse battery"});

    assert_eq!(here.put("/auth/password", &change).await.status, 204);

    assert_eq!(here.get("/auth/me").await.status, 200);
    let ended = (401, ErrorCode::SessionEnded);
    assert_eq!(elsewhere.get("/auth/me").await.refusal(), ended);
    let old = app
        .anonymous()
        .post("/auth/login", &credentials("ada", PASSWORD))
        .await;
    assert_eq!(old.refusal(), (401, ErrorCode::InvalidCredentials));
    let new = credentials("ada", "another horse battery");
    assert_eq!(app.anonymous().post("/auth/login", &new).await.status, 200);
}

#[actix_web::test]
async fn a_new_password_needs_the_current_one_and_keeps_the_rules() {
    let app = TestApp::start().await;
    let client = app.viewer().await;
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});

    let wrong = client
        .put("/auth/password", &change("wrong", "another horse battery"))
        .await;
    assert_eq!(wrong.refusal(), (401, ErrorCode::InvalidCredentials));

    let short = client
        .put("/auth/password", &change(PASSWORD, "too short"))
        .await;
    assert_eq!(short.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(short.details()["field"], "new_password");
    assert!(
        !short.text.contains("too short"),
        "a password is never repeated"
    );
}

#[actix_web::test]
async fn a_sign_in_that_is_under_way_does_not_outlive_its_password() {
    let app = TestApp::start().await;
    let user = app.create_user("ada", Role::Viewer).await;
    let db = &app.db.db;
    let change = db.begin().await.expect("begins");
    let changes = entity::app_user::ActiveModel {
        password_hash: Set("$argon2id$another".to_owned()),
        ..Default::default()
    };
    let changed = store::user::update(&change, user.user_id, changes, None).await;
    assert!(changed.expect("changes").is_some());

    let client = app.anonymous();
    let signing_in = actix_web::rt::spawn(async move {
        client
            .post("/auth/login", &credentials("ada", PASSWORD))
            .await
    });
    // The old password was right when it was checked; then the sign-in waits for the account.
    let waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, waiting))
        .await
        .expect("reads")
        .is_none()
    {
        assert!(!signing_in.is_finished(), "the sign-in does not wait");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    change.commit().await.expect("commits");

    let answer = signing_in.await.expect("ends");
    assert_eq!(
        answer.refusal(),
        (401, ErrorCode::InvalidCredentials),
        "{answer:?}"
    );
}
