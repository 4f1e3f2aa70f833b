//! What `/ws` sends.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::alert::{AlertCounts, AlertState};

/// Subprotocol of `/ws`. A browser offers it together with `bearer.<access token>`; tools may send the
/// header `authorization` instead.
pub const SUBPROTOCOL: &str = "wafermaps.v1";

/// Close code of a socket whose access token has expired: connect again with a new one.
pub const CLOSE_TOKEN_EXPIRED: u16 = 4401;

words! {
    /// What a message tells.
    pub enum LiveKind {
        /// An alert was raised or grew.
        AlertRaised = "alert_raised",
        /// An alert was acknowledged or resolved.
        AlertChanged = "alert_changed",
        /// Inspections or what belongs to them changed.
        Data = "data",
        /// The first message: where things stand.
        Hello = "hello",
    }
}

api! {
    /// One message, a JSON text frame.
    pub struct LiveMessage {
        /// What it tells.
        pub kind: LiveKind,
        /// When it was sent.
        pub at: DateTime<Utc>,
        /// How many alerts wait now; absent for `data`.
        pub alerts: Option<AlertCounts>,
        /// The alert.
        pub alert: Option<LiveAlert>,
    }

    /// An alert in short.
    pub struct LiveAlert {
        /// Id.
        pub alert_id: Uuid,
        /// State.
        pub state: AlertState,
        /// Chart.
        pub control_chart_id: Uuid,
        /// Its name.
        pub control_chart_name: String,
        /// The latest violation in a sentence.
        pub message: String,
    }
}
