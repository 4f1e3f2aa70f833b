//! Rules by which both families turn texts into facts of a wafer.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::frame::MarkLocation;
use crate::timestamp::Timestamp;
use crate::wafer::{Keyword, Test, Wafer};

/// Keywords kept of one wafer; files have some forty.
const MAX_KEYWORDS: usize = 1000;

/// Wafers one file may have; a lot has 25.
pub(crate) const MAX_WAFERS: usize = 1000;

/// Refuses a file with more wafers than anybody can mean.
pub(crate) fn check_wafers(wafers: usize, place: Place) -> Result<(), Error> {
    if wafers <= MAX_WAFERS {
        return Ok(());
    }
    let message = format!("the file has more than {MAX_WAFERS} wafers");
    Err(Diagnostic::error("file-too-large", place, message).into())
}

/// The test the next plan, area or parameters belong to; a file may leave out its number.
pub(crate) fn test_in_force(wafer: &mut Wafer) -> &mut Test {
    if wafer.tests.is_empty() {
        wafer.tests.push(Test {
            number: 1,
            ..Test::default()
        });
    }
    let last = wafer.tests.len() - 1;
    &mut wafer.tests[last]
}

/// Begins a test, or goes on with it when it is the one in force.
pub(crate) fn begin_test(wafer: &mut Wafer, number: i32) {
    if wafer.tests.last().is_none_or(|test| test.number != number) {
        wafer.tests.push(Test {
            number,
            ..Test::default()
        });
    }
}

/// Keeps a keyword as delivered; a value holds until it is replaced.
pub(crate) fn remember(
    keyword: Keyword,
    wafer: &mut Wafer,
    place: Place,
    diagnostics: &mut Diagnostics,
) {
    let known = wafer
        .keywords
        .iter()
        .position(|old| old.name.eq_ignore_ascii_case(&keyword.name));
    if let Some(at) = known {
        wafer.keywords[at] = Arc::new(keyword);
    } else if wafer.keywords.len() < MAX_KEYWORDS {
        wafer.keywords.push(Arc::new(keyword));
    } else {
        let message = format!("more than {MAX_KEYWORDS} keywords: the others are left out");
        diagnostics.add(Diagnostic::warning("too-many-keywords", place, message));
    }
}

/// A date and time; an impossible one keeps its text and is reported.
pub(crate) fn timestamp(
    keyword: &str,
    date: &str,
    time: &str,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> Timestamp {
    let timestamp = Timestamp::parse(date, time);
    if timestamp.local.is_none() {
        diagnostics.add(
            Diagnostic::warning(
                "date-impossible",
                place,
                format!("{keyword} is no possible date"),
            )
            .expected("MM-DD-YY, MM-DD-YYYY or YYYY-MM-DD, and HH:MM:SS")
            .found(format!("\"{}\"", timestamp.text)),
        );
    }
    timestamp
}

/// Where notch or flat are; anything unknown is reported and left out.
pub(crate) fn mark_location(
    text: &str,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> Option<MarkLocation> {
    let location = MarkLocation::parse(text);
    if location.is_none() {
        diagnostics.add(
            Diagnostic::warning(
                "orientation-unknown",
                place,
                "OrientationMarkLocation is not known, taken as DOWN",
            )
            .expected("DOWN, LEFT, UP, RIGHT or 0, 90, 180, 270")
            .found(format!("\"{text}\"")),
        );
    }
    location
}

pub(crate) fn is_yes(text: &str) -> bool {
    text.eq_ignore_ascii_case("YES") || text.eq_ignore_ascii_case("Y")
}
