//! Control charts asked for ad hoc.

use std::ops::Range;

use analytics::spc::{LimitSource, Stage};
use chrono::{DateTime, Utc};
use contract::analytics::{Spc, SpcQuery, TrendPoint};

use super::POINTS_MOST;
use super::chart::{self, Question, Wording};
use crate::error::{ApiResult, invalid};
use crate::view;

/// A control chart of the inspections under a filter.
///
/// # Errors
/// When the query breaks a rule, the baseline holds no point, or the database fails.
pub async fn spc(db: &store::Db, query: &SpcQuery) -> ApiResult<Spc> {
    newest(db, query, POINTS_MOST).await
}

/// [`spc`] of the newest points under a filter, `most` of them; its limits are theirs.
///
/// # Errors
/// As [`spc`].
pub(super) async fn newest(db: &store::Db, query: &SpcQuery, most: u32) -> ApiResult<Spc> {
    let question = Question::new(&Wording {
        metric: query.metric,
        bucket: query.bucket,
        chart: query.chart,
        rules: query.rules,
        rule: &query.rule,
        width: query.width,
        width_value: query.width_value,
        memory: query.memory,
    })?;
    let filter = view::filter::filter(query.filter())?;
    let charted = chart::read(db, &filter, &question, most).await?;
    let baseline = (query.baseline_from, query.baseline_to);
    let stages = match charted.points.is_empty() {
        true => Vec::new(),
        false => one_stage(baseline, &charted.points)?,
    };
    chart::draw(&question, charted, stages, Vec::new())
}

/// One stage with limits from the points of a baseline; no stage, where it has no end.
///
/// # Errors
/// When the baseline holds no point.
pub(super) fn one_stage(
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    points: &[TrendPoint],
) -> ApiResult<Vec<Stage>> {
    if from.is_none() && to.is_none() {
        return Ok(Vec::new());
    }
    let period = period(from, to, points);
    if period.is_empty() {
        let (field, value) = match from {
            Some(from) => ("baseline_from", from),
            None => ("baseline_to", to.unwrap_or_default()),
        };
        let rule = "leaves no point under the filter to compute limits from";
        return Err(invalid(field, value.to_rfc3339(), rule));
    }
    Ok(vec![Stage {
        name: String::new(),
        first: 0,
        limits: LimitSource::Period(period),
    }])
}

/// The indices of the points, oldest first, in a period.
pub fn period(
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    points: &[TrendPoint],
) -> Range<usize> {
    let before = |moment: Option<DateTime<Utc>>, none: usize| {
        moment.map_or(none, |moment| {
            points.partition_point(|point| point.at < moment)
        })
    };
    before(from, 0)..before(to, points.len())
}
