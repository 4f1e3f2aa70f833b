//! Colours and letters of the page, for what is painted.

use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, Element};

use super::scene::rgb;
use crate::chart::theme::css_value;

/// Colours of the page.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    /// The wafer.
    pub fill: String,
    /// Its edge.
    pub edge: String,
    /// Dies that were inspected.
    pub die: String,
    /// Lines between dies.
    pub die_line: String,
    /// Lines between exposure fields.
    pub field: String,
    /// Small texts.
    pub ink: String,
    /// Rings, and texts over the map.
    pub chosen: String,
    /// A part of the wafer that is chosen.
    pub selection: String,
    /// What lies behind the wafer.
    pub page: String,
    /// Letters.
    pub font: String,
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
            field: colour("--accent"),
            ink: colour("--text-quiet"),
            chosen: colour("--text"),
            selection: colour("--wafer-selection"),
            page: colour("--surface"),
            font: css_value(element, "font-family"),
        }
    }

    /// Whether the page is dark.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        rgb(&self.fill).map(u32::from).iter().sum::<u32>() < 3 * 128
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
