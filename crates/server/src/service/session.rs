//! Sessions: a sign-in, the refresh tokens that follow from it, and its end.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use contract::auth::{Login, PasswordChange, Session};
use entity::{app_user, session};
use sea_orm::{ConnectionTrait, Set};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::session::Presented;
use uuid::Uuid;

use super::audit::{self, Author};
use super::{begin, commit};
use crate::app::State;
use crate::auth::caller::{Caller, Origin};
use crate::auth::{password, secret};
use crate::error::{ApiError, ApiResult, invalid};
use crate::view;

/// A session that begins or goes on.
#[derive(Debug)]
pub struct SignedIn {
    /// What the client is told.
    pub session: Session,
    /// What goes into the cookie; the database has its SHA-256 only.
    pub refresh_token: String,
}

/// Signs in with username (or e-mail address) and password.
///
/// # Errors
/// [`ApiError::InvalidCredentials`], after the same time whatever is wrong.
pub async fn sign_in(
    state: &State,
    login: Login,
    origin: &Origin,
    user_agent: Option<String>,
) -> ApiResult<SignedIn> {
    let user = store::user::find_by_login(&state.db, login.username.trim()).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = password::matches(login.password, hash).await?;
    let Some(user) = user.filter(|user| is_right && user.active) else {
        tracing::warn!(ip = origin.ip, "sign-in refused");
        return Err(ApiError::InvalidCredentials);
    };
    let tx = begin(&state.db).await?;
    let changes = app_user::ActiveModel {
        last_login_at: Set(Some(Utc::now())),
        ..Default::default()
    };
    let checked = user.password_hash;
    // From here on the account is locked. Somebody may have changed it while the password was checked.
    let user = store::user::update(&tx, user.user_id, changes, None)
        .await?
        .filter(|user| user.active && user.password_hash == checked)
        .ok_or(ApiError::InvalidCredentials)?;
    let author = Author::user(user.user_id, &user.username, origin);
    audit::record(&tx, &author, "session.begin", user.user_id, None, None).await?;
    let (token, row) = issue(state, &tx, &user, Uuid::now_v7(), origin, user_agent).await?;
    commit(tx).await?;
    signed_in(state, user, token, &row)
}

/// Uses up a refresh token and gives the next one.
///
/// # Errors
/// [`ApiError::SessionEnded`]. A token that was used before ends its family: it was copied.
pub async fn go_on(
    state: &State,
    token: &str,
    origin: &Origin,
    user_agent: Option<String>,
) -> ApiResult<SignedIn> {
    let tx = begin(&state.db).await?;
    let used_up = match store::session::present(&tx, &digest(token)).await? {
        Presented::Fresh(row) => row,
        Presented::Used(row) => {
            store::session::revoke_family(&tx, row.family_id, "replayed").await?;
            let details = Some(json!({"reason": "a refresh token was used twice"}));
            let author = Author::user(row.user_id, "", origin);
            audit::record(&tx, &author, "session.revoke", row.user_id, None, details).await?;
            commit(tx).await?;
            state.callers.forget();
            tracing::warn!(ip = origin.ip, user_id = %row.user_id, "refresh token replayed");
            return Err(ApiError::SessionEnded);
        }
        Presented::Revoked(_) | Presented::Expired(_) | Presented::Unknown => {
            return Err(ApiError::SessionEnded);
        }
    };
    let user = store::user::get(&tx, used_up.user_id).await?;
    let user = user
        .filter(|user| user.active)
        .ok_or(ApiError::SessionEnded)?;
    let (token, row) = issue(state, &tx, &user, used_up.family_id, origin, user_agent).await?;
    store::session::replaced(&tx, used_up.session_id, row.session_id).await?;
    commit(tx).await?;
    signed_in(state, user, token, &row)
}

/// Ends the session that a refresh token belongs to; an unknown token is no error.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(state: &State, token: &str, origin: &Origin) -> ApiResult<()> {
    let tx = begin(&state.db).await?;
    let presented = store::session::present(&tx, &digest(token)).await?;
    if let Presented::Fresh(row) | Presented::Used(row) = presented {
        store::session::revoke_family(&tx, row.family_id, "signed out").await?;
        let user = store::user::get(&tx, row.user_id).await?;
        let username = user.map(|user| user.username).unwrap_or_default();
        let author = Author::user(row.user_id, &username, origin);
        audit::record(&tx, &author, "session.end", row.user_id, None, None).await?;
    }
    commit(tx).await?;
    state.callers.forget();
    Ok(())
}

/// Changes the caller's own password and ends the other sessions.
///
/// # Errors
/// [`ApiError::InvalidCredentials`] when the current password is wrong, [`ApiError::Invalid`] when the
/// new one breaks a rule.
pub async fn change_password(
    state: &State,
    caller: &Caller,
    change: PasswordChange,
) -> ApiResult<()> {
    let user = store::user::get(&state.db, caller.user_id).await?;
    let user = user.ok_or(ApiError::SessionEnded)?;
    let hash = Some(user.password_hash);
    if !password::matches(change.current_password.clone(), hash).await? {
        return Err(ApiError::InvalidCredentials);
    }
    if change.current_password == change.new_password {
        let rule = "must not be the current password";
        return Err(invalid("new_password", serde_json::Value::Null, rule));
    }
    password::check_rules("new_password", &change.new_password, &user.username)?;
    let changes = app_user::ActiveModel {
        password_hash: Set(password::hash(change.new_password).await?),
        password_changed_at: Set(Utc::now()),
        ..Default::default()
    };
    let tx = begin(&state.db).await?;
    store::user::update(&tx, caller.user_id, changes, None).await?;
    let keep = Some(caller.session_id);
    store::session::revoke_user(&tx, caller.user_id, keep, "password changed").await?;
    let author = Author::caller(caller);
    audit::record(&tx, &author, "user.password", caller.user_id, None, None).await?;
    commit(tx).await?;
    state.callers.forget();
    Ok(())
}

async fn issue(
    state: &State,
    tx: &impl ConnectionTrait,
    user: &app_user::Model,
    family_id: Uuid,
    origin: &Origin,
    user_agent: Option<String>,
) -> ApiResult<(String, session::Model)> {
    let token = BASE64_URL_SAFE_NO_PAD.encode(secret::random::<32>());
    let now = Utc::now();
    let row = session::ActiveModel {
        session_id: Set(Uuid::now_v7()),
        family_id: Set(family_id),
        user_id: Set(user.user_id),
        token_hash: Set(digest(&token)),
        issued_at: Set(now),
        expires_at: Set(end_of_life(now, state)),
        ip: Set(origin.ip.clone()),
        user_agent: Set(user_agent),
        ..Default::default()
    };
    Ok((token, store::session::insert(tx, row).await?))
}

fn end_of_life(now: DateTime<Utc>, state: &State) -> DateTime<Utc> {
    now + state.config.refresh_token_life
}

/// SHA-256 is enough here: the token is 256 random bits, there is nothing to guess.
fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

fn signed_in(
    state: &State,
    user: app_user::Model,
    refresh_token: String,
    row: &session::Model,
) -> ApiResult<SignedIn> {
    let life = state.config.access_token_life;
    let role = view::user::role(user.role);
    let access_token = state.keys.issue(user.user_id, role, row.family_id, life)?;
    Ok(SignedIn {
        session: Session {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: u32::try_from(life.as_secs()).unwrap_or(u32::MAX),
            user: view::user::user(user),
        },
        refresh_token,
    })
}
