//! Many wafers in one map.

use super::TypeShare;
use crate::analytics::MapDies;
use crate::inspection::Geometry;

api! {
    /// Inspections stacked on one wafer.
    pub struct Stack {
        /// Inspections stacked, the newest at most 2,000.
        pub inspections: i64,
        /// Inspections left out because there are more.
        pub left_out: i64,
        /// Wafers among them.
        pub wafers: i64,
        /// Defects with a position.
        pub defects: i64,
        /// Defects without one.
        pub unplaced: i64,
        /// Outline and die grid, of the newest inspection. Inspections with another diameter or another die grid are in the cells,
        /// not in the dies.
        pub geometry: Geometry,
        /// Dies of that grid.
        pub dies: MapDies,
        /// Types stacked, most first.
        pub types: Vec<TypeShare>,
        /// Cells of the wafer.
        pub cells: StackCells,
        /// Dies: one value for each of `dies`. Absent without a die grid.
        pub die_stack: Option<DieStack>,
        /// The reticle field: places of the field where defects repeat. Absent without a die grid.
        pub field: Option<FieldStack>,
    }

    /// Square cells over the wafer, those with a defect; cell (0, 0) has its lower-left corner at
    /// (-`radius_mm`, -`radius_mm`).
    pub struct StackCells {
        /// Edge of a cell, mm.
        pub cell_mm: f64,
        /// Half the width of the square that the cells cover, mm.
        pub radius_mm: f64,
        /// Columns, and rows, of the square.
        pub across: u32,
        /// Column of each listed cell.
        pub column: Vec<u32>,
        /// Row of each, from below.
        pub row: Vec<u32>,
        /// Defects in each.
        pub count: Vec<u32>,
        /// Wafers with at least one in each.
        pub wafers: Vec<u32>,
        /// Defects expected in each if all lay at random on its inspected area.
        pub expected: Vec<f64>,
        /// Probability of so many wafers by chance, for a single inspection of so many defects: that of the cell, or of a block of 2 by 2
        /// or 4 by 4 cells that it takes part in, whichever is less. After Benjamini-Hochberg control over all of each size.
        pub adjusted_p: Vec<f64>,
        /// Places in this list of those that stand out at 1 %.
        pub significant: Vec<u32>,
    }

    /// Dies over all inspections stacked, one value for each of `dies`. Defects on none of them are left out.
    pub struct DieStack {
        /// Inspections with this grid.
        pub inspections: i64,
        /// Defects.
        pub count: Vec<u32>,
        /// Wafers with at least one.
        pub wafers: Vec<u32>,
        /// Probability of so many wafers by chance, after Benjamini-Hochberg control over the dies. For a single inspection: of so
        /// many defects.
        pub adjusted_p: Vec<f64>,
        /// Places in `dies` of those that stand out at 1 %.
        pub significant: Vec<u32>,
    }

    /// All dies, or reticle fields, on top of each other. Fields are counted from die (0, 0), the lower-left die of its field.
    pub struct FieldStack {
        /// Dies of a field: columns. 1 where the repeaters tell nothing of a larger field.
        pub columns: u32,
        /// Rows.
        pub rows: u32,
        /// Whether it was given or found from the repeaters.
        pub given: bool,
        /// Width of the field, mm.
        pub width_mm: f64,
        /// Height of the field, mm.
        pub height_mm: f64,
        /// Places where defects repeat, most fields first.
        pub repeaters: Vec<Repeater>,
        /// Edge of a cell of the density picture, mm.
        pub cell_mm: f64,
        /// Columns of that picture; its rows follow from the length of `count`.
        pub across: u32,
        /// Defects by cell, row by row from below.
        pub count: Vec<u32>,
    }

    /// A place of the field where defects repeat.
    pub struct Repeater {
        /// Place from the field's lower-left corner, mm.
        pub place_mm: [f64; 2],
        /// Defects at it.
        pub count: i64,
        /// Fields with one, over all wafers.
        pub fields: i64,
        /// Wafers with one.
        pub wafers: i64,
        /// How far they scatter: root mean square, um.
        pub scatter_um: f64,
        /// Probability by chance, after control over all places.
        pub adjusted_p: f64,
        /// Where they are on the wafer, mm; the first 500.
        pub at_mm: Vec<[f64; 2]>,
        /// Defects by type, most first.
        pub types: Vec<TypeShare>,
    }
}

filtered_query! {
    /// What is stacked.
    pub struct StackQuery {
        /// 0.5 to 50 mm, default 5.
        pub cell_mm: Option<f64>,
        /// Dies of a reticle field: columns, 1 to 50. Give rows too. Default: found from the repeaters.
        pub field_columns: Option<u32>,
        /// Rows, 1 to 50.
        pub field_rows: Option<u32>,
        /// How far the defects of a repeater may scatter, um, 1 to 2000; default 50.
        pub repeat_um: Option<f64>,
        /// Only this inspection (its pattern on a single wafer), whatever window, step, lot or wafer say.
        pub inspection_id: Option<uuid::Uuid>,
    }
}
