//! Refresh tokens and their families.

use chrono::{DateTime, Utc};
use entity::session::{ActiveModel, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{Result, record, sql::Sql};

/// What presenting a refresh token came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// It was good, and is used up now.
    Fresh(Model),
    /// It had been used before: it was copied, or an answer got lost. The family has to go.
    Used(Model),
    /// It, or its family, was revoked.
    Revoked(Model),
    /// It is too old.
    Expired(Model),
    /// Nobody issued it.
    Unknown,
}

/// Begins a family or continues one.
///
/// # Errors
/// [`crate::Error::Missing`] when the account is gone.
pub async fn insert(db: &impl ConnectionTrait, session: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, session).await
}

/// Uses up the token with this SHA-256. Of two that present it at the same moment one gets [`Presented::Fresh`].
/// Served by `session_token_hash_key`.
///
/// # Errors
/// When the database fails.
pub async fn present(db: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Presented> {
    let mut sql = Sql::new("update session set used_at = now() where token_hash = ");
    sql.bind(token_hash.to_vec())
        .push(" and used_at is null and revoked_at is null and expires_at > now() returning *");
    if let Some(fresh) = sql.one(db).await? {
        return Ok(Presented::Fresh(fresh));
    }
    let found = Entity::find()
        .filter(entity::session::Column::TokenHash.eq(token_hash.to_vec()))
        .one(db)
        .await?;
    Ok(match found {
        None => Presented::Unknown,
        Some(session) if session.revoked_at.is_some() => Presented::Revoked(session),
        Some(session) if session.used_at.is_some() => Presented::Used(session),
        Some(session) => Presented::Expired(session),
    })
}

/// Notes which session took the place of `session_id`.
///
/// # Errors
/// When the database fails.
pub async fn replaced(db: &impl ConnectionTrait, session_id: Uuid, by: Uuid) -> Result<()> {
    let mut sql = Sql::new("update session set replaced_by = ");
    sql.bind(by).push(" where session_id = ").bind(session_id);
    sql.execute(db).await.map(drop)
}

/// Revokes all tokens of a family and returns how many were alive.
///
/// # Errors
/// When the database fails.
pub async fn revoke_family(
    db: &impl ConnectionTrait,
    family_id: Uuid,
    reason: &str,
) -> Result<u64> {
    let mut sql = Sql::new("update session set revoked_at = now(), revoked_reason = ");
    sql.bind(reason)
        .push(" where revoked_at is null and family_id = ")
        .bind(family_id);
    until_none_is_left(db, &sql).await
}

/// Revokes all tokens of an account, except those of the family `keep`, and returns how many were alive.
///
/// # Errors
/// When the database fails.
pub async fn revoke_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    keep: Option<Uuid>,
    reason: &str,
) -> Result<u64> {
    let mut sql = Sql::new("update session set revoked_at = now(), revoked_reason = ");
    sql.bind(reason)
        .push(" where revoked_at is null and user_id = ")
        .bind(user_id)
        .and("family_id <>", keep);
    until_none_is_left(db, &sql).await
}

/// Revokes again until nothing is found: a refresh that was under way holds its used token locked, and the token that
/// takes its place is seen by the next statement only.
async fn until_none_is_left(db: &impl ConnectionTrait, revoke: &Sql) -> Result<u64> {
    let mut revoked = 0;
    loop {
        match revoke.clone().execute(db).await? {
            0 => return Ok(revoked),
            more => revoked += more,
        }
    }
}

/// Whether a family still has a token that can be presented: what an access token made from it stands on.
///
/// # Errors
/// When the database fails.
pub async fn is_family_alive(db: &impl ConnectionTrait, family_id: Uuid) -> Result<bool> {
    let mut sql = Sql::new(
        "select count(*) from session where revoked_at is null and used_at is null and expires_at > now() and family_id = ",
    );
    sql.bind(family_id);
    Ok(sql.number(db).await? > 0)
}

/// The live sessions of an account, latest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &impl ConnectionTrait, user_id: Uuid) -> Result<Vec<Model>> {
    use entity::session::Column;
    let alive = Column::UserId
        .eq(user_id)
        .and(Column::RevokedAt.is_null())
        .and(Column::UsedAt.is_null());
    let alive = Entity::find()
        .filter(alive)
        .filter(Column::ExpiresAt.gt(Utc::now()));
    Ok(alive.order_by_desc(Column::IssuedAt).all(db).await?)
}

/// Forgets tokens that expired before `before` and returns how many that were. Served by `session_expires_idx`.
///
/// # Errors
/// When the database fails.
pub async fn forget_expired(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let mut sql = Sql::new("delete from session where expires_at < ");
    sql.bind(before);
    sql.execute(db).await
}
