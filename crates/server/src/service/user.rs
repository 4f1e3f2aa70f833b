//! Users: their names, roles and passwords, and that an admin is always left.

use contract::user::{Role, User, UserCreate, UserQuery, UserUpdate};
use entity::app_user;
use sea_orm::Set;
use store::user::{Filter, Sort};
use uuid::Uuid;

use super::audit::{self, Author};
use super::{begin, commit};
use crate::answer::{Answer, Page, sorting};
use crate::auth::caller::Caller;
use crate::auth::password;
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::{validate, view};

const SORTS: [(&str, Sort); 4] = [
    ("username", Sort::Username),
    ("role", Sort::Role),
    ("created_at", Sort::CreatedAt),
    ("last_login_at", Sort::LastLoginAt),
];

/// Lists users.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &UserQuery) -> ApiResult<Answer<Vec<User>>> {
    let page = Page::read(query.page, query.per_page)?;
    let ascending = contract::filter::Order::Asc;
    let (sort, order) = sorting(query.sort.as_deref(), &SORTS, query.order, ascending)?;
    let filter = Filter {
        search: query.search.clone(),
        role: query.role.map(view::user::role_row),
        active: query.active,
    };
    let found = store::user::list(db, &filter, sort, order, page.paging()).await?;
    Ok(Answer::rows(found, page, view::user::user))
}

/// Returns a user.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn get(db: &store::Db, user_id: Uuid) -> ApiResult<User> {
    let row = store::user::get(db, user_id).await?;
    row.map(view::user::user)
        .ok_or_else(|| Thing::User.missing(user_id))
}

/// Creates a user; without a caller it is the system or its command line that does.
///
/// # Errors
/// [`ApiError::Invalid`], or that the username is taken.
pub async fn create(db: &store::Db, caller: Option<&Caller>, new: UserCreate) -> ApiResult<User> {
    check_username(&new.username)?;
    validate::text("display_name", &new.display_name, 1..=100)?;
    password::check_rules("password", &new.password, &new.username)?;
    let row = app_user::ActiveModel {
        user_id: Set(Uuid::now_v7()),
        username: Set(new.username),
        display_name: Set(new.display_name),
        role: Set(view::user::role_row(new.role)),
        password_hash: Set(password::hash(new.password).await?),
        ..Default::default()
    };
    let tx = begin(db).await?;
    let user = view::user::user(store::user::insert(&tx, row).await?);
    let author = caller.map_or_else(Author::system, Author::caller);
    let after = audit::whole(&user);
    audit::record(&tx, &author, "user.create", user.user_id, None, after).await?;
    commit(tx).await?;
    Ok(user)
}

fn check_username(username: &str) -> ApiResult<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
    if (2..=64).contains(&username.len()) && username.chars().all(plain) {
        return Ok(());
    }
    let rule = "has to have 2 to 64 characters: letters, digits, `.`, `_`, `-`, `@`";
    Err(invalid("username", username, rule))
}

/// Changes a user. A new password and a deactivation end all sessions of the user.
///
/// # Errors
/// [`ApiError::NotFound`], [`ApiError::Invalid`], [`ApiError::LastAdmin`].
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    user_id: Uuid,
    update: UserUpdate,
) -> ApiResult<User> {
    validate::optional_text("display_name", update.display_name.as_ref(), 100)?;
    let tx = begin(db).await?;
    let row = store::user::get(&tx, user_id).await?;
    let before = row.ok_or_else(|| Thing::User.missing(user_id))?;
    let stays_admin =
        update.role.is_none_or(|role| role == Role::Admin) && update.active.unwrap_or(true);
    if !stays_admin {
        keep_an_admin(&tx, &before).await?;
    }
    let ends_sessions = update.active == Some(false) || update.password.is_some();
    let changes = changes(&before, update).await?;
    let after = store::user::update(&tx, user_id, changes, None).await?;
    let after = after.ok_or_else(|| Thing::User.missing(user_id))?;
    if ends_sessions {
        store::session::revoke_user(&tx, user_id, None, "changed by an admin").await?;
    }
    let password_changed = before.password_hash != after.password_hash;
    let (before, after) = (view::user::user(before), view::user::user(after));
    let author = Author::caller(caller);
    if let Some((old, new)) = audit::difference(&before, &after) {
        audit::record(&tx, &author, "user.update", user_id, Some(old), Some(new)).await?;
    }
    if password_changed {
        audit::record(&tx, &author, "user.password", user_id, None, None).await?;
    }
    commit(tx).await?;
    Ok(after)
}

async fn changes(before: &app_user::Model, update: UserUpdate) -> ApiResult<app_user::ActiveModel> {
    let mut changes = app_user::ActiveModel::default();
    if let Some(name) = update.display_name {
        validate::text("display_name", &name, 1..=100)?;
        changes.display_name = Set(name);
    }
    if let Some(role) = update.role {
        changes.role = Set(view::user::role_row(role));
    }
    if let Some(active) = update.active {
        changes.active = Set(active);
    }
    if let Some(new) = update.password {
        password::check_rules("password", &new, &before.username)?;
        changes.password_hash = Set(password::hash(new).await?);
        changes.password_changed_at = Set(chrono::Utc::now());
    }
    Ok(changes)
}

/// Refuses what would leave nobody to manage users.
async fn keep_an_admin(tx: &store::Tx, user: &app_user::Model) -> ApiResult<()> {
    let is_admin = user.active && user.role == app_user::Role::Admin;
    if is_admin && store::user::other_active_admins(tx, user.user_id).await? == 0 {
        return Err(ApiError::LastAdmin);
    }
    Ok(())
}

/// Deletes a user with all sessions.
///
/// # Errors
/// [`ApiError::NotFound`], [`ApiError::LastAdmin`].
pub async fn delete(db: &store::Db, caller: &Caller, user_id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let row = store::user::get(&tx, user_id).await?;
    let row = row.ok_or_else(|| Thing::User.missing(user_id))?;
    keep_an_admin(&tx, &row).await?;
    store::user::delete(&tx, user_id).await?;
    let before = audit::whole(&view::user::user(row));
    let author = Author::caller(caller);
    audit::record(&tx, &author, "user.delete", user_id, before, None).await?;
    commit(tx).await?;
    Ok(())
}

/// Sets a password from the command line and ends all sessions of the user.
///
/// # Errors
/// [`ApiError::NotFound`], [`ApiError::Invalid`].
pub async fn set_password(db: &store::Db, username: &str, new: String) -> ApiResult<()> {
    let user = store::user::find_by_login(db, username).await?;
    let user = user.ok_or_else(|| Thing::User.missing(username))?;
    password::check_rules("password", &new, &user.username)?;
    let changes = app_user::ActiveModel {
        password_hash: Set(password::hash(new).await?),
        password_changed_at: Set(chrono::Utc::now()),
        ..Default::default()
    };
    let tx = begin(db).await?;
    store::user::update(&tx, user.user_id, changes, None).await?;
    store::session::revoke_user(&tx, user.user_id, None, "set on the command line").await?;
    let author = Author::system();
    audit::record(&tx, &author, "user.password", user.user_id, None, None).await?;
    commit(tx).await?;
    Ok(())
}
