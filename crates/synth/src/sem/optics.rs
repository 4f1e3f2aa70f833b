//! From the surface to grey levels: emission, detector, charging, beam spot, noise.

use rand::{Rng, RngCore};
use rand_distr::{Distribution, StandardNormal};

use super::surface::{Cell, Surface};
use super::{Stream, Subject, View};

/// Grey levels of an image.
pub(super) const LEVELS: f32 = 16.0;
/// Best resolution of the microscope (standard deviation of the beam spot), in nm.
const SPOT_NM: f64 = 0.8;

/// How much of a pixel's noise is that of the pixel before it, and how much its own; the variance stays 1.
///
/// The detector's amplifier is slower than a pixel.
const KEPT: f32 = 0.55;
const FRESH: f32 = 0.835;
/// The same for the pixel above: frames drift by part of a row while they are summed.
const KEPT_ABOVE: f32 = 0.4;
const FRESH_ROW: f32 = 0.9165;

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
    gain: f32,
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
            gain: rng.random_range(0.92..1.08),
            drift: (rng.random_range(-0.03..0.03), rng.random_range(-0.03..0.03)),
            spot: (spot(defocus * astigmatism), spot(defocus / astigmatism)),
            noise: rng.random_range(0.032..0.042),
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
        let mut levels = Vec::with_capacity(width * height);
        let (mut electrons, mut noise) = (vec![0; 2 * width], vec![0.0; width]);
        for (y, row) in signal.chunks_exact(width).enumerate() {
            rng.fill_bytes(&mut electrons);
            let beam: f32 = StandardNormal.sample(rng);
            let base = self.gain + self.drift.1 * (y as f32 / height as f32 - 0.5) + 0.004 * beam;
            let mut held = 0.0;
            for (noise, electrons) in noise.iter_mut().zip(electrons.chunks_exact(2)) {
                held = KEPT * held + FRESH * shot(electrons);
                *noise = KEPT_ABOVE * *noise + FRESH_ROW * held;
            }
            for (x, (&signal, noise)) in row.iter().zip(&noise).enumerate() {
                let mean = signal * (base + self.drift.0 * (x as f32 / width as f32 - 0.5));
                let grey = mean + self.noise * mean.max(0.0).sqrt() * noise;
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
            Detector::ThroughLens => 0.10,
            Detector::EverhartThornley => 0.28,
        };
        let mut signal = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = |y: usize| &surface.cells[y * width..(y + 1) * width];
            let (above, here, below) = (
                row(y.saturating_sub(1)),
                row(y),
                row((y + 1).min(height - 1)),
            );
            for x in 0..width {
                let Cell {
                    height, emission, ..
                } = here[x];
                let slope_x =
                    0.5 * (here[(x + 1).min(width - 1)].height - here[x.saturating_sub(1)].height);
                let slope_y = 0.5 * (below[x].height - above[x].height);
                let path = f32::sqrt(1.0 + slope_x * slope_x + slope_y * slope_y);
                let tilt = 1.0 - 1.0 / path;
                // The detector stands at the upper left.
                let facing = side * (0.8 * slope_x + 0.6 * slope_y) / path;
                let sunk = (surroundings.at(x, y) - height) / Surroundings::RADIUS_PX;
                let open = if sunk > 0.0 {
                    1.0 / (1.0 + 1.1 * sunk)
                } else {
                    1.0 - 0.25 * sunk.max(-1.0)
                };
                signal.push((emission + 0.42 * tilt + facing) * open);
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

/// Deviation of a count of electrons from its mean, in standard deviations: binomial, from 16 random bits.
fn shot(bits: &[u8]) -> f32 {
    ((bits[0].count_ones() + bits[1].count_ones()) as f32 - 8.0) * 0.5
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

    fn at(&self, x: usize, y: usize) -> f32 {
        self.heights[y / 2 * self.width + x / 2]
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
        for (x, mean) in row.iter_mut().enumerate() {
            *mean = padded[x..]
                .iter()
                .zip(&across)
                .map(|(value, weight)| value * weight)
                .sum();
        }
    }
    let height = signal.len() / width;
    let sharp = signal.to_vec();
    for (y, row) in signal.chunks_exact_mut(width).enumerate() {
        row.fill(0.0);
        for (i, weight) in down.iter().enumerate() {
            let from = (y + i).saturating_sub(REACH).min(height - 1) * width;
            for (mean, value) in row.iter_mut().zip(&sharp[from..from + width]) {
                *mean += value * weight;
            }
        }
    }
}
