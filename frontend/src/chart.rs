//! Charts: what they show is built by pure functions ([`spc`], [`trend`], [`pareto`], ...) as a
//! [`ChartSpec`], which one component draws with Apache ECharts and which is also its table and CSV.

mod backdrop;
pub mod backtest;
mod bridge;
mod card;
pub mod compare;
mod csv;
mod echarts;
mod figure;
pub mod matrix_svg;
pub mod memory;
pub mod moving_range;
mod option;
pub mod panels;
pub mod pareto;
pub mod relation;
pub mod rules;
#[cfg(test)]
mod sample;
pub mod season;
mod series;
pub mod spc;
mod spec;
pub mod spectrum;
mod table;
pub mod theme;
pub mod trend;
mod view;

pub use card::{ChartCard, save_csv, save_svg};
pub use figure::figure;
pub use spec::{
    Axis, Bands, Cell, ChartSpec, ClickedDatum, Datum, Event, Mark, Paint, Series, Symbol, XPlaces,
    XScale,
};
pub use view::Chart;
