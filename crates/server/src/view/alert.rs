//! Alerts.

use chrono::Utc;
use contract::alert::{Alert, AlertCounts, AlertState, AlertViolation};
use contract::analytics::ViolationDirection;
use contract::live::{LiveAlert, LiveKind, LiveMessage};
use entity::{alert as row, chart_violation};
use store::alert::{Counts, Row};

/// An alert.
pub fn alert(row: Row) -> Alert {
    let alert = row.alert;
    Alert {
        alert_id: alert.alert_id,
        state: state(alert.state),
        control_chart_id: alert.control_chart_id,
        control_chart_name: row.control_chart_name,
        cause: cause(alert.cause),
        rules: alert.rules,
        message: alert.message,
        violations: alert.violations,
        first_at: alert.first_at,
        last_at: alert.last_at,
        first_inspection_id: alert.first_inspection_id,
        last_inspection_id: alert.last_inspection_id,
        opened_at: alert.opened_at,
        acknowledged_by: row.acknowledged_by_username,
        acknowledged_at: alert.acknowledged_at,
        acknowledge_comment: alert.acknowledge_comment,
        resolved_by: row.resolved_by_username,
        resolved_at: alert.resolved_at,
        resolve_comment: alert.resolve_comment,
    }
}

/// A violation as it was found.
pub fn violation(row: chart_violation::Model) -> AlertViolation {
    AlertViolation {
        rule: row.rule,
        sentence: row.sentence,
        at: row.at,
        inspection_id: row.inspection_id,
        label: row.label,
        value: row.value,
        lcl: row.lcl,
        ucl: row.ucl,
        limit_version: row.limit_version,
        found_at: row.found_at,
    }
}

/// How many wait.
pub fn counts(counts: Counts) -> AlertCounts {
    AlertCounts {
        open: counts.open,
        acknowledged: counts.acknowledged,
    }
}

/// A message of now.
pub fn message(kind: LiveKind, waiting: Option<Counts>, about: Option<Row>) -> LiveMessage {
    LiveMessage {
        kind,
        at: Utc::now(),
        alerts: waiting.map(counts),
        alert: about.map(|row| LiveAlert {
            alert_id: row.alert.alert_id,
            state: state(row.alert.state),
            control_chart_id: row.alert.control_chart_id,
            control_chart_name: row.control_chart_name,
            message: row.alert.message,
        }),
    }
}

same_words! {
    row::AlertState as AlertState: state, state_row [Open, Acknowledged, Resolved]
    row::Cause as ViolationDirection: cause, cause_row [High, Low, Pattern]
}
