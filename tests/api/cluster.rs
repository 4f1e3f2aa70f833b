//! Clusters.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::import::{real_sample, send};
use crate::seed;
use crate::spatial::{BACKGROUND, add, close, inspection, number};

#[actix_web::test]
async fn clusters_have_their_members_types_and_shapes() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let particle = seed::defect_type(&engineer, "Particle", 2, false).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 4, true).await;
    let id = inspection(&engineer, 1).await;
    add(&app, &id, particle, BACKGROUND).await;
    // A quarter of a circle of 20 mm around the centre, and a heap of 5 by 5 within 2 mm.
    let arc = "select n, 20 * cosd(n * 2), 20 * sind(n * 2) from generate_series(1, 45) n";
    let heap = "select 100 + 5 * a + b, -60 + a * 0.5, -10 + b * 0.5 from generate_series(0, 4) a, generate_series(0, 4) b";
    add(&app, &id, scratch, arc).await;
    add(&app, &id, particle, heap).await;
    add(
        &app,
        &id,
        particle,
        "select 5000, null::float8, null::float8",
    )
    .await;

    let url = format!("/inspections/{id}/clusters");
    let found = engineer
        .get(&format!("{url}?reach_mm=2&min_points=3&members=true"))
        .await;
    let default = engineer.get(&url).await;
    let typed = engineer.get(&format!("{url}?defect_type={particle}")).await;

    let found = found.data();
    assert_eq!(
        found["seen"],
        json!({"defects": 107, "unplaced": 1, "area_cm2": found["seen"]["area_cm2"], "area_from": "wafer"})
    );
    close(
        &found["seen"]["area_cm2"],
        std::f64::consts::PI * 9.7 * 9.7,
        1e-6,
    );
    // Of 107 defects 70 are in two clusters.
    assert_eq!(
        (&found["clustered"], &found["collapsed_count"]),
        (&json!(70), &json!(39))
    );
    let [bent, round] = found["clusters"].as_array().expect("a list").as_slice() else {
        panic!("two clusters: {found}")
    };
    assert_eq!(
        (&bent["shape"], &bent["count"]),
        (&json!("arc"), &json!(45))
    );
    assert_eq!(bent["defect_nos"], json!((1..=45).collect::<Vec<i32>>()));
    assert_eq!(bent["types"][0]["name"], "Scratch");
    close(&bent["curvature_per_mm"], 0.05, 1e-6);
    close(&bent["length_mm"], 20.0 * 88.0_f64.to_radians(), 1e-3);
    assert_eq!(
        (&round["shape"], &round["width_mm"]),
        (&json!("blob"), &json!(2.0))
    );
    assert_eq!(round["hull_area_mm2"], 4.0);
    assert_eq!(round["hull_mm"].as_array().map(Vec::len), Some(4));
    // Without parameters both are found, not the background.
    let shapes = |of: &Value| -> Vec<Value> {
        of["clusters"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["shape"].clone())
            .collect()
    };
    assert_eq!(shapes(default.data()), [json!("arc"), json!("blob")]);
    assert!(
        default.data()["reason"]
            .as_str()
            .is_some_and(|why| why.starts_with("From the density"))
    );
    assert_eq!(default.data()["clusters"][0]["defect_nos"], Value::Null);
    assert_eq!(typed.data()["clusters"][0]["shape"], "blob");
}

#[actix_web::test]
async fn the_dense_clusters_of_a_real_file_are_found_without_parameters() {
    let Some(bytes) = real_sample("wafermap-clustering-LAA_FAA_LAA-01.000") else {
        return;
    };
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let import = send(&operator, "", &[("laa.000", bytes)]).await;
    let id = seed::id(&import.data()["files"][0]["inspections"][0]["inspection_id"]);

    let found = operator.get(&format!("/inspections/{id}/clusters")).await;

    let found = found.data();
    println!(
        "{} clusters, {} of {} defects in them, reach {} mm, {} neighbours: {}",
        found["clusters"].as_array().map_or(0, Vec::len),
        found["clustered"],
        found["seen"]["defects"],
        found["reach_mm"],
        found["min_points"],
        found["reason"],
    );
    for cluster in found["clusters"].as_array().expect("a list") {
        println!(
            "{} defects, {} by {} mm, {}",
            cluster["count"], cluster["length_mm"], cluster["width_mm"], cluster["shape"]
        );
    }
    assert_eq!(found["seen"]["defects"], 12_263);
    // All but a few of its defects are in two heaps.
    let first = number(&found["clusters"][0]["count"]);
    assert!(first > 6_000.0, "{first}");
    assert!(number(&found["clustered"]) > 11_900.0);
}

/// Another program put 14 and 13 of the 36 defects of wafer 06 into its clusters, and 9 into none. Nobody wrote down its
/// parameters: the gaps within its clusters are up to 3.4 mm, that between them is 5.0 mm.
#[actix_web::test]
async fn a_real_wafer_has_the_two_clusters_that_another_program_found() {
    let Some(bytes) = real_sample("wafermap-clustering-QUU_NUU.000") else {
        return;
    };
    let app = TestApp::start().await;
    let operator = app.operator().await;
    send(&operator, "", &[("quu.000", bytes)]).await.data();
    let listed = operator.get("/inspections").await;
    let of_06 = listed.rows().iter().find(|row| row["defect_count"] == 36);
    let id = seed::id(&of_06.expect("wafer 06")["inspection_id"]);

    let sizes = |of: &Value| -> Vec<i64> {
        let clusters = of["clusters"].as_array().expect("a list").iter();
        clusters.filter_map(|one| one["count"].as_i64()).collect()
    };
    let url = format!("/inspections/{id}/clusters");
    let alike = operator
        .get(&format!("{url}?reach_mm=4&min_points=3"))
        .await;
    let default = operator.get(&url).await;
    assert_eq!(sizes(alike.data()), [14, 13]);
    assert_eq!(
        sizes(default.data()),
        [14, 13],
        "{}",
        default.data()["reason"]
    );
}
