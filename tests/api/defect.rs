//! Single defects.

use contract::ErrorCode;
use serde_json::json;

use crate::harness::{Answer, Client, TestApp};
use crate::seed;

async fn inspection_with_defects(engineer: &Client, count: u32) -> (String, i64) {
    let kind = seed::defect_type(engineer, "Particle", 2, false).await;
    let wafer = seed::wafer(engineer, 1).await;
    let inspection = seed::inspection(engineer, &wafer, "M1", 1).await;
    seed::defects(engineer, &inspection, kind, count).await;
    (inspection, kind)
}

#[actix_web::test]
async fn defects_get_the_next_number_and_are_found_in_their_order() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 5).await;

    let list = engineer
        .get(&format!("/inspections/{inspection}/defects?per_page=3"))
        .await;

    let numbers: Vec<i64> = list
        .rows()
        .iter()
        .filter_map(|row| row["defect_no"].as_i64())
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(list.rows()[0]["defect_type"], "Particle");
    assert_eq!(list.rows()[0]["severity"], 2);
    assert_eq!(list.rows()[0]["size_um"], 0.1);
    let cursor = list.body["pagination"]["next_cursor"]
        .as_str()
        .expect("more follow");
    let rest = engineer
        .get(&format!(
            "/inspections/{inspection}/defects?cursor={cursor}"
        ))
        .await;
    assert_eq!(rest.rows().len(), 2);
    assert_eq!(rest.body["pagination"]["total"], 5);
    let detail = engineer.get(&format!("/inspections/{inspection}")).await;
    assert_eq!(detail.data()["inspection"]["defect_count"], 5);
    assert_eq!(detail.data()["inspection"]["density_per_cm2"], 0.05);
}

#[actix_web::test]
async fn a_number_that_is_taken_is_a_conflict() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, kind) = inspection_with_defects(&engineer, 1).await;
    let new = json!({"defect_no": 1, "x_mm": 0.0, "y_mm": 0.0, "defect_type_id": kind});
    let refusal = engineer
        .post(&format!("/inspections/{inspection}/defects"), &new)
        .await;
    assert_eq!(refusal.refusal(), (409, ErrorCode::AlreadyExists));
    assert_eq!(refusal.details()["field"], "defect_no");
}

#[actix_web::test]
async fn a_defect_off_the_wafer_is_refused() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, kind) = inspection_with_defects(&engineer, 0).await;
    let at = |x: f64| json!({"x_mm": x, "y_mm": 0.0, "defect_type_id": kind});
    let url = format!("/inspections/{inspection}/defects");
    // The wafer has a radius of 100 mm.
    assert_eq!(engineer.post(&url, &at(101.9)).await.status, 201);
    assert_eq!(
        engineer.post(&url, &at(102.1)).await.refusal(),
        (400, ErrorCode::InvalidInput)
    );
}

#[actix_web::test]
async fn a_rectangle_takes_the_defects_within_and_needs_all_four_edges() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 5).await;
    let url = format!("/inspections/{inspection}/defects");

    let inside = engineer
        .get(&format!(
            "{url}?x_min_mm=0.5&x_max_mm=3&y_min_mm=0&y_max_mm=2"
        ))
        .await;
    assert_eq!(inside.rows().len(), 3);

    let half = engineer
        .get(&format!("{url}?x_min_mm=0.5&x_max_mm=3"))
        .await;
    assert_eq!(half.refusal(), (400, ErrorCode::InvalidInput));
}

#[actix_web::test]
async fn a_zone_takes_the_defects_between_its_radii_and_directions_and_needs_an_outer_radius() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 5).await;
    let numbers = async |zone: &str| -> Vec<i64> {
        let answer = engineer
            .get(&format!("/defects?inspection_id={inspection}&{zone}"))
            .await;
        let rows = answer.rows().iter();
        rows.filter_map(|row| row["defect_no"].as_i64()).collect()
    };

    // They lie at x 0 to 4, y 1.5: at radii 1.5, 1.8, 2.5, 3.4 and 4.3.
    assert_eq!(numbers("inner_mm=1.6&outer_mm=3.4").await, [2, 3, 4]);
    // The second at 56 degrees, the third at 37, the fourth at 27.
    let sector = "inner_mm=1.6&outer_mm=3.4&from_deg=30&sweep_deg=60";
    assert_eq!(numbers(sector).await, [2, 3]);

    let open = engineer.get("/defects?inner_mm=1.6").await;
    assert_eq!(open.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(open.details()["field"], "inner_mm");
}

#[actix_web::test]
async fn a_list_narrows_to_given_numbers_of_one_inspection() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 5).await;
    let numbers = |answer: &Answer| -> Vec<_> {
        let rows = answer.rows().iter();
        rows.map(|row| row["defect_no"].clone()).collect()
    };

    let url = format!("/inspections/{inspection}/defects");
    let some = engineer
        .get(&format!(
            "{url}?defect_no=4&defect_no=2&defect_no=77&sort=defect_no&order=desc"
        ))
        .await;
    assert_eq!(numbers(&some), [json!(4), json!(2)]);

    let of_any = engineer.get("/defects?defect_no=4").await;
    assert_eq!(of_any.refusal(), (400, ErrorCode::InvalidInput));
    let many: String = (0..501)
        .map(|number| format!("&defect_no={number}"))
        .collect();
    let too_many = engineer.get(&format!("{url}?page=1{many}")).await;
    assert_eq!(too_many.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(too_many.details()["field"], "defect_no");
}

#[actix_web::test]
async fn classifying_a_defect_moves_the_counts_and_is_on_record() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 2).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 5, true).await;
    let list = engineer
        .get(&format!("/inspections/{inspection}/defects"))
        .await;
    let url = format!("/defects/{}", seed::id(&list.rows()[0]["defect_id"]));

    let change = json!({"defect_type_id": scratch, "review_status": "reviewed", "notes": "edge"});
    let changed = engineer.put(&url, &change).await;

    assert_eq!(changed.data()["severity"], 5);
    let detail = engineer.get(&format!("/inspections/{inspection}")).await;
    let counts: Vec<_> = detail.data()["types"]
        .as_array()
        .expect("types")
        .iter()
        .map(|t| t["count"].clone())
        .collect();
    assert_eq!(counts, [json!(1), json!(1)]);
    let history = engineer.get(&format!("{url}/history")).await;
    assert_eq!(history.rows()[0]["after"]["review_status"], "reviewed");
}

#[actix_web::test]
async fn a_defect_knows_its_place_its_inspection_and_those_beside_it() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, _) = inspection_with_defects(&engineer, 3).await;
    let list = engineer
        .get(&format!("/inspections/{inspection}/defects"))
        .await;
    let id = |row: usize| seed::id(&list.rows()[row]["defect_id"]);

    let defect = engineer.get(&format!("/defects/{}", id(1))).await;

    let data = defect.data();
    assert_eq!(data["inspection"]["inspection_id"], json!(inspection));
    assert_eq!(data["geometry"]["diameter_mm"], 200.0);
    let radius = data["radius_mm"].as_f64().expect("has a place");
    assert!((radius - 3.25_f64.sqrt()).abs() < 1e-12);
    assert_eq!(data["previous_defect_id"], json!(id(0)));
    assert_eq!(data["next_defect_id"], json!(id(2)));
}

#[actix_web::test]
async fn what_is_no_defect_id_is_refused_by_name() {
    let app = TestApp::start().await;
    let refusal = app.viewer().await.get("/defects/17").await;
    assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(refusal.details()["field"], "defect_id");
    assert_eq!(refusal.details()["value"], "17");
}
