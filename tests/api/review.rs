//! Several defects at once, and one spot over several inspections.

use contract::ErrorCode;
use serde_json::json;

use crate::evidence::{defect_ids, inspection};
use crate::harness::{Client, TestApp};
use crate::seed;

async fn counts(client: &Client) -> Vec<(String, i64)> {
    let pareto = client.get("/analytics/pareto").await;
    let rows = pareto.data()["rows"].as_array().expect("rows").clone();
    let bar = |bar: &serde_json::Value| {
        let count = bar["count"].as_i64().expect("a count");
        (seed::id(&bar["label"]), count)
    };
    rows.iter().map(bar).collect()
}

#[actix_web::test]
async fn reclassifying_three_defects_changes_the_pareto_and_the_history_of_each() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 5).await;
    let scratch = seed::defect_type(&engineer, "Scratch", 4, false).await;
    assert_eq!(counts(&engineer).await, [("Particle".to_owned(), 5)]);

    let change = json!({"defect_ids": defects[1..4], "changes": {"defect_type_id": scratch, "review_status": "reviewed"}});
    let reviewed = engineer.post("/defects/review", &change).await;

    assert_eq!(reviewed.data()["changed"], 3);
    let expected = [("Scratch".to_owned(), 3), ("Particle".to_owned(), 2)];
    assert_eq!(counts(&engineer).await, expected);
    for defect in &defects[1..4] {
        let history = engineer.get(&format!("/defects/{defect}/history")).await;
        assert_eq!(history.rows()[0]["action"], "defect.update");
        assert_eq!(
            history.rows()[0]["after"],
            json!({"defect_type_id": scratch, "review_status": "reviewed"})
        );
    }
    let log = app.admin().await.get("/audit?action=defect.update").await;
    assert_eq!(log.rows().len(), 3);

    // What is so already is no change.
    let again = engineer.post("/defects/review", &change).await;
    assert_eq!(again.data()["changed"], 0);
    let log = app.admin().await.get("/audit?action=defect.update").await;
    assert_eq!(log.rows().len(), 3);
}

#[actix_web::test]
async fn one_defect_that_is_not_there_leaves_all_as_they_were() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (inspection, defects) = inspection(&engineer, 2).await;
    let missing = format!("{}.99", inspection.replace('-', ""));
    let review = async |ids: serde_json::Value, changes: serde_json::Value| {
        let body = json!({"defect_ids": ids, "changes": changes});
        engineer.post("/defects/review", &body).await.refusal()
    };
    let noted = json!({"notes": "edge"});

    assert_eq!(
        review(json!([defects[0], missing]), noted.clone()).await,
        (404, ErrorCode::DefectNotFound)
    );
    assert_eq!(
        review(json!([defects[0], defects[0]]), noted.clone()).await,
        (400, ErrorCode::InvalidInput)
    );
    assert_eq!(
        review(json!([]), noted.clone()).await,
        (400, ErrorCode::InvalidInput)
    );
    assert_eq!(
        review(json!([defects[0]]), json!({})).await,
        (400, ErrorCode::InvalidInput)
    );
    assert_eq!(
        review(json!([defects[0]]), json!({"severity": 6})).await,
        (400, ErrorCode::InvalidInput)
    );
    let unknown = json!({"defect_type_id": 2_000_000_000});
    assert_eq!(
        review(json!([defects[0]]), unknown).await,
        (404, ErrorCode::DefectTypeNotFound)
    );

    let defect = engineer.get(&format!("/defects/{}", defects[0])).await;
    assert_eq!(defect.data()["defect"]["notes"], json!(null));
    let operator = app.operator().await;
    let body = json!({"defect_ids": [defects[0]], "changes": noted});
    assert_eq!(
        operator.post("/defects/review", &body).await.refusal(),
        (403, ErrorCode::RoleRequired)
    );
}

#[actix_web::test]
async fn the_same_spot_is_looked_for_on_the_wafers_other_inspections() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let (_, defects) = inspection(&engineer, 2).await;
    let kind = seed::defect_type(&engineer, "Scratch", 4, false).await;
    let later = seed::inspection(&engineer, "LOT1:01", "M2", 2).await;
    // The first inspection has its second defect at (1, 1.5) mm.
    for (x, y) in [(1.03, 1.5), (1.06, 1.5)] {
        let new = json!({"x_mm": x, "y_mm": y, "defect_type_id": kind});
        engineer
            .post(&format!("/inspections/{later}/defects"), &new)
            .await
            .data();
    }
    let empty = seed::inspection(&engineer, "LOT1:01", "M3", 3).await;

    let spots = engineer
        .get(&format!("/defects/{}/same-spot", defects[1]))
        .await;

    let rows = spots.rows();
    let inspections: Vec<_> = rows
        .iter()
        .map(|row| row["inspection_id"].clone())
        .collect();
    assert_eq!(inspections, [json!(later), json!(empty)]);
    assert_eq!(
        rows[0]["defect"]["defect_id"],
        json!(defect_ids(&engineer, &later).await[0])
    );
    let distance = rows[0]["distance_um"].as_f64().expect("a distance");
    assert!((distance - 30.0).abs() < 1e-6, "{distance}");
    assert_eq!(rows[1]["defect"], json!(null));
    let near = engineer
        .get(&format!(
            "/defects/{}/same-spot?tolerance_um=10",
            defects[1]
        ))
        .await;
    assert_eq!(near.rows()[0]["defect"], json!(null));
    let far = engineer
        .get(&format!(
            "/defects/{}/same-spot?tolerance_um=5001",
            defects[1]
        ))
        .await;
    assert_eq!(far.refusal(), (400, ErrorCode::InvalidInput));
}
