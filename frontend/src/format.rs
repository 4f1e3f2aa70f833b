//! Numbers and times as people read them.
//!
//! Times are shown in the browser's zone; what shows one carries the UTC moment as its tooltip.

use chrono::{DateTime, Local, NaiveDate, TimeZone, Utc};

/// What stands where a value is not known.
pub const UNKNOWN: &str = "–";

/// A whole number with thousands separators.
pub fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three significant digits, without an exponent where people can do without: densities, sizes.
pub fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 {
            "0".to_owned()
        } else {
            UNKNOWN.to_owned()
        };
    }
    let magnitude = value.abs().log10().floor() as i32;
    match magnitude {
        ..=-5 => format!("{value:.2e}"),
        -4..=2 => {
            let text = format!("{value:.*}", (2 - magnitude) as usize);
            // 9.999 rounds to 10.00: one digit too many.
            match text.parse::<f64>() {
                Ok(rounded)
                    if rounded.abs().log10().floor() as i32 > magnitude && magnitude < 2 =>
                {
                    format!("{value:.*}", (1 - magnitude) as usize)
                }
                _ => text,
            }
        }
        _ => count(value.round() as i64),
    }
}

/// A number with a fixed count of decimals.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// Percent with one decimal.
pub fn percent(value: f64) -> String {
    format!("{} %", fixed(value, 1))
}

/// A probability with its sign: `p 0.032`, `p < 0.001`.
pub fn p_value(p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p {}", fixed(p, 3))
    }
}

/// A value that may be unknown.
pub fn or_unknown<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), write)
}

/// Bytes in the largest decimal unit that keeps a whole number in front.
pub fn bytes(value: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = value;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    match unit {
        0 => format!("{} B", count(value as i64)),
        _ => format!("{} {}", significant(value), units[unit]),
    }
}

/// Seconds as people say them.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{} ms", (s * 1000.0).round()),
        s if s < 60.0 => format!("{} s", fixed(s, 1)),
        s => format!("{} min {} s", (s / 60.0).floor(), (s % 60.0).floor()),
    }
}

/// A moment to the minute, in the browser's zone.
pub fn moment(at: DateTime<Utc>) -> String {
    moment_in(at, &Local)
}

fn moment_in<Z: TimeZone>(at: DateTime<Utc>, zone: &Z) -> String
where
    Z::Offset: std::fmt::Display,
{
    at.with_timezone(zone).format("%Y-%m-%d %H:%M").to_string()
}

/// A moment to the second in UTC: the tooltip of every time shown.
pub fn moment_utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The day of a moment in the browser's zone, as date inputs write it.
pub fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d").to_string()
}

/// The first moment of a day in the browser's zone, from the text of a date input.
pub fn day_start(text: &str) -> Option<DateTime<Utc>> {
    let day: NaiveDate = text.parse().ok()?;
    // Where a zone skips midnight, the day begins with the first hour there is.
    let starts = (0..3).filter_map(|hour| {
        Local
            .from_local_datetime(&day.and_hms_opt(hour, 0, 0)?)
            .earliest()
    });
    starts.map(|start| start.to_utc()).next()
}

/// A moment in the browser's zone, from the text of a date and time input.
pub fn local_moment(text: &str) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = formats
        .iter()
        .find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok())?;
    let moment = Local.from_local_datetime(&read).earliest()?;
    Some(moment.to_utc())
}

/// The word with a capital letter in front and blanks for underscores: `double_flat` is Double flat.
pub fn words(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", characters.as_str().replace('_', " "))
}

/// What an image was taken with, as people write it.
pub fn image_kind(kind: contract::image::ImageKind) -> &'static str {
    use contract::image::ImageKind;
    match kind {
        ImageKind::Sem => "SEM",
        ImageKind::Optical => "Optical",
        ImageKind::Other => "Other",
    }
}

/// The number and its noun, in the singular for one.
pub fn plural(value: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn thousands_are_set_apart() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (12_263, "12,263"),
            (1_000_000, "1,000,000"),
            (-4_096, "−4,096"),
        ] {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn a_density_has_three_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.012_345, "0.0123"),
            (0.5, "0.500"),
            (9.999, "10.0"),
            (17.35, "17.4"),
            (123.4, "123"),
            (45_678.9, "45,679"),
            (0.000_001_234, "1.23e-6"),
            (-2.5, "-2.50"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value), text, "{value}");
        }
    }

    #[test]
    fn a_number_that_rounds_to_zero_has_no_sign() {
        assert_eq!(fixed(-0.000_1, 2), "0.00");
        assert_eq!(fixed(-88.990_76, 3), "−88.991");
    }

    #[test]
    fn a_moment_is_told_in_the_zone_of_the_reader() {
        let at = DateTime::parse_from_rfc3339("2024-03-01T23:30:15Z")
            .expect("a moment")
            .to_utc();
        let zone = FixedOffset::east_opt(3600).expect("an offset");
        assert_eq!(moment_in(at, &zone), "2024-03-02 00:30");
        assert_eq!(moment_utc(at), "2024-03-01 23:30:15 UTC");
    }

    #[test]
    fn bytes_and_seconds_have_fitting_units() {
        assert_eq!(
            (bytes(806_267.0), bytes(12.0)),
            ("806 kB".to_owned(), "12 B".to_owned())
        );
        assert_eq!(
            (duration(0.25), duration(75.0)),
            ("250 ms".to_owned(), "1 min 15 s".to_owned())
        );
    }

    #[test]
    fn a_small_probability_is_never_written_as_zero() {
        assert_eq!(
            (p_value(0.000_2), p_value(0.0312)),
            ("p < 0.001".to_owned(), "p 0.031".to_owned())
        );
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(plural(1, "defect", "defects"), "1 defect");
        assert_eq!(plural(16, "defect", "defects"), "16 defects");
    }
}
