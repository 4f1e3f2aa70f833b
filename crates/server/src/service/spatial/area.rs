//! Which part of a wafer an inspection looked at.

use std::collections::HashMap;

use analytics::spatial::{Inspected, Lattice};
use contract::analytics::MapDies;
use entity::inspection::Model;

use crate::error::ApiResult;
use crate::view;

/// Rim that tools leave out, where nobody says how wide it is.
const EDGE_EXCLUSION_MM: f64 = 3.0;
/// A delivered area without a plan is taken for the wafer without its rim when it reaches so far out; a smaller one is that of
/// some dies, and nobody knows which.
const REACH_LEAST: f64 = 0.8;

/// An inspected area.
pub struct Area {
    /// What was inspected.
    pub inspected: Inspected,
    /// Where that comes from: `delivered`, `dies` or `wafer`.
    pub from: &'static str,
    /// Column and row of the lattice, with the die's column and row as delivered.
    names: HashMap<(i32, i32), [i32; 2]>,
}

impl Area {
    /// Column and row as delivered of a die of the lattice, where that die was delivered.
    pub fn delivered(&self, die: (i32, i32)) -> Option<[i32; 2]> {
        self.names.get(&die).copied()
    }
}

/// The area that an inspection looked at: the dies of its plan; without a plan the wafer without its rim. The area that was
/// delivered tells how wide the rim is, unless a defect lies further out.
///
/// `farthest_mm` is how far from the centre defects lie.
///
/// # Errors
/// When the geometry is not one, such as a pitch of 0.
pub fn area(model: &Model, wafer_diameter_mm: Option<f64>, farthest_mm: f64) -> ApiResult<Area> {
    let diameter = view::inspection::geometry(model, wafer_diameter_mm).diameter_mm;
    let dies = view::map::dies(model, diameter);
    let radius = diameter / 2.0;
    let farthest = farthest_mm.min(radius);
    let delivered_mm2 = model.area_cm2.map(|area| 100.0 * area);
    let lattice = lattice(&dies);
    let (inspected, from) = match &lattice {
        Some(lattice) if dies.planned => of_dies(*lattice, &dies, radius, delivered_mm2, farthest)?,
        _ => of_wafer(lattice, radius, delivered_mm2, farthest)?,
    };
    let planned = lattice
        .map(|lattice| places(&lattice, &dies))
        .unwrap_or_default();
    let delivered = dies.die_x.iter().zip(&dies.die_y).map(|(&x, &y)| [x, y]);
    Ok(Area {
        inspected,
        from,
        names: planned.into_iter().zip(delivered).collect(),
    })
}

/// The lattice whose die (0, 0) is the first of the dies.
fn lattice(dies: &MapDies) -> Option<Lattice> {
    let origin_mm = (*dies.left_mm.first()?, *dies.bottom_mm.first()?);
    let pitch_mm = (dies.width_mm, dies.height_mm);
    (pitch_mm.0 > 0.0 && pitch_mm.1 > 0.0).then_some(Lattice {
        origin_mm,
        pitch_mm,
    })
}

/// Column and row in the lattice of each die.
fn places(lattice: &Lattice, dies: &MapDies) -> Vec<(i32, i32)> {
    let corners = dies.left_mm.iter().zip(&dies.bottom_mm);
    corners
        .map(|(left, bottom)| {
            let middle = (
                left + lattice.pitch_mm.0 / 2.0,
                bottom + lattice.pitch_mm.1 / 2.0,
            );
            lattice.die_at(middle)
        })
        .collect()
}

fn of_dies(
    lattice: Lattice,
    dies: &MapDies,
    radius: f64,
    delivered_mm2: Option<f64>,
    farthest: f64,
) -> ApiResult<(Inspected, &'static str)> {
    let planned = places(&lattice, dies);
    let Ok(all) = Inspected::dies(radius, lattice, &planned) else {
        // A plan that lies off the wafer.
        return of_wafer(Some(lattice), radius, delivered_mm2, farthest);
    };
    let cut = match delivered_mm2 {
        Some(area) => Inspected::radius_of_area_mm(lattice, &planned, area, radius)
            .map_err(anyhow::Error::from)?,
        None => None,
    };
    match cut.filter(|cut| farthest <= cut + Inspected::SLACK_MM) {
        Some(cut) => {
            let cut = Inspected::dies(cut, lattice, &planned).map_err(anyhow::Error::from)?;
            Ok((cut, "delivered"))
        }
        None => Ok((all, "dies")),
    }
}

fn of_wafer(
    lattice: Option<Lattice>,
    radius: f64,
    delivered_mm2: Option<f64>,
    farthest: f64,
) -> ApiResult<(Inspected, &'static str)> {
    let delivered = delivered_mm2.map(|area| (area / std::f64::consts::PI).sqrt());
    let fits = |reach: &f64| {
        (REACH_LEAST * radius..=radius).contains(reach) && farthest <= reach + Inspected::SLACK_MM
    };
    let (reach, from) = match delivered.filter(fits) {
        Some(reach) => (reach, "delivered"),
        None => ((radius - EDGE_EXCLUSION_MM).max(farthest), "wafer"),
    };
    let disc = Inspected::disc(reach, lattice).map_err(anyhow::Error::from)?;
    Ok((disc, from))
}
