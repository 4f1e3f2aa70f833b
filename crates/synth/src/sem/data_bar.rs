//! The data bar at the foot of an image: beam, detector, magnification, scale bar.

use std::convert::Infallible;

use embedded_graphics::mono_font::{MonoTextStyle, iso_8859_1::FONT_6X10};
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Alignment, Text};

use super::{DATA_BAR_PX, HEIGHT_PX, Image, WIDTH_PX, decade};

/// Widest scale bar, as a share of the image's width.
const WIDEST: f64 = 0.3;
const TOP: i32 = (HEIGHT_PX - DATA_BAR_PX) as i32;
/// Right end of the scale bar.
const RIGHT: i32 = WIDTH_PX as i32 - 6;

struct Canvas<'a>(&'a mut [u8]);

impl OriginDimensions for Canvas<'_> {
    fn size(&self) -> Size {
        Size::new(WIDTH_PX, HEIGHT_PX)
    }
}

impl DrawTarget for Canvas<'_> {
    type Color = Gray4;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Gray4>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        let area = self.bounding_box();
        for Pixel(at, colour) in pixels.into_iter().filter(|pixel| area.contains(pixel.0)) {
            self.0[(at.y as u32 * WIDTH_PX + at.x as u32) as usize] = colour.luma();
        }
        Ok(())
    }
}

/// Length of the scale bar for a field of view of this width: in um, and in pixels.
pub(super) fn scale_bar(field_um: f64) -> (f64, u32) {
    let length_um = round_length(field_um * WIDEST);
    (
        length_um,
        (length_um / field_um * f64::from(WIDTH_PX)).round() as u32,
    )
}

/// Draws the bar after what `image` says.
pub(super) fn draw(levels: &mut [u8], image: &Image) {
    let Ok(()) = paint(&mut Canvas(levels), image);
}

fn paint(canvas: &mut Canvas, image: &Image) -> Result<(), Infallible> {
    let filled = |level: u8| PrimitiveStyle::with_fill(Gray4::new(level));
    let text = MonoTextStyle::new(&FONT_6X10, Gray4::WHITE);
    let area = Rectangle::new(Point::new(0, TOP), Size::new(WIDTH_PX, DATA_BAR_PX));
    area.into_styled(filled(1)).draw(canvas)?;
    let beam = format!(
        "{:.1} kV  WD {:.1} mm  {}",
        image.beam_kv, image.working_distance_mm, image.detector
    );
    Text::new(&beam, Point::new(4, TOP + 9), text).draw(canvas)?;
    let view = format!(
        "{}  HFW {}",
        magnification_text(image.magnification),
        length_text(image.field_of_view_um)
    );
    Text::new(&view, Point::new(4, TOP + 20), text).draw(canvas)?;
    let left = RIGHT - image.scale_bar_px as i32;
    let middle = Point::new((left + RIGHT) / 2, TOP + 9);
    Text::with_alignment(
        &length_text(image.scale_bar_um),
        middle,
        text,
        Alignment::Center,
    )
    .draw(canvas)?;
    let bar = Rectangle::new(Point::new(left, TOP + 16), Size::new(image.scale_bar_px, 3));
    bar.into_styled(filled(15)).draw(canvas)
}

/// The greatest of 1, 2 and 5 times a power of ten that is at most `length`.
fn round_length(length: f64) -> f64 {
    let steps = (-6..6).flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * decade(power)));
    steps
        .take_while(|&step| step <= length)
        .last()
        .unwrap_or(length)
}

fn length_text(um: f64) -> String {
    if um < 1.0 {
        format!("{} nm", (um * 1000.0).round())
    } else {
        format!("{um} \u{b5}m")
    }
}

fn magnification_text(magnification: f64) -> String {
    if magnification < 1000.0 {
        format!("{magnification:.0} x")
    } else {
        format!("{:.0} kx", magnification / 1000.0)
    }
}
