//! Who changed what, when, from where.

use chrono::{DateTime, Utc};

api! {
    /// One entry of the audit log.
    pub struct Change {
        /// Number of the entry, rising.
        pub audit_id: i64,
        /// When.
        pub at: DateTime<Utc>,
        /// Who, or `null` for the system itself.
        pub username: Option<String>,
        /// What was done, for example `wafer.update`.
        pub action: String,
        /// Kind of the thing, for example `wafer`.
        pub entity: String,
        /// Its id.
        pub entity_id: String,
        /// The changed fields before, `null` for a creation.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub before: Option<serde_json::Value>,
        /// The changed fields after, `null` for a deletion.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub after: Option<serde_json::Value>,
        /// Address the request came from.
        pub ip: Option<String>,
    }
}

query! {
    /// Which part of a history to list, newest first.
    pub struct PageQuery {
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}

query! {
    /// Which part of the audit log to list, newest first.
    pub struct AuditQuery {
        /// Only things of this kind, for example `wafer`.
        pub entity: Option<String>,
        /// Only the thing with this id.
        pub entity_id: Option<String>,
        /// Only what this user did.
        pub user_id: Option<uuid::Uuid>,
        /// Only this action, for example `wafer.update`.
        pub action: Option<String>,
        /// First moment, inclusive, RFC 3339.
        pub from: Option<DateTime<Utc>>,
        /// End, exclusive, RFC 3339.
        pub to: Option<DateTime<Utc>>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
