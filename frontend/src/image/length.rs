//! Lengths on a picture: what a scale bar and a measured distance say.

use crate::canvas::round_length;
use crate::format;

/// A straight line between two points of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Where it begins.
    pub from: [f64; 2],
    /// Where it ends.
    pub to: [f64; 2],
}

impl Line {
    /// Its length in pixels.
    #[must_use]
    pub fn length_px(self) -> f64 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }

    /// Its length in words: in nm or um where the size of a pixel is known, in pixels elsewhere.
    #[must_use]
    pub fn text(self, pixel_size_nm: Option<f64>) -> String {
        let pixels = self.length_px();
        match pixel_size_nm {
            Some(size_nm) => length(pixels * size_nm),
            None => format!("{} px", format::fixed(pixels, 1)),
        }
    }
}

/// A length with three significant digits: nm below 1 um, um below 1 mm.
#[must_use]
pub fn length(nm: f64) -> String {
    match nm {
        nm if nm < 999.5 => format!("{} nm", format::significant(nm)),
        nm if nm < 999_500.0 => format!("{} µm", format::significant(nm / 1e3)),
        nm => format!("{} mm", format::significant(nm / 1e6)),
    }
}

/// A scale bar: length on the screen in px and what is written at it, for `nm_per_px` CSS px of the
/// screen and at most `longest_px`.
#[must_use]
pub fn bar(nm_per_px: f64, longest_px: f64) -> (f64, String) {
    let nm = round_length(longest_px * nm_per_px);
    let text = match nm {
        nm if nm < 1e3 => format!("{} nm", plain(nm)),
        nm if nm < 1e6 => format!("{} µm", plain(nm / 1e3)),
        nm => format!("{} mm", plain(nm / 1e6)),
    };
    (nm / nm_per_px, text)
}

/// A round number without digits that say nothing.
fn plain(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_has_three_digits_in_a_fitting_unit() {
        for (nm, text) in [
            (0.5, "0.500 nm"),
            (42.0, "42.0 nm"),
            (999.4, "999 nm"),
            (999.6, "1.00 µm"),
            (12_345.0, "12.3 µm"),
            (2_500_000.0, "2.50 mm"),
        ] {
            assert_eq!(length(nm), text);
        }
    }

    #[test]
    fn a_line_of_3_by_4_pixels_is_5_pixels_long() {
        let line = Line {
            from: [10.0, 10.0],
            to: [13.0, 6.0],
        };
        assert_eq!(line.text(Some(20.0)), "100 nm");
        assert_eq!(line.text(None), "5.0 px");
    }

    #[test]
    fn a_scale_bar_is_round_and_not_longer_than_allowed() {
        for (nm_per_px, text) in [
            (10.0, "1 µm"),
            (3.3, "200 nm"),
            (0.004, "0.5 nm"),
            (40_000.0, "5 mm"),
        ] {
            let (length_px, written) = bar(nm_per_px, 140.0);
            assert_eq!(written, text);
            assert!(length_px <= 140.0 && length_px > 50.0, "{length_px}");
        }
    }
}
