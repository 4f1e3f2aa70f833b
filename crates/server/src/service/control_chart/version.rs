//! Versions of a chart's limits.

use chrono::Utc;
use contract::analytics::Limits;
use contract::control_chart::{LimitStage, LimitVersion, LimitVersionCreate};
use contract::history::PageQuery;
use entity::control_limit;
use sea_orm::Set;
use uuid::Uuid;

use super::definition::Definition;
use super::in_force;
use super::limits::{self, Making, Prepared};
use crate::answer::{Answer, Page};
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult, Thing};
use crate::service::audit::{self, Author};
use crate::service::{begin, commit};
use crate::view;

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

/// A version as the database keeps it.
pub(super) fn limit_row(
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
