//! The search for peaks.

use super::Peak;
use super::grid::Grid;

/// Peaks in `net` counts of at least a significance, by energy: where a Gaussian of the detector's width, laid over
/// the counts, fits best.
pub(super) fn search(grid: &Grid, net: &[f64], variance: &[f64], significance: f64) -> Vec<Peak> {
    let matches: Vec<Match> = (0..grid.len())
        .map(|channel| matched(grid, net, variance, channel))
        .collect();
    let is_peak = |&channel: &usize| {
        let energy = grid.energy_kev(channel);
        let best = matches[channel].significance;
        let neighbours = grid.around(energy, grid.fwhm_kev(energy) / 2.0);
        best >= significance
            && matches[neighbours.clone()]
                .iter()
                .all(|other| other.significance <= best)
            && matches[neighbours.start..channel]
                .iter()
                .all(|other| other.significance < best)
    };
    (0..grid.len())
        .filter(is_peak)
        .map(|channel| described(grid, net, variance, channel))
        .collect()
}

#[derive(Clone, Copy)]
struct Match {
    net_counts: f64,
    significance: f64,
}

/// How a Gaussian at a channel fits: its area and that in standard deviations.
fn matched(grid: &Grid, net: &[f64], variance: &[f64], channel: usize) -> Match {
    let energy = grid.energy_kev(channel);
    let fwhm = grid.fwhm_kev(energy);
    let sigma = fwhm / crate::detector::FWHM_PER_SIGMA;
    let (mut product, mut norm) = (0.0, 0.0);
    for other in grid.around(energy, fwhm) {
        let distance = (grid.energy_kev(other) - energy) / sigma;
        let shape = (-distance * distance / 2.0).exp();
        product += shape * net[other] / variance[other];
        norm += shape * shape / variance[other];
    }
    let area = sigma * std::f64::consts::TAU.sqrt() / grid.width_kev;
    Match {
        net_counts: area * product / norm,
        significance: product / norm.sqrt(),
    }
}

fn described(grid: &Grid, net: &[f64], variance: &[f64], channel: usize) -> Peak {
    let Match {
        net_counts,
        significance,
    } = matched(grid, net, variance, channel);
    let energy_kev = centre(grid, net, channel);
    let height = net[channel].max(0.0) / grid.per_channel as f64;
    Peak {
        energy_kev,
        height,
        net_counts,
        significance,
    }
}

/// Mean energy of the counts within 0.6 FWHM, each time around the last mean.
fn centre(grid: &Grid, net: &[f64], channel: usize) -> f64 {
    let start = grid.energy_kev(channel);
    let mut centre = start;
    for _ in 0..4 {
        let reach = 0.6 * grid.fwhm_kev(centre);
        let counts = |other: usize| net[other].max(0.0) * share_inside(grid, other, centre, reach);
        let around = grid.around(centre, reach + grid.width_kev);
        let total: f64 = around.clone().map(counts).sum();
        let moment: f64 = around
            .map(|other| counts(other) * (grid.energy_kev(other) - centre))
            .sum();
        if total <= 0.0 {
            return start;
        }
        centre += moment / total;
    }
    // Counts that lean to one side must not carry the centre to another peak.
    let furthest = grid.fwhm_kev(start) / 2.0;
    centre.clamp(start - furthest, start + furthest)
}

/// Share of a channel that lies within `reach` of an energy: whole channels would make the mean jump.
fn share_inside(grid: &Grid, channel: usize, energy_kev: f64, reach: f64) -> f64 {
    let outside = (grid.energy_kev(channel) - energy_kev).abs() - reach;
    (0.5 - outside / grid.width_kev).clamp(0.0, 1.0)
}
