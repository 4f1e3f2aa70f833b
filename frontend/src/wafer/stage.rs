//! What the map stands on: its first view, and what tests may read of it.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

use super::camera::Camera;
use super::columns::Timing;
use super::load::LAST_BYTE;
use super::paint::Frame;
use super::painter::Drawn;
use super::scene::Scene;
use crate::canvas::Viewport;

/// Writes what was painted where tests and scripts can read it.
///
/// `bytes` is what the defects take in the browser, `paint_millis` how long painting took on this thread.
pub fn publish(
    canvas: &HtmlCanvasElement,
    frame: &Frame<'_>,
    drawn: &Drawn,
    bytes: usize,
    paint_millis: f64,
) {
    let camera = frame.camera;
    let [x, y] = frame.place([0.0, 0.0]);
    let (turn, is_mirrored) = camera.turn.parts();
    let (cell_mm, total) = drawn
        .cells
        .as_ref()
        .map_or((0.0, 0), |cells| (cells.cell_mm, cells.total));
    for (name, value) in [
        ("data-mm-per-px", camera.mm_per_px),
        ("data-centre-x", x),
        ("data-centre-y", y),
        ("data-turn", f64::from(turn)),
        ("data-mirrored", f64::from(u8::from(is_mirrored))),
        ("data-shown", drawn.count as f64),
        ("data-in-view", drawn.in_view as f64),
        ("data-cell-mm", cell_mm),
        ("data-cells-total", total as f64),
        ("data-bytes", bytes as f64),
        ("data-paint-ms", paint_millis),
    ] {
        write(canvas, name, &value.to_string());
    }
    let renderer = match drawn.is_accelerated {
        true => "webgl2",
        false => "2d",
    };
    write(canvas, "data-renderer", renderer);
    let is_density = drawn.cells.is_some();
    write(
        canvas,
        "data-mode",
        if is_density { "density" } else { "points" },
    );
}

/// Writes, once for each map, how long it took from the request to its first picture.
pub fn publish_first_picture(canvas: &HtmlCanvasElement, timing: Timing, at: f64) {
    let millis = at - timing.last_byte_at;
    for (name, value) in [
        ("data-first-byte-ms", timing.first_byte_millis),
        ("data-last-byte-ms", timing.last_byte_millis),
        ("data-decode-ms", timing.decode_millis),
        ("data-first-picture-ms", millis),
    ] {
        write(canvas, name, &value.to_string());
    }
    // For the browser's own profiler.
    if let Some(clock) = leptos::prelude::window().performance() {
        let _ = clock.measure_with_start_mark("wafermap:first-picture", LAST_BYTE);
    }
}

fn write(canvas: &HtmlCanvasElement, name: &str, value: &str) {
    // Setting an attribute with a valid name cannot fail.
    let _ = canvas.set_attribute(name, value);
}

/// A canvas that cannot be painted must not stop the page.
pub fn report(painted: Result<(), wasm_bindgen::JsValue>) {
    if let Err(fault) = painted {
        leptos::logging::warn!("the wafer map could not be painted: {fault:?}");
    }
}

/// Shows all of the wafer at first, and again for another wafer; a new size keeps what one looks at.
pub fn show_whole_wafer(
    scene: Memo<Option<Arc<Scene>>>,
    viewport: RwSignal<Option<Viewport>>,
    camera: RwSignal<Option<Camera>>,
) {
    Effect::new(move |before: Option<Option<(String, Viewport)>>| {
        let now = viewport.get()?;
        let (wafer, diameter_mm) = scene.with(|scene| {
            let scene = scene.as_ref()?;
            Some((scene.data.head.wafer_id.clone(), scene.diameter_mm))
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
