//! The bytes of images: parts of them, names, what a browser keeps, and files of others.

use std::path::{Path, PathBuf};

use contract::ErrorCode;
use reqwest::Method;
use serde_json::json;

use crate::evidence::{inspection, png, send};
use crate::harness::TestApp;
use crate::image::{bytes_of, one_image};
use crate::seed;

#[actix_web::test]
async fn a_browser_that_has_the_bytes_is_not_sent_them_again() {
    let app = TestApp::start().await;
    let (client, id) = one_image(&app, png(0)).await;
    for route in ["content", "original", "thumbnail"] {
        let path = format!("/images/{id}/{route}");
        let (headers, _) = bytes_of(&client, &path).await;
        assert_eq!(
            headers["cache-control"],
            "private, max-age=31536000, immutable"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let tag = headers["etag"].to_str().expect("text").to_owned();
        assert!(tag.starts_with('"'), "is strong: {tag}");
        let request = client
            .request(Method::GET, &path)
            .header("if-none-match", format!("\"x\", {tag}"));
        let known = client.answer(request).await;
        assert_eq!(
            (known.status.as_u16(), known.text.as_str()),
            (304, ""),
            "{route}"
        );
        assert_eq!(known.header("etag"), tag);
        let other = client
            .request(Method::GET, &path)
            .header("if-none-match", "\"x\"");
        assert_eq!(other.send().await.expect("answers").status(), 200);
    }
}

#[actix_web::test]
async fn a_part_of_the_bytes_is_sent_when_it_is_asked_for() {
    let app = TestApp::start().await;
    let file = png(0);
    let (client, id) = one_image(&app, file.clone()).await;
    let path = format!("/images/{id}/original");
    let (headers, _) = bytes_of(&client, &path).await;
    let tag = headers["etag"].to_str().expect("text").to_owned();
    let ask = async |range: &str, condition: &str| {
        let request = client.request(Method::GET, &path).header("range", range);
        let request = request
            .header("if-range", condition)
            .header("accept-encoding", "gzip");
        let response = request.send().await.expect("answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (
            status,
            headers,
            response.bytes().await.expect("a body").to_vec(),
        )
    };

    let (status, headers, part) = ask("bytes=10-19", &tag).await;
    assert_eq!((status, part.as_slice()), (206, &file[10..20]));
    assert_eq!(
        headers["content-range"],
        format!("bytes 10-19/{}", file.len())
    );
    assert_eq!(headers["content-length"], "10");
    let (status, _, part) = ask("bytes=-5", &tag).await;
    assert_eq!((status, part.as_slice()), (206, &file[file.len() - 5..]));
    let (status, _, whole) = ask("bytes=10-19", "\"other bytes\"").await;
    assert_eq!((status, whole == file), (200, true));
    let beyond = client
        .request(Method::GET, &path)
        .header("range", "bytes=99999999-");
    let beyond = client.answer(beyond).await;
    assert_eq!(beyond.refusal(), (416, ErrorCode::RangeNotSatisfiable));
    assert_eq!(
        beyond.header("content-range"),
        format!("bytes */{}", file.len())
    );
}

#[actix_web::test]
async fn a_file_is_saved_under_its_name_whatever_that_holds() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let path = format!("/defects/{}/sem", defects[0]);
    let sent = send(&engineer, &path, &[("..\\..\\é;a.png", png(0))]).await;
    assert_eq!(sent.data()[0]["file_name"], "é;a.png");
    let id = seed::id(&sent.data()[0]["image_id"]);
    let (headers, _) = bytes_of(&engineer, &format!("/images/{id}/original")).await;
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"_;a.png\"; filename*=UTF-8''%C3%A9%3Ba.png"
    );
}

/// A TIFF of several pages that others made, where a folder with such files is there.
fn real_tiffs() -> Vec<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/evidence");
    let folder = std::env::var_os("WAFERMAPS_EVIDENCE_SAMPLES").map_or_else(beside, PathBuf::from);
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "tif" || end == "tiff")
        })
        .collect();
    found.sort();
    if found.is_empty() {
        println!(
            "no TIFF files of others in {}: nothing to test",
            folder.display()
        );
    }
    found
}

#[actix_web::test]
async fn tiffs_of_others_are_shown_page_by_page_or_refused_by_name() {
    let files = real_tiffs();
    if files.is_empty() {
        return;
    }
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let (mut shown, mut several) = (0, 0);
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy();
        let bytes = std::fs::read(file).expect("is read");
        let path = format!("/defects/{}/sem", defects[0]);
        let sent = send(&engineer, &path, &[(&name, bytes)]).await;
        if sent.status == 400 {
            let rule = sent.details()["constraint"].as_str().expect("a rule");
            assert!(rule.starts_with(&format!("`{name}`")), "{rule}");
            assert!(
                !rule.ends_with("cannot be decoded"),
                "a decoder gave up: {rule}"
            );
            println!("{rule}");
            continue;
        }
        shown += 1;
        several += usize::from(sent.rows().len() > 1);
        for row in sent.rows() {
            let id = seed::id(&row["image_id"]);
            let (_, page) = bytes_of(&engineer, &format!("/images/{id}/content")).await;
            let image = image::load_from_memory(&page).expect("is shown");
            let size = json!([image.width(), image.height()]);
            assert_eq!(size, json!([row["width_px"], row["height_px"]]), "{name}");
        }
    }
    println!(
        "{shown} of {} files shown, {several} with several pages",
        files.len()
    );
    assert!(shown > 0 && several > 0);
}
