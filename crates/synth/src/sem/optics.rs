//! From the surface to grey levels: emission, detector, charging, beam spot, noise.

use rand::{Rng, RngCore};
use rand_distr::{Distribution, StandardNormal};

use super::surface::Surface;
use super::{Stream, Subject, View};

/// Grey levels of an image.
pub(super) const LEVELS: f32 = 16.0;
/// Best resolution of the microscope (standard deviation of the beam spot), in nm.
const SPOT_NM: f64 = 0.8;

/// How much of a pixel's noise is that of the pixel before it, and how much its own; the variance stays 1.
///
/// The detector's amplifier is slower than a pixel.
const KEPT: f32 = 0.6;
const FRESH: f32 = 0.8;
/// The same for the pixel above: frames drift by part of a row while they are summed.
const KEPT_ABOVE: f32 = 0.6;
const FRESH_ROW: f32 = 0.8;
/// Relative standard deviation of the beam current from row to row.
const BEAM_FLICKER: f32 = 0.004;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Detector {
    ThroughLens,
    EverhartThornley,
}

impl Detector {
    pub fn name(self) -> &'static str {
        match self {
            Self::ThroughLens => "TLD",
            Self::EverhartThornley => "ETD",
        }
    }
}

/// Settings of the microscope for one image.
pub(super) struct Exposure {
    pub beam_kv: f64,
    pub working_distance_mm: f64,
    pub detector: Detector,
    /// Grey of no signal, 0 to 1: whole levels, so that a flat surface meets the middle of a level.
    brightness: f32,
    /// Change of the signal over the field in x and y.
    drift: (f32, f32),
    /// Standard deviation of the beam spot in x and y, in pixels.
    spot: (f32, f32),
    /// Noise at full signal, as a share of it.
    noise: f32,
    charging: f32,
}

impl Exposure {
    pub fn of(subject: &Subject, view: &View) -> Self {
        let mut rng = Stream::Optics.of(subject.seed);
        let detector = if rng.random_bool(0.7) {
            Detector::ThroughLens
        } else {
            Detector::EverhartThornley
        };
        // One image in eight is badly focused.
        let defocus: f32 = if rng.random_bool(0.125) {
            rng.random_range(1.2..2.0)
        } else {
            rng.random_range(0.5..0.9)
        };
        let astigmatism: f32 = rng.random_range(0.85..1.18);
        let best = view.px_from_nm(SPOT_NM);
        let spot = |own: f32| f32::sqrt(own * own + best * best).min(3.0);
        Self {
            beam_kv: [0.8, 1.0, 1.0, 1.5, 2.0][rng.random_range(0..5)],
            working_distance_mm: f64::from(rng.random_range(20..50u8)) / 10.0,
            detector,
            brightness: rng.random_range(-1..=2i8) as f32 / LEVELS,
            drift: (rng.random_range(-0.03..0.03), rng.random_range(-0.03..0.03)),
            spot: (spot(defocus * astigmatism), spot(defocus / astigmatism)),
            noise: rng.random_range(0.025..0.035),
            charging: subject.charging.clamp(0.0, 1.0) as f32,
        }
    }

    /// Takes the image: levels of 0 to 15, row by row.
    pub fn expose(&self, surface: &Surface, rng: &mut impl RngCore) -> Vec<u8> {
        let (width, height) = (surface.width, surface.height);
        let mut signal = self.emit(surface);
        if self.charging > 0.0 {
            self.charge(surface, &mut signal);
        }
        blur(&mut signal, width, self.spot);
        let mut noise = Noise::new(width);
        let mut levels = Vec::with_capacity(width * height);
        for (y, row) in signal.chunks_exact(width).enumerate() {
            let contrast =
                1.0 + self.drift.1 * (y as f32 / height as f32 - 0.5) + noise.next_row(rng);
            let slope = self.drift.0 / width as f32;
            for (x, (&signal, noise)) in row.iter().zip(&noise.row).enumerate() {
                let mean = (signal * (contrast + slope * (x as f32 - 0.5 * width as f32))).max(0.0);
                let grey = self.brightness + mean + self.noise * mean.sqrt() * noise;
                levels.push((grey * LEVELS).clamp(0.0, LEVELS - 1.0) as u8);
            }
        }
        levels
    }

