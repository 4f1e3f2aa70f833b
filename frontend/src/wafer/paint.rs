//! Paints a scene on a canvas: the wafer and its dies below, the defects as one picture, and on a canvas
//! of its own what changes with the pointer.

use contract::wafer::MarkType;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ImageData};

use super::camera::Camera;
use super::marks::{Look, Picture, radius_px};
use super::overlay::Overlay;
use super::scene::{Scene, rgb};
use super::select::{Region, region_between};
use crate::canvas::{self, Viewport, dash, round_length};
use crate::chart::theme::css_value;

/// Width of the edge that inspection tools leave out as a rule, mm.
const EDGE_EXCLUSION_MM: f64 = 3.0;
/// Length of the flat over the diameter: 57.5 mm on 150 mm wafers (SEMI M1).
const FLAT_LENGTH: f64 = 57.5 / 150.0;

/// Colours of the page.
#[derive(Clone, Debug)]
pub struct Palette {
    fill: String,
    edge: String,
    die: String,
    die_line: String,
    exclusion: String,
    ink: String,
    chosen: String,
    region: String,
    font: String,
}

impl Palette {
    /// The colours where `element` stands.
    #[must_use]
    pub fn at(element: &Element) -> Self {
        let colour = |name| css_value(element, name);
        Self {
            fill: colour("--wafer-fill"),
            edge: colour("--wafer-edge"),
            die: colour("--wafer-die-planned"),
            die_line: colour("--wafer-die"),
            exclusion: colour("--wafer-edge"),
            ink: colour("--text-quiet"),
            chosen: colour("--text"),
            region: colour("--wafer-selection"),
            font: css_value(element, "font-family"),
        }
    }

    /// Writes a text around a place, legible on whatever lies below.
    ///
    /// # Errors
    /// Never, for a place that is finite.
    pub fn text(
        &self,
        context: &CanvasRenderingContext2d,
        text: &str,
        [x, y]: [f64; 2],
    ) -> Result<(), JsValue> {
        context.set_font(&format!("11px {}", self.font));
        context.set_text_align("center");
        context.set_text_baseline("middle");
        context.set_stroke_style_str(&self.fill);
        context.set_line_width(3.0);
        context.set_line_join("round");
        context.stroke_text(text, x, y)?;
        context.set_fill_style_str(&self.chosen);
        context.fill_text(text, x, y)?;
        context.set_text_align("start");
        context.set_text_baseline("alphabetic");
        Ok(())
    }
}

/// A view of a scene on a canvas of a size.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub scene: &'a Scene,
    pub camera: Camera,
    pub viewport: Viewport,
    pub pixel_ratio: f64,
    pub palette: &'a Palette,
    /// What others lay over the map.
    pub overlays: &'a [Overlay],
}

/// What lies over the defects.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// Defects (indices in the scene) that are chosen elsewhere, for example in a gallery.
    pub chosen: Vec<usize>,
    /// Defect (index in the scene) with the detail shown elsewhere.
    pub selected: Option<usize>,
    /// Defect under the pointer.
    pub hovered: Option<usize>,
    /// Die (column, row) that stands out.
    pub die: Option<(i32, i32)>,
    /// Chosen rectangle.
    pub region: Option<Region>,
}

/// Memory that painting needs again for the next frame.
#[derive(Default)]
pub struct Scratch {
    picture: Picture,
    sheet: Option<HtmlCanvasElement>,
}

