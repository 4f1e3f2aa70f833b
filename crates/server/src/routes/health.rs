//! Whether the server is there and can work.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use contract::health::Health;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::State;
use crate::request::VERSION;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_health)
        .service(get_health_live)
        .service(get_health_ready);
}

/// Says whether the server works and the database answers.
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "It works", body = Health),
    (status = 503, description = "The database does not answer", body = Health)))]
#[get("/health")]
async fn get_health(state: Data<State>) -> HttpResponse {
    with_database(&state).await
}

/// Says whether the process is alive; does not ask the database.
#[utoipa::path(tag = "health", responses((status = 200, description = "It is alive", body = Health)))]
#[get("/health/live")]
async fn get_health_live() -> HttpResponse {
    answer(StatusCode::OK, None)
}

/// Says whether requests can be answered: the database has to answer.
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "It is ready", body = Health),
    (status = 503, description = "The database does not answer", body = Health)))]
#[get("/health/ready")]
async fn get_health_ready(state: Data<State>) -> HttpResponse {
    with_database(&state).await
}

async fn with_database(state: &State) -> HttpResponse {
    let answers = state.db.ping().await.is_ok();
    let status = match answers {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    answer(status, Some(answers))
}

fn answer(status: StatusCode, database: Option<bool>) -> HttpResponse {
    let word = if status.is_success() { "ok" } else { "failing" };
    HttpResponse::build(status)
        .insert_header(("cache-control", "no-store"))
        .json(Health {
            status: word.to_owned(),
            version: VERSION.to_owned(),
            database,
        })
}
