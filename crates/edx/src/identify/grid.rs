//! The part of a spectrum that is looked at, in channels of a useful width.

use super::Options;
use crate::detector;
use crate::spectrum::Spectrum;

/// Below this energy, in keV, detectors see their own noise.
const LOWEST_KEV: f64 = 0.15;
/// Channels narrower than this, in keV, are added up: they cost time and tell nothing more.
const NARROWEST_KEV: f64 = 0.004;
/// Share of the counts that models do not get right.
pub(super) const MODEL_ERROR: f64 = 0.03;

pub(super) struct Grid {
    pub(super) counts: Vec<f64>,
    /// Channels of the spectrum in one of these.
    pub(super) per_channel: usize,
    pub(super) width_kev: f64,
    pub(super) beam_energy_kev: f64,
    first_kev: f64,
    fwhm_at_mn_ka_kev: f64,
}

impl Grid {
    /// None if the spectrum is too coarse or too short to tell anything.
    pub(super) fn new(spectrum: &Spectrum, options: &Options) -> Option<Self> {
        let resolution = options.fwhm_at_mn_ka_kev;
        let width = spectrum.energy_per_channel_kev;
        let is_usable =
            resolution.is_finite() && resolution > 0.0 && options.significance > 0.0 && width > 0.0;
        if !is_usable
            || width > resolution / 2.0
            || spectrum.counts.iter().any(|count| !count.is_finite())
        {
            return None;
        }
        let per_channel = (NARROWEST_KEV / width).ceil().clamp(1.0, 1e6) as usize;
        let last_kev = spectrum.energy_of(spectrum.counts.len().checked_sub(1)?);
        let beam = options
            .beam_energy_kev
            .or(spectrum.beam_energy_kev)
            .filter(|energy| *energy > 0.0);
        let start = spectrum.channel_position(LOWEST_KEV).ceil().max(0.0) as usize;
        let visible = spectrum.counts.get(start..)?;
        let grid = Self {
            counts: visible
                .chunks_exact(per_channel)
                .map(|counts| counts.iter().sum())
                .collect(),
            per_channel,
            width_kev: width * per_channel as f64,
            beam_energy_kev: beam.unwrap_or(last_kev),
            first_kev: spectrum.energy_of(start) + width * (per_channel - 1) as f64 / 2.0,
            fwhm_at_mn_ka_kev: resolution,
        };
        (grid.counts.len() as f64 * grid.width_kev > 2.0 * resolution).then_some(grid)
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn energy_kev(&self, channel: usize) -> f64 {
        self.first_kev + channel as f64 * self.width_kev
    }

    /// Channel whose energy is nearest; outside the grid it is negative or too large.
    pub(super) fn position(&self, energy_kev: f64) -> f64 {
        (energy_kev - self.first_kev) / self.width_kev
    }

    /// Whether a line of this energy lies in the grid, with half of its width to spare.
    pub(super) fn shows(&self, energy_kev: f64) -> bool {
        let margin = self.fwhm_kev(energy_kev) / 2.0;
        energy_kev - margin >= self.first_kev
            && energy_kev + margin <= self.energy_kev(self.len() - 1)
    }

    pub(super) fn fwhm_kev(&self, energy_kev: f64) -> f64 {
        detector::fwhm_kev(energy_kev, self.fwhm_at_mn_ka_kev)
    }

    /// Channels within `reach_kev` of an energy.
    pub(super) fn around(&self, energy_kev: f64, reach_kev: f64) -> std::ops::Range<usize> {
        let bounded = |position: f64| position.clamp(0.0, self.len() as f64) as usize;
        let start = bounded(self.position(energy_kev - reach_kev).ceil());
        start..bounded(self.position(energy_kev + reach_kev).floor() + 1.0).max(start)
    }

    /// Standard deviation of a line as channels show it.
    ///
    /// A channel counts what falls into its width: that widens a Gaussian a little (Sheppard's correction).
    pub(super) fn sigma_kev(&self, energy_kev: f64) -> f64 {
        let sigma = self.fwhm_kev(energy_kev) / detector::FWHM_PER_SIGMA;
        (sigma * sigma + self.width_kev * self.width_kev / 12.0).sqrt()
    }

    /// Calls with each channel of a line of `area` counts: its counts, and its distance in standard deviations.
    pub(super) fn for_line(
        &self,
        energy_kev: f64,
        area: f64,
        mut call: impl FnMut(usize, f64, f64),
    ) {
        let sigma = self.sigma_kev(energy_kev);
        let height = area * self.width_kev / (sigma * std::f64::consts::TAU.sqrt());
        for channel in self.around(energy_kev, 5.0 * sigma) {
            let distance = (self.energy_kev(channel) - energy_kev) / sigma;
            call(
                channel,
                height * (-distance * distance / 2.0).exp(),
                distance,
            );
        }
    }

    /// Adds a line of `area` counts to a shape.
    pub(super) fn add_line(&self, shape: &mut [f64], energy_kev: f64, area: f64) {
        self.for_line(energy_kev, area, |channel, counts, _| {
            shape[channel] += counts
        });
    }

    /// Variance of the counts: Poisson's, and what the background's estimate may be wrong.
    pub(super) fn variance(&self, background: &[f64]) -> Vec<f64> {
        let error = |background: f64| MODEL_ERROR * background;
        self.smooth()
            .iter()
            .zip(background)
            .map(|(count, &background)| count + 1.0 + error(background).powi(2))
            .collect()
    }

    /// Counts averaged over about half of a peak's width.
    pub(super) fn smooth(&self) -> Vec<f64> {
        let average = |channel: usize| {
            let energy = self.energy_kev(channel);
            let around = self.around(energy, self.fwhm_kev(energy) / 4.0 + self.width_kev / 100.0);
            let counts = &self.counts[around];
            counts.iter().sum::<f64>() / counts.len().max(1) as f64
        };
        (0..self.len()).map(average).collect()
    }
}
