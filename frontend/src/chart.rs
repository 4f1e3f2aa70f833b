//! Charts: what they show is built by pure functions ([`spc`], [`trend`], [`pareto`], [`spectrum`]) as a
//! [`ChartSpec`], which one component draws with Apache ECharts and which is also its table and CSV.

mod bridge;
mod card;
mod csv;
mod echarts;
mod figure;
mod option;
pub mod pareto;
#[cfg(test)]
mod sample;
mod series;
pub mod spc;
mod spec;
pub mod spectrum;
mod table;
pub mod theme;
pub mod trend;
mod view;

pub use card::ChartCard;
pub use figure::figure;
pub use spec::{Axis, Cell, ChartSpec, ClickedDatum, Datum, Mark, Paint, Series, Symbol, XScale};
pub use view::Chart;
