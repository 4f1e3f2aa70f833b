//! Numbers of defect rows, read from bytes.

/// What a cell of a whole-number column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    Value(i32),
    /// `NA`, `NONE` or an empty text.
    Missing,
    /// A whole number that does not fit 32 bits.
    TooLarge,
    /// Something else.
    Otherwise,
}

/// Reads a whole number. Some writers give all numbers as reals: `3.000000` is 3.
#[inline]
pub(crate) fn whole(bytes: &[u8]) -> Whole {
    let (is_negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 9 {
        return whole_from_real(bytes);
    }
    let mut value = 0_i32;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return whole_from_real(bytes);
        }
        value = value * 10 + i32::from(digit);
    }
    Whole::Value(if is_negative { -value } else { value })
}

#[cold]
fn whole_from_real(bytes: &[u8]) -> Whole {
    match real(bytes) {
        Real::Missing => Whole::Missing,
        Real::Value(value) if value.fract() != 0.0 => Whole::Otherwise,
        Real::Value(value) if (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&value) => {
            Whole::Value(value as i32)
        }
        Real::Value(_) => Whole::TooLarge,
        Real::Otherwise => Whole::Otherwise,
    }
}

/// What a cell of a real column holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Real {
    /// A finite number.
    Value(f64),
    /// `NA`, `NONE`, an empty text, or no finite number.
    Missing,
    /// Something else.
    Otherwise,
}

/// Reads a real number; the decimal point is always `.`.
#[inline]
pub(crate) fn real(bytes: &[u8]) -> Real {
    match fast_float2::parse::<f64, _>(bytes) {
        Ok(value) if value.is_finite() => Real::Value(value),
        Ok(_) => Real::Missing,
        Err(_) if is_missing(bytes) => Real::Missing,
        Err(_) => Real::Otherwise,
    }
}

fn is_missing(bytes: &[u8]) -> bool {
    bytes.is_empty() || bytes.eq_ignore_ascii_case(b"NA") || bytes.eq_ignore_ascii_case(b"NONE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_in_every_spelling_seen() {
        for (text, expected) in [
            ("0", 0),
            ("-37", -37),
            ("+5", 5),
            ("999999999", 999_999_999),
            ("2147483647", i32::MAX),
            ("-2147483648", i32::MIN),
            ("3.000000", 3),
            ("1.0000000000e+003", 1000),
        ] {
            assert_eq!(whole(text.as_bytes()), Whole::Value(expected), "{text}");
        }
        assert_eq!(whole(b"2147483648"), Whole::TooLarge);
        assert_eq!(whole(b"NA"), Whole::Missing);
        for text in ["75000.123", "-", "+", "--1", "1-", "0x10", "Slot", "1,5"] {
            assert_eq!(whole(text.as_bytes()), Whole::Otherwise, "{text}");
        }
    }

    #[test]
    fn reals_are_read_with_exponents_of_one_to_three_digits() {
        for (text, expected) in [
            ("0.000000", 0.0),
            ("1.5000000000e+005", 1.5e5),
            ("5.5E3", 5500.0),
            ("-2.0e+001", -20.0),
        ] {
            assert_eq!(real(text.as_bytes()), Real::Value(expected), "{text}");
        }
        assert_eq!(real(b"na"), Real::Missing);
        assert_eq!(real(b""), Real::Missing);
        assert_eq!(real(b"1e999"), Real::Missing);
        assert_eq!(real(b"1.5.2"), Real::Otherwise);
        assert_eq!(real(b"EndOfFile"), Real::Otherwise);
    }
}
