//! Alerts and the violations that belong to them.

use entity::alert::{AlertState, Cause, Model};
use entity::chart_violation;
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Error, Page, Paging, Result, sql::Sql};

/// An alert, its chart's name and who saw to it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// The alert.
    #[sea_orm(nested)]
    pub alert: Model,
    /// Name of the chart.
    pub control_chart_name: String,
    /// Who acknowledged it; `None` when the account is gone.
    pub acknowledged_by_username: Option<String>,
    /// Who resolved it; `None` when the account is gone.
    pub resolved_by_username: Option<String>,
}

/// Which alerts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these states; empty for all.
    pub states: Vec<AlertState>,
    /// Only this chart's.
    pub control_chart_id: Option<Uuid>,
}

/// How many alerts wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Counts {
    /// Open.
    pub open: i64,
    /// Acknowledged, not resolved.
    pub acknowledged: i64,
}

/// What somebody did about an alert.
#[derive(Clone, Copy, Debug)]
pub struct Action<'a> {
    /// Who.
    pub user_id: Uuid,
    /// With which words.
    pub comment: &'a str,
}

const ROWS: &str = "select a.*, c.name as control_chart_name, k.username as acknowledged_by_username,
    r.username as resolved_by_username
    from alert a join control_chart c on c.control_chart_id = a.control_chart_id
    left join app_user k on k.user_id = a.acknowledged_by left join app_user r on r.user_id = a.resolved_by";

/// One page of alerts, newest first. Served by `alert_opened_idx`, for one chart by `alert_chart_idx`.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, paging: Paging) -> Result<Page<Row>> {
    let mut count = Sql::new("select count(*) from alert a");
    push_filter(&mut count, filter);
    let mut sql = Sql::new(ROWS);
    push_filter(&mut sql, filter);
    sql.push(" order by a.opened_at desc, a.alert_id desc");
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    let states: Vec<String> = filter.states.iter().map(ActiveEnum::to_value).collect();
    sql.push(" where true")
        .and_any("a.state", &states)
        .and("a.control_chart_id =", filter.control_chart_id);
}

/// One alert.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, alert_id: Uuid) -> Result<Option<Row>> {
    let mut sql = Sql::new(ROWS);
    sql.push(" where a.alert_id = ").bind(alert_id);
    sql.one(db).await
}

/// Its violations, newest point first, at most `limit`. Served by `chart_violation_alert_idx`.
///
/// # Errors
/// When the database fails.
pub async fn violations(
    db: &impl ConnectionTrait,
    alert_id: Uuid,
    limit: u32,
) -> Result<Vec<chart_violation::Model>> {
    let mut sql = Sql::new("select * from chart_violation where alert_id = ");
    sql.bind(alert_id)
        .push(" order by at desc, chart_violation_id desc limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// How many alerts wait. Served by `alert_waiting_idx`.
///
/// # Errors
/// When the database fails.
pub async fn counts(db: &impl ConnectionTrait) -> Result<Counts> {
    let sql = Sql::new(
        "select count(*) filter (where state = 'open') as open, count(*) filter (where state = 'acknowledged') as acknowledged
         from alert where state <> 'resolved'",
    );
    Ok(sql.one(db).await?.unwrap_or_default())
}

/// The alerts of a chart that are not resolved.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, control_chart_id: Uuid) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        alert_id: Uuid,
    }
    let mut sql = Sql::new("select alert_id from alert where state <> 'resolved'");
    sql.and("control_chart_id =", Some(control_chart_id));
    let rows: Vec<Id> = sql.all(db).await?;
    Ok(rows.into_iter().map(|row| row.alert_id).collect())
}

/// Acknowledges an open alert; `None` where there is no such alert.
///
/// # Errors
/// [`Error::Stale`] when it is not open.
pub async fn acknowledge(
    db: &impl ConnectionTrait,
    alert_id: Uuid,
    action: Action<'_>,
) -> Result<Option<Row>> {
    let comment = Some(action.comment).filter(|comment| !comment.is_empty());
    let mut sql = Sql::new(
        "update alert set state = 'acknowledged', acknowledged_at = clock_timestamp(), acknowledged_by = ",
    );
    sql.bind(action.user_id)
        .push(", acknowledge_comment = ")
        .bind(comment)
        .push(" where state = 'open'")
        .and("alert_id =", Some(alert_id));
    changed(db, alert_id, sql).await
}

/// Resolves an alert that waits; `None` where there is no such alert.
///
/// # Errors
/// [`Error::Stale`] when it is resolved.
pub async fn resolve(
    db: &impl ConnectionTrait,
    alert_id: Uuid,
    action: Action<'_>,
) -> Result<Option<Row>> {
    let mut sql = Sql::new(
        "update alert set state = 'resolved', resolved_at = clock_timestamp(), resolved_by = ",
    );
    sql.bind(action.user_id)
        .push(", resolve_comment = ")
        .bind(action.comment)
        .push(" where state <> 'resolved'")
        .and("alert_id =", Some(alert_id));
    changed(db, alert_id, sql).await
}

