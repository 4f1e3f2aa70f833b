//! Alerts: a control chart was violated by an import.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::analytics::ViolationDirection;

words! {
    /// An alert's life.
    pub enum AlertState {
        /// Nobody has seen to it.
        Open = "open",
        /// Somebody has.
        Acknowledged = "acknowledged",
        /// It is over.
        Resolved = "resolved",
    }
}

api! {
    /// An alert. While it is not resolved, further violations of the same chart to the same side belong to it.
    pub struct Alert {
        /// Id.
        pub alert_id: Uuid,
        /// State.
        pub state: AlertState,
        /// Chart.
        pub control_chart_id: Uuid,
        /// Its name.
        pub control_chart_name: String,
        /// To which side: what makes two violations one cause.
        pub cause: ViolationDirection,
        /// Ids of the rules that were broken.
        pub rules: Vec<String>,
        /// The latest violation in a sentence.
        pub message: String,
        /// Violations so far.
        pub violations: i64,
        /// Time of the first violated point.
        pub first_at: DateTime<Utc>,
        /// Time of the latest violated point.
        pub last_at: DateTime<Utc>,
        /// Inspection of the first violated point.
        pub first_inspection_id: Option<Uuid>,
        /// Inspection of the latest violated point.
        pub last_inspection_id: Option<Uuid>,
        /// When the alert was raised.
        pub opened_at: DateTime<Utc>,
        /// Who acknowledged it.
        pub acknowledged_by: Option<String>,
        /// When.
        pub acknowledged_at: Option<DateTime<Utc>>,
        /// With which words.
        pub acknowledge_comment: Option<String>,
        /// Who resolved it.
        pub resolved_by: Option<String>,
        /// When.
        pub resolved_at: Option<DateTime<Utc>>,
        /// With which words.
        pub resolve_comment: Option<String>,
    }

    /// An alert with its violations.
    pub struct AlertDetail {
        /// The alert.
        pub alert: Alert,
        /// Its violations, newest first, at most 200.
        pub violations: Vec<AlertViolation>,
    }

    /// A violation as it was found at import.
    pub struct AlertViolation {
        /// Rule.
        pub rule: String,
        /// What the points did.
        pub sentence: String,
        /// Time of the point at which the pattern is complete.
        pub at: DateTime<Utc>,
        /// Its inspection.
        pub inspection_id: Option<Uuid>,
        /// Its label, for example the wafer.
        pub label: String,
        /// Charted value.
        pub value: f64,
        /// Lower limit then.
        pub lcl: Option<f64>,
        /// Upper limit then.
        pub ucl: Option<f64>,
        /// Version of the limits then in force.
        pub limit_version: i32,
        /// When it was found.
        pub found_at: DateTime<Utc>,
    }

    /// Somebody sees to an alert, or ends it.
    pub struct AlertAction {
        /// At most 2,000 characters; needed to resolve.
        #[serde(default)]
        pub comment: String,
    }

    /// How many alerts wait.
    pub struct AlertCounts {
        /// Open.
        pub open: i64,
        /// Acknowledged, not resolved.
        pub acknowledged: i64,
    }
}

query! {
    /// Which alerts, newest first.
    pub struct AlertQuery {
        /// States. Several: repeat the name.
        pub state: Vec<AlertState>,
        /// Only this chart's.
        pub control_chart_id: Option<Uuid>,
        /// Page, from 1 on.
        pub page: Option<u32>,
        /// Rows a page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
