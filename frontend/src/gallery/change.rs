//! Changing many defects at once, and taking it back.

use std::collections::BTreeMap;

use contract::defect::{DefectId, DefectReview, DefectUpdate, DefectsReviewed, ReviewStatus};
use contract::image::GalleryItem;

use crate::api::{Api, ApiError};

/// Defects that one request may change.
const AT_ONCE: usize = 500;

/// A change, and what undoes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What is sent, in this order.
    pub requests: Vec<DefectReview>,
    /// What takes it back.
    pub undo: Vec<DefectReview>,
}

impl Change {
    /// Gives all of `items` one type.
    #[must_use]
    pub fn of_type(items: &[GalleryItem], defect_type_id: i32) -> Self {
        let to = |id: i32| DefectUpdate {
            defect_type_id: Some(id),
            ..DefectUpdate::default()
        };
        Self::new(items, to(defect_type_id), |item| item.defect_type_id, to)
    }

    /// Gives all of `items` one review status.
    #[must_use]
    pub fn of_status(items: &[GalleryItem], status: ReviewStatus) -> Self {
        let to = |status: ReviewStatus| DefectUpdate {
            review_status: Some(status),
            ..DefectUpdate::default()
        };
        let before = |item: &GalleryItem| {
            ReviewStatus::ALL
                .iter()
                .position(|one| *one == item.review_status)
        };
        Self::new(items, to(status), before, |place| {
            to(place.map_or(ReviewStatus::Detected, |place| ReviewStatus::ALL[place]))
        })
    }

    fn new<K: Ord>(
        items: &[GalleryItem],
        changes: DefectUpdate,
        key: impl Fn(&GalleryItem) -> K,
        back: impl Fn(K) -> DefectUpdate,
    ) -> Self {
        let mut ids: Vec<DefectId> = items.iter().map(|item| item.defect_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut before: BTreeMap<K, Vec<DefectId>> = BTreeMap::new();
        for item in items {
            let same = before.entry(key(item)).or_default();
            if !same.contains(&item.defect_id) {
                same.push(item.defect_id);
            }
        }
        let undo = before
            .into_iter()
            .flat_map(|(was, ids)| requests(&ids, &back(was)));
        Self {
            requests: requests(&ids, &changes),
            undo: undo.collect(),
        }
    }
}

fn requests(ids: &[DefectId], changes: &DefectUpdate) -> Vec<DefectReview> {
    let request = |ids: &[DefectId]| DefectReview {
        defect_ids: ids.to_vec(),
        changes: changes.clone(),
    };
    ids.chunks(AT_ONCE).map(request).collect()
}

/// Sends changes one after the other; how many defects are different now.
pub async fn send(api: Api, requests: &[DefectReview]) -> Result<i64, ApiError> {
    let mut changed = 0;
    for request in requests {
        let done: DefectsReviewed = api.post("/defects/review", request).await?;
        changed += done.changed;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use contract::image::ImageKind;
    use uuid::Uuid;

    use super::*;

    fn item(defect_no: i32, defect_type_id: i32) -> GalleryItem {
        GalleryItem {
            image_id: Uuid::from_u128(defect_no.unsigned_abs().into()),
            defect_id: DefectId {
                inspection_id: Uuid::nil(),
                defect_no,
            },
            defect_no,
            defect_type_id,
            size_um: None,
            x_mm: None,
            y_mm: None,
            review_status: ReviewStatus::Detected,
            kind: ImageKind::Sem,
            elements: Vec::new(),
        }
    }

    #[test]
    fn a_defect_with_two_images_is_sent_once_and_no_request_is_too_large() {
        let mut items: Vec<GalleryItem> = (1..=600).map(|number| item(number, 1)).collect();
        items.push(item(1, 1));
        let change = Change::of_type(&items, 4);
        let sizes: Vec<usize> = change
            .requests
            .iter()
            .map(|request| request.defect_ids.len())
            .collect();
        assert_eq!(sizes, [500, 100]);
    }

    #[test]
    fn taking_it_back_gives_each_its_own_type_again() {
        let change = Change::of_type(&[item(1, 7), item(2, 9), item(3, 7)], 4);
        let undo: Vec<(Option<i32>, usize)> = change
            .undo
            .iter()
            .map(|request| (request.changes.defect_type_id, request.defect_ids.len()))
            .collect();
        assert_eq!(undo, [(Some(7), 2), (Some(9), 1)]);
    }
}
