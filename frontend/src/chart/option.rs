//! A [`ChartSpec`] and a theme as the options of Apache ECharts.

mod axes;

use self::axes::{category_axis, number_axis, place_axis, value_axis};
use super::backdrop::{self, hidden_axis};
use super::echarts::*;
use super::series::series_option;
use super::{ChartSpec, Mark, Paint, Series, Symbol};

/// Data from which on a chart can be zoomed along x.
const ZOOM_FROM: usize = 40;
/// Points from which on each has no dot of its own.
pub const DOTS_UP_TO: usize = 400;

/// Colours and font of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theme {
    pub ink: String,
    pub muted: String,
    pub rule: String,
    pub surface: String,
    pub data: String,
    pub second: String,
    pub limit: String,
    pub centre: String,
    pub alarm: String,
    pub warning: String,
    pub chosen: String,
    pub font: String,
    pub animated: bool,
}

impl Theme {
    /// The value of a colour.
    pub fn colour(&self, paint: &Paint) -> String {
        match paint {
            Paint::Data => self.data.clone(),
            Paint::Second => self.second.clone(),
            Paint::Limit => self.limit.clone(),
            Paint::Centre => self.centre.clone(),
            Paint::Alarm => self.alarm.clone(),
            Paint::Warning => self.warning.clone(),
            Paint::Chosen => self.chosen.clone(),
            Paint::Given(colour) => colour.clone(),
        }
    }
}

/// What ECharts is to draw.
pub fn option(spec: &ChartSpec, theme: &Theme) -> ChartOption {
    let text = |color: &str, font_size| TextStyle {
        color: color.to_owned(),
        font_family: theme.font.clone(),
        font_size,
    };
    // Charts under one scale would no longer be comparable if each could be zoomed.
    let zoomed = spec.data.len() > ZOOM_FROM && spec.x_places.is_none();
    // Charts of one group stand over each other, and so must their x axes, however wide the labels of y.
    let is_stacked = spec.group.is_some();
    let has_legend = spec.series.iter().any(needs_legend);
    let end_labels = spec.series.iter().any(|series| series.end_label.is_some());
    ChartOption {
        animation: theme.animated && spec.data.len() <= DOTS_UP_TO,
        animation_duration: 250,
        text_style: text(&theme.ink, 12),
        grid: Grid {
            top: (if has_legend { 44 } else { 20 }) + if spec.events.is_empty() { 0 } else { 14 },
            right: if end_labels {
                84
            } else if spec.right.is_some() {
                28
            } else {
                16
            },
            bottom: 8
                + if zoomed { 30 } else { 0 }
                + if spec.x_title.is_empty() { 0 } else { 26 }
                + if is_stacked { 38 } else { 0 },
            left: match (is_stacked, spec.left.title.is_empty()) {
                (true, _) => 76,
                (false, true) => 8,
                (false, false) => 28,
            },
            contain_label: !is_stacked,
        },
        legend: Legend {
            r#type: "scroll",
            data: spec
                .series
                .iter()
                .filter(|series| needs_legend(series))
                .map(|series| series.name.clone())
                .collect(),
            top: 4,
            right: 8,
            item_width: 18,
            item_height: 9,
            text_style: text(&theme.muted, 12),
            inactive_color: theme.rule.clone(),
            page_icon_color: theme.muted.clone(),
            page_text_style: text(&theme.muted, 12),
        },
        tooltip: Tooltip {
            trigger: if is_scatter(spec) { "item" } else { "axis" },
            confine: true,
            background_color: theme.surface.clone(),
            border_color: theme.rule.clone(),
            text_style: text(&theme.ink, 12),
            axis_pointer: AxisPointer {
                r#type: if has_bars(spec) { "shadow" } else { "line" },
                line_style: line(&theme.muted, 1.0, "solid"),
                shadow_style: Shade {
                    color: theme.muted.clone(),
                    opacity: 0.12,
                },
            },
        },
        x_axis: match (&spec.x_places, spec.x_scale) {
            (Some(places), _) => {
                XAxis::Value(place_axis(spec, places, theme, text(&theme.muted, 12)))
            }
            (None, None) => XAxis::Category(category_axis(spec, theme, text(&theme.muted, 12))),
            (None, Some(scale)) => {
                XAxis::Value(number_axis(spec, scale, theme, text(&theme.muted, 12)))
            }
        },
        y_axis: std::iter::once((&spec.left, "left"))
            .chain(spec.right.as_ref().map(|axis| (axis, "right")))
            .map(|(axis, side)| value_axis(axis, side, theme, text(&theme.muted, 12)))
            .chain(backdrop::needs_axis(spec).then(hidden_axis))
            .collect(),
        data_zoom: if zoomed {
            zoom(theme, &text(&theme.muted, 11))
        } else {
            Vec::new()
        },
        series: spec
            .series
            .iter()
            .enumerate()
            .map(|(place, series)| series_option(series, place, spec, theme))
            .chain(backdrop::series(spec, theme))
            .collect(),
        group: spec.group,
        nearest: spec.x_places.is_some(),
        tips: spec
            .data
            .iter()
            .map(|datum| plain(&datum.tip.join("\n")))
            .collect(),
    }
}

