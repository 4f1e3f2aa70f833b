//! What the map stands on: the size of its canvas, its first view, and when it is painted.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlCanvasElement, ResizeObserver};

use super::camera::{Camera, Viewport};
use super::pick::PickGrid;
use super::scene::Scene;

/// A scene and what finds its defects.
pub struct Board {
    pub scene: Scene,
    pub grid: PickGrid,
}

/// Writes the view that was painted where tests and scripts can read it.
pub fn publish(canvas: &HtmlCanvasElement, camera: Camera, viewport: Viewport) {
    let [x, y] = camera.screen_from_wafer([0.0, 0.0], viewport);
    for (name, value) in [
        ("data-mm-per-px", camera.mm_per_px),
        ("data-centre-x", x),
        ("data-centre-y", y),
    ] {
        // Setting an attribute with a valid name cannot fail.
        let _ = canvas.set_attribute(name, &value.to_string());
    }
}

/// A canvas that cannot be painted must not stop the page.
pub fn report(painted: Result<(), wasm_bindgen::JsValue>) {
    if let Err(fault) = painted {
        leptos::logging::warn!("the wafer map could not be painted: {fault:?}");
    }
}

/// A function that runs `paint` once at the next frame, however often it is called before.
pub fn once_a_frame(paint: impl Fn() + Copy + 'static) -> impl Fn() + Copy {
    let waiting = StoredValue::new(false);
    move || {
        if waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        request_animation_frame(move || {
            // The component may be gone by now.
            if waiting.try_set_value(false).is_none() {
                paint();
            }
        });
    }
}

/// Keeps `viewport` at the size of the stage.
pub fn follow_size(stage: NodeRef<Div>, viewport: RwSignal<Option<Viewport>>) {
    let held = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move || {
        let Some(element) = stage.get() else { return };
        let measured = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            let (width, height) = (measured.client_width(), measured.client_height());
            if width > 0 && height > 0 {
                viewport.try_set(Some(Viewport {
                    width_px: f64::from(width),
                    height_px: f64::from(height),
                }));
            }
        });
        if let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            observer.observe(&element);
            held.set_value(Some((observer, changed)));
        }
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = held.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}

/// Shows all of the wafer at first, and again for another wafer; a new size keeps what one looks at.
pub fn show_whole_wafer(
    board: Memo<Option<Arc<Board>>>,
    viewport: RwSignal<Option<Viewport>>,
    camera: RwSignal<Option<Camera>>,
) {
    Effect::new(move |before: Option<Option<(String, Viewport)>>| {
        let now = viewport.get()?;
        let (wafer, diameter_mm) = board.with(|board| {
            board
                .as_ref()
                .map(|board| (board.scene.source.wafer_id.clone(), board.scene.diameter_mm))
        })?;
        let whole = Camera::whole_wafer(diameter_mm, now);
        camera.update(|camera| {
            *camera = match (*camera, before.flatten()) {
                (Some(camera), Some((same, size))) if same == wafer => {
                    let scale = whole.mm_per_px / Camera::whole_wafer(diameter_mm, size).mm_per_px;
                    Some(Camera {
                        mm_per_px: camera.mm_per_px * scale,
                        ..camera
                    })
                }
                _ => Some(whole),
            };
        });
        Some((wafer, now))
    });
}
