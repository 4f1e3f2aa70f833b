//! Numbers as people read them on charts.

use crate::format::{UNKNOWN, count};

/// Four significant digits at most, whole numbers in full with commas between thousands:
/// `12,263`, `0.03456`, `41.5`.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be in range"
)]
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_owned();
    }
    let magnitude = if value == 0.0 {
        0.0
    } else {
        value.abs().log10().floor()
    };
    if !(-6.0..15.0).contains(&magnitude) {
        return format!("{value:.2e}");
    }
    let decimals = (3.0 - magnitude).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    let (_, fraction) = text.split_once('.').unwrap_or((&text, ""));
    match fraction.trim_end_matches('0') {
        "" => count(value.round() as i64),
        // Digits behind the point mean that there are at most three before it.
        fraction => format!("{}.{fraction}", text.split('.').next().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_keep_four_significant_digits_and_whole_numbers_in_full() {
        for (value, text) in [
            (12263.0, "12,263"),
            (0.034_561_2, "0.03456"),
            (41.5, "41.5"),
            (1234.56, "1,235"),
            (-1234.0, "−1,234"),
            (-0.5, "-0.5"),
            (0.0, "0"),
            (99.996, "100"),
            (1e-9, "1.00e-9"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(figure(value), text);
        }
    }
}
