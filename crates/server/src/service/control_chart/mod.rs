//! Control charts that engineers own.

mod check;
pub mod definition;
mod drawn;
mod limits;
mod version;

use chrono::Utc;
use contract::control_chart::{
    ControlChart, ControlChartCreate, ControlChartQuery, ControlChartUpdate, LimitStage,
};
use entity::control_chart::ActiveModel;
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use store::control_chart::{Filter, LimitRow, Row};
use store::listen::Event;
use uuid::Uuid;

use self::definition::Definition;
pub use self::drawn::{draw, judged};
use self::limits::Making;
use self::version::limit_row;
pub use self::version::{create_limits, limit_versions};
use super::analytics::chart;
use super::audit::{self, Author};
use super::{begin, change, commit};
use crate::answer::{Answer, Page};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::{validate, view};

/// Lists charts, by name.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn list(
    db: &store::Db,
    query: &ControlChartQuery,
) -> ApiResult<Answer<Vec<ControlChart>>> {
    let page = Page::read(query.page, query.per_page)?;
    let filter = Filter {
        search: query.search.clone(),
        active: query.active,
    };
    let found = store::control_chart::list(db, &filter, page.paging()).await?;
    let ids = found.rows.iter().map(|row| row.chart.control_chart_id);
    let mut limits = store::control_chart::limits_in_force(db, ids).await?;
    let mut charts = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        let id = row.chart.control_chart_id;
        // A chart that was deleted in between has none any more.
        if let Some(place) = limits
            .iter()
            .position(|one| one.limit.control_chart_id == id)
        {
            let limits = limits.swap_remove(place);
            charts.push(view::control_chart::control_chart(row, limits)?);
        }
    }
    Ok(Answer::page(charts, page.within(found.total, None)))
}

/// Returns a chart.
///
/// # Errors
/// That there is none.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<ControlChart> {
    let (row, limits) = find(db, id).await?;
    view::control_chart::control_chart(row, limits)
}

async fn find(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<(Row, LimitRow)> {
    let row = store::control_chart::get(db, id).await?;
    let limits = in_force(db, id).await?;
    row.zip(limits)
        .ok_or_else(|| Thing::ControlChart.missing(id))
}

async fn in_force(db: &impl ConnectionTrait, id: Uuid) -> store::Result<Option<LimitRow>> {
    Ok(store::control_chart::limits_in_force(db, [id]).await?.pop())
}

/// Creates a chart with the first version of its limits.
///
/// # Errors
/// When a value breaks a rule, the name is taken, or limits cannot be computed.
pub async fn create(
    db: &store::Db,
    caller: &Caller,
    new: ControlChartCreate,
) -> ApiResult<ControlChart> {
    validate::text("name", &new.name, 1..=128)?;
    validate::text("description", &new.description, 0..=2000)?;
    let rules = check::rules(&new.rules)?;
    chart::width(new.chart, Some(new.width), Some(new.width_value))?;
    check::scope(db, &new.scope).await?;
    let scope = serde_json::to_value(&new.scope).map_err(anyhow::Error::from)?;
    let first = first_stage(&new)?;
    let id = Uuid::now_v7();
    let mut row = entity::control_chart::Model {
        control_chart_id: id,
        name: new.name,
        description: new.description,
        scope,
        metric: view::control_chart::metric_row(new.metric),
        bucket: view::control_chart::bucket_row(new.bucket),
        chart: view::control_chart::kind_row(new.chart),
        rules,
        width: view::control_chart::width_row(new.width),
        width_value: new.width_value,
        active: true,
        version: 1,
        evaluation_error: None,
        created_by: Some(caller.user_id),
        created_at: Utc::now(),
        updated_at: Utc::now(),
    };
    let definition = Definition::of(&row)?;
    // Some charts know one metric only.
    row.metric = view::control_chart::metric_row(definition.question.metric);
    let charted = definition.read(db).await?;
    let making = Making {
        username: &caller.username,
        at: Utc::now(),
        in_force: None,
        known: &[],
    };
    let prepared = limits::prepare(&definition, &charted, vec![first], Vec::new(), &making);
    let prepared = prepared.map_err(of_creation)?;
    let tx = begin(db).await?;
    let row = store::control_chart::insert(&tx, ActiveModel::from(row).reset_all()).await?;
    let limits = limit_row(id, 1, prepared, "first limits".to_owned(), caller)?;
    store::control_chart::insert_limits(&tx, limits).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "control_chart.create", id, None, after).await?;
    let made = get(&tx, id).await?;
    commit(tx).await?;
    Ok(made)
}

