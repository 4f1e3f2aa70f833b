//! The types on a map: what they look like, how many, which are shown.

use std::sync::Arc;

use leptos::prelude::*;

use super::shape::Shape;
use crate::chart::figure;
use contract::analytics::{MapType, WaferMap};

/// Types with a check box each; pointing at one makes it stand out on the map.
#[component]
pub fn Legend(
    /// The map.
    map: Signal<Option<Arc<WaferMap>>>,
    /// Types that are not drawn.
    hidden: RwSignal<Vec<i32>>,
    /// Type that is pointed at.
    pointed: RwSignal<Option<i32>>,
) -> impl IntoView {
    let entry = move |kind: &MapType| {
        let id = kind.defect_type_id;
        let point = move |on: bool| {
            // Leaving one entry after entering the next must not take the next one's place.
            if on {
                pointed.set(Some(id));
            } else if pointed.get_untracked() == Some(id) {
                pointed.set(None);
            }
        };
        view! {
            <li on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false)>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || !hidden.with(|hidden| hidden.contains(&id))
                        on:change=move |_| toggle(hidden, id)
                        on:focus=move |_| point(true)
                        on:blur=move |_| point(false)
                    />
                    <svg viewBox="-11 -11 22 22" width="14" height="14" aria-hidden="true">
                        <path d=Shape::of_type(id).svg_path() fill=kind.colour.clone()></path>
                    </svg>
                    <span class="wafer-type-name">{kind.name.clone()}</span>
                    <span class="wafer-type-count">{figure(count(kind.count))}</span>
                </label>
            </li>
        }
    };
    let hide_all = move |all: bool| {
        let every = map
            .with_untracked(|map| map.as_ref().map(|map| ids(map)))
            .unwrap_or_default();
        hidden.set(if all { every } else { Vec::new() });
    };
    let several = move || map.with(|map| map.as_ref().is_some_and(|map| map.types.len() > 1));
    view! {
        <fieldset class="wafer-legend">
            <legend>"Defect types"</legend>
            <ul>
                {move || {
                    map.with(|map| map.as_ref().map(|map| map.types.iter().map(entry).collect_view()))
                }}
            </ul>
            <Show when=several>
                <div class="wafer-legend-all">
                    <button type="button" on:click=move |_| hide_all(false)>"Show all"</button>
                    <button type="button" on:click=move |_| hide_all(true)>"Hide all"</button>
                </div>
            </Show>
        </fieldset>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn count(value: i64) -> f64 {
    value as f64
}

fn ids(map: &WaferMap) -> Vec<i32> {
    map.types.iter().map(|kind| kind.defect_type_id).collect()
}

fn toggle(hidden: RwSignal<Vec<i32>>, id: i32) {
    hidden.update(
        |hidden| match hidden.iter().position(|&other| other == id) {
            Some(place) => {
                hidden.swap_remove(place);
            }
            None => hidden.push(id),
        },
    );
}
