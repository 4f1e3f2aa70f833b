//! Paints a picture on a canvas.

use contract::wafer::MarkType;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::picture::Picture;
use super::scale::Scale;
use crate::canvas::{self, Viewport};
use crate::chart::theme::{css_value, theme_changes};

/// Colours along a scale, from few to many, as the style sheet names them.
const STOPS: [&str; 5] = ["--cell-0", "--cell-1", "--cell-2", "--cell-3", "--cell-4"];
/// Half the angle that a flat takes of the rim: 57.5 mm on 150 mm wafers (SEMI M1).
const FLAT_HALF_ANGLE: f64 = 0.393;
/// Half the angle of a notch that can be seen on a picture of a few centimetres.
const NOTCH_HALF_ANGLE: f64 = 0.07;

/// Colours of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    stops: [[u8; 3]; 5],
    mark: [u8; 3],
    ink: [u8; 3],
    more: [u8; 3],
    less: [u8; 3],
    fill: String,
    edge: String,
}

/// The colours of the page as it is, light or dark.
#[must_use]
pub fn use_palette() -> Memo<Palette> {
    let changes = theme_changes();
    Memo::new(move |_| {
        changes.track();
        let root = document().document_element();
        let value = |name| {
            root.as_ref()
                .map_or_else(String::new, |root| css_value(root, name))
        };
        Palette {
            stops: STOPS.map(|name| rgb(&value(name))),
            mark: rgb(&value("--accent")),
            ink: rgb(&value("--text")),
            more: rgb(&value("--more")),
            less: rgb(&value("--less")),
            fill: value("--wafer-fill"),
            edge: value("--wafer-edge"),
        }
    })
}

fn faded([red, green, blue]: [u8; 3], strength: f64) -> [u8; 4] {
    [red, green, blue, (strength.clamp(0.0, 1.0) * 255.0) as u8]
}

/// Red, green and blue of `#rrggbb`; grey for anything else.
fn rgb(colour: &str) -> [u8; 3] {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6);
    let part = |from: usize| u8::from_str_radix(digits?.get(from..from + 2)?, 16).ok();
    [0, 2, 4].map(|from| part(from).unwrap_or(128))
}

impl Palette {
    /// Of lines around what stands out.
    #[must_use]
    pub fn mark(&self) -> [u8; 3] {
        self.mark
    }

    /// Of lines around what is chosen.
    #[must_use]
    pub fn ink(&self) -> [u8; 3] {
        self.ink
    }

    /// Of what has more than expected, from pale to full by `strength` from 0 to 1.
    #[must_use]
    pub fn more(&self, strength: f64) -> [u8; 4] {
        faded(self.more, strength)
    }

    /// Of what has less than expected.
    #[must_use]
    pub fn less(&self, strength: f64) -> [u8; 4] {
        faded(self.less, strength)
    }

    /// The colour at a place from 0 to 1 along the scale.
    #[must_use]
    pub fn at(&self, place: f64) -> [u8; 3] {
        let along = place.clamp(0.0, 1.0) * 4.0;
        let before = (along.floor() as usize).min(3);
        let share = along - before as f64;
        let [from, to] = [self.stops[before], self.stops[before + 1]];
        [0, 1, 2].map(|part| {
            let [from, to] = [from[part], to[part]].map(f64::from);
            (from + (to - from) * share).round() as u8
        })
    }
}

