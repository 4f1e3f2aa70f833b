//! Trends.

use chrono::{DateTime, Utc};
use uuid::Uuid;

words! {
    /// What is charted.
    pub enum Metric {
        /// Defects per inspection.
        Count = "count",
        /// Defects per cm2 of inspected area.
        Density = "density",
    }
}

words! {
    /// How points are formed.
    pub enum Bucket {
        /// One point per inspection.
        Inspection = "inspection",
        /// One point per wafer (mean over its inspections).
        Wafer = "wafer",
        /// One point per lot (mean over its inspections).
        Lot = "lot",
        /// One point per shift of 12 hours, from 06:00 and 18:00 UTC on.
        Shift = "shift",
        /// One point per day, UTC.
        Day = "day",
        /// One point per ISO week, UTC.
        Week = "week",
    }
}

words! {
    /// What tells the small charts of a split trend apart.
    pub enum SplitBy {
        /// Defect type.
        Type = "type",
        /// Tool.
        Equipment = "equipment",
        /// Process step.
        Step = "step",
        /// Product.
        Product = "product",
        /// An attribute of the inspection, named by `split_attribute`: `chamber`, `recipe`, `shift`.
        Attribute = "attribute",
    }
}

api! {
    /// A trend: one series of points.
    pub struct Trend {
        /// What is charted.
        pub metric: Metric,
        /// How points are formed.
        pub bucket: Bucket,
        /// Points, oldest first.
        pub points: Vec<TrendPoint>,
        /// Trailing mean over `window` points, absent until that many exist.
        pub moving_average: Vec<Option<f64>>,
        /// Points in the moving average.
        pub window: u32,
        /// Exponentially weighted average (Roberts 1959) of the points so far, absent where a point has no value.
        pub smoothed: Vec<Option<f64>>,
        /// Weight of the newest point in it.
        pub lambda: f64,
        /// Straight line by least squares; absent below 3 points with a value.
        pub line: Option<TrendLine>,
        /// Mann-Kendall test and Sen slope of the newest 2,000 points; absent below 3 of them with a value.
        pub monotonic: Option<MonotonicTrend>,
        /// Where the level changes, oldest first: likelihoods of counts on their areas or inspections, at least 5 points on
        /// a level; all divisions are compared up to 500 points, beyond each is the best split of what it lies in.
        pub changes: Vec<LevelChange>,
        /// What a change has to gain in twice the log likelihood to count, 3 ln n for n points; absent below 10 points with a
        /// value, where changes are not looked for.
        pub change_penalty: Option<f64>,
        /// With `split`: one small chart for each value, most defects first, at most 24. A type has a point wherever the
        /// trend has one, 0 where none was found; others have points where they have inspections.
        pub panels: Vec<TrendPanel>,
        /// Values without a panel because there are more than 24.
        pub panels_left_out: i64,
        /// Points left out because the filter holds more than can be charted (10,000); the newest are kept.
        pub left_out: i64,
    }

    /// A straight line through a trend.
    pub struct TrendLine {
        /// Value of the line at the first point.
        pub first: f64,
        /// Value of the line at the last point.
        pub last: f64,
        /// Change per day, in the unit of the metric.
        pub slope_per_day: f64,
        /// Share of the variance that the line explains; absent where all values are equal.
        pub r_squared: Option<f64>,
        /// Probability of such a slope without a trend (two-sided t test); absent where it has no value.
        pub p: Option<f64>,
    }

    /// Whether values rise or fall, whatever the shape (Mann 1945, Kendall 1975).
    pub struct MonotonicTrend {
        /// Kendall's tau-b, -1 to 1; absent where all values are equal.
        pub tau: Option<f64>,
        /// Probability of such an S without a trend, two-sided.
        pub p: f64,
        /// Median slope per point (Sen 1968).
        pub sen_slope: Option<f64>,
        /// Its 95 % confidence limits.
        pub sen_interval95: Option<[f64; 2]>,
    }

    /// A change of the level.
    pub struct LevelChange {
        /// Index of the first point on the new level.
        pub index: u32,
        /// Its time.
        pub at: DateTime<Utc>,
        /// Level before, in the unit of the metric.
        pub before: f64,
        /// Level from here on.
        pub after: f64,
        /// After over before; absent where the level was 0.
        pub ratio: Option<f64>,
    }

    /// One of the small charts of a split trend.
    pub struct TrendPanel {
        /// Key to filter by: the type's id, or step, tool, product, value of the attribute; empty where none was delivered.
        pub key: String,
        /// What to write above it.
        pub label: String,
        /// Colour of the type.
        pub colour: Option<String>,
        /// Defects.
        pub count: i64,
        /// Points, oldest first, at most 2,000, the newest.
        pub points: Vec<TrendPoint>,
    }

    /// One point of a trend.
    pub struct TrendPoint {
        /// Time: of the inspection, or the start of the bucket.
        pub at: DateTime<Utc>,
        /// What to write at the point, for example the wafer.
        pub label: String,
        /// Value in the unit of the metric; absent where the metric needs an area that is not known.
        pub value: Option<f64>,
        /// Defects.
        pub count: i64,
        /// Inspected area in cm2.
        pub area_cm2: Option<f64>,
        /// Inspections in it.
        pub inspections: i64,
        /// The inspection, where the point is one.
        pub inspection_id: Option<Uuid>,
        /// Wafer, where the point is one inspection.
        pub wafer_id: Option<String>,
        /// Lot, where the point is of one.
        pub lot_id: Option<String>,
        /// Step, where the point is one inspection.
        pub step_id: Option<String>,
        /// Tool, where the point is one inspection.
        pub equipment_id: Option<String>,
    }
}

filtered_query! {
    /// What a trend shows.
    pub struct TrendQuery {
        /// Default `count`.
        pub metric: Option<Metric>,
        /// Default `inspection`.
        pub bucket: Option<Bucket>,
        /// Points in the moving average, 2 to 100, default 7.
        pub window: Option<u32>,
        /// Weight of the newest point in the smoothed trend, above 0 to 1, default 0.2.
        pub lambda: Option<f64>,
        /// One small chart for each value of this, beside the trend of all.
        pub split: Option<SplitBy>,
        /// With `split=attribute`: the attribute's name, for example `chamber`.
        pub split_attribute: Option<String>,
    }
}
