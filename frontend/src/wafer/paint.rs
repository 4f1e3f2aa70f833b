//! Paints what lies below the defects (the wafer, its dies, the exposure fields) and, on a canvas of its own, what
//! changes with the pointer.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::wafer::MarkType;
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::camera::Camera;
use super::layers::{Layers, Reticle};
use super::marks::in_view;
use super::overlay::{Overlay, arc};
use super::palette::Palette;
use super::scene::Scene;
use super::select::{Region, Selection, region_between};
use crate::canvas::{self, Viewport, dash, round_length};

/// Width of the edge that inspection tools leave out as a rule, mm.
pub const EDGE_EXCLUSION_MM: f64 = 3.0;
/// Length of the flat over the diameter: 57.5 mm on 150 mm wafers (SEMI M1).
const FLAT_LENGTH: f64 = 57.5 / 150.0;
/// A die has room for its label from this width and height on, px.
const LABELLED_FROM_PX: [f64; 2] = [44.0, 18.0];

/// A view of a scene on a canvas of a size.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub scene: &'a Arc<Scene>,
    pub camera: Camera,
    pub viewport: Viewport,
    pub pixel_ratio: f64,
    pub palette: &'a Palette,
    /// What others lay over the map.
    pub overlays: &'a [Overlay],
    pub layers: Layers,
}

/// What lies over the defects.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// Defects (indices into the columns) that are chosen elsewhere, for example in a gallery.
    pub chosen: Vec<usize>,
    /// Defect with the detail shown elsewhere.
    pub selected: Option<usize>,
    /// Defect under the pointer.
    pub hovered: Option<usize>,
    /// Die (column, row) that stands out.
    pub die: Option<(i32, i32)>,
    /// Part of the wafer that is chosen.
    pub selection: Option<Arc<Selection>>,
    /// The density is shown instead of points.
    pub is_on_density: bool,
}

