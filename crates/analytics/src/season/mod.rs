//! What repeats: autocorrelation, and the decomposition into season, trend and remainder.

mod autocorrelation;
mod loess;
mod stl;

pub use autocorrelation::{Autocorrelation, LjungBox, autocorrelation};
pub use loess::Smoother;
pub use stl::{Decomposition, SeasonalWindow, StlSetup, stl};
