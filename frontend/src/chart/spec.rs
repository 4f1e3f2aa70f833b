//! What a chart shows, without saying how it is drawn: the same value makes the drawing, the table
//! and the CSV.

use uuid::Uuid;

use super::figure;

/// A chart: places along the x axis, one datum each, and series with one value per datum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartSpec {
    /// Short name: `data-chart` in the page, stem of the names of downloads.
    pub name: &'static str,
    /// What the x axis counts off.
    pub x_title: String,
    /// Where the data stand on the x axis; one beside the other where absent.
    pub x_scale: Option<XScale>,
    /// Where the data stand on the x axis, each at a place of its own; ahead of `x_scale`.
    pub x_places: Option<XPlaces>,
    /// The axis on the left.
    pub left: Axis,
    /// The axis on the right, where a series stands on it.
    pub right: Option<Axis>,
    /// Data, from left to right.
    pub data: Vec<Datum>,
    /// Heads of the table's columns; the first is of [`Datum::title`].
    pub columns: Vec<String>,
    /// Series, painted in this order; the first is the one that is pointed at.
    pub series: Vec<Series>,
    /// Charts of one group, whose data are the same points, zoom and point together.
    pub group: Option<&'static str>,
    /// The table begins with the last datum: time series, whose latest matters most.
    pub newest_first: bool,
    /// Bands behind the data, such as the zones of a control chart.
    pub bands: Option<Bands>,
    /// Stretches that are shaded from bottom to top: indices of the first and the last datum.
    pub shaded: Vec<(usize, usize)>,
    /// Data at which something begins that has a name, from left to right.
    pub events: Vec<Event>,
}

/// Bands that lie on each other, on the left axis, each of its own shade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands {
    /// Edges from the lowest to the highest, one value per datum each; a datum without one of them has no bands.
    pub edges: Vec<Vec<Option<f64>>>,
    /// Opacity of each band, one fewer than edges.
    pub opacities: Vec<f64>,
}

/// A line across the chart, with a name above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Datum at which it stands.
    pub index: usize,
    /// What begins there.
    pub name: String,
}

/// A value axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it measures, with its unit.
    pub title: String,
    /// Lowest value; by the data where absent.
    pub min: Option<f64>,
    /// Highest value; by the data where absent.
    pub max: Option<f64>,
    /// Only whole numbers make sense on it.
    pub whole: bool,
    /// Logarithmic; it begins at 1, and what is less is drawn there.
    pub log: bool,
}

/// An x axis of numbers: datum `i` stands at `first + i * step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct XScale {
    /// Where the first datum stands.
    pub first: f64,
    /// From one datum to the next, more than 0.
    pub step: f64,
    /// Where the axis ends; with the last datum where absent.
    pub end: Option<f64>,
}

impl XScale {
    /// Where datum `index` stands.
    #[must_use]
    pub fn at(self, index: usize) -> f64 {
        self.first + index as f64 * self.step
    }

    /// The datum that stands nearest to `value`, of `count` data; `None` beside them.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be in range"
    )]
    pub fn index_of(self, value: f64, count: usize) -> Option<usize> {
        let place = ((value - self.first) / self.step).round();
        (place >= 0.0 && place < count as f64).then_some(place as usize)
    }
}

/// An x axis of numbers or moments on which each datum has a place of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct XPlaces {
    /// One place per datum; moments in milliseconds since 1970, UTC.
    pub at: Vec<f64>,
    /// The places are moments.
    pub is_time: bool,
    /// Where the axis begins; by the data where absent.
    pub min: Option<f64>,
    /// Where it ends.
    pub max: Option<f64>,
}

/// One place on the x axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Datum {
    /// What a click on it gives: the key of a Pareto bar, the index of a point.
    pub key: String,
    /// The inspection it is, where it is one.
    pub inspection_id: Option<Uuid>,
    /// What is written at the axis; may have two lines.
    pub label: String,
    /// Name in the table.
    pub title: String,
    /// The table's cells after the title, one per further column.
    pub cells: Vec<Cell>,
    /// Lines of the tooltip.
    pub tip: Vec<String>,
}

/// A cell of the table: numbers are rounded for people and written in full to CSV.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number, where there is one.
    Number(Option<f64>),
}

impl Cell {
    /// A whole number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    pub fn count(value: i64) -> Self {
        Self::Number(Some(value as f64))
    }

    /// As the table shows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => shown(*value),
        }
    }
}

/// A value that may be missing, as people read it.
#[must_use]
pub fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}

/// Values drawn by one kind of mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// How a value is drawn.
    pub mark: Mark,
    /// Colour.
    pub paint: Paint,
    /// One value per datum; `None` leaves a gap.
    pub values: Vec<Option<f64>>,
    /// Colour of each datum, where they differ.
    pub paints: Vec<Paint>,
    /// Indices of data that step back behind a selection.
    pub dimmed: Vec<usize>,
    /// What is written over single data.
    pub labels: Vec<(usize, String)>,
    /// What is written behind the last value.
    pub end_label: Option<String>,
    /// Stands on the right axis.
    pub on_right: bool,
}

impl Series {
    /// A series on the left axis, without exceptions.
    pub fn new(
        name: impl Into<String>,
        mark: Mark,
        paint: Paint,
        values: Vec<Option<f64>>,
    ) -> Self {
        Self {
            name: name.into(),
            mark,
            paint,
            values,
            paints: Vec::new(),
            dimmed: Vec::new(),
            labels: Vec::new(),
            end_label: None,
            on_right: false,
        }
    }
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A bar from zero.
    Bar,
    /// A thin bar from the axis up to the value.
    Stick,
    /// A line with the area under it filled.
    Area,
    /// A line with a dot at each value.
    DottedLine,
    /// A plain line.
    Line,
    /// A line of dashes.
    DashedLine,
    /// A line that keeps a value half way to its neighbours: limits that differ from point to point.
    Step,
    /// [`Mark::Step`] of dashes.
    DashedStep,
    /// Only a symbol.
    Point(Symbol),
}

/// Symbols, told apart without their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Small filled circle, half see-through: one of many.
    Dot,
    /// Filled diamond.
    Diamond,
    /// Filled triangle.
    Triangle,
    /// Open circle around the value.
    Ring,
    /// Open circle in place of the value's dot: it does not count.
    Hollow,
    /// Open square around the value: it belongs to what is pointed at.
    Square,
}

/// A colour by its meaning; the theme gives it a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Measured values.
    Data,
    /// A second line beside the data.
    Second,
    /// Control limits.
    Limit,
    /// Centre line.
    Centre,
    /// Beyond a limit.
    Alarm,
    /// Conspicuous within the limits.
    Warning,
    /// What the user has chosen.
    Chosen,
    /// A given colour, `#rrggbb`: that of a defect type.
    Given(String),
}

/// A datum that was clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickedDatum {
    /// Index in [`ChartSpec::data`].
    pub index: usize,
    /// Its [`Datum::key`].
    pub key: String,
    /// Its inspection, where it is one.
    pub inspection_id: Option<Uuid>,
}

impl ChartSpec {
    /// What a click at `index` means; `None` beside the data.
    #[must_use]
    pub fn clicked(&self, index: usize) -> Option<ClickedDatum> {
        self.data.get(index).map(|datum| ClickedDatum {
            index,
            key: datum.key.clone(),
            inspection_id: datum.inspection_id,
        })
    }
}
