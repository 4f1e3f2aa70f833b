//! Users.

use contract::ErrorCode;
use contract::user::Role;
use serde_json::json;

use crate::harness::{PASSWORD, TestApp, credentials};

#[actix_web::test]
async fn an_admin_creates_a_user_who_can_sign_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada =
        json!({"username": "ada", "display_name": "Ada", "role": "operator", "password": PASSWORD});

    let made = admin.post("/users", &ada).await;

    assert_eq!(made.status, 201);
    let location = made.header("location").to_owned();
    assert_eq!(
        location,
        format!(
            "/api/v1/users/{}",
            made.data()["user_id"].as_str().expect("id")
        )
    );
    assert_eq!(
        admin.get(&format!("/{location}")).await.data()["display_name"],
        "Ada"
    );
    assert!(!made.text.contains("password"), "{}", made.text);
    assert_eq!(
        app.sign_in("ada").await.get("/auth/me").await.data()["role"],
        "operator"
    );
}

#[actix_web::test]
async fn an_operator_cannot_manage_users() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let ada =
        json!({"username": "ada", "display_name": "Ada", "role": "admin", "password": PASSWORD});

    let refusal = operator.post("/users", &ada).await;

    assert_eq!(refusal.refusal(), (403, ErrorCode::RoleRequired));
    assert_eq!(refusal.details()["role"], "admin");
    assert_eq!(
        operator.get("/users").await.refusal(),
        (403, ErrorCode::RoleRequired)
    );
}

#[actix_web::test]
async fn a_username_is_taken_whatever_its_case() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.create_user("ada", Role::Viewer).await;
    let again =
        json!({"username": "Ada", "display_name": "Ada", "role": "viewer", "password": PASSWORD});

    let refusal = admin.post("/users", &again).await;

    assert_eq!(refusal.refusal(), (409, ErrorCode::AlreadyExists));
    assert_eq!(refusal.details()["field"], "username");
}

#[actix_web::test]
async fn a_deactivated_user_stops_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let user = app.create_user("ada", Role::Viewer).await;
    let ada = app.sign_in("ada").await;
    assert_eq!(ada.get("/wafers").await.status, 200);

    let url = format!("/users/{}", user.user_id);
    assert_eq!(admin.put(&url, &json!({"active": false})).await.status, 200);

    assert_eq!(
        ada.get("/wafers").await.refusal(),
        (401, ErrorCode::SessionEnded)
    );
    let again = app
        .anonymous()
        .post("/auth/login", &credentials("ada", PASSWORD))
        .await;
    assert_eq!(again.refusal(), (401, ErrorCode::InvalidCredentials));
}

#[actix_web::test]
async fn a_demoted_user_loses_the_role_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let user = app.create_user("ada", Role::Engineer).await;
    let ada = app.sign_in("ada").await;
    let tool = |id: &str| json!({"equipment_id": id});
    assert_eq!(ada.post("/equipment", &tool("A")).await.status, 201);

    let url = format!("/users/{}", user.user_id);
    admin.put(&url, &json!({"role": "viewer"})).await.data();

    let refusal = ada.post("/equipment", &tool("B")).await;
    assert_eq!(refusal.refusal(), (403, ErrorCode::RoleRequired));
}

#[actix_web::test]
async fn the_last_admin_cannot_be_demoted_deactivated_or_deleted() {
    let app = TestApp::start().await;
    let root = app.create_user("root", Role::Admin).await;
    let admin = app.sign_in("root").await;
    let url = format!("/users/{}", root.user_id);
    let last = (409, ErrorCode::LastAdmin);

    assert_eq!(
        admin.put(&url, &json!({"role": "viewer"})).await.refusal(),
        last
    );
    assert_eq!(
        admin.put(&url, &json!({"active": false})).await.refusal(),
        last
    );
    assert_eq!(admin.delete(&url).await.refusal(), last);

    app.create_user("second", Role::Admin).await;
    assert_eq!(admin.delete(&url).await.status, 204);
}

#[actix_web::test]
async fn what_was_done_to_a_user_is_on_record_without_the_password() {
    let app = TestApp::start().await;
    app.create_user("root", Role::Admin).await;
    let admin = app.sign_in("root").await;
    let user = app.create_user("ada", Role::Viewer).await;
    let url = format!("/users/{}", user.user_id);
    let change = json!({"role": "engineer", "password": "another horse battery"});
    admin.put(&url, &change).await.data();

    let history = admin.get(&format!("{url}/history")).await;

    let actions: Vec<&str> = history
        .rows()
        .iter()
        .filter_map(|row| row["action"].as_str())
        .collect();
    assert_eq!(actions, ["user.password", "user.update", "user.create"]);
    let update = &history.rows()[1];
    assert_eq!(update["username"], "root");
    assert_eq!(update["before"], json!({"role": "viewer"}));
    assert_eq!(update["after"], json!({"role": "engineer"}));
    assert!(!history.text.contains("argon2") && !history.text.contains("horse"));
}

#[actix_web::test]
async fn users_are_listed_by_role_and_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for name in ["v1", "v2", "v3"] {
        app.create_user(name, Role::Viewer).await;
    }

    let page = admin
        .get("/users?role=viewer&per_page=2&page=2&sort=username")
        .await;

    let names: Vec<&str> = page
        .rows()
        .iter()
        .filter_map(|row| row["username"].as_str())
        .collect();
    assert_eq!(names, ["v3"]);
    let place = &page.body["pagination"];
    assert_eq!(
        (&place["total"], &place["total_pages"]),
        (&json!(3), &json!(2))
    );
}
