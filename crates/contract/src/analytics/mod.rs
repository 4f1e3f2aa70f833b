//! Trends, control charts, Pareto, relations, causes, maps.

mod backtest;
mod cause;
mod compare;
mod dashboard;
mod map;
mod pareto;
mod relation;
mod season;
mod spc;
mod trend;

pub use backtest::*;
pub use cause::*;
pub use compare::*;
pub use dashboard::*;
pub use map::*;
pub use pareto::*;
pub use relation::*;
pub use season::*;
pub use spc::*;
pub use trend::*;
