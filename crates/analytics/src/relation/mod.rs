//! How things go together: correlation of series, also with a delay, change of rates between two
//! periods, what bad inspections have in common, and the control of many tests at once.

mod commonality;
mod correlation;
mod false_discovery;
mod lagged;
mod likely;
mod matrix;
mod rate_ratio;

pub use commonality::{Commonality, Inspected, Suspect, commonality};
pub use correlation::{Correlation, pearson, ranks, spearman};
pub use false_discovery::{FalseDiscovery, benjamini_hochberg};
pub use lagged::{CrossCorrelation, LagCorrelation, cross_correlation};
pub use likely::likely_first;
pub use matrix::{Coefficient, PairCorrelation, correlation_matrix};
pub(crate) use rate_ratio::{Period, corrected_test, dispersion, exact_test};
pub use rate_ratio::{RateChange, RateTest, TwoPeriods, compare_periods};