/// What is written beside its line, or is a line that the axis explains, or has a colour for each datum,
/// needs no entry in the legend; what has no name cannot have one.
fn needs_legend(series: &Series) -> bool {
    !series.name.is_empty()
        && series.end_label.is_none()
        && series.mark != Mark::DashedLine
        && series.paints.is_empty()
}

/// Text without the brace that would begin a style in ECharts' rich text.
pub fn plain(text: &str) -> String {
    text.replace('{', "\u{ff5b}")
}

pub fn line(color: &str, width: f64, r#type: &'static str) -> LineStyle {
    LineStyle {
        color: color.to_owned(),
        width,
        r#type,
    }
}

fn has_bars(spec: &ChartSpec) -> bool {
    spec.series.iter().any(|series| series.mark == Mark::Bar)
}

fn is_scatter(spec: &ChartSpec) -> bool {
    let first = spec.series.first();
    first.is_some_and(|series| series.mark == Mark::Point(Symbol::Dot))
}

fn zoom(theme: &Theme, text_style: &TextStyle) -> Vec<DataZoom> {
    let part = |r#type, height, bottom| DataZoom {
        r#type,
        height,
        bottom,
        zoom_on_mouse_wheel: "ctrl",
        move_on_mouse_wheel: false,
        brush_select: false,
        border_color: theme.rule.clone(),
        text_style: text_style.clone(),
    };
    vec![
        part("inside", None, None),
        part("slider", Some(18), Some(8)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Datum, XScale};

    fn drawn(spec: &ChartSpec) -> serde_json::Value {
        let theme = Theme {
            data: "#123456".to_owned(),
            alarm: "#ff0000".to_owned(),
            ..Theme::default()
        };
        serde_json::to_value(option(spec, &theme)).expect("options are plain data")
    }

    fn spec(series: Series) -> ChartSpec {
        let datum = |_| Datum {
            label: "a".to_owned(),
            ..Datum::default()
        };
        ChartSpec {
            data: series.values.iter().map(datum).collect(),
            series: vec![series],
            ..ChartSpec::default()
        }
    }

    #[test]
    fn a_missing_value_is_a_gap_in_the_line() {
        let drawn = drawn(&spec(Series::new(
            "n",
            Mark::Line,
            Paint::Data,
            vec![Some(1.0), None],
        )));
        assert_eq!(drawn["series"][0]["data"], serde_json::json!([1.0, null]));
    }

    #[test]
    fn a_bar_keeps_the_colour_of_its_type_and_steps_back_behind_a_selection() {
        let mut series = Series::new("n", Mark::Bar, Paint::Data, vec![Some(1.0), Some(2.0)]);
        series.paints = vec![Paint::Given("#00aa00".to_owned()), Paint::Alarm];
        series.dimmed = vec![1];
        let data = &drawn(&spec(series))["series"][0]["data"];
        assert_eq!(
            data[0]["itemStyle"],
            serde_json::json!({"color": "#00aa00"})
        );
        assert_eq!(
            data[1]["itemStyle"],
            serde_json::json!({"color": "#ff0000", "opacity": 0.3})
        );
    }

    #[test]
    fn braces_in_names_of_others_do_not_become_styles_of_a_tooltip() {
        let mut spec = spec(Series::new("n", Mark::Line, Paint::Data, vec![Some(1.0)]));
        spec.data[0].tip = vec!["lot {a|X}".to_owned(), "3".to_owned()];
        assert_eq!(drawn(&spec)["tips"][0], "lot \u{ff5b}a|X}\n3");
    }

    #[test]
    fn on_an_axis_of_numbers_each_value_stands_at_its_place() {
        let mut series = Series::new(
            "n",
            Mark::Stick,
            Paint::Data,
            vec![Some(5.0), None, Some(0.0)],
        );
        series.labels = vec![(2, "Fe Kα".to_owned())];
        let mut spec = spec(series);
        spec.x_scale = Some(XScale {
            first: -0.2,
            step: 0.1,
            end: None,
        });
        spec.left.log = true;
        let drawn = drawn(&spec);
        let data = &drawn["series"][0]["data"];
        assert_eq!(data[0], serde_json::json!([-0.2, 5.0]));
        assert_eq!(data[1]["label"]["formatter"], "Fe Kα");
        assert_eq!(data[1]["value"][1], 1.0, "a logarithmic axis has no zero");
        assert_eq!(
            (&drawn["xAxis"]["type"], &drawn["yAxis"][0]["type"]),
            (&"value".into(), &"log".into())
        );
    }

    #[test]
    fn only_a_long_series_can_be_zoomed() {
        let zooms = |count: usize| {
            let series = Series::new("n", Mark::Line, Paint::Data, vec![Some(1.0); count]);
            drawn(&spec(series))["dataZoom"]
                .as_array()
                .map_or(0, Vec::len)
        };
        assert_eq!((zooms(ZOOM_FROM), zooms(ZOOM_FROM + 1)), (0, 2));
    }
}
