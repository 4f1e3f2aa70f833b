//! The audit log: append only, the database refuses anything else.

use chrono::{DateTime, Utc};
use entity::audit_log::{ActiveModel, Entity, Model};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{Page, Paging, Result, record, sql::Sql};

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Kind of the thing that was changed.
    pub entity: Option<String>,
    /// Its id.
    pub entity_id: Option<String>,
    /// Who changed it.
    pub user_id: Option<Uuid>,
    /// What was done.
    pub action: Option<String>,
    /// First moment, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// End, exclusive.
    pub to: Option<DateTime<Utc>>,
}

/// Adds an entry; call it in the transaction of the change.
///
/// # Errors
/// [`crate::Error::Invalid`] when a text is too long.
pub async fn insert(db: &impl ConnectionTrait, entry: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, entry).await
}

/// One page of entries, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    paging: Paging,
) -> Result<Page<Model>> {
    let mut count = Sql::new("select count(*) from audit_log");
    push_filter(&mut count, filter);
    let mut sql = Sql::new("select * from audit_log");
    push_filter(&mut sql, filter);
    sql.push(" order by audit_id desc");
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and("entity =", filter.entity.clone())
        .and("entity_id =", filter.entity_id.clone())
        .and("user_id =", filter.user_id)
        .and("action =", filter.action.clone())
        .and("at >=", filter.from)
        .and("at <", filter.to);
}

/// What happened to one thing, newest first. Served by `audit_log_entity_idx`.
///
/// # Errors
/// When the database fails.
pub async fn history(
    db: &impl ConnectionTrait,
    entity: &str,
    entity_id: &str,
    paging: Paging,
) -> Result<Page<Model>> {
    let filter = Filter {
        entity: Some(entity.to_owned()),
        entity_id: Some(entity_id.to_owned()),
        ..Filter::default()
    };
    list(db, &filter, paging).await
}
