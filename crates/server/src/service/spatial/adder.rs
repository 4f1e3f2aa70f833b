//! Adders: what each step added to a wafer.

use std::collections::{BTreeMap, HashMap};

use analytics::spatial::{Judged, Route, Sighting};
use contract::spatial::{AdderQuery, AdderRoute};
use entity::inspection_adder::ActiveModel;
use store::ActiveValue::{NotSet, Set};
use store::Filter;
use store::adder::{Defects, Inspected, packed};
use uuid::Uuid;

use crate::error::{ApiResult, Thing, invalid};
use crate::service::defect::types;
use crate::service::{begin, commit};
use crate::{validate, view};

/// Wafers computed in one transaction at most.
const WAFERS: u32 = 200;
/// Their defects at most; a wafer with more is computed alone.
const DEFECTS: i64 = 200_000;
/// Coordinates beyond this are no position on any wafer, mm.
const FARTHEST_MM: f64 = 1e6;

/// An inspection of a wafer, compared with those before it.
#[derive(Debug)]
pub struct Step {
    /// The inspection.
    pub inspected: Inspected,
    /// Its defects.
    pub defects: Defects,
    /// Places of those that have a position.
    pub placed: Vec<usize>,
    /// How many inspections it was compared with.
    pub compared_with: usize,
    /// What became of those with a position, in the order of `placed`.
    pub judged: Judged,
}

impl Step {
    /// The places among its defects of those that were added; those without a position cannot have been seen before.
    pub fn added(&self) -> Vec<usize> {
        let mut is_added = vec![true; self.defects.defect_no.len()];
        for (&place, sighting) in self.placed.iter().zip(&self.judged.sightings) {
            is_added[place] = *sighting == Sighting::Added;
        }
        (0..is_added.len())
            .filter(|&place| is_added[place])
            .collect()
    }

    /// How many were seen before for certain, and how many could be one of several.
    pub fn common(&self) -> (usize, usize) {
        let ambiguous = self.judged.ambiguous();
        let common = self.judged.sightings.len() - self.judged.added() - ambiguous;
        (common, ambiguous)
    }

    fn row(&self) -> ActiveModel {
        let added = self.added();
        let is_compared = self.compared_with > 0;
        let numbers = || {
            let numbers = added.iter().map(|&place| self.defects.defect_no[place]);
            numbers.collect()
        };
        let mut types: BTreeMap<i32, i32> = BTreeMap::new();
        for &place in &added {
            *types.entry(self.defects.defect_type_id[place]).or_default() += 1;
        }
        let registration = self.judged.registration.map(view::adder::registration);
        let of = |value: fn(&contract::spatial::Registration) -> f64| {
            Set(registration.as_ref().map(value))
        };
        let (common, ambiguous) = self.common();
        ActiveModel {
            inspection_id: Set(self.inspected.inspection_id),
            compared_with: Set(small(self.compared_with)),
            added: Set(small(added.len())),
            common: Set(small(common)),
            ambiguous: Set(small(ambiguous)),
            missing: Set(small(self.judged.missing_mm.len())),
            tolerance_um: Set(1e3 * self.judged.tolerance_mm),
            shift_x_um: of(|one| one.shift_x_um),
            shift_y_um: of(|one| one.shift_y_um),
            rotation_urad: of(|one| one.rotation_urad),
            pairs: Set(self.judged.registration.map(|one| small(one.pairs))),
            residual_um: of(|one| one.residual_um),
            adder_nos: Set(is_compared.then(numbers)),
            type_counts: Set(is_compared.then(|| packed(types))),
            computed_at: NotSet,
        }
    }
}

fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Computes the adders of all wafers that wait for them.
///
/// # Errors
/// When the database fails; what was not computed waits on.
pub async fn compute(db: &store::Db) -> ApiResult<()> {
    while batch(db).await? > 0 {}
    Ok(())
}

async fn batch(db: &store::Db) -> ApiResult<usize> {
    let tx = begin(db).await?;
    let wafers = store::adder::claim(&tx, WAFERS, DEFECTS).await?;
    if wafers.is_empty() {
        return Ok(0);
    }
    store::adder::hold(&tx, &wafers).await?;
    let inspections = store::adder::inspections(&tx, &wafers).await?;
    let ids: Vec<Uuid> = inspections.iter().map(|one| one.inspection_id).collect();
    // What comes first on a wafer, and alone, is all added: its defects need not be read.
    let by_wafer = inspections.chunk_by(|a, b| a.wafer_id == b.wafer_id);
    let (alone, compared): (Vec<_>, Vec<_>) = by_wafer.partition(|one| one.len() == 1);
    let mut rows: Vec<ActiveModel> = alone.into_iter().flatten().map(all_added).collect();
    let needed: Vec<Uuid> = compared
        .iter()
        .copied()
        .flatten()
        .map(|one| one.inspection_id)
        .collect();
    let mut defects = defects(&tx, &needed).await?;
    for wafer in compared {
        let steps = judge(wafer.to_vec(), &mut defects, None).await?;
        rows.extend(steps.iter().map(Step::row));
    }
    store::adder::replace(&tx, &ids, rows).await?;
    commit(tx).await?;
    tracing::debug!(
        wafers = wafers.len(),
        inspections = ids.len(),
        "adders computed"
    );
    Ok(wafers.len())
}

