//! What the map stands on: its scene, its first view, and what tests may read of it.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use super::camera::Camera;
use super::pick::PickGrid;
use super::scene::Scene;
use crate::canvas::Viewport;

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
