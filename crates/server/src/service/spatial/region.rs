//! What inspections looked at: by their inspected area, or by their plan of dies.

use std::collections::{HashMap, HashSet};
use std::f64::consts::PI;

use ::analytics::spatial::{DieGrid, Region};
use store::spatial::stacked::{Defects, Head};

use super::stack::{Read, diameter_mm};
use crate::error::ApiResult;
use crate::view;

/// Rim that is left out where no inspected area was delivered, mm.
const RIM_MM: f64 = 3.0;
/// Radii are told apart by this, mm.
const RADIUS_STEP_MM: f64 = 0.5;
/// A defect this far beyond the radius says that more was inspected, mm.
const BEYOND_MM: f64 = 0.3;
/// Different plans of dies in a stack at most; further ones count as the whole wafer.
const PLANS_MOST: usize = 16;

/// The dies of a grid that were to be inspected.
type Plan = (DieGrid, HashSet<(i32, i32)>);

/// The regions that came up so far.
#[derive(Default)]
pub(super) struct Regions {
    all: Vec<Region>,
    /// Radius in steps and number of the plan, to the place in `all`.
    known: HashMap<(i64, i64), usize>,
    plans: HashMap<i64, Option<Plan>>,
}

impl Regions {
    /// All of them.
    pub fn all(&self) -> &[Region] {
        &self.all
    }

    /// An inspection with its region. The plan is read where it did not come up yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        &mut self,
        db: &store::Db,
        head: Head,
        defects: Option<Defects>,
    ) -> ApiResult<Read> {
        if head.plan != 0 && !self.plans.contains_key(&head.plan) && self.plans.len() < PLANS_MOST {
            let plan = planned(db, &head).await?;
            self.plans.insert(head.plan, plan);
        }
        let plan = self.plans.get(&head.plan).and_then(Option::as_ref);
        let steps = radius_steps(&head, defects.as_ref(), plan.is_some());
        let key = (steps, plan.map_or(0, |_| head.plan));
        let region = *self.known.entry(key).or_insert_with(|| {
            self.all.push(Region {
                radius_mm: steps as f64 * RADIUS_STEP_MM,
                dies: plan.cloned(),
            });
            self.all.len() - 1
        });
        Ok(Read::new(head, region, defects))
    }
}

/// The dies that an inspection planned to look at.
async fn planned(db: &store::Db, head: &Head) -> ApiResult<Option<Plan>> {
    let Some(model) = store::inspection::get(db, head.inspection_id).await? else {
        return Ok(None);
    };
    let dies = view::map::dies(&model, diameter_mm(head));
    let (Some(&left), Some(&bottom), true) =
        (dies.left_mm.first(), dies.bottom_mm.first(), dies.planned)
    else {
        return Ok(None);
    };
    let grid = DieGrid {
        origin_mm: (left, bottom),
        pitch_mm: (dies.width_mm, dies.height_mm),
    };
    let middles = dies.left_mm.iter().zip(&dies.bottom_mm);
    let middles = middles.map(|(x, y)| (x + dies.width_mm / 2.0, y + dies.height_mm / 2.0));
    let set = middles.map(|middle| grid.die_at(middle)).collect();
    Ok(Some((grid, set)))
}

/// Radius of what was inspected, in steps of 0.5 mm: of a disc of the delivered area where the file has no plan of dies, the
/// wafer without its rim otherwise; the whole wafer where defects lie beyond that.
#[expect(clippy::cast_possible_truncation, reason = "at most 1,000 mm")]
fn radius_steps(head: &Head, defects: Option<&Defects>, is_planned: bool) -> i64 {
    let outer = diameter_mm(head) / 2.0;
    let of_area = head.area_cm2.map(|area| (area * 100.0 / PI).sqrt());
    let inner = of_area.filter(|radius| !is_planned && *radius <= outer);
    let inner = inner.unwrap_or((outer - RIM_MM).max(outer / 2.0));
    let steps = |radius: f64| (radius / RADIUS_STEP_MM).round().max(1.0) as i64;
    let points = defects
        .into_iter()
        .flat_map(|of| of.x_mm.iter().zip(&of.y_mm));
    match points.fold(0.0, |far: f64, (x, y)| far.max(x.hypot(*y))) > inner + BEYOND_MM {
        true => steps(outer),
        false => steps(inner),
    }
}
