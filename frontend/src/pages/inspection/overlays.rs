//! The layer on the map: what it is made of, what its colours mean, and what a click on it picks.

use std::sync::Arc;

use leptos::prelude::*;

use super::analyses::Analyses;
use super::dies::{colour_of, legend};
use super::drawn::{self, Ink, Stand};
use super::layer::Layer;
use super::pick::Pick;
use super::zones;
use crate::chart::theme::theme_changes;
use crate::components::status::Failed;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Phase;
use crate::wafer::Overlay;

/// The shapes of the layer, in the colours of the page.
pub fn overlays(analyses: Analyses) -> Signal<Arc<Vec<Overlay>>> {
    let query = UrlQuery::here();
    let theme_changed = theme_changes();
    let shapes = Memo::new(move |_| {
        theme_changed.track();
        let stand = Stand {
            pointed: analyses.pointed.get(),
            picked: analyses.pick.get(),
            ink: &Ink::now(),
        };
        let dies = analyses.map_dies();
        let shapes = match analyses.layer.get() {
            // What is pointed at beside the facts shows where it is.
            Layer::Nothing => stand.pointed.and_then(|pointed| {
                let mut shapes =
                    drawn::signatures(&*analyses.signatures.get()?, dies.as_deref(), stand);
                shapes.retain(|shape| pointed == Pick::Signature(shape.id));
                Some(shapes)
            }),
            Layer::Signatures => {
                let found = analyses.signatures.get();
                found.map(|found| drawn::signatures(&found, dies.as_deref(), stand))
            }
            Layer::Clusters => analyses
                .clusters
                .get()
                .map(|found| drawn::clusters(&found, stand)),
            Layer::Zones => analyses
                .zones
                .get()
                .map(|found| drawn::zones(&found, stand)),
            Layer::Dies => analyses.dies.get().zip(dies).map(|(found, dies)| {
                drawn::dies(
                    &found,
                    &dies,
                    colour_of(query),
                    |code| analyses.is_good(code),
                    stand,
                )
            }),
        };
        Arc::new(shapes.unwrap_or_default())
    });
    shapes.into()
}

/// A click on a shape picks what it stands for; one beside all of them lets go.
pub fn pick_on_map(analyses: Analyses) -> Callback<Option<u32>> {
    Callback::new(move |id: Option<u32>| {
        let clicked = id.and_then(|id| pick_of(analyses, id));
        if let Some(pick) = clicked.or_else(|| analyses.pick.get_untracked()) {
            analyses.toggle(pick);
        }
    })
}

/// A shape under the pointer makes what it stands for stand out, in the list too.
pub fn point_on_map(analyses: Analyses) -> Callback<Option<u32>> {
    Callback::new(move |id: Option<u32>| {
        analyses
            .pointed
            .set(id.and_then(|id| pick_of(analyses, id)));
    })
}

/// What the shape with an id stands for.
fn pick_of(analyses: Analyses, id: u32) -> Option<Pick> {
    match analyses.layer.get_untracked() {
        Layer::Nothing => None,
        Layer::Signatures => Some(Pick::Signature(id)),
        Layer::Clusters => Some(Pick::Cluster(id)),
        Layer::Zones => Some(Pick::Zone(id)),
        Layer::Dies => {
            let found = untrack(|| analyses.dies.get())?;
            let map = found.map.as_ref()?;
            let place = id.checked_sub(1)? as usize;
            Some(Pick::Die(*map.die_x.get(place)?, *map.die_y.get(place)?))
        }
    }
}

/// What the layer shows, below the map; that it could not be read, where its tab is not open to say so.
#[component]
pub fn LayerNote(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    let query = UrlQuery::here();
    let note = move || match analyses.layer.get() {
        Layer::Nothing => "",
        Layer::Signatures => {
            "Dashed: where the patterns are. Point at one, or choose it in its tab."
        }
        Layer::Clusters => "Dashed: hulls of the clusters, the largest ones numbered.",
        Layer::Zones => zones::LEGEND,
        Layer::Dies => legend(colour_of(query)),
    };
    let phase = Memo::new(move |_| match analyses.layer.get() {
        Layer::Nothing => Phase::Ready,
        Layer::Signatures => analyses.signatures.phase(),
        Layer::Clusters => analyses.clusters.phase(),
        Layer::Zones => analyses.zones.phase(),
        Layer::Dies => analyses.dies.phase(),
    });
    let is_told_in_tab =
        move || query.value("view").as_deref() == Some(analyses.layer.get().name());
    let body = move || match phase.get() {
        Phase::Failed(error) if !is_told_in_tab() => {
            let again = Callback::new(move |()| analyses.reload());
            view! { <Failed error on_retry=again/> }.into_any()
        }
        Phase::Failed(_) => ().into_any(),
        Phase::Loading => {
            view! { <p class="wafer-note">"The layer is being computed …"</p> }.into_any()
        }
        Phase::Ready => view! { <p class="wafer-note">{note}</p> }.into_any(),
    };
    view! { <div class="layer-note">{body}</div> }
}
