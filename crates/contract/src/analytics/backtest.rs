//! What limits would have done on history.

use chrono::{DateTime, Utc};

use super::{Limits, Spc};

api! {
    /// A time at which the process is known to have been off.
    pub struct KnownEvent {
        /// What happened.
        pub name: String,
        /// First moment.
        pub from: DateTime<Utc>,
        /// End, exclusive.
        pub to: DateTime<Utc>,
    }

    /// What limits would have done on history.
    pub struct Backtest {
        /// The limits that were tried.
        pub limits: Limits,
        /// The chart they were tried on, judged by them from the first point on.
        pub chart: Spc,
        /// Points outside of events and of the time given to settle.
        pub quiet_points: u32,
        /// Indices of quiet points at which a rule was broken.
        pub false_alarms: Vec<u32>,
        /// Their share; absent without a quiet point.
        pub false_alarm_share: Option<f64>,
        /// Its 95 % confidence limits (Clopper-Pearson).
        pub false_alarm_interval95: Option<[f64; 2]>,
        /// Quiet points for each false alarm; absent without a false alarm.
        pub points_between_false_alarms: Option<f64>,
        /// False alarms by rule.
        pub false_alarms_by_rule: std::collections::BTreeMap<String, u32>,
        /// False alarms of limits for independent defects (c or u chart) from the same baseline: what the usual chart does.
        pub poisson_false_alarms: u32,
        /// The events, in the order given.
        pub events: Vec<Detection>,
    }

    /// How an event was found.
    pub struct Detection {
        /// What happened.
        pub name: String,
        /// Its points; 0 where no inspection fell into it.
        pub points: u32,
        /// Index of the first signal; absent where it was missed.
        pub found_at: Option<u32>,
        /// Time of that point.
        pub found_at_time: Option<DateTime<Utc>>,
        /// Points from the first of the event to that one, 0 for at once.
        pub delay_points: Option<u32>,
        /// Hours from the first point of the event to that one.
        pub delay_hours: Option<f64>,
        /// The rules broken there.
        pub rules: Vec<String>,
    }
}

filtered_query! {
    /// Which limits are tried on which history. Limits come from the baseline; all points under the filter are judged.
    pub struct BacktestQuery {
        /// Default `auto`.
        pub chart: Option<super::ChartKind>,
        /// Default `count`; `u` and `laney_u` chart density.
        pub metric: Option<super::Metric>,
        /// Default `western_electric`.
        pub rules: Option<super::RuleSet>,
        /// Single rules instead of a set. Several: repeat the name.
        pub rule: Vec<String>,
        /// Default `inspection`.
        pub bucket: Option<super::Bucket>,
        /// Default: what fits the counts, exact quantiles (`probability`) on a recommended chart of small or lopsided
        /// counts, 3 sigma otherwise.
        pub width: Option<super::LimitWidth>,
        /// As for the control chart.
        pub width_value: Option<f64>,
        /// Start of the baseline; default: all points up to `baseline_to`.
        pub baseline_from: Option<DateTime<Utc>>,
        /// End of the baseline, exclusive; default: all points from `baseline_from`.
        pub baseline_to: Option<DateTime<Utc>>,
        /// Known events, each `from/to/name` with times in RFC 3339. Several: repeat the name.
        pub event: Vec<String>,
        /// Points after an event that count neither as quiet nor as event, 0 to 100, default 8.
        pub settle_points: Option<u32>,
    }
}
