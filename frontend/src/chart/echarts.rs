//! The options of Apache ECharts that we use, under the names of its option reference.

use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChartOption {
    pub animation: bool,
    pub animation_duration: u32,
    pub text_style: TextStyle,
    pub grid: Grid,
    pub legend: Legend,
    pub tooltip: Tooltip,
    pub x_axis: XAxis,
    pub y_axis: Vec<ValueAxis>,
    pub data_zoom: Vec<DataZoom>,
    pub series: Vec<SeriesOption>,
    /// Not of ECharts: charts of one group zoom and point together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'static str>,
    /// Not of ECharts: data stand anywhere, so that a click means the nearest one.
    pub nearest: bool,
    /// Not of ECharts: one tooltip text per datum, for the formatter in `echarts-entry.js`.
    pub tips: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextStyle {
    pub color: String,
    pub font_family: String,
    pub font_size: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grid {
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
    pub left: u32,
    pub contain_label: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Legend {
    pub r#type: &'static str,
    pub data: Vec<String>,
    pub top: u32,
    pub right: u32,
    pub item_width: u32,
    pub item_height: u32,
    pub text_style: TextStyle,
    pub inactive_color: String,
    pub page_icon_color: String,
    pub page_text_style: TextStyle,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tooltip {
    pub trigger: &'static str,
    pub confine: bool,
    pub background_color: String,
    pub border_color: String,
    pub text_style: TextStyle,
    pub axis_pointer: AxisPointer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AxisPointer {
    pub r#type: &'static str,
    pub line_style: LineStyle,
    pub shadow_style: Shade,
}

#[derive(Debug, Serialize)]
pub struct Shade {
    pub color: String,
    pub opacity: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct LineStyle {
    pub color: String,
    pub width: f64,
    pub r#type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum XAxis {
    Category(CategoryAxis),
    Value(ValueAxis),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryAxis {
    pub r#type: &'static str,
    pub data: Vec<String>,
    pub name: String,
    pub name_location: &'static str,
    pub name_gap: u32,
    pub name_text_style: TextStyle,
    pub boundary_gap: bool,
    pub axis_line: AxisLine,
    pub axis_tick: Shown,
    pub axis_label: AxisLabel,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AxisLine {
    pub on_zero: bool,
    pub line_style: LineStyle,
}

#[derive(Debug, Serialize)]
pub struct Shown {
    pub show: bool,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AxisLabel {
    pub color: String,
    pub hide_overlap: bool,
    pub line_height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overflow: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatter: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueAxis {
    pub show: bool,
    pub r#type: &'static str,
    pub name: String,
    pub name_location: &'static str,
    pub name_gap: u32,
    pub name_text_style: TextStyle,
    pub position: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_interval: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub axis_line: Option<AxisLine>,
    pub axis_label: AxisLabel,
    pub split_line: SplitLine,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SplitLine {
    pub show: bool,
    pub line_style: LineStyle,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DataZoom {
    pub r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bottom: Option<u32>,
    /// The wheel scrolls the page; zooming takes Ctrl with it.
    pub zoom_on_mouse_wheel: &'static str,
    pub move_on_mouse_wheel: bool,
    pub brush_select: bool,
    pub border_color: String,
    pub text_style: TextStyle,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesOption {
    pub r#type: &'static str,
    pub name: String,
    pub y_axis_index: u32,
    pub z: usize,
    pub data: Vec<Item>,
    pub item_style: ItemStyle,
    pub cursor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_style: Option<LineStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_symbol: Option<bool>,
    /// Also where the axis has no room for a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_all_symbol: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<&'static str>,
    /// `all`: also values of different signs lie on each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_strategy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar_max_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar_min_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bar_gap: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_style: Option<AreaStyle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_label: Option<EndLabel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_layout: Option<LabelLayout>,
    pub emphasis: Emphasis,
}

#[derive(Debug, Default, Serialize)]
pub struct Emphasis {
    pub disabled: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndLabel {
    pub show: bool,
    pub formatter: String,
    pub color: String,
    pub distance: u32,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelLayout {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub move_overlap: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hide_overlap: Option<bool>,
}

#[derive(Debug, Serialize)]
pub struct AreaStyle {
    pub opacity: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// What is written at one datum.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemLabel {
    pub show: bool,
    pub position: &'static str,
    pub formatter: String,
    pub color: String,
    pub font_size: u32,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemStyle {
    pub color: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border_color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border_width: Option<f64>,
}

/// A value, with a style or a label where it has one of its own.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Item {
    Plain(Value),
    #[serde(rename_all = "camelCase")]
    Styled {
        value: Value,
        item_style: ItemStyle,
    },
    #[serde(rename_all = "camelCase")]
    Labelled {
        value: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        item_style: Option<ItemStyle>,
        label: ItemLabel,
    },
}

/// A value at its turn, or at a place on the x axis.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Value {
    InTurn(Option<f64>),
    At([f64; 2]),
    /// As `At`, keeping its turn where there is no value.
    Placed(f64, Option<f64>),
}
