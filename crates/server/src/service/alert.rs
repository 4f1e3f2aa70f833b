//! Alerts: who sees to them, and how they end.

use contract::alert::{Alert, AlertAction, AlertCounts, AlertDetail, AlertQuery};
use sea_orm::ConnectionTrait;
use store::alert::{Action, Filter, Row};
use store::listen::{Event, notify};
use uuid::Uuid;

use super::audit::{self, Author};
use super::{begin, commit};
use crate::answer::{Answer, Page};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing};
use crate::{validate, view};

/// Violations shown with an alert.
const VIOLATIONS: u32 = 200;

/// Lists alerts, newest first.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(db: &store::Db, query: &AlertQuery) -> ApiResult<Answer<Vec<Alert>>> {
    let page = Page::read(query.page, query.per_page)?;
    let states = query.state.iter().copied();
    let filter = Filter {
        states: states.map(view::alert::state_row).collect(),
        control_chart_id: query.control_chart_id,
    };
    let found = store::alert::list(db, &filter, page.paging()).await?;
    Ok(Answer::rows(found, page, view::alert::alert))
}

/// How many alerts wait.
///
/// # Errors
/// When the database fails.
pub async fn counts(db: &store::Db) -> ApiResult<AlertCounts> {
    Ok(view::alert::counts(store::alert::counts(db).await?))
}

/// Returns an alert with its violations.
///
/// # Errors
/// That there is none.
pub async fn get(db: &store::Db, id: Uuid) -> ApiResult<AlertDetail> {
    let alert = find(db, id).await?;
    let violations = store::alert::violations(db, id, VIOLATIONS).await?;
    Ok(AlertDetail {
        alert: view::alert::alert(alert),
        violations: violations.into_iter().map(view::alert::violation).collect(),
    })
}

async fn find(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<Row> {
    let found = store::alert::get(db, id).await?;
    found.ok_or_else(|| Thing::Alert.missing(id))
}

/// Acknowledges an open alert.
///
/// # Errors
/// When there is none, or it is not open any more.
pub async fn acknowledge(
    db: &store::Db,
    caller: &Caller,
    id: Uuid,
    action: AlertAction,
) -> ApiResult<Alert> {
    validate::text("comment", &action.comment, 0..=2000)?;
    let tx = begin(db).await?;
    let before = find(&tx, id).await?;
    let after = store::alert::acknowledge(&tx, id, said(caller, &action)).await?;
    close(tx, caller, "alert.acknowledge", (before, after)).await
}

/// Resolves an alert that waits; later violations of the same cause open a new one.
///
/// # Errors
/// When there is none, it is resolved, or the comment is missing.
pub async fn resolve(
    db: &store::Db,
    caller: &Caller,
    id: Uuid,
    action: AlertAction,
) -> ApiResult<Alert> {
    validate::text("comment", &action.comment, 1..=2000)?;
    let tx = begin(db).await?;
    let before = find(&tx, id).await?;
    let after = store::alert::resolve(&tx, id, said(caller, &action)).await?;
    close(tx, caller, "alert.resolve", (before, after)).await
}

fn said<'a>(caller: &Caller, action: &'a AlertAction) -> Action<'a> {
    Action {
        user_id: caller.user_id,
        comment: &action.comment,
    }
}

/// Puts the change into the audit log, tells the servers and ends the transaction.
async fn close(
    tx: store::Tx,
    caller: &Caller,
    action: &str,
    (before, after): (Row, Option<Row>),
) -> ApiResult<Alert> {
    let alert_id = before.alert.alert_id;
    let after = after.ok_or_else(|| Thing::Alert.missing(alert_id))?;
    if let Some((old, new)) = audit::difference(&before.alert, &after.alert) {
        let author = Author::caller(caller);
        audit::record(&tx, &author, action, alert_id, Some(old), Some(new)).await?;
    }
    let raised = false;
    notify(&tx, &Event::Alert { alert_id, raised }).await?;
    commit(tx).await?;
    Ok(view::alert::alert(after))
}