    /// Electrons that reach the detector from each cell: more from slopes, fewer from crevices.
    fn emit(&self, surface: &Surface) -> Vec<f32> {
        let (width, height) = (surface.width, surface.height);
        let surroundings = Surroundings::of(surface);
        let side = match self.detector {
            Detector::ThroughLens => 0.15,
            Detector::EverhartThornley => 0.28,
        };
        let heights: Vec<f32> = surface.cells.iter().map(|cell| cell.height).collect();
        let mut signal: Vec<f32> = surface.cells.iter().map(|cell| cell.emission).collect();
        let (mut padded, mut around) = (vec![0.0; width + 2], vec![0.0; width]);
        for (y, signals) in signal.chunks_exact_mut(width).enumerate() {
            let row = |y: usize| &heights[y * width..(y + 1) * width];
            let (above, here, below) = (
                row(y.saturating_sub(1)),
                row(y),
                row((y + 1).min(height - 1)),
            );
            padded[1..=width].copy_from_slice(here);
            (padded[0], padded[width + 1]) = (here[0], here[width - 1]);
            surroundings.fill_row(y, &mut around);
            for x in 0..width {
                let slope_x = 0.5 * (padded[x + 2] - padded[x]);
                let slope_y = 0.5 * (below[x] - above[x]);
                // Cosine of the angle under which the beam meets the surface.
                let cosine = 1.0 / (1.0 + slope_x * slope_x + slope_y * slope_y).sqrt();
                // The detector stands at the upper left.
                let facing = side * (0.8 * slope_x + 0.6 * slope_y) * cosine;
                let sunk = (around[x] - here[x]) / Surroundings::RADIUS_PX;
                let open = (1.0 - 0.25 * sunk.clamp(-1.0, 0.0)) / (1.0 + 1.1 * sunk.max(0.0));
                signals[x] = (signals[x] + 0.42 * (1.0 - cosine) + facing) * open;
            }
        }
        signal
    }

    /// Charged places are bright, what lies around them and on their scan lines is dark.
    fn charge(&self, surface: &Surface, signal: &mut [f32]) {
        let width = surface.width;
        for (cells, signals) in surface
            .cells
            .chunks_exact(width)
            .zip(signal.chunks_exact_mut(width))
        {
            let mut trail = 0.0;
            for (cell, signal) in cells.iter().zip(signals) {
                trail = 0.975 * trail + 0.025 * cell.charge.max(0.0);
                let uncharged = 1.0 - cell.charge.clamp(0.0, 1.0);
                *signal *= 1.0 + self.charging * (0.35 * cell.charge - 0.75 * trail * uncharged);
            }
        }
    }
}

/// Shot noise of one row after the other, in standard deviations.
struct Noise {
    bits: Vec<u8>,
    fresh: Vec<f32>,
    row: Vec<f32>,
}

impl Noise {
    fn new(width: usize) -> Self {
        Self {
            bits: vec![0; 2 * width],
            fresh: vec![0.0; width],
            row: vec![0.0; width],
        }
    }

    /// Goes to the next row; returns by how much the beam current deviates in it.
    fn next_row(&mut self, rng: &mut impl RngCore) -> f32 {
        rng.fill_bytes(&mut self.bits);
        for (fresh, bits) in self.fresh.iter_mut().zip(self.bits.chunks_exact(2)) {
            // A count of electrons: binomial, of mean 8 and standard deviation 2.
            *fresh = (u16::from_le_bytes([bits[0], bits[1]]).count_ones() as f32 - 8.0) * 0.5;
        }
        let mut held = 0.0;
        for (noise, fresh) in self.row.iter_mut().zip(&self.fresh) {
            held = KEPT * held + FRESH * fresh;
            *noise = KEPT_ABOVE * *noise + FRESH_ROW * held;
        }
        let beam: f32 = StandardNormal.sample(rng);
        BEAM_FLICKER * beam
    }
}

