//! What the wafer says: clusters, signatures and zones.

use contract::ErrorCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};
use crate::import::{real_sample, send};
use crate::seed;

/// An inspection of a wafer of 200 mm without dies, its delivered area too small to tell the rim; its id.
async fn inspection(engineer: &Client, slot: i32) -> String {
    let wafer = seed::wafer(engineer, slot).await;
    let day = u32::try_from(slot).expect("small");
    seed::inspection(engineer, &wafer, "M1", day).await
}

/// Adds defects, given as a query of numbers and positions.
async fn add(app: &TestApp, inspection_id: &str, defect_type_id: i64, points: &str) {
    let statement = format!(
        "insert into defect (inspection_id, defect_no, x_mm, y_mm, defect_type_id)
         select '{inspection_id}', no, x, y, {defect_type_id} from ({points}) p(no, x, y)"
    );
    let added = app.db.db.execute_unprepared(&statement).await;
    added.expect("adds defects");
}

/// 36 defects on a grid of 24 mm: nothing but background.
const BACKGROUND: &str = "select 1000 + 6 * a + b, 24.0 * (a - 2.5), 25.0 * (b - 2.5) from generate_series(0, 5) a, generate_series(0, 5) b";

fn number(of: &Value) -> f64 {
    of.as_f64().expect("a number")
}

fn close(of: &Value, expected: f64, within: f64) {
    assert!(
        (number(of) - expected).abs() <= within,
        "{of} is not {expected}"
    );
}

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
async fn an_inspection_without_defects_has_no_clusters_and_even_zones() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection(&engineer, 1).await;
    let clusters = engineer.get(&format!("/inspections/{id}/clusters")).await;
    assert_eq!(clusters.data()["clusters"], json!([]));
    let zones = engineer
        .get(&format!("/analytics/zones?inspection_id={id}"))
        .await;
    assert_eq!(zones.data()["p_value"], Value::Null);
    assert_eq!(zones.data()["zones"].as_array().map(Vec::len), Some(5));
    let none = engineer.get("/analytics/zones?lot=NONE").await;
    assert_eq!(
        (&none.data()["inspections"], &none.data()["zones"]),
        (&json!(0), &json!([]))
    );
}

#[actix_web::test]
async fn what_breaks_a_rule_is_refused_with_field_value_and_rule() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let id = inspection(&engineer, 1).await;
    let clusters = format!("/inspections/{id}/clusters");
    for (path, field, value) in [
        (format!("{clusters}?reach_mm=0"), "reach_mm", json!(0.0)),
        (format!("{clusters}?min_points=1"), "min_points", json!(1)),
        (
            format!("/inspections/{id}/signatures?alpha=0.5"),
            "alpha",
            json!(0.5),
        ),
        ("/analytics/zones?rings=21".to_owned(), "rings", json!(21)),
        ("/analytics/zones?sectors=0".to_owned(), "sectors", json!(0)),
        (
            "/analytics/zones?inner_mm=5".to_owned(),
            "inner_mm",
            json!(5.0),
        ),
        (
            "/analytics/zones?inner_mm=5&outer_mm=4".to_owned(),
            "outer_mm",
            json!(4.0),
        ),
        (
            "/analytics/zones?outer_mm=4&from_deg=360".to_owned(),
            "from_deg",
            json!(360.0),
        ),
        (
            "/analytics/zones?outer_mm=4&sweep_deg=0".to_owned(),
            "sweep_deg",
            json!(0.0),
        ),
    ] {
        let refusal = engineer.get(&path).await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput), "{path}");
        assert_eq!(
            (&refusal.details()["field"], &refusal.details()["value"]),
            (&json!(field), &value),
            "{path}"
        );
    }
    let nobody = "00000000-0000-7000-8000-000000000000";
    for path in [
        format!("/inspections/{nobody}/clusters"),
        format!("/analytics/zones?inspection_id={nobody}"),
    ] {
        assert_eq!(
            engineer.get(&path).await.refusal(),
            (404, ErrorCode::InspectionNotFound)
        );
    }
}

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
    let plan = format!(
        "update inspection set die_pitch_x_mm = 10, die_pitch_y_mm = 10, die_origin_x_mm = 0, die_origin_y_mm = 0,
            delivered_centre_x_mm = 0, delivered_centre_y_mm = 0, dies_inspected = '{{0,0,-1,0}}', area_cm2 = null
         where inspection_id = '{id}'"
    );
    app.db.db.execute_unprepared(&plan).await.expect("updates");
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

