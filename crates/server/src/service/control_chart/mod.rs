//! Control charts that engineers own.

pub mod definition;
mod limits;

use ::analytics::spc::StagedChart;
use chrono::Utc;
use contract::analytics::{Limits, Spc};
use contract::control_chart::{
    ChartScope, ControlChart, ControlChartCreate, ControlChartQuery, ControlChartUpdate,
    ControlChartViewQuery, LimitStage, LimitVersion, LimitVersionCreate,
};
use contract::history::PageQuery;
use entity::{control_chart::ActiveModel, control_limit};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use store::control_chart::{Filter, LimitRow, Row};
use store::listen::Event;
use uuid::Uuid;

use self::definition::{Definition, fit, misfit};
use self::limits::{Making, Prepared};
use super::analytics::chart::{self, Charted};
use super::analytics::spc::period;
use super::audit::{self, Author};
use super::{begin, change, commit};
use crate::answer::{Answer, Page};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::{validate, view};

/// Values of a list in a scope at most.
const SCOPE_MOST: usize = 100;

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
    let rules = rules(&new.rules)?;
    chart::width(new.chart, Some(new.width), Some(new.width_value))?;
    check_scope(db, &new.scope).await?;
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

fn rules(ids: &[String]) -> ApiResult<Vec<String>> {
    if ids.is_empty() {
        let none: [String; 0] = [];
        return Err(invalid("rules", none.to_vec(), "has to name one at least"));
    }
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        let rule = chart::rule("rules", id)?.as_str().to_owned();
        if !known.contains(&rule) {
            known.push(rule);
        }
    }
    Ok(known)
}

/// Steps, products and tools may be new; types exist, because they are named by number.
async fn check_scope(db: &store::Db, scope: &ChartScope) -> ApiResult<()> {
    for (name, values) in [
        ("scope.step", &scope.step),
        ("scope.product", &scope.product),
        ("scope.equipment", &scope.equipment),
        ("scope.attribute", &scope.attribute),
    ] {
        check_length(name, values.len())?;
        for value in values {
            validate::text(name, value, 1..=256)?;
        }
    }
    view::filter::attributes(&scope.attribute)?;
    check_length("scope.defect_type", scope.defect_type.len())?;
    let known = store::defect_type::all(db).await?;
    let is_known = |id: &&i32| known.iter().all(|kind| kind.defect_type_id != **id);
    match scope.defect_type.iter().find(is_known) {
        Some(&unknown) => Err(invalid(
            "scope.defect_type",
            unknown,
            "is the id of no defect type",
        )),
        None => Ok(()),
    }
}

fn check_length(field: &str, values: usize) -> ApiResult<()> {
    match values {
        0..=SCOPE_MOST => Ok(()),
        _ => Err(invalid(
            field,
            values,
            format!("may name {SCOPE_MOST} at most"),
        )),
    }
}

