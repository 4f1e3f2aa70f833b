//! The application: state, routes, and what stands around them.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use utoipa::openapi::OpenApi as Document;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::AnswerCache;
use crate::auth::caller::Callers;
use crate::auth::limit::RateLimits;
use crate::auth::token::Keys;
use crate::config::Config;
use crate::error::ApiError;
use crate::route_table::RouteTable;
use crate::service::evidence::Intake;
use crate::service::live::Live;
use crate::spa::Spa;
use crate::stream::Streams;
use crate::{docs, openapi, request, routes};

/// How long a request may go on after the server was told to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 10;

/// What every request can reach.
pub struct State {
    /// The database.
    pub db: store::Db,
    /// Where images and spectra go.
    pub intake: Intake,
    /// What the server was told from outside.
    pub config: Config,
    /// Signs and checks access tokens.
    pub keys: Keys,
    /// How often one may try to sign in.
    pub limits: RateLimits,
    /// Who may call, for some seconds.
    pub callers: Callers,
    /// Answers of analyses, until the data changes.
    pub answers: AnswerCache,
    /// How many long answers may run.
    pub streams: Streams,
    /// Live updates.
    pub live: Live,
    /// The web pages.
    pub spa: Spa,
    /// Paths and methods, to tell an unknown route from an unknown method.
    routes: RouteTable,
    /// The API's description.
    document: Document,
}

impl State {
    /// State over a migrated database; evidence goes to `intake`, `jwt_key` signs the access tokens.
    #[must_use]
    pub fn new(db: store::Db, intake: Intake, config: Config, jwt_key: &[u8; 32]) -> Data<Self> {
        let document = openapi::document();
        Data::new(Self {
            streams: Streams::new(&db),
            db,
            intake,
            keys: Keys::new(jwt_key),
            limits: RateLimits::new(&config.limits),
            callers: Callers::default(),
            answers: AnswerCache::new(config.answer_cache_bytes),
            live: Live::default(),
            spa: Spa::new(config.dist.clone()),
            routes: RouteTable::new(&document),
            document,
            config,
        })
    }

    /// The API's description.
    pub fn document(&self) -> &Document {
        &self.document
    }
}

/// Serves the application on `listener` until the returned server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(state: Data<State>, listener: TcpListener) -> std::io::Result<Server> {
    let workers = match state.config.workers {
        0 => std::thread::available_parallelism().map_or(1, Into::into),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        let (app, _) = App::new()
            .into_utoipa_app()
            .configure(routes::configure)
            .split_for_parts();
        app.app_data(state.clone())
            .configure(docs::configure)
            .default_service(actix_web::web::to(elsewhere))
            .wrap(Compress::default())
            .wrap(from_fn(request::accompany))
    })
    .workers(workers)
    // Otherwise the parts of an answer wait for the caller to acknowledge those before, up to 40 ms each.
    .tcp_nodelay(true)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .client_request_timeout(Duration::from_secs(30))
    .disable_signals()
    .listen_auto_h2c(listener)?;
    Ok(server.run())
}

/// Collects the description of all routes.
pub(crate) fn describe() -> Document {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(openapi::base())
        .configure(|config: &mut ServiceConfig<'_>| routes::configure(config))
        .split_for_parts();
    openapi::complete(document)
}

/// What no route takes: a wrong method, an unknown route of the API, or a page.
async fn elsewhere(req: HttpRequest, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let path = req.path();
    if let Some(allowed) = state.routes.methods_of(path) {
        return Err(ApiError::MethodNotAllowed {
            path: path.to_owned(),
            method: req.method().to_string(),
            allowed,
        });
    }
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/health") {
        return Err(ApiError::RouteNotFound(path.to_owned()));
    }
    state.spa.answer(&req)
}
