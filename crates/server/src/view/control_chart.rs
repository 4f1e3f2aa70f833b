//! Control charts that engineers own.

use contract::analytics::{Bucket, ChartKind, LimitWidth, Metric};
use contract::control_chart::{ChartScope, ControlChart, LimitVersion};
use entity::control_chart as row;
use store::control_chart::{LimitRow, Row};

use crate::error::ApiResult;

/// A chart with the limits in force.
///
/// # Errors
/// When what the database holds is none of ours.
pub fn control_chart(row: Row, limits: LimitRow) -> ApiResult<ControlChart> {
    let chart = row.chart;
    Ok(ControlChart {
        control_chart_id: chart.control_chart_id,
        name: chart.name,
        description: chart.description,
        scope: parsed(chart.scope)?,
        metric: metric(chart.metric),
        bucket: bucket(chart.bucket),
        chart: kind(chart.chart),
        rules: chart.rules,
        width: width(chart.width),
        width_value: chart.width_value,
        active: chart.active,
        version: chart.version,
        created_by: row.created_by_username,
        created_at: chart.created_at,
        updated_at: chart.updated_at,
        limits: limit_version(limits)?,
        open_alerts: row.open_alerts,
        last_violation_at: row.last_violation_at,
        evaluation_error: chart.evaluation_error,
    })
}

/// What a chart watches.
///
/// # Errors
/// When what the database holds is none of ours.
pub fn scope(chart: &row::Model) -> ApiResult<ChartScope> {
    parsed(chart.scope.clone())
}

/// A version of the limits.
///
/// # Errors
/// When what the database holds is none of ours.
pub fn limit_version(row: LimitRow) -> ApiResult<LimitVersion> {
    Ok(LimitVersion {
        version: row.limit.version,
        stages: parsed(row.limit.stages)?,
        excluded: parsed(row.limit.excluded)?,
        reason: row.limit.reason,
        created_by: row.created_by_username,
        created_at: row.limit.created_at,
    })
}

/// What we wrote ourselves.
pub fn parsed<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> ApiResult<T> {
    Ok(serde_json::from_value(json).map_err(anyhow::Error::from)?)
}

same_words! {
    row::Metric as Metric: metric, metric_row [Count, Density]
    row::Bucket as Bucket: bucket, bucket_row [Inspection, Wafer, Lot, Shift, Day, Week]
    row::ChartKind as ChartKind: kind, kind_row [Auto, Imr, C, U, LaneyU]
    row::LimitWidth as LimitWidth: width, width_row [Sigma, Probability]
}
