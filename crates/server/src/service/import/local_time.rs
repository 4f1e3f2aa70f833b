//! A tool writes its own local time; the database and the API hold UTC.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// The moment of a local time in a tool's zone.
///
/// An hour that occurs twice (clocks set back) is taken as its first occurrence. One that does not
/// occur (clocks set forward) is taken as if the clock had not been set yet, which is how a tool that
/// sets its clock late writes it.
#[must_use]
pub fn utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.to_utc(),
        LocalResult::None => {
            let before = zone.from_local_datetime(&(local - Duration::hours(3)));
            before.earliest().map_or_else(
                || local.and_utc(),
                |moment| moment.to_utc() + Duration::hours(3),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(local: &str, expected: &str) {
        let local: NaiveDateTime = local.parse().unwrap();
        let expected: DateTime<Utc> = expected.parse().unwrap();
        assert_eq!(utc(local, Tz::Europe__Berlin), expected, "{local}");
    }

    #[test]
    fn winter_and_summer_have_their_own_offset() {
        check("2026-01-15T12:00:00", "2026-01-15T11:00:00Z");
        check("2026-07-15T12:00:00", "2026-07-15T10:00:00Z");
    }

    #[test]
    fn an_hour_that_occurs_twice_is_the_first() {
        check("2026-10-25T02:30:00", "2026-10-25T00:30:00Z");
    }

    #[test]
    fn an_hour_that_does_not_occur_goes_on_from_the_one_before() {
        check("2026-03-29T02:30:00", "2026-03-29T01:30:00Z");
    }
}
