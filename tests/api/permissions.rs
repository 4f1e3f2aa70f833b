//! Who may call what: a table of every operation, walked for everybody.

use contract::ErrorCode;
use contract::user::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

use crate::harness::{Client, TestApp, operations};

/// Who may call an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum May {
    /// Whoever reaches the server.
    Anybody,
    /// Users of this role and of those above.
    From(Role),
}

use May::{Anybody, From};
use Role::{Admin, Engineer, Operator, Viewer};

const TABLE: &[(&str, &str, May)] = &[
    ("GET", "/health", Anybody),
    ("GET", "/health/live", Anybody),
    ("GET", "/health/ready", Anybody),
    ("POST", "/api/v1/auth/login", Anybody),
    ("POST", "/api/v1/auth/refresh", Anybody),
    ("POST", "/api/v1/auth/logout", Anybody),
    ("GET", "/api/v1/auth/me", From(Viewer)),
    ("PUT", "/api/v1/auth/password", From(Viewer)),
    ("GET", "/api/v1/users", From(Admin)),
    ("POST", "/api/v1/users", From(Admin)),
    ("GET", "/api/v1/users/{user_id}", From(Admin)),
    ("PUT", "/api/v1/users/{user_id}", From(Admin)),
    ("DELETE", "/api/v1/users/{user_id}", From(Admin)),
    ("GET", "/api/v1/users/{user_id}/history", From(Admin)),
    ("GET", "/api/v1/wafers", From(Viewer)),
    ("POST", "/api/v1/wafers", From(Engineer)),
    ("GET", "/api/v1/wafers/{wafer_id}", From(Viewer)),
    ("PUT", "/api/v1/wafers/{wafer_id}", From(Engineer)),
    ("DELETE", "/api/v1/wafers/{wafer_id}", From(Admin)),
    ("GET", "/api/v1/wafers/{wafer_id}/adders", From(Viewer)),
    ("GET", "/api/v1/wafers/{wafer_id}/history", From(Viewer)),
    ("GET", "/api/v1/wafers/{wafer_id}/inspections", From(Viewer)),
    ("GET", "/api/v1/wafers/{wafer_id}/bin-maps", From(Viewer)),
    ("POST", "/api/v1/wafers/{wafer_id}/bin-maps", From(Operator)),
    ("GET", "/api/v1/bin-maps/{bin_map_id}", From(Viewer)),
    ("DELETE", "/api/v1/bin-maps/{bin_map_id}", From(Engineer)),
    ("GET", "/api/v1/lots", From(Viewer)),
    ("GET", "/api/v1/lots/{lot_id}", From(Viewer)),
    ("GET", "/api/v1/lots/{lot_id}/maps", From(Viewer)),
    ("GET", "/api/v1/inspections", From(Viewer)),
    ("POST", "/api/v1/inspections", From(Engineer)),
    ("GET", "/api/v1/inspections/{inspection_id}", From(Viewer)),
    ("PUT", "/api/v1/inspections/{inspection_id}", From(Engineer)),
    ("DELETE", "/api/v1/inspections/{inspection_id}", From(Admin)),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/history",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/map",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/clusters",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/signatures",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/similar",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/defects",
        From(Viewer),
    ),
    (
        "POST",
        "/api/v1/inspections/{inspection_id}/defects",
        From(Engineer),
    ),
    ("GET", "/api/v1/defects", From(Viewer)),
    ("GET", "/api/v1/defects/{defect_id}", From(Viewer)),
    ("PUT", "/api/v1/defects/{defect_id}", From(Engineer)),
    ("DELETE", "/api/v1/defects/{defect_id}", From(Admin)),
    ("GET", "/api/v1/defects/{defect_id}/history", From(Viewer)),
    ("GET", "/api/v1/defects/{defect_id}/same-spot", From(Viewer)),
    ("POST", "/api/v1/defects/review", From(Engineer)),
    ("GET", "/api/v1/defects/{defect_id}/sem", From(Viewer)),
    ("POST", "/api/v1/defects/{defect_id}/sem", From(Operator)),
    ("GET", "/api/v1/defects/{defect_id}/edx", From(Viewer)),
    ("POST", "/api/v1/defects/{defect_id}/edx", From(Operator)),
    ("GET", "/api/v1/images/{image_id}", From(Viewer)),
    ("PUT", "/api/v1/images/{image_id}", From(Engineer)),
    ("DELETE", "/api/v1/images/{image_id}", From(Engineer)),
    ("GET", "/api/v1/images/{image_id}/content", From(Viewer)),
    ("GET", "/api/v1/images/{image_id}/original", From(Viewer)),
    ("GET", "/api/v1/images/{image_id}/thumbnail", From(Viewer)),
    ("GET", "/api/v1/spectra/{spectrum_id}", From(Viewer)),
    (
        "GET",
        "/api/v1/spectra/{spectrum_id}/original",
        From(Viewer),
    ),
    ("DELETE", "/api/v1/spectra/{spectrum_id}", From(Engineer)),
    (
        "GET",
        "/api/v1/inspections/{inspection_id}/gallery",
        From(Viewer),
    ),
    ("GET", "/api/v1/defect-types", From(Viewer)),
    ("POST", "/api/v1/defect-types", From(Engineer)),
    ("GET", "/api/v1/defect-types/{defect_type_id}", From(Viewer)),
    (
        "PUT",
        "/api/v1/defect-types/{defect_type_id}",
        From(Engineer),
    ),
    (
        "DELETE",
        "/api/v1/defect-types/{defect_type_id}",
        From(Admin),
    ),
    (
        "GET",
        "/api/v1/defect-types/{defect_type_id}/history",
        From(Viewer),
    ),
    ("GET", "/api/v1/equipment", From(Viewer)),
    ("POST", "/api/v1/equipment", From(Engineer)),
    ("GET", "/api/v1/equipment/{equipment_id}", From(Viewer)),
    ("PUT", "/api/v1/equipment/{equipment_id}", From(Engineer)),
    ("DELETE", "/api/v1/equipment/{equipment_id}", From(Admin)),
    (
        "GET",
        "/api/v1/equipment/{equipment_id}/history",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/equipment/{equipment_id}/performance",
        From(Viewer),
    ),
    ("GET", "/api/v1/imports", From(Viewer)),
    ("POST", "/api/v1/imports", From(Operator)),
    ("GET", "/api/v1/imports/{import_id}", From(Viewer)),
    ("POST", "/api/v1/imports/{import_id}/cancel", From(Operator)),
    ("GET", "/api/v1/analytics/dashboard", From(Viewer)),
    ("GET", "/api/v1/analytics/trends", From(Viewer)),
    ("GET", "/api/v1/analytics/spc", From(Viewer)),
    ("GET", "/api/v1/analytics/pareto", From(Viewer)),
    ("GET", "/api/v1/analytics/pareto/compare", From(Viewer)),
    ("GET", "/api/v1/analytics/commonality", From(Viewer)),
    ("GET", "/api/v1/analytics/explain", From(Viewer)),
    ("GET", "/api/v1/analytics/dies", From(Viewer)),
    ("GET", "/api/v1/analytics/zones", From(Viewer)),
    (
        "GET",
        "/api/v1/analytics/wafer-map/{wafer_id}",
        From(Viewer),
    ),
    ("GET", "/api/v1/analytics/stack", From(Viewer)),
    ("GET", "/api/v1/analytics/facets", From(Viewer)),
    ("GET", "/api/v1/analytics/correlation", From(Viewer)),
    ("GET", "/api/v1/analytics/correlation/pair", From(Viewer)),
    ("GET", "/api/v1/analytics/seasonality", From(Viewer)),
    ("GET", "/api/v1/analytics/backtest", From(Viewer)),
    ("GET", "/api/v1/control-charts", From(Viewer)),
    ("POST", "/api/v1/control-charts", From(Engineer)),
    (
        "GET",
        "/api/v1/control-charts/{control_chart_id}",
        From(Viewer),
    ),
    (
        "PATCH",
        "/api/v1/control-charts/{control_chart_id}",
        From(Engineer),
    ),
    (
        "DELETE",
        "/api/v1/control-charts/{control_chart_id}",
        From(Engineer),
    ),
    (
        "GET",
        "/api/v1/control-charts/{control_chart_id}/chart",
        From(Viewer),
    ),
    (
        "GET",
        "/api/v1/control-charts/{control_chart_id}/limits",
        From(Viewer),
    ),
    (
        "POST",
        "/api/v1/control-charts/{control_chart_id}/limits",
        From(Engineer),
    ),
    ("GET", "/api/v1/alerts", From(Viewer)),
    ("GET", "/api/v1/alerts/counts", From(Viewer)),
    ("GET", "/api/v1/alerts/{alert_id}", From(Viewer)),
    (
        "POST",
        "/api/v1/alerts/{alert_id}/acknowledge",
        From(Operator),
    ),
    ("POST", "/api/v1/alerts/{alert_id}/resolve", From(Operator)),
    ("GET", "/ws", From(Viewer)),
    ("GET", "/api/v1/audit", From(Admin)),
];

