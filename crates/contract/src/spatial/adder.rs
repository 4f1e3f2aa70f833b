//! Adders: what a step added to a wafer (defect source analysis).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::TypeShare;
use crate::inspection::Geometry;

words! {
    /// What became of a defect between two inspections of its wafer.
    pub enum Match {
        /// An earlier inspection saw it too.
        Common = "common",
        /// No earlier inspection saw it: the step added it.
        Added = "added",
        /// An earlier inspection saw it, and several earlier defects could be it: no adder.
        Ambiguous = "ambiguous",
    }
}

api! {
    /// The route of a wafer with what each step added.
    pub struct AdderRoute {
        /// Wafer.
        pub wafer_id: String,
        /// Its outline.
        pub geometry: Geometry,
        /// Two defects are the same when they lie within this distance after registration, um. Without one in the query:
        /// the largest of the steps.
        pub tolerance_um: f64,
        /// Current inspections along the route, oldest first.
        pub steps: Vec<AdderStep>,
    }

    /// An inspection on the route.
    pub struct AdderStep {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Step.
        pub step_id: String,
        /// Tool.
        pub equipment_id: Option<String>,
        /// When.
        pub inspected_at: DateTime<Utc>,
        /// Defects: `common`, `ambiguous` and `added` together.
        pub defects: i64,
        /// Those without a position, which cannot be compared: they count as added and are not in `columns`.
        pub unplaced: i64,
        /// Two defects are the same within this distance after registration, um: from the scatter of the registration and the
        /// density of the defects, or as asked for.
        pub tolerance_um: f64,
        /// How its frame lies on that of the inspections before it; absent for the first of a wafer, and where too few defects
        /// are common to tell.
        pub registration: Option<Registration>,
        /// Seen before, each one defect for certain.
        pub common: i64,
        /// Not seen before. For the first inspection of a wafer: all.
        pub added: i64,
        /// Seen before, and could be one of several.
        pub ambiguous: i64,
        /// Seen at the inspection before and not here: covered, removed or missed.
        pub missing: i64,
        /// Adders by type, most first.
        pub added_types: Vec<TypeShare>,
        /// Its defects and what became of them, by number. Where there are more than an answer lists: adders first, then
        /// ambiguous ones, then common ones.
        pub columns: AdderColumns,
        /// Defects of the inspection before that are not seen here: their positions in this inspection's frame, mm. Where
        /// there are more than an answer lists, they come last.
        pub missing_mm: Vec<[f64; 2]>,
        /// Defects with a position, missing ones among them, that are not listed: the counts above hold them all the same. An answer
        /// lists 100,000, as evenly over the steps as they have defects; all adders of an inspection are on its map with
        /// `adders=true`.
        pub left_out: i64,
    }

    /// How one tool's frame lies on another's: rotate, then shift, to get from the earlier to the later.
    pub struct Registration {
        /// Shift in x, um.
        pub shift_x_um: f64,
        /// Shift in y, um.
        pub shift_y_um: f64,
        /// Rotation about the wafer centre, microradians, counter-clockwise.
        pub rotation_urad: f64,
        /// Pairs of defects it was estimated from.
        pub pairs: i64,
        /// What is left between the pairs afterwards: root mean square, um.
        pub residual_um: f64,
    }

    /// Defects as columns, one value per defect in each.
    #[derive(Default)]
    pub struct AdderColumns {
        /// Number within the inspection.
        pub defect_no: Vec<i32>,
        /// Position, mm.
        pub x_mm: Vec<f64>,
        /// Position, mm.
        pub y_mm: Vec<f64>,
        /// What became of it.
        pub state: Vec<Match>,
        /// Place in `steps` of the inspection that saw it first.
        pub first_step: Vec<u32>,
        /// Type.
        pub defect_type_id: Vec<i32>,
    }
}

query! {
    /// How defects are matched.
    pub struct AdderQuery {
        /// 1 to 5000 um; default: from the wafer's inspections, as the metric uses.
        pub tolerance_um: Option<f64>,
        /// Lists the defects of this inspection only, of the other steps just counts; default: of all steps.
        pub inspection_id: Option<Uuid>,
    }
}
