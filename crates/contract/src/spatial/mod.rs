//! What the wafer says: clusters, signatures, zones, adders, stacks, dies and their bins, similar wafers.
//!
//! Positions are mm from the wafer centre, notch down, y up. Probabilities are of a pattern at least as strong if the
//! defects lay at random on the inspected area (complete spatial randomness).

mod adder;
mod bin_map;
mod cluster;
mod die;
mod lot_map;
mod signature;
mod similar;
mod stack;
mod zone;

pub use adder::*;
pub use bin_map::*;
pub use cluster::*;
pub use die::*;
pub use lot_map::*;
pub use signature::*;
pub use similar::*;
pub use stack::*;
pub use zone::*;

api! {
    /// How many defects of a type.
    pub struct TypeShare {
        /// Type.
        pub defect_type_id: i32,
        /// Its name.
        pub name: String,
        /// Its colour, `#rrggbb`.
        pub colour: String,
        /// Defects of it.
        pub count: i64,
    }

    /// A part of a wafer between two radii and two directions.
    pub struct ZoneShape {
        /// Inner radius, mm.
        pub inner_mm: f64,
        /// Outer radius, mm.
        pub outer_mm: f64,
        /// Where it begins, degrees counter-clockwise from +x, 0 to below 360.
        pub from_deg: f64,
        /// How far it goes round, degrees counter-clockwise; 360 is all the way.
        pub sweep_deg: f64,
    }

    /// Defects of an inspection by square cells over the wafer: enough for a small picture.
    pub struct MapPicture {
        /// Outline and die grid.
        pub geometry: crate::inspection::Geometry,
        /// Edge of a cell, mm; cell (0, 0) has its lower-left corner at (-`radius_mm`, -`radius_mm`).
        pub cell_mm: f64,
        /// Half the width of the square that the cells cover, mm.
        pub radius_mm: f64,
        /// Columns, and rows, of the square.
        pub across: u32,
        /// Cells with a defect: row times `across` plus column, ascending.
        pub cell: Vec<u32>,
        /// Defects in each.
        pub cell_count: Vec<u32>,
    }

    /// The part of an inspection that a spatial analysis saw.
    pub struct Seen {
        /// Defects of the inspection that the query counts.
        pub defects: i64,
        /// Those without a position, which no spatial analysis can use.
        pub unplaced: i64,
        /// Inspected area, cm2, as delivered, or of the dies inspected, or of the wafer without its rim: see `area_from`.
        pub area_cm2: f64,
        /// `delivered`, `dies` or `wafer`.
        pub area_from: String,
    }
}
