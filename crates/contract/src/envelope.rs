//! The envelope around every answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// An answer that worked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Success<T> {
    /// Always `true`.
    pub success: bool,
    /// What was asked for.
    pub data: T,
    /// When and by which version it was answered.
    pub meta: Meta,
    /// For lists: which part of the whole this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
}

api! {
    /// When, by which version and under which request id an answer was made.
    pub struct Meta {
        /// Moment of the answer.
        pub timestamp: DateTime<Utc>,
        /// Version of the server.
        pub version: String,
        /// The same id as in the server's log and in the header `x-request-id`.
        pub request_id: String,
    }

    /// Which part of a list an answer holds.
    pub struct Pagination {
        /// Page, from 1. With a cursor: 1.
        pub page: u32,
        /// Rows asked for, 1 to 100.
        pub per_page: u32,
        /// Rows of the whole list under this filter.
        pub total: u64,
        /// Pages of the whole list.
        pub total_pages: u32,
        /// Give it back as `cursor` for the rows after these; absent on the last page and on lists without cursors.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_cursor: Option<String>,
    }
}
