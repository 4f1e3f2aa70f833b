//! Small multiples: one small chart for each type, tool, step, product or attribute, under one scale of time.

use contract::analytics::{Bucket, Metric, Trend, TrendPanel};

use super::spec::shown;
use super::trend::{datum_of, unit};
use super::{Axis, Cell, ChartSpec, Mark, Paint, Series, XPlaces};

/// Points from which on a small chart has no room for a dot each.
const DOTS_UP_TO: usize = 50;

/// The scale that panels share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PanelScale {
    /// First moment of all panels, ms since 1970.
    first: Option<f64>,
    /// Last moment of all panels.
    last: Option<f64>,
    /// A round number at or above the highest value of all panels.
    highest: Option<f64>,
}

impl PanelScale {
    /// The scale that holds all panels of a trend.
    #[must_use]
    pub fn of(trend: &Trend) -> Self {
        let points = || trend.panels.iter().flat_map(|panel| &panel.points);
        let times = || points().map(|point| millis(point.at));
        let values = points().filter_map(|point| point.value);
        Self {
            first: times().reduce(f64::min),
            last: times().reduce(f64::max),
            highest: values.reduce(f64::max).map(round_up),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "moments stay far below 2^53 ms")]
fn millis(at: chrono::DateTime<chrono::Utc>) -> f64 {
    at.timestamp_millis() as f64
}

/// The next round number: what axes are divided by.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    let steps = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    // A value that is a power of ten may come out a hair above it.
    let fits = |step: &&f64| **step * power >= value * (1.0 - 1e-9);
    steps.iter().find(fits).map_or(value, |step| step * power)
}

/// One small chart; `is_shared` puts it on the scale of values of all.
#[must_use]
pub fn spec(
    panel: &TrendPanel,
    metric: Metric,
    bucket: Bucket,
    scale: PanelScale,
    is_shared: bool,
) -> ChartSpec {
    let data = panel.points.iter().enumerate().map(|(index, point)| {
        let cells = vec![
            Cell::Number(point.value),
            Cell::count(point.count),
            Cell::count(point.inspections),
        ];
        let mut lines = vec![format!("{}: {}", unit(metric), shown(point.value))];
        if bucket != Bucket::Inspection {
            lines.push(format!(
                "{} inspections, {} defects",
                point.inspections, point.count
            ));
        }
        datum_of(index, point, cells, lines)
    });
    let paint = panel.colour.clone().map_or(Paint::Data, Paint::Given);
    let values = panel.points.iter().map(|point| point.value);
    let mark = match panel.points.len() {
        ..=DOTS_UP_TO => Mark::DottedLine,
        _ => Mark::Line,
    };
    ChartSpec {
        name: "panel",
        x_places: Some(XPlaces {
            at: panel.points.iter().map(|point| millis(point.at)).collect(),
            is_time: true,
            min: scale.first,
            max: scale.last,
        }),
        left: Axis {
            min: Some(0.0),
            max: scale.highest.filter(|_| is_shared),
            whole: metric == Metric::Count,
            ..Axis::default()
        },
        columns: [
            "Point",
            "Time (UTC)",
            unit(metric),
            "Defects",
            "Inspections",
        ]
        .map(str::to_owned)
        .to_vec(),
        data: data.collect(),
        series: vec![Series::new("", mark, paint, values.collect())],
        newest_first: true,
        ..ChartSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::sample;

    fn trend(panels: &[&[f64]]) -> Trend {
        let mut trend = sample::trend(&[], &[]);
        trend.panels = panels
            .iter()
            .map(|values| TrendPanel {
                key: "a".to_owned(),
                label: "a".to_owned(),
                colour: None,
                count: 1,
                points: (0..)
                    .zip(*values)
                    .map(|(index, &value)| sample::point(index, Some(value)))
                    .collect(),
            })
            .collect();
        trend
    }

    #[test]
    fn panels_share_their_scale_of_time_always_and_that_of_values_when_asked() {
        let trend = trend(&[&[1.0, 2.0, 37.0], &[1.0]]);
        let scale = PanelScale::of(&trend);
        let drawn = |is_shared| {
            let spec = spec(
                &trend.panels[1],
                trend.metric,
                trend.bucket,
                scale,
                is_shared,
            );
            let places = spec.x_places.expect("places");
            (spec.left.max, places.min, places.max)
        };
        let ends = (scale.first, scale.last);
        assert_eq!(drawn(true), (Some(40.0), ends.0, ends.1));
        assert_eq!(drawn(false), (None, ends.0, ends.1));
        assert!(ends.0 < ends.1);
    }

    #[test]
    fn a_scale_ends_at_a_round_number() {
        for (value, round) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (0.034, 0.04),
            (6.1, 8.0),
            (100.0, 100.0),
            (9.5, 10.0),
        ] {
            assert!(
                (round_up(value) - round).abs() < 1e-9,
                "{value}: {}",
                round_up(value)
            );
        }
    }
}
