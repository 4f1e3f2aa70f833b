//! What a drawing stands on: the size of its canvas and when it is painted.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, ContextAttributes2d, HtmlCanvasElement, ResizeObserver};

/// Size of the canvas in CSS px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Width.
    pub width_px: f64,
    /// Height.
    pub height_px: f64,
}

impl Viewport {
    /// Width and height in device px.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes of a canvas"
    )]
    #[must_use]
    pub fn device_size(self, pixel_ratio: f64) -> (u32, u32) {
        let device = |size_px: f64| (size_px * pixel_ratio).round().max(1.0) as u32;
        (device(self.width_px), device(self.height_px))
    }

    /// Its middle.
    #[must_use]
    pub fn middle_px(self) -> [f64; 2] {
        [self.width_px / 2.0, self.height_px / 2.0]
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

/// The drawing side of a canvas.
///
/// # Errors
/// When the browser gives none.
pub fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    // Kept in memory instead of on the graphics card: what is drawn are images that we have computed.
    let wanted = ContextAttributes2d::new();
    wanted.set_will_read_frequently(true);
    let context = canvas
        .get_context_with_context_options("2d", &wanted)?
        .ok_or(JsValue::NULL)?;
    Ok(context.unchecked_into())
}

/// Gives a canvas its size, cleared, one unit a CSS px.
///
/// # Errors
/// When the browser refuses a canvas of this size.
pub fn begin(
    canvas: &HtmlCanvasElement,
    viewport: Viewport,
    pixel_ratio: f64,
) -> Result<CanvasRenderingContext2d, JsValue> {
    let context = context(canvas)?;
    let (width, height) = viewport.device_size(pixel_ratio);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    context.set_transform(pixel_ratio, 0.0, 0.0, pixel_ratio, 0.0, 0.0)?;
    context.clear_rect(0.0, 0.0, viewport.width_px, viewport.height_px);
    Ok(context)
}

/// Draws lines as dashes of these lengths from here on; none: in one piece.
///
/// # Errors
/// Never, for lengths that are numbers.
pub fn dash(context: &CanvasRenderingContext2d, lengths: &[f64]) -> Result<(), JsValue> {
    let lengths: js_sys::Array = lengths.iter().copied().map(JsValue::from_f64).collect();
    context.set_line_dash(&lengths)
}
