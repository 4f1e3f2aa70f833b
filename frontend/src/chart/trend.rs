//! Trends: a value over time with what smooths it, its straight line, and where its level changes.

use contract::analytics::{Bucket, Metric, Trend, TrendPoint};

use super::spec::shown;
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, Symbol, figure};

/// What is drawn over the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smoothing {
    /// Trailing mean.
    Mean,
    /// Exponentially weighted average.
    Ewma,
    /// Nothing.
    None,
}

/// The chart of a trend: values, what smooths them, the straight line and the levels between changes.
#[must_use]
pub fn spec(trend: &Trend, smoothing: Smoothing, with_shape: bool) -> ChartSpec {
    let values: Vec<Option<f64>> = trend.points.iter().map(|point| point.value).collect();
    let mut series = vec![Series::new(
        unit(trend.metric),
        Mark::DottedLine,
        Paint::Data,
        values,
    )];
    let smooth = smoothed(trend, smoothing);
    if let Some((name, values)) = &smooth {
        series.push(Series::new(
            name.clone(),
            Mark::Line,
            Paint::Second,
            values.clone(),
        ));
    }
    if with_shape {
        series.extend(line_series(trend));
        series.extend(level_series(trend));
    }
    let smooth_name = smooth
        .as_ref()
        .map_or("Smoothed", |(name, _)| name.as_str());
    let columns = [
        "Point",
        "Time (UTC)",
        unit(trend.metric),
        smooth_name,
        "Defects",
        "Inspections",
    ];
    let smooth_at = |index: usize| {
        smooth
            .as_ref()
            .and_then(|(_, values)| values.get(index).copied().flatten())
    };
    let data = trend
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| trend_datum(trend, index, point, smooth_name, smooth_at(index)));
    ChartSpec {
        name: "trend",
        x_title: x_title(trend.bucket).to_owned(),
        left: Axis {
            title: unit(trend.metric).to_owned(),
            min: Some(0.0),
            whole: trend.metric == Metric::Count,
            ..Axis::default()
        },
        columns: columns.map(str::to_owned).to_vec(),
        data: data.collect(),
        series,
        newest_first: true,
        ..ChartSpec::default()
    }
}

/// Name and values of what smooths a trend, where there is any.
fn smoothed(trend: &Trend, smoothing: Smoothing) -> Option<(String, Vec<Option<f64>>)> {
    let (name, values) = match smoothing {
        Smoothing::Mean => (format!("Mean of {}", trend.window), &trend.moving_average),
        Smoothing::Ewma => (
            format!("Weighted average, λ {}", figure(trend.lambda)),
            &trend.smoothed,
        ),
        Smoothing::None => return None,
    };
    let is_there = values.iter().any(Option::is_some);
    is_there.then(|| (name, values.clone()))
}

/// The straight line, at the time of each point.
fn line_series(trend: &Trend) -> Option<Series> {
    let line = trend.line.as_ref()?;
    let first = trend.points.first()?.at;
    let days = |at: chrono::DateTime<chrono::Utc>| (at - first).as_seconds_f64() / 86_400.0;
    let values = trend.points.iter().map(|point| {
        let value = line.slope_per_day.mul_add(days(point.at), line.first);
        // Where it would fall below zero there is nothing to show.
        (value >= 0.0).then_some(value)
    });
    let mut series = Series::new("Line", Mark::DashedLine, Paint::Centre, values.collect());
    series.end_label = Some("line".to_owned());
    Some(series)
}

/// The levels between changes as steps, and a mark where each change begins.
fn level_series(trend: &Trend) -> Vec<Series> {
    let Some(first) = trend.changes.first() else {
        return Vec::new();
    };
    let level_at = |index: usize| {
        let passed = trend
            .changes
            .iter()
            .rev()
            .find(|change| change.index as usize <= index);
        Some(passed.map_or(first.before, |change| change.after))
    };
    let levels = (0..trend.points.len()).map(level_at).collect();
    let mut marks = vec![None; trend.points.len()];
    let mut labels = Vec::new();
    for change in &trend.changes {
        let index = change.index as usize;
        if let Some(mark) = marks.get_mut(index) {
            *mark = Some(change.after);
            labels.push((
                index,
                format!("{} → {}", figure(change.before), figure(change.after)),
            ));
        }
    }
    let mut changes = Series::new(
        "Level changes",
        Mark::Point(Symbol::Diamond),
        Paint::Warning,
        marks,
    );
    changes.labels = labels;
    vec![
        Series::new("Level", Mark::Step, Paint::Warning, levels),
        changes,
    ]
}

fn trend_datum(
    trend: &Trend,
    index: usize,
    point: &TrendPoint,
    smooth_name: &str,
    smooth: Option<f64>,
) -> Datum {
    let cells = vec![
        Cell::Number(point.value),
        Cell::Number(smooth),
        Cell::count(point.count),
        Cell::count(point.inspections),
    ];
    let mut lines = vec![format!("{}: {}", unit(trend.metric), shown(point.value))];
    if let Some(smooth) = smooth {
        lines.push(format!("{smooth_name}: {}", figure(smooth)));
    }
    if let Some(change) = trend
        .changes
        .iter()
        .find(|change| change.index as usize == index)
    {
        lines.push(format!(
            "Level changes here from {} to {}",
            figure(change.before),
            figure(change.after)
        ));
    }
    if trend.bucket != Bucket::Inspection {
        lines.push(format!(
            "{} inspections, {} defects",
            point.inspections, point.count
        ));
    }
    let mut datum = datum_of(index, point, cells, lines);
    datum.label = axis_label(point, trend.bucket == Bucket::Inspection);
    datum
}