/// The path with ids that belong to nothing.
fn concrete(template: &str) -> String {
    let nothing = Uuid::nil();
    let filled = template
        .replace("{user_id}", &nothing.to_string())
        .replace("{inspection_id}", &nothing.to_string())
        .replace("{import_id}", &nothing.to_string())
        .replace("{defect_id}", &format!("{}.1", nothing.simple()))
        .replace("{image_id}", &nothing.to_string())
        .replace("{spectrum_id}", &nothing.to_string())
        .replace("{control_chart_id}", &nothing.to_string())
        .replace("{alert_id}", &nothing.to_string())
        .replace("{bin_map_id}", &nothing.to_string())
        .replace("{defect_type_id}", "2000000000")
        .replace("{wafer_id}", "nothing")
        .replace("{lot_id}", "nothing")
        .replace("{equipment_id}", "nothing");
    assert!(
        !filled.contains('{'),
        "{template}: what stands for its parameter?"
    );
    format!("/{filled}")
}

async fn call(client: &Client, method: &str, template: &str) -> (StatusCode, Option<ErrorCode>) {
    let method: Method = method.parse().expect("a method");
    let has_body = [Method::POST, Method::PUT, Method::PATCH].contains(&method);
    let body = json!({});
    let body = has_body.then_some(&body);
    let answer = client.send(method, &concrete(template), body).await;
    let code = serde_json::from_value(answer.body["error"]["code"].clone()).ok();
    (answer.status, code)
}

