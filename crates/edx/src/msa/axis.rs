//! The energy scale of a file.

use super::{Error, Text};

/// Narrower channels than this are in keV where the file does not tell the unit: detectors have
/// channels of 1 to 50 eV.
const NARROWEST_IN_EV: f64 = 0.5;
/// No detector has channels as narrow as this.
const NARROWEST_KEV: f64 = 1e-6;
/// No X-ray line lies beyond; an offset or channel this large is a mistake.
const LARGEST_KEV: f64 = 1_000.0;

/// Unit of the energies in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Ev,
    Kev,
}

impl Unit {
    /// The unit that a value of `XUNITS` names, such as `eV`, `KeV`, `Energy (eV)`; none for an empty one.
    pub(super) fn of(text: Text<'_>) -> Result<Option<Self>, Error> {
        let lower = text.text.to_ascii_lowercase();
        match () {
            () if lower.is_empty() => Ok(None),
            () if lower.contains("kev") => Ok(Some(Self::Kev)),
            () if lower.contains("ev") => Ok(Some(Self::Ev)),
            () => Err(text.error("XUNITS", "must be eV or keV")),
        }
    }

    /// The unit of a file that does not tell it.
    pub(super) fn guess(per_channel: f64) -> Self {
        if per_channel < NARROWEST_IN_EV {
            Self::Kev
        } else {
            Self::Ev
        }
    }

    pub(super) fn to_kev(self, energy: f64) -> f64 {
        match self {
            Self::Ev => energy / 1_000.0,
            Self::Kev => energy,
        }
    }
}

/// A linear energy scale, in keV.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    pub(super) offset_kev: f64,
    pub(super) per_channel_kev: f64,
}

impl Axis {
    /// `offset` and `per_channel` stand in the file at the texts beside them.
    pub(super) fn new(
        (offset, offset_at): (f64, Text<'_>),
        (per_channel, per_channel_at): (f64, Text<'_>),
        unit: Option<Unit>,
    ) -> Result<Self, Error> {
        if per_channel <= 0.0 {
            return Err(per_channel_at.error("XPERCHAN", "must be greater than 0"));
        }
        let unit = unit.unwrap_or_else(|| Unit::guess(per_channel));
        let axis = Self {
            offset_kev: unit.to_kev(offset),
            per_channel_kev: unit.to_kev(per_channel),
        };
        if !(NARROWEST_KEV..=LARGEST_KEV).contains(&axis.per_channel_kev) {
            let rule = format!("must be from {NARROWEST_KEV} to {LARGEST_KEV} keV");
            return Err(per_channel_at.error("XPERCHAN", rule));
        }
        if axis.offset_kev.abs() > LARGEST_KEV {
            return Err(offset_at.error("OFFSET", format!("must be at most {LARGEST_KEV} keV")));
        }
        Ok(axis)
    }

    /// Whether an energy is that of a channel, to within one channel.
    pub(super) fn fits(&self, channel: usize, energy_kev: f64) -> bool {
        let expected = self.offset_kev + channel as f64 * self.per_channel_kev;
        (energy_kev - expected).abs() <= self.per_channel_kev * (1.0 + 1e-6)
    }
}
