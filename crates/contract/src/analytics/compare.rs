//! Two periods beside each other.

use chrono::{DateTime, Utc};

use super::ParetoBy;

api! {
    /// Which rates changed from one period to another.
    pub struct ParetoComparison {
        /// What it compares by.
        pub by: ParetoBy,
        /// The earlier period, or what counts as normal.
        pub baseline: ComparedPeriod,
        /// The period in question: that of the filter.
        pub period: ComparedPeriod,
        /// Rows, strongest evidence first.
        pub rows: Vec<RateChange>,
        /// Level at which changes are called so, after Benjamini-Hochberg control over all rows.
        pub alpha: f64,
        /// `cm2`, or `inspection` where an area is missing and inspections are the unit.
        pub per: String,
    }

    /// One of the two periods.
    pub struct ComparedPeriod {
        /// First moment.
        pub from: Option<DateTime<Utc>>,
        /// End, exclusive.
        pub to: Option<DateTime<Utc>>,
        /// Inspections.
        pub inspections: i64,
        /// Inspected area in cm2.
        pub area_cm2: Option<f64>,
        /// Defects.
        pub defects: i64,
    }

    /// How the rate of one type, step, tool, product or lot changed.
    pub struct RateChange {
        /// Key to filter by.
        pub key: String,
        /// What to write at it.
        pub label: String,
        /// Colour of the type.
        pub colour: Option<String>,
        /// Defects in the baseline.
        pub count_before: i64,
        /// Defects in the period.
        pub count_after: i64,
        /// Defects per cm2 (or inspection) in the baseline.
        pub rate_before: f64,
        /// Defects per cm2 (or inspection) in the period.
        pub rate_after: f64,
        /// After over before; absent where there was none before.
        pub ratio: Option<f64>,
        /// 95 % confidence limits of the ratio, widened where counts cluster; the upper one is absent where it is unbounded.
        pub ratio_low: f64,
        /// Upper limit.
        pub ratio_high: Option<f64>,
        /// Two-sided probability of such a change by chance, corrected for clustering where it was measured.
        pub p: f64,
        /// The same after Benjamini-Hochberg control.
        pub adjusted_p: f64,
        /// Variance over mean within the periods; 1 for Poisson.
        pub dispersion: Option<f64>,
        /// Whether the change is called one at `alpha`.
        pub is_changed: bool,
    }
}

filtered_query! {
    /// Which two periods are compared: that of the filter, and the baseline.
    pub struct ParetoCompareQuery {
        /// Default `type`. `element` cannot be compared.
        pub by: Option<ParetoBy>,
        /// First moment of the baseline; default: the window of the same length just before `from`.
        pub baseline_from: Option<DateTime<Utc>>,
        /// End of the baseline, exclusive; default `from`.
        pub baseline_to: Option<DateTime<Utc>>,
        /// 0.001 to 0.2, default 0.05.
        pub alpha: Option<f64>,
    }
}
