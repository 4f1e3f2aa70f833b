//! One series of a [`ChartSpec`] as Apache ECharts has it.

use super::echarts::*;
use super::option::{DOTS_UP_TO, Theme, line, plain};
use super::{ChartSpec, Mark, Series, Symbol};

/// How a series, the one at `place`, is drawn.
pub fn series_option(
    series: &Series,
    place: usize,
    spec: &ChartSpec,
    theme: &Theme,
) -> SeriesOption {
    let data = spec.data.len();
    let is_log = if series.on_right {
        spec.right.as_ref().is_some_and(|axis| axis.log)
    } else {
        spec.left.log
    };
    let colour = theme.colour(&series.paint);
    let (r#type, width, dash, step) = match series.mark {
        Mark::Bar | Mark::Stick => ("bar", 0.0, "solid", None),
        Mark::Area => ("line", 1.25, "solid", None),
        Mark::DottedLine => ("line", 1.5, "solid", None),
        Mark::Line => ("line", 1.75, "solid", None),
        Mark::DashedLine => ("line", 1.25, "dashed", None),
        Mark::Step => ("line", 1.25, "solid", Some("middle")),
        Mark::DashedStep => ("line", 1.25, "dashed", Some("middle")),
        Mark::Point(_) => ("scatter", 0.0, "solid", None),
    };
    let (symbol, symbol_size) = match series.mark {
        Mark::Point(Symbol::Dot) => ("circle", 8),
        Mark::Point(Symbol::Diamond) => ("diamond", 13),
        Mark::Point(Symbol::Triangle) => ("triangle", 10),
        Mark::Point(Symbol::Ring) => ("circle", 18),
        Mark::Point(Symbol::Square) => ("rect", 15),
        Mark::Point(Symbol::Hollow) => ("circle", 8),
        _ => ("circle", 5),
    };
    let fill = match series.mark {
        Mark::Point(Symbol::Ring | Symbol::Square) => "transparent".to_owned(),
        // It hides the dot of the line below.
        Mark::Point(Symbol::Hollow) => theme.surface.clone(),
        _ => colour.clone(),
    };
    let open = fill != colour;
    SeriesOption {
        r#type,
        name: series.name.clone(),
        y_axis_index: u32::from(series.on_right),
        z: place + 2,
        data: items(series, spec, is_log, theme),
        item_style: ItemStyle {
            color: fill,
            opacity: Some(if series.mark == Mark::Point(Symbol::Dot) {
                0.6
            } else {
                1.0
            }),
            border_color: open.then(|| colour.clone()),
            border_width: open.then_some(2.0),
        },
        cursor: if place == 0 { "pointer" } else { "default" },
        line_style: (r#type == "line").then(|| line(&colour, width, dash)),
        step,
        symbol: (r#type != "bar").then_some(symbol),
        symbol_size: (r#type != "bar").then_some(symbol_size),
        show_symbol: (r#type == "line")
            .then_some(series.mark == Mark::DottedLine && data <= DOTS_UP_TO),
        show_all_symbol: (series.mark == Mark::DottedLine).then_some(true),
        bar_max_width: (series.mark == Mark::Bar).then_some(56),
        bar_min_height: (r#type == "bar").then_some(1),
        // Sticks of several series may stand at one place: none moves aside for another.
        bar_width: (series.mark == Mark::Stick).then_some(2),
        bar_gap: (series.mark == Mark::Stick).then_some("-100%"),
        area_style: (series.mark == Mark::Area).then_some(AreaStyle {
            opacity: 0.16,
            color: None,
        }),
        end_label: series.end_label.as_ref().map(|label| EndLabel {
            show: true,
            formatter: plain(label),
            color: colour.clone(),
            distance: 6,
        }),
        label_layout: label_layout(series),
        emphasis: Emphasis { disabled: true },
        ..SeriesOption::default()
    }
}

/// Labels of single data give way to each other; those at the ends of lines move apart.
fn label_layout(series: &Series) -> Option<LabelLayout> {
    let layout = LabelLayout {
        move_overlap: series.end_label.is_some().then_some("shiftY"),
        hide_overlap: (!series.labels.is_empty()).then_some(true),
    };
    (layout.move_overlap.is_some() || layout.hide_overlap.is_some()).then_some(layout)
}

fn items(series: &Series, spec: &ChartSpec, is_log: bool, theme: &Theme) -> Vec<Item> {
    let differs = !series.paints.is_empty() || !series.dimmed.is_empty();
    let written = |index: usize| {
        let (_, text) = series.labels.iter().find(|(at, _)| *at == index)?;
        Some(ItemLabel {
            show: true,
            position: "top",
            formatter: plain(text),
            color: theme.ink.clone(),
            font_size: 11,
        })
    };
    let item = |(index, &value): (usize, &Option<f64>)| {
        let value = value.map(|value| if is_log { value.max(1.0) } else { value });
        let place = spec.x_places.as_ref().map(|places| places.at.get(index));
        let placed = match (place, spec.x_scale, value) {
            (Some(at), _, value) => Value::Placed(*at?, value),
            (None, None, value) => Value::InTurn(value),
            (None, Some(scale), Some(value)) => Value::At([scale.at(index), value]),
            // On an axis of numbers nothing holds the place of what is missing.
            (None, Some(_), None) => return None,
        };
        let paint = series.paints.get(index).unwrap_or(&series.paint);
        let item_style = differs.then(|| ItemStyle {
            color: theme.colour(paint),
            opacity: series.dimmed.contains(&index).then_some(0.3),
            ..ItemStyle::default()
        });
        Some(match (written(index), item_style) {
            (Some(label), item_style) => Item::Labelled {
                value: placed,
                item_style,
                label,
            },
            (None, Some(item_style)) => Item::Styled {
                value: placed,
                item_style,
            },
            (None, None) => Item::Plain(placed),
        })
    };
    series.values.iter().enumerate().filter_map(item).collect()
}
