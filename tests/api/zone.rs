//! Zones of the wafer.

use serde_json::json;

use crate::harness::TestApp;
use crate::seed;
use crate::spatial::{BACKGROUND, add, close, inspection, number, plan};

#[actix_web::test]
async fn zones_divide_the_wafer_and_name_the_one_that_differs() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let particle = seed::defect_type(&engineer, "Particle", 2, false).await;
    for slot in 1..=3 {
        let id = inspection(&engineer, slot).await;
        add(&app, &id, particle, BACKGROUND).await;
        // 40 defects at the rim between 0 and 78 degrees.
        let rim = "select n, 95 * cosd(n * 2), 95 * sind(n * 2) from generate_series(0, 39) n";
        add(&app, &id, particle, rim).await;
    }

    let rings = engineer.get("/analytics/zones?rings=4").await;
    let sectors = engineer
        .get("/analytics/zones?rings=2&sectors=4&division=equal_width&inner_mm=90&outer_mm=97&from_deg=350&sweep_deg=100")
        .await;

    let rings = rings.data();
    close(&rings["radius_mm"], 97.0, 1e-9);
    assert_eq!(
        (&rings["inspections"], &rings["defects"], &rings["unplaced"]),
        (&json!(3), &json!(228), &json!(0))
    );
    let zones = rings["zones"].as_array().expect("zones");
    let names: Vec<&str> = zones
        .iter()
        .filter_map(|zone| zone["name"].as_str())
        .collect();
    assert_eq!(names, ["centre", "ring 2", "ring 3", "edge"]);
    let counts: Vec<i64> = zones
        .iter()
        .filter_map(|zone| zone["count"].as_i64())
        .collect();
    assert_eq!(counts.iter().sum::<i64>(), 228);
    for zone in zones {
        close(
            &zone["area_cm2"],
            3.0 * std::f64::consts::PI * 9.7 * 9.7 / 4.0,
            1e-6,
        );
        close(&zone["expected"], 57.0, 1e-6);
    }
    assert!(zones[3]["is_different"] == true && number(&zones[3]["p_value"]) < 0.01);
    assert!(number(&rings["p_value"]) < 0.05);
    let zones = sectors.data()["zones"].as_array().expect("zones");
    assert_eq!(zones.len(), 9);
    assert_eq!(zones[4]["name"], "edge, 0 to 90\u{b0}");
    // Those at the rim are in the custom zone, which goes through 0 degrees.
    assert_eq!(
        (&zones[8]["name"], &zones[8]["count"]),
        (&json!("custom"), &json!(120))
    );
    assert_eq!(zones[8]["types"][0]["count"], 120);
    close(
        &zones[8]["area_cm2"],
        3.0 * std::f64::consts::PI * (97.0 * 97.0 - 8100.0) / 100.0 * 100.0 / 360.0,
        1e-6,
    );
}

#[actix_web::test]
async fn zones_of_planned_dies_have_the_area_of_the_dies() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection(&engineer, 1).await;
    // Two dies of 10 mm by 10 mm, left and right of the centre.
    plan(&app, &id, &[(0, 0), (-1, 0)]).await;
    let zones = engineer
        .get(&format!(
            "/analytics/zones?inspection_id={id}&rings=1&sectors=4"
        ))
        .await;
    let zones = zones.data()["zones"].clone();
    for (zone, area) in [(0, 1.0), (1, 1.0), (2, 0.0), (3, 0.0)] {
        close(&zones[zone]["area_cm2"], area, 0.01);
    }
}
