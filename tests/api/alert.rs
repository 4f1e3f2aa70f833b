//! Alerts: imports that break control charts.

use std::time::{Duration, Instant};

use contract::ErrorCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::service::{evaluation, live};

use crate::control_chart::{c_chart, create, history, import};
use crate::harness::{Client, TestApp};
use crate::seed;

/// A chart with frozen limits, 5 defects a wafer, upper limit 11.7.
async fn five_defects_a_wafer(app: &TestApp, engineer: &Client) -> String {
    history(engineer, &[4, 6, 5, 4, 6]).await;
    let chart = create(engineer, &c_chart("M1")).await;
    evaluation::run(&app.db.db).await.expect("judges");
    assert_eq!(alerts(engineer).await.len(), 0);
    chart
}

async fn alerts(client: &Client) -> Vec<Value> {
    client.get("/alerts").await.rows().clone()
}

async fn judge(app: &TestApp) {
    evaluation::run(&app.db.db).await.expect("judges");
}

async fn resolve(client: &Client, alert: &Value) {
    let path = format!("/alerts/{}/resolve", seed::id(&alert["alert_id"]));
    let resolved = client
        .post(&path, &json!({"comment": "pump replaced"}))
        .await;
    assert_eq!(resolved.data()["state"], "resolved");
}

#[actix_web::test]
async fn an_import_beyond_the_limits_raises_one_alert_with_its_violation() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let chart = five_defects_a_wafer(&app, &engineer).await;

    let report = import(&engineer, 6, 30).await;
    judge(&app).await;

    let all = alerts(&engineer).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let alert = &all[0];
    assert_eq!(
        (&alert["state"], &alert["cause"]),
        (&json!("open"), &json!("high"))
    );
    assert_eq!(
        (&alert["rules"], &alert["violations"]),
        (&json!(["we1"]), &json!(1))
    );
    assert_eq!(
        (&alert["control_chart_id"], &alert["control_chart_name"]),
        (&json!(chart), &json!("M1"))
    );
    let inspection = &report["inspections"][0]["inspection_id"];
    assert_eq!(&alert["first_inspection_id"], inspection);
    let path = format!("/alerts/{}", seed::id(&alert["alert_id"]));
    let detail = engineer.get(&path).await;
    let violations = detail.data()["violations"].as_array().expect("violations");
    assert_eq!(violations.len(), 1);
    assert_eq!(
        (&violations[0]["value"], &violations[0]["limit_version"]),
        (&json!(30.0), &json!(1))
    );
    assert_eq!(&violations[0]["inspection_id"], inspection);
    let upper = violations[0]["ucl"].as_f64().expect("a limit");
    assert!(
        (upper - (5.0 + 3.0 * 5.0_f64.sqrt())).abs() < 1e-9,
        "{upper}"
    );
    let shown = engineer.get(&format!("/control-charts/{chart}")).await;
    assert_eq!(shown.data()["open_alerts"], 1);
    assert_eq!(shown.data()["last_violation_at"], "2024-03-06T05:06:07Z");
    let counts = engineer.get("/alerts/counts").await;
    assert_eq!(counts.data(), &json!({"open": 1, "acknowledged": 0}));
}

#[actix_web::test]
async fn a_cause_that_goes_on_does_not_raise_a_second_alert_until_the_first_is_resolved() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    five_defects_a_wafer(&app, &engineer).await;
    import(&engineer, 6, 30).await;
    judge(&app).await;
    import(&engineer, 7, 40).await;
    judge(&app).await;

    let all = alerts(&engineer).await;
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        (&all[0]["violations"], &all[0]["last_at"]),
        (&json!(2), &json!("2024-03-07T05:06:07Z"))
    );
    // The same file again, and the same queue again, are no news.
    assert_eq!(import(&engineer, 7, 40).await["state"], "duplicate");
    let again = "insert into chart_evaluation (inspection_id) select inspection_id from inspection";
    app.db.db.execute_unprepared(again).await.expect("queues");
    judge(&app).await;
    assert_eq!(alerts(&engineer).await, all);

    resolve(&engineer, &all[0]).await;
    app.db.db.execute_unprepared(again).await.expect("queues");
    judge(&app).await;
    assert_eq!(alerts(&engineer).await.len(), 1);
    import(&engineer, 8, 30).await;
    judge(&app).await;
    let all = alerts(&engineer).await;
    assert_eq!((all.len(), &all[0]["state"]), (2, &json!("open")));
}

