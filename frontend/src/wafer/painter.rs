//! Paints a view: the wafer and what lies below the defects on one canvas, the defects on another by WebGL. Without
//! WebGL, and as density, the defects are on the first canvas too.

use std::sync::{Arc, Weak};

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::density::{Density, Ramp, cell_mm};
use super::layers::Mode;
use super::look::Look;
use super::marks::Picture;
use super::paint::Frame;
use super::points::Points;
use super::scene::{Scene, rgb};
use super::select::Selection;
use crate::canvas;

/// From so many defects a square px of wafer on, points would lie on each other: the density is shown.
const CROWDED: f64 = 0.3;

/// What of the defects is to be seen.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Type ids that are not drawn.
    pub hidden: &'a [i32],
    /// Type ids that stand out.
    pub highlighted: &'a [i32],
    /// Defects outside it stand back.
    pub selection: Option<&'a Arc<Selection>>,
}

/// What was painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Defects of the types that are shown, on the whole wafer.
    pub count: usize,
    /// Those of them that are in view.
    pub in_view: usize,
    /// The density, where it is shown instead of points.
    pub cells: Option<DrawnCells>,
    /// By WebGL.
    pub is_accelerated: bool,
}

impl Drawn {
    /// Whether cells with their counts are shown instead of points.
    #[must_use]
    pub fn is_density(&self) -> bool {
        self.cells.is_some()
    }
}

/// A density that was painted.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnCells {
    /// Edge of a cell.
    pub cell_mm: f64,
    /// Defects of the fullest cell.
    pub largest: u32,
    /// Defects of all cells.
    pub total: u64,
    /// Its colours.
    pub ramp: Ramp,
}

/// What painting keeps for the next frame.
#[derive(Default)]
pub struct Painter {
    picture: Picture,
    sheet: Option<HtmlCanvasElement>,
    points: Option<Points>,
    /// The browser has no WebGL 2 for this map.
    has_no_gl: bool,
    cells: Option<Cells>,
}

/// A density and its picture.
struct Cells {
    scene: Weak<Scene>,
    shown: Vec<bool>,
    ramp: Ramp,
    density: Density,
    total: u64,
    sheet: HtmlCanvasElement,
}

impl Painter {
    /// Paints wafer, dies, forms below the defects, and the defects.
    ///
    /// # Errors
    /// When the browser refuses a canvas of this size.
    pub fn paint(
        &mut self,
        frame: &Frame<'_>,
        base: &HtmlCanvasElement,
        points: &HtmlCanvasElement,
        shown: Shown<'_>,
    ) -> Result<Drawn, JsValue> {
        let scene = frame.scene;
        let kinds = scene.shown(shown.hidden);
        let in_view = scene
            .order
            .count(&scene.data.defects, frame.bounds_mm(), |kind| kinds[kind]);
        let mut drawn = Drawn {
            count: scene.count(&kinds),
            in_view,
            cells: None,
            is_accelerated: false,
        };
        let context = frame.begin(base)?;
        frame.wafer(&context)?;
        if is_density(frame, in_view) && drawn.count > 0 {
            drawn.cells = Some(self.density(frame, &context, kinds)?);
        }
        frame.overlays(&context, false, drawn.is_density())?;
        frame.grid(&context)?;
        let look = look(frame, shown);
        if drawn.is_density() {
            if let Some(points) = &self.points {
                points.clear();
            }
        } else {
            drawn.is_accelerated = self.accelerated(frame, points, &look, shown);
            if !drawn.is_accelerated {
                self.stamped(frame, &context, &look)?;
            }
        }
        frame.scale(&context)?;
        Ok(drawn)
    }

    /// The graphics card is back, empty.
    pub fn forget_card(&mut self) {
        self.points = None;
        self.has_no_gl = false;
    }

    /// Whether WebGL 2 draws this map, or would.
    pub fn has_card(&self) -> bool {
        self.points.as_ref().is_some_and(|points| !points.is_lost())
    }

    /// The density as it was painted last.
    pub fn density_shown(&self) -> Option<&Density> {
        self.cells.as_ref().map(|cells| &cells.density)
    }

    /// Bytes that painting keeps for the defects: on the graphics card, and of the density.
    pub fn bytes(&self, scene: &Scene) -> usize {
        let on_card = match self.has_card() {
            true => super::points::BYTES_A_DEFECT * scene.order.indices().len(),
            false => 0,
        };
        let cells = self
            .cells
            .as_ref()
            .map_or(0, |cells| cells.density.counts.capacity() * 8);
        on_card + cells
    }

    /// Draws the defects by WebGL, where there is some.
    fn accelerated(
        &mut self,
        frame: &Frame<'_>,
        canvas: &HtmlCanvasElement,
        look: &Look<'_>,
        shown: Shown<'_>,
    ) -> bool {
        if frame.scene.order.indices().is_empty() && self.points.is_none() {
            return false;
        }
        if self.points.is_none() && !self.has_no_gl {
            self.points = Points::new(canvas);
            self.has_no_gl = self.points.is_none();
        }
        let Some(points) = self.points.as_mut().filter(|points| !points.is_lost()) else {
            return false;
        };
        points.draw(
            canvas,
            frame.scene,
            &frame.camera,
            frame.viewport,
            look,
            shown.selection,
        );
        true
    }