#[test]
fn the_table_holds_every_operation_of_the_document_and_no_other() {
    let mut described: Vec<(String, String)> = operations()
        .into_iter()
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let mut listed: Vec<(String, String)> = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    described.sort();
    listed.sort();
    assert_eq!(listed, described);
}

#[actix_web::test]
async fn without_a_token_only_what_anybody_may_call_answers() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    for (method, path, may) in TABLE {
        let (status, code) = call(&anonymous, method, path).await;
        match may {
            Anybody => assert_ne!(code, Some(ErrorCode::Unauthenticated), "{method} {path}"),
            From(_) => assert_eq!(
                (status.as_u16(), code),
                (401, Some(ErrorCode::Unauthenticated)),
                "{method} {path}"
            ),
        }
    }
}

#[actix_web::test]
async fn an_expired_token_opens_nothing_and_is_told_so() {
    let app = TestApp::start_with(|config| config.access_token_life = Duration::ZERO).await;
    let expired = app.admin().await;
    for (method, path, _) in TABLE.iter().filter(|(_, _, may)| *may != Anybody) {
        let (status, code) = call(&expired, method, path).await;
        let expected = (401, Some(ErrorCode::TokenExpired));
        assert_eq!((status.as_u16(), code), expected, "{method} {path}");
    }
}

#[actix_web::test]
async fn a_token_of_somebody_else_opens_nothing() {
    let app = TestApp::start().await;
    let keys = server::auth::token::Keys::new(&[8; 32]);
    let minute = Duration::from_secs(60);
    let forged = keys.issue(Uuid::nil(), Admin, Uuid::nil(), minute);
    let forger = app.bearer(&forged.expect("is signed"));
    for (method, path, _) in TABLE.iter().filter(|(_, _, may)| *may != Anybody) {
        let (status, code) = call(&forger, method, path).await;
        let expected = (401, Some(ErrorCode::Unauthenticated));
        assert_eq!((status.as_u16(), code), expected, "{method} {path}");
    }
}

#[actix_web::test]
async fn each_role_may_call_what_the_table_says_and_nothing_else() {
    let app = TestApp::start_with(|config| config.limits.logins_per_address = 1000).await;
    for role in Role::ALL {
        let client = app.as_role(*role).await;
        for (method, path, may) in TABLE {
            let (status, code) = call(&client, method, path).await;
            let context = format!("{role}: {method} {path} answered {status} {code:?}");
            match may {
                From(least) if role < least => {
                    assert_eq!(code, Some(ErrorCode::RoleRequired), "{context}");
                    assert_eq!(status.as_u16(), 403, "{context}");
                }
                _ => {
                    assert_ne!(code, Some(ErrorCode::RoleRequired), "{context}");
                    assert_ne!(code, Some(ErrorCode::Unauthenticated), "{context}");
                    assert!(status.as_u16() < 500, "{context}");
                }
            }
        }
    }
}
