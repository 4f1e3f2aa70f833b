//! Senders that hang up half-way, on a folder and on a real S3 server: nothing half stays.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use crate::evidence::{inspection, png, send, tiff_of};
use crate::harness::{Client, TestApp};
use crate::image::files_below;
use crate::place::Place;

/// Sends a form with a whole file and half of another, and hangs up.
fn hang_up(app: &TestApp, client: &Client, path: &str, whole: &[u8], cut: &[u8]) {
    let address = app.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).expect("connects");
    let part = |name: &str| {
        format!(
            "--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n"
        )
    };
    let mut body = part("whole.png").into_bytes();
    body.extend_from_slice(whole);
    body.extend_from_slice(format!("\r\n{}", part("cut.tif")).as_bytes());
    body.extend_from_slice(&cut[..cut.len() / 2]);
    let announced = body.len() + cut.len();
    let token = client.token.as_deref().expect("a token");
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=edge\r\ncontent-length: {announced}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).expect("is sent");
    socket.write_all(&body).expect("is sent");
    socket.flush().expect("is sent");
    // Some time for the server to begin with it.
    std::thread::sleep(Duration::from_millis(300));
    socket.shutdown(std::net::Shutdown::Both).expect("hangs up");
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    let row = app
        .db
        .db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await;
    row.expect("answers")
        .expect("a row")
        .try_get_by_index(0)
        .expect("a number")
}

/// Waits until nothing is held for a request any more.
async fn until_forgotten(app: &TestApp) {
    let started = Instant::now();
    let uploads = app.folder.path().join("uploads");
    while !files_below(&uploads).is_empty() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the half file stays"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[actix_web::test]
async fn a_request_that_is_cut_off_leaves_no_half_object_and_no_row() {
    for place in Place::each().await {
        let app = TestApp::start_on(Some(place.objects.clone()), |_| {}).await;
        let engineer = app.engineer().await;
        let (_, defects) = inspection(&engineer, 1).await;
        let path = format!("/defects/{}/sem", defects[0]);
        let cut = tiff_of(1500, 1500);

        hang_up(&app, &engineer, &path, &png(0), &cut);
        until_forgotten(&app).await;

        let name = place.name;
        assert_eq!(count(&app, "defect_image").await, 0, "{name}");
        assert_eq!(
            count(&app, "audit_log where action = 'image.create'").await,
            0,
            "{name}"
        );
        // The whole file before it is there, whole, until it is swept; of the half one there is nothing.
        assert_eq!(
            (count(&app, "stored_object").await, place.files().len()),
            (1, 1),
            "{name}"
        );
        let swept = store::object::sweep(&app.db.db, &place.objects, Duration::ZERO).await;
        assert_eq!(swept.expect("sweeps").objects, 1, "{name}");
        assert!(place.files().is_empty(), "{name}: {:?}", place.files());
        assert_eq!(count(&app, "stored_object").await, 0, "{name}");

        // The same again, whole, works.
        let sent = send(&engineer, &path, &[("whole.png", png(0)), ("cut.tif", cut)]).await;
        assert_eq!(sent.rows().len(), 2, "{name}");
        let swept = store::object::sweep(&app.db.db, &place.objects, Duration::ZERO).await;
        assert_eq!(
            swept.expect("sweeps"),
            store::object::Swept::default(),
            "{name}: nothing is swept that is used"
        );
        let id = crate::seed::id(&sent.rows()[1]["image_id"]);
        let request = engineer.request(reqwest::Method::GET, &format!("/images/{id}/original"));
        let bytes = request
            .header("range", "bytes=2000000-2000003")
            .send()
            .await
            .expect("answers");
        assert_eq!(
            (
                bytes.status().as_u16(),
                bytes.bytes().await.expect("a body").len()
            ),
            (206, 4),
            "{name}"
        );
        assert_eq!(engineer.delete(&format!("/images/{id}")).await.status, 204);
        store::object::sweep(&app.db.db, &place.objects, Duration::ZERO)
            .await
            .expect("sweeps");
        assert_eq!(
            place.files().len(),
            1,
            "{name}: the deleted image's bytes have gone"
        );
    }
}

#[actix_web::test]
async fn an_import_whose_image_is_cut_off_keeps_its_klarf_file_and_nothing_of_the_image() {
    for place in Place::each().await {
        let app = TestApp::start_on(Some(place.objects.clone()), |_| {}).await;
        let operator = app.operator().await;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/images");
        let klarf = std::fs::read(folder.join("flat-images.klarf")).expect("the sample is there");

        hang_up(&app, &operator, "/imports", &klarf, &tiff_of(1500, 1500));

        let started = Instant::now();
        let import = loop {
            let imports = operator.get("/imports").await;
            let first = imports.rows().first().cloned().unwrap_or_default();
            if !first["finished_at"].is_null() {
                break first;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{imports:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        until_forgotten(&app).await;
        let files = import["files"].as_array().expect("files");
        let states: Vec<_> = files
            .iter()
            .map(|file| json!([file["kind"], file["state"]]))
            .collect();
        assert_eq!(
            states,
            [json!(["klarf", "imported"]), json!(["image", "cancelled"])],
            "{}",
            place.name
        );
        assert_eq!(count(&app, "defect_image").await, 0);
        assert_eq!(
            count(&app, "image_reference where image_id is null").await,
            3
        );
        assert_eq!(
            (count(&app, "stored_object").await, place.files().len()),
            (0, 0),
            "{}",
            place.name
        );
    }
}
