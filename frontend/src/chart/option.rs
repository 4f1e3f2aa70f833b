//! A [`ChartSpec`] and a theme as the options of Apache ECharts.

use super::echarts::*;
use super::{Axis, ChartSpec, Mark, Paint, Series, Symbol};

/// Data from which on a chart can be zoomed along x.
const ZOOM_FROM: usize = 40;
/// Points from which on each has no dot of its own.
const DOTS_UP_TO: usize = 400;

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
    fn colour(&self, paint: &Paint) -> String {
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
    let zoomed = spec.data.len() > ZOOM_FROM;
    let end_labels = spec.series.iter().any(|series| series.end_label.is_some());
    ChartOption {
        animation: theme.animated && spec.data.len() <= DOTS_UP_TO,
        animation_duration: 250,
        text_style: text(&theme.ink, 12),
        grid: Grid {
            top: 44,
            right: if end_labels {
                84
            } else if spec.right.is_some() {
                28
            } else {
                16
            },
            bottom: 8 + if zoomed { 30 } else { 0 } + if spec.x_title.is_empty() { 0 } else { 26 },
            left: 28,
            contain_label: true,
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
            trigger: "axis",
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
        x_axis: category_axis(spec, theme, text(&theme.muted, 12)),
        y_axis: std::iter::once((&spec.left, "left"))
            .chain(spec.right.as_ref().map(|axis| (axis, "right")))
            .map(|(axis, side)| value_axis(axis, side, theme, text(&theme.muted, 12)))
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
            .map(|(place, series)| series_option(series, place, spec.data.len(), theme))
            .collect(),
        group: spec.group,
        tips: spec
            .data
            .iter()
            .map(|datum| plain(&datum.tip.join("\n")))
            .collect(),
    }
}

/// What is written beside its line, or is a line that the axis explains, or has a colour for each datum,
/// needs no entry in the legend.
fn needs_legend(series: &Series) -> bool {
    series.end_label.is_none() && series.mark != Mark::DashedLine && series.paints.is_empty()
}

/// Text without the brace that would begin a style in ECharts' rich text.
fn plain(text: &str) -> String {
    text.replace('{', "\u{ff5b}")
}

fn line(color: &str, width: f64, r#type: &'static str) -> LineStyle {
    LineStyle {
        color: color.to_owned(),
        width,
        r#type,
    }
}

fn has_bars(spec: &ChartSpec) -> bool {
    spec.series.iter().any(|series| series.mark == Mark::Bar)
}

fn category_axis(spec: &ChartSpec, theme: &Theme, name_text_style: TextStyle) -> CategoryAxis {
    let bars = has_bars(spec);
    let tilted = bars && spec.data.len() > 6;
    CategoryAxis {
        r#type: "category",
        data: spec.data.iter().map(|datum| datum.label.clone()).collect(),
        name: spec.x_title.clone(),
        name_location: "middle",
        name_gap: if tilted { 64 } else { 44 },
        name_text_style,
        boundary_gap: bars,
        axis_line: AxisLine {
            on_zero: true,
            line_style: line(&theme.muted, 1.0, "solid"),
        },
        axis_tick: Shown { show: !bars },
        axis_label: AxisLabel {
            color: theme.muted.clone(),
            hide_overlap: !bars,
            line_height: 15,
            interval: (bars && spec.data.len() <= ZOOM_FROM).then_some(0),
            rotate: tilted.then_some(35),
            width: bars.then_some(96),
            overflow: bars.then_some("truncate"),
            formatter: None,
        },
    }
}

fn value_axis(
    axis: &Axis,
    position: &'static str,
    theme: &Theme,
    name_text_style: TextStyle,
) -> ValueAxis {
    let percent = axis.title.ends_with('%');
    ValueAxis {
        r#type: "value",
        name: axis.title.clone(),
        name_location: "middle",
        name_gap: 46,
        name_text_style,
        position,
        min: axis.min,
        max: axis.max,
        min_interval: axis.whole.then_some(1),
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

fn series_option(series: &Series, place: usize, data: usize, theme: &Theme) -> SeriesOption {
    let colour = theme.colour(&series.paint);
    let (r#type, width, dash, step) = match series.mark {
        Mark::Bar => ("bar", 0.0, "solid", None),
        Mark::DottedLine => ("line", 1.5, "solid", None),
        Mark::Line => ("line", 1.75, "solid", None),
        Mark::DashedLine => ("line", 1.25, "dashed", None),
        Mark::Step => ("line", 1.25, "solid", Some("middle")),
        Mark::DashedStep => ("line", 1.25, "dashed", Some("middle")),
        Mark::Point(_) => ("scatter", 0.0, "solid", None),
    };
    let (symbol, symbol_size) = match series.mark {
        Mark::Point(Symbol::Diamond) => ("diamond", 13),
        Mark::Point(Symbol::Triangle) => ("triangle", 10),
        Mark::Point(Symbol::Ring) => ("circle", 18),
        _ => ("circle", 5),
    };
    let ring = series.mark == Mark::Point(Symbol::Ring);
    SeriesOption {
        r#type,
        name: series.name.clone(),
        y_axis_index: u32::from(series.on_right),
        z: place + 2,
        data: items(series, theme),
        item_style: ItemStyle {
            color: if ring {
                "transparent".to_owned()
            } else {
                colour.clone()
            },
            opacity: Some(1.0),
            border_color: ring.then(|| colour.clone()),
            border_width: ring.then_some(2.0),
        },
        cursor: if place == 0 { "pointer" } else { "default" },
        line_style: (r#type == "line").then(|| line(&colour, width, dash)),
        step,
        symbol: (r#type != "bar").then_some(symbol),
        symbol_size: (r#type != "bar").then_some(symbol_size),
        show_symbol: (r#type == "line")
            .then_some(series.mark == Mark::DottedLine && data <= DOTS_UP_TO),
        bar_max_width: (r#type == "bar").then_some(56),
        bar_min_height: (r#type == "bar").then_some(1),
        end_label: series.end_label.as_ref().map(|label| EndLabel {
            show: true,
            formatter: plain(label),
            color: colour.clone(),
            distance: 6,
        }),
        label_layout: series.end_label.is_some().then_some(LabelLayout {
            move_overlap: "shiftY",
        }),
        emphasis: Emphasis { disabled: true },
    }
}

fn items(series: &Series, theme: &Theme) -> Vec<Item> {
    let differs = !series.paints.is_empty() || !series.dimmed.is_empty();
    let item = |(index, &value): (usize, &Option<f64>)| {
        if !differs {
            return Item::Plain(value);
        }
        let paint = series.paints.get(index).unwrap_or(&series.paint);
        let item_style = ItemStyle {
            color: theme.colour(paint),
            opacity: series.dimmed.contains(&index).then_some(0.3),
            ..ItemStyle::default()
        };
        Item::Styled { value, item_style }
    };
    series.values.iter().enumerate().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Datum;

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