#[actix_web::test]
async fn too_few_defects_are_another_cause_than_too_many() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[24, 26, 25, 24, 26]).await;
    create(&engineer, &c_chart("M1")).await;
    // 25 - 3 * 5 = 10 and 25 + 3 * 5 = 40.
    for (day, defects) in [(6, 60), (7, 2), (8, 25)] {
        import(&engineer, day, defects).await;
    }
    judge(&app).await;
    let mut causes: Vec<String> = alerts(&engineer)
        .await
        .iter()
        .map(|alert| seed::id(&alert["cause"]))
        .collect();
    causes.sort();
    assert_eq!(causes, ["high", "low"]);
}

#[actix_web::test]
async fn what_a_killed_server_left_unjudged_is_judged_by_the_next_one() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    five_defects_a_wafer(&app, &engineer).await;
    // Nobody judges: as if the server had been killed right after the commit of the import.
    import(&engineer, 6, 30).await;
    assert_eq!(alerts(&engineer).await.len(), 0);

    let _tasks = live::start(&app.state);

    let began = Instant::now();
    while alerts(&engineer).await.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn servers_that_judge_at_the_same_moment_raise_one_alert() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    five_defects_a_wafer(&app, &engineer).await;
    for day in 6..12 {
        import(&engineer, day, 30).await;
    }
    let db = &app.db.db;
    let judged = tokio::join!(
        evaluation::run(db),
        evaluation::run(db),
        evaluation::run(db)
    );
    let judged = [judged.0, judged.1, judged.2].map(|one| one.expect("judges"));
    assert_eq!(judged.iter().sum::<usize>(), 6);
    let all = alerts(&engineer).await;
    assert_eq!((all.len(), &all[0]["violations"]), (1, &json!(6)));
}

#[actix_web::test]
async fn a_chart_that_cannot_be_judged_says_so_and_keeps_no_other_from_it() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let broken = {
        history(&engineer, &[4, 6, 5, 4, 6]).await;
        create(&engineer, &c_chart("A broken one")).await
    };
    create(&engineer, &c_chart("M1")).await;
    let misfit = format!(
        "insert into control_limit (control_chart_id, version, stages, reason)
         select control_chart_id, 2, jsonb_set(stages, '{{0,limits,chart}}', '\"imr\"'), 'restored' from control_limit
         where control_chart_id = '{broken}'"
    );
    app.db
        .db
        .execute_unprepared(&misfit)
        .await
        .expect("is put there");

    import(&engineer, 6, 30).await;
    judge(&app).await;

    assert_eq!(alerts(&engineer).await.len(), 1);
    let path = format!("/control-charts/{broken}");
    let shown = engineer.get(&path).await;
    let error = shown.data()["evaluation_error"].as_str().expect("says why");
    assert!(error.contains("another chart"), "{error}");
    let drawn = engineer.get(&format!("{path}/chart")).await;
    assert_eq!(drawn.refusal(), (400, ErrorCode::InvalidInput));
    let repaired = json!({"based_on": 2, "reason": "again", "stages": [{"frozen": true, "baseline_to": "2024-03-06T00:00:00Z"}]});
    engineer
        .post(&format!("{path}/limits"), &repaired)
        .await
        .data();
    assert_eq!(
        engineer.get(&path).await.data()["evaluation_error"],
        Value::Null
    );
}

#[actix_web::test]
async fn charts_out_of_scope_or_switched_off_and_excluded_points_raise_nothing() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 4, 6]).await;
    let mut other = c_chart("Another step");
    other["scope"] = json!({"step": ["M2.CMP"]});
    other["freeze"] = json!(false);
    create(&engineer, &other).await;
    let off = create(&engineer, &c_chart("Switched off")).await;
    let change = json!({"version": 1, "active": false});
    let path = format!("/control-charts/{off}");
    engineer
        .send(reqwest::Method::PATCH, &path, Some(&change))
        .await
        .data();
    let chart = create(&engineer, &c_chart("Excluded")).await;
    import(&engineer, 6, 30).await;
    let new = json!({
        "based_on": 1, "reason": "pump", "stages": [{"frozen": true, "baseline_to": "2024-03-06T00:00:00Z"}],
        "excluded": [{"at": "2024-03-06T05:06:07Z", "reason": "pump failed"}],
    });
    engineer
        .post(&format!("/control-charts/{chart}/limits"), &new)
        .await
        .data();
    judge(&app).await;
    assert_eq!(alerts(&engineer).await, Vec::<Value>::new());
}

