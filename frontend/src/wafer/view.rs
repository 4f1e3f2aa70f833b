//! The component: signals in, pixels out, and what hands do turned into camera and selection.

use std::collections::HashSet;
use std::sync::Arc;

use contract::analytics::WaferMap as Map;
use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;

use super::camera::Camera;
use super::legend::Legend;
use super::overlay::{Overlay, topmost};
use super::paint::{Frame, Marked, Palette, Scratch};
use super::pick::PickGrid;
use super::scene::Scene;
use super::select::{Region, count_within, region_between};
use super::stage::{Board, publish, report, show_whole_wafer};
use super::tip::{Hover, Tip};
use crate::canvas::{Action, Gesture, Viewport, follow_size, once_a_frame, place_of, wheel_factor};
use crate::chart::figure;
use crate::chart::theme::theme_changes;

/// How far from a mark's edge a pointer still means it, px.
const REACH_PX: f64 = 9.0;
/// One step of the zoom keys and buttons.
const ZOOM_STEP: f64 = 1.4;
/// One step of the arrow keys, px.
const PAN_STEP_PX: f64 = 48.0;

/// The defects of one wafer on its outline, with zoom, selection and a legend.
///
/// The canvas carries `data-mm-per-px`, `data-centre-x` and `data-centre-y` (the wafer's centre, CSS px from
/// the canvas' upper left corner) of what was painted last.
#[component]
pub fn WaferMap(
    /// What to draw; nothing yet while absent.
    #[prop(into)]
    map: Signal<Option<Arc<Map>>>,
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
    /// Called with the defect that was clicked.
    #[prop(optional, into)]
    on_select: Option<Callback<(u32, i32)>>,
    /// Called with the rectangle that was drawn, mm from the wafer centre, or `None` when it is taken away.
    /// Without it, no rectangles can be drawn.
    #[prop(optional, into)]
    on_region: Option<Callback<Option<Region>>>,
    /// Forms laid over the map.
    #[prop(optional, into)]
    overlays: Signal<Arc<Vec<Overlay>>>,
    /// Called with the form that was clicked, or `None` for a click beside all forms. A defect goes before a form.
    #[prop(optional, into)]
    on_overlay: Option<Callback<Option<u32>>>,
    /// Shows the legend.
    #[prop(default = true)]
    legend: bool,
) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let overlay = NodeRef::<Canvas>::new();
    let camera = RwSignal::new(None::<Camera>);
    let viewport = RwSignal::new(None::<Viewport>);
    let hover = RwSignal::new(None::<Hover>);
    let pointed = RwSignal::new(None::<i32>);
    let region = RwSignal::new(None::<Region>);
    let selecting = RwSignal::new(false);
    let gesture = StoredValue::new(Gesture::default());
    let scratch = StoredValue::new_local(Scratch::default());
    let theme_changed = theme_changes();

    let board = Memo::new_with_compare(
        move |_| {
            let scene = Scene::new(map.get()?);
            let grid = PickGrid::new(&scene);
            Some(Arc::new(Board { scene, grid }))
        },
        |_, _| true,
    );
    let highlighted = Memo::new(move |_| {
        pointed
            .get()
            .map_or_else(|| highlight_types.get(), |id| vec![id])
    });

    follow_size(stage, viewport);
    show_whole_wafer(board, viewport, camera);

    let frame = move |draw: &mut dyn FnMut(Frame<'_>)| {
        let Some(stage) = stage.get_untracked() else {
            return;
        };
        board.with_untracked(|board| {
            if let (Some(board), Some(camera), Some(viewport)) =
                (board, camera.get_untracked(), viewport.get_untracked())
            {
                let palette = Palette::at(&stage);
                let pixel_ratio = window().device_pixel_ratio();
                let overlays = overlays.get_untracked();
                draw(Frame {
                    scene: &board.scene,
                    camera,
                    viewport,
                    pixel_ratio,
                    palette: &palette,
                    overlays: &overlays,
                });
            }
        });
    };
    let paint = move || {
        let Some(canvas) = canvas.get_untracked() else {
            return;
        };
        frame(&mut |frame| {
            let hidden = hidden_types.get_untracked();
            let highlighted = highlighted.get_untracked();
            scratch.update_value(|scratch| {
                report(frame.paint(&canvas, scratch, &hidden, &highlighted))
            });
            publish(&canvas, frame.camera, frame.viewport);
        });
    };
    let paint_over = move || {
        let Some(overlay) = overlay.get_untracked() else {
            return;
        };
        frame(&mut |frame| {
            let marked = Marked {
                chosen: marked.with_untracked(|ids| frame.scene.indices_of(ids)),
                selected: selected
                    .get_untracked()
                    .and_then(|id| frame.scene.index_of(id)),
                hovered: hover.get_untracked().map(|hover| hover.index),
                die: highlight_die.get_untracked(),
                region: region.get_untracked(),
            };
            report(frame.paint_over(&overlay, &marked));
        });
    };
    let base = once_a_frame(paint);
    let above = once_a_frame(paint_over);
    Effect::new(move || {
        board.track();
        camera.track();
        viewport.track();
        theme_changed.track();
        hidden_types.track();
        highlighted.track();
        overlays.track();
        base();
    });
    Effect::new(move || {
        board.track();
        camera.track();
        viewport.track();
        theme_changed.track();
        selected.track();
        marked.track();
        highlight_die.track();
        region.track();
        hover.track();
        overlays.track();
        above();
    });
    // A defect that is hidden or gone must not keep its tooltip.
    Effect::new(move || {
        board.track();
        hidden_types.track();
        hover.set(None);
    });

    let change_camera = move |change: &dyn Fn(Camera, f64, Viewport) -> Camera| {
        let diameter_mm =
            board.with_untracked(|board| board.as_ref().map(|board| board.scene.diameter_mm));
        if let (Some(diameter_mm), Some(viewport)) = (diameter_mm, viewport.get_untracked()) {
            camera.update(|camera| {
                *camera = camera.map(|camera| change(camera, diameter_mm, viewport))
            });
        }
    };
    let zoom = move |factor: f64| {
        change_camera(&|camera, diameter_mm, viewport| {
            let middle_px = [viewport.width_px / 2.0, viewport.height_px / 2.0];
            camera.zoomed(factor, middle_px, diameter_mm, viewport)
        });
    };
    let whole = move || {
        change_camera(&|_, diameter_mm, viewport| Camera::whole_wafer(diameter_mm, viewport))
    };
    let pan = move |by_px: [f64; 2]| {
        change_camera(&|camera, diameter_mm, _| camera.dragged(by_px, diameter_mm))
    };
    let set_region = move |chosen: Option<Region>| {
        region.set(chosen);
        if let Some(on_region) = on_region {
            on_region.run(chosen);
        }
    };
    let defect_at = move |place_px: [f64; 2]| {
        let (camera, viewport) = (camera.get_untracked()?, viewport.get_untracked()?);
        board.with_untracked(|board| {
            let Board { scene, grid } = &**board.as_ref()?;
            let point_mm = camera.wafer_from_screen(place_px, viewport);
            hidden_types.with_untracked(|hidden| {
                grid.nearest(scene, point_mm, REACH_PX * camera.mm_per_px, |index| {
                    is_visible(scene, hidden, index)
                })
            })
        })
    };
    let overlay_at = move |place_px: [f64; 2]| {
        let (camera, viewport) = (camera.get_untracked()?, viewport.get_untracked()?);
        let point_mm = camera.wafer_from_screen(place_px, viewport);
        overlays.with_untracked(|overlays| {
            topmost(overlays, point_mm, REACH_PX * camera.mm_per_px)
                .map(|overlay| (overlay.id, overlay.label.clone()))
        })
    };
    let region_of = move |from_px: [f64; 2], to_px: [f64; 2]| {
        let (camera, viewport) = (camera.get_untracked()?, viewport.get_untracked()?);
        let [from, to] = [from_px, to_px].map(|place| camera.wafer_from_screen(place, viewport));
        Some(region_between(from, to))
    };
    let act = move |action: Action| match action {
        Action::Nothing => {}
        Action::Drag(by_px) => pan(by_px),
        Action::Pinch { factor, at, by } => change_camera(&|camera, diameter_mm, viewport| {
            camera
                .dragged(by, diameter_mm)
                .zoomed(factor, at, diameter_mm, viewport)
        }),
        Action::Region { from, to } => region.set(region_of(from, to)),
        Action::RegionDone { from, to } => {
            selecting.set(false);
            set_region(region_of(from, to));
        }
        Action::Click(at) => {
            let id = defect_at(at).and_then(|index| {
                board.with_untracked(|board| {
                    board.as_ref().and_then(|board| board.scene.id_of(index))
                })
            });
            match (id, on_select, on_overlay) {
                (Some(id), Some(on_select), _) => on_select.run(id),
                (_, _, Some(on_overlay)) => on_overlay.run(overlay_at(at).map(|(id, _)| id)),
                _ => {}
            }
        }
    };

    let on_pointer_down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(canvas) = canvas.get_untracked() {
            // Without capture a drag ends at the edge of the canvas, no worse.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        hover.set(None);
        let draws = on_region.is_some() && (event.shift_key() || selecting.get_untracked());
        gesture.update_value(|gesture| gesture.down(event.pointer_id(), place_of(&event), draws));
    };
    let on_pointer_move = move |event: PointerEvent| {
        let place = place_of(&event);
        let mut action = Action::Nothing;
        gesture.update_value(|gesture| action = gesture.moves(event.pointer_id(), place));
        act(action);
        if gesture.with_value(Gesture::is_idle) {
            let found = defect_at(place).map(|index| Hover {
                index,
                place_px: place,
            });
            if hover.get_untracked() != found {
                hover.set(found);
            }
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
    let on_wheel = move |event: WheelEvent| {
        event.prevent_default();
        hover.set(None);
        let factor = wheel_factor(&event);
        let at_px = [f64::from(event.offset_x()), f64::from(event.offset_y())];
        change_camera(&|camera, diameter_mm, viewport| {
            camera.zoomed(factor, at_px, diameter_mm, viewport)
        });
    };
    let on_key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "+" | "=" => zoom(ZOOM_STEP),
            "-" => zoom(1.0 / ZOOM_STEP),
            "0" | "Home" => whole(),
            "ArrowLeft" => pan([PAN_STEP_PX, 0.0]),
            "ArrowRight" => pan([-PAN_STEP_PX, 0.0]),
            "ArrowUp" => pan([0.0, PAN_STEP_PX]),
            "ArrowDown" => pan([0.0, -PAN_STEP_PX]),
            "Escape" if region.get_untracked().is_some() => set_region(None),
            _ => return,
        }
        event.prevent_default();
    };

    let described = move || {
        map.with(|map| {
            map.as_ref().map_or_else(|| "Wafer map".to_owned(), |map| {
                format!(
                    "Wafer map of {}: {} defects of {} types. Plus and minus zoom, arrow keys move, 0 shows the whole wafer.",
                    map.wafer_id,
                    map.defects.x_mm.len(),
                    map.types.len()
                )
            })
        })
    };
    let chosen = move || {
        let region = region.get()?;
        board.with(|board| {
            let Board { scene, grid } = &**board.as_ref()?;
            hidden_types.with(|hidden| {
                let count = count_within(scene, grid, region, |index| {
                    is_visible(scene, hidden, index)
                });
                Some(region_text(region, count))
            })
        })
    };
    view! {
        <div class="wafer-map" class:wafer-map-plain=!legend>
            <div class="wafer-tools" role="toolbar" aria-label="Wafer map">
                <button type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| zoom(ZOOM_STEP)>"+"</button>
                <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| zoom(1.0 / ZOOM_STEP)>"−"</button>
                <button type="button" title="Show the whole wafer (0 or double click)" on:click=move |_| whole()>"Whole wafer"</button>
                {on_region.map(|_| view! {
                    <button
                        type="button"
                        title="Draw a rectangle (or hold Shift)"
                        aria-pressed=move || selecting.get().to_string()
                        on:click=move |_| selecting.update(|on| *on = !*on)
                    >
                        "Select region"
                    </button>
                    <Show when=move || region.with(Option::is_some)>
                        <button type="button" on:click=move |_| set_region(None)>"Clear region"</button>
                    </Show>
                })}
            </div>
            <div class="wafer-stage" node_ref=stage aria-busy=move || map.with(Option::is_none).to_string()>
                <canvas
                    class="wafer-canvas"
                    class:wafer-selecting=move || selecting.get()
                    node_ref=canvas
                    tabindex="0"
                    role="application"
                    aria-label=described
                    on:pointerdown=on_pointer_down
                    on:pointermove=on_pointer_move
                    on:pointerup=on_pointer_up
                    on:pointercancel=on_pointer_cancel
                    on:pointerleave=move |_| hover.set(None)
                    on:wheel=on_wheel
                    on:dblclick=move |_| whole()
                    on:keydown=on_key
                ></canvas>
                <canvas class="wafer-overlay" node_ref=overlay aria-hidden="true"></canvas>
                <Tip board=board hover=hover viewport=viewport />
                <Show when=move || map.with(|map| map.as_ref().is_some_and(|map| map.defects.x_mm.is_empty() && map.unplaced == 0 && !map.inspections.is_empty()))>
                    <p class="wafer-empty">"No defects"</p>
                </Show>
            </div>
            <Show when=move || legend && map.with(|map| map.as_ref().is_some_and(|map| !map.types.is_empty()))>
                <Legend map=map hidden=hidden_types pointed=pointed />
            </Show>
            <p class="wafer-note" aria-live="polite">{chosen}</p>
            {move || map.with(|map| map.as_ref().map(|map| notes(map)))}
        </div>
    }
}

fn is_visible(scene: &Scene, hidden: &[i32], index: usize) -> bool {
    scene
        .kind_of(index)
        .is_some_and(|kind| !hidden.contains(&kind.defect_type_id))
}

fn region_text([x_min, y_min, x_max, y_max]: Region, count: usize) -> String {
    format!(
        "{count} defects in {} × {} mm (x {x_min:.1} to {x_max:.1}, y {y_min:.1} to {y_max:.1} mm)",
        figure(((x_max - x_min) * 10.0).round() / 10.0),
        figure(((y_max - y_min) * 10.0).round() / 10.0),
    )
}

/// What is not on the map though it belongs there.
fn notes(map: &Map) -> impl IntoView + use<> {
    let unplaced = (map.unplaced > 0).then(|| {
        format!(
            "{} defects have no position and are not on the map.",
            map.unplaced
        )
    });
    let left_out = (map.left_out > 0).then(|| {
        format!(
            "{} more defects are left out: a map shows 1,000,000 at most.",
            map.left_out
        )
    });
    [unplaced, left_out]
        .map(|note| note.map(|note| view! { <p class="wafer-note">{note}</p> }))
        .collect_view()
}
