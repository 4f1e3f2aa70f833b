//! The people who use the system; for admins.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use contract::history::{Change, PageQuery};
use contract::user::{User, UserCreate, UserQuery, UserUpdate};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer::{Answer, NoContent};
use crate::app::State;
use crate::auth::Admin;
use crate::error::ApiResult;
use crate::extract::{Json, Path, Query};
use crate::service::{audit, user as users};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users)
        .service(create_user)
        .service(get_user)
        .service(update_user)
        .service(delete_user)
        .service(list_user_history);
}

/// Lists users.
#[utoipa::path(tag = "users", security(("bearer" = [])), params(UserQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<User>>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure)))]
#[get("/users")]
async fn list_users(
    _caller: Admin,
    state: Data<State>,
    query: Query<UserQuery>,
) -> ApiResult<Answer<Vec<User>>> {
    users::list(&state.db, &query).await
}

/// Creates a user.
#[utoipa::path(tag = "users", security(("bearer" = [])), responses(
    (status = 201, description = "Created; `location` says where", body = Success<User>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 409, description = "`ALREADY_EXISTS`: the username is taken", body = Failure)),
    request_body(content = UserCreate, example = json!({"username": "ada", "display_name": "Ada", "role": "engineer",
        "password": "correct horse battery"})))]
#[post("/users")]
async fn create_user(
    caller: Admin,
    state: Data<State>,
    body: Json<UserCreate>,
) -> ApiResult<Answer<User>> {
    let user = users::create(&state.db, Some(&caller), body.0).await?;
    let location = format!("/users/{}", user.user_id);
    Ok(Answer::created(user, location))
}

/// Returns a user.
#[utoipa::path(tag = "users", security(("bearer" = [])),
    params(("user_id" = Uuid, Path, description = "User")), responses(
    (status = 200, description = "The user", body = Success<User>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`USER_NOT_FOUND`", body = Failure)))]
#[get("/users/{user_id}")]
async fn get_user(
    _caller: Admin,
    state: Data<State>,
    user_id: Path<Uuid>,
) -> ApiResult<Answer<User>> {
    Ok(Answer::of(users::get(&state.db, *user_id).await?))
}

/// Changes a user.
///
/// A new password and a deactivation end all sessions of the user at once.
#[utoipa::path(tag = "users", security(("bearer" = [])),
    params(("user_id" = Uuid, Path, description = "User")), responses(
    (status = 200, description = "The user as it is now", body = Success<User>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`USER_NOT_FOUND`", body = Failure),
    (status = 409, description = "`LAST_ADMIN`", body = Failure)))]
#[put("/users/{user_id}")]
async fn update_user(
    caller: Admin,
    state: Data<State>,
    user_id: Path<Uuid>,
    body: Json<UserUpdate>,
) -> ApiResult<Answer<User>> {
    let user = users::update(&state.db, &caller, *user_id, body.0).await?;
    state.callers.forget();
    Ok(Answer::of(user))
}

/// Deletes a user with all sessions.
///
/// What the user did stays in the audit log.
#[utoipa::path(tag = "users", security(("bearer" = [])),
    params(("user_id" = Uuid, Path, description = "User")), responses(
    (status = 204, description = "Deleted"),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure),
    (status = 404, description = "`USER_NOT_FOUND`", body = Failure),
    (status = 409, description = "`LAST_ADMIN`", body = Failure)))]
#[delete("/users/{user_id}")]
async fn delete_user(
    caller: Admin,
    state: Data<State>,
    user_id: Path<Uuid>,
) -> ApiResult<NoContent> {
    users::delete(&state.db, &caller, *user_id).await?;
    state.callers.forget();
    Ok(NoContent)
}

/// Lists who changed a user, newest first.
#[utoipa::path(tag = "users", security(("bearer" = [])),
    params(("user_id" = Uuid, Path, description = "User"), PageQuery), responses(
    (status = 200, description = "One page", body = Success<Vec<Change>>),
    (status = 403, description = "`ROLE_REQUIRED`: admin", body = Failure)))]
#[get("/users/{user_id}/history")]
async fn list_user_history(
    _caller: Admin,
    state: Data<State>,
    user_id: Path<Uuid>,
    query: Query<PageQuery>,
) -> ApiResult<Answer<Vec<Change>>> {
    audit::history(&state.db, "user", &user_id.to_string(), &query).await
}
