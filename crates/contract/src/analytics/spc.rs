//! Control charts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Bucket, Metric, TrendPoint};

words! {
    /// The control chart.
    pub enum ChartKind {
        /// The one that fits the dispersion measured; the answer says which and why.
        Auto = "auto",
        /// Individuals and moving range.
        Imr = "imr",
        /// Counts on equal areas, Poisson.
        C = "c",
        /// Counts on differing areas, Poisson.
        U = "u",
        /// Laney u': counts on differing areas with more (or less) spread than Poisson.
        LaneyU = "laney_u",
    }
}

words! {
    /// The run rules.
    pub enum RuleSet { WesternElectric = "western_electric", Nelson = "nelson" }
}

words! {
    /// How far limits lie from the centre.
    pub enum LimitWidth {
        /// Multiples of sigma.
        Sigma = "sigma",
        /// Exact quantiles of the counts: Poisson on c and u charts, negative binomial where they cluster.
        Probability = "probability",
    }
}

words! {
    /// A chart with a memory, beside the one of single points.
    pub enum MemoryKind {
        /// Exponentially weighted moving average.
        Ewma = "ewma",
        /// Tabular cumulative sums.
        Cusum = "cusum",
    }
}

words! {
    /// A point's part in the limits that judge it.
    pub enum SpcPhase {
        /// The limits were computed from its period.
        One = "one",
        /// The limits monitor it.
        Two = "two",
    }
}

words! {
    /// Where the limits of a stage come from.
    pub enum LimitSource {
        /// Computed from all points of the stage.
        Stage = "stage",
        /// Computed from a period.
        Period = "period",
        /// Frozen by an engineer.
        Frozen = "frozen",
    }
}

words! {
    /// What was measured to choose a chart.
    pub enum FindingKind {
        /// Not all points have an inspected area, so counts are charted.
        AreasMissing = "areas_missing",
        /// Inspected areas differ.
        AreasDiffer = "areas_differ",
        /// Dispersion has no value: a single point, or no defects.
        Unmeasured = "unmeasured",
        /// Counts vary more than independent defects would.
        Overdispersed = "overdispersed",
        /// Counts vary as independent defects would.
        AsChance = "as_chance",
        /// Counts vary less than independent defects would.
        Underdispersed = "underdispersed",
        /// What limits for independent defects would have flagged.
        PoissonFlags = "poisson_flags",
        /// How much neighbouring points differ (Laney's sigma_z).
        ShortTermVariation = "short_term_variation",
        /// Counts are lopsided; probability limits serve better.
        Lopsided = "lopsided",
        /// Counts are small; probability limits serve better.
        SmallCounts = "small_counts",
    }
}

words! {
    /// To which side a rule was broken.
    pub enum ViolationDirection {
        /// Too many defects.
        High = "high",
        /// Too few defects.
        Low = "low",
        /// A pattern that knows no side: alternation, stratification, mixture.
        Pattern = "pattern",
    }
}

