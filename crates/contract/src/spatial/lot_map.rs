//! The wafers of a lot side by side.

use crate::inspection::{Geometry, Inspection};

api! {
    /// The wafers of a lot at a step, for a gallery of maps on one scale.
    pub struct LotMaps {
        /// Lot.
        pub lot_id: String,
        /// Step shown.
        pub step_id: String,
        /// Steps at which wafers of the lot were inspected, by time of the first inspection.
        pub steps: Vec<String>,
        /// Outline and die grid, of the latest inspection shown.
        pub geometry: Geometry,
        /// Edge of a cell, mm; cell (0, 0) has its lower-left corner at (-`radius_mm`, -`radius_mm`).
        pub cell_mm: f64,
        /// Half the width of the square that the cells cover, mm.
        pub radius_mm: f64,
        /// Columns, and rows, of the square.
        pub across: u32,
        /// Most defects in a cell of any wafer: the end of the shared scale.
        pub most: u32,
        /// Wafers by slot, those that were not inspected at the step among them.
        pub wafers: Vec<LotWafer>,
    }

    /// A wafer of a lot.
    pub struct LotWafer {
        /// Wafer.
        pub wafer_id: String,
        /// Slot, where known.
        pub slot: Option<i32>,
        /// Its current inspection at the step; absent: not inspected.
        pub inspection: Option<Inspection>,
        /// Defects that the query counts; 0 is a wafer that was inspected and found clean.
        pub count: i64,
        /// Those without a position.
        pub unplaced: i64,
        /// The most frequent type, for grouping.
        pub main_type: Option<super::TypeShare>,
        /// Cells with a defect: row times `across` plus column, ascending.
        pub cell: Vec<u32>,
        /// Defects in each.
        pub cell_count: Vec<u32>,
    }
}

query! {
    /// Which wafers of a lot.
    pub struct LotMapQuery {
        /// Step; default: that of the latest inspection.
        pub step: Option<String>,
        /// Only defects of these types.
        pub defect_type: Vec<i32>,
        /// `true` counts only adders: defects that no earlier inspection of the wafer saw at the same place. Inspections whose
        /// adders are still to be computed, which takes seconds after an import or a change, are left out meanwhile. Default `false`.
        pub adders: Option<bool>,
        /// 0.5 to 20 mm, default 2.5.
        pub cell_mm: Option<f64>,
    }
}