fn limit_row(
    id: Uuid,
    version: i32,
    prepared: Prepared,
    reason: String,
    caller: &Caller,
) -> ApiResult<control_limit::ActiveModel> {
    Ok(control_limit::ActiveModel {
        control_chart_id: Set(id),
        version: Set(version),
        stages: Set(serde_json::to_value(prepared.stages).map_err(anyhow::Error::from)?),
        excluded: Set(serde_json::to_value(prepared.excluded).map_err(anyhow::Error::from)?),
        reason: Set(reason),
        created_by: Set(Some(caller.user_id)),
        ..Default::default()
    })
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
    let rules = update.rules.as_deref().map(rules).transpose()?;
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

/// Lists the versions of a chart's limits, newest first.
///
/// # Errors
/// When there is no such chart or the database fails.
pub async fn limit_versions(
    db: &store::Db,
    id: Uuid,
    query: &PageQuery,
) -> ApiResult<Answer<Vec<LimitVersion>>> {
    let page = Page::read(query.page, query.per_page)?;
    let found = store::control_chart::limit_versions(db, id, page.paging()).await?;
    if found.total == 0 {
        return Err(Thing::ControlChart.missing(id));
    }
    let rows = found.rows.into_iter();
    let versions: ApiResult<Vec<LimitVersion>> =
        rows.map(view::control_chart::limit_version).collect();
    Ok(Answer::page(versions?, page.within(found.total, None)))
}

/// Makes a new version of a chart's limits, which is in force from now on.
///
/// # Errors
/// When a value breaks a rule, there is no such chart, or a newer version is in force.
pub async fn create_limits(
    db: &store::Db,
    caller: &Caller,
    id: Uuid,
    new: LimitVersionCreate,
) -> ApiResult<LimitVersion> {
    limits::check(&new)?;
    let missing = || Thing::ControlChart.missing(id);
    let tx = begin(db).await?;
    let chart = store::control_chart::lock(&tx, id)
        .await?
        .ok_or_else(missing)?;
    let before = in_force(&tx, id).await?.ok_or_else(missing)?;
    let before = view::control_chart::limit_version(before)?;
    if before.version != new.based_on {
        return Err(ApiError::Conflict);
    }
    let definition = Definition::of(&chart)?;
    let charted = definition.read(db).await?;
    let making = Making {
        username: &caller.username,
        at: Utc::now(),
        in_force: Some(&before),
        known: &known_limits(&tx, id).await?,
    };
    let prepared = limits::prepare(&definition, &charted, new.stages, new.excluded, &making)?;
    let row = limit_row(id, before.version + 1, prepared, new.reason, caller)?;
    let row = store::control_chart::insert_limits(&tx, row).await?;
    store::control_chart::note_evaluation(&tx, id, None).await?;
    let (author, after) = (Author::caller(caller), audit::whole(&row));
    audit::record(&tx, &author, "control_chart.limits", id, None, after).await?;
    let made = in_force(&tx, id).await?.ok_or_else(missing)?;
    commit(tx).await?;
    view::control_chart::limit_version(made)
}

/// The limits of all stages that were ever frozen.
async fn known_limits(tx: &store::Tx, id: Uuid) -> ApiResult<Vec<Limits>> {
    let mut known = Vec::new();
    for stages in store::control_chart::all_stages(tx, id).await? {
        let stages: Vec<LimitStage> = view::control_chart::parsed(stages)?;
        known.extend(stages.into_iter().filter_map(|stage| stage.limits));
    }
    Ok(known)
}

/// Draws a chart: judged on all its points, then cut to the window.
///
/// # Errors
/// When there is no such chart or version, or the limits do not fit the points any more.
pub async fn draw(db: &store::Db, id: Uuid, query: &ControlChartViewQuery) -> ApiResult<Spc> {
    let (row, limits) = find(db, id).await?;
    let limits = match query.limits {
        None => limits,
        Some(version) => {
            let found = store::control_chart::limit_version(db, id, version).await?;
            found.ok_or_else(|| {
                let rule = "is no version of this chart's limits";
                invalid("limits", version, rule)
            })?
        }
    };
    let limits = view::control_chart::limit_version(limits)?;
    let mut definition = Definition::of(&row.chart)?;
    definition.question.memory = query.memory;
    let question = &definition.question;
    let charted = definition.read(db).await?;
    let window = period(query.from, query.to, &charted.points);
    let fitted = fit(
        &limits.stages,
        &limits.excluded,
        &charted.points,
        question.bucket,
    )?;
    let drawn = chart::draw(question, charted, fitted.stages, fitted.excluded).map_err(misfit)?;
    Ok(view::chart_window::cut(drawn, window))
}

/// A chart on all its points, judged by the limits in force; `None` while it has no point.
///
/// # Errors
/// When there is no such chart, or the limits do not fit the points any more.
pub async fn judged(
    db: &store::Db,
    id: Uuid,
) -> ApiResult<Option<(Definition, Charted, StagedChart)>> {
    let (row, limits) = find(db, id).await?;
    let limits = view::control_chart::limit_version(limits)?;
    let definition = Definition::of(&row.chart)?;
    let question = &definition.question;
    let charted = definition.read(db).await?;
    if charted.points.is_empty() {
        return Ok(None);
    }
    let (stages, points) = (&limits.stages, &charted.points);
    let fitted = fit(stages, &limits.excluded, points, question.bucket)?;
    let chart = definition::judge(question, &charted, fitted)?;
    Ok(Some((definition, charted, chart)))
}
