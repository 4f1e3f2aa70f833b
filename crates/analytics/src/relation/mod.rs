//! How things go together: correlation of series, and the control of many tests at once.

mod correlation;
mod false_discovery;

pub use correlation::{Correlation, pearson, ranks, spearman};
pub use false_discovery::{FalseDiscovery, benjamini_hochberg};
