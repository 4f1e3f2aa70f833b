//! The API reference: `/openapi.json` and Swagger UI at `/docs`.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{Error, HttpResponse};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::app::State;

/// Swagger UI sets styles inline and draws icons from data URLs; it loads nothing from elsewhere.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'none'";

/// Registers the reference.
pub fn configure(config: &mut ServiceConfig) {
    let ui = SwaggerUi::new("/{_:.*}").config(
        Config::from("/openapi.json")
            .persist_authorization(false)
            .display_request_duration(true)
            .filter(true),
    );
    config
        .route("/openapi.json", web::get().to(document))
        .route("/docs", web::get().to(redirect))
        .service(web::scope("/docs").wrap(from_fn(allow_ui)).service(ui));
}

async fn document(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .json(state.document())
}

async fn redirect() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}

async fn allow_ui(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(req).await?;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    Ok(response)
}