    /// Draws the defects as one picture.
    fn stamped(
        &mut self,
        frame: &Frame<'_>,
        context: &CanvasRenderingContext2d,
        look: &Look<'_>,
    ) -> Result<(), JsValue> {
        if frame.scene.order.indices().is_empty() {
            return Ok(());
        }
        self.picture
            .draw(frame.scene, &frame.camera, frame.viewport, look);
        let (width, height) = frame.viewport.device_size(frame.pixel_ratio);
        let sheet = match &self.sheet {
            Some(sheet) => sheet,
            None => self.sheet.insert(new_canvas()?),
        };
        put(sheet, &self.picture.rgba, width, height)?;
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
        context.draw_image_with_html_canvas_element(sheet, 0.0, 0.0)?;
        let ratio = frame.pixel_ratio;
        context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0)
    }

    fn density(
        &mut self,
        frame: &Frame<'_>,
        context: &CanvasRenderingContext2d,
        shown: Vec<bool>,
    ) -> Result<DrawnCells, JsValue> {
        let cell_mm = cell_mm(&frame.camera, frame.scene.diameter_mm);
        let ramp = Ramp {
            is_dark: frame.palette.is_dark(),
            is_logarithmic: frame.layers.is_logarithmic,
        };
        let is_current = self.cells.as_ref().is_some_and(|cells| {
            std::ptr::eq(cells.scene.as_ptr(), Arc::as_ptr(frame.scene))
                && cells.shown == shown
                && cells.ramp == ramp
                && cells.density.cell_mm == cell_mm
        });
        let cells = match &mut self.cells {
            Some(cells) if is_current => cells,
            other => other.insert(Cells::new(frame.scene, shown, ramp, cell_mm)?),
        };
        cells.draw(frame, context)?;
        Ok(DrawnCells {
            cell_mm,
            largest: cells.density.largest,
            total: cells.total,
            ramp,
        })
    }
}

impl Cells {
    #[expect(clippy::cast_possible_truncation, reason = "hundreds")]
    fn new(
        scene: &Arc<Scene>,
        shown: Vec<bool>,
        ramp: Ramp,
        cell_mm: f64,
    ) -> Result<Self, JsValue> {
        let density = Density::new(scene, &shown, cell_mm);
        let sheet = new_canvas()?;
        let across = density.across as u32;
        put(&sheet, &density.picture(&ramp), across, across)?;
        Ok(Self {
            scene: Arc::downgrade(scene),
            shown,
            ramp,
            total: density.total(),
            density,
            sheet,
        })
    }

    fn draw(&self, frame: &Frame<'_>, context: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        let [left, _, _, top] = self.density.bounds();
        let [x, y] = frame.place([left, top]);
        let ratio = frame.pixel_ratio;
        let side = self.density.cell_mm / frame.camera.mm_per_px * ratio;
        let [right, down] = frame.camera.turn.matrix();
        // Columns of the picture go along +x of the wafer, its rows along -y.
        context.set_transform(
            right[0] * side,
            down[0] * side,
            -right[1] * side,
            -down[1] * side,
            x * ratio,
            y * ratio,
        )?;
        context.set_image_smoothing_enabled(false);
        context.draw_image_with_html_canvas_element(&self.sheet, 0.0, 0.0)?;
        context.set_image_smoothing_enabled(true);
        context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0)
    }
}

/// How the defects of a view are drawn.
fn look<'a>(frame: &Frame<'_>, shown: Shown<'a>) -> Look<'a> {
    Look {
        hidden: shown.hidden,
        highlighted: shown.highlighted,
        selection: shown.selection.map(|selection| &**selection),
        pixel_ratio: frame.pixel_ratio,
        ground: rgb(&frame.palette.fill),
        ink: rgb(&frame.palette.ink),
    }
}

/// Whether the density is shown instead of points.
fn is_density(frame: &Frame<'_>, in_view: usize) -> bool {
    match frame.layers.mode {
        Mode::Points => false,
        Mode::Density => true,
        Mode::Auto => {
            let wafer_px = frame.scene.diameter_mm / frame.camera.mm_per_px;
            let wafer_px2 = std::f64::consts::FRAC_PI_4 * wafer_px * wafer_px;
            let view_px2 = frame.viewport.width_px * frame.viewport.height_px;
            in_view as f64 > CROWDED * wafer_px2.min(view_px2)
        }
    }
}

fn new_canvas() -> Result<HtmlCanvasElement, JsValue> {
    let canvas = leptos::prelude::document().create_element("canvas")?;
    Ok(canvas.unchecked_into())
}

/// Makes bytes the picture of a canvas.
fn put(sheet: &HtmlCanvasElement, rgba: &[u8], width: u32, height: u32) -> Result<(), JsValue> {
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width, height)?;
    if (sheet.width(), sheet.height()) != (width, height) {
        sheet.set_width(width);
        sheet.set_height(height);
    }
    canvas::context(sheet)?.put_image_data(&image, 0.0, 0.0)
}
