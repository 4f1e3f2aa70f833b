//! Contrast and brightness: how grey values are spread over the screen's.

use std::f64::consts::FRAC_PI_4;

/// Steepest and flattest contrast: beyond them a picture is two colours, or one.
const STEEPEST: f64 = 97.0;
/// Share of pixels at either end that an automatic spread may lose.
const LOST: f64 = 0.005;

/// How grey values are spread; 0 and 0 leave them as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Levels {
    /// -100 (all black) to 100 (all white).
    pub brightness: f64,
    /// -100 (all grey) to 100 (black and white).
    pub contrast: f64,
}

impl Levels {
    /// Spreads what a picture has from black to white, but for the outermost half percent on either side.
    ///
    /// `histogram` counts pixels by grey value.
    #[must_use]
    pub fn auto(histogram: &[u32; 256]) -> Self {
        let total: f64 = histogram.iter().copied().map(f64::from).sum();
        let mut seen = 0.0;
        let (mut low, mut high) = (0.0, 255.0);
        for (grey, &count) in (0..=255_u8).zip(histogram) {
            let before = seen;
            seen += f64::from(count);
            if before <= total * LOST && seen > total * LOST {
                low = f64::from(grey);
            }
            if before < total * (1.0 - LOST) && seen >= total * (1.0 - LOST) {
                high = f64::from(grey);
            }
        }
        if high <= low {
            return Self::default();
        }
        let slope = 255.0 / (high - low);
        let middle = f64::midpoint(low, high) / 255.0;
        Self {
            brightness: ((0.5 - middle) * 100.0).clamp(-100.0, 100.0),
            contrast: ((slope.atan() / FRAC_PI_4 - 1.0) * 100.0).clamp(-STEEPEST, STEEPEST),
        }
    }

    /// Whether grey values stay as they are.
    #[must_use]
    pub fn is_neutral(self) -> bool {
        self == Self::default()
    }

    /// What becomes of each grey value.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a byte"
    )]
    pub fn table(self) -> [u8; 256] {
        let slope = ((self.contrast.clamp(-STEEPEST, STEEPEST) / 100.0 + 1.0) * FRAC_PI_4).tan();
        let spread = |grey: usize| {
            let value = grey as f64 / 255.0 + self.brightness / 100.0;
            (((value - 0.5) * slope + 0.5) * 255.0)
                .round()
                .clamp(0.0, 255.0) as u8
        };
        std::array::from_fn(spread)
    }
}

/// Spreads the colours of pixels, four bytes each, the last of which is left alone.
pub fn spread(rgba: &mut [u8], table: &[u8; 256]) {
    for pixel in rgba.chunks_exact_mut(4) {
        for value in &mut pixel[..3] {
            *value = table[usize::from(*value)];
        }
    }
}

/// Counts pixels by their grey value: the mean of red, green and blue.
#[must_use]
pub fn histogram(rgba: &[u8]) -> [u32; 256] {
    let mut counts = [0; 256];
    for pixel in rgba.chunks_exact(4) {
        let sum: u16 = pixel[..3].iter().copied().map(u16::from).sum();
        counts[usize::from(sum / 3)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_levels_change_nothing() {
        let table = Levels::default().table();
        assert!(
            (0..=255_u8)
                .zip(table)
                .all(|(grey, becomes)| grey == becomes)
        );
    }

    #[test]
    fn more_contrast_parts_what_is_beside_the_middle() {
        let levels = Levels {
            contrast: 50.0,
            ..Levels::default()
        };
        let table = levels.table();
        assert!(table[100] < 100 && table[155] > 155);
        assert!(table.is_sorted(), "dark stays darker than bright");
    }

    #[test]
    fn a_dull_picture_is_spread_from_black_to_white() {
        let mut counts = [0; 256];
        counts[90..=150].fill(100);
        let table = Levels::auto(&counts).table();
        assert!(
            table[90] <= 4 && table[150] >= 251,
            "{} {}",
            table[90],
            table[150]
        );
        assert!((120..=136).contains(&table[120]));
    }

    #[test]
    fn single_hot_pixels_do_not_keep_a_picture_dull() {
        let mut counts = [0; 256];
        counts[90..=150].fill(1000);
        (counts[0], counts[255]) = (3, 3);
        assert!(Levels::auto(&counts).table()[150] >= 248);
    }

    #[test]
    fn a_picture_of_one_grey_is_left_alone() {
        let mut counts = [0; 256];
        counts[77] = 10;
        assert!(Levels::auto(&counts).is_neutral());
    }

    #[test]
    fn transparency_is_no_colour() {
        let mut rgba = [10, 20, 30, 128];
        spread(&mut rgba, &[7; 256]);
        assert_eq!(rgba, [7, 7, 7, 128]);
        assert_eq!(histogram(&[10, 20, 30, 0])[20], 1);
    }
}
