//! The component: signals in, pixels out.

use std::collections::HashSet;
use std::sync::Arc;

use leptos::ev::{Event, KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Details, Div};
use leptos::prelude::*;

use super::columns::MapData;
use super::desk::{Desk, Tool};
use super::easel::Easel;
use super::layers::LayersMenu;
use super::legend::{DensityLegend, Legend};
use super::overlay::Overlay;
use super::scene::Scene;
use super::select::{Region, Selection};
use super::sheet::counts;
use super::stage::show_whole_wafer;
use super::tip::{Pointed, Readout, Tip};
use crate::canvas::{Action, Gesture, follow_size, place_of, wheel_factor};
use crate::chart::figure;
use crate::format;

/// One step of the zoom keys and buttons.
const ZOOM_STEP: f64 = 1.4;
/// One step of the arrow keys, px.
const PAN_STEP_PX: f64 = 48.0;

/// The defects of one wafer on its outline, with zoom, selection, layers, export and a legend.
///
/// The canvas `.wafer-canvas` carries what was painted last as `data-` attributes, see `stage`: the scale, where the
/// wafer's centre lies (CSS px from the canvas' upper left corner), how many defects are shown and by what, times.
#[component]
pub fn WaferMap(
    /// What to draw; nothing yet while absent.
    #[prop(into)]
    map: Signal<Option<Arc<MapData>>>,
    /// Defect with a ring around it: index of its inspection in the map, number.
    #[prop(optional, into)]
    selected: Signal<Option<(u32, i32)>>,
    /// Defects with a thin ring each: index of their inspection in the map, number.
    #[prop(optional, into)]
    marked: Signal<HashSet<(u32, i32)>>,
    /// Die (column, row) with a frame around it.
    #[prop(optional, into)]
    highlight_die: Signal<Option<(i32, i32)>>,
    /// Type ids that are not drawn; the legend changes it.
    #[prop(optional)]
    hidden_types: RwSignal<Vec<i32>>,
    /// Type ids that stand out; none: all alike. Pointing at the legend goes before it.
    #[prop(optional, into)]
    highlight_types: Signal<Vec<i32>>,
    /// Called with the defect that was clicked, or reached by keys and chosen with Enter.
    #[prop(optional, into)]
    on_select: Option<Callback<(u32, i32)>>,
    /// Called with the rectangle that was drawn, or that around a lasso, mm from the wafer centre, or `None` when it is
    /// taken away. Without it, nothing can be drawn.
    #[prop(optional, into)]
    on_region: Option<Callback<Option<Region>>>,
    /// Called with the defects inside a lasso that was drawn, or `None` when it is taken away.
    #[prop(optional, into)]
    on_lasso: Option<Callback<Option<super::Lassoed>>>,
    /// Forms laid over the map.
    #[prop(optional, into)]
    overlays: Signal<Arc<Vec<Overlay>>>,
    /// Called with the form that was clicked, or `None` for a click beside all forms. A defect goes before a form.
    #[prop(optional, into)]
    on_overlay: Option<Callback<Option<u32>>>,
    /// Called with the form under the pointer, defects on it or not, whenever it is another one.
    #[prop(optional, into)]
    on_point: Option<Callback<Option<u32>>>,
    /// Title of saved files; default: wafer and steps.
    #[prop(optional, into)]
    title: Signal<String>,
    /// Filters that the map is under, a line each, for saved files.
    #[prop(optional, into)]
    filters: Signal<Vec<String>>,
    /// Shows the legend.
    #[prop(default = true)]
    legend: bool,
    /// What the types are that the legend lists.
    #[prop(default = "Defect types")]
    legend_title: &'static str,
) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    let (canvas, points, above) = (
        NodeRef::<Canvas>::new(),
        NodeRef::<Canvas>::new(),
        NodeRef::<Canvas>::new(),
    );
    let menu = NodeRef::<Details>::new();
    let pointed = RwSignal::new(None::<i32>);
    let gesture = StoredValue::new(Gesture::default());
    let card_changed = Trigger::new();
    let scene =
        Memo::new_with_compare(move |_| Some(Arc::new(Scene::new(map.get()?))), |_, _| true);
    let desk = Desk::new(scene, overlays, hidden_types);
    let highlighted = Memo::new(move |_| {
        pointed
            .get()
            .map_or_else(|| highlight_types.get(), |id| vec![id])
    });
    follow_size(stage, desk.viewport);
    show_whole_wafer(scene, desk.viewport, desk.camera);

    let easel = Easel {
        desk,
        stage,
        canvas,
        points,
        above,
        highlighted,
        selected,
        marked,
        highlight_die,
        card_changed,
        pictured: StoredValue::new(None),
    };
    easel.follow();
    if let Some(on_point) = on_point {
        // Not at once: nothing is pointed at before the pointer has come.
        Effect::watch(
            move || desk.pointed_form.get(),
            move |form, _, _| on_point.run(*form),
            false,
        );
    }

    let tell_selection = move |selection: Option<Arc<Selection>>| {
        if let Some(on_region) = on_region {
            on_region.run(selection.as_ref().map(|selection| selection.bounds()));
        }
        let lasso = selection.filter(|selection| selection.corners().is_some());
        if let Some(on_lasso) = on_lasso {
            on_lasso.run(lasso.and_then(|lasso| desk.ids_in(&lasso)).map(Arc::new));
        }
    };
    let clear_selection = move || {
        desk.selection.set(None);
        tell_selection(None);
    };
    let select = move |index: usize| {
        let id = desk
            .seen(|scene, _, _| scene.data.defects.id_of(index))
            .flatten();
        if let (Some(id), Some(on_select)) = (id, on_select) {
            on_select.run(id);
        }
    };
    let act = move |action: Action| match action {
        Action::Nothing => {}
        Action::Drag(by_px) => desk.pan(by_px),
        Action::Pinch { factor, at, by } => desk.pinch(factor, at, by),
        Action::Region { from, to } => desk.draw(from, to),
        Action::RegionDone { from, to } => {
            desk.draw(from, to);
            tell_selection(desk.finish_drawing());
        }
        Action::Click(at) => match (desk.defect_at(at), on_select, on_overlay) {
            (Some(index), Some(_), _) => select(index),
            (_, _, Some(on_overlay)) => on_overlay.run(desk.form_at(at).map(|(id, _)| id)),
            _ => {}
        },
    };
    let on_pointer_down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
        if let Some(canvas) = canvas.get_untracked() {
            // Without capture a drag ends at the edge of the canvas, no worse.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        desk.hover.set(None);
        if on_region.is_some() && event.shift_key() && desk.tool.get_untracked() == Tool::Move {
            desk.tool.set(Tool::Box);
        }
        let draws = desk.tool.get_untracked() != Tool::Move;
        gesture.update_value(|gesture| gesture.down(event.pointer_id(), place_of(&event), draws));
    };
    let on_pointer_move = move |event: PointerEvent| {
        let place = place_of(&event);
        let mut action = Action::Nothing;
        gesture.update_value(|gesture| action = gesture.moves(event.pointer_id(), place));
        act(action);
        if gesture.with_value(Gesture::is_idle) {
            desk.point(place);
        }
    };
    let on_pointer_up = move |event: PointerEvent| {
        let mut action = Action::Nothing;
        gesture.update_value(|gesture| action = gesture.up(event.pointer_id(), place_of(&event)));
        act(action);
    };
    let on_pointer_cancel = move |event: PointerEvent| {
        gesture.update_value(|gesture| gesture.cancel(event.pointer_id()))
    };
    let on_pointer_leave = move |_| {
        desk.hover.set(None);
        desk.pointer_mm.set(None);
        desk.pointed_form.set(None);
    };
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        desk.hover.set(None);
        let at_px = [f64::from(event.offset_x()), f64::from(event.offset_y())];
        desk.zoom(wheel_factor(&event), Some(at_px));
    };
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "+" | "=" => desk.zoom(ZOOM_STEP, None),
            "-" => desk.zoom(1.0 / ZOOM_STEP, None),
            "0" | "Home" => desk.whole(),
            "ArrowLeft" => desk.pan([PAN_STEP_PX, 0.0]),
            "ArrowRight" => desk.pan([-PAN_STEP_PX, 0.0]),
            "ArrowUp" => desk.pan([0.0, PAN_STEP_PX]),
            "ArrowDown" => desk.pan([0.0, -PAN_STEP_PX]),
            // Tab goes on to the next control of the page, as everywhere.
            "]" => desk.walk(true),
            "[" => desk.walk(false),
            "Enter" => match desk.hover.get_untracked().map(|hover| hover.what) {
                Some(Pointed::Defect(index)) => select(index),
                _ => return,
            },
            "Escape" if desk.selection.get_untracked().is_some() => clear_selection(),
            "Escape" if desk.hover.get_untracked().is_some() => desk.hover.set(None),
            _ => return,
        }
        event.prevent_default();
        // Pages have keys of their own.
        event.stop_propagation();
    };
    let on_card_lost = move |event: Event| {
        // Without this the browser would not give the card back.
        event.prevent_default();
        card_changed.notify();
    };
    let on_card_back = move |_: Event| {
        desk.painter.update_value(|painter| painter.forget_card());
        card_changed.notify();
    };
    let save = Callback::new(move |kind: &'static str| {
        easel.save(kind, title.get_untracked(), filters.get_untracked());
    });

    let described = move || {
        map.with(|map| {
            map.as_ref().map_or_else(|| "Wafer map".to_owned(), |map| {
                format!(
                    "Wafer map of {}: {} defects of {} types. Plus and minus zoom, arrow keys move, 0 shows the whole wafer, brackets go from defect to defect, Enter opens it.",
                    map.head.wafer_id,
                    map.defects.len(),
                    map.head.types.len()
                )
            })
        })
    };
    let has_defects =
        Memo::new(move |_| map.with(|map| map.as_ref().is_some_and(|map| !map.defects.is_empty())));
    let is_empty = move || {
        map.with(|map| {
            map.as_ref().is_some_and(|map| {
                map.defects.is_empty() && map.head.unplaced == 0 && !map.head.inspections.is_empty()
            })
        })
    };
    let chosen = move || {
        let selection = desk.selection.get()?;
        // Looking at a million defects at every step of the hand would hold it up.
        if desk.is_drawing.get() && selection.corners().is_some() {
            return None;
        }
        scene.with(|scene| {
            let count = desk.count_in(scene.as_ref()?, &selection);
            Some(selection_text(&selection, count))
        })
    };
    let tool = move |of: Tool, text: &'static str, hint: &'static str| {
        view! {
            <button type="button" title=hint aria-pressed=move || (desk.tool.get() == of).to_string()
                on:click=move |_| desk.tool.update(|tool| *tool = if *tool == of { Tool::Move } else { of })>{text}</button>
        }
    };
    view! {
        <div class="wafer-map" class:wafer-map-plain=!legend>
            <div class="wafer-tools" role="toolbar" aria-label="Wafer map">
                <button type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| desk.zoom(ZOOM_STEP, None)>"+"</button>
                <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| desk.zoom(1.0 / ZOOM_STEP, None)>"−"</button>
                <button type="button" title="Show the whole wafer (0 or double click)" on:click=move |_| desk.whole()>"Whole wafer"</button>
                {on_region.map(|_| view! {
                    {tool(Tool::Box, "Select region", "Draw a rectangle (or hold Shift)")}
                    {tool(Tool::Lasso, "Lasso", "Draw a line around defects")}
                    <Show when=move || desk.chosen().is_some()>
                        <button type="button" on:click=move |_| clear_selection()>"Clear region"</button>
                    </Show>
                })}
                <LayersMenu menu layers=desk.layers has_defects on_turn=Callback::new(move |turn| desk.turn(turn)) on_export=save/>
            </div>
            <div class="wafer-stage" node_ref=stage aria-busy=move || map.with(Option::is_none).to_string()>
                <canvas
                    class="wafer-canvas"
                    class:wafer-selecting=move || desk.tool.get() != Tool::Move
                    node_ref=canvas
                    tabindex="0"
                    role="application"
                    aria-label=described
                    on:pointerdown=on_pointer_down
                    on:pointermove=on_pointer_move
                    on:pointerup=on_pointer_up
                    on:pointercancel=on_pointer_cancel
                    on:pointerleave=on_pointer_leave
                    on:wheel=on_wheel
                    on:dblclick=move |_| desk.whole()
                    on:keydown=on_key
                ></canvas>
                <canvas class="wafer-points" node_ref=points aria-hidden="true"
                    on:webglcontextlost=on_card_lost on:webglcontextrestored=on_card_back></canvas>
                <canvas class="wafer-overlay" node_ref=above aria-hidden="true"></canvas>
                <Tip desk/>
                <Readout desk/>
                <Show when=is_empty>
                    <p class="wafer-empty">"No defects"</p>
                </Show>
            </div>
            <Show when=move || legend && map.with(|map| map.as_ref().is_some_and(|map| !map.head.types.is_empty()))>
                <Legend map=map hidden=hidden_types pointed=pointed title=legend_title/>
            </Show>
            <DensityLegend desk/>
            <Show when=move || has_defects.get()>
                <p class="wafer-note wafer-counts">{move || desk.drawn.with(|drawn| drawn.as_ref().map(counts))}</p>
            </Show>
            <p class="wafer-note" aria-live="polite">{chosen}</p>
            {move || map.with(|map| map.as_ref().map(|map| notes(map)))}
        </div>
    }
}

fn selection_text(selection: &Selection, count: usize) -> String {
    let [x_min, y_min, x_max, y_max] = selection.bounds();
    let count = format::plural(count as i64, "defect", "defects");
    match selection.corners() {
        Some(_) => format!(
            "{count} in the lasso (x {x_min:.1} to {x_max:.1}, y {y_min:.1} to {y_max:.1} mm)"
        ),
        None => format!(
            "{count} in {} × {} mm (x {x_min:.1} to {x_max:.1}, y {y_min:.1} to {y_max:.1} mm)",
            figure(((x_max - x_min) * 10.0).round() / 10.0),
            figure(((y_max - y_min) * 10.0).round() / 10.0),
        ),
    }
}

/// What is not on the map though it belongs there.
fn notes(map: &MapData) -> impl IntoView + use<> {
    let unplaced = (map.head.unplaced > 0).then(|| {
        format!(
            "{} defects have no position and are not on the map.",
            map.head.unplaced
        )
    });
    unplaced.map(|note| view! { <p class="wafer-note">{note}</p> })
}
