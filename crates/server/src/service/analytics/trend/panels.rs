//! The small charts of a split trend.

use contract::analytics::{Bucket, Metric, TrendPanel, TrendPoint};
use store::analytics::{self as rows, Panel, Point, Series, TypeCounts};

use super::{POINTS_MOST, Split, types};
use crate::error::ApiResult;
use crate::view::{self, defect_type::colour};

/// Small charts at most.
const PANELS_MOST: u32 = 24;
/// Points in each of them at most, the newest.
const PANEL_POINTS_MOST: u32 = 2_000;

/// The panels with most defects, and how many there are beside them. `series` is the trend of all, of the same moment.
pub(super) async fn panels(
    moment: &impl store::ConnectionTrait,
    filter: &store::Filter,
    split: &Split,
    series: &Series,
    bucket: Bucket,
    metric: Metric,
) -> ApiResult<(Vec<TrendPanel>, i64)> {
    let by = match split {
        Split::Type => {
            let found = types(
                moment,
                filter,
                bucket,
                POINTS_MOST,
                &series.points,
                PANELS_MOST,
            )
            .await?;
            let panels = found.types.into_iter();
            let panels = panels.map(|one| of_type(one, &series.points, bucket, metric));
            return Ok((panels.collect(), found.left_out));
        }
        Split::Of(by) => by,
    };
    let most = rows::PanelsMost {
        inspections: POINTS_MOST,
        panels: PANELS_MOST,
        points: PANEL_POINTS_MOST,
    };
    let found = rows::panels(moment, filter, by, super::buckets(bucket), most).await?;
    let panels = found.panels.into_iter();
    let panels = panels.map(|panel| of_fact(panel, bucket, metric));
    Ok((panels.collect(), found.left_out))
}

/// A type is looked for in every inspection: it has a point for each, 0 where none was found.
fn of_type(of: TypeCounts, points: &[Point], bucket: Bucket, metric: Metric) -> TrendPanel {
    let counts = of.defects.iter().zip(&of.defects_in_area);
    let newest = points.len().saturating_sub(PANEL_POINTS_MOST as usize);
    let points = points.iter().zip(counts).skip(newest);
    let points = points.map(|(point, (&defects, &defects_in_area))| Point {
        defects,
        defects_in_area,
        ..point.clone()
    });
    TrendPanel {
        key: of.defect_type_id.to_string(),
        label: of.name,
        colour: Some(colour(of.defect_type_id, of.colour)),
        count: of.total,
        points: shown(points, bucket, metric),
    }
}

fn of_fact(of: Panel, bucket: Bucket, metric: Metric) -> TrendPanel {
    TrendPanel {
        label: match of.label.as_str() {
            "" => "(none)".to_owned(),
            label => label.to_owned(),
        },
        key: of.key,
        colour: None,
        count: of.defects,
        points: shown(of.points, bucket, metric),
    }
}

fn shown(
    points: impl IntoIterator<Item = Point>,
    bucket: Bucket,
    metric: Metric,
) -> Vec<TrendPoint> {
    let points = points.into_iter();
    points
        .map(|point| view::analytics::point(point, bucket, metric))
        .collect()
}
