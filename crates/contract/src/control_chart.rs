//! Control charts that engineers own, and their limits with versions.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::analytics::{Bucket, ChartKind, LimitWidth, Limits, Metric};

api! {
    /// What a control chart watches: the filter bar without its window, lots and wafers.
    #[derive(Default)]
    pub struct ChartScope {
        /// Steps.
        #[serde(default)]
        pub step: Vec<String>,
        /// Products.
        #[serde(default)]
        pub product: Vec<String>,
        /// Tools.
        #[serde(default)]
        pub equipment: Vec<String>,
        /// Defect types.
        #[serde(default)]
        pub defect_type: Vec<i32>,
        /// Killer types only.
        #[serde(default)]
        pub killers: bool,
        /// Adders only: defects that no earlier inspection of the wafer saw.
        #[serde(default)]
        pub adders: bool,
        /// Attributes of the inspection, each `name=value`.
        #[serde(default)]
        pub attribute: Vec<String>,
    }

    /// A control chart.
    pub struct ControlChart {
        /// Id.
        pub control_chart_id: Uuid,
        /// Unique name.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// What it watches.
        pub scope: ChartScope,
        /// What is charted.
        pub metric: Metric,
        /// How points are formed.
        pub bucket: Bucket,
        /// The chart; `auto` takes the one that fits.
        pub chart: ChartKind,
        /// Ids of the rules: `we1` to `we4`, `n1` to `n8`.
        pub rules: Vec<String>,
        /// How far limits lie from the centre.
        pub width: LimitWidth,
        /// Multiple of sigma, or the probability beyond each limit.
        pub width_value: f64,
        /// Whether imports are judged by it.
        pub active: bool,
        /// Version of the definition; a change names the one it was made on.
        pub version: i32,
        /// Who made it.
        pub created_by: Option<String>,
        /// When.
        pub created_at: DateTime<Utc>,
        /// Last change of the definition.
        pub updated_at: DateTime<Utc>,
        /// Limits in force.
        pub limits: LimitVersion,
        /// Alerts that are not resolved.
        pub open_alerts: i64,
        /// Latest violation.
        pub last_violation_at: Option<DateTime<Utc>>,
        /// Why the latest import in its scope could not be judged, for example because frozen limits do not fit the
        /// points any more; absent when it could.
        pub evaluation_error: Option<String>,
    }

    /// A control chart to be made.
    pub struct ControlChartCreate {
        /// Unique name, 1 to 128 characters.
        pub name: String,
        /// At most 2,000 characters.
        #[serde(default)]
        pub description: String,
        /// What it watches.
        pub scope: ChartScope,
        /// What is charted.
        pub metric: Metric,
        /// How points are formed.
        pub bucket: Bucket,
        /// The chart; `auto` takes the one that fits.
        pub chart: ChartKind,
        /// Ids of the rules, at least one.
        pub rules: Vec<String>,
        /// How far limits lie from the centre.
        pub width: LimitWidth,
        /// Multiple of sigma, 1 to 6; or the probability beyond each limit, 1e-6 to 0.05.
        pub width_value: f64,
        /// Start of the baseline of the first limits; absent: from the first point.
        #[serde(default)]
        pub baseline_from: Option<DateTime<Utc>>,
        /// End of that baseline, exclusive; absent: to the latest point.
        #[serde(default)]
        pub baseline_to: Option<DateTime<Utc>>,
        /// Whether these limits are frozen at once.
        #[serde(default)]
        pub freeze: bool,
    }

    /// Changes of a definition; what is absent stays. Limits have their own route.
    #[derive(Default)]
    pub struct ControlChartUpdate {
        /// The version that the change was made on.
        pub version: i32,
        /// Name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// Description.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// Rules.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub rules: Option<Vec<String>>,
        /// Whether imports are judged by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub active: Option<bool>,
    }

    /// One version of the limits: stages, frozen or computed, and the points left out.
    pub struct LimitVersion {
        /// From 1 on.
        pub version: i32,
        /// Stages, oldest first.
        pub stages: Vec<LimitStage>,
        /// Points left out of limits and rules.
        pub excluded: Vec<ExcludedPoint>,
        /// Why this version was made.
        pub reason: String,
        /// Who made it.
        pub created_by: Option<String>,
        /// When.
        pub created_at: DateTime<Utc>,
    }

    /// A stretch of time with limits of its own.
    pub struct LimitStage {
        /// The event that begins it, such as `new focus ring`; empty for the first.
        #[serde(default)]
        pub name: String,
        /// Its first moment; absent for the first stage.
        #[serde(default)]
        pub from: Option<DateTime<Utc>>,
        /// Start of the period that its limits are computed from; absent: the stage's.
        #[serde(default)]
        pub baseline_from: Option<DateTime<Utc>>,
        /// End of that period, exclusive; absent: the stage's.
        #[serde(default)]
        pub baseline_to: Option<DateTime<Utc>>,
        /// Whether the limits are frozen: they no longer move when points come or go.
        #[serde(default)]
        pub frozen: bool,
        /// The frozen limits; set by the server.
        #[serde(default)]
        pub limits: Option<Limits>,
    }

    /// A point with a known cause.
    pub struct ExcludedPoint {
        /// Time of the point.
        pub at: DateTime<Utc>,
        /// The inspection, where the point is one.
        #[serde(default)]
        pub inspection_id: Option<Uuid>,
        /// The known cause, 1 to 500 characters.
        pub reason: String,
        /// Who left it out; set by the server.
        #[serde(default)]
        pub excluded_by: Option<String>,
        /// When; set by the server.
        #[serde(default)]
        pub excluded_at: Option<DateTime<Utc>>,
    }

    /// A new version of the limits.
    pub struct LimitVersionCreate {
        /// The version that it was made from: a newer one in force is a conflict.
        pub based_on: i32,
        /// Why, 1 to 500 characters.
        pub reason: String,
        /// Stages, oldest first, at least one. Those with `frozen` and without `limits` are computed now and kept.
        pub stages: Vec<LimitStage>,
        /// Points left out.
        #[serde(default)]
        pub excluded: Vec<ExcludedPoint>,
    }
}

query! {
    /// Which control charts.
    pub struct ControlChartQuery {
        /// Part of name or description.
        pub search: Option<String>,
        /// Only those that are (or are not) active.
        pub active: Option<bool>,
        /// Page, from 1 on.
        pub page: Option<u32>,
        /// Rows a page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}

query! {
    /// Which part of a control chart is drawn.
    pub struct ControlChartViewQuery {
        /// First moment; limits do not depend on it.
        pub from: Option<DateTime<Utc>>,
        /// End, exclusive.
        pub to: Option<DateTime<Utc>>,
        /// A version of the limits; default: the one in force.
        pub limits: Option<i32>,
        /// A chart with a memory below it.
        pub memory: Option<crate::analytics::MemoryKind>,
    }
}
