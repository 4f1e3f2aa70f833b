//! The tiles: a list of which only what is in sight is in the page, and the keys that move in it.

use contract::user::Role;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::HtmlDivElement;

use super::layout::{Metrics, Section, Step, scroll_for};
use super::shown::Group;
use super::state::State;
use super::tile::Tile;
use super::view::Linked;
use crate::canvas::{Viewport, follow_size};
use crate::components::badge::Swatch;
use crate::format;
use crate::pages::links;
use crate::state::caller::Caller;
use crate::state::navigation::UrlQuery;

/// Id of the element of a tile.
pub(super) fn tile_id(index: usize) -> String {
    format!("tile-{index}")
}

/// The part that scrolls: a list box of which only what is in sight is in the page.
#[component]
pub fn Scroller(
    /// What is shown and chosen.
    state: State,
    /// Side of a picture, px.
    side: RwSignal<f64>,
    /// What the gallery shares with map and table.
    linked: Linked,
) -> impl IntoView {
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
    // Where to scroll for the tile under the cursor; absent where it is in sight, or nothing is laid out yet.
    let target_px = move |scroller: &HtmlDivElement| {
        let height_px = viewport.get_untracked()?.height_px;
        let cursor = state.selection.with_untracked(|selection| selection.cursor);
        sections.with_untracked(|sections| {
            let extent = metrics.get_untracked().extent_of(sections, cursor)?;
            scroll_for(extent, f64::from(scroller.scroll_top()), height_px)
        })
    };
    // Whether the list keeps the cursor in sight: from a move of the cursor until the user scrolls away from it.
    let follows = StoredValue::new(true);
    let bring_into_sight = move || {
        follows.set_value(true);
        let Some(Some(scroller)) = scroller.try_get_untracked() else {
            return;
        };
        if let Some(target_px) = target_px(&scroller) {
            scroller.set_scroll_top(target_px.round() as i32);
        }
    };
    // The cursor may move before the list is measured, and a list that becomes narrower puts its tiles elsewhere.
    Effect::new(move || {
        viewport.track();
        sections.track();
        if follows.get_value() {
            request_animation_frame(bring_into_sight);
        }
    });
    let scrolled = move |_| {
        if let Some(scroller) = scroller.get_untracked() {
            scroll_px.set(f64::from(scroller.scroll_top()));
            follows.set_value(target_px(&scroller).is_none());
        }
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
            on:scroll=scrolled
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
