//! A caller of the API for benchmarks.

use contract::user::{Role, UserCreate};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::{Value, json};
use store::Db;

/// A client whose requests carry the token of a new viewer; `base` ends with the API's prefix.
pub async fn signed_in(db: &Db, base: &str) -> reqwest::Client {
    let password = "correct horse battery".to_owned();
    let login = json!({"username": "bench", "password": password});
    let user = UserCreate {
        username: "bench".to_owned(),
        display_name: "Bench".to_owned(),
        role: Role::Viewer,
        password,
    };
    let made = server::service::user::create(db, None, user).await;
    made.expect("user is made");
    let asked = reqwest::Client::new()
        .post(format!("{base}/auth/login"))
        .json(&login);
    let answer = asked.send().await.expect("answers");
    let answer: Value = answer.json().await.expect("JSON");
    let token = answer["data"]["access_token"].as_str().expect("a token");
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
    let client = reqwest::Client::builder().default_headers(headers);
    client.build().expect("a client")
}
