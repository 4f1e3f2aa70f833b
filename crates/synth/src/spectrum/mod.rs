//! EDX spectra of defects: what an analyser beside the review SEM would have counted.
//!
//! Lines stand where the public tables have them ([`edx::line`]), as strong as coarse laws of physics make them
//! ([`edx::emission`]), on Kramers' bremsstrahlung, as wide as the detector's resolution, with its efficiency
//! and escape peaks; counts are Poisson's. Not in them: sum peaks, the detector's own noise below 0.15 keV, errors
//! of the energy scale, matrix effects.

mod composition;

pub use composition::composition;

use edx::line::{Element, Family, element};
use edx::{Keyword, Spectrum, detector, emission};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

/// Channels of a spectrum.
pub const CHANNELS: usize = 1_024;
/// Width of a channel in keV.
pub const KEV_PER_CHANNEL: f64 = 0.01;

/// Bremsstrahlung beside characteristic X-rays, per atom, keV and proton: gives iron at 15 kV a peak some twenty times as
/// high as the background below it.
const BREMSSTRAHLUNG: f64 = 1.5e-4;
/// Share of the time in which the detector is busy, per count and second.
const DEAD_TIME_S: f64 = 4e-6;

/// What is measured, and how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe<'a> {
    /// The same recipe with the same seed gives the same counts.
    pub seed: u64,
    /// Symbols of elements and their shares of the atoms; elements that [`edx::line`] does not have emit nothing.
    pub composition: &'a [(&'static str, f64)],
    /// Energy of the electrons in keV; 15 excites iron's K lines well, 10 just so.
    pub beam_energy_kev: f64,
    /// Time during which the detector could count, in seconds.
    pub live_time_s: f64,
    /// Counts expected per second of live time, over the whole spectrum.
    pub counts_per_second: f64,
}

/// The spectrum of a recipe: 1,024 channels of 10 eV from 0 keV, with whole counts. As EMSA/MSA text ([`edx::msa::write`])
/// it has some 5 to 7 kB. No title and no date: the caller knows the defect and the time.
pub fn spectrum(recipe: &Recipe<'_>) -> Spectrum {
    let expected = expected_counts(recipe);
    let mut random = ChaCha8Rng::seed_from_u64(recipe.seed);
    let counts = expected
        .iter()
        .map(|&mean| Poisson::new(mean).map_or(0.0, |poisson| poisson.sample(&mut random)));
    let rate = recipe.counts_per_second;
    Spectrum {
        counts: counts.collect(),
        energy_offset_kev: 0.0,
        energy_per_channel_kev: KEV_PER_CHANNEL,
        live_time_s: Some(recipe.live_time_s),
        real_time_s: Some(rounded(recipe.live_time_s * (1.0 + rate * DEAD_TIME_S))),
        beam_energy_kev: Some(recipe.beam_energy_kev),
        title: String::new(),
        keywords: vec![keyword("YUNITS", "counts"), keyword("SIGNALTYPE", "EDS")],
    }
}

/// Expected counts per channel.
pub fn expected_counts(recipe: &Recipe<'_>) -> Vec<f64> {
    let mut shape = vec![0.0; CHANNELS];
    for &(symbol, share) in recipe.composition {
        if let Some(element) = element(symbol) {
            add_element(&mut shape, element, share, recipe.beam_energy_kev);
        }
    }
    let total: f64 = shape.iter().sum();
    let wanted = recipe.counts_per_second * recipe.live_time_s;
    if total > 0.0 {
        shape
            .iter_mut()
            .for_each(|counts| *counts *= wanted / total);
    }
    shape
}

fn add_element(shape: &mut [f64], element: &Element, share: f64, beam_energy_kev: f64) {
    for family in element.families {
        let emitted = share * emission::generated(family, beam_energy_kev) / family.total_weight();
        add_family(shape, family, emitted, beam_energy_kev);
    }
    let strength = share * f64::from(element.atomic_number) * BREMSSTRAHLUNG * KEV_PER_CHANNEL;
    for (channel, counts) in shape.iter_mut().enumerate() {
        let energy = channel as f64 * KEV_PER_CHANNEL;
        *counts += strength
            * emission::bremsstrahlung(energy, beam_energy_kev)
            * detector::efficiency(energy);
    }
}

fn add_family(shape: &mut [f64], family: &Family, emitted: f64, beam_energy_kev: f64) {
    for line in family
        .lines
        .iter()
        .filter(|line| line.energy_kev < beam_energy_kev)
    {
        let seen = emission::emerging(line.energy_kev) * detector::efficiency(line.energy_kev);
        let counts = emitted * line.weight * seen;
        let (escape_kev, escaped) = detector::escape_peak(line.energy_kev).unwrap_or_default();
        add_line(shape, line.energy_kev, counts * (1.0 - escaped));
        add_line(shape, escape_kev, counts * escaped);
    }
}

/// A Gaussian of the detector's width, each channel with what falls between its borders.
fn add_line(shape: &mut [f64], energy_kev: f64, area: f64) {
    let sigma = detector::sigma_kev(energy_kev, detector::USUAL_FWHM_KEV);
    let below =
        |energy: f64| 0.5 * libm::erfc((energy_kev - energy) / (sigma * std::f64::consts::SQRT_2));
    let channel_at = |energy: f64| {
        (energy / KEV_PER_CHANNEL)
            .round()
            .clamp(0.0, CHANNELS as f64) as usize
    };
    let (start, end) = (
        channel_at(energy_kev - 6.0 * sigma),
        channel_at(energy_kev + 6.0 * sigma),
    );
    for (channel, counts) in shape.iter_mut().enumerate().take(end).skip(start) {
        let centre = channel as f64 * KEV_PER_CHANNEL;
        *counts +=
            area * (below(centre + KEV_PER_CHANNEL / 2.0) - below(centre - KEV_PER_CHANNEL / 2.0));
    }
}

fn keyword(name: &str, value: &str) -> Keyword {
    Keyword {
        is_user_defined: false,
        name: name.to_owned(),
        unit: String::new(),
        value: value.to_owned(),
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}