impl Frame<'_> {
    /// Where a point of the wafer is drawn, px.
    pub fn place(&self, point_mm: [f64; 2]) -> [f64; 2] {
        self.camera.screen_from_wafer(point_mm, self.viewport)
    }

    /// The part of the wafer in view: `x_min, y_min, x_max, y_max`.
    pub fn bounds_mm(&self) -> Region {
        let Viewport {
            width_px,
            height_px,
        } = self.viewport;
        let corner = |place_px| self.camera.wafer_from_screen(place_px, self.viewport);
        region_between(corner([0.0, 0.0]), corner([width_px, height_px]))
    }

    /// Left, top, width, height in px of a rectangle on the wafer, on the grid of the device.
    pub fn rect_px(&self, [x_min, y_min, x_max, y_max]: Region) -> [f64; 4] {
        let one = self.place([x_min, y_min]).map(|value| self.sharp(value));
        let other = self.place([x_max, y_max]).map(|value| self.sharp(value));
        let [left, top, right, bottom] = region_between(one, other);
        [left, top, right - left, bottom - top]
    }

    /// Rounds to the grid of the device, so that straight edges are sharp.
    fn sharp(&self, value_px: f64) -> f64 {
        (value_px * self.pixel_ratio).round() / self.pixel_ratio
    }

    fn radius_px(&self) -> f64 {
        self.scene.diameter_mm / 2.0 / self.camera.mm_per_px
    }

    fn begin(&self, canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
        canvas::begin(canvas, self.viewport, self.pixel_ratio)
    }

    /// Paints wafer, dies and defects.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn paint(
        &self,
        canvas: &HtmlCanvasElement,
        scratch: &mut Scratch,
        hidden: &[i32],
        highlighted: &[i32],
    ) -> Result<(), JsValue> {
        let context = self.begin(canvas)?;
        self.wafer(&context)?;
        self.edge(&context)?;
        self.overlays(&context, false)?;
        self.defects(&context, scratch, hidden, highlighted)?;
        self.scale(&context)
    }

    /// Ground, dies and edge exclusion, cut off at the wafer's edge.
    fn wafer(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        context.save();
        self.outline_path(context)?;
        context.set_fill_style_str(&self.palette.fill);
        context.fill();
        context.clip();
        self.dies(context);
        let exclusion_px =
            (self.scene.diameter_mm / 2.0 - EDGE_EXCLUSION_MM) / self.camera.mm_per_px;
        let [x, y] = self.place([0.0, 0.0]);
        context.set_stroke_style_str(&self.palette.exclusion);
        context.set_line_width(1.0);
        dash(context, &[4.0, 4.0])?;
        context.begin_path();
        context.arc(x, y, exclusion_px.max(0.0), 0.0, std::f64::consts::TAU)?;
        context.stroke();
        context.restore();
        Ok(())
    }

    fn edge(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        self.outline_path(context)?;
        context.set_stroke_style_str(&self.palette.edge);
        context.set_line_width(1.5);
        context.stroke();
        Ok(())
    }

    /// The wafer's edge with its mark at the bottom. The notch, 1 mm deep, is drawn large enough to be seen.
    fn outline_path(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        let [x, y] = self.place([0.0, 0.0]);
        let radius = self.radius_px();
        let notch_px = (1.5 / self.camera.mm_per_px).max(6.0).min(radius / 4.0);
        let half_angle = match self.scene.mark {
            MarkType::Notch => (notch_px / radius).asin(),
            MarkType::Flat | MarkType::DoubleFlat => FLAT_LENGTH.asin(),
            MarkType::None => 0.0,
        };
        let bottom = std::f64::consts::FRAC_PI_2;
        context.begin_path();
        context.arc(
            x,
            y,
            radius,
            bottom + half_angle,
            bottom - half_angle + std::f64::consts::TAU,
        )?;
        if self.scene.mark == MarkType::Notch {
            let edge_y = y + radius * half_angle.cos();
            context.quadratic_curve_to(
                x + notch_px * 0.35,
                edge_y - notch_px * 0.1,
                x,
                edge_y - notch_px * 1.15,
            );
            context.quadratic_curve_to(
                x - notch_px * 0.35,
                edge_y - notch_px * 0.1,
                x - notch_px,
                edge_y,
            );
        }
        context.close_path();
        Ok(())
    }

    fn dies(&self, context: &CanvasRenderingContext2d) {
        let dies = &self.scene.source.dies;
        let street_px = if dies.width_mm / self.camera.mm_per_px > 5.0 {
            1.0
        } else {
            0.5
        };
        context.set_fill_style_str(&self.palette.die);
        context.set_stroke_style_str(&self.palette.die_line);
        context.set_line_width(1.0 / self.pixel_ratio.max(1.0));
        for (&left_mm, &bottom_mm) in dies.left_mm.iter().zip(&dies.bottom_mm) {
            let Some([x, y, width, height]) = self.die_px(left_mm, bottom_mm) else {
                continue;
            };
            if dies.planned {
                context.fill_rect(
                    x,
                    y,
                    (width - street_px).max(0.5),
                    (height - street_px).max(0.5),
                );
            } else {
                context.stroke_rect(x + 0.5, y + 0.5, width, height);
            }
        }
    }

    /// Left, top, width, height of a die in px; `None` out of view.
    fn die_px(&self, left_mm: f64, bottom_mm: f64) -> Option<[f64; 4]> {
        let dies = &self.scene.source.dies;
        let [left, bottom] = self
            .place([left_mm, bottom_mm])
            .map(|value| self.sharp(value));
        let [right, top] = self
            .place([left_mm + dies.width_mm, bottom_mm + dies.height_mm])
            .map(|value| self.sharp(value));
        let seen = right >= 0.0
            && bottom >= 0.0
            && left <= self.viewport.width_px
            && top <= self.viewport.height_px;
        seen.then_some([left, top, right - left, bottom - top])
    }

    fn defects(
        &self,
        context: &CanvasRenderingContext2d,
        scratch: &mut Scratch,
        hidden: &[i32],
        highlighted: &[i32],
    ) -> Result<(), JsValue> {
        let look = Look {
            hidden,
            highlighted,
            pixel_ratio: self.pixel_ratio,
            ground: rgb(&self.palette.fill),
            ink: rgb(&self.palette.ink),
        };
        let Scratch { picture, sheet } = scratch;
        picture.draw(self.scene, &self.camera, self.viewport, &look);
        let (width, height) = self.viewport.device_size(self.pixel_ratio);
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&picture.rgba), width, height)?;
        let sheet = match sheet {
            Some(sheet) => sheet,
            empty => {
                let canvas = leptos::prelude::document().create_element("canvas")?;
                empty.insert(canvas.unchecked_into())
            }
        };
        if (sheet.width(), sheet.height()) != (width, height) {
            sheet.set_width(width);
            sheet.set_height(height);
        }
        canvas::context(sheet)?.put_image_data(&image, 0.0, 0.0)?;
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
        context.draw_image_with_html_canvas_element(sheet, 0.0, 0.0)?;
        context.set_transform(self.pixel_ratio, 0.0, 0.0, self.pixel_ratio, 0.0, 0.0)
    }

    /// A bar of a round length in the lower left corner.
    fn scale(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        let (length_mm, text) = bar(90.0 * self.camera.mm_per_px);
        let (left, bottom) = (12.5, (self.viewport.height_px - 10.0).round() - 0.5);
        let right = (left + length_mm / self.camera.mm_per_px).round() + 0.5;
        context.set_stroke_style_str(&self.palette.ink);
        context.set_line_width(1.0);
        context.begin_path();
        context.move_to(left, bottom - 5.0);
        context.line_to(left, bottom);
        context.line_to(right, bottom);
        context.line_to(right, bottom - 5.0);
        context.stroke();
        context.set_fill_style_str(&self.palette.ink);
        context.set_font(&format!("11px {}", self.palette.font));
        context.fill_text(&text, left + 4.0, bottom - 4.0)
    }

    /// Paints what lies over the defects.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn paint_over(&self, canvas: &HtmlCanvasElement, marked: &Marked) -> Result<(), JsValue> {
        let context = self.begin(canvas)?;
        self.overlays(&context, true)?;
        context.set_stroke_style_str(&self.palette.chosen);
        if let Some([x, y, width, height]) = marked.die.and_then(|die| self.die_of(die)) {
            context.set_line_width(2.0);
            context.stroke_rect(x - 0.5, y - 0.5, width, height);
        }
        if let Some([x_min, y_min, x_max, y_max]) = marked.region {
            let [left, bottom] = self.place([x_min, y_min]).map(|value| self.sharp(value));
            let [right, top] = self.place([x_max, y_max]).map(|value| self.sharp(value));
            context.set_fill_style_str(&self.palette.region);
            context.set_global_alpha(0.15);
            context.fill_rect(left, top, right - left, bottom - top);
            context.set_global_alpha(1.0);
            context.set_line_width(1.0);
            dash(&context, &[5.0, 3.0])?;
            context.stroke_rect(left + 0.5, top + 0.5, right - left, bottom - top);
            dash(&context, &[])?;
        }
        let mark_px = radius_px(self.scene, &self.camera, self.viewport);
        let chosen = marked.chosen.iter().map(|&index| (Some(index), 3.0, 1.5));
        let single = [(marked.hovered, 4.0, 1.5), (marked.selected, 6.0, 2.5)];
        for (index, beyond_px, width) in chosen.chain(single) {
            let Some(index) = index else { continue };
            let radius = mark_px + beyond_px;
            let [x, y] = self.place([self.scene.x_mm[index], self.scene.y_mm[index]]);
            context.begin_path();
            context.arc(x, y, radius, 0.0, std::f64::consts::TAU)?;
            context.set_line_width(width);
            context.stroke();
        }
        Ok(())
    }

    fn die_of(&self, (column, row): (i32, i32)) -> Option<[f64; 4]> {
        let dies = &self.scene.source.dies;
        let place = (0..dies.die_x.len())
            .find(|&place| (dies.die_x[place], dies.die_y[place]) == (column, row))?;
        self.die_px(*dies.left_mm.get(place)?, *dies.bottom_mm.get(place)?)
    }
}

/// Length of a scale bar of at most `longest_mm`, and how to write it.
fn bar(longest_mm: f64) -> (f64, String) {
    let length_mm = round_length(longest_mm);
    let text = if length_mm >= 1.0 {
        format!("{length_mm:.0} mm")
    } else {
        format!("{:.0} µm", length_mm * 1000.0)
    };
    (length_mm, text)
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn the_scale_bar_is_written_in_a_fitting_unit() {
        for (longest_mm, text) in [
            (43.0, "20 mm"),
            (50.0, "50 mm"),
            (1.9, "1 mm"),
            (0.09, "50 µm"),
            (0.0021, "2 µm"),
        ] {
            assert_eq!(bar(longest_mm).1, text);
        }
    }
}
