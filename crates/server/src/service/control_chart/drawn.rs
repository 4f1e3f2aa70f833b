//! Charts on their points.

use ::analytics::spc::StagedChart;
use contract::analytics::Spc;
use contract::control_chart::ControlChartViewQuery;
use uuid::Uuid;

use super::definition::{self, Definition, fit, misfit};
use super::find;
use crate::error::{ApiResult, invalid};
use crate::service::analytics::chart::{self, Charted};
use crate::service::analytics::spc::period;
use crate::view;

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
