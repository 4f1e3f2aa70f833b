//! Inspections: one wafer, one step, one pass on one tool.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::import::Diagnostic;
use crate::wafer::MarkType;

api! {
    /// An inspection as lists show it.
    pub struct Inspection {
        /// Id, a UUID v7 of the inspection's own time.
        pub inspection_id: Uuid,
        /// Wafer.
        pub wafer_id: String,
        /// Lot at the time of the inspection.
        pub lot_id: String,
        /// Cassette slot.
        pub slot: Option<i32>,
        /// Tool, where the file named one.
        pub equipment_id: Option<String>,
        /// Process run, where known.
        pub run_id: Option<String>,
        /// Process step or layer.
        pub step_id: String,
        /// Product.
        pub device_id: Option<String>,
        /// Recipe (set-up) name.
        pub recipe: Option<String>,
        /// Moment of the result, UTC.
        pub inspected_at: DateTime<Utc>,
        /// Inspected area in cm2, summed over tests; absent where the file gave none.
        pub area_cm2: Option<f64>,
        /// Defects.
        pub defect_count: i64,
        /// Defects per cm2 of inspected area.
        pub density_per_cm2: Option<f64>,
        /// A later inspection of the same wafer at the same step has replaced it.
        pub superseded: bool,
        /// Name of the file it came from.
        pub source_file: Option<String>,
        /// Warnings that the file gave.
        pub warning_count: i32,
    }

    /// An inspection with all its facts.
    pub struct InspectionDetail {
        /// What lists show.
        pub inspection: Inspection,
        /// Who operated the tool, where known.
        pub operator: Option<String>,
        /// How the wafer and its dies lie.
        pub geometry: Geometry,
        /// Counts by type, largest first.
        pub types: Vec<TypeCount>,
        /// SHA-256 of the source file, hexadecimal.
        pub source_sha256: Option<String>,
        /// KLARF version of the file, for example `1.2`.
        pub klarf_version: Option<String>,
        /// Import that brought it.
        pub import_id: Option<Uuid>,
        /// Every header keyword of the file, as delivered.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub parameters: serde_json::Value,
        /// Names of the file's defect columns that have no field of their own.
        pub extra_columns: Vec<String>,
        /// What was noticed while reading the file, this wafer's part and the file's.
        pub diagnostics: Vec<Diagnostic>,
        /// The inspection of the same wafer and step just before this one.
        pub previous_inspection_id: Option<Uuid>,
        /// The one just after.
        pub next_inspection_id: Option<Uuid>,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
    }

    /// The wafer's outline and die grid, notch down, origin at the wafer centre, y up.
    pub struct Geometry {
        /// Diameter in mm.
        pub diameter_mm: f64,
        /// Notch or flat.
        pub mark_type: MarkType,
        /// Where the mark stood in the file's frame: `down`, `left`, `up`, `right`.
        pub delivered_mark_location: Option<String>,
        /// Die pitch in x, mm; absent without a grid.
        pub pitch_x_mm: Option<f64>,
        /// Die pitch in y, mm.
        pub pitch_y_mm: Option<f64>,
        /// The wafer centre in the file's own frame, from the lower-left corner of die (0,0), mm.
        pub delivered_centre_mm: Option<[f64; 2]>,
        /// Dies that were inspected (indices as delivered); empty where the file gave no plan.
        pub die_count: i64,
    }

    /// Defects of one type.
    pub struct TypeCount {
        /// Defect type.
        pub defect_type_id: i32,
        /// Its name.
        pub name: String,
        /// Its colour, `#rrggbb`.
        pub colour: String,
        /// Defects.
        pub count: i64,
    }

    /// A new inspection that comes from elsewhere than a file. Its defects are added one by one.
    pub struct InspectionCreate {
        /// Wafer; it must exist.
        pub wafer_id: String,
        /// Step, 1 to 100 characters.
        pub step_id: String,
        /// Moment of the inspection.
        pub inspected_at: DateTime<Utc>,
        /// Tool; it must exist.
        #[serde(default)]
        pub equipment_id: Option<String>,
        /// Product.
        #[serde(default)]
        pub device_id: Option<String>,
        /// Recipe.
        #[serde(default)]
        pub recipe: Option<String>,
        /// Run.
        #[serde(default)]
        pub run_id: Option<String>,
        /// Operator.
        #[serde(default)]
        pub operator: Option<String>,
        /// More than 0.
        #[serde(default)]
        pub area_cm2: Option<f64>,
    }

    /// Changes to an inspection; what is absent stays. Time and wafer are part of its identity and stay.
    #[derive(Default)]
    pub struct InspectionUpdate {
        /// `updated_at` as it was read: refused with `CONFLICT` when the inspection has changed since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub if_updated_at: Option<DateTime<Utc>>,
        /// Step, 1 to 100 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub step_id: Option<String>,
        /// Product.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub device_id: Option<String>,
        /// Tool; it must exist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub equipment_id: Option<String>,
        /// Recipe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub recipe: Option<String>,
        /// Run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub run_id: Option<String>,
        /// Operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub operator: Option<String>,
        /// More than 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub area_cm2: Option<f64>,
    }
}

filtered_query! {
    /// Which inspections to list.
    pub struct InspectionQuery {
        /// Part of wafer, lot, step, product, recipe or source file.
        pub search: Option<String>,
        /// `inspected_at` (default), `wafer_id`, `lot_id`, `step_id`, `equipment_id`, `defect_count`, `density`.
        pub sort: Option<String>,
        /// `asc` or `desc` (default).
        pub order: Option<crate::filter::Order>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
        /// Rows after this place, as `next_cursor` gave it; only with the default sort.
        pub cursor: Option<String>,
    }
}
