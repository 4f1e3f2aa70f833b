//! Images of defects.

use std::path::{Path, PathBuf};

use contract::ErrorCode;
use reqwest::Method;
use serde_json::{Value, json};

use crate::evidence::{inspection, jpeg, png, send, tiff, tiff_16_bits};
use crate::harness::{Client, TestApp};
use crate::seed;

pub async fn bytes_of(client: &Client, path: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let request = client.request(Method::GET, path);
    let response = request.send().await.expect("answers");
    assert_eq!(response.status(), 200, "{path}");
    let headers = response.headers().clone();
    (headers, response.bytes().await.expect("a body").to_vec())
}

pub async fn total(app: &TestApp, table: &str) -> i64 {
    let rows = app.db.rows(&format!("select count(*) from {table}")).await;
    rows[0].try_get_by_index(0).expect("a number")
}

/// Sends one image to a fresh defect: its id.
pub async fn one_image(app: &TestApp, file: Vec<u8>) -> (Client, String) {
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let path = format!("/defects/{}/sem", defects[0]);
    let sent = send(&engineer, &path, &[("a.img", file)]).await;
    let id = seed::id(&sent.data()[0]["image_id"]);
    (engineer, id)
}

#[actix_web::test]
async fn images_of_every_kind_are_kept_as_sent_and_shown_in_the_browsers_way() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let path = format!("/defects/{}/sem", defects[0]);
    let (a, b, c) = (png(0), jpeg(1), tiff(&[10, 20]));

    let sent = send(
        &app.operator().await,
        &format!("{path}?kind=optical&pixel_size_nm=2.5"),
        &[
            ("x/a.tif", a.clone()),
            ("b.png", b.clone()),
            ("c.jpg", c.clone()),
        ],
    )
    .await;

    assert_eq!(
        (sent.status.as_u16(), sent.header("location")),
        (201, &*format!("/api/v1{path}"))
    );
    let list = engineer.get(&path).await;
    assert_eq!(list.rows(), sent.rows());
    let facts: Vec<_> = list
        .rows()
        .iter()
        .map(|row| {
            json!([
                row["file_name"],
                row["page"],
                row["media_type"],
                row["original_media_type"],
                row["kind"]
            ])
        })
        .collect();
    // Names say what they like: content tells.
    assert_eq!(
        json!(facts),
        json!([
            ["a.tif", 1, "image/png", "image/png", "optical"],
            ["b.png", 1, "image/jpeg", "image/jpeg", "optical"],
            ["c.jpg", 1, "image/png", "image/tiff", "optical"],
            ["c.jpg", 2, "image/png", "image/tiff", "optical"],
        ])
    );
    assert_eq!(list.rows()[0]["pixel_size_nm"], 2.5);
    assert_eq!(list.rows()[2]["original_bytes"], c.len());
    for (row, original) in list.rows().iter().zip([&a, &b, &c, &c]) {
        let id = seed::id(&row["image_id"]);
        let (headers, kept) = bytes_of(&engineer, &format!("/images/{id}/original")).await;
        assert_eq!(&kept, original);
        assert_eq!(
            headers["content-type"],
            row["original_media_type"].as_str().expect("text")
        );
        let (headers, shown) = bytes_of(&engineer, &format!("/images/{id}/content")).await;
        assert_eq!(
            headers["content-type"],
            row["media_type"].as_str().expect("text")
        );
        let image = image::load_from_memory(&shown).expect("is shown");
        assert_eq!(
            image.width(),
            row["width_px"].as_u64().expect("a number") as u32
        );
        let (_, small) = bytes_of(&engineer, &format!("/images/{id}/thumbnail")).await;
        let small = image::load_from_memory_with_format(&small, image::ImageFormat::Jpeg);
        let small = small.expect("is JPEG");
        assert!(small.width().max(small.height()) <= 128);
    }
    let second = seed::id(&list.rows()[3]["image_id"]);
    let (_, page) = bytes_of(&engineer, &format!("/images/{second}/content")).await;
    let page = image::load_from_memory(&page)
        .expect("is shown")
        .into_luma8();
    assert_eq!(page.get_pixel(0, 0).0, [20]);
}

