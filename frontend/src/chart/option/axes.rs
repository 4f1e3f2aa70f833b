//! The axes of a chart.

use super::{Theme, ZOOM_FROM, has_bars, line};
use crate::chart::echarts::*;
use crate::chart::{Axis, ChartSpec, Datum, Series, XPlaces, XScale};

/// An x axis of names.
pub fn category_axis(spec: &ChartSpec, theme: &Theme, name_text_style: TextStyle) -> CategoryAxis {
    let bars = has_bars(spec);
    let long = |datum: &Datum| datum.label.chars().count() > 5;
    let is_named = bars && spec.data.iter().any(long);
    let tilted = is_named && spec.data.len() > 6;
    let below_zero = |series: &Series| series.values.iter().flatten().any(|&value| value < 0.0);
    CategoryAxis {
        r#type: "category",
        data: spec.data.iter().map(|datum| datum.label.clone()).collect(),
        name: spec.x_title.clone(),
        name_location: "middle",
        name_gap: if tilted { 64 } else { 44 },
        name_text_style,
        boundary_gap: bars,
        // Labels stand under the drawing, not in the middle of it.
        axis_line: AxisLine {
            on_zero: !spec.series.iter().any(below_zero),
            line_style: line(&theme.muted, 1.0, "solid"),
        },
        axis_tick: Shown { show: !bars },
        axis_label: AxisLabel {
            color: theme.muted.clone(),
            // Names are all written, numbers as far as there is room.
            hide_overlap: !is_named,
            line_height: 15,
            interval: (is_named && spec.data.len() <= ZOOM_FROM).then_some(0),
            rotate: tilted.then_some(35),
            width: bars.then_some(96),
            overflow: bars.then_some("truncate"),
            formatter: None,
        },
    }
}

/// An x axis of numbers.
pub fn number_axis(
    spec: &ChartSpec,
    scale: XScale,
    theme: &Theme,
    name_text_style: TextStyle,
) -> ValueAxis {
    let axis = Axis {
        title: spec.x_title.clone(),
        min: Some(scale.first),
        max: Some(
            scale
                .end
                .unwrap_or_else(|| scale.at(spec.data.len().saturating_sub(1))),
        ),
        ..Axis::default()
    };
    let mut axis = value_axis(&axis, "bottom", theme, name_text_style);
    axis.name_gap = 26;
    axis.axis_line = Some(AxisLine {
        on_zero: false,
        line_style: line(&theme.muted, 1.0, "solid"),
    });
    axis
}

/// An x axis on which each datum has a place of its own.
pub fn place_axis(
    spec: &ChartSpec,
    places: &XPlaces,
    theme: &Theme,
    name_text_style: TextStyle,
) -> ValueAxis {
    let scale = XScale {
        first: 0.0,
        step: 1.0,
        end: None,
    };
    let mut axis = number_axis(spec, scale, theme, name_text_style);
    axis.min = places.min;
    axis.max = places.max;
    if places.is_time {
        axis.r#type = "time";
        axis.split_line.show = false;
    }
    axis
}

/// A y axis, or an x axis of numbers: `position` says where it stands.
pub fn value_axis(
    axis: &Axis,
    position: &'static str,
    theme: &Theme,
    name_text_style: TextStyle,
) -> ValueAxis {
    let percent = axis.title.ends_with('%');
    ValueAxis {
        show: true,
        r#type: if axis.log { "log" } else { "value" },
        name: axis.title.clone(),
        name_location: "middle",
        name_gap: 46,
        name_text_style,
        position,
        min: if axis.log { Some(1.0) } else { axis.min },
        max: axis.max,
        min_interval: axis.whole.then_some(1),
        axis_line: None,
        axis_label: AxisLabel {
            color: theme.muted.clone(),
            hide_overlap: true,
            line_height: 15,
            interval: None,
            rotate: None,
            width: None,
            overflow: None,
            formatter: percent.then_some("{value} %"),
        },
        split_line: SplitLine {
            show: position == "left",
            line_style: line(&theme.rule, 1.0, "solid"),
        },
    }
}
