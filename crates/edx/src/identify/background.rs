//! The background below the peaks.

use super::grid::Grid;
use crate::spectrum::Spectrum;

/// Half of the clipping window beside the FWHM: L and M lines make groups that are wider than a peak.
const REACH_PER_FWHM: f64 = 2.5;

/// The background at the channels of a spectrum, in counts per channel, one value per channel: for charts. 0 where the
/// grid does not reach (below 0.15 keV).
pub(super) fn per_channel(spectrum: &Spectrum, grid: &Grid, background: &[f64]) -> Vec<f64> {
    let value = |channel: usize| {
        let position = grid.position(spectrum.energy_of(channel)).round();
        let inside = position >= 0.0 && position < grid.len() as f64;
        if inside {
            background[position as usize] / grid.per_channel as f64
        } else {
            0.0
        }
    };
    (0..spectrum.counts.len()).map(value).collect()
}

/// SNIP: counts are compressed (log log square root), and each channel is clipped to the mean of its neighbours at
/// distances that shrink from 2.5 FWHM to one channel.
///
/// Source: C. G. Ryan et al., Nucl. Instrum. Methods B 34 (1988) 396; shrinking distances after M. Morháč et al.,
/// Nucl. Instrum. Methods A 401 (1997) 113.
pub(super) fn of(grid: &Grid) -> Vec<f64> {
    let mut level: Vec<f64> = grid
        .smooth()
        .iter()
        .map(|&count| compressed(count))
        .collect();
    let reaches: Vec<usize> = (0..grid.len())
        .map(|channel| reach(grid, channel))
        .collect();
    let widest = reaches.iter().copied().max().unwrap_or(0);
    for distance in (1..=widest).rev() {
        let before = level.clone();
        for channel in distance..grid.len().saturating_sub(distance) {
            if distance <= reaches[channel] {
                let mean = (before[channel - distance] + before[channel + distance]) / 2.0;
                level[channel] = before[channel].min(mean);
            }
        }
    }
    level.into_iter().map(expanded).collect()
}

fn reach(grid: &Grid, channel: usize) -> usize {
    (REACH_PER_FWHM * grid.fwhm_kev(grid.energy_kev(channel)) / grid.width_kev).round() as usize
}

fn compressed(count: f64) -> f64 {
    (((count.max(0.0) + 1.0).sqrt() + 1.0).ln() + 1.0).ln()
}

fn expanded(level: f64) -> f64 {
    ((level.exp() - 1.0).exp() - 1.0).powi(2) - 1.0
}
