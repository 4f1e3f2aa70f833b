//! Many wafers in one map.

use std::collections::HashMap;

use ::analytics::spatial::{DieGrid, Layer, Stacked, stack_cells, stack_dies};
use contract::analytics::MapDies;
use contract::spatial::{DieStack, Stack, StackCells, StackQuery};
use entity::inspection::Model;
use store::spatial::stacked::{self as rows, Defects, Head};

use super::field::{self, InGrid};
use super::region::Regions;
use crate::error::{ApiResult, Thing, invalid};
use crate::service::defect::types;
use crate::view::defect::Types;
use crate::view::wafer::UNKNOWN_DIAMETER_MM;
use crate::{validate, view};

/// Inspections stacked at most, the newest.
const INSPECTIONS_MOST: u32 = 2_000;
/// Edge of a cell where none is asked for, mm.
const CELL_MM: f64 = 5.0;
/// Die grids are the same where their steps differ by no more than this part ...
const SAME_PITCH: f64 = 1e-5;
/// ... and their dies lie no farther apart than this, mm: what the alignment of a tool leaves.
const SAME_ORIGIN_MM: f64 = 0.05;

/// The stack of the inspections under a filter, or of one.
///
/// # Errors
/// When the query breaks a rule, the inspection does not exist, or the database fails.
pub async fn stack(db: &store::Db, query: &StackQuery) -> ApiResult<Stack> {
    check(query)?;
    let filter = filter(query)?;
    let of = store::Filter {
        // One that is named is there whether or not its adders are known.
        adders: filter.adders && query.inspection_id.is_none(),
        ..filter.clone()
    };
    let heads = rows::heads(db, &of, query.inspection_id, INSPECTIONS_MOST).await?;
    let total = match query.inspection_id {
        Some(id) if heads.is_empty() => return Err(Thing::Inspection.missing(id)),
        Some(_) => 1,
        None => store::inspection::count(db, &filter, None).await?,
    };
    let newest = match heads.first() {
        Some(newest) => store::inspection::get(db, newest.inspection_id).await?,
        None => None,
    };
    let ids: Vec<_> = heads.iter().map(|head| head.inspection_id).collect();
    let defects = rows::defects(db, &filter, &ids).await?;
    let mut regions = Regions::default();
    let mut defects: HashMap<_, _> = defects
        .into_iter()
        .map(|of| (of.inspection_id, of))
        .collect();
    let mut read = Vec::new();
    for head in heads {
        let of = defects.remove(&head.inspection_id);
        read.push(regions.read(db, head, of).await?);
    }
    let names = types(db).await?;
    let asked = query.clone();
    let make = move || {
        Stacking {
            read,
            regions,
            names,
            query: asked,
        }
        .stack(newest.as_ref(), total)
    };
    tokio::task::spawn_blocking(make)
        .await
        .map_err(anyhow::Error::from)?
}

fn check(query: &StackQuery) -> ApiResult<()> {
    validate::within("cell_mm", query.cell_mm, 0.5..=50.0)?;
    validate::within("repeat_um", query.repeat_um, 1.0..=2000.0)?;
    validate::within("field_columns", query.field_columns, 1..=50)?;
    validate::within("field_rows", query.field_rows, 1..=50)?;
    let pair = [
        ("field_columns", query.field_columns),
        ("field_rows", query.field_rows),
    ];
    match pair {
        [(_, Some(_)), (missing, None)] | [(missing, None), (_, Some(_))] => {
            let rule = "has to be given together with the other side of the field";
            Err(invalid(missing, serde_json::Value::Null, rule))
        }
        _ => Ok(()),
    }
}

/// The filter of the query; for one inspection the part that chooses its defects.
fn filter(query: &StackQuery) -> ApiResult<store::Filter> {
    let filter = view::filter::filter(query.filter())?;
    Ok(match query.inspection_id {
        None => filter,
        Some(_) => store::Filter {
            from: None,
            to: None,
            steps: Vec::new(),
            products: Vec::new(),
            equipment: Vec::new(),
            lots: Vec::new(),
            wafers: Vec::new(),
            attributes: Vec::new(),
            superseded: true,
            ..filter
        },
    })
}

