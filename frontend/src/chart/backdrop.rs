//! What lies behind the data of a chart: bands, shaded stretches, named lines.
//!
//! They are drawn by the series that charts have anyway; ECharts' own parts for it would make the library bigger.

use super::echarts::*;
use super::option::{Theme, line, plain};
use super::{Bands, ChartSpec};

/// Whether something reaches from bottom to top, for which an axis from 0 to 1 is needed.
pub fn needs_axis(spec: &ChartSpec) -> bool {
    !spec.shaded.is_empty() || !spec.events.is_empty()
}

/// An axis from 0 to 1 that is not seen.
pub fn hidden_axis() -> ValueAxis {
    ValueAxis {
        show: false,
        r#type: "value",
        name: String::new(),
        name_location: "middle",
        name_gap: 0,
        name_text_style: TextStyle::default(),
        position: "right",
        min: Some(0.0),
        max: Some(1.0),
        min_interval: None,
        axis_line: None,
        axis_label: AxisLabel::default(),
        split_line: SplitLine {
            show: false,
            line_style: line("transparent", 0.0, "solid"),
        },
    }
}

/// The series of everything behind the data.
pub fn series(spec: &ChartSpec, theme: &Theme) -> Vec<SeriesOption> {
    let top_axis = 1 + u32::from(spec.right.is_some());
    let mut series = Vec::new();
    if let Some(bands) = &spec.bands {
        series.extend(stacked(bands, spec.data.len(), theme));
    }
    if !spec.shaded.is_empty() {
        series.push(shade(spec, top_axis, theme));
    }
    if !spec.events.is_empty() {
        series.push(events(spec, top_axis, theme));
    }
    series
}

/// A line without a line, under the data.
fn invisible(name: &str, data: Vec<Item>) -> SeriesOption {
    SeriesOption {
        r#type: "line",
        name: name.to_owned(),
        z: 1,
        data,
        cursor: "default",
        line_style: Some(line("transparent", 0.0, "solid")),
        item_style: ItemStyle {
            color: "transparent".to_owned(),
            ..ItemStyle::default()
        },
        step: Some("middle"),
        symbol: Some("none"),
        silent: Some(true),
        emphasis: Emphasis { disabled: true },
        ..SeriesOption::default()
    }
}

/// The lowest edge, and on it the height of each band.
fn stacked(bands: &Bands, count: usize, theme: &Theme) -> Vec<SeriesOption> {
    let at = |edge: usize, index: usize| bands.edges.get(edge)?.get(index).copied().flatten();
    let is_whole = |index: usize| (0..bands.edges.len()).all(|edge| at(edge, index).is_some());
    let layer = |edge: usize| {
        let height = |index: usize| {
            let below = if edge == 0 { 0.0 } else { at(edge - 1, index)? };
            is_whole(index).then_some(at(edge, index)? - below)
        };
        let data = (0..count).map(|index| Item::Plain(Value::InTurn(height(index))));
        let opacity = edge
            .checked_sub(1)
            .and_then(|band| bands.opacities.get(band).copied());
        SeriesOption {
            stack: Some("bands"),
            stack_strategy: Some("all"),
            area_style: opacity.map(|opacity| AreaStyle {
                opacity,
                color: Some(theme.data.clone()),
            }),
            ..invisible("", data.collect())
        }
    };
    (0..bands.edges.len()).map(layer).collect()
}

fn shade(spec: &ChartSpec, axis: u32, theme: &Theme) -> SeriesOption {
    let is_shaded = |index: usize| {
        let mut stretches = spec.shaded.iter();
        stretches.any(|&(first, last)| (first..=last).contains(&index))
    };
    let value = |index| Item::Plain(Value::InTurn(is_shaded(index).then_some(1.0)));
    SeriesOption {
        y_axis_index: axis,
        z: 0,
        area_style: Some(AreaStyle {
            opacity: 0.09,
            color: Some(theme.muted.clone()),
        }),
        ..invisible("", (0..spec.data.len()).map(value).collect())
    }
}

fn events(spec: &ChartSpec, axis: u32, theme: &Theme) -> SeriesOption {
    let item = |index: usize| match spec.events.iter().find(|event| event.index == index) {
        None => Item::Plain(Value::InTurn(None)),
        Some(event) => Item::Labelled {
            value: Value::InTurn(Some(1.0)),
            item_style: None,
            label: ItemLabel {
                show: true,
                position: "top",
                formatter: plain(&event.name),
                color: theme.ink.clone(),
                font_size: 11,
            },
        },
    };
    SeriesOption {
        r#type: "bar",
        y_axis_index: axis,
        z: 1,
        data: (0..spec.data.len()).map(item).collect(),
        item_style: ItemStyle {
            color: theme.muted.clone(),
            ..ItemStyle::default()
        },
        cursor: "default",
        silent: Some(true),
        bar_width: Some(2),
        label_layout: Some(LabelLayout {
            hide_overlap: Some(true),
            ..LabelLayout::default()
        }),
        emphasis: Emphasis { disabled: true },
        ..SeriesOption::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Datum, Event};
    use super::*;

    fn drawn(spec: &ChartSpec) -> serde_json::Value {
        let drawn = series(spec, &Theme::default());
        serde_json::to_value(drawn).expect("options are plain data")
    }

    fn two_data() -> ChartSpec {
        ChartSpec {
            data: vec![Datum::default(); 2],
            ..ChartSpec::default()
        }
    }

    #[test]
    fn each_band_stands_on_the_one_below_and_a_datum_without_an_edge_has_none() {
        let mut spec = two_data();
        spec.bands = Some(Bands {
            edges: vec![
                vec![Some(-2.0), Some(1.0)],
                vec![Some(3.0), None],
                vec![Some(4.5), Some(5.0)],
            ],
            opacities: vec![0.1, 0.2],
        });
        let drawn = drawn(&spec);
        let data = [0, 1, 2].map(|layer| drawn[layer]["data"].clone());
        assert_eq!(
            data,
            [
                serde_json::json!([-2.0, null]),
                serde_json::json!([5.0, null]),
                serde_json::json!([1.5, null])
            ]
        );
        assert_eq!(drawn[0]["areaStyle"], serde_json::Value::Null);
        assert_eq!(drawn[2]["areaStyle"]["opacity"], 0.2);
    }

    #[test]
    fn an_event_is_a_line_from_bottom_to_top_with_its_name() {
        let mut spec = two_data();
        spec.events = vec![Event {
            index: 1,
            name: "new ring".to_owned(),
        }];
        let drawn = drawn(&spec);
        assert_eq!(drawn[0]["data"][0], serde_json::Value::Null);
        assert_eq!(drawn[0]["data"][1]["value"], 1.0);
        assert_eq!(drawn[0]["data"][1]["label"]["formatter"], "new ring");
        assert!(needs_axis(&spec));
    }
}
