//! The component: images in, pixels out, and what hands do turned into view, levels and a measured line.

use contract::image::DefectImage;
use leptos::ev::{self, KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html::{Canvas, Div, Section};
use leptos::prelude::*;
use uuid::Uuid;

use super::camera::Camera;
use super::desk::Desk;
use super::facts::ImageFacts;
use super::length::Line;
use super::load::Phase;
use super::paint::Frame;
use super::strip::Strip;
use super::tools::Tools;
use crate::canvas::{Action, Gesture, Viewport, follow_size, once_a_frame, place_of, wheel_factor};
use crate::components::keys::use_keys;
use crate::components::status::Failed;

/// One step of the arrow keys, px.
const PAN_STEP_PX: f64 = 48.0;

/// The images of a defect, one of them large: zoom, grey values, lengths, full screen.
///
/// The canvas carries `data-zoom`, `data-left`, `data-top` (the picture's upper left corner, CSS px) and
/// `data-image` of what was painted last.
#[component]
pub fn ImageViewer(
    /// Images, at least one.
    #[prop(into)]
    images: Signal<Vec<DefectImage>>,
    /// Called when something that is said of an image has changed, or one is gone.
    on_change: Callback<()>,
) -> impl IntoView {
    let desk = Desk::new(images);
    let section = NodeRef::<Section>::new();
    let is_full = follow_full_screen(section);
    use_keys(move |event| match event.key().as_str() {
        "," => {
            desk.step(false);
            true
        }
        "." => {
            desk.step(true);
            true
        }
        "m" => {
            desk.measure(!desk.measuring.get_untracked());
            true
        }
        "f" => {
            toggle_full_screen(section);
            true
        }
        "Escape" if desk.measuring.get_untracked() => {
            desk.measure(false);
            true
        }
        _ => false,
    });
    let toggle = Callback::new(move |()| toggle_full_screen(section));
    view! {
        <section class="viewer" node_ref=section aria-label="Images of the defect">
            <Tools desk is_full on_full=toggle/>
            <Stage desk/>
            <Strip desk/>
            {move || desk.current.get().map(|image| view! { <ImageFacts image on_change/> })}
        </section>
    }
}

/// The canvas, and another over it for what changes with the pointer.
#[component]
fn Stage(desk: Desk) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    let [canvas, overlay] = [(); 2].map(|()| NodeRef::<Canvas>::new());
    let gesture = StoredValue::new(Gesture::default());
    follow_size(stage, desk.viewport);
    show_all_at_first(desk);
    paint_when_changed(desk, canvas, overlay);

    let act = move |action: Action| match action {
        Action::Nothing | Action::Click(_) => {}
        Action::Drag(by_px) => desk.pan(by_px),
        Action::Pinch { factor, at, by } => desk.change(|camera, size, viewport| {
            camera.dragged(by, size).zoomed(factor, at, size, viewport)
        }),
        Action::Region { from, to } | Action::RegionDone { from, to } => {
            if let (Some(camera), Some(viewport)) =
                (desk.camera.get_untracked(), desk.viewport.get_untracked())
            {
                let [from, to] = [from, to].map(|at| camera.image_from_screen(at, viewport));
                desk.line.set(Some(Line { from, to }));
            }
        }
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(canvas) = canvas.get_untracked() {
            // Without capture a drag ends at the edge of the canvas, no worse.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        let measures = desk.measuring.get_untracked();
        gesture
            .update_value(|gesture| gesture.down(event.pointer_id(), place_of(&event), measures));
    };
    let moves = move |event: PointerEvent| {
        let mut action = Action::Nothing;
        gesture
            .update_value(|gesture| action = gesture.moves(event.pointer_id(), place_of(&event)));
        act(action);
    };
    let up = move |event: PointerEvent| {
        let mut action = Action::Nothing;
        gesture.update_value(|gesture| action = gesture.up(event.pointer_id(), place_of(&event)));
        act(action);
    };
    let cancel = move |event: PointerEvent| {
        gesture.update_value(|gesture| gesture.cancel(event.pointer_id()));
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let factor = wheel_factor(&event);
        let at_px = [f64::from(event.offset_x()), f64::from(event.offset_y())];
        desk.change(|camera, size, viewport| camera.zoomed(factor, at_px, size, viewport));
    };
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "+" | "=" => desk.zoom(true),
            "-" => desk.zoom(false),
            "0" | "Home" => desk.fit(),
            "ArrowLeft" => desk.pan([PAN_STEP_PX, 0.0]),
            "ArrowRight" => desk.pan([-PAN_STEP_PX, 0.0]),
            "ArrowUp" => desk.pan([0.0, PAN_STEP_PX]),
            "ArrowDown" => desk.pan([0.0, -PAN_STEP_PX]),
            "Enter" if desk.measuring.get_untracked() => measure_by_key(desk),
            _ => return,
        }
        event.prevent_default();
        follow_with_line(desk);
    };
    let label = move || {
        let name = desk
            .current
            .with(|image| Some(image.as_ref()?.file_name.clone()))
            .unwrap_or_default();
        format!(
            "Image {name}. Plus and minus zoom, arrow keys move, 0 shows all of it; M measures: Enter sets the line's \
             beginning in the middle, arrow keys draw it."
        )
    };
    view! {
        <div class="viewer-stage" node_ref=stage aria-busy=move || (desk.loader.phase.get() == Phase::Loading).to_string()>
            <canvas class="viewer-canvas" class:viewer-measuring=move || desk.measuring.get() node_ref=canvas tabindex="0" role="application"
                aria-label=label on:pointerdown=down on:pointermove=moves on:pointerup=up on:pointercancel=cancel on:wheel=wheel
                on:dblclick=move |_| desk.fit() on:keydown=key></canvas>
            <canvas class="viewer-overlay" node_ref=overlay aria-hidden="true"></canvas>
            <Condition desk/>
        </div>
        <p class="visually-hidden" aria-live="polite">{move || measured_text(desk)}</p>
    }
}

