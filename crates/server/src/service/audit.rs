//! The audit log: every write leaves an entry in its own transaction.

use chrono::Utc;
use contract::history::{AuditQuery, Change, PageQuery};
use entity::audit_log;
use sea_orm::{ActiveValue, ConnectionTrait, Set};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::answer::{Answer, Page};
use crate::auth::caller::{Caller, Origin};
use crate::error::ApiResult;
use crate::view;

/// Who made a change.
#[derive(Clone, Debug)]
pub struct Author {
    user_id: Option<Uuid>,
    username: Option<String>,
    origin: Origin,
}

impl Author {
    /// Somebody who is signed in.
    pub fn caller(caller: &Caller) -> Self {
        Self {
            user_id: Some(caller.user_id),
            username: Some(caller.username.clone()),
            origin: caller.origin.clone(),
        }
    }

    /// Somebody who is about to sign in, or whose session ends.
    pub fn user(user_id: Uuid, username: &str, origin: &Origin) -> Self {
        Self {
            user_id: Some(user_id),
            username: Some(username.to_owned()),
            origin: origin.clone(),
        }
    }

    /// The system itself, or whoever sits at its command line.
    pub fn system() -> Self {
        Self {
            user_id: None,
            username: None,
            origin: Origin::default(),
        }
    }

    /// Who it is, where it is somebody.
    pub fn user_id(&self) -> Option<Uuid> {
        self.user_id
    }
}

/// Adds an entry: `action` was done to `entity` `id`, which was `before` and is `after`.
///
/// # Errors
/// When the database fails.
pub async fn record(
    tx: &impl ConnectionTrait,
    author: &Author,
    action: &str,
    id: impl ToString,
    before: Option<Value>,
    after: Option<Value>,
) -> store::Result<()> {
    let entity = action.split('.').next().unwrap_or_default();
    let entry = audit_log::ActiveModel {
        audit_id: ActiveValue::NotSet,
        at: Set(Utc::now()),
        user_id: Set(author.user_id),
        username: Set(author.username.clone()),
        action: Set(action.to_owned()),
        entity: Set(entity.to_owned()),
        entity_id: Set(id.to_string()),
        before: Set(before),
        after: Set(after),
        ip: Set(author.origin.ip.clone()),
        request_id: Set(author.origin.request_id.clone()),
    };
    store::audit::insert(tx, entry).await.map(drop)
}

/// All fields of a thing that came into being or went.
pub fn whole<T: Serialize>(thing: &T) -> Option<Value> {
    serde_json::to_value(thing).ok()
}

/// The fields that differ between two states of a thing, before and after; `None` where none does.
pub fn difference<T: Serialize>(before: &T, after: &T) -> Option<(Value, Value)> {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return None;
    };
    let mut old = Map::new();
    let mut new = Map::new();
    for (field, value) in after {
        let was = before.get(&field).cloned().unwrap_or_default();
        if was != value && field != "updated_at" {
            old.insert(field.clone(), was);
            new.insert(field, value);
        }
    }
    (!new.is_empty()).then_some((Value::Object(old), Value::Object(new)))
}

/// Lists what happened to everything, newest first.
///
/// # Errors
/// When the page is out of range or the database fails.
pub async fn list(db: &store::Db, query: &AuditQuery) -> ApiResult<Answer<Vec<Change>>> {
    let page = Page::read(query.page, query.per_page)?;
    let filter = store::audit::Filter {
        entity: query.entity.clone(),
        entity_id: query.entity_id.clone(),
        user_id: query.user_id,
        action: query.action.clone(),
        from: query.from,
        to: query.to,
    };
    let found = store::audit::list(db, &filter, page.paging()).await?;
    Ok(Answer::rows(found, page, view::history::change))
}

/// Lists what happened to one thing, newest first.
///
/// # Errors
/// When the page is out of range or the database fails.
pub async fn history(
    db: &store::Db,
    entity: &str,
    id: &str,
    query: &PageQuery,
) -> ApiResult<Answer<Vec<Change>>> {
    let page = Page::read(query.page, query.per_page)?;
    let found = store::audit::history(db, entity, id, page.paging()).await?;
    Ok(Answer::rows(found, page, view::history::change))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_fields_that_changed_are_kept() {
        let before = json!({"name": "a", "slot": 1, "updated_at": 1});
        let after = json!({"name": "b", "slot": 1, "updated_at": 2});
        assert_eq!(
            difference(&before, &after),
            Some((json!({"name": "a"}), json!({"name": "b"})))
        );
        assert_eq!(difference(&before, &before), None);
    }
}
