//! Lots.

use chrono::{DateTime, Utc};

api! {
    /// A lot: what is known of it from its wafers and inspections.
    pub struct Lot {
        /// The lot.
        pub lot_id: String,
        /// Wafers known of it.
        pub wafer_count: i64,
        /// Inspections of them.
        pub inspection_count: i64,
        /// Defects over the current inspections.
        pub defect_count: i64,
        /// First inspection.
        pub first_inspected_at: Option<DateTime<Utc>>,
        /// Latest inspection.
        pub last_inspected_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which lots to list.
    pub struct LotQuery {
        /// Part of the lot id.
        pub search: Option<String>,
        /// `lot_id` (default), `wafer_count`, `defect_count`, `last_inspected_at`.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