/// Mean height around each point, at half the resolution.
struct Surroundings {
    width: usize,
    heights: Vec<f32>,
}

impl Surroundings {
    const RADIUS_PX: f32 = 10.0;

    fn of(surface: &Surface) -> Self {
        let (width, height) = (surface.width / 2, surface.height / 2);
        let mut heights = Vec::with_capacity(width * height);
        for y in 0..height {
            let pair = &surface.cells[2 * y * surface.width..(2 * y + 1) * surface.width];
            heights.extend(
                pair.chunks_exact(2)
                    .map(|cells| 0.5 * (cells[0].height + cells[1].height)),
            );
        }
        for _ in 0..2 {
            heights = mean_along_rows_transposed(&heights, width);
            heights = mean_along_rows_transposed(&heights, height);
        }
        Self { width, heights }
    }

    /// Row `y` at full resolution.
    fn fill_row(&self, y: usize, row: &mut [f32]) {
        let heights = &self.heights[y / 2 * self.width..];
        row.chunks_exact_mut(2)
            .zip(heights)
            .for_each(|(pair, &height)| pair.fill(height));
    }
}

/// The running mean of each row, as a column of the result.
fn mean_along_rows_transposed(values: &[f32], width: usize) -> Vec<f32> {
    const REACH: usize = 3;
    let height = values.len() / width;
    let mut means = vec![0.0; values.len()];
    for (y, row) in values.chunks_exact(width).enumerate() {
        let mut sum = row[0] * REACH as f32 + row[..REACH].iter().sum::<f32>();
        for x in 0..width {
            sum += row[(x + REACH).min(width - 1)];
            means[x * height + y] = sum / (2 * REACH + 1) as f32;
            sum -= row[x.saturating_sub(REACH)];
        }
    }
    means
}

/// Spreads the signal over the beam spot, a Gaussian of the given standard deviation in x and y.
fn blur(signal: &mut [f32], width: usize, spot: (f32, f32)) {
    const REACH: usize = 4;
    let weights = |sigma: f32| {
        let raw: [f32; 2 * REACH + 1] = std::array::from_fn(|i| {
            let distance = (i as f32 - REACH as f32) / sigma;
            libm::expf(-0.5 * distance * distance)
        });
        let sum: f32 = raw.iter().sum();
        raw.map(|weight| weight / sum)
    };
    let (across, down) = (weights(spot.0), weights(spot.1));
    let mut padded = vec![0.0; width + 2 * REACH];
    for row in signal.chunks_exact_mut(width) {
        padded[..REACH].fill(row[0]);
        padded[REACH..REACH + width].copy_from_slice(row);
        padded[REACH + width..].fill(row[width - 1]);
        row.fill(0.0);
        for (i, weight) in felt(&across) {
            row.iter_mut()
                .zip(&padded[i..])
                .for_each(|(mean, value)| *mean += value * weight);
        }
    }
    let height = signal.len() / width;
    let sharp = signal.to_vec();
    for (y, row) in signal.chunks_exact_mut(width).enumerate() {
        row.fill(0.0);
        for (i, weight) in felt(&down) {
            let from = (y + i).saturating_sub(REACH).min(height - 1) * width;
            for (mean, value) in row.iter_mut().zip(&sharp[from..from + width]) {
                *mean += value * weight;
            }
        }
    }
}

/// Weights that change a grey level, with their places.
fn felt(weights: &[f32]) -> impl Iterator<Item = (usize, f32)> {
    weights
        .iter()
        .copied()
        .enumerate()
        .filter(|&(_, weight)| weight > 0.002)
}
