//! What the chosen elements rest on.

use super::candidate::Candidate;
use super::grid::Grid;
use super::selection::Selection;
use super::{ElementEvidence, LineFound};

/// Share of an element's gain from which another is an alternative.
const NEARLY: f64 = 0.35;
/// Twice the variance of the Gaussian by which the weight grows with the significance: 1 - exp(-s²/50).
const DETECTION_SCALE: f64 = 50.0;
/// Standard deviations by which a line must stand out to be told.
const LINE_SIGNIFICANCE: f64 = 3.0;

/// Evidence of the chosen elements, most counts first.
pub(super) fn of(
    grid: &Grid,
    selection: &Selection<'_>,
    candidates: &[Candidate],
) -> Vec<ElementEvidence> {
    let places = 0..selection.chosen().len();
    let mut elements: Vec<_> = places
        .map(|place| element(grid, selection, candidates, place))
        .collect();
    elements.sort_by(|a, b| b.net_counts.total_cmp(&a.net_counts));
    elements
}

fn element(
    grid: &Grid,
    selection: &Selection<'_>,
    candidates: &[Candidate],
    place: usize,
) -> ElementEvidence {
    let candidate = &candidates[selection.chosen()[place]];
    let gain = selection.loss(place).max(0.0);
    let mut exchanges: Vec<(usize, f64)> = (0..candidates.len())
        .filter(|other| !selection.chosen().contains(other))
        .map(|other| (other, selection.loss_by_exchange(place, other).max(0.0)))
        .filter(|(_, loss)| *loss <= (1.0 - NEARLY) * gain)
        .collect();
    exchanges.sort_by(|a, b| a.1.total_cmp(&b.1));
    let rivals: f64 = exchanges.iter().map(|(_, loss)| (-loss / 2.0).exp()).sum();
    let counts = selection.family_counts(place);
    ElementEvidence {
        symbol: candidate.element.symbol,
        lines: lines(grid, candidate, &counts),
        net_counts: counts.iter().sum(),
        significance: gain.sqrt(),
        weight: (1.0 - (-gain / DETECTION_SCALE).exp()) / (1.0 + rivals),
        alternatives: exchanges
            .iter()
            .map(|(other, _)| candidates[*other].element.symbol)
            .collect(),
    }
}

fn lines(grid: &Grid, candidate: &Candidate, counts: &[f64]) -> Vec<LineFound> {
    let all = candidate
        .families
        .iter()
        .zip(counts)
        .flat_map(|(visible, counts)| {
            visible.lines.iter().map(move |&(line, share)| LineFound {
                name: line.name,
                energy_kev: line.energy_kev,
                net_counts: share * counts,
            })
        });
    let mut lines: Vec<_> = all
        .filter(|line| line.net_counts >= LINE_SIGNIFICANCE * noise(grid, line.energy_kev))
        .collect();
    lines.sort_by(|a, b| a.energy_kev.total_cmp(&b.energy_kev));
    lines
}

/// Standard deviation of the counts below a line.
fn noise(grid: &Grid, energy_kev: f64) -> f64 {
    let around = grid.around(energy_kev, grid.fwhm_kev(energy_kev) / 2.0);
    grid.counts[around].iter().sum::<f64>().max(1.0).sqrt()
}
