//! What every resource does the same way.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::SimpleExpr,
};

use crate::{Error, Result};

/// Inserts a row and returns it as the database completed it.
pub(crate) async fn insert<E>(db: &impl ConnectionTrait, row: E::ActiveModel) -> Result<E::Model>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    Ok(E::insert(row).exec_with_returning(db).await?)
}

/// Changes the row that `key` selects; `None` where there is none. `version` is the row's `updated_at` as the caller
/// read it.
pub(crate) async fn update<E>(
    db: &impl ConnectionTrait,
    key: SimpleExpr,
    changes: E::ActiveModel,
    version: Option<(E::Column, DateTime<Utc>)>,
) -> Result<Option<E::Model>>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut selected = E::find().filter(key.clone());
    if let Some((updated_at, at)) = version {
        selected = selected.filter(updated_at.eq(at));
    }
    let changed = if changes.is_changed() {
        let mut update = E::update_many().set(changes).filter(key.clone());
        if let Some((updated_at, at)) = version {
            update = update.filter(updated_at.eq(at));
        }
        update.exec_with_returning(db).await?.pop()
    } else {
        selected.one(db).await?
    };
    if changed.is_none() && version.is_some() && E::find().filter(key).one(db).await?.is_some() {
        return Err(Error::Stale);
    }
    Ok(changed)
}

/// Deletes the row that `key` selects and tells whether there was one.
pub(crate) async fn delete<E: EntityTrait>(
    db: &impl ConnectionTrait,
    key: SimpleExpr,
) -> Result<bool> {
    let deleted = E::delete_many().filter(key).exec(db).await;
    Ok(deleted
        .map_err(|error| Error::from(error).while_deleting())?
        .rows_affected
        > 0)
}
