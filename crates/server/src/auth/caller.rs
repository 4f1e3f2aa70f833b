//! Who is calling: extractors that stand in a handler's signature and say who may call it.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use contract::user::Role;
use futures::future::{Ready, ready};
use moka::future::Cache;
use uuid::Uuid;

use super::token::Claims;
use crate::app::State;
use crate::error::ApiError;
use crate::request::{client_ip, request_id};
use crate::view;

/// How long an answer of the database about a session is believed.
const BELIEVED: Duration = Duration::from_secs(5);
/// Sessions remembered at most.
const REMEMBERED: u64 = 10_000;

/// Whoever sent the request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// User.
    pub user_id: Uuid,
    /// Name at the time of the call.
    pub username: String,
    /// Role as the database has it now.
    pub role: Role,
    /// Session that the access token belongs to.
    pub session_id: Uuid,
    /// Where the request came from, for the audit log.
    pub origin: Origin,
}

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Address.
    pub ip: Option<String>,
    /// Id of the request.
    pub request_id: Option<String>,
}

impl Origin {
    /// Where `req` came from.
    #[must_use]
    pub fn of(req: &HttpRequest) -> Self {
        Self {
            ip: client_ip(req),
            request_id: Some(request_id()),
        }
    }
}

/// What the database says of a session.
#[derive(Clone, Debug)]
pub(super) struct Known {
    user_id: Uuid,
    username: String,
    role: Role,
}

/// Sessions that were looked up in the last seconds.
#[derive(Debug)]
pub struct Callers(Cache<Uuid, Known>);

impl Default for Callers {
    fn default() -> Self {
        Self(
            Cache::builder()
                .time_to_live(BELIEVED)
                .max_capacity(REMEMBERED)
                .build(),
        )
    }
}

impl Callers {
    /// Forgets all answers: a user was changed or a session ended, and that counts from now on.
    pub fn forget(&self) {
        self.0.invalidate_all();
    }

    async fn find(&self, state: &State, session: Uuid, user: Uuid) -> Result<Known, ApiError> {
        if let Some(known) = self.0.get(&session).await {
            return Ok(known);
        }
        if !store::session::is_family_alive(&state.db, session).await? {
            return Err(ApiError::SessionEnded);
        }
        let user = store::user::get(&state.db, user).await?;
        let user = user.filter(|user| user.active);
        let user = user.ok_or(ApiError::SessionEnded)?;
        let known = Known {
            user_id: user.user_id,
            role: view::user::role(user.role),
            username: user.username,
        };
        self.0.insert(session, known.clone()).await;
        Ok(known)
    }
}

/// Who sent the request, or why that cannot be told.
struct Identity(Result<Caller, ApiError>);

/// Finds out who is calling before the handler's extractors run, so that a caller who may not do
/// something learns that first, and not what is wrong with the body.
///
/// # Errors
/// Those of the service below.
pub async fn identify(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(token) = bearer(req.request()).map(str::to_owned) {
        let identity = Identity(look_up(req.request(), &token).await);
        req.extensions_mut().insert(identity);
    }
    next.call(req).await
}

async fn look_up(req: &HttpRequest, token: &str) -> Result<Caller, ApiError> {
    let state = req.app_data::<Data<State>>();
    let state = state.ok_or_else(|| anyhow::anyhow!("the application has no state"))?;
    let (claims, known) = check(state, token).await?;
    Ok(Caller {
        user_id: known.user_id,
        username: known.username,
        role: known.role,
        session_id: claims.sid,
        origin: Origin::of(req),
    })
}

/// What a token says, if it is ours, still counts, and so do its session and its user.
///
/// # Errors
/// [`ApiError::Unauthenticated`], [`ApiError::TokenExpired`], [`ApiError::SessionEnded`], or when the database fails.
pub(super) async fn check(state: &State, token: &str) -> Result<(Claims, Known), ApiError> {
    let claims = state.keys.read(token)?;
    let known = state.callers.find(state, claims.sid, claims.sub).await?;
    if known.user_id != claims.sub {
        return Err(ApiError::Unauthenticated);
    }
    Ok((claims, known))
}

/// The token of `authorization: Bearer ...`.
pub(super) fn bearer(req: &HttpRequest) -> Option<&str> {
    let header = req.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident),+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl FromRequest for $name {
            type Error = ApiError;
            type Future = Ready<Result<Self, ApiError>>;

            fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
                let identity = req.extensions_mut().remove::<Identity>();
                let caller = identity.map_or(Err(ApiError::Unauthenticated), |found| found.0);
                ready(caller.and_then(|caller| match caller.role >= Role::$name {
                    true => Ok(Self(caller)),
                    false => Err(ApiError::RoleRequired(Role::$name)),
                }))
            }
        }

        impl std::ops::Deref for $name {
            type Target = Caller;
            fn deref(&self) -> &Caller {
                &self.0
            }
        }
    )+};
}

roles! {
    /// Anybody who is signed in.
    Viewer,
    /// Operators, engineers and admins.
    Operator,
    /// Engineers and admins.
    Engineer,
    /// Admins.
    Admin
}
