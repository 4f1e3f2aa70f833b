//! The map follows the filter: types that are not chosen are not drawn.

use leptos::prelude::*;

use crate::state::filter::FilterState;
use crate::state::remote::Remote;
use crate::wafer::MapData;

/// Type ids that a map does not draw: those that the filter leaves out. The map's legend may change
/// them until the filter changes.
pub fn hidden_by_filter(map: Remote<MapData>) -> RwSignal<Vec<i32>> {
    let filter = FilterState::here();
    let hidden = RwSignal::new(Vec::new());
    let chosen = Memo::new(move |_| filter.chosen().defect_types());
    Effect::new(move || {
        let chosen = chosen.get();
        let Some(map) = map.get() else { return };
        let ids = map.head.types.iter().map(|kind| kind.defect_type_id);
        hidden.set(
            ids.filter(|id| !chosen.is_empty() && !chosen.contains(id))
                .collect(),
        );
    });
    hidden
}
