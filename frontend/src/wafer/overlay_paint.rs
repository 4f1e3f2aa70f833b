//! Paints the forms that others lay over a map.

use std::collections::BTreeMap;

use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule};

use super::overlay::{Form, arc};
use super::paint::Frame;
use crate::canvas::dash;

/// How far the chords of a round form may lie from it, px.
const ROUND_WITHIN_PX: f64 = 0.25;
/// A form narrower than this has no room for its text, px.
const LABEL_FROM_PX: f64 = 26.0;

impl Frame<'_> {
    /// Paints the forms above the defects, or those below, as far as they are in view. Lines that are drawn
    /// `is_on_density` have a rim.
    ///
    /// # Errors
    /// Never, for numbers that are finite.
    pub fn overlays(
        &self,
        context: &CanvasRenderingContext2d,
        above: bool,
        is_on_density: bool,
    ) -> Result<(), JsValue> {
        let view = self.bounds_mm();
        let seen = || {
            self.overlays
                .iter()
                .filter(move |overlay| overlay.above == above && meet(overlay.form.bounds(), view))
        };
        // Setting a colour costs more than filling a small rectangle: cells that follow each other are filled colour by
        // colour. They do not overlap.
        let mut cells: BTreeMap<[u8; 4], Vec<[f64; 4]>> = BTreeMap::new();
        for overlay in seen() {
            match (overlay.fill, &overlay.form) {
                (Some(fill), Form::Rect(sides)) if overlay.line.is_none() => {
                    cells.entry(fill).or_default().push(*sides);
                    continue;
                }
                _ => self.fill_cells(context, &mut cells),
            }
            if let Some(fill) = overlay.fill {
                context.set_fill_style_str(&css(fill));
                self.fill_form(context, &overlay.form);
            }
            if let Some([red, green, blue]) = overlay.line {
                // On the colours of a density a line of any colour is lost without a rim.
                if is_on_density {
                    context.set_stroke_style_str(&self.palette.fill);
                    context.set_line_width(4.0);
                    dash(context, &[])?;
                    self.line_form(context, &overlay.form);
                }
                context.set_stroke_style_str(&css([red, green, blue, 255]));
                context.set_line_width(1.5);
                dash(context, if overlay.dashed { &[6.0, 4.0] } else { &[] })?;
                self.line_form(context, &overlay.form);
            }
        }
        self.fill_cells(context, &mut cells);
        dash(context, &[])?;
        for overlay in seen() {
            if let Some(label) = &overlay.label {
                self.label_form(context, &overlay.form, label)?;
            }
        }
        Ok(())
    }

    fn fill_cells(
        &self,
        context: &CanvasRenderingContext2d,
        cells: &mut BTreeMap<[u8; 4], Vec<[f64; 4]>>,
    ) {
        for (fill, cells) in std::mem::take(cells) {
            context.set_fill_style_str(&css(fill));
            for sides in cells {
                self.fill_form(context, &Form::Rect(sides));
            }
        }
    }

    fn fill_form(&self, context: &CanvasRenderingContext2d, form: &Form) {
        match form {
            Form::Path(_) => {}
            Form::Rect(sides) => {
                let [left, top, width, height] = self.rect_px(*sides);
                context.fill_rect(left, top, width.max(1.0), height.max(1.0));
            }
            _ => {
                self.trace(context, form);
                // The inner edge of a ring is a hole.
                context.fill_with_canvas_winding_rule(CanvasWindingRule::Evenodd);
            }
        }
    }

    fn line_form(&self, context: &CanvasRenderingContext2d, form: &Form) {
        if let Form::Rect(sides) = form {
            let [left, top, width, height] = self.rect_px(*sides);
            context.stroke_rect(left, top, width, height);
        } else {
            self.trace(context, form);
            context.stroke();
        }
    }

    /// Makes a form the context's path.
    fn trace(&self, context: &CanvasRenderingContext2d, form: &Form) {
        let error_mm = ROUND_WITHIN_PX * self.camera.mm_per_px;
        context.begin_path();
        match form {
            Form::Polygon(points) => self.line_along(context, points, true),
            Form::Path(points) => self.line_along(context, points, false),
            Form::Rect([x_min, y_min, x_max, y_max]) => {
                let corners = [
                    [*x_min, *y_min],
                    [*x_max, *y_min],
                    [*x_max, *y_max],
                    [*x_min, *y_max],
                ];
                self.line_along(context, &corners, true);
            }
            Form::Circle {
                centre_mm,
                radius_mm,
            } => {
                let mut points = arc(*radius_mm, 0.0, 360.0, error_mm);
                for point in &mut points {
                    *point = [point[0] + centre_mm[0], point[1] + centre_mm[1]];
                }
                self.line_along(context, &points, true);
            }
            Form::Sector {
                inner_mm,
                outer_mm,
                from_deg,
                sweep_deg,
            } => {
                let mut outer = arc(*outer_mm, *from_deg, *sweep_deg, error_mm);
                let inner = arc(*inner_mm, from_deg + sweep_deg, -sweep_deg, error_mm);
                if sweep_deg.abs() >= 360.0 {
                    self.line_along(context, &outer, true);
                    if *inner_mm > 0.0 {
                        self.line_along(context, &inner, true);
                    }
                } else {
                    outer.extend(inner);
                    self.line_along(context, &outer, true);
                }
            }
        }
    }

    fn line_along(&self, context: &CanvasRenderingContext2d, points: &[[f64; 2]], closed: bool) {
        for (place, point) in points.iter().enumerate() {
            let [x, y] = self.place(*point);
            match place {
                0 => context.move_to(x, y),
                _ => context.line_to(x, y),
            }
        }
        if closed {
            context.close_path();
        }
    }

    fn label_form(
        &self,
        context: &CanvasRenderingContext2d,
        form: &Form,
        label: &str,
    ) -> Result<(), JsValue> {
        let [x_min, y_min, x_max, y_max] = form.bounds();
        let width_px = (x_max - x_min).max(y_max - y_min) / self.camera.mm_per_px;
        if width_px < LABEL_FROM_PX && matches!(form, Form::Rect(_)) {
            return Ok(());
        }
        let [x, y] = self.place(form.middle());
        self.palette.text(context, label, [x, y])
    }
}

fn meet(one: [f64; 4], other: [f64; 4]) -> bool {
    one[0] <= other[2] && other[0] <= one[2] && one[1] <= other[3] && other[1] <= one[3]
}

/// A colour as style sheets write it.
#[must_use]
pub fn css([red, green, blue, alpha]: [u8; 4]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}{alpha:02x}")
}
