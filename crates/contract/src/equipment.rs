//! Equipment: the tools that inspect, measure and review.

use chrono::{DateTime, NaiveDate, Utc};

words! {
    /// What a tool does.
    pub enum EquipmentType { Inspection = "inspection", Metrology = "metrology", Review = "review" }
}

words! {
    /// Whether a tool can be used.
    pub enum EquipmentStatus { Active = "active", Maintenance = "maintenance", Down = "down", Retired = "retired" }
}

api! {
    /// A tool.
    pub struct Equipment {
        /// Id, as files name it.
        pub equipment_id: String,
        /// Name to show.
        pub name: String,
        /// What it does.
        pub equipment_type: EquipmentType,
        /// Model.
        pub model: Option<String>,
        /// Manufacturer.
        pub manufacturer: Option<String>,
        /// Where it stands.
        pub location: Option<String>,
        /// Whether it can be used.
        pub status: EquipmentStatus,
        /// Serial number.
        pub serial_number: Option<String>,
        /// Software version.
        pub software_version: Option<String>,
        /// IANA time zone in which its files' times are written, for example `Europe/Berlin`.
        pub time_zone: String,
        /// Last calibration.
        pub last_calibration: Option<NaiveDate>,
        /// Next calibration due.
        pub next_calibration: Option<NaiveDate>,
        /// Inspections made on it.
        pub inspection_count: i64,
        /// Its latest inspection.
        pub last_inspected_at: Option<DateTime<Utc>>,
        /// When it became known.
        pub created_at: DateTime<Utc>,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
    }

    /// A new tool.
    pub struct EquipmentCreate {
        /// 1 to 64 characters, as files name it.
        pub equipment_id: String,
        /// Everything else; what is absent gets its default: name = id, type inspection, active, UTC.
        #[serde(default)]
        pub facts: EquipmentUpdate,
    }

    /// Changes to a tool; what is absent stays. Another time zone counts for later imports.
    #[derive(Default)]
    pub struct EquipmentUpdate {
        /// 1 to 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// What it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub equipment_type: Option<EquipmentType>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub manufacturer: Option<String>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub location: Option<String>,
        /// Whether it can be used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<EquipmentStatus>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub serial_number: Option<String>,
        /// At most 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub software_version: Option<String>,
        /// An IANA time zone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub time_zone: Option<String>,
        /// Last calibration.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub last_calibration: Option<NaiveDate>,
        /// Next calibration due.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next_calibration: Option<NaiveDate>,
    }

    /// How a tool performs, by step: what it finds against all tools at the same step.
    pub struct Performance {
        /// The tool.
        pub equipment_id: String,
        /// One row per step, most inspections first.
        pub steps: Vec<StepPerformance>,
    }

    /// What a tool finds at one step against all tools there.
    pub struct StepPerformance {
        /// Step.
        pub step_id: String,
        /// Inspections on this tool.
        pub inspection_count: i64,
        /// Mean defects per inspection on this tool.
        pub mean_count: f64,
        /// Mean defects per inspection on all tools.
        pub mean_count_all: f64,
        /// Defects per cm2 on this tool, where areas are known.
        pub density_per_cm2: Option<f64>,
        /// Defects per cm2 on all tools.
        pub density_per_cm2_all: Option<f64>,
        /// Latest inspection.
        pub last_inspected_at: Option<DateTime<Utc>>,
    }
}

query! {
    /// Which tools to list.
    pub struct EquipmentQuery {
        /// Part of id, name, model, manufacturer or location.
        pub search: Option<String>,
        /// Only this type.
        pub equipment_type: Option<EquipmentType>,
        /// Only this status.
        pub status: Option<EquipmentStatus>,
        /// `equipment_id` (default), `name`, `equipment_type`, `status`, `inspection_count`, `last_inspected_at`.
        pub sort: Option<String>,
        /// `asc` (default) or `desc`.
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
