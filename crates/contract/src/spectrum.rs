//! EDX spectra of defects.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::defect::DefectId;

api! {
    /// A spectrum of a defect. Its file: `/spectra/{spectrum_id}/original`.
    pub struct DefectSpectrum {
        /// Id.
        pub spectrum_id: Uuid,
        /// Defect that it is of.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub defect_id: DefectId,
        /// Name of the file as sent; no path.
        pub file_name: String,
        /// Title that the file gives.
        pub title: Option<String>,
        /// Channels.
        pub channels: i32,
        /// Energy of the first channel's centre in keV.
        pub energy_offset_kev: f64,
        /// Width of a channel in keV.
        pub energy_per_channel_kev: f64,
        /// Energy of the beam in kV.
        pub beam_kv: Option<f64>,
        /// Live time in s.
        pub live_time_s: Option<f64>,
        /// Counts of all channels.
        pub total_counts: f64,
        /// Elements that it speaks for, heaviest evidence first.
        pub elements: Vec<ElementWeight>,
        /// Who added it; absent for imports on the command line.
        pub created_by: Option<String>,
        /// When.
        pub created_at: DateTime<Utc>,
    }

    /// An element and how much speaks for it.
    pub struct ElementWeight {
        /// Symbol.
        pub element: String,
        /// Weight of the evidence, 0 to 1. Never a certainty: lines overlap.
        pub weight: f64,
    }

    /// A spectrum with its counts and what was found in them.
    pub struct SpectrumDetail {
        /// The spectrum.
        pub spectrum: DefectSpectrum,
        /// Counts by channel, lowest energy first.
        pub counts: Vec<f64>,
        /// Estimated background by channel, in counts.
        pub background: Vec<f64>,
        /// Peaks above it, lowest energy first.
        pub peaks: Vec<SpectrumPeak>,
        /// Elements with their lines, heaviest evidence first.
        pub elements: Vec<ElementEvidence>,
        /// How elements are looked for and what their weight means, in words.
        pub method: String,
    }

    /// A peak.
    pub struct SpectrumPeak {
        /// Energy in keV.
        pub energy_kev: f64,
        /// Counts above the background.
        pub net_counts: f64,
        /// Net counts over their standard deviation.
        pub significance: f64,
        /// Elements and lines that may be in it, most likely first, for example `Fe Ka`; empty: unexplained.
        pub lines: Vec<String>,
    }

    /// What speaks for an element.
    pub struct ElementEvidence {
        /// Symbol.
        pub element: String,
        /// Weight of the evidence, 0 to 1. Never a certainty: lines overlap.
        pub weight: f64,
        /// Net counts over their standard deviation.
        pub significance: f64,
        /// Counts of its lines above the background.
        pub net_counts: f64,
        /// Its lines in the spectrum.
        pub lines: Vec<ElementLine>,
        /// Elements with which it could be confused here.
        pub alternatives: Vec<String>,
    }

    /// A characteristic line.
    pub struct ElementLine {
        /// Name, for example `Ka`, `Kb`, `La`, `Ma`.
        pub line: String,
        /// Energy in keV.
        pub energy_kev: f64,
        /// Counts above the background that are its own.
        pub net_counts: f64,
    }
}
