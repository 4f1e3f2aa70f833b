//! The component: all images of an inspection, to look through, choose from and classify.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::image::Gallery as Answer;
use contract::user::Role;
use leptos::prelude::*;

use super::scroller::Scroller;
use super::select::Selection;
use super::shown::{Narrowing, Shown};
use super::state::State;
use crate::api::Api;
use crate::components::form::Saving;
use crate::components::status::{Notice, Refusal, loaded};
use crate::components::type_choice::{TypeChoice, TypeKeys};
use crate::format;
use crate::state::caller::Caller;
use crate::state::defect_types::KnownTypes;
use crate::state::filter::{Dimension, FilterState};
use crate::state::remote::Remote;
use crate::wafer::Region;

/// Sides of a picture to choose from, px.
const SIDES: [(&str, f64); 3] = [("Small", 88.0), ("Medium", 128.0), ("Large", 208.0)];

/// What the gallery shares with map and table.
#[derive(Clone, Copy)]
pub struct Linked {
    /// Defect under the pointer.
    pub pointed: RwSignal<Option<i32>>,
    /// Defect that was clicked on the map.
    pub clicked: RwSignal<Option<i32>>,
    /// Defects that are chosen in the gallery.
    pub marked: RwSignal<BTreeSet<i32>>,
    /// Rectangle that was drawn on the map.
    pub region: RwSignal<Option<Region>>,
    /// Numbers, ascending, of the only defects to show; all while absent.
    pub only: Signal<Option<Arc<Vec<i32>>>>,
}

/// All images of an inspection.
#[component]
pub fn Gallery(
    /// Path of the inspection in the API.
    path: Memo<String>,
    /// Types and their keys.
    types: Remote<KnownTypes>,
    /// What the gallery shares with map and table.
    linked: Linked,
    /// Called when defects were changed.
    on_change: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let answer = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Answer>(&format!("{path}/gallery")).await },
    );
    on_cleanup(move || drop(linked.marked.try_set(BTreeSet::new())));
    loaded(types, 6, move |types| {
        loaded(answer, 10, move |answer| {
            let refresh = Callback::new(move |()| on_change.run(()));
            view! { <Desk answer types linked on_change=refresh/> }
        })
    })
}

#[component]
fn Desk(
    answer: Signal<Arc<Answer>>,
    types: Signal<Arc<KnownTypes>>,
    linked: Linked,
    on_change: Callback<()>,
) -> impl IntoView {
    let filter = FilterState::here();
    let by_type = RwSignal::new(true);
    let side = RwSignal::new(SIDES[1].1);
    let items = RwSignal::new(Vec::new());
    Effect::new(move || items.set(answer.read().items.clone()));
    let narrowing = Memo::new(move |_| {
        let chosen = filter.chosen();
        Narrowing {
            types: chosen.defect_types(),
            elements: chosen.values(Dimension::Element),
            region: linked.region.get(),
            numbers: linked.only.get(),
        }
    });
    let shown = Memo::new(move |_| {
        Arc::new(
            items.with(|items| Shown::new(items, &narrowing.read(), by_type.get(), &types.read())),
        )
    });
    let state = State {
        api: Api::here(),
        items,
        shown,
        selection: RwSignal::new(Selection::default()),
        types,
        saving: Saving::new(),
        told: RwSignal::new(None),
        on_change,
    };
    Effect::new(move || {
        let shown = shown.get();
        state
            .selection
            .update(|selection| selection.keep(&shown.numbers));
    });
    Effect::new(move || {
        let chosen = state.selection.with(|selection| selection.chosen.clone());
        if *linked.marked.read_untracked() != chosen {
            linked.marked.set(chosen);
        }
    });
    let is_empty = Memo::new(move |_| items.with(Vec::is_empty));
    let left_out = move || answer.read().left_out;
    move || {
        match is_empty.get() && answer.read().items.is_empty() {
        true => view! {
            <Notice title="No images of this inspection"
                text="Images come with an inspection file that lists them (KLARF image lists: send file and images together), or are added on the page of a defect."/>
        }
        .into_any(),
        false => view! {
            <div class="gallery">
                <Head state by_type side narrowing/>
                <Scroller state side linked/>
                <Foot state/>
                <Show when=move || { left_out() > 0 }>
                    <p class="quiet">{move || format!("{} more images are left out: a gallery shows 20,000 at most.", format::count(left_out()))}</p>
                </Show>
            </div>
        }
        .into_any(),
    }
    }
}

/// How much is shown, how it is grouped, how large.
#[component]
fn Head(
    state: State,
    by_type: RwSignal<bool>,
    side: RwSignal<f64>,
    narrowing: Memo<Narrowing>,
) -> impl IntoView {
    let count = move || {
        let (shown, all) = (state.shown.read().items.len(), state.items.with(Vec::len));
        let all_text = format::plural(all as i64, "image", "images");
        match shown == all {
            true => all_text,
            false => format!("{} of {all_text}", format::count(shown as i64)),
        }
    };
    let sides = SIDES.map(|(name, px)| view! {
        <label class="segment"><input type="radio" name="tile-side" prop:checked=move || side.get() == px on:change=move |_| side.set(px)/><span>{name}</span></label>
    });
    view! {
        <div class="gallery-head">
            <span aria-live="polite">{count}</span>
            <Show when=move || !narrowing.read().elements.is_empty()><span class="quiet">"only defects with a spectrum can have elements"</span></Show>
            <label class="check"><input type="checkbox" prop:checked=move || by_type.get() on:change=move |_| by_type.update(|on| *on = !*on)/>"By type"</label>
            <fieldset class="segments"><legend class="visually-hidden">"Size of the pictures"</legend>{sides.into_iter().collect_view()}</fieldset>
        </div>
    }
}

/// What is chosen and what can be done with it.
#[component]
fn Foot(state: State) -> impl IntoView {
    let may_edit = Caller::here().may(Role::Engineer);
    let chosen = move || state.selection.with(|selection| selection.chosen.len());
    let classify = Callback::new(move |id: i32| state.classify(id));
    let told = move || {
        let (text, undo) = state.told.get()?;
        Some(view! {
            <span>{text}</span>
            {(!undo.is_empty()).then(|| view! { <button class="link" type="button" on:click=move |_| state.take_back()>"Undo"</button> })}
        })
    };
    view! {
        <div class="gallery-foot">
            <p class="gallery-told" role="status">
                {move || match (state.saving.is_busy(), chosen()) {
                    (true, _) => "Saving …".into_any(),
                    (false, 0) => told().map_or_else(|| view! { <span class="quiet">"Click, Shift-click, Ctrl-click or Space choose; Enter opens."</span> }.into_any(), IntoAny::into_any),
                    (false, many) => view! { <strong>{format::plural(many as i64, "defect", "defects")}" chosen"</strong>" "
                        <button class="link" type="button" on:click=move |_| state.selection.update(|selection| selection.chosen.clear())>"Clear"</button> }.into_any(),
                }}
            </p>
            {may_edit.then(|| view! {
                <div class="gallery-actions">
                    <TypeChoice types=state.types value=Signal::stored(None) prompt="Classify as …" on_choose=classify/>
                    <button class="button" type="button" title="Key r" on:click=move |_| state.mark_reviewed()>"Mark reviewed"</button>
                </div>
                <TypeKeys types=state.types value=Signal::stored(None) on_choose=classify/>
            })}
            <Refusal error=state.saving.error()/>
        </div>
    }
}
