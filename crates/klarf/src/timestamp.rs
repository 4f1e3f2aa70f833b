//! Dates and times of KLARF files: local to the tool, written in several ways.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::Serialize;

/// A date and time as delivered, and what it means where that can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timestamp {
    /// Date and time as the file writes them, separated by a blank.
    pub text: String,
    /// Local date and time of the tool; absent when the text is no possible date.
    pub local: Option<NaiveDateTime>,
}

impl Timestamp {
    /// Reads date and time: `MM-DD-YY`, `MM-DD-YYYY` or `YYYY-MM-DD`, and `H:MM:SS`.
    ///
    /// Two-digit years from 70 are taken as 19YY, others as 20YY.
    pub fn parse(date: &str, time: &str) -> Self {
        let text = format!("{date} {time}").trim().to_owned();
        let local = parse_date(date)
            .zip(parse_time(time))
            .map(|(d, t)| d.and_time(t));
        Self { text, local }
    }
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, ['-', '/']);
    let [a, b, c] = [parts.next()?, parts.next()?, parts.next()?];
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, a, b) };
    NaiveDate::from_ymd_opt(parse_year(year)?, digits(month)?, digits(day)?)
}

fn parse_year(text: &str) -> Option<i32> {
    let year = i32::try_from(digits(text)?).ok()?;
    match text.len() {
        2 if year >= 70 => Some(1900 + year),
        2 => Some(2000 + year),
        4 => Some(year),
        _ => None,
    }
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.splitn(3, ':');
    let [h, m, s] = [parts.next()?, parts.next()?, parts.next()?];
    let s = s.split_once('.').map_or(s, |(whole, _fraction)| whole);
    NaiveTime::from_hms_opt(digits(h)?, digits(m)?, digits(s)?)
}

/// One to four digits and nothing else: `u32::from_str` would let a sign pass.
fn digits(text: &str) -> Option<u32> {
    let is_plain = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(date: &str, time: &str, expected: Option<&str>) {
        let local = Timestamp::parse(date, time).local.map(|t| t.to_string());
        assert_eq!(local.as_deref(), expected, "{date} {time}");
    }

    #[test]
    fn the_spellings_of_dates_and_times_mean_what_the_files_mean() {
        check("10-19-21", "10:06:32", Some("2021-10-19 10:06:32"));
        check("07-07-77", "0:17:07", Some("1977-07-07 00:17:07"));
        check("01-02-2024", "22:22:22", Some("2024-01-02 22:22:22"));
        check("2000-01-30", "15:40:57", Some("2000-01-30 15:40:57"));
        check("12-31-69", "23:59:59", Some("2069-12-31 23:59:59"));
        check("01-01-70", "00:00:00", Some("1970-01-01 00:00:00"));
    }

    #[test]
    fn impossible_dates_keep_their_text_only() {
        for (date, time) in [
            ("13-45-21", "10:00:00"),
            ("02-30-21", "10:00:00"),
            ("", ""),
            ("1-1-1-1", "1:1:1"),
            ("+1-02-21", "10:00:00"),
            ("01-01-21", "25:00:00"),
        ] {
            check(date, time, None);
        }
        assert_eq!(
            Timestamp::parse("13-45-21", "10:00:00").text,
            "13-45-21 10:00:00"
        );
    }
}
