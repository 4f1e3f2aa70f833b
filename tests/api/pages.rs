//! What is no route of the API: pages, files, the reference, and what does not exist.

use std::fs;

use contract::ErrorCode;
use reqwest::Method;
use wafermaps_tests::TestFolder;

use crate::harness::{Answer, TestApp};

async fn get(app: &TestApp, path: &str, accepted: &str) -> Answer {
    let client = app.anonymous();
    let request = client.request(Method::GET, &format!("/{path}"));
    client
        .answer(request.header("accept-encoding", accepted))
        .await
}

async fn app_with_pages(folder: &TestFolder) -> TestApp {
    let dist = folder.path().to_owned();
    fs::write(
        dist.join("index.html"),
        "<html><script>start()</script></html>",
    )
    .expect("is written");
    fs::write(dist.join("app-0123456789abcdef.js"), "plain").expect("is written");
    fs::write(dist.join("app-0123456789abcdef.js.br"), "brotli").expect("is written");
    fs::write(dist.join("icon.svg"), "<svg/>").expect("is written");
    TestApp::start_with(|config| config.dist = dist).await
}

#[actix_web::test]
async fn every_view_is_a_link_to_the_entry_page_under_a_strict_policy() {
    let folder = TestFolder::new();
    let app = app_with_pages(&folder).await;
    for path in ["/", "/inspections/0190", "/wafers/LOT.1:02", "/trends"] {
        let page = get(&app, path, "").await;
        assert_eq!(page.text, "<html><script>start()</script></html>", "{path}");
        assert_eq!(page.header("cache-control"), "no-cache");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"));
    }
}

#[actix_web::test]
async fn a_file_with_a_hash_is_kept_for_ever_and_sent_compressed_to_who_takes_it() {
    let folder = TestFolder::new();
    let app = app_with_pages(&folder).await;
    let path = "/app-0123456789abcdef.js";

    let compressed = get(&app, path, "gzip, br").await;
    let plain = get(&app, path, "identity").await;

    assert_eq!(
        (
            compressed.text.as_str(),
            compressed.header("content-encoding")
        ),
        ("brotli", "br")
    );
    assert_eq!(
        (plain.text.as_str(), plain.header("content-encoding")),
        ("plain", "")
    );
    assert_eq!(
        plain.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(plain.header("content-type").starts_with("text/javascript"));
    assert_eq!(
        get(&app, "/icon.svg", "").await.header("cache-control"),
        "no-cache"
    );
}

#[actix_web::test]
async fn what_does_not_exist_is_a_refusal_like_any_other() {
    let app = TestApp::start().await;
    let client = app.anonymous();

    let route = client.get("/nonsense").await;
    assert_eq!(route.refusal(), (404, ErrorCode::RouteNotFound));
    assert_eq!(
        route.body["meta"]["request_id"],
        route.header("x-request-id")
    );

    let file = client.get("//secret.txt").await;
    assert_eq!(file.refusal(), (404, ErrorCode::RouteNotFound));

    let method = client.send(Method::PATCH, "/wafers", None).await;
    assert_eq!(method.refusal(), (405, ErrorCode::MethodNotAllowed));
    assert_eq!(method.header("allow"), "GET, POST");
}

#[actix_web::test]
async fn a_body_of_another_kind_or_size_is_refused() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    let login = || client.request(Method::POST, "/auth/login");

    let text = client
        .answer(login().header("content-type", "text/plain").body("{}"))
        .await;
    assert_eq!(text.refusal(), (415, ErrorCode::UnsupportedMediaType));

    let broken = client
        .answer(login().header("content-type", "application/json").body("{"))
        .await;
    assert_eq!(broken.refusal(), (400, ErrorCode::MalformedBody));

    let huge = login()
        .header("content-type", "application/json")
        .body(vec![b' '; 2 << 20]);
    assert_eq!(
        client.answer(huge).await.refusal(),
        (413, ErrorCode::TooLarge)
    );
}

#[actix_web::test]
async fn the_reference_is_served_with_its_document() {
    let app = TestApp::start().await;
    let page = get(&app, "/docs/", "").await;
    assert!(page.text.contains("swagger-ui"));
    let document = get(&app, "/openapi.json", "").await;
    assert_eq!(document.body["info"]["title"], "WaferMaps");
    assert_eq!(&document.body, crate::harness::document());
}

#[actix_web::test]
async fn health_tells_whether_the_database_answers() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    assert_eq!(client.get("//health/ready").await.body["database"], true);
    app.state.db.clone().close().await.expect("closes");
    assert_eq!(client.get("//health/ready").await.status, 503);
    assert_eq!(client.get("//health/live").await.status, 200);
}
