//! Whether defects follow the clock or the calendar.

use chrono::{DateTime, Utc};

use super::Metric;

words! {
    /// By what inspections are grouped.
    pub enum SeasonBy {
        /// Shift: as delivered, else 12 hours from 06:00 and 18:00 of the tool's local time.
        Shift = "shift",
        /// Day of the week, the tool's local time.
        Weekday = "weekday",
        /// Hour of the day, the tool's local time.
        Hour = "hour",
        /// Month of the year.
        Month = "month",
    }
}

api! {
    /// Whether defects follow the clock or the calendar.
    pub struct Seasonality {
        /// What is charted.
        pub metric: Metric,
        /// Inspections.
        pub inspections: i64,
        /// By shift, weekday, hour, month.
        pub groupings: Vec<SeasonGrouping>,
        /// Daily values: the series that the rest is about; days without inspections are absent values. The newest ten years.
        pub days: Vec<SeasonDay>,
        /// Autocorrelation of the daily values up to 28 days, at most half of the series, gaps filled as below; absent below 14
        /// days, where more than half of them have no inspection, and where all values are equal.
        pub autocorrelation: Option<SeasonAutocorrelation>,
        /// Weekly pattern and trend of the daily values by STL (Cleveland et al. 1990), gaps filled with the mean of
        /// their neighbours; absent below three weeks, and where autocorrelation is.
        pub decomposition: Option<SeasonDecomposition>,
        /// Why autocorrelation or decomposition is absent.
        pub note: Option<String>,
        /// Inspections left out of densities for want of an area.
        pub without_area: i64,
        /// Inspections left out because there are more than 100,000; the newest are kept.
        pub left_out: i64,
    }

    /// One way of grouping.
    pub struct SeasonGrouping {
        /// By what.
        pub by: SeasonBy,
        /// The groups, in the order of the clock or calendar.
        pub groups: Vec<SeasonGroup>,
        /// Probability of such differences by chance (Kruskal-Wallis); absent with a single group.
        pub p: Option<f64>,
        /// The same after Benjamini-Hochberg control over the ways of grouping.
        pub adjusted_p: Option<f64>,
        /// Whether the groups differ at 5 %.
        pub is_seasonal: bool,
    }

    /// Inspections of one shift, weekday, hour or month.
    pub struct SeasonGroup {
        /// `day`, `Monday`, `14`, `March`.
        pub label: String,
        /// Inspections.
        pub inspections: i64,
        /// Defects.
        pub count: i64,
        /// Mean per inspection, or density.
        pub rate: f64,
        /// Median over its inspections.
        pub median: f64,
        /// Rate over that of all others; absent where those have none.
        pub ratio_to_rest: Option<f64>,
        /// 95 % confidence limits of that ratio, widened where counts cluster.
        pub ratio_interval95: Option<[f64; 2]>,
        /// Probability of such a ratio by chance, after Benjamini-Hochberg control over the groups.
        pub adjusted_p: Option<f64>,
        /// Whether it stands out at 5 %.
        pub differs: bool,
    }

    /// One day.
    pub struct SeasonDay {
        /// Midnight UTC.
        pub at: DateTime<Utc>,
        /// Mean per inspection, or density; absent without an inspection.
        pub value: Option<f64>,
        /// Inspections.
        pub inspections: i64,
    }

    /// Autocorrelation of the daily values.
    pub struct SeasonAutocorrelation {
        /// Coefficients from lag 1 on, in days.
        pub coefficients: Vec<f64>,
        /// Beyond this a coefficient is unlike chance at 5 %.
        pub bound95: f64,
        /// Probability of such coefficients in white noise (Ljung and Box 1978).
        pub p: Option<f64>,
    }

    /// Daily values in parts: value = trend + weekly + remainder.
    pub struct SeasonDecomposition {
        /// Trend, one for each day.
        pub trend: Vec<f64>,
        /// Weekly pattern, one for each day.
        pub weekly: Vec<f64>,
        /// What is left, one for each day.
        pub remainder: Vec<f64>,
        /// How strong the weekly pattern is, 0 to 1.
        pub weekly_strength: Option<f64>,
        /// How strong the trend is, 0 to 1.
        pub trend_strength: Option<f64>,
    }
}

filtered_query! {
    /// Whose seasons.
    pub struct SeasonalityQuery {
        /// Default `density` where all areas are known, otherwise `count`. With `density`, inspections without an area are
        /// left out; where none has one, counts are shown.
        pub metric: Option<Metric>,
    }
}
