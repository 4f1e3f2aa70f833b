//! Several defects at once, and one spot over several inspections.

use std::collections::BTreeSet;

use contract::defect::{DefectId, SameSpotQuery};
use contract::defect::{DefectReview, DefectUpdate, DefectsReviewed, SameSpot};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::audit::{self, Author};
use super::{begin, commit, defect};
use crate::auth::Caller;
use crate::error::{ApiResult, Thing, invalid};
use crate::view;

/// Defects that one change may be made to.
const DEFECTS: usize = 500;
/// How far away the same spot may be, um, where the caller does not say.
const TOLERANCE_UM: f64 = 100.0;
/// How far away it may be at most, um.
const TOLERANCE_MOST_UM: f64 = 5000.0;

/// Makes one change to several defects: to all of them or to none. Each that is different then has an entry of its own
/// in the audit log, as after a change to it alone.
///
/// # Errors
/// When a value breaks a rule, or a defect or the type does not exist.
pub async fn review(
    db: &store::Db,
    caller: &Caller,
    review: DefectReview,
) -> ApiResult<DefectsReviewed> {
    let keys = keys(&review.defect_ids)?;
    if review.changes == DefectUpdate::default() {
        return Err(invalid("changes", json!({}), "has to hold at least one"));
    }
    defect::check(&review.changes)?;
    let tx = begin(db).await?;
    defect::check_type(&tx, review.changes.defect_type_id).await?;
    let changes = defect::changes(review.changes);
    let reviewed = store::defect::review_many(&tx, &keys, changes).await?;
    let found: BTreeSet<_> = reviewed
        .iter()
        .map(|(row, _)| view::defect::id(row))
        .collect();
    if let Some(missing) = review.defect_ids.iter().find(|id| !found.contains(*id)) {
        return Err(Thing::Defect.missing(missing));
    }
    let author = Author::caller(caller);
    let mut changed = 0;
    for (before, after) in &reviewed {
        if let Some((old, new)) = audit::difference(before, after) {
            let id = view::defect::id(after);
            audit::record(&tx, &author, "defect.update", id, Some(old), Some(new)).await?;
            changed += 1;
        }
    }
    commit(tx).await?;
    Ok(DefectsReviewed { changed })
}

fn keys(ids: &[DefectId]) -> ApiResult<Vec<(uuid::Uuid, i32)>> {
    if ids.is_empty() || ids.len() > DEFECTS {
        let rule = format!("has to hold 1 to {DEFECTS} ids");
        return Err(invalid("defect_ids", ids.len(), rule));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = ids.iter().find(|id| !seen.insert(**id)) {
        return Err(invalid(
            "defect_ids",
            twice.to_string(),
            "holds an id twice",
        ));
    }
    let key = |id: &DefectId| (id.inspection_id, id.defect_no);
    Ok(ids.iter().map(key).collect())
}

/// What the other inspections of a defect's wafer saw at its spot, oldest first.
///
/// # Errors
/// When the tolerance is out of range or there is no such defect.
pub async fn same_spot(
    db: &impl ConnectionTrait,
    id: DefectId,
    query: &SameSpotQuery,
) -> ApiResult<Vec<SameSpot>> {
    let tolerance_um = query.tolerance_um.unwrap_or(TOLERANCE_UM);
    if !(tolerance_um > 0.0 && tolerance_um <= TOLERANCE_MOST_UM) {
        let rule = format!("has to be more than 0 and at most {TOLERANCE_MOST_UM}");
        return Err(invalid("tolerance_um", tolerance_um, rule));
    }
    let row = defect::find(db, id).await?;
    let rows = store::defect::same_spot(db, &row, tolerance_um / 1000.0).await?;
    let seen = rows.iter().filter_map(|row| row.defect.as_ref());
    let (types, behind) = (defect::types(db).await?, defect::behind(db, seen).await?);
    let spots = rows.into_iter().map(|row| types.same_spot(row, &behind));
    Ok(spots.collect())
}
