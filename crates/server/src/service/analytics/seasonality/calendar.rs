//! Shift, weekday, hour and month of an inspection by the clock of its tool.

use chrono::{Datelike as _, Timelike as _};

use super::Counted;

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const HOURS: [&str; 24] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23",
];
/// The shifts of 12 hours where none was delivered.
const SHIFTS: [&str; 2] = ["day", "night"];
const DAY_SHIFT: std::ops::Range<u32> = 6..18;

/// The name of a group, ordered by its place in clock or calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label<'a> {
    place: usize,
    text: &'a str,
}

impl<'a> Label<'a> {
    pub fn of(place: usize, text: &'a str) -> Self {
        Self { place, text }
    }

    pub fn text(self) -> &'a str {
        self.text
    }

    fn in_list(list: &[&'static str], place: usize) -> Self {
        Self::of(place, list[place])
    }

    /// The shift that was delivered, in the order of their names, else the one of the hour.
    fn shift(delivered: &'a str, hour: u32) -> Self {
        let of_hour = SHIFTS[usize::from(!DAY_SHIFT.contains(&hour))];
        let shift = if delivered.is_empty() {
            of_hour
        } else {
            delivered
        };
        let place = SHIFTS.iter().position(|known| *known == shift);
        Self::of(place.unwrap_or(SHIFTS.len()), shift)
    }
}

/// The labels of inspections by shift, weekday, hour, month: the order of `SeasonBy`.
pub(super) fn labels<'a>(counted: &[Counted<'a>]) -> [Vec<Label<'a>>; 4] {
    let mut labels = [const { Vec::new() }; 4];
    for one in counted {
        let local = one.at.with_timezone(&one.zone);
        let of_one = [
            Label::shift(one.shift, local.hour()),
            Label::in_list(&WEEKDAYS, local.weekday().num_days_from_monday() as usize),
            Label::in_list(&HOURS, local.hour() as usize),
            Label::in_list(&MONTHS, local.month0() as usize),
        ];
        labels
            .iter_mut()
            .zip(of_one)
            .for_each(|(labels, label)| labels.push(label));
    }
    labels
}
