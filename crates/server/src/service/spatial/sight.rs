//! One inspection as spatial analyses see it.

use contract::spatial::{Seen, TypeShare};
use store::Filter;
use store::adder::Defects as Columns;
use store::analytics::one_moment;
use uuid::Uuid;

use super::area::{Area, area};
use crate::error::{ApiResult, Thing};
use crate::service::defect::types;
use crate::view::defect::Types;

/// An inspection and its defects that have a position, as columns in the order of their numbers.
pub struct Sight {
    /// mm from the wafer centre, notch down, y up.
    pub points: Vec<(f64, f64)>,
    /// Their numbers.
    pub defect_nos: Vec<i32>,
    /// Their types.
    pub kinds: Vec<i32>,
    /// Defects without a position.
    pub unplaced: i64,
    /// What was inspected.
    pub area: Area,
    names: Types,
}

/// Reads an inspection and those of its defects that `filter` counts.
///
/// # Errors
/// That there is no such inspection.
pub async fn sight(db: &store::Db, id: Uuid, filter: &Filter) -> ApiResult<Sight> {
    let db = &one_moment(db).await?;
    let model = store::inspection::get(db, id).await?;
    let model = model.ok_or_else(|| Thing::Inspection.missing(id))?;
    let wafer = store::wafer::get(db, &model.wafer_id).await?;
    let mut defects = Defects::default();
    for columns in store::adder::defects(db, filter, &[id]).await? {
        defects.append(&columns);
    }
    let farthest = defects.points.iter().map(|(x, y)| x.hypot(*y));
    let farthest = farthest.fold(0.0, f64::max);
    Ok(Sight {
        area: area(&model, wafer.and_then(|wafer| wafer.diameter_mm), farthest)?,
        points: defects.points,
        defect_nos: defects.defect_nos,
        kinds: defects.kinds,
        unplaced: defects.unplaced,
        names: types(db).await?,
    })
}

#[derive(Default)]
struct Defects {
    points: Vec<(f64, f64)>,
    defect_nos: Vec<i32>,
    kinds: Vec<i32>,
    unplaced: i64,
}

impl Defects {
    fn append(&mut self, columns: &Columns) {
        for row in 0..columns.defect_no.len() {
            let (x, y) = (columns.x_mm[row], columns.y_mm[row]);
            if x.is_finite() && y.is_finite() {
                self.points.push((x, y));
                self.defect_nos.push(columns.defect_no[row]);
                self.kinds.push(columns.defect_type_id[row]);
            } else {
                self.unplaced += 1;
            }
        }
    }
}

impl Sight {
    /// What was looked at.
    pub fn seen(&self) -> Seen {
        Seen {
            defects: count(self.points.len()) + self.unplaced,
            unplaced: self.unplaced,
            area_cm2: self.area.inspected.area_mm2() / 100.0,
            area_from: self.area.from.to_owned(),
        }
    }

    /// Types of some of the defects, most first.
    pub fn types(&self, members: &[usize]) -> Vec<TypeShare> {
        let kinds = members.iter().map(|&member| self.kinds[member]);
        self.names.shares(kinds.map(|kind| (kind, 1)))
    }

    /// Numbers of some of the defects, ascending as `members` are.
    pub fn numbers(&self, members: &[usize]) -> Vec<i32> {
        members
            .iter()
            .map(|&member| self.defect_nos[member])
            .collect()
    }
}

/// A count as it crosses HTTP.
pub fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
