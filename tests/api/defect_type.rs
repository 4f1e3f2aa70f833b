//! Defect types.

use contract::ErrorCode;
use serde_json::json;

use crate::harness::TestApp;
use crate::seed;

#[actix_web::test]
async fn a_type_gets_a_colour_of_its_own_until_an_engineer_chooses_one() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let first = seed::defect_type(&engineer, "Scratch", 4, true).await;
    let second = seed::defect_type(&engineer, "Particle", 2, false).await;
    let colour =
        async |id: i64| engineer.get(&format!("/defect-types/{id}")).await.data()["colour"].clone();
    assert_ne!(colour(first).await, colour(second).await);

    let change = json!({"colour": "#ABCDEF"});
    engineer
        .put(&format!("/defect-types/{first}"), &change)
        .await
        .data();

    assert_eq!(colour(first).await, "#abcdef");
}

#[actix_web::test]
async fn a_name_is_unique_whatever_its_case() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    seed::defect_type(&engineer, "Scratch", 4, true).await;
    let again = engineer
        .post("/defect-types", &json!({"name": "SCRATCH"}))
        .await;
    assert_eq!(again.refusal(), (409, ErrorCode::AlreadyExists));
    assert_eq!(again.details()["field"], "name");
}

#[actix_web::test]
async fn severity_and_colour_keep_their_rules() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    for (facts, field) in [
        (json!({"severity": 6}), "facts.severity"),
        (json!({"colour": "red"}), "facts.colour"),
    ] {
        let refusal = engineer
            .post("/defect-types", &json!({"name": "X", "facts": facts}))
            .await;
        assert_eq!(refusal.refusal(), (400, ErrorCode::InvalidInput));
        assert_eq!(refusal.details()["field"], field);
    }
}

#[actix_web::test]
async fn a_type_that_defects_have_cannot_be_deleted() {
    let app = TestApp::start().await;
    let (engineer, admin) = (app.engineer().await, app.admin().await);
    let used = seed::defect_type(&engineer, "Scratch", 4, true).await;
    let unused = seed::defect_type(&engineer, "Stain", 1, false).await;
    let wafer = seed::wafer(&engineer, 1).await;
    let inspection = seed::inspection(&engineer, &wafer, "M1", 1).await;
    seed::defects(&engineer, &inspection, used, 1).await;

    let refusal = admin.delete(&format!("/defect-types/{used}")).await;
    assert_eq!(refusal.refusal(), (409, ErrorCode::InUse));
    assert_eq!(
        admin
            .delete(&format!("/defect-types/{unused}"))
            .await
            .status,
        204
    );
}
