//! Paints a picture as a camera sees it and, on a canvas of its own, what lies over it.

use leptos::prelude::document;
use uuid::Uuid;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::camera::Camera;
use super::length::{Line, bar};
use super::levels::{Levels, histogram, spread};
use super::load::Picture;
use crate::canvas::{self, Viewport};

/// Around the picture, in both themes: grey values are judged against a dark neutral ground.
const GROUND: &str = "#16181b";
/// Lines and letters over a picture, and what parts them from it.
const INK: &str = "#ffffff";
const PLATE: &str = "rgb(0 0 0 / 62%)";
const LINE: &str = "#ffd54a";
/// A scale bar is at most this long, px, and at most this part of the width.
const LONGEST_BAR_PX: f64 = 150.0;
const LONGEST_BAR: f64 = 0.35;

/// A view of a picture on a canvas of a size.
#[derive(Clone, Copy)]
pub struct Frame {
    /// The view.
    pub camera: Camera,
    /// Size of the canvas.
    pub viewport: Viewport,
    /// Device px in a CSS px.
    pub pixel_ratio: f64,
}

/// The picture with its grey values spread, kept until it or they change.
#[derive(Default)]
pub struct Spread {
    sheet: Option<HtmlCanvasElement>,
    holds: Option<(Uuid, Levels)>,
}

impl Frame {
    /// Paints the picture.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn paint(
        &self,
        canvas: &HtmlCanvasElement,
        picture: &Picture,
        levels: Levels,
        kept: &mut Spread,
    ) -> Result<(), JsValue> {
        let context = canvas::begin(canvas, self.viewport, self.pixel_ratio)?;
        context.set_fill_style_str(GROUND);
        context.fill_rect(0.0, 0.0, self.viewport.width_px, self.viewport.height_px);
        // Far in, single pixels are what one looks for.
        context.set_image_smoothing_enabled(self.camera.zoom * self.pixel_ratio < 3.0);
        let [x, y] = self.camera.screen_from_image([0.0, 0.0], self.viewport);
        let [width, height] = picture.size().map(|length| length * self.camera.zoom);
        if levels.is_neutral() {
            return context.draw_image_with_html_image_element_and_dw_and_dh(
                &picture.element,
                x,
                y,
                width,
                height,
            );
        }
        let sheet = kept.of(picture, levels)?;
        context.draw_image_with_html_canvas_element_and_dw_and_dh(sheet, x, y, width, height)
    }

    /// Paints scale bar and measured line.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn paint_over(
        &self,
        canvas: &HtmlCanvasElement,
        pixel_size_nm: Option<f64>,
        line: Option<Line>,
    ) -> Result<(), JsValue> {
        let context = canvas::begin(canvas, self.viewport, self.pixel_ratio)?;
        context.set_font("600 12px system-ui, sans-serif");
        context.set_text_baseline("middle");
        if let Some(size_nm) = pixel_size_nm {
            self.scale_bar(&context, size_nm)?;
        }
        match line {
            Some(line) => self.measured(&context, line, pixel_size_nm),
            None => Ok(()),
        }
    }

    fn scale_bar(&self, context: &CanvasRenderingContext2d, size_nm: f64) -> Result<(), JsValue> {
        let longest_px = LONGEST_BAR_PX.min(self.viewport.width_px * LONGEST_BAR);
        let (length_px, text) = bar(size_nm / self.camera.zoom, longest_px);
        let wide = context.measure_text(&text)?.width().max(length_px) + 20.0;
        let (left, top) = (10.0, self.viewport.height_px - 48.0);
        context.set_fill_style_str(PLATE);
        context.fill_rect(left, top, wide, 38.0);
        context.set_fill_style_str(INK);
        let start = (left + (wide - length_px) / 2.0).round();
        context.fill_rect(start, top + 26.0, length_px, 4.0);
        context.set_text_align("center");
        context.fill_text(&text, left + wide / 2.0, top + 14.0)
    }

    fn measured(
        &self,
        context: &CanvasRenderingContext2d,
        line: Line,
        pixel_size_nm: Option<f64>,
    ) -> Result<(), JsValue> {
        let [from, to] =
            [line.from, line.to].map(|at| self.camera.screen_from_image(at, self.viewport));
        let length_px = (to[0] - from[0]).hypot(to[1] - from[1]).max(1e-6);
        let across = [
            (from[1] - to[1]) / length_px * 7.0,
            (to[0] - from[0]) / length_px * 7.0,
        ];
        for (colour, width) in [(PLATE, 4.0), (LINE, 1.75)] {
            context.set_stroke_style_str(colour);
            context.set_line_width(width);
            context.begin_path();
            context.move_to(from[0], from[1]);
            context.line_to(to[0], to[1]);
            for end in [from, to] {
                context.move_to(end[0] - across[0], end[1] - across[1]);
                context.line_to(end[0] + across[0], end[1] + across[1]);
            }
            context.stroke();
        }
        let text = line.text(pixel_size_nm);
        let wide = context.measure_text(&text)?.width() + 14.0;
        let within =
            |value: f64, size: f64, room: f64| value.clamp(4.0, (room - size - 4.0).max(4.0));
        let left = within(
            f64::midpoint(from[0], to[0]) - wide / 2.0,
            wide,
            self.viewport.width_px,
        );
        let top = within(from[1].min(to[1]) - 32.0, 22.0, self.viewport.height_px);
        context.set_fill_style_str(PLATE);
        context.fill_rect(left, top, wide, 22.0);
        context.set_fill_style_str(LINE);
        context.set_text_align("left");
        context.fill_text(&text, left + 7.0, top + 11.5)
    }
}

impl Spread {
    fn of(&mut self, picture: &Picture, levels: Levels) -> Result<&HtmlCanvasElement, JsValue> {
        let wanted = (picture.image_id, levels);
        if self.holds != Some(wanted) {
            let sheet = self.plain(picture)?;
            let (width, height) = (sheet.width(), sheet.height());
            let context = canvas::context(&sheet)?;
            let mut rgba = pixels(&context, width, height)?;
            spread(&mut rgba, &levels.table());
            let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), width, height)?;
            context.put_image_data(&image, 0.0, 0.0)?;
            self.holds = Some(wanted);
        }
        self.sheet.as_ref().ok_or(JsValue::NULL)
    }

    /// Levels that spread the picture from black to white.
    ///
    /// # Errors
    /// When the browser refuses a canvas of the picture's size.
    pub fn auto(&mut self, picture: &Picture) -> Result<Levels, JsValue> {
        self.holds = None;
        let sheet = self.plain(picture)?;
        let context = canvas::context(&sheet)?;
        let rgba = pixels(&context, sheet.width(), sheet.height())?;
        Ok(Levels::auto(&histogram(&rgba)))
    }

    /// A canvas with the picture as it came.
    fn plain(&mut self, picture: &Picture) -> Result<HtmlCanvasElement, JsValue> {
        let sheet = match &self.sheet {
            Some(sheet) => sheet.clone(),
            None => {
                let made: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
                self.sheet.insert(made).clone()
            }
        };
        sheet.set_width(picture.element.natural_width());
        sheet.set_height(picture.element.natural_height());
        canvas::context(&sheet)?.draw_image_with_html_image_element(&picture.element, 0.0, 0.0)?;
        Ok(sheet)
    }
}

fn pixels(context: &CanvasRenderingContext2d, width: u32, height: u32) -> Result<Vec<u8>, JsValue> {
    let [width, height] = [width, height].map(f64::from);
    Ok(context.get_image_data(0.0, 0.0, width, height)?.data().0)
}