async fn changed(db: &impl ConnectionTrait, alert_id: Uuid, update: Sql) -> Result<Option<Row>> {
    let touched = update.execute(db).await?;
    match (touched, get(db, alert_id).await?) {
        (0, Some(_)) => Err(Error::Stale),
        (_, found) => Ok(found),
    }
}

/// Violations of one chart to one side, found together.
#[derive(Clone, Debug)]
pub struct Found {
    /// The chart.
    pub control_chart_id: Uuid,
    /// The side.
    pub cause: Cause,
    /// At least one, in the order of time. Their `alert_id` is set here.
    pub violations: Vec<chart_violation::Model>,
}

/// Stores violations and opens an alert for them, or lets the one that waits grow; its id. Violations that were found
/// before (same chart, rule and point) change nothing; `None` where all were.
///
/// Causes of a chart, and charts, come in one order everywhere, so that two evaluations cannot lock each other out.
///
/// # Errors
/// [`Error::Missing`] when the chart is gone.
pub async fn raise(tx: &impl ConnectionTrait, found: Found) -> Result<Option<Uuid>> {
    let mut new = Vec::with_capacity(found.violations.len());
    for violation in found.violations {
        if insert_violation(tx, &violation).await? {
            new.push(violation);
        }
    }
    let (Some(first), Some(last)) = (new.first(), new.last()) else {
        return Ok(None);
    };
    let mut rules: Vec<String> = new.iter().map(|one| one.rule.clone()).collect();
    rules.sort_unstable();
    rules.dedup();
    let message: String = format!("{}: {}", last.label, last.sentence);
    let mut sql = Sql::new(
        "insert into alert (alert_id, control_chart_id, cause, rules, message, violations, first_at, last_at,
            first_inspection_id, last_inspection_id) values (",
    );
    sql.bind(Uuid::now_v7()).push(", ");
    sql.bind(found.control_chart_id).push(", ");
    sql.bind(found.cause.to_value()).push(", ");
    sql.bind(rules).push(", ");
    sql.bind(clip(&message, 2000)).push(", ");
    sql.bind(i64::try_from(new.len()).unwrap_or(i64::MAX))
        .push(", ");
    sql.bind(first.at).push(", ");
    sql.bind(last.at).push(", ");
    sql.bind(first.inspection_id).push(", ");
    sql.bind(last.inspection_id).push(
        ") on conflict (control_chart_id, cause) where state <> 'resolved' do update set
            rules = (select array_agg(distinct r order by r) from unnest(alert.rules || excluded.rules) r),
            violations = alert.violations + excluded.violations,
            message = case when excluded.last_at >= alert.last_at then excluded.message else alert.message end,
            last_inspection_id = case when excluded.last_at >= alert.last_at then excluded.last_inspection_id else alert.last_inspection_id end,
            first_inspection_id = case when excluded.first_at < alert.first_at then excluded.first_inspection_id else alert.first_inspection_id end,
            first_at = least(alert.first_at, excluded.first_at),
            last_at = greatest(alert.last_at, excluded.last_at)
         returning *",
    );
    let Some(alert) = sql.one::<Model>(tx).await? else {
        return Ok(None);
    };
    let ids: Vec<Uuid> = new.iter().map(|one| one.chart_violation_id).collect();
    let mut sql = Sql::new("update chart_violation set alert_id = ");
    sql.bind(alert.alert_id)
        .push(" where true")
        .and_any("chart_violation_id", &ids);
    sql.execute(tx).await?;
    Ok(Some(alert.alert_id))
}

/// Tells whether it is new.
async fn insert_violation(
    tx: &impl ConnectionTrait,
    violation: &chart_violation::Model,
) -> Result<bool> {
    let mut sql = Sql::new(
        "insert into chart_violation (chart_violation_id, control_chart_id, rule, point, at, inspection_id, label,
            value, lcl, ucl, limit_version, sentence) values (",
    );
    sql.bind(violation.chart_violation_id).push(", ");
    sql.bind(violation.control_chart_id).push(", ");
    sql.bind(violation.rule.as_str()).push(", ");
    sql.bind(violation.point.as_str()).push(", ");
    sql.bind(violation.at).push(", ");
    sql.bind(violation.inspection_id).push(", ");
    sql.bind(clip(&violation.label, 256)).push(", ");
    sql.bind(violation.value).push(", ");
    sql.bind(violation.lcl).push(", ");
    sql.bind(violation.ucl).push(", ");
    sql.bind(violation.limit_version).push(", ");
    sql.bind(clip(&violation.sentence, 2000))
        .push(") on conflict (control_chart_id, rule, point) do nothing");
    Ok(sql.execute(tx).await? > 0)
}

/// The first `limit` characters.
fn clip(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
