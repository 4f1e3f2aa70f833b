//! Numbers as people read them on charts.

/// Four significant digits at most, whole numbers in full with commas between thousands:
/// `12,263`, `0.03456`, `41.5`.
#[must_use]
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value == value.trunc() && value.abs() < 1e15 {
        return grouped(&format!("{value:.0}"));
    }
    let magnitude = value.abs().log10().floor();
    if magnitude < -6.0 {
        return format!("{value:.2e}");
    }
    let decimals = (3.0 - magnitude).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        let short = text.trim_end_matches('0').trim_end_matches('.');
        let (whole, fraction) = short.split_once('.').unwrap_or((short, ""));
        if fraction.is_empty() {
            grouped(whole)
        } else {
            format!("{}.{fraction}", grouped(whole))
        }
    } else {
        grouped(&text)
    }
}

fn grouped(whole: &str) -> String {
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    text.push_str(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
            (-16.0, "-16"),
            (0.0, "0"),
            (99.996, "100"),
            (1e-9, "1.00e-9"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(figure(value), text);
        }
    }
}
