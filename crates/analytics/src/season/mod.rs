//! What repeats: autocorrelation, the decomposition into season, trend and remainder, and differences
//! between shifts, weekdays, hours.

mod autocorrelation;
mod groups;
mod loess;
mod stl;

pub use autocorrelation::{Autocorrelation, LjungBox, autocorrelation};
pub use groups::{GroupRate, GroupedRates, Grouping, KruskalWallis, grouped_rates};
pub use loess::Smoother;
pub use stl::{Decomposition, SeasonalWindow, StlSetup, stl};