impl Frame<'_> {
    /// Where a point of the wafer is drawn, px.
    pub fn place(&self, point_mm: [f64; 2]) -> [f64; 2] {
        self.camera.screen_from_wafer(point_mm, self.viewport)
    }

    /// The part of the wafer in view: `x_min, y_min, x_max, y_max`.
    pub fn bounds_mm(&self) -> Region {
        in_view(&self.camera, self.viewport, 0.0)
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

    /// Gives a canvas its size, cleared, one unit a CSS px.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn begin(&self, canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
        canvas::begin(canvas, self.viewport, self.pixel_ratio)
    }

    /// Ground, dies and edge exclusion, cut off at the wafer's edge.
    ///
    /// # Errors
    /// Never, for a camera of finite numbers.
    pub fn wafer(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        context.save();
        let outline = self.outline();
        self.ring_path(context, &outline);
        context.set_fill_style_str(&self.palette.fill);
        context.fill();
        context.clip();
        if self.layers.has_dies {
            self.dies(context);
        }
        context.restore();
        Ok(())
    }

    /// What is drawn over the density and below the points: fields, die labels, edge exclusion, the wafer's edge.
    ///
    /// # Errors
    /// Never, for a camera of finite numbers.
    pub fn grid(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        if self.layers.has_reticle {
            self.fields(context, self.layers.reticle);
        }
        if self.layers.has_exclusion {
            context.set_stroke_style_str(&self.palette.edge);
            context.set_line_width(1.0);
            dash(context, &[4.0, 4.0])?;
            let radius_mm = (self.scene.diameter_mm / 2.0 - EDGE_EXCLUSION_MM).max(0.0);
            let error_mm = 0.1 * self.camera.mm_per_px;
            self.ring_path(context, &arc(radius_mm, 0.0, 360.0, error_mm));
            context.stroke();
            dash(context, &[])?;
        }
        if self.layers.has_die_labels {
            self.die_labels(context)?;
        }
        self.ring_path(context, &self.outline());
        context.set_stroke_style_str(&self.palette.edge);
        context.set_line_width(1.5);
        context.stroke();
        Ok(())
    }

    fn ring_path(&self, context: &CanvasRenderingContext2d, points_mm: &[[f64; 2]]) {
        context.begin_path();
        for (place, point) in points_mm.iter().enumerate() {
            let [x, y] = self.place(*point);
            match place {
                0 => context.move_to(x, y),
                _ => context.line_to(x, y),
            }
        }
        context.close_path();
    }

    /// The wafer's edge with its mark at the bottom, mm. The notch, 1 mm deep, is drawn large enough to be seen.
    #[must_use]
    pub fn outline(&self) -> Vec<[f64; 2]> {
        let radius_mm = self.scene.diameter_mm / 2.0;
        let notch_mm = (6.0 * self.camera.mm_per_px).max(1.5).min(radius_mm / 4.0);
        let half_deg = match self.scene.mark {
            MarkType::Notch => (notch_mm / radius_mm).asin(),
            MarkType::Flat | MarkType::DoubleFlat => FLAT_LENGTH.asin(),
            MarkType::None => 0.0,
        }
        .to_degrees();
        let error_mm = 0.1 * self.camera.mm_per_px;
        let mut outline = arc(radius_mm, half_deg - 90.0, 360.0 - 2.0 * half_deg, error_mm);
        if self.scene.mark == MarkType::Notch {
            let edge_mm = -radius_mm * half_deg.to_radians().cos();
            for step in 1..=16 {
                // A bell, 1.15 half widths deep.
                let across = f64::from(step) / 8.0 - 1.0;
                let up = 1.15 * (1.0 - across.abs()).powi(2) * (1.0 + 2.0 * across.abs());
                outline.push([across * notch_mm, edge_mm + up * notch_mm]);
            }
        }
        outline
    }

    /// Dies in view: their place among the dies, and where they are drawn.
    pub fn seen_dies(&self) -> impl Iterator<Item = (usize, [f64; 4])> + '_ {
        let dies = &self.scene.data.head.dies;
        let [x_min, y_min, x_max, y_max] = self.bounds_mm();
        let corners = dies.left_mm.iter().zip(&dies.bottom_mm).enumerate();
        corners
            .map(|(place, (&left, &bottom))| {
                let rect = [left, bottom, left + dies.width_mm, bottom + dies.height_mm];
                (place, rect)
            })
            .filter(move |(_, [left, bottom, right, top])| {
                *right >= x_min && *left <= x_max && *top >= y_min && *bottom <= y_max
            })
            .map(|(place, rect)| (place, self.rect_px(rect)))
    }

    fn dies(&self, context: &CanvasRenderingContext2d) {
        let dies = &self.scene.data.head.dies;
        let is_wide = dies.width_mm / self.camera.mm_per_px > 5.0;
        let street_px = if is_wide { 1.0 } else { 0.5 };
        context.set_fill_style_str(&self.palette.die);
        context.set_stroke_style_str(&self.palette.die_line);
        context.set_line_width(1.0 / self.pixel_ratio.max(1.0));
        for (_, [x, y, width, height]) in self.seen_dies() {
            if dies.planned {
                let inner = |length: f64| (length - street_px).max(0.5);
                context.fill_rect(x, y, inner(width), inner(height));
            } else {
                context.stroke_rect(x + 0.5, y + 0.5, width, height);
            }
        }
    }

    /// Column and row of each die in its lower left corner, where there is room.
    fn die_labels(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        let dies = &self.scene.data.head.dies;
        let [width, height] =
            [dies.width_mm, dies.height_mm].map(|length| length / self.camera.mm_per_px);
        if width.min(height) < LABELLED_FROM_PX[1] || width.max(height) < LABELLED_FROM_PX[0] {
            return Ok(());
        }
        context.set_font(&format!("10px {}", self.palette.font));
        context.set_fill_style_str(&self.palette.ink);
        for (place, [x, y, _, height]) in self.seen_dies() {
            if let (Some(column), Some(row)) = (dies.die_x.get(place), dies.die_y.get(place)) {
                context.fill_text(&format!("{column}, {row}"), x + 3.0, y + height - 4.0)?;
            }
        }
        Ok(())
    }

    /// The rectangle around the dies of each exposure field.
    fn fields(&self, context: &CanvasRenderingContext2d, reticle: Reticle) {
        context.set_stroke_style_str(&self.palette.field);
        context.set_line_width(1.5);
        for field in fields(self.scene, reticle).into_values() {
            let [x, y, width, height] = self.rect_px(field);
            context.stroke_rect(x, y, width, height);
        }
    }

    /// A bar of a round length in the lower left corner.
    ///
    /// # Errors
    /// Never, for a camera of finite numbers.
    pub fn scale(&self, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
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
        self.overlays(&context, true, marked.is_on_density)?;
        context.set_stroke_style_str(&self.palette.chosen);
        if let Some(die) = marked.die.and_then(|die| self.scene.die(die)) {
            let [x, y, width, height] = self.rect_px(die);
            context.set_line_width(2.0);
            context.stroke_rect(x - 0.5, y - 0.5, width, height);
        }
        if let Some(selection) = &marked.selection {
            self.selection(&context, selection)?;
        }
        let sizes = self.scene.sizes(&self.camera, self.viewport);
        let chosen = marked.chosen.iter().map(|&index| (Some(index), 3.0, 1.5));
        let single = [(marked.hovered, 4.0, 1.5), (marked.selected, 6.0, 2.5)];
        let defects = &self.scene.data.defects;
        for (index, beyond_px, width) in chosen.chain(single) {
            let Some(index) = index else { continue };
            let radius = sizes.radius_px(defects.size_um[index]) + beyond_px;
            let [x, y] = self.place(defects.place_mm(index));
            context.begin_path();
            context.arc(x, y, radius, 0.0, std::f64::consts::TAU)?;
            context.set_line_width(width);
            context.stroke();
        }
        Ok(())
    }

    fn selection(
        &self,
        context: &CanvasRenderingContext2d,
        selection: &Selection,
    ) -> Result<(), JsValue> {
        let [x_min, y_min, x_max, y_max] = selection.bounds();
        let rectangle = [
            [x_min, y_min],
            [x_max, y_min],
            [x_max, y_max],
            [x_min, y_max],
        ];
        context.begin_path();
        for (place, corner) in selection.corners().unwrap_or(&rectangle).iter().enumerate() {
            let [x, y] = self.place(*corner).map(|value| self.sharp(value) + 0.5);
            match place {
                0 => context.move_to(x, y),
                _ => context.line_to(x, y),
            }
        }
        context.close_path();
        context.set_fill_style_str(&self.palette.selection);
        context.set_global_alpha(0.12);
        context.fill_with_canvas_winding_rule(web_sys::CanvasWindingRule::Evenodd);
        context.set_global_alpha(1.0);
        context.set_line_width(1.0);
        dash(context, &[5.0, 3.0])?;
        context.stroke();
        dash(context, &[])
    }
}