#[actix_web::test]
async fn the_defect_tells_of_its_images_in_lists_and_on_its_own() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, defects) = inspection(&engineer, 3).await;
    let sent = send(
        &engineer,
        &format!("/defects/{}/sem", defects[1]),
        &[("a.png", png(0)), ("b.tif", tiff_16_bits())],
    )
    .await;
    assert_eq!(
        sent.data()[1]["metadata"],
        json!({"bits_per_sample": 16, "shown_black": 100, "shown_white": 4095})
    );

    let list = engineer
        .get(&format!("/inspections/{inspection}/defects"))
        .await;
    let counts: Vec<_> = list
        .rows()
        .iter()
        .map(|row| row["images"].clone())
        .collect();
    assert_eq!(counts, [0, 2, 0]);
    assert_eq!(list.rows()[1]["first_image_id"], sent.data()[0]["image_id"]);
    let with = engineer
        .get(&format!("/inspections/{inspection}/defects?has_image=true"))
        .await;
    assert_eq!(with.rows().len(), 1);
    let detail = engineer.get(&format!("/defects/{}", defects[1])).await;
    assert_eq!(detail.data()["defect"]["images"], 2);

    let gallery = engineer
        .get(&format!("/inspections/{inspection}/gallery"))
        .await;
    let items = gallery.data()["items"].as_array().expect("items");
    let ids: Vec<_> = items
        .iter()
        .map(|item| (&item["image_id"], &item["defect_id"]))
        .collect();
    let sent_ids = [&sent.data()[0]["image_id"], &sent.data()[1]["image_id"]];
    assert_eq!(
        ids,
        [
            (sent_ids[0], &json!(defects[1])),
            (sent_ids[1], &json!(defects[1]))
        ]
    );
    assert_eq!(gallery.data()["left_out"], 0);
}

#[actix_web::test]
async fn one_bad_file_refuses_all_of_its_request_by_name() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let path = format!("/defects/{}/sem", defects[0]);
    let text =
        b"FileVersion 1 2; this is no image but text that is long enough to be looked at".to_vec();
    let cut = png(3)[..200].to_vec();
    let spectrum = crate::evidence::spectrum(&["Fe"]);
    for (name, bytes, says) in [
        ("notes.png", text, "is none of PNG, JPEG, TIFF"),
        ("cut.png", cut, "is damaged"),
        ("a.msa", spectrum, "is a spectrum, not an image"),
        ("empty.png", Vec::new(), "is none of PNG"),
    ] {
        let refused = send(&engineer, &path, &[("good.png", png(0)), (name, bytes)]).await;
        assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput), "{name}");
        assert_eq!(refused.details()["value"], name);
        let rule = refused.details()["constraint"].as_str().expect("a rule");
        assert!(rule.contains(says), "{rule}");
    }
    assert!(engineer.get(&path).await.rows().is_empty());
    assert_eq!(total(&app, "defect_image").await, 0);
    assert_eq!(
        total(&app, "audit_log where action = 'image.create'").await,
        0
    );
}

#[actix_web::test]
async fn a_decompression_bomb_is_refused_with_its_size() {
    // 900 megapixels of one bit in 110 kB. Made first: it takes a slow machine longer than a server keeps a connection that
    // is idle.
    let mut bomb = Vec::new();
    let mut encoder = png::Encoder::new(&mut bomb, 30_000, 30_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("a header");
    writer
        .write_image_data(&vec![0; 30_000 / 8 * 30_000])
        .expect("pixels");
    writer.finish().expect("is whole");
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;

    let refused = send(
        &engineer,
        &format!("/defects/{}/sem", defects[0]),
        &[("bomb.png", bomb)],
    )
    .await;

    assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput));
    let rule = refused.details()["constraint"].as_str().expect("a rule");
    assert!(
        rule.starts_with("`bomb.png` has 30000 x 30000 pixels"),
        "{rule}"
    );
}

#[actix_web::test]
async fn an_image_that_the_defect_has_is_not_added_again_but_may_be_another_ones_too() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 2).await;
    let path = |defect: usize| format!("/defects/{}/sem", defects[defect]);
    let file = [("a.png", png(0))];
    let first = send(&engineer, &path(0), &file).await;
    let again = send(&engineer, &path(0), &file).await;
    let other = send(&engineer, &path(1), &file).await;
    assert_eq!(first.data(), again.data());
    assert_ne!(first.data()[0]["image_id"], other.data()[0]["image_id"]);
    assert_eq!(other.data()[0]["defect_id"], json!(defects[1]));
    assert_eq!(engineer.get(&path(0)).await.rows().len(), 1);
    // The bytes lie there once.
    assert_eq!(total(&app, "stored_object").await, 1);

    // The other defect's stays when the first one's goes.
    let id = seed::id(&first.data()[0]["image_id"]);
    assert_eq!(engineer.delete(&format!("/images/{id}")).await.status, 204);
    let kept = seed::id(&other.data()[0]["image_id"]);
    assert_eq!(
        bytes_of(&engineer, &format!("/images/{kept}/content"))
            .await
            .1,
        png(0)
    );
}

