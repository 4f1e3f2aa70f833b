//! Images that KLARF files list: they come with them, before them, behind them, or later.

use std::path::{Path, PathBuf};

use contract::ErrorCode;
use serde_json::{Value, json};

use crate::evidence::{jpeg, png, send, spectrum, tiff};
use crate::harness::{Answer, Client, TestApp};
use crate::seed;

const TIFF: &str = "lot42_02.tif";

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/images");
    std::fs::read(folder.join(name)).expect("the sample is there")
}

fn flat() -> (&'static str, Vec<u8>) {
    ("lot42_02.001", sample("flat-images.klarf"))
}

fn pages() -> (&'static str, Vec<u8>) {
    (TIFF, tiff(&[10, 20, 30, 40]))
}

async fn import(client: &Client, files: &[(&str, Vec<u8>)]) -> Answer {
    send(client, "/imports", files).await
}

/// Name, kind, state and images of each report.
fn reports(import: &Answer) -> Vec<Value> {
    let files = import.data()["files"].as_array().expect("files");
    let report = |file: &Value| json!([file["name"], file["kind"], file["state"], file["images"]]);
    files.iter().map(report).collect()
}

/// Number, then file and page of the images, of each defect of the newest inspection.
async fn defects(client: &Client) -> Vec<Value> {
    let inspections = client.get("/inspections").await;
    let id = seed::id(&inspections.rows()[0]["inspection_id"]);
    let list = client.get(&format!("/inspections/{id}/defects")).await;
    let mut all = Vec::new();
    for row in list.rows() {
        let images = client
            .get(&format!("/defects/{}/sem", seed::id(&row["defect_id"])))
            .await;
        let images: Vec<_> = images
            .rows()
            .iter()
            .map(|i| json!([i["file_name"], i["page"]]))
            .collect();
        assert_eq!(row["images"], images.len());
        all.push(json!([row["defect_no"], images]));
    }
    all
}

fn all_met() -> Vec<Value> {
    vec![
        json!([1, [[TIFF, 1], [TIFF, 2]]]),
        json!([2, []]),
        json!([3, [[TIFF, 4]]]),
    ]
}

#[actix_web::test]
async fn images_meet_their_defects_whichever_comes_first() {
    for image_first in [false, true] {
        let app = TestApp::start().await;
        let operator = app.operator().await;
        let mut files = vec![flat(), pages()];
        if image_first {
            files.reverse();
        }
        let answer = import(&operator, &files).await;
        assert_eq!(answer.data()["state"], "succeeded", "{}", answer.text);
        let reports = reports(&answer);
        assert!(
            reports.contains(&json!(["lot42_02.001", "klarf", "imported", 3])),
            "{reports:?}"
        );
        assert!(
            reports.contains(&json!([TIFF, "image", "imported", 3])),
            "{reports:?}"
        );
        assert_eq!(
            defects(&operator).await,
            all_met(),
            "image first: {image_first}"
        );
    }
}

#[actix_web::test]
async fn a_brace_file_names_a_file_an_image() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let files = [
        ("d1.PNG", png(1)),
        ("a.klarf", sample("brace-images.klarf")),
        ("D1_TOP.jpg", jpeg(2)),
    ];
    let answer = import(&operator, &files).await;
    assert_eq!(answer.data()["state"], "succeeded", "{}", answer.text);
    let expected = [
        json!([1, [["d1.PNG", 1], ["D1_TOP.jpg", 1]]]),
        json!([2, []]),
    ];
    assert_eq!(defects(&operator).await, expected);
}

#[actix_web::test]
async fn an_image_that_was_missing_resolves_when_it_comes_alone() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    import(&operator, &[flat()]).await.data();
    let answer = import(&operator, &[pages()]).await;
    assert_eq!(reports(&answer), [json!([TIFF, "image", "imported", 3])]);
    assert_eq!(defects(&operator).await, all_met());
    // Once met, nobody waits for it any more.
    let again = import(&operator, &[pages()]).await;
    assert_eq!(again.data()["state"], "failed");
}

#[actix_web::test]
async fn a_klarf_file_that_is_sent_again_with_its_images_resolves_what_was_missing() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    import(&operator, &[flat()]).await.data();
    let both = import(&operator, &[flat(), pages()]).await;
    assert_eq!(
        reports(&both),
        [
            json!(["lot42_02.001", "klarf", "duplicate", 3]),
            json!([TIFF, "image", "imported", 3])
        ]
    );
    assert_eq!(defects(&operator).await, all_met());
    let again = import(&operator, &[pages(), flat()]).await;
    assert_eq!(again.data()["state"], "succeeded");
    let states: Vec<_> = reports(&again)
        .iter()
        .map(|report| report[2].clone())
        .collect();
    assert_eq!(states, ["duplicate", "duplicate"]);
    assert_eq!(defects(&operator).await, all_met());
}