pub(super) fn x_title(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Inspection => "Inspections in order of time (UTC)",
        Bucket::Wafer => "Wafers in order of time",
        Bucket::Lot => "Lots in order of time",
        Bucket::Shift => "Shift (UTC)",
        Bucket::Day => "Day (UTC)",
        Bucket::Week => "Week (UTC)",
    }
}

/// What a metric is called, with its unit.
pub(super) fn unit(metric: Metric) -> &'static str {
    match metric {
        Metric::Count => "Defects",
        Metric::Density => "Defects per cm²",
    }
}

pub(super) fn axis_label(point: &TrendPoint, with_time: bool) -> String {
    let format = if with_time {
        "%d %b\n%H:%M"
    } else {
        "%d %b\n%Y"
    };
    point.at.format(format).to_string()
}

/// A datum for a point in time; `cells` follow its time in the table, `lines` its head in the tooltip.
pub(super) fn datum_of(
    index: usize,
    point: &TrendPoint,
    cells: Vec<Cell>,
    lines: Vec<String>,
) -> Datum {
    let time = point.at.format("%Y-%m-%d %H:%M").to_string();
    let place: Vec<&str> = [&point.step_id, &point.equipment_id]
        .into_iter()
        .filter_map(|name| name.as_deref())
        .collect();
    let mut tip = vec![point.label.clone(), format!("{time} UTC")];
    if !place.is_empty() {
        tip.push(place.join(" · "));
    }
    tip.extend(lines);
    Datum {
        key: index.to_string(),
        inspection_id: point.inspection_id,
        label: axis_label(point, point.inspection_id.is_some()),
        title: point.label.clone(),
        cells: std::iter::once(Cell::Text(time)).chain(cells).collect(),
        tip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    #[test]
    fn a_point_without_a_value_leaves_a_gap_and_keeps_its_place() {
        let spec = spec(
            &sample::trend(&[Some(0.5), None, Some(0.7)], &[None, None, None]),
            Smoothing::Mean,
            true,
        );
        assert_eq!(spec.series[0].values, [Some(0.5), None, Some(0.7)]);
        assert_eq!(
            (spec.data.len(), spec.data[1].cells[1].shown().as_str()),
            (3, "–")
        );
    }

    #[test]
    fn what_smooths_the_trend_is_a_series_once_there_is_any() {
        let names = |average: &[Option<f64>], smoothing| {
            let mut trend = sample::trend(&[Some(1.0), Some(2.0)], average);
            trend.smoothed = vec![Some(1.0), Some(1.2)];
            let series = spec(&trend, smoothing, true).series.into_iter();
            series.skip(1).map(|series| series.name).collect::<Vec<_>>()
        };
        assert!(names(&[None, None], Smoothing::Mean).is_empty());
        assert_eq!(names(&[None, Some(1.5)], Smoothing::Mean), ["Mean of 2"]);
        assert_eq!(
            names(&[None, None], Smoothing::Ewma),
            ["Weighted average, λ 0.2"]
        );
        assert!(names(&[None, Some(1.5)], Smoothing::None).is_empty());
    }

    #[test]
    fn the_level_steps_where_it_changes_and_is_marked_there() {
        let mut trend = sample::trend(&[Some(1.0), Some(1.0), Some(3.0), Some(3.0)], &[]);
        trend.changes = vec![contract::analytics::LevelChange {
            index: 2,
            at: trend.points[2].at,
            before: 1.0,
            after: 3.0,
            ratio: Some(3.0),
        }];
        let series = spec(&trend, Smoothing::None, true).series;
        assert_eq!(series[1].values, [1.0, 1.0, 3.0, 3.0].map(Some));
        assert_eq!(series[2].values, [None, None, Some(3.0), None]);
        assert_eq!(series[2].labels, [(2, "1 → 3".to_owned())]);
    }

    #[test]
    fn the_line_follows_time_and_not_the_number_of_points() {
        let mut trend = sample::trend(&[Some(1.0), Some(2.0), Some(9.0)], &[]);
        trend.points[2].at = trend.points[0].at + chrono::Duration::days(10);
        trend.line = Some(contract::analytics::TrendLine {
            first: 1.0,
            last: 6.0,
            slope_per_day: 0.5,
            r_squared: None,
            p: Some(0.01),
        });
        let line = &spec(&trend, Smoothing::None, true).series[1];
        assert_eq!((line.values[0], line.values[2]), (Some(1.0), Some(6.0)));
        assert!(
            line.values[1].is_some_and(|value| value < 1.1),
            "an hour after the first"
        );
    }

    #[test]
    fn each_row_of_the_table_has_a_cell_for_each_column() {
        let spec = spec(&sample::trend(&[Some(1.0)], &[None]), Smoothing::Mean, true);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }
}
