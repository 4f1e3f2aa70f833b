//! Wafers.

use chrono::{DateTime, Utc};

words! {
    /// How a wafer is known.
    pub enum IdScheme {
        /// SEMI T7: 8-character id and supplier code, read from the Data Matrix.
        T7 = "t7",
        /// SEMI M12: 12 characters with check pair.
        M12 = "m12",
        /// SEMI M13: 18 characters with check pair.
        M13 = "m13",
        /// No SEMI identifier: lot and wafer number or slot, as the tool delivered them.
        LotSlot = "lot_slot",
    }
}

words! {
    /// Where a wafer is in its life.
    pub enum WaferStatus { Active = "active", Inactive = "inactive", Scrapped = "scrapped" }
}

words! {
    /// The mark that gives a wafer its orientation.
    pub enum MarkType { Notch = "notch", Flat = "flat", DoubleFlat = "double_flat", None = "none" }
}

api! {
    /// A wafer.
    pub struct Wafer {
        /// The wafer's key: its SEMI identifier, or `lot:wafer` (scheme `lot_slot`).
        pub wafer_id: String,
        /// How the wafer is known.
        pub id_scheme: IdScheme,
        /// Lot.
        pub lot_id: String,
        /// Cassette slot, 1 to 25 as a rule.
        pub slot: Option<i32>,
        /// Wafer id as the tool delivered it.
        pub delivered_id: String,
        /// Laser scribe, where a file gave one besides the wafer id.
        pub scribe: Option<String>,
        /// For example `production`, `monitor`, `test`.
        pub wafer_type: Option<String>,
        /// Diameter in mm.
        pub diameter_mm: f64,
        /// Where it is in its life.
        pub status: WaferStatus,
        /// For example `28 nm`.
        pub process_node: Option<String>,
        /// Who made the wafer.
        pub manufacturer: Option<String>,
        /// For example `Si`, `SiC`.
        pub material: Option<String>,
        /// Crystal orientation, for example `100`.
        pub orientation: Option<String>,
        /// Resistivity in ohm cm.
        pub resistivity_ohm_cm: Option<f64>,
        /// Thickness in um.
        pub thickness_um: Option<f64>,
        /// Notch or flat.
        pub mark_type: MarkType,
        /// Anything else, by name.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub additional_info: serde_json::Value,
        /// When the wafer became known.
        pub created_at: DateTime<Utc>,
        /// When it last changed. Give it back with an update.
        pub updated_at: DateTime<Utc>,
        /// Inspections of it.
        pub inspection_count: i64,
        /// Defects over its current inspections.
        pub defect_count: i64,
        /// Time of its latest inspection.
        pub last_inspected_at: Option<DateTime<Utc>>,
    }

    /// A new wafer.
    pub struct WaferCreate {
        /// 1 to 64 characters. The check pair of a SEMI identifier is no part of the key:
        /// `8365N004FEC6` gets the key `8365N004FE`.
        pub wafer_id: String,
        /// How the wafer is known. A SEMI scheme is checked against its rules.
        pub id_scheme: IdScheme,
        /// 1 to 64 characters.
        pub lot_id: String,
        /// 1 to 99.
        #[serde(default)]
        pub slot: Option<i32>,
        /// More than 0, at most 500.
        pub diameter_mm: f64,
        /// Everything else; what is absent is unknown.
        #[serde(default)]
        pub facts: WaferUpdate,
    }

    /// Changes to a wafer; what is absent stays.
    #[derive(Default)]
    pub struct WaferUpdate {
        /// `updated_at` as it was read: refused with `CONFLICT` when the wafer has changed since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub if_updated_at: Option<DateTime<Utc>>,
        /// Where it is in its life.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<WaferStatus>,
        /// 1 to 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lot_id: Option<String>,
        /// 1 to 99.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub slot: Option<i32>,
        /// At most 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wafer_type: Option<String>,
        /// At most 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub process_node: Option<String>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub manufacturer: Option<String>,
        /// At most 64 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub material: Option<String>,
        /// At most 16 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub orientation: Option<String>,
        /// 0 or more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resistivity_ohm_cm: Option<f64>,
        /// More than 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub thickness_um: Option<f64>,
        /// Notch or flat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mark_type: Option<MarkType>,
        /// Replaces what is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub additional_info: Option<serde_json::Value>,
    }
}

query! {
    /// Which wafers to list.
    pub struct WaferQuery {
        /// Part of the wafer id, the lot or the scribe.
        pub search: Option<String>,
        /// Lots.
        pub lot: Vec<String>,
        /// Only this status.
        pub status: Option<WaferStatus>,
        /// Only this scheme.
        pub id_scheme: Option<IdScheme>,
        /// `wafer_id` (default), `lot_id`, `slot`, `status`, `created_at`, `last_inspected_at`, `inspection_count`, `defect_count`.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
