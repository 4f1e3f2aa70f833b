//! Dies: defects a die, yield models, kill ratios beside bin maps.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::ErrorCode;
use serde_json::{Value, json};
use server::service::seed::{Start, start};
use store::object::Objects;
use synth::{FAILS_WITHOUT_DEFECT, Fab, Plan, killers};

use crate::bin_map::{g85, import, klarf, plan, rows, upload};
use crate::harness::TestApp;

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

fn near(found: &Value, expected: f64) {
    assert!(
        (number(found) - expected).abs() < 1e-9,
        "{found}, expected {expected}"
    );
}

/// Three scratches on one die, one each on two others, haze on one of those and one more; a defect outside of the plan.
const DEFECTS: [((i32, i32), i32); 8] = [
    ((0, 0), 7),
    ((0, 0), 7),
    ((0, 0), 7),
    ((1, 1), 7),
    ((2, 2), 7),
    ((2, 2), 8),
    ((-3, 0), 8),
    ((30, 30), 7),
];

#[actix_web::test]
async fn defects_a_die_of_one_inspection_are_those_counted_by_hand() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    import(&operator, klarf("DOWN", &dies, &DEFECTS)).await;
    let list = operator.get("/inspections").await;
    let id = list.rows()[0]["inspection_id"]
        .as_str()
        .expect("an id")
        .to_owned();

    let answer = operator
        .get(&format!("/analytics/dies?inspection_id={id}"))
        .await;

    let data = answer.data();
    let n = dies.len() as f64;
    assert_eq!(
        (&data["inspections"], &data["dies"]),
        (&json!(1), &json!(dies.len()))
    );
    assert_eq!(
        (&data["defective"], &data["defects"]),
        (&json!(4), &json!(7))
    );
    near(&data["defective_share"], 4.0 / n);
    near(&data["mean_per_die"], 7.0 / n);
    // Squares of the counts: 9 + 1 + 4 + 1.
    let variance = (15.0 - 49.0 / n) / (n - 1.0);
    near(&data["dispersion"], variance / (7.0 / n));
    let (mean, alpha) = (7.0 / n, (7.0 / n).powi(2) / (variance - 7.0 / n));
    near(&data["alpha"], alpha);
    near(&data["die_area_cm2"], 1.2);
    near(&data["d0_per_cm2"], 7.0 / n / 1.2);
    assert_eq!(
        data["histogram"],
        json!([dies.len() - 4, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    );
    let models = data["models"].as_array().expect("models");
    let expected = [
        ("poisson", (-mean).exp()),
        ("murphy", ((1.0 - (-mean).exp()) / mean).powi(2)),
        ("seeds", 1.0 / (1.0 + mean)),
        ("negative_binomial", (1.0 + mean / alpha).powf(-alpha)),
    ];
    assert_eq!(models.len(), expected.len());
    for (model, (name, share)) in models.iter().zip(expected) {
        assert_eq!(model["model"], name);
        near(&model["defect_free"], share);
        near(&model["error"], share - (1.0 - 4.0 / n));
    }
    let map = &data["map"];
    let at = map["die_x"]
        .as_array()
        .expect("columns")
        .iter()
        .zip(map["die_y"].as_array().expect("rows"));
    let place = at
        .clone()
        .position(|(x, y)| (x, y) == (&json!(0), &json!(0)))
        .expect("the die");
    assert_eq!(
        (&map["count"][place], &map["bin"][place]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(data["kill"], Value::Null);
    let none = operator
        .get("/analytics/dies?inspection_id=0190a000-0000-7000-8000-000000000000")
        .await;
    assert_eq!(none.refusal(), (404, ErrorCode::InspectionNotFound));
}

#[actix_web::test]
async fn kill_ratios_count_each_die_once_for_a_type_and_follow_the_newest_bin_map() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    import(&operator, klarf("DOWN", &dies, &DEFECTS)).await;
    let before = operator.get("/analytics/dies").await;
    assert_eq!(before.data()["kill"], Value::Null);
    // Two of the three scratched dies fail, and two dies without a defect.
    let fails = [(0, 0), (1, 1), (0, 3), (0, 2)];
    let code = |x, y| if fails.contains(&(x, y)) { 0x0a } else { 1 };
    let sent = upload(&operator, "LOT42:01", "", &g85("01", 0, &rows(&dies, code))).await;
    assert_eq!(sent.status, 201, "{}", sent.text);

    let answer = operator.get("/analytics/dies").await;

    let n = dies.len() as f64;
    let data = answer.data();
    assert_eq!(data["map"], Value::Null);
    let kill = &data["kill"];
    assert_eq!(
        (&kill["wafers"], &kill["dies"]),
        (&json!(1), &json!(dies.len()))
    );
    near(&kill["yield_share"], (n - 4.0) / n);
    let rows = kill["rows"].as_array().expect("rows");
    let names: Vec<&Value> = rows.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["all", "Scratch", "Haze"]);
    let clean = (n - 6.0) / (n - 4.0);
    for (row, with, good) in [
        (&rows[0], 4.0, 2.0),
        (&rows[1], 3.0, 1.0),
        (&rows[2], 2.0, 2.0),
    ] {
        near(&row["dies_with"], with);
        near(&row["good_with"], good);
        near(&row["dies_without"], n - 4.0);
        near(&row["good_without"], n - 6.0);
        near(&row["kill_ratio"], 1.0 - good / with / clean);
        near(&row["dies_lost"], with * (1.0 - good / with / clean));
        let interval = row["interval"].as_array().expect("an interval");
        assert!(number(&interval[0]) <= number(&row["kill_ratio"]));
        assert!(number(&interval[1]) >= number(&row["kill_ratio"]));
    }
    assert!(
        number(&rows[1]["adjusted_p"]) < 0.05 && number(&rows[2]["adjusted_p"]) > 0.5,
        "{rows:?}"
    );
    // A filter of types leaves dies with other defects out of those without any.
    let id = rows[2]["defect_type_id"].as_i64().expect("an id");
    let haze = operator
        .get(&format!("/analytics/dies?defect_type={id}"))
        .await;
    assert_eq!(haze.data()["defective"], 2);
    let only = haze.data()["kill"]["rows"].as_array().expect("rows");
    assert_eq!(only.len(), 2);
    near(&only[1]["dies_without"], n - 4.0);

    // A map that comes later counts instead.
    let all_good = g85("01", 0, &rows_of_good(&dies));
    assert_eq!(
        upload(&operator, "LOT42:01", "", &all_good).await.status,
        201
    );
    let after = operator.get("/analytics/dies").await;
    near(&after.data()["kill"]["yield_share"], 1.0);
}

fn rows_of_good(dies: &[(i32, i32)]) -> Vec<Vec<Option<u8>>> {
    rows(dies, |_, _| 1)
}

/// What the fab's truth says of dies with a type, in the mean over its tested dies: one minus the share that survives
/// all its defects.
fn expected_ratios(fab: &Fab) -> BTreeMap<&'static str, f64> {
    let mut of_type: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for lot in fab.lots() {
        for test in fab.wafer_tests(&lot) {
            let on_wafer = killers(&lot, test.wafer);
            let tested = on_wafer
                .iter()
                .filter(|(die, _)| test.dies.contains_key(die));
            for (_, kinds) in tested {
                let survives: f64 = kinds
                    .iter()
                    .map(|kind| 1.0 - kind.kill_probability())
                    .product();
                let mut names: Vec<&str> =
                    kinds.iter().map(|kind| kind.defect_type().name).collect();
                names.sort_unstable();
                names.dedup();
                for name in names {
                    let (dies, good) = of_type.entry(name).or_default();
                    *dies += 1.0;
                    *good += survives;
                }
            }
        }
    }
    of_type
        .into_iter()
        .map(|(name, (dies, good))| (name, 1.0 - good / dies))
        .collect()
}