/// The exposure fields of the dies: the rectangle around each, by its column and row.
#[must_use]
pub fn fields(scene: &Scene, reticle: Reticle) -> BTreeMap<(i32, i32), Region> {
    let dies = &scene.data.head.dies;
    let mut fields: BTreeMap<(i32, i32), Region> = BTreeMap::new();
    for place in 0..dies.die_x.len().min(dies.left_mm.len()) {
        let from = |value: i32, first: i32, count: i32| {
            value.saturating_sub(first).div_euclid(count.max(1))
        };
        let field = (
            from(dies.die_x[place], reticle.first_column, reticle.columns),
            from(dies.die_y[place], reticle.first_row, reticle.rows),
        );
        let (left, bottom) = (dies.left_mm[place], dies.bottom_mm[place]);
        let (right, top) = (left + dies.width_mm, bottom + dies.height_mm);
        let around = fields.entry(field).or_insert([left, bottom, right, top]);
        *around = [
            around[0].min(left),
            around[1].min(bottom),
            around[2].max(right),
            around[3].max(top),
        ];
    }
    fields
}

/// Length of a scale bar of at most `longest_mm`, and how to write it.
#[must_use]
pub fn bar(longest_mm: f64) -> (f64, String) {
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
    use super::*;
    use crate::wafer::columns::tests::map;

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

    #[test]
    fn a_field_is_the_rectangle_around_its_dies_also_left_of_the_first() {
        let mut data = Arc::into_inner(map(&[])).expect("mine");
        data.head.dies = contract::analytics::MapDies {
            die_x: vec![-1, 0, 1, 2],
            die_y: vec![0; 4],
            left_mm: vec![-10.0, 0.0, 10.0, 20.0],
            bottom_mm: vec![0.0; 4],
            width_mm: 9.9,
            height_mm: 8.0,
            planned: true,
        };
        let reticle = Reticle {
            columns: 2,
            rows: 1,
            first_column: 0,
            first_row: 0,
        };
        let found = fields(&Scene::new(Arc::new(data)), reticle);
        assert!(
            (found[&(-1, 0)][0] + 10.0).abs() < 1e-9 && (found[&(-1, 0)][2] + 0.1).abs() < 1e-9
        );
        assert_eq!(found[&(0, 0)], [0.0, 0.0, 19.9, 8.0]);
        assert_eq!(found.len(), 3);
    }
}
