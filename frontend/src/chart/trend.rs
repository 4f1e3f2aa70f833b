//! Trends: a value over time with its moving average.

use contract::analytics::{Bucket, Metric, Trend, TrendPoint};
use uuid::Uuid;

use super::spec::shown;
use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, Symbol, figure};

/// The chart of a trend. `selected` gets a ring.
#[must_use]
pub fn spec(trend: &Trend, selected: Option<Uuid>) -> ChartSpec {
    let values: Vec<Option<f64>> = trend.points.iter().map(|point| point.value).collect();
    let ring: Vec<Option<f64>> = trend
        .points
        .iter()
        .map(|point| {
            point
                .value
                .filter(|_| selected.is_some() && point.inspection_id == selected)
        })
        .collect();
    let mut series = vec![Series::new(
        unit(trend.metric),
        Mark::DottedLine,
        Paint::Data,
        values,
    )];
    if trend.moving_average.iter().any(Option::is_some) {
        let name = format!("Mean of {}", trend.window);
        series.push(Series::new(
            name,
            Mark::Line,
            Paint::Second,
            trend.moving_average.clone(),
        ));
    }
    if ring.iter().any(Option::is_some) {
        series.push(Series::new(
            "Selected",
            Mark::Point(Symbol::Ring),
            Paint::Chosen,
            ring,
        ));
    }
    let mean = |index: usize| trend.moving_average.get(index).copied().flatten();
    let data = trend.points.iter().enumerate().map(|(index, point)| {
        let cells = vec![
            Cell::Number(point.value),
            Cell::Number(mean(index)),
            Cell::count(point.count),
            Cell::count(point.inspections),
        ];
        let mut lines = vec![format!("{}: {}", unit(trend.metric), shown(point.value))];
        if let Some(mean) = mean(index) {
            lines.push(format!("Mean of {}: {}", trend.window, figure(mean)));
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
    });
    let average = format!("Mean of {}", trend.window);
    ChartSpec {
        name: "trend",
        x_title: x_title(trend.bucket).to_owned(),
        x_scale: None,
        left: Axis {
            title: unit(trend.metric).to_owned(),
            min: Some(0.0),
            whole: trend.metric == Metric::Count,
            ..Axis::default()
        },
        right: None,
        columns: [
            "Point",
            "Time (UTC)",
            unit(trend.metric),
            &average,
            "Defects",
            "Inspections",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: data.collect(),
        series,
        group: None,
        newest_first: true,
    }
}

fn x_title(bucket: Bucket) -> &'static str {
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
            None,
        );
        assert_eq!(spec.series[0].values, [Some(0.5), None, Some(0.7)]);
        assert_eq!(
            (spec.data.len(), spec.data[1].cells[1].shown().as_str()),
            (3, "–")
        );
    }

    #[test]
    fn the_moving_average_is_a_series_once_there_is_one() {
        let names = |average: &[Option<f64>]| {
            let spec = spec(&sample::trend(&[Some(1.0), Some(2.0)], average), None);
            spec.series
                .into_iter()
                .map(|series| series.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&[None, None]), ["Defects per cm²"]);
        assert_eq!(names(&[None, Some(1.5)]), ["Defects per cm²", "Mean of 2"]);
    }

    #[test]
    fn each_row_of_the_table_has_a_cell_for_each_column() {
        let spec = spec(&sample::trend(&[Some(1.0)], &[None]), None);
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
    }
}
