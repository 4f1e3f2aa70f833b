//! The component: all images of an inspection, to look through, choose from and classify.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::image::Gallery as Answer;
use contract::user::Role;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;

use super::layout::{Metrics, Section, Step};
use super::select::Selection;
use super::shown::{Group, Narrowing, Shown};
use super::state::State;
use super::tile::Tile;
use crate::api::Api;
use crate::canvas::{Viewport, follow_size};
use crate::components::badge::Swatch;
use crate::components::form::Saving;
use crate::components::status::{Notice, Refusal, loaded};
use crate::components::type_choice::{TypeChoice, TypeKeys};
use crate::format;
use crate::pages::links;
use crate::state::caller::Caller;
use crate::state::defect_types::KnownTypes;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;
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

/// Id of the element of a tile.
pub(super) fn tile_id(index: usize) -> String {
    format!("tile-{index}")
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

/// The part that scrolls: a list box of which only what is in sight is in the page.
#[component]
fn Scroller(state: State, side: RwSignal<f64>, linked: Linked) -> impl IntoView {
    let query = UrlQuery::here();
    let may_edit = Caller::here().may(Role::Engineer);
    let scroller = NodeRef::<Div>::new();
    let viewport = RwSignal::new(None::<Viewport>);
    let scroll_px = RwSignal::new(0.0);
    follow_size(scroller, viewport);
    let metrics = Memo::new(move |_| {
        let width_px = viewport.get().map_or(400.0, |viewport| viewport.width_px);
        Metrics::fitted(width_px, side.get())
    });
    let sections = Memo::new(move |_| metrics.get().sections(&state.shown.read().sizes()));
    let content = move || {
        let bottom_px = sections.with(|sections| {
            sections
                .last()
                .map_or(0.0, |last| last.top_px + last.height_px)
        });
        format!("{bottom_px}px")
    };
    let bring_into_sight = move || {
        let (Some(scroller), Some(viewport)) = (scroller.get_untracked(), viewport.get_untracked())
        else {
            return;
        };
        let cursor = state.selection.with_untracked(|selection| selection.cursor);
        let extent =
            sections.with_untracked(|sections| metrics.get_untracked().extent_of(sections, cursor));
        let Some([top_px, bottom_px]) = extent else {
            return;
        };
        // Below the head of the group, which stays.
        let top_px = top_px - super::layout::HEAD_PX;
        let shown_px = f64::from(scroller.scroll_top());
        let target = if top_px < shown_px {
            top_px
        } else if bottom_px > shown_px + viewport.height_px {
            bottom_px + super::layout::GAP_PX - viewport.height_px
        } else {
            return;
        };
        scroller.set_scroll_top(target.round() as i32);
    };
    // A click on the map chooses here.
    Effect::new(move || {
        let Some(number) = linked.clicked.get() else {
            return;
        };
        let shown = state.shown.get_untracked();
        if let Some(index) = shown.numbers.iter().position(|shown| *shown == number) {
            state
                .selection
                .update(|selection| selection.click(index, &shown.numbers, false, false));
            bring_into_sight();
        }
    });
    let open = Callback::new(move |index: usize| {
        let id = state
            .shown
            .read_untracked()
            .items
            .get(index)
            .map(|item| item.defect_id);
        if let Some(id) = id {
            query.go(&links::defect(id));
        }
    });
    let click = Callback::new(move |(index, event): (usize, MouseEvent)| {
        let shown = state.shown.get_untracked();
        let ctrl = event.ctrl_key() || event.meta_key();
        state
            .selection
            .update(|selection| selection.click(index, &shown.numbers, event.shift_key(), ctrl));
    });
    let go = move |step: Step, extend: bool| {
        let shown = state.shown.get_untracked();
        state.selection.update(|selection| {
            let to = sections.with_untracked(|sections| {
                metrics
                    .get_untracked()
                    .step(sections, selection.cursor, step)
            });
            selection.go_to(to, &shown.numbers, extend);
        });
        bring_into_sight();
    };
    let key = move |event: KeyboardEvent| {
        let numbers = move || state.shown.get_untracked();
        let (ctrl, shift) = (event.ctrl_key() || event.meta_key(), event.shift_key());
        match event.key().as_str() {
            "a" if ctrl => state
                .selection
                .update(|selection| selection.all(&numbers().numbers)),
            _ if ctrl || event.alt_key() => return,
            "ArrowLeft" => go(Step::Left, shift),
            "ArrowRight" => go(Step::Right, shift),
            "ArrowUp" => go(Step::Up, shift),
            "ArrowDown" => go(Step::Down, shift),
            "Home" => go(Step::First, shift),
            "End" => go(Step::Last, shift),
            " " => state
                .selection
                .update(|selection| selection.toggle(&numbers().numbers)),
            "Enter" => open.run(state.selection.with_untracked(|selection| selection.cursor)),
            "Escape" => state.selection.update(|selection| selection.chosen.clear()),
            "r" if may_edit => state.mark_reviewed(),
            key if may_edit => {
                let id = state
                    .types
                    .read_untracked()
                    .of_key(key)
                    .map(|kind| kind.defect_type_id);
                let Some(id) = id else { return };
                state.classify(id);
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let point = Callback::new(move |number| linked.pointed.set(number));
    let group = move |(place, group): (usize, Group)| {
        view! { <GroupOf state place group sections metrics viewport scroll_px on_click=click on_open=open on_point=point/> }
    };
    let groups = move || {
        let groups = state.shown.read().groups.clone();
        groups.into_iter().enumerate().collect::<Vec<_>>()
    };
    view! {
        <div class="gallery-scroll" node_ref=scroller role="listbox" aria-multiselectable="true" tabindex="0" aria-label="Images of the inspection" style=("--content", content)
            aria-activedescendant=move || state.selection.with(|selection| tile_id(selection.cursor))
            on:scroll=move |_| if let Some(scroller) = scroller.get_untracked() { scroll_px.set(f64::from(scroller.scroll_top())) }
            on:keydown=key>
            <For each=groups key=|(place, group)| (*place, group.defect_type_id, group.name.clone(), group.count) children=group/>
            <Show when=move || state.shown.read().items.is_empty()>
                <p class="gallery-none">"No image under this filter or in this region."</p>
            </Show>
        </div>
    }
}

#[component]
#[expect(clippy::too_many_arguments, reason = "props of a part used once")]
fn GroupOf(
    state: State,
    place: usize,
    group: Group,
    sections: Memo<Vec<Section>>,
    metrics: Memo<Metrics>,
    viewport: RwSignal<Option<Viewport>>,
    scroll_px: RwSignal<f64>,
    on_click: Callback<(usize, MouseEvent)>,
    on_open: Callback<usize>,
    on_point: Callback<Option<i32>>,
) -> impl IntoView {
    let section = Memo::new(move |_| sections.with(|sections| sections.get(place).copied()));
    let visible = Memo::new(move |_| {
        let height_px = viewport.get().map_or(600.0, |viewport| viewport.height_px);
        section.get().map_or(0..0, |section| {
            metrics.get().visible(section, scroll_px.get(), height_px)
        })
    });
    let tiles = move || {
        let start = section.get().map_or(0, |section| section.start);
        let shown = state.shown.read();
        visible
            .get()
            .filter_map(|index| Some((index, index - start, shown.items.get(index)?.clone())))
            .collect::<Vec<_>>()
    };
    let name = StoredValue::new(group.name.clone());
    let height = move || {
        format!(
            "height:{}px",
            section.get().map_or(0.0, |section| section.height_px)
        )
    };
    view! {
        <section class="gallery-group" role="group" aria-label=group.name.clone() style=height>
            <h3 class="gallery-group-head">
                {group.colour.map(|colour| view! { <Swatch colour/> })}<span class="type-name">{group.name.clone()}</span>
                <span class="quiet">{format::count(group.count as i64)}</span>
                {group.defect_type_id.and_then(|id| state.types.read_untracked().key_of(id)).map(|key| view! { <kbd title="Number key of this type">{key}</kbd> })}
            </h3>
            <For each=tiles key=|(index, place, item)| (*index, *place, item.image_id, item.defect_type_id, item.review_status.as_str()) let((index, place, item))>
                <Tile item index place type_name=name.get_value() metrics selection=state.selection on_click on_open on_point/>
            </For>
        </section>
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