fn first_stage(new: &ControlChartCreate) -> ApiResult<LimitStage> {
    match (new.baseline_from, new.baseline_to) {
        (Some(from), Some(to)) if from >= to => {
            let rule = "has to be later than baseline_from";
            Err(invalid("baseline_to", to.to_rfc3339(), rule))
        }
        (baseline_from, baseline_to) => Ok(LimitStage {
            name: String::new(),
            from: None,
            baseline_from,
            baseline_to,
            frozen: new.freeze,
            limits: None,
        }),
    }
}

/// The first version is told by fields of the chart itself.
fn of_creation(error: ApiError) -> ApiError {
    match error {
        ApiError::Invalid {
            field,
            value,
            constraint,
        } => {
            let field = match field.strip_prefix("stages[0].") {
                Some("frozen") => "freeze".to_owned(),
                Some(own) => own.to_owned(),
                None => field,
            };
            invalid(field, value, constraint)
        }
        other => other,
    }
}

/// Changes a definition; what is absent stays.
///
/// # Errors
/// When a value breaks a rule, the name is taken, there is no such chart, or somebody else was quicker.
pub async fn update(
    db: &store::Db,
    caller: &Caller,
    id: Uuid,
    update: ControlChartUpdate,
) -> ApiResult<ControlChart> {
    if let Some(name) = &update.name {
        validate::text("name", name, 1..=128)?;
    }
    validate::optional_text("description", update.description.as_ref(), 2000)?;
    let rules = update.rules.as_deref().map(check::rules).transpose()?;
    let missing = || Thing::ControlChart.missing(id);
    let tx = begin(db).await?;
    let before = store::control_chart::lock(&tx, id)
        .await?
        .ok_or_else(missing)?;
    if before.version != update.version {
        return Err(ApiError::Conflict);
    }
    let changes = ActiveModel {
        name: change(update.name, |name| name),
        description: change(update.description, |text| text),
        rules: change(rules, |rules| rules),
        active: change(update.active, |active| active),
        version: Set(before.version + 1),
        ..Default::default()
    };
    let after = store::control_chart::update(&tx, id, changes).await?;
    let after = after.ok_or_else(missing)?;
    if let Some((old, new)) = audit::difference(&before, &after) {
        let author = Author::caller(caller);
        audit::record(
            &tx,
            &author,
            "control_chart.update",
            id,
            Some(old),
            Some(new),
        )
        .await?;
    }
    let changed = get(&tx, id).await?;
    commit(tx).await?;
    Ok(changed)
}

/// Deletes a chart with its limits, violations and alerts.
///
/// # Errors
/// When there is none.
pub async fn delete(db: &store::Db, caller: &Caller, id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let before = store::control_chart::lock(&tx, id).await?;
    let before = before.ok_or_else(|| Thing::ControlChart.missing(id))?;
    let waiting = store::alert::waiting(&tx, id).await?;
    store::control_chart::delete(&tx, id).await?;
    let (author, before) = (Author::caller(caller), audit::whole(&before));
    audit::record(&tx, &author, "control_chart.delete", id, before, None).await?;
    for alert_id in waiting {
        let raised = false;
        store::listen::notify(&tx, &Event::Alert { alert_id, raised }).await?;
    }
    commit(tx).await?;
    Ok(())
}