#[actix_web::test]
async fn a_day_is_judged_again_when_an_inspection_comes_into_it() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 4, 6]).await;
    let mut chart = c_chart("Days");
    chart["bucket"] = json!("day");
    chart["chart"] = json!("u");
    let id = create(&engineer, &chart).await;
    judge(&app).await;
    let report = import(&engineer, 6, 60).await;
    judge(&app).await;
    let all = alerts(&engineer).await;
    assert_eq!((all.len(), &all[0]["control_chart_id"]), (1, &json!(id)));
    assert_eq!(all[0]["last_at"], "2024-03-06T00:00:00Z");
    assert_eq!(
        all[0]["last_inspection_id"],
        report["inspections"][0]["inspection_id"]
    );
}

#[actix_web::test]
async fn an_alert_is_acknowledged_then_resolved_with_words_and_names_who_did() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    five_defects_a_wafer(&app, &engineer).await;
    import(&engineer, 6, 30).await;
    judge(&app).await;
    app.create_user("bob", contract::user::Role::Operator).await;
    let operator = app.sign_in("bob").await;
    let path = format!(
        "/alerts/{}",
        seed::id(&alerts(&operator).await[0]["alert_id"])
    );
    let (acknowledge, resolve) = (format!("{path}/acknowledge"), format!("{path}/resolve"));

    let seen = operator
        .post(&acknowledge, &json!({"comment": "lot held"}))
        .await;

    assert_eq!(seen.data()["state"], "acknowledged");
    assert_eq!(
        (
            &seen.data()["acknowledged_by"],
            &seen.data()["acknowledge_comment"]
        ),
        (&json!("bob"), &json!("lot held"))
    );
    let again = operator.post(&acknowledge, &json!({})).await;
    assert_eq!(again.refusal(), (409, ErrorCode::Conflict));
    // A cause that goes on grows the alert that somebody sees to.
    import(&engineer, 7, 30).await;
    judge(&app).await;
    assert_eq!(alerts(&operator).await.len(), 1);
    let wordless = operator.post(&resolve, &json!({})).await;
    assert_eq!(wordless.refusal(), (400, ErrorCode::InvalidInput));
    assert_eq!(wordless.details()["field"], "comment");
    let over = operator
        .post(&resolve, &json!({"comment": "pump replaced"}))
        .await;
    assert_eq!(
        (&over.data()["state"], &over.data()["resolved_by"]),
        (&json!("resolved"), &json!("bob"))
    );
    let again = operator.post(&resolve, &json!({"comment": "again"})).await;
    assert_eq!(again.refusal(), (409, ErrorCode::Conflict));
    assert_eq!(
        operator
            .get("/alerts?state=open&state=acknowledged")
            .await
            .rows()
            .len(),
        0
    );
    let admin = app.admin().await;
    let entries = admin.get("/audit?entity=alert").await;
    let actions: Vec<&Value> = entries
        .rows()
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    assert_eq!(actions, ["alert.resolve", "alert.acknowledge"]);
}

#[actix_web::test]
async fn an_alert_outlives_its_inspection_but_not_its_chart() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let chart = five_defects_a_wafer(&app, &admin).await;
    let report = import(&admin, 6, 30).await;
    judge(&app).await;
    let inspection = seed::id(&report["inspections"][0]["inspection_id"]);
    let deleted = admin.delete(&format!("/inspections/{inspection}")).await;
    assert_eq!(deleted.status, 204);
    let all = alerts(&admin).await;
    assert_eq!(
        (all.len(), &all[0]["last_inspection_id"]),
        (1, &Value::Null)
    );
    admin.delete(&format!("/control-charts/{chart}")).await;
    assert_eq!(alerts(&admin).await.len(), 0);
}
