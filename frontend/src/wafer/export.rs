//! The view of a map as a file.

use std::sync::Arc;

use js_sys::{Array, Function};
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement, Path2d,
};

use super::density::{Density, Ramp, cell_mm};
use super::paint::Frame;
use super::painter::Drawn;
use super::sheet::{Caption, Item, Sheet};
use super::svg::svg;
use crate::api::ObjectUrl;

/// What a file is made of.
pub struct Page<'a> {
    pub frame: &'a Frame<'a>,
    pub caption: &'a Caption,
    pub drawn: &'a Drawn,
    /// Type ids that are not drawn.
    pub hidden: &'a [i32],
}

impl Page<'_> {
    /// Saves the map as SVG.
    ///
    /// # Errors
    /// When the browser refuses the file.
    pub fn save_svg(&self) -> Result<(), JsValue> {
        let frame = self.frame;
        let density = || {
            let shown = frame.scene.shown(self.hidden);
            let ramp = Ramp {
                is_dark: frame.palette.is_dark(),
                is_logarithmic: frame.layers.is_logarithmic,
            };
            let cell_mm = cell_mm(&frame.camera, frame.scene.diameter_mm);
            (Density::new(frame.scene, &shown, cell_mm), ramp)
        };
        let text = svg(frame, self.caption, self.drawn, self.hidden, density);
        let kind = BlobPropertyBag::new();
        kind.set_type("image/svg+xml");
        let parts = Array::of1(&text.into());
        let blob = Blob::new_with_str_sequence_and_options(&parts, &kind)?;
        save(&blob, &self.name("svg"))
    }

    /// Saves the map as PNG; `layers` are its canvases, the lowest first, painted just now.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size, or the file.
    pub fn save_png(&self, layers: &[HtmlCanvasElement]) -> Result<(), JsValue> {
        let frame = self.frame;
        let sheet = Sheet::new(frame, self.caption, self.drawn, self.hidden);
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
        let [width, height] = sheet.size.map(|side| (side * frame.pixel_ratio).round());
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context = crate::canvas::context(&canvas)?;
        context.set_fill_style_str(&frame.palette.page);
        context.fill_rect(0.0, 0.0, width, height);
        for layer in layers {
            let top = (sheet.map_top * frame.pixel_ratio).round();
            context.draw_image_with_html_canvas_element(layer, 0.0, top)?;
        }
        context.scale(frame.pixel_ratio, frame.pixel_ratio)?;
        for item in &sheet.items {
            draw(&context, frame, item)?;
        }
        let name = self.name("png");
        let done = Closure::once_into_js(move |blob: JsValue| {
            if let Some(blob) = blob.dyn_ref::<Blob>() {
                super::stage::report(save(blob, &name));
            }
        });
        canvas.to_blob(done.unchecked_ref::<Function>())
    }

    fn name(&self, ending: &str) -> String {
        let wafer = &self.frame.scene.data.head.wafer_id;
        let safe = |letter: char| match letter.is_alphanumeric() || "-_.".contains(letter) {
            true => letter,
            false => '_',
        };
        format!(
            "wafer-map-{}.{ending}",
            wafer.chars().map(safe).collect::<String>()
        )
    }
}

fn draw(context: &CanvasRenderingContext2d, frame: &Frame<'_>, item: &Item) -> Result<(), JsValue> {
    let css = |[red, green, blue]: [u8; 3]| format!("rgb({red} {green} {blue})");
    match item {
        Item::Text {
            at: [x, y],
            size,
            is_bold,
            text,
        } => {
            let weight = if *is_bold { "600 " } else { "" };
            context.set_font(&format!("{weight}{size}px {}", frame.palette.font));
            context.set_fill_style_str(&frame.palette.chosen);
            context.fill_text(text, *x, *y)
        }
        Item::Mark {
            at: [x, y],
            path,
            rgb,
        } => {
            context.save();
            context.translate(*x, *y)?;
            context.scale(0.6, 0.6)?;
            context.set_fill_style_str(&css(*rgb));
            context.fill_with_path_2d(&Path2d::new_with_path_string(path)?);
            context.restore();
            Ok(())
        }
        Item::Swatch {
            sides: [x, y, width, height],
            rgb,
        } => {
            context.set_fill_style_str(&css(*rgb));
            context.fill_rect(*x, *y, *width, *height);
            Ok(())
        }
    }
}

/// Hands a file to the browser to be saved.
fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = ObjectUrl::of(blob).ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(url.as_str());
    link.set_download(name);
    link.click();
    // The download has its own hold on the data once it has begun.
    let held = Arc::new(url);
    set_timeout(move || drop(held), std::time::Duration::from_secs(10));
    Ok(())
}
