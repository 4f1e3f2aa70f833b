//! Wafers that look alike.

use super::MapPicture;
use crate::inspection::Inspection;

api! {
    /// The inspections that look most like one.
    pub struct Similar {
        /// What likeness is measured by, in words.
        pub measure: String,
        /// The inspection that the others are compared with, in cells of about 6 mm.
        pub picture: MapPicture,
        /// Nearest first.
        pub found: Vec<SimilarInspection>,
        /// Inspections compared.
        pub compared: i64,
    }

    /// An inspection and how much it looks like another.
    pub struct SimilarInspection {
        /// The inspection.
        pub inspection: Inspection,
        /// Its defects by cell, as it was inspected: not turned.
        pub picture: MapPicture,
        /// Likeness, 1 for the same pattern, 0 for none.
        pub likeness: f64,
        /// Distance between the descriptors.
        pub distance: f64,
        /// By how many degrees, counter-clockwise, it is turned against the other to fit best.
        pub rotation_deg: f64,
        /// What makes them alike, heaviest first: for example `edge`, `12 o'clock sector`.
        pub because: Vec<String>,
    }
}

query! {
    /// Which inspections to compare with.
    pub struct SimilarQuery {
        /// 1 to 50, default 12.
        pub limit: Option<u32>,
        /// Only these steps; default: the inspection's own.
        pub step: Vec<String>,
        /// `true` compares with all steps.
        pub all_steps: Option<bool>,
        /// `true` finds patterns however the wafer was turned. Default `true`.
        pub any_rotation: Option<bool>,
        /// `true` also lists other inspections of the same wafer. Default `false`.
        pub same_wafer: Option<bool>,
    }
}
