//! Descriptors of inspections are made from their defects: in the background, and before they are searched.

use std::collections::HashMap;

use ::analytics::spatial::Descriptor;
use store::Filter;
use store::spatial::similar::{self as rows, Made, Missing};
use store::spatial::stacked::{self, Defects};

use crate::error::ApiResult;
use crate::view::wafer::UNKNOWN_DIAMETER_MM;

/// Version of the method: descriptors of another one are made again.
const METHOD: i32 = 2;
/// Inspections at a time.
const BATCH: u32 = 250;

/// Makes the descriptors that are missing or out of date, and returns how many.
///
/// # Errors
/// When the database fails; what was made stays.
pub async fn fill(db: &store::Db) -> ApiResult<usize> {
    let mut made = 0;
    loop {
        let missing = rows::missing(db, METHOD, BATCH).await?;
        if missing.is_empty() {
            return Ok(made);
        }
        made += missing.len();
        let ids: Vec<_> = missing.iter().map(|one| one.inspection_id).collect();
        let defects = stacked::defects(db, &Filter::default(), &ids).await?;
        let describe = move || describe(missing, defects);
        let batch = tokio::task::spawn_blocking(describe)
            .await
            .map_err(anyhow::Error::from)?;
        rows::keep(db, METHOD, batch).await?;
    }
}

fn describe(missing: Vec<Missing>, defects: Vec<Defects>) -> Vec<Made> {
    let defects: HashMap<_, _> = defects
        .into_iter()
        .map(|of| (of.inspection_id, of))
        .collect();
    let made = missing.into_iter().map(|one| {
        let of = defects.get(&one.inspection_id);
        let points = of
            .into_iter()
            .flat_map(|of| of.x_mm.iter().copied().zip(of.y_mm.iter().copied()));
        let points: Vec<(f64, f64)> = points.collect();
        let radius_mm = one.diameter_mm.unwrap_or(UNKNOWN_DIAMETER_MM) / 2.0;
        let descriptor = Descriptor::of(&points, radius_mm);
        Made {
            inspection_id: one.inspection_id,
            made_of: one.updated_at,
            descriptor: descriptor.map(|of| (narrowed(&of), of.invariant())),
        }
    });
    made.collect()
}

/// Seven digits are more than the pattern of any wafer has.
#[expect(clippy::cast_possible_truncation, reason = "numbers between -1 and 1")]
fn narrowed(of: &Descriptor) -> Vec<f32> {
    of.values().into_iter().map(|value| value as f32).collect()
}

/// A descriptor as it was kept.
pub(super) fn kept(values: &[f32]) -> Option<Descriptor> {
    let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
    Descriptor::from_values(&values)
}