#[actix_web::test]
async fn a_defect_that_is_not_there_takes_no_image() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection(&engineer, 1).await;
    let inspection = inspection.replace('-', "");
    for id in [
        format!("{inspection}.99"),
        format!("{}.1", uuid::Uuid::nil().simple()),
    ] {
        let path = format!("/defects/{id}/sem");
        let refused = send(&engineer, &path, &[("a.png", png(0))]).await;
        assert_eq!(refused.refusal(), (404, ErrorCode::DefectNotFound));
        assert_eq!(
            engineer.get(&path).await.refusal(),
            (404, ErrorCode::DefectNotFound)
        );
    }
    assert_eq!(total(&app, "stored_object").await, 0);
}

#[actix_web::test]
async fn an_engineer_says_what_an_image_is_and_removes_it_and_that_is_on_record() {
    let app = TestApp::start().await;
    let (engineer, id) = one_image(&app, png(0)).await;
    let url = format!("/images/{id}");

    let changed = engineer
        .put(&url, &json!({"kind": "other", "pixel_size_nm": 3.5}))
        .await;
    assert_eq!(
        (&changed.data()["kind"], &changed.data()["pixel_size_nm"]),
        (&json!("other"), &json!(3.5))
    );
    let refused = engineer.put(&url, &json!({"pixel_size_nm": -1.0})).await;
    assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput));
    let operator = app.operator().await;
    assert_eq!(
        operator.delete(&url).await.refusal(),
        (403, ErrorCode::RoleRequired)
    );
    assert_eq!(engineer.delete(&url).await.status, 204);
    for path in [
        url.clone(),
        format!("{url}/content"),
        format!("{url}/thumbnail"),
    ] {
        assert_eq!(
            engineer.get(&path).await.refusal(),
            (404, ErrorCode::ImageNotFound)
        );
    }

    let log = app
        .admin()
        .await
        .get(&format!("/audit?entity=image&entity_id={id}"))
        .await;
    let actions: Vec<_> = log.rows().iter().map(|row| row["action"].clone()).collect();
    assert_eq!(actions, ["image.delete", "image.update", "image.create"]);
    assert_eq!(
        log.rows()[1]["before"],
        json!({"kind": "sem", "pixel_size_nm": null})
    );
    assert_eq!(log.rows()[2]["after"]["file_name"], "a.img");
}

#[actix_web::test]
async fn a_viewer_sees_images_and_adds_none() {
    let app = TestApp::start().await;
    let (engineer, id) = one_image(&app, png(0)).await;
    let viewer = app.viewer().await;
    bytes_of(&viewer, &format!("/images/{id}/content")).await;
    let defect = seed::id(&engineer.get(&format!("/images/{id}")).await.data()["defect_id"]);
    let refused = send(
        &viewer,
        &format!("/defects/{defect}/sem"),
        &[("b.png", png(1))],
    )
    .await;
    assert_eq!(refused.refusal(), (403, ErrorCode::RoleRequired));
    let anonymous = app.anonymous().get(&format!("/images/{id}/content")).await;
    assert_eq!(anonymous.refusal(), (401, ErrorCode::Unauthenticated));
}

/// What lies in the object store's folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let inside = entries
        .map(|entry| entry.path())
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path),
            false => vec![path],
        });
    inside.collect()
}

#[actix_web::test]
async fn a_refused_request_leaves_bytes_only_until_they_are_swept() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let files = [("good.tif", tiff(&[1])), ("bad.png", b"no image".to_vec())];
    let refused = send(&engineer, &format!("/defects/{}/sem", defects[0]), &files).await;
    assert_eq!(refused.status, 400);
    assert_eq!(total(&app, "stored_object").await, 2);
    let swept = store::object::sweep(
        &app.db.db,
        app.state.intake.objects(),
        std::time::Duration::ZERO,
    )
    .await;
    assert_eq!(swept.expect("sweeps").objects, 2);
    assert_eq!(total(&app, "stored_object").await, 0);
    assert!(
        files_below(app.folder.path()).is_empty(),
        "{:?}",
        files_below(app.folder.path())
    );
}

#[actix_web::test]
async fn a_defect_that_goes_takes_its_images_along() {
    let app = TestApp::start().await;
    let (engineer, id) = one_image(&app, png(0)).await;
    let defect = seed::id(&engineer.get(&format!("/images/{id}")).await.data()["defect_id"]);
    let admin = app.admin().await;
    assert_eq!(
        admin.delete(&format!("/defects/{defect}")).await.status,
        204
    );
    let gone: Value = engineer.get(&format!("/images/{id}")).await.body;
    assert_eq!(gone["error"]["code"], "IMAGE_NOT_FOUND");
}
