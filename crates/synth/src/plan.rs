//! What fab to make.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Error;

/// What fab to make. The same plan makes the same fab.
///
/// # Example
/// ```
/// let end = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
/// let fab = synth::Fab::new(synth::Plan { scale: 0.05, ..synth::Plan::new(7, end) })?;
/// let defects: usize = fab.lots().map(|lot| lot.defects()).sum();
/// assert!(defects > 1_000);
/// # Ok::<(), synth::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Everything that is left to chance follows from it.
    pub seed: u64,
    /// How many times the default number of lots, more than 0, at most 10,000. At 1 there are some
    /// 10,000 inspections and 115,000 defects.
    pub scale: f64,
    /// The fab's twelve months (365 days) end with the first second of this day (UTC), so that
    /// nothing lies in the future when it is today.
    pub end: NaiveDate,
    /// Share of the defects that have a SEM image, 0 to 1.
    pub image_share: f64,
    /// Share of the imaged defects that have a spectrum, 0 to 1.
    pub spectrum_share: f64,
    /// Exponent `p` of the density of sizes, `size^-p`, 1.5 to 6. Stapper's law has 3.
    pub size_exponent: f64,
}

impl Plan {
    /// The days that the fab's records span.
    pub const DAYS: i64 = 365;
    /// Lots at scale 1.
    pub const LOTS: f64 = 200.0;

    /// The default fab.
    #[must_use]
    pub fn new(seed: u64, end: NaiveDate) -> Self {
        Self {
            seed,
            scale: 1.0,
            end,
            image_share: 0.1,
            spectrum_share: 0.3,
            size_exponent: 3.0,
        }
    }

    /// How many lots are started, at least 1.
    pub(crate) fn lots(&self) -> u32 {
        // Within the bounds of `check` the product is far below the largest u32.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 2,000,000"
        )]
        let lots = (Self::LOTS * self.scale).round().max(1.0) as u32;
        lots
    }

    /// The first moment of the records.
    pub(crate) fn from(&self) -> DateTime<Utc> {
        self.to() - Duration::days(Self::DAYS)
    }

    /// The moment at which the records end, no part of them.
    pub(crate) fn to(&self) -> DateTime<Utc> {
        self.end.and_time(NaiveTime::MIN).and_utc()
    }

    /// The moment some days before the end.
    pub(crate) fn days_before_end(&self, days: f64) -> DateTime<Utc> {
        self.to() - seconds(days * 86_400.0)
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let within = |name, value: f64, least: f64, most: f64| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(Error::Plan {
                name,
                value: value.to_string(),
                least: least.to_string(),
                most: most.to_string(),
            })
        };
        within("scale", self.scale, 0.005, 10_000.0)?;
        within("image_share", self.image_share, 0.0, 1.0)?;
        within("spectrum_share", self.spectrum_share, 0.0, 1.0)?;
        within("size_exponent", self.size_exponent, 1.5, 6.0)?;
        let (first, last) = (year_start(1971), year_start(9000));
        if (first..=last).contains(&self.end) {
            return Ok(());
        }
        Err(Error::Plan {
            name: "end",
            value: self.end.to_string(),
            least: first.to_string(),
            most: last.to_string(),
        })
    }
}

fn year_start(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("January has a first day")
}

/// A span of whole seconds, as inspection tools note times.
pub(crate) fn seconds(seconds: f64) -> Duration {
    #[expect(clippy::cast_possible_truncation, reason = "some years at most")]
    let whole = seconds.round() as i64;
    Duration::seconds(whole)
}
