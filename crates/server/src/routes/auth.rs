//! Signing in, staying signed in, signing out.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError, get, post, put};
use contract::auth::{Login, PasswordChange, Session};
use contract::user::User;
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::caller::Origin;
use crate::auth::{Viewer, cookie};
use crate::error::{ApiError, ApiResult};
use crate::extract::Json;
use crate::request::meta;
use crate::service::session::{self, SignedIn};
use crate::service::user as users;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(login)
        .service(refresh_session)
        .service(logout)
        .service(get_me)
        .service(change_password);
}

/// Signs in: an access token in the body, a refresh token in a cookie.
#[utoipa::path(tag = "auth", responses(
    (status = 200, description = "Signed in; the refresh token is in the cookie `wafermaps_refresh`", body = Success<Session>),
    (status = 401, description = "`INVALID_CREDENTIALS`", body = Failure),
    (status = 429, description = "`RATE_LIMITED`", body = Failure)),
    request_body(content = Login, example = json!({"username": "ada", "password": "correct horse battery"})))]
#[post("/auth/login")]
async fn login(req: HttpRequest, state: Data<State>, body: Json<Login>) -> ApiResult<HttpResponse> {
    let origin = Origin::of(&req);
    state.limits.login(origin.ip.as_deref(), &body.username)?;
    let signed_in = session::sign_in(&state, body.0, &origin, user_agent(&req)).await?;
    Ok(with_cookie(&state, signed_in))
}

/// Gives the next access token and the next refresh token.
///
/// A refresh token counts once: who sends one that was used before ends the session, because somebody
/// else may have it.
#[utoipa::path(tag = "auth", security(("refresh_cookie" = [])), responses(
    (status = 200, description = "The session goes on", body = Success<Session>),
    (status = 401, description = "`SESSION_ENDED`: sign in again", body = Failure),
    (status = 429, description = "`RATE_LIMITED`", body = Failure)))]
#[post("/auth/refresh")]
async fn refresh_session(req: HttpRequest, state: Data<State>) -> HttpResponse {
    match refresh(&req, &state).await {
        Ok(signed_in) => with_cookie(&state, signed_in),
        Err(refusal @ ApiError::SessionEnded) => without_cookie(&state, refusal.error_response()),
        Err(refusal) => refusal.error_response(),
    }
}

async fn refresh(req: &HttpRequest, state: &Data<State>) -> ApiResult<SignedIn> {
    let origin = Origin::of(req);
    state.limits.refresh(origin.ip.as_deref())?;
    let token = cookie::read(req).ok_or(ApiError::SessionEnded)?;
    session::go_on(state, &token, &origin, user_agent(req)).await
}

/// Ends the session of the refresh token.
///
/// All tokens that came from the same sign-in end with it. Answers 204 also when there is none.
#[utoipa::path(tag = "auth", security(("refresh_cookie" = [])), responses(
    (status = 204, description = "Signed out")))]
#[post("/auth/logout")]
async fn logout(req: HttpRequest, state: Data<State>) -> ApiResult<HttpResponse> {
    if let Some(token) = cookie::read(&req) {
        session::sign_out(&state, &token, &Origin::of(&req)).await?;
    }
    Ok(without_cookie(&state, HttpResponse::NoContent().finish()))
}

/// Says who is signed in.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, description = "The caller", body = Success<User>)))]
#[get("/auth/me")]
async fn get_me(caller: Viewer, state: Data<State>) -> ApiResult<Answer<User>> {
    Ok(Answer::of(users::get(&state.db, caller.user_id).await?))
}

/// Changes one's own password and ends all other sessions.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 204, description = "Changed"),
    (status = 400, description = "`INVALID_INPUT`: the new password breaks a rule", body = Failure),
    (status = 401, description = "`INVALID_CREDENTIALS`: the current password is wrong", body = Failure),
    (status = 429, description = "`RATE_LIMITED`", body = Failure)))]
#[put("/auth/password")]
async fn change_password(
    caller: Viewer,
    state: Data<State>,
    body: Json<PasswordChange>,
) -> ApiResult<NoContent> {
    state
        .limits
        .login(caller.origin.ip.as_deref(), &caller.username)?;
    session::change_password(&state, &caller, body.0).await?;
    Ok(NoContent)
}

fn user_agent(req: &HttpRequest) -> Option<String> {
    let text = req.headers().get("user-agent")?.to_str().ok()?;
    Some(text.chars().take(512).collect())
}

fn with_cookie(state: &State, signed_in: SignedIn) -> HttpResponse {
    HttpResponse::Ok()
        .cookie(cookie::give(signed_in.refresh_token, &state.config))
        .json(Success {
            success: true,
            data: signed_in.session,
            meta: meta(),
            pagination: None,
        })
}

fn without_cookie(state: &State, mut response: HttpResponse) -> HttpResponse {
    if let Err(error) = response.add_cookie(&cookie::take(&state.config)) {
        tracing::error!(%error, "the cookie cannot be taken away");
    }
    response
}