/// An inspection as it was read.
pub(super) struct Read {
    pub head: Head,
    /// Place of what it inspected in the list of regions.
    pub region: usize,
    pub points: Vec<(f64, f64)>,
    pub kinds: Vec<i32>,
    pub unplaced: i64,
}

impl Read {
    pub fn new(head: Head, region: usize, defects: Option<Defects>) -> Self {
        let Some(of) = defects else {
            return Self {
                head,
                region,
                points: Vec::new(),
                kinds: Vec::new(),
                unplaced: 0,
            };
        };
        Self {
            head,
            region,
            points: of.x_mm.into_iter().zip(of.y_mm).collect(),
            kinds: of.defect_type_id,
            unplaced: of.unplaced,
        }
    }
}

/// Everything that a stack is made of.
struct Stacking {
    read: Vec<Read>,
    regions: Regions,
    names: Types,
    query: StackQuery,
}

impl Stacking {
    fn stack(self, newest: Option<&Model>, total: i64) -> ApiResult<Stack> {
        let wafers = self.wafers();
        let diameter_mm = self.read.first().and_then(|one| one.head.diameter_mm);
        let (geometry, dies) = match newest {
            Some(newest) => {
                let geometry = view::inspection::geometry(newest, diameter_mm);
                let dies = view::map::dies(newest, geometry.diameter_mm);
                (geometry, dies)
            }
            None => (view::inspection::outline(None), MapDies::default()),
        };
        let layers = self.layers(&wafers, |one| Some(one.points.as_slice()));
        let cells = self.cells(&layers, geometry.diameter_mm)?;
        let in_grid = newest
            .and_then(die_grid)
            .map(|grid| self.in_grid(grid, &wafers));
        let die_stack = match &in_grid {
            Some(in_grid) if !dies.die_x.is_empty() => Some(self.dies(in_grid, &dies)?),
            _ => None,
        };
        let field = in_grid.map(|of| field::stacked(&of, &self.query, &self.names));
        let inspections = view::cause::count(self.read.len());
        Ok(Stack {
            inspections,
            left_out: (total - inspections).max(0),
            wafers: view::cause::count(different(&wafers)),
            defects: self
                .read
                .iter()
                .map(|one| view::cause::count(one.points.len()))
                .sum(),
            unplaced: self.read.iter().map(|one| one.unplaced).sum(),
            geometry,
            dies,
            types: self.names.shares(
                self.read
                    .iter()
                    .flat_map(|one| &one.kinds)
                    .map(|&kind| (kind, 1)),
            ),
            cells,
            die_stack,
            field: field.transpose()?,
        })
    }

