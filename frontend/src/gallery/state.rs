//! What the parts of the gallery share, and changing what is chosen.

use std::sync::Arc;

use contract::defect::{DefectReview, ReviewStatus};
use contract::image::GalleryItem;
use leptos::prelude::*;

use super::change::{Change, send};
use super::select::Selection;
use super::shown::Shown;
use crate::api::Api;
use crate::components::form::Saving;
use crate::format;
use crate::state::defect_types::KnownTypes;

/// What the parts of the gallery share.
#[derive(Clone, Copy)]
pub struct State {
    /// The server.
    pub api: Api,
    /// All images, with what was just changed.
    pub items: RwSignal<Vec<GalleryItem>>,
    /// Those under the filter, in their order.
    pub shown: Memo<Arc<Shown>>,
    /// Which are chosen.
    pub selection: RwSignal<Selection>,
    /// Types and their keys.
    pub types: Signal<Arc<KnownTypes>>,
    /// How sending a change stands.
    pub saving: Saving,
    /// What the last change did, and what takes it back.
    pub told: RwSignal<Option<(String, Vec<DefectReview>)>>,
    /// Called when defects were changed.
    pub on_change: Callback<()>,
}

impl State {
    /// Items that a change is about.
    fn meant(self) -> Vec<GalleryItem> {
        let shown = self.shown.get_untracked();
        let numbers = self
            .selection
            .with_untracked(|selection| selection.meant(&shown.numbers));
        let is_meant = |item: &&GalleryItem| numbers.binary_search(&item.defect_no).is_ok();
        shown.items.iter().filter(is_meant).cloned().collect()
    }

    /// Gives what is meant a type.
    pub fn classify(self, defect_type_id: i32) {
        let name = self
            .types
            .read_untracked()
            .get(defect_type_id)
            .map(|kind| kind.name.clone())
            .unwrap_or_default();
        let change = Change::of_type(&self.meant(), defect_type_id);
        self.run(change, format!("now {name}"));
    }

    /// Marks what is meant as reviewed.
    pub fn mark_reviewed(self) {
        let change = Change::of_status(&self.meant(), ReviewStatus::Reviewed);
        self.run(change, "reviewed".to_owned());
    }

    /// Shows a change at once and sends it; what was refused is shown as the server has it.
    fn run(self, change: Change, what: String) {
        if change.requests.is_empty() || untrack(|| self.saving.is_busy()) {
            return;
        }
        self.apply(&change.requests);
        self.told.set(None);
        let (api, on_change) = (self.api, self.on_change);
        self.saving.run(
            async move {
                let outcome = send(api, &change.requests).await;
                on_change.run(());
                outcome.map(|changed| (changed, change.undo))
            },
            move |(changed, undo)| {
                let text = format!("{} {what}.", format::plural(changed, "defect", "defects"));
                let _ = self.told.try_set(Some((text, undo)));
                let _ = self
                    .selection
                    .try_update(|selection| selection.chosen.clear());
            },
        );
    }

    fn apply(self, requests: &[DefectReview]) {
        self.items.update(|items| {
            for request in requests {
                for item in items
                    .iter_mut()
                    .filter(|item| request.defect_ids.contains(&item.defect_id))
                {
                    let changes = &request.changes;
                    item.defect_type_id = changes.defect_type_id.unwrap_or(item.defect_type_id);
                    item.review_status = changes.review_status.unwrap_or(item.review_status);
                }
            }
        });
    }

    /// Takes the last change back.
    pub fn take_back(self) {
        if let Some((_, requests)) = self.told.get_untracked() {
            let change = Change {
                requests,
                undo: Vec::new(),
            };
            self.run(change, "as before".to_owned());
        }
    }
}