/// What stands in place of the picture while there is none.
#[component]
fn Condition(desk: Desk) -> impl IntoView {
    move || match desk.loader.phase.get() {
        Phase::Ready => ().into_any(),
        Phase::Loading => {
            view! { <p class="viewer-state" role="status">"Loading image …"</p> }.into_any()
        }
        Phase::Failed(error) => {
            let again = Callback::new(move |()| desk.loader.retry());
            view! { <div class="viewer-state viewer-failed"><Failed error on_retry=again/></div> }
                .into_any()
        }
    }
}

fn measured_text(desk: Desk) -> String {
    let size = desk.pixel_size();
    match desk.line.get() {
        Some(line) => format!("Distance {}", line.text(size)),
        None => String::new(),
    }
}

/// Enter sets the beginning of the line in the middle; the next Enter begins another.
fn measure_by_key(desk: Desk) {
    if let Some(camera) = desk.camera.get_untracked() {
        desk.line.set(Some(Line {
            from: camera.centre,
            to: camera.centre,
        }));
    }
}

/// While measuring by key, the line ends in the middle of what is shown.
fn follow_with_line(desk: Desk) {
    if let (true, Some(camera), Some(line)) = (
        desk.measuring.get_untracked(),
        desk.camera.get_untracked(),
        desk.line.get_untracked(),
    ) {
        desk.line.set(Some(Line {
            to: camera.centre,
            ..line
        }));
    }
}

/// Shows all of another picture; a new size of the canvas keeps what one looks at.
fn show_all_at_first(desk: Desk) {
    Effect::new(move |before: Option<Option<(Uuid, Viewport)>>| {
        let now = desk.viewport.get()?;
        let (image_id, size) = desk.loader.picture.with(|picture| {
            let picture = picture.as_ref()?;
            Some((picture.image_id, picture.size()))
        })?;
        let camera = match (desk.camera.get_untracked(), before.flatten()) {
            (Some(camera), Some((same, size_before))) if same == image_id => {
                camera.resized(size, size_before, now)
            }
            _ => Camera::fit(size, now),
        };
        desk.camera.set(Some(camera));
        Some((image_id, now))
    });
}

fn paint_when_changed(desk: Desk, canvas: NodeRef<Canvas>, overlay: NodeRef<Canvas>) {
    let frame = move || {
        Some(Frame {
            camera: desk.camera.get_untracked()?,
            viewport: desk.viewport.get_untracked()?,
            pixel_ratio: window().device_pixel_ratio(),
        })
    };
    let below = once_a_frame(move || {
        let (Some(canvas), Some(frame)) = (canvas.get_untracked(), frame()) else {
            return;
        };
        desk.loader.picture.with_untracked(|picture| {
            let Some(picture) = picture else { return };
            let levels = desk.levels.get_untracked();
            desk.spread
                .update_value(|kept| report(frame.paint(&canvas, picture, levels, kept)));
            publish(&canvas, &frame, picture.image_id);
        });
    });
    let above = once_a_frame(move || {
        if let (Some(overlay), Some(frame)) = (overlay.get_untracked(), frame()) {
            let size_nm = untrack(|| desk.pixel_size());
            let line = desk.line.get_untracked();
            report(frame.paint_over(&overlay, size_nm, line));
        }
    });
    Effect::new(move || {
        desk.loader.picture.track();
        desk.camera.track();
        desk.viewport.track();
        desk.levels.track();
        below();
    });
    Effect::new(move || {
        desk.current.track();
        desk.camera.track();
        desk.viewport.track();
        desk.line.track();
        above();
    });
}

/// A canvas that cannot be painted must not stop the page.
fn report(painted: Result<(), wasm_bindgen::JsValue>) {
    if let Err(fault) = painted {
        leptos::logging::warn!("the image could not be painted: {fault:?}");
    }
}

/// Writes the view that was painted where tests and scripts can read it.
fn publish(canvas: &web_sys::HtmlCanvasElement, frame: &Frame, image_id: Uuid) {
    let [left, top] = frame.camera.screen_from_image([0.0, 0.0], frame.viewport);
    for (name, value) in [
        ("data-zoom", frame.camera.zoom.to_string()),
        ("data-left", left.to_string()),
        ("data-top", top.to_string()),
        ("data-image", image_id.to_string()),
    ] {
        // Setting an attribute with a valid name cannot fail.
        let _ = canvas.set_attribute(name, &value);
    }
}

fn toggle_full_screen(section: NodeRef<Section>) {
    let Some(section) = section.get_untracked() else {
        return;
    };
    match document().fullscreen_element() {
        Some(_) => document().exit_fullscreen(),
        // A browser that refuses leaves the page as it is.
        None => drop(section.request_fullscreen()),
    }
}

/// Whether the viewer fills the screen; the user may leave it by the browser's own means.
fn follow_full_screen(section: NodeRef<Section>) -> RwSignal<bool> {
    let is_full = RwSignal::new(false);
    let handle = window_event_listener(ev::fullscreenchange, move |_| {
        let filling = document().fullscreen_element();
        let own = section.get_untracked().map(web_sys::Element::from);
        is_full.set(own.is_some() && filling == own);
    });
    on_cleanup(move || handle.remove());
    is_full
}
