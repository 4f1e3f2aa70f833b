//! Wafer maps.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::defect::DefectColumns;
use crate::inspection::Geometry;

api! {
    /// Defects of a wafer for drawing.
    pub struct WaferMap {
        /// Wafer.
        pub wafer_id: String,
        /// Outline and die grid, of the latest inspection shown.
        pub geometry: Geometry,
        /// Inspected dies: lower-left corners and sizes, ready to draw.
        pub dies: MapDies,
        /// The inspections shown, oldest first.
        pub inspections: Vec<MapInspection>,
        /// The types shown, most defects first.
        pub types: Vec<MapType>,
        /// The defects.
        pub defects: DefectColumns,
        /// Defects without a position, which cannot be drawn.
        pub unplaced: i64,
        /// Defects left out because there are more than can be sent (1,000,000).
        pub left_out: i64,
    }

    /// Dies as columns, one value per die in each.
    #[derive(Default)]
    pub struct MapDies {
        /// Die column, as delivered.
        pub die_x: Vec<i32>,
        /// Die row, as delivered.
        pub die_y: Vec<i32>,
        /// Left edge from the wafer centre, mm, notch down.
        pub left_mm: Vec<f64>,
        /// Lower edge from the wafer centre, mm, y up.
        pub bottom_mm: Vec<f64>,
        /// Width of every die, mm.
        pub width_mm: f64,
        /// Height of every die, mm.
        pub height_mm: f64,
        /// `true`: these dies were inspected. `false`: the file had no plan; they are the grid inside the outline.
        pub planned: bool,
    }

    /// An inspection on a map.
    pub struct MapInspection {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Step.
        pub step_id: String,
        /// When.
        pub inspected_at: DateTime<Utc>,
        /// Defects.
        pub defect_count: i64,
    }

    /// A defect type on a map.
    pub struct MapType {
        /// Type.
        pub defect_type_id: i32,
        /// Name.
        pub name: String,
        /// `#rrggbb`.
        pub colour: String,
        /// Defects shown.
        pub count: i64,
    }
}

map_query! {
    /// What a wafer map shows.
    pub struct WaferMapQuery {
        /// Only this inspection; default: the wafer's current inspections.
        pub inspection_id: Option<Uuid>,
        /// Only these steps.
        pub step: Vec<String>,
    }
}
