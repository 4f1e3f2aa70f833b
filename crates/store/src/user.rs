//! Accounts.

use chrono::{DateTime, Utc};
use entity::app_user::{ActiveModel, Column, Entity, Model, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::{Order, Page, Paging, Result, record, sql::Sql};

/// Which accounts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of user name, display name or e-mail address.
    pub search: Option<String>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only active, or only inactive ones.
    pub active: Option<bool>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the columns")]
pub enum Sort {
    #[default]
    Username,
    Role,
    CreatedAt,
    LastLoginAt,
}

/// One page of accounts.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: Sort,
    order: Order,
    paging: Paging,
) -> Result<Page<Model>> {
    let mut count = Sql::new("select count(*) from app_user");
    push_filter(&mut count, filter);
    let column = match sort {
        Sort::Username => "lower(username)",
        Sort::Role => "array_position('{viewer,operator,engineer,admin}', role)",
        Sort::CreatedAt => "created_at",
        Sort::LastLoginAt => "last_login_at",
    };
    let mut sql = Sql::new("select * from app_user");
    push_filter(&mut sql, filter);
    sql.push(&format!(" order by {column}{}, user_id", order.sql()));
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and_contains(
            &["username", "display_name", "email"],
            filter.search.as_deref(),
        )
        .and("role =", filter.role)
        .and("active =", filter.active);
}

/// One account.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, user_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(user_id).one(db).await?)
}

/// The account with this user name or e-mail address, whatever the case of its letters. A user name goes before an
/// e-mail address. Served by both unique indexes.
///
/// # Errors
/// When the database fails.
pub async fn find_by_login(db: &impl ConnectionTrait, login: &str) -> Result<Option<Model>> {
    let mut sql = Sql::new("select * from app_user where lower(username) = lower(");
    sql.bind(login)
        .push(") or lower(email) = lower(")
        .bind(login)
        .push(") order by lower(username) = lower(");
    sql.bind(login).push(") desc limit 1");
    sql.one(db).await
}

/// How many accounts there are; 0 asks for the first administrator.
///
/// # Errors
/// When the database fails.
pub async fn count(db: &impl ConnectionTrait) -> Result<i64> {
    Sql::new("select count(*) from app_user").number(db).await
}

/// How many active administrators there are beside `user_id`; the last one must not go. Locks them until the
/// transaction ends, so that two cannot dismiss each other.
///
/// # Errors
/// When the database fails.
pub async fn other_active_admins(db: &impl ConnectionTrait, user_id: Uuid) -> Result<i64> {
    let mut sql = Sql::new(
        "select count(*) from (select user_id from app_user where role = 'admin' and active order by user_id for update) admin
         where user_id <> ",
    );
    sql.bind(user_id);
    sql.number(db).await
}

/// Adds an account; `password_hash` is a hash.
///
/// # Errors
/// [`crate::Unique::Username`], [`crate::Unique::Email`]; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, user: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, user).await
}

/// Changes what is set in `changes`; `None` where there is no such account.
///
/// # Errors
/// As [`insert`]; [`crate::Error::Stale`].
pub async fn update(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    changes: ActiveModel,
    version: Option<DateTime<Utc>>,
) -> Result<Option<Model>> {
    let version = version.map(|at| (Column::UpdatedAt, at));
    record::update::<Entity>(db, Column::UserId.eq(user_id), changes, version).await
}

/// Deletes an account with its sessions and tells whether there was one. Its entries in the audit log stay.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, user_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::UserId.eq(user_id)).await
}
