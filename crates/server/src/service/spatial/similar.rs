//! Inspections that look like one.

use std::collections::HashMap;

use ::analytics::spatial::{DEFECTS_LEAST, Descriptor, Likeness};
use contract::inspection::Geometry;
use contract::spatial::{MapPicture, Similar, SimilarInspection, SimilarQuery};
use entity::inspection::Model;
use store::Filter;
use store::spatial::lot_map::{self, Cells};
use store::spatial::similar::{self as rows, Near, Scope};
use uuid::Uuid;

use super::descriptor;
use crate::error::{ApiResult, Thing};
use crate::{validate, view};

/// Inspections found where no other number is asked for.
const FOUND: u32 = 12;
/// Candidates taken from the index.
const CANDIDATES: u32 = 600;
/// Edge of a cell of a picture, mm.
const PICTURE_CELL_MM: f64 = 6.0;

/// The inspections most like one.
///
/// # Errors
/// When the query breaks a rule, there is no such inspection, or the database fails.
pub async fn similar(db: &store::Db, id: Uuid, query: &SimilarQuery) -> ApiResult<Similar> {
    validate::within("limit", query.limit, 1..=50)?;
    let asked = store::inspection::get(db, id).await?;
    let asked = asked.ok_or_else(|| Thing::Inspection.missing(id))?;
    // The answer depends on the defects alone: nobody waits for the background, and no answer is kept that lacks some.
    descriptor::fill(db).await?;
    let scope = scope(&asked, query);
    let any_rotation = query.any_rotation.unwrap_or(true);
    let own = rows::descriptor(db, id)
        .await?
        .as_deref()
        .and_then(descriptor::kept);
    let (found, compared) = match &own {
        Some(own) => {
            let wanted = query.limit.unwrap_or(FOUND) as usize;
            let found = nearest(db, own, &scope, wanted, any_rotation).await?;
            (found, rows::compared(db, &scope).await?)
        }
        None => (Vec::new(), 0),
    };
    let mut shown = Shown::read(db, asked, &found).await?;
    let mut listed = Vec::new();
    for (of, likeness) in &found {
        let Some(row) = store::inspection::row(db, of.id).await? else {
            continue;
        };
        let because = own
            .as_ref()
            .map(|own| own.common(&of.descriptor, likeness.rotation_deg));
        listed.push(SimilarInspection {
            inspection: view::inspection::inspection(row),
            picture: shown.picture(of.id),
            likeness: likeness.likeness,
            distance: likeness.distance,
            rotation_deg: likeness.rotation_deg,
            because: because.unwrap_or_default(),
        });
    }
    Ok(Similar {
        measure: measure(own.is_some(), any_rotation),
        picture: shown.picture(id),
        found: listed,
        compared,
    })
}

fn scope(asked: &Model, query: &SimilarQuery) -> Scope {
    let steps = match (query.all_steps, query.step.is_empty()) {
        (Some(true), _) => Vec::new(),
        (_, false) => query.step.clone(),
        (_, true) => vec![asked.step_id.clone()],
    };
    let is_other_wafer = !query.same_wafer.unwrap_or(false);
    Scope {
        steps,
        but_wafer: is_other_wafer.then(|| asked.wafer_id.clone()),
        but_inspection: asked.inspection_id,
    }
}

fn measure(has_pattern: bool, any_rotation: bool) -> String {
    if !has_pattern {
        return format!(
            "Fewer than {DEFECTS_LEAST} defects have a position: that is no pattern to compare."
        );
    }
    let turned = match any_rotation {
        true => "turned so that they fit best",
        false => "as they lie",
    };
    format!(
        "Shares of the defects, whatever their number: by ring and direction ({turned}, weight 35 %), by distance from the centre \
         (25 %), and in thin lines, dense heaps, a ring or loose (40 %). Distance is that of the square roots of the shares; likeness is \
         exp(-(distance / 0.5)²)."
    )
}

/// A candidate with its descriptor.
struct Found {
    id: Uuid,
    descriptor: Descriptor,
}

/// The nearest, nearest first. The index gives candidates by a distance that is never more than the true one: whoever is not
/// among so many candidates is at least as far as the last of them, in what turning leaves as it is.
async fn nearest(
    db: &store::Db,
    own: &Descriptor,
    scope: &Scope,
    wanted: usize,
    any_rotation: bool,
) -> ApiResult<Vec<(Found, Likeness)>> {
    let near = rows::nearest(db, &own.invariant(), scope, CANDIDATES).await?;
    let compared = near
        .into_iter()
        .filter_map(|near| compare(own, near, any_rotation));
    let mut found: Vec<(Found, Likeness)> = compared.collect();
    found.sort_by(|a, b| a.1.distance.total_cmp(&b.1.distance));
    found.truncate(wanted);
    Ok(found)
}

fn compare(own: &Descriptor, near: Near, any_rotation: bool) -> Option<(Found, Likeness)> {
    let descriptor = descriptor::kept(&near.descriptor)?;
    let likeness = own.likeness(&descriptor, any_rotation);
    let found = Found {
        id: near.inspection_id,
        descriptor,
    };
    Some((found, likeness))
}

/// What the pictures are drawn from.
struct Shown {
    geometry: HashMap<Uuid, Geometry>,
    cells: HashMap<Uuid, Cells>,
}

impl Shown {
    async fn read(db: &store::Db, asked: Model, found: &[(Found, Likeness)]) -> ApiResult<Self> {
        let ids: Vec<Uuid> = found.iter().map(|(of, _)| of.id).collect();
        let mut models = rows::models(db, &ids).await?;
        models.push(asked);
        let mut of = Self {
            geometry: HashMap::new(),
            cells: HashMap::new(),
        };
        for model in &models {
            let wafer = match model.diameter_mm {
                Some(_) => None,
                None => store::wafer::get(db, &model.wafer_id).await?,
            };
            let diameter = wafer.and_then(|wafer| wafer.diameter_mm);
            let geometry = view::inspection::geometry(model, diameter);
            of.geometry.insert(model.inspection_id, geometry);
        }
        let mut by_size: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for (id, geometry) in &of.geometry {
            by_size
                .entry(geometry.diameter_mm.to_bits())
                .or_default()
                .push(*id);
        }
        for (diameter, ids) in by_size {
            let radius_mm = f64::from_bits(diameter) / 2.0;
            let grid = (PICTURE_CELL_MM, radius_mm, across(radius_mm));
            let cells = lot_map::cells(db, &Filter::default(), &ids, grid).await?;
            of.cells
                .extend(cells.into_iter().map(|cells| (cells.inspection_id, cells)));
        }
        Ok(of)
    }

    /// The picture of an inspection; each is drawn once.
    fn picture(&mut self, id: Uuid) -> MapPicture {
        let geometry = self
            .geometry
            .remove(&id)
            .unwrap_or_else(|| view::inspection::outline(None));
        let cells = self.cells.remove(&id);
        let unsigned = |values: &[i32]| values.iter().map(|value| value.unsigned_abs()).collect();
        let radius_mm = geometry.diameter_mm / 2.0;
        MapPicture {
            geometry,
            cell_mm: PICTURE_CELL_MM,
            radius_mm,
            across: across(radius_mm).unsigned_abs(),
            cell: cells
                .as_ref()
                .map(|of| unsigned(&of.cell))
                .unwrap_or_default(),
            cell_count: cells.map(|of| unsigned(&of.cell_count)).unwrap_or_default(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a wafer of 1 m has 167")]
fn across(radius_mm: f64) -> i32 {
    (2.0 * radius_mm / PICTURE_CELL_MM).ceil() as i32
}