api! {
    /// A control chart.
    pub struct Spc {
        /// What was asked for.
        pub requested: ChartKind,
        /// The chart that was drawn.
        pub chart: ChartKind,
        /// Why this chart, in words, with the figures.
        pub reason: String,
        /// What was measured for it, as data.
        pub findings: Vec<SpcFinding>,
        /// What is charted.
        pub metric: Metric,
        /// How points are formed.
        pub bucket: Bucket,
        /// How far limits lie from the centre.
        pub width: LimitWidth,
        /// Multiple of sigma, or the probability beyond each limit.
        pub width_value: f64,
        /// Ids of the rules that were judged.
        pub rules: Vec<String>,
        /// Stages with their limits, oldest first.
        pub stages: Vec<SpcStage>,
        /// Points, oldest first.
        pub points: Vec<SpcPoint>,
        /// Centre line of the last stage; absent with too few points.
        pub centre: Option<f64>,
        /// Moving ranges and their limits, for the individuals chart.
        pub moving_range: Option<MovingRange>,
        /// The chart with a memory that was asked for; absent without a point that has z.
        pub memory: Option<MemoryChart>,
        /// Dispersion of the counts.
        pub dispersion: Option<Dispersion>,
        /// Broken rules, oldest first.
        pub violations: Vec<Violation>,
        /// Points left out of the chart because they lack an area, which its kind needs.
        pub without_area: i64,
        /// Points left out because the filter holds more than are charted (10,000; on the dashboard 200); the newest are kept.
        pub left_out: i64,
    }

    /// One point of a control chart.
    pub struct SpcPoint {
        /// The point.
        pub point: TrendPoint,
        /// Value that is charted.
        pub value: f64,
        /// Centre line at this point.
        pub centre: Option<f64>,
        /// Lower control limit at this point.
        pub lcl: Option<f64>,
        /// Upper control limit at this point.
        pub ucl: Option<f64>,
        /// Standard deviation used at this point.
        pub sigma: Option<f64>,
        /// Ids of the rules that are broken at this point.
        pub rules: Vec<String>,
        /// Index of its stage.
        pub stage: u32,
        /// Its part in the limits.
        pub phase: SpcPhase,
        /// Why it is left out of limits and rules, if it is.
        pub excluded: Option<String>,
    }

    /// Something that was measured to choose a chart, or that speaks about the chosen one.
    pub struct SpcFinding {
        /// What.
        pub kind: FindingKind,
        /// In words, with the figures.
        pub text: String,
        /// The figures by name, for example `ratio`, `p_over`, `flagged`, `points`.
        pub figures: std::collections::BTreeMap<String, f64>,
    }

    /// A stretch of points with limits of its own.
    pub struct SpcStage {
        /// The event that begins it; empty for the only one.
        pub name: String,
        /// Index of its first point.
        pub first: u32,
        /// Index of its last point.
        pub last: u32,
        /// Where its limits come from.
        pub source: LimitSource,
        /// Index of the first point that the limits were computed from; absent where they are frozen.
        pub baseline_first: Option<u32>,
        /// Index of the last of them.
        pub baseline_last: Option<u32>,
        /// Its limits.
        pub limits: Limits,
    }

    /// Limits apart from the points: what is frozen and judges later points.
    pub struct Limits {
        /// The chart they belong to.
        pub chart: ChartKind,
        /// Unit of the centre.
        pub metric: Metric,
        /// How far limits lie from the centre.
        pub width: LimitWidth,
        /// Multiple of sigma, or the probability beyond each limit.
        pub width_value: f64,
        /// Centre line.
        pub centre: f64,
        /// Standard deviation of individuals; absent for other charts.
        pub sigma: Option<f64>,
        /// Laney's factor; absent for other charts.
        pub sigma_z: Option<f64>,
        /// Clustering parameter of probability limits.
        pub alpha: Option<f64>,
        /// Points they were computed from.
        pub points: u32,
    }

    /// A chart with a memory of the points, in units of each point's own sigma: target 0.
    pub struct MemoryChart {
        /// Which.
        pub kind: MemoryKind,
        /// Its parameters by name: `lambda` and `width`, or `k` and `h`.
        pub parameters: std::collections::BTreeMap<String, f64>,
        /// EWMA, or the upper sum, one for each point; absent where the point is excluded or has no z.
        pub upper: Vec<Option<f64>>,
        /// The lower sum as a negative number; absent as above, and for EWMA.
        pub lower: Vec<Option<f64>>,
        /// Upper limit at each point.
        pub ucl: Vec<Option<f64>>,
        /// Lower limit at each point.
        pub lcl: Vec<Option<f64>>,
        /// Indices of points beyond.
        pub beyond: Vec<u32>,
        /// Where the change that the first signal speaks of began, if it tells (CUSUM).
        pub change_began: Option<u32>,
    }

    /// The moving-range half of an individuals chart.
    pub struct MovingRange {
        /// Absolute differences, one per point, none for the first.
        pub values: Vec<Option<f64>>,
        /// Mean moving range.
        pub centre: f64,
        /// Upper limit.
        pub ucl: f64,
        /// Lower limit.
        pub lcl: f64,
        /// Indices of points beyond the limits.
        pub beyond: Vec<u32>,
    }

    /// How the counts spread.
    pub struct Dispersion {
        /// Variance over mean of the counts (Pearson ratio where areas differ): 1 for Poisson.
        pub ratio: f64,
        /// Probability of a ratio this high under Poisson.
        pub p_over: f64,
        /// Percent of points that Poisson limits would flag.
        pub poisson_flagged_percent: f64,
    }

    /// A broken rule.
    pub struct Violation {
        /// Id of the rule, for example `we1`.
        pub rule: String,
        /// Its name.
        pub name: String,
        /// What it means, in words.
        pub meaning: String,
        /// What the points of this one did, in a sentence.
        pub sentence: String,
        /// `high`, `low`, or `pattern` for a rule that knows no side.
        pub direction: ViolationDirection,
        /// Index of the point at which the pattern is complete.
        pub index: u32,
        /// Indices of all points of the pattern.
        pub points: Vec<u32>,
        /// Time of the point at which the pattern is complete.
        pub at: DateTime<Utc>,
        /// Its inspection.
        pub inspection_id: Option<Uuid>,
        /// Its label.
        pub label: String,
    }
}

filtered_query! {
    /// What a control chart shows.
    pub struct SpcQuery {
        /// Default `auto`.
        pub chart: Option<ChartKind>,
        /// Default `count`; `u` and `laney_u` chart density.
        pub metric: Option<Metric>,
        /// Default `western_electric`.
        pub rules: Option<RuleSet>,
        /// Single rules instead of a set: `we1` to `we4`, `n1` to `n8`. Several: repeat the name.
        pub rule: Vec<String>,
        /// Default `inspection`.
        pub bucket: Option<Bucket>,
        /// Default: what fits the counts, exact quantiles (`probability`) on a recommended chart of small or lopsided
        /// counts, 3 sigma otherwise.
        pub width: Option<LimitWidth>,
        /// Multiple of sigma, 1 to 6, default 3; or the probability beyond each limit, default 0.00135.
        pub width_value: Option<f64>,
        /// A chart with a memory below it.
        pub memory: Option<MemoryKind>,
        /// Limits are computed from the points from here on; default: all points.
        pub baseline_from: Option<DateTime<Utc>>,
        /// Limits are computed from the points before this.
        pub baseline_to: Option<DateTime<Utc>>,
    }
}