#[actix_web::test]
async fn signatures_are_named_with_place_size_and_evidence() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let particle = seed::defect_type(&engineer, "Particle", 2, false).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 4, true).await;
    let id = inspection(&engineer, 1).await;
    let quiet = inspection(&engineer, 2).await;
    for inspection in [&id, &quiet] {
        // Spread evenly, with nothing in common.
        let background = "select 1000 + n, 90 * sqrt(n * 0.7548777 % 1) * cosd(360 * (n * 0.5698403 % 1)),
            90 * sqrt(n * 0.7548777 % 1) * sind(360 * (n * 0.5698403 % 1)) from generate_series(1, 40) n";
        add(&app, inspection, particle, background).await;
    }
    let ring = "select n, (60 + (n % 5) * 0.5) * cosd(n * 6), (60 + (n % 5) * 0.5) * sind(n * 6) from generate_series(1, 60) n";
    let line = "select 200 + n, -20 + n, 10 + n * 0.5 from generate_series(1, 25) n";
    add(&app, &id, particle, ring).await;
    add(&app, &id, scratch, line).await;

    let url = format!("/inspections/{id}/signatures");
    let found = engineer.get(&format!("{url}?members=true")).await;
    let random = engineer
        .get(&format!("/inspections/{quiet}/signatures"))
        .await;
    let typed = engineer.get(&format!("{url}?defect_type={scratch}")).await;

    let found = found.data();
    let patterns = found["found"].as_array().expect("a list");
    let kinds: Vec<&str> = patterns
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["ring", "scratch"], "{found}");
    assert_eq!(
        (&found["main"], &found["alpha"]),
        (&json!("ring"), &json!(0.01))
    );
    let (ring, line) = (&patterns[0], &patterns[1]);
    assert!(number(&ring["count"]) >= 60.0 && number(&ring["adjusted_p"]) < 1e-6);
    assert!(number(&ring["zone"]["inner_mm"]) <= 60.0 && number(&ring["zone"]["outer_mm"]) >= 62.0);
    assert!(
        ring["description"]
            .as_str()
            .is_some_and(|words| words.starts_with("ring at 6")),
        "{ring}"
    );
    assert_eq!(line["types"][0]["name"], "Scratch");
    assert!(
        line["defect_nos"]
            .as_array()
            .is_some_and(|numbers| numbers.len() >= 23),
        "{line}"
    );
    assert!(
        line["path_mm"]
            .as_array()
            .is_some_and(|path| path.len() >= 2)
    );
    let claimed: i64 = patterns
        .iter()
        .filter_map(|one| one["count"].as_i64())
        .sum();
    assert_eq!(found["left"], 125 - claimed);
    assert_eq!(
        (&random.data()["main"], &random.data()["found"]),
        (&json!("random"), &json!([]))
    );
    assert_eq!(typed.data()["main"], "scratch");
}

#[actix_web::test]
async fn a_repeater_is_named_with_its_place_in_the_die() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let bridge = seed::defect_type(&engineer, "Bridge", 4, true).await;
    let id = inspection(&engineer, 1).await;
    let dies: Vec<String> = (-7..7)
        .flat_map(|x| (-7..7).map(move |y| format!("{x},{y}")))
        .collect();
    let plan = format!(
        "update inspection set die_pitch_x_mm = 10, die_pitch_y_mm = 10, die_origin_x_mm = 0, die_origin_y_mm = 0,
            delivered_centre_x_mm = 0, delivered_centre_y_mm = 0, dies_inspected = '{{{}}}', area_cm2 = null
         where inspection_id = '{id}'",
        dies.join(",")
    );
    app.db.db.execute_unprepared(&plan).await.expect("updates");
    // At 3 mm, 7 mm of every second die of every second row.
    let repeated = "select 10 * a + b, 20.0 * (a - 3) + 3, 20.0 * (b - 3) + 7 from generate_series(0, 5) a, generate_series(0, 5) b";
    add(&app, &id, bridge, repeated).await;
    // 25 defects on one die.
    let hot = "select 500 + 5 * a + b, 10 + 2 * a + 0.37 * b, 10.3 + 1.9 * b + 0.21 * a from generate_series(0, 4) a, generate_series(0, 4) b";
    add(&app, &id, bridge, hot).await;

    let found = engineer.get(&format!("/inspections/{id}/signatures")).await;

    let found = found.data()["found"].as_array().expect("a list").clone();
    let of_kind = |kind: &str| {
        found
            .iter()
            .find(|one| one["kind"] == kind)
            .unwrap_or_else(|| panic!("{kind}: {found:?}"))
    };
    let repeater = of_kind("repeater");
    close(&repeater["place_mm"][0], 3.0, 1e-6);
    close(&repeater["place_mm"][1], 7.0, 1e-6);
    let words = repeater["description"].as_str().expect("words");
    assert!(words.contains("fields of 2 by 2 dies"), "{words}");
    assert_eq!(of_kind("hot_die")["die"], json!([1, 1]));
}