/// The row of a wafer's only inspection.
fn all_added(inspected: &Inspected) -> ActiveModel {
    ActiveModel {
        inspection_id: Set(inspected.inspection_id),
        compared_with: Set(0),
        added: Set(inspected.defect_count),
        common: Set(0),
        ambiguous: Set(0),
        missing: Set(0),
        tolerance_um: Set(1e3 * analytics::spatial::DEFAULT_TOLERANCE_MM),
        shift_x_um: Set(None),
        shift_y_um: Set(None),
        rotation_urad: Set(None),
        pairs: Set(None),
        residual_um: Set(None),
        adder_nos: Set(None),
        type_counts: Set(None),
        computed_at: NotSet,
    }
}

async fn defects(
    db: &impl store::ConnectionTrait,
    inspections: &[Uuid],
) -> ApiResult<HashMap<Uuid, Defects>> {
    let found = store::adder::defects(db, &Filter::default(), inspections).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.inspection_id, one))
        .collect())
}

/// Compares the inspections of a wafer, oldest first, with those before them; off the threads that answer requests.
async fn judge(
    inspections: Vec<Inspected>,
    defects: &mut HashMap<Uuid, Defects>,
    tolerance_mm: Option<f64>,
) -> ApiResult<Vec<Step>> {
    let with_defects: Vec<(Inspected, Defects)> = inspections
        .into_iter()
        .map(|one| {
            let own = defects.remove(&one.inspection_id).unwrap_or_default();
            (one, own)
        })
        .collect();
    let judged = tokio::task::spawn_blocking(move || steps(with_defects, tolerance_mm)).await;
    let judged = judged.map_err(anyhow::Error::from)?;
    Ok(judged.map_err(anyhow::Error::from)?)
}

/// Current inspections join the route; one that was replaced is compared with it as it stood then and leaves it as it is.
fn steps(
    inspections: Vec<(Inspected, Defects)>,
    tolerance_mm: Option<f64>,
) -> Result<Vec<Step>, analytics::Error> {
    let pitch_mm = inspections.iter().find_map(|(one, _)| pitch(one));
    let mut route = Route::new(tolerance_mm, pitch_mm)?;
    let mut steps = Vec::with_capacity(inspections.len());
    for (inspected, defects) in inspections {
        let is_placed = |&place: &usize| {
            defects.x_mm[place].abs() <= FARTHEST_MM && defects.y_mm[place].abs() <= FARTHEST_MM
        };
        let placed: Vec<usize> = (0..defects.defect_no.len()).filter(is_placed).collect();
        let points = placed
            .iter()
            .map(|&place| (defects.x_mm[place], defects.y_mm[place]));
        let points: Vec<(f64, f64)> = points.collect();
        let compared_with = route.inspections();
        let judged = route.judge(&points)?;
        if inspected.is_current {
            route.join(&points, &judged);
        }
        steps.push(Step {
            inspected,
            defects,
            placed,
            compared_with,
            judged,
        });
    }
    Ok(steps)
}

fn pitch(inspected: &Inspected) -> Option<(f64, f64)> {
    let usable = |pitch: &f64| (1e-3..=FARTHEST_MM).contains(pitch);
    let x = inspected.die_pitch_x_mm.filter(usable);
    x.zip(inspected.die_pitch_y_mm.filter(usable))
}

/// The route of a wafer: its current inspections, oldest first, and what each of them added.
///
/// # Errors
/// When there is no such wafer, the inspection is not on its route, or the tolerance is out of its range.
pub async fn route(db: &store::Db, wafer_id: &str, query: &AdderQuery) -> ApiResult<AdderRoute> {
    validate::within("tolerance_um", query.tolerance_um, 1.0..=5_000.0)?;
    let tx = store::analytics::one_moment(db).await?;
    let wafer = store::wafer::get(&tx, wafer_id).await?;
    let wafer = wafer.ok_or_else(|| Thing::Wafer.missing(wafer_id))?;
    let mut inspections =
        store::adder::inspections(&tx, std::slice::from_ref(&wafer.wafer_id)).await?;
    inspections.retain(|one| one.is_current);
    let ids: Vec<Uuid> = inspections.iter().map(|one| one.inspection_id).collect();
    if let Some(id) = query.inspection_id.filter(|id| !ids.contains(id)) {
        let rule = "has to be a current inspection of the wafer";
        return Err(invalid("inspection_id", id.to_string(), rule));
    }
    let mut defects = defects(&tx, &ids).await?;
    let geometry = match ids.last() {
        Some(&latest) => store::inspection::get(&tx, latest).await?,
        None => None,
    };
    let types = types(&tx).await?;
    // It only reads: nothing of it has to stay.
    drop(tx);
    let geometry = geometry.map_or_else(
        || view::inspection::outline(wafer.diameter_mm),
        |latest| view::inspection::geometry(&latest, wafer.diameter_mm),
    );
    let tolerance_mm = query.tolerance_um.map(|um| um / 1e3);
    let steps = judge(inspections, &mut defects, tolerance_mm).await?;
    let route = view::adder::route(wafer.wafer_id, geometry, query, &steps, &types);
    Ok(route)
}