/// Paints the outline and the cells.
///
/// # Errors
/// When the browser refuses a canvas of this size.
pub fn paint(
    canvas: &HtmlCanvasElement,
    viewport: Viewport,
    pixel_ratio: f64,
    picture: &Picture,
    scale: Scale,
    palette: &Palette,
) -> Result<(), JsValue> {
    let context = canvas::begin(canvas, viewport, pixel_ratio)?;
    let lie = Lie {
        middle: viewport.middle_px(),
        px_per_mm: (viewport.width_px.min(viewport.height_px) - 3.0) / picture.diameter_mm,
        pixel_ratio,
    };
    context.save();
    lie.outline(&context, picture)?;
    context.set_fill_style_str(&palette.fill);
    context.fill();
    context.clip();
    let mut colour = None;
    for &(column, row, value) in &picture.cells {
        let wanted = palette.at(scale.place(value));
        if colour != Some(wanted) {
            let [red, green, blue] = wanted;
            context.set_fill_style_str(&format!("rgb({red} {green} {blue})"));
            colour = Some(wanted);
        }
        let [left, top, width, height] = lie.cell(picture, column, row);
        context.fill_rect(left, top, width, height);
    }
    context.restore();
    lie.outline(&context, picture)?;
    context.set_stroke_style_str(&palette.edge);
    context.set_line_width(1.0);
    context.stroke();
    Ok(())
}

/// How the wafer lies on the canvas.
struct Lie {
    middle: [f64; 2],
    px_per_mm: f64,
    pixel_ratio: f64,
}

impl Lie {
    /// Left, top, width and height of a cell, on whole device pixels, at least one of them.
    fn cell(&self, picture: &Picture, column: u32, row: u32) -> [f64; 4] {
        let edge = |index: u32| f64::from(index) * picture.cell_mm - picture.radius_mm;
        let sharp = |px: f64| (px * self.pixel_ratio).round() / self.pixel_ratio;
        let [x, y] = self.middle;
        let [left, right] =
            [column, column + 1].map(|index| sharp(x + edge(index) * self.px_per_mm));
        let [bottom, top] = [row, row + 1].map(|index| sharp(y - edge(index) * self.px_per_mm));
        let least = 1.0 / self.pixel_ratio;
        [
            left,
            top,
            (right - left).max(least),
            (bottom - top).max(least),
        ]
    }

    /// The rim with its mark at the bottom.
    fn outline(
        &self,
        context: &CanvasRenderingContext2d,
        picture: &Picture,
    ) -> Result<(), JsValue> {
        let [x, y] = self.middle;
        let radius = picture.diameter_mm / 2.0 * self.px_per_mm;
        let half_angle = match picture.mark {
            MarkType::Notch => NOTCH_HALF_ANGLE,
            MarkType::Flat | MarkType::DoubleFlat => FLAT_HALF_ANGLE,
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
        if picture.mark == MarkType::Notch {
            context.line_to(x, y + radius * (1.0 - 1.6 * NOTCH_HALF_ANGLE));
        }
        context.close_path();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette() -> Palette {
        Palette {
            stops: [[0; 3], [40; 3], [80; 3], [120; 3], [200; 3]],
            mark: [0; 3],
            ink: [0; 3],
            more: [0; 3],
            less: [0; 3],
            fill: String::new(),
            edge: String::new(),
        }
    }

    #[test]
    fn colours_between_two_stops_lie_between_them() {
        let palette = palette();
        assert_eq!(palette.at(0.0), [0; 3]);
        assert_eq!(palette.at(0.125), [20; 3]);
        assert_eq!(palette.at(1.0), [200; 3]);
        assert_eq!(palette.at(7.0), [200; 3]);
    }

    #[test]
    fn a_cell_is_never_smaller_than_a_pixel_and_row_0_is_at_the_bottom() {
        let picture = Picture {
            diameter_mm: 300.0,
            mark: MarkType::Notch,
            cell_mm: 0.5,
            radius_mm: 150.0,
            cells: Vec::new(),
        };
        let lie = Lie {
            middle: [50.0, 50.0],
            px_per_mm: 97.0 / 300.0,
            pixel_ratio: 1.0,
        };
        let [left, top, width, height] = lie.cell(&picture, 0, 0);
        assert_eq!([left, width, height], [2.0, 1.0, 1.0]);
        assert!(top > 95.0);
    }

    #[test]
    fn a_colour_that_is_none_is_grey() {
        assert_eq!(rgb("#ff8000"), [255, 128, 0]);
        assert_eq!(rgb("orange"), [128; 3]);
    }
}