    /// A number for the wafer of each inspection.
    fn wafers(&self) -> Vec<u32> {
        let mut numbers = HashMap::new();
        let number = |one: &Read| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(one.head.wafer_id.clone()).or_insert(next)
        };
        self.read.iter().map(number).collect()
    }

    fn layers<'a>(
        &'a self,
        wafers: &[u32],
        points: impl Fn(&'a Read) -> Option<&'a [(f64, f64)]>,
    ) -> Vec<Layer<'a>> {
        let layer = |(one, &wafer): (&'a Read, &u32)| {
            Some(Layer {
                wafer,
                region: one.region,
                points: points(one)?,
            })
        };
        self.read.iter().zip(wafers).filter_map(layer).collect()
    }

    fn cells(&self, layers: &[Layer<'_>], diameter_mm: f64) -> ApiResult<StackCells> {
        let cell_mm = self.query.cell_mm.unwrap_or(CELL_MM);
        let diameters = self.read.iter().filter_map(|one| one.head.diameter_mm);
        let radius_mm = diameters.fold(diameter_mm, f64::max) / 2.0;
        let stacked = stack_cells(layers, self.regions.all(), cell_mm, radius_mm);
        let (stacked, across) = stacked.map_err(anyhow::Error::from)?;
        let mut cells = StackCells {
            cell_mm,
            radius_mm,
            across,
            column: Vec::new(),
            row: Vec::new(),
            count: Vec::new(),
            wafers: Vec::new(),
            expected: Vec::new(),
            adjusted_p: Vec::new(),
            significant: Vec::new(),
        };
        for (place, index) in (0..stacked.count.len()).zip(0_u32..) {
            if stacked.count[place] == 0 {
                continue;
            }
            if stacked.is_significant(place) {
                cells
                    .significant
                    .push(u32::try_from(cells.count.len()).unwrap_or(u32::MAX));
            }
            cells.column.push(index % across);
            cells.row.push(index / across);
            cells.count.push(stacked.count[place]);
            cells.wafers.push(stacked.wafers[place]);
            cells
                .expected
                .push(view::map::to_nanometres(stacked.expected[place]));
            cells.adjusted_p.push(stacked.adjusted_p[place]);
        }
        Ok(cells)
    }

    /// The inspections with the die grid of the newest, their defects shifted onto it.
    fn in_grid(&self, grid: DieGrid, wafers: &[u32]) -> InGrid {
        let diameter_mm = self.read.first().and_then(|one| one.head.diameter_mm);
        let mut of = InGrid::new(grid);
        for (one, &wafer) in self.read.iter().zip(wafers) {
            if one.head.diameter_mm == diameter_mm
                && let Some(shift) = shift(&one.head, &of.grid)
            {
                of.add(one, wafer, shift);
            }
        }
        of
    }

    fn dies(&self, of: &InGrid, dies: &MapDies) -> ApiResult<DieStack> {
        let places: Vec<(i32, i32)> = (dies.left_mm.iter().zip(&dies.bottom_mm))
            .map(|(left, bottom)| (left + dies.width_mm / 2.0, bottom + dies.height_mm / 2.0))
            .map(|middle| of.grid.die_at(middle))
            .collect();
        let layers = of.layers();
        let stacked = stack_dies(&layers, self.regions.all(), &of.grid, &places);
        let stacked = stacked.map_err(anyhow::Error::from)?;
        Ok(DieStack {
            inspections: view::cause::count(layers.len()),
            significant: significant(&stacked),
            count: stacked.count,
            wafers: stacked.wafers,
            adjusted_p: stacked.adjusted_p,
        })
    }
}

fn significant(stacked: &Stacked) -> Vec<u32> {
    let places = (0_u32..).zip(0..stacked.count.len());
    places
        .filter(|&(_, place)| stacked.is_significant(place))
        .map(|(number, _)| number)
        .collect()
}

fn different(wafers: &[u32]) -> usize {
    // Numbers are given from 0 on, in the order in which wafers come up.
    wafers.iter().max().map_or(0, |most| *most as usize + 1)
}

fn die_grid(model: &Model) -> Option<DieGrid> {
    Some(DieGrid {
        origin_mm: (model.die_origin_x_mm?, model.die_origin_y_mm?),
        pitch_mm: (model.die_pitch_x_mm?, model.die_pitch_y_mm?),
    })
}

/// How far the dies of an inspection lie from those of a grid, mm; `None` where it is another grid.
fn shift(head: &Head, grid: &DieGrid) -> Option<(f64, f64)> {
    let along = |own: Option<f64>, own_pitch: Option<f64>, origin: f64, pitch: f64| {
        let away = own? - origin;
        let shift = away - pitch * (away / pitch).round();
        let is_same =
            (own_pitch? / pitch - 1.0).abs() <= SAME_PITCH && shift.abs() <= SAME_ORIGIN_MM;
        is_same.then_some(shift)
    };
    let (origin, pitch) = (grid.origin_mm, grid.pitch_mm);
    Some((
        along(head.die_origin_x_mm, head.die_pitch_x_mm, origin.0, pitch.0)?,
        along(head.die_origin_y_mm, head.die_pitch_y_mm, origin.1, pitch.1)?,
    ))
}

/// Diameter of an inspection's wafer, where it is not known that of most.
pub(super) fn diameter_mm(head: &Head) -> f64 {
    head.diameter_mm.unwrap_or(UNKNOWN_DIAMETER_MM)
}