#[actix_web::test]
async fn the_kill_ratios_of_the_synthetic_fab_are_those_it_was_made_with() {
    let app = TestApp::start().await;
    let end = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    let plan = Plan {
        scale: 0.3,
        image_share: 0.0,
        ..Plan::new(7, end)
    };
    let objects = Objects::in_folder(&app.folder.path().join("objects")).expect("a folder");
    match start(&app.db.db, plan, false).await.expect("starts") {
        Start::Seeding(seeding) => {
            drop(seeding.run(&app.db.db, &objects).await.expect("is loaded"))
        }
        Start::Loaded(plan) => panic!("nothing was loaded yet: {plan:?}"),
    }
    let fab = Fab::new(plan).expect("a fab");
    let expected = expected_ratios(&fab);
    let tested: Vec<_> = fab
        .lots()
        .filter(|lot| !fab.wafer_tests(lot).is_empty())
        .collect();
    let lots: String = tested
        .iter()
        .map(|lot| format!("&lot={}", lot.lot_id))
        .collect();
    let wafers: usize = tested.iter().map(|lot| fab.wafer_tests(lot).len()).sum();

    let answer = app
        .viewer()
        .await
        .get(&format!("/analytics/dies?superseded=true{lots}"))
        .await;

    let kill = &answer.data()["kill"];
    assert_eq!(kill["wafers"], json!(wafers));
    let rows = kill["rows"].as_array().expect("rows");
    let all = &rows[0];
    let clean = number(&all["good_without"]) / number(&all["dies_without"]);
    assert!(
        (clean - (1.0 - FAILS_WITHOUT_DEFECT)).abs() < 0.005,
        "{clean}"
    );
    let (mut inside, mut types) = (0, 0);
    for row in &rows[1..] {
        let name = row["name"].as_str().expect("a name");
        let interval = row["interval"].as_array().expect("an interval");
        let (low, high) = (number(&interval[0]), number(&interval[1]));
        let truth = expected[name];
        println!(
            "{name}: {} dies, kill ratio {:.2} ({low:.2} to {high:.2}), made with {truth:.2}",
            row["dies_with"],
            number(&row["kill_ratio"])
        );
        types += 1;
        inside += u32::from((low..=high).contains(&truth));
    }
    // 95 % intervals of some 17 types: fewer than 14 inside have a probability below 1 %.
    assert!(types >= 14 && inside + 3 >= types, "{inside} of {types}");
    let significant = rows
        .iter()
        .filter(|row| number(&row["adjusted_p"]) < 0.001)
        .count();
    assert!(significant > 5, "{significant}");
}