#[actix_web::test]
async fn an_image_that_two_imports_wait_for_is_refused_with_both() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let other = String::from_utf8(sample("flat-images.klarf")).expect("text");
    let other = other.replace("WaferID \"02\"", "WaferID \"03\"");
    import(&operator, &[flat()]).await.data();
    import(&operator, &[("other.001", other.into_bytes())])
        .await
        .data();
    let answer = import(&operator, &[pages()]).await;
    let report = &answer.data()["files"][0];
    assert_eq!(
        (&report["state"], &report["kind"]),
        (&json!("refused"), &json!("image"))
    );
    let why = report["error"]["message"].as_str().expect("a reason");
    assert!(
        why.contains("`lot42_02.001` (wafer LOT42:02)") && why.contains("`other.001`"),
        "{why}"
    );
}

#[actix_web::test]
async fn what_nobody_lists_is_refused_and_a_spectrum_is_told_where_to_go() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let files = [
        ("alone.png", png(0)),
        ("steel.msa", spectrum(&["Fe"])),
        ("cut.tif", b"II*\0".to_vec()),
        flat(),
    ];
    let answer = import(&operator, &files).await;
    assert_eq!(answer.data()["state"], "partial");
    let find = |name: &str| {
        let files = answer.data()["files"].as_array().expect("files");
        files
            .iter()
            .find(|file| file["name"] == name)
            .expect("a report")
            .clone()
    };
    let why = |name: &str| {
        find(name)["error"]["message"]
            .as_str()
            .expect("a reason")
            .to_owned()
    };
    assert!(
        why("alone.png").contains("is listed by no KLARF file"),
        "{}",
        why("alone.png")
    );
    assert!(
        why("steel.msa").contains("wafermaps attach"),
        "{}",
        why("steel.msa")
    );
    assert_eq!(find("steel.msa")["kind"], "spectrum");
    assert_eq!(find("lot42_02.001")["state"], "imported");
}

#[actix_web::test]
async fn a_page_that_is_not_there_is_noted_and_the_others_meet_their_defects() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let answer = import(&operator, &[flat(), (TIFF, tiff(&[1, 2]))]).await;
    let report = &answer.data()["files"][1];
    assert_eq!(
        (&report["state"], &report["images"]),
        (&json!("imported"), &json!(2))
    );
    let noticed = report["diagnostics"][0]["message"]
        .as_str()
        .expect("a message");
    assert_eq!(noticed, "the file has no page 4, which defect 3 lists");
}

#[actix_web::test]
async fn a_damaged_image_is_refused_and_leaves_its_klarf_file_in() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let (name, whole) = pages();
    // Its directories stand behind its pages: cut off, the last is missing.
    let answer = import(
        &operator,
        &[flat(), (name, whole[..whole.len() - 40].to_vec())],
    )
    .await;
    let report = &answer.data()["files"][1];
    assert_eq!(report["state"], "refused", "{}", answer.text);
    let nothing = [json!([1, []]), json!([2, []]), json!([3, []])];
    assert_eq!(defects(&operator).await, nothing);
    // The whole one may still come.
    import(&operator, &[pages()]).await.data();
    assert_eq!(defects(&operator).await, all_met());
}

#[actix_web::test]
async fn a_real_file_with_image_lists_waits_for_its_images() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/klarf");
    let folder = std::env::var_os("WAFERMAPS_KLARF_SAMPLES").map_or_else(beside, PathBuf::from);
    let Ok(klarf) = std::fs::read(folder.join("jklarfreader-klarfWithImagelist.klarf")) else {
        println!(
            "no file with image lists in {}: nothing to test",
            folder.display()
        );
        return;
    };
    let app = TestApp::start().await;
    let operator = app.operator().await;
    // Its images have no extension: content tells.
    let files = [
        ("a.klarf", klarf),
        ("here", png(0)),
        ("there", jpeg(0)),
        ("anywhere2", tiff(&[9])),
    ];
    let answer = import(&operator, &files).await;
    assert_eq!(answer.data()["state"], "succeeded", "{}", answer.text);
    let met: Vec<_> = defects(&operator)
        .await
        .into_iter()
        .filter(|defect| defect[1] != json!([]))
        .collect();
    let expected = [
        json!([2, [["here", 1], ["there", 1]]]),
        json!([12, [["anywhere2", 1]]]),
    ];
    assert_eq!(met, expected);
}

#[actix_web::test]
async fn a_viewer_imports_no_image() {
    let app = TestApp::start().await;
    let refused = import(&app.viewer().await, &[pages()]).await;
    assert_eq!(refused.refusal(), (403, ErrorCode::RoleRequired));
}
