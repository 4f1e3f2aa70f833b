//! The reticle field of a stack.

use ::analytics::spatial::{DieGrid, FieldRepeater, Layer, Placed, field_density, stack_field};
use contract::spatial::{FieldStack, Repeater, StackQuery};

use super::stack::Read;
use crate::error::ApiResult;
use crate::view;
use crate::view::defect::Types;
use crate::view::map::to_nanometres;

/// How far the defects of a repeater may scatter where nothing else is asked for, um.
const REPEAT_UM: f64 = 50.0;
/// Places on the wafer listed for a repeater at most.
const LISTED: usize = 500;
/// Cells of the density picture along the longer side of the field.
const CELLS: f64 = 100.0;

/// Inspections with one die grid.
pub(super) struct InGrid {
    pub grid: DieGrid,
    defects: Vec<Placed>,
    kinds: Vec<i32>,
    sheets: Vec<Sheet>,
}

/// An inspection with its defects on the grid.
struct Sheet {
    wafer: u32,
    region: usize,
    points: Vec<(f64, f64)>,
}

impl InGrid {
    pub fn new(grid: DieGrid) -> Self {
        Self {
            grid,
            defects: Vec::new(),
            kinds: Vec::new(),
            sheets: Vec::new(),
        }
    }

    /// Adds an inspection whose dies lie `shift` mm from those of the grid.
    pub fn add(&mut self, one: &Read, wafer: u32, shift: (f64, f64)) {
        let points = one.points.iter().map(|(x, y)| (x - shift.0, y - shift.1));
        let points: Vec<(f64, f64)> = points.collect();
        self.defects
            .extend(points.iter().map(|&at_mm| Placed { at_mm, wafer }));
        self.kinds.extend(&one.kinds);
        self.sheets.push(Sheet {
            wafer,
            region: one.region,
            points,
        });
    }

    /// The inspections.
    pub fn layers(&self) -> Vec<Layer<'_>> {
        self.sheets
            .iter()
            .map(|sheet| Layer {
                wafer: sheet.wafer,
                region: sheet.region,
                points: &sheet.points,
            })
            .collect()
    }
}

/// The field with what repeats in it.
///
/// # Errors
/// When the grid makes no sense.
pub(super) fn stacked(of: &InGrid, query: &StackQuery, names: &Types) -> ApiResult<FieldStack> {
    let given = query.field_columns.zip(query.field_rows);
    let repeat_mm = query.repeat_um.unwrap_or(REPEAT_UM) / 1e3;
    let field =
        stack_field(&of.defects, &of.grid, given, repeat_mm).map_err(anyhow::Error::from)?;
    let (columns, rows) = (field.columns, field.rows);
    let width_mm = of.grid.pitch_mm.0 * f64::from(columns);
    let height_mm = of.grid.pitch_mm.1 * f64::from(rows);
    let cell_mm = to_nanometres(width_mm.max(height_mm) / CELLS).max(1e-6);
    let density = field_density(&of.defects, &of.grid, (columns, rows), cell_mm);
    let (count, across) = density.map_err(anyhow::Error::from)?;
    Ok(FieldStack {
        columns,
        rows,
        given: given.is_some(),
        width_mm: to_nanometres(width_mm),
        height_mm: to_nanometres(height_mm),
        repeaters: field
            .repeaters
            .iter()
            .map(|one| repeater(one, of, names))
            .collect(),
        cell_mm,
        across,
        count,
    })
}

fn repeater(one: &FieldRepeater, of: &InGrid, names: &Types) -> Repeater {
    let at = |index: &usize| {
        let (x, y) = of.defects[*index].at_mm;
        [to_nanometres(x), to_nanometres(y)]
    };
    Repeater {
        place_mm: [to_nanometres(one.place_mm.0), to_nanometres(one.place_mm.1)],
        count: view::cause::count(one.defects.len()),
        fields: view::cause::count(one.fields),
        wafers: view::cause::count(one.wafers),
        scatter_um: to_nanometres(one.scatter_mm * 1e3),
        adjusted_p: one.adjusted_p,
        at_mm: one.defects.iter().take(LISTED).map(at).collect(),
        types: names.shares(one.defects.iter().map(|&index| (of.kinds[index], 1))),
    }
}
