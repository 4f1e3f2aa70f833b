//! EDX spectra of defects.

use contract::ErrorCode;
use serde_json::json;

use crate::evidence::{inspection, png, send, spectrum};
use crate::harness::TestApp;
use crate::seed;

#[actix_web::test]
async fn the_elements_of_a_spectrum_are_found_and_defects_are_found_by_them() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, defects) = inspection(&engineer, 3).await;
    let path = format!("/defects/{}/edx", defects[1]);
    let file = spectrum(&["Fe", "Cr", "Ni"]);

    let sent = send(&app.operator().await, &path, &[("steel.msa", file.clone())]).await;

    assert_eq!(sent.status, 201);
    let weights = sent.data()[0]["elements"].as_array().expect("elements");
    let found: Vec<_> = weights
        .iter()
        .map(|e| e["element"].as_str().expect("a symbol"))
        .collect();
    for symbol in ["Fe", "Cr", "Ni"] {
        assert!(found.contains(&symbol), "{symbol} in {found:?}");
    }
    assert_eq!(sent.data()[0]["channels"], 1024);
    assert_eq!(engineer.get(&path).await.rows(), sent.rows());

    let list = engineer
        .get(&format!("/inspections/{inspection}/defects?element=Fe"))
        .await;
    assert_eq!(list.rows().len(), 1);
    assert_eq!(list.rows()[0]["defect_id"], json!(defects[1]));
    assert_eq!(list.rows()[0]["spectra"], 1);
    let elements = list.rows()[0]["elements"].as_array().expect("elements");
    assert!(elements.contains(&json!("Fe")), "{elements:?}");
    let without = engineer
        .get(&format!(
            "/inspections/{inspection}/defects?has_spectrum=false"
        ))
        .await;
    assert_eq!(without.rows().len(), 2);
    let pareto = engineer.get("/analytics/pareto?element=Fe").await;
    assert_eq!(pareto.data()["rows"][0]["count"], 1, "{}", pareto.text);

    let id = seed::id(&sent.data()[0]["spectrum_id"]);
    let detail = engineer.get(&format!("/spectra/{id}")).await;
    let data = detail.data();
    let read = edx::msa::read(&file).expect("is read");
    assert_eq!(data["counts"], json!(read.counts));
    assert_eq!(data["background"].as_array().map(Vec::len), Some(1024));
    let mut iron = data["elements"].as_array().expect("elements").iter();
    let iron = iron.find(|e| e["element"] == "Fe").expect("iron");
    let line = &iron["lines"][0];
    assert!(
        line["line"].as_str().is_some_and(|name| name.is_ascii()),
        "{line}"
    );
    let near = |energy: f64| {
        let mut peaks = data["peaks"].as_array().expect("peaks").iter();
        peaks
            .find(|peak| (peak["energy_kev"].as_f64().expect("a number") - energy).abs() < 0.03)
            .cloned()
    };
    let peak = near(6.40).expect("a peak at the K line of iron");
    assert_eq!(peak["lines"][0], "Fe Ka");
    assert!(
        data["method"]
            .as_str()
            .is_some_and(|text| text.contains("never a certainty"))
    );
}

#[actix_web::test]
async fn a_spectrum_is_kept_as_sent_and_removed_with_its_elements() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let file = spectrum(&["Al"]);
    let path = format!("/defects/{}/edx", defects[0]);
    let sent = send(&engineer, &path, &[("al.msa", file.clone())]).await;
    let url = format!("/spectra/{}", seed::id(&sent.data()[0]["spectrum_id"]));

    let original = engineer.get(&format!("{url}/original")).await;
    assert_eq!(original.text.as_bytes(), file);
    assert_eq!(original.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        original
            .header("content-disposition")
            .starts_with("attachment; filename=\"al.msa\"")
    );
    let operator = app.operator().await;
    assert_eq!(
        operator.delete(&url).await.refusal(),
        (403, ErrorCode::RoleRequired)
    );
    assert_eq!(engineer.delete(&url).await.status, 204);
    assert_eq!(
        engineer.get(&url).await.refusal(),
        (404, ErrorCode::SpectrumNotFound)
    );
    let defect = engineer.get(&format!("/defects/{}", defects[0])).await;
    assert_eq!(defect.data()["defect"]["elements"], json!([]));
    let log = app.admin().await.get("/audit?entity=spectrum").await;
    let actions: Vec<_> = log.rows().iter().map(|row| row["action"].clone()).collect();
    assert_eq!(actions, ["spectrum.delete", "spectrum.create"]);
}

#[actix_web::test]
async fn what_is_no_spectrum_is_refused_with_line_and_column() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 1).await;
    let path = format!("/defects/{}/edx", defects[0]);
    let damaged = b"#FORMAT      : EMSA/MAS Spectral Data File\n#XPERCHAN    : ten\n#SPECTRUM    : \n1, 2\n#ENDOFDATA   :\n";
    let losses = String::from_utf8(spectrum(&["Al"]))
        .expect("text")
        .replace("EDS", "ELS");
    for (name, bytes, says) in [
        ("a.msa", png(0), "is an image, not a spectrum"),
        ("b.msa", damaged.to_vec(), "line 2"),
        ("c.msa", losses.into_bytes(), "SIGNALTYPE is `ELS`"),
    ] {
        let files = [("good.msa", spectrum(&["Cu"])), (name, bytes)];
        let refused = send(&engineer, &path, &files).await;
        assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput), "{name}");
        let rule = refused.details()["constraint"].as_str().expect("a rule");
        assert!(rule.contains(says) && rule.contains(name), "{rule}");
    }
    assert!(engineer.get(&path).await.rows().is_empty());
}
