//! Signatures: patterns on a wafer.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::seed;
use crate::spatial::{add, close, inspection, number, plan};

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
    assert_eq!(found["left"], 125 - claimed(found));
    assert_eq!(
        (&random.data()["main"], &random.data()["found"]),
        (&json!("random"), &json!([]))
    );
    assert_eq!(typed.data()["main"], "scratch");
}

#[actix_web::test]
async fn defects_on_dies_that_were_not_inspected_are_counted_and_make_no_pattern() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let particle = seed::defect_type(&engineer, "Particle", 2, false).await;
    let id = inspection(&engineer, 1).await;
    // Every second column of dies of 10 mm.
    let dies: Vec<(i32, i32)> = (-4..4)
        .flat_map(|x| (-8..8).map(move |y| (2 * x, y)))
        .collect();
    plan(&app, &id, &dies).await;
    let on_plan = "select n, 20 * floor(8 * (n * 0.7548777 % 1) - 4) + 10 * (n * 0.3247179 % 1), 160 * (n * 0.5698403 % 1) - 80
        from generate_series(1, 60) n";
    add(&app, &id, particle, on_plan).await;
    let beside =
        "select 100 + n, 10.1 + n * 0.3, 10.1 + (n * 7 % 31) * 0.3 from generate_series(1, 30) n";
    add(&app, &id, particle, beside).await;

    let found = engineer.get(&format!("/inspections/{id}/signatures")).await;

    let found = found.data();
    assert_eq!(found["outside"], 30, "{found}");
    assert_eq!(found["seen"]["defects"], 90);
    assert_eq!((claimed(found), &found["left"]), (0, &json!(90)), "{found}");
}

#[actix_web::test]
async fn a_repeater_is_named_with_its_place_in_the_die() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let bridge = seed::defect_type(&engineer, "Bridge", 4, true).await;
    let id = inspection(&engineer, 1).await;
    let dies: Vec<(i32, i32)> = (-7..7).flat_map(|x| (-7..7).map(move |y| (x, y))).collect();
    plan(&app, &id, &dies).await;
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

/// Defects that belong to the patterns of an answer.
fn claimed(found: &Value) -> i64 {
    let patterns = found["found"].as_array().expect("a list");
    patterns
        .iter()
        .filter_map(|one| one["count"].as_i64())
        .sum()
}
