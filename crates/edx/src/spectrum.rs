//! A spectrum: counts per channel on a linear energy scale.

/// An X-ray spectrum as an analyser delivers it.
///
/// The energy scale is linear. Channels are counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Counts per channel, lowest energy first; finite and not negative.
    pub counts: Vec<f64>,
    /// Energy of the centre of channel 0, in keV; may be negative.
    pub energy_offset_kev: f64,
    /// Width of a channel, in keV; greater than 0.
    pub energy_per_channel_kev: f64,
    /// Time during which the detector could count, in seconds.
    pub live_time_s: Option<f64>,
    /// Time by the clock, in seconds.
    pub real_time_s: Option<f64>,
    /// Energy of the electrons that excited the specimen, in keV.
    pub beam_energy_kev: Option<f64>,
    /// Title, of several lines where the file has several; empty when it has none.
    pub title: String,
    /// What else the file said, in its order.
    pub keywords: Vec<Keyword>,
}

/// One further statement of a spectrum's file, as delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// Defined by a vendor or user (`##NAME` in the file), not by the standard.
    pub is_user_defined: bool,
    /// Name in capitals, such as `DATE`; empty for a bare comment.
    pub name: String,
    /// Unit as delivered, such as `nA`; mostly empty.
    pub unit: String,
    /// Value, without blanks around it.
    pub value: String,
}

impl Spectrum {
    /// Energy of a channel's centre, in keV.
    pub fn energy_of(&self, channel: usize) -> f64 {
        self.energy_offset_kev + channel as f64 * self.energy_per_channel_kev
    }

    /// The channel that an energy in keV falls into; none when it lies outside the spectrum.
    pub fn channel_of(&self, energy_kev: f64) -> Option<usize> {
        let channel = self.channel_position(energy_kev).round();
        (channel >= 0.0 && channel < self.counts.len() as f64).then_some(channel as usize)
    }

    /// Where on the channel scale an energy in keV lies: 2.5 is the border of channels 2 and 3.
    pub fn channel_position(&self, energy_kev: f64) -> f64 {
        (energy_kev - self.energy_offset_kev) / self.energy_per_channel_kev
    }

    /// Value of the first keyword of this name (in capitals).
    pub fn keyword(&self, name: &str) -> Option<&str> {
        self.keywords
            .iter()
            .find(|keyword| keyword.name == name)
            .map(|keyword| keyword.value.as_str())
    }

    /// Whether this is an energy-dispersive X-ray spectrum by its own account: its `SIGNALTYPE` is
    /// EDS (or EDX, XEDS), or it does not say. Electron energy losses (ELS) for instance are not.
    pub fn is_edx(&self) -> bool {
        let kind = self
            .keyword("SIGNALTYPE")
            .unwrap_or_default()
            .to_ascii_uppercase();
        kind.is_empty() || kind.contains("EDS") || kind.contains("EDX")
    }

    /// Sum of all counts.
    pub fn total_counts(&self) -> f64 {
        self.counts.iter().sum()
    }
}
