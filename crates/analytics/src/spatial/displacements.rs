//! Votes for the displacement between two inspections, counted by square cells.

use statrs::function::gamma::gamma_lr;

use super::registration::LEAST_VOTES;

/// Edge of the cells in which displacements are counted; three times three are looked at together, mm.
const CELL_MM: f64 = 0.025;
/// A peak is none if chance brings as many together with this probability: some 10,000 places are looked at.
const PEAK_BY_CHANCE: f64 = 1e-8;

/// Votes by displacement.
pub(super) struct Displacements {
    reach: f64,
    across: usize,
    /// Votes in each cell, and the sums of their displacements.
    sums: Vec<(f64, f64, f64)>,
    occupied: Vec<usize>,
    total: f64,
    squares: f64,
}

impl Displacements {
    pub(super) fn new(reach: f64) -> Self {
        let across = 2 * (reach / CELL_MM).ceil() as usize + 3;
        Self {
            reach,
            across,
            sums: vec![(0.0, 0.0, 0.0); across * across],
            occupied: Vec::new(),
            total: 0.0,
            squares: 0.0,
        }
    }

    pub(super) fn clear(&mut self) {
        for cell in self.occupied.drain(..) {
            self.sums[cell] = (0.0, 0.0, 0.0);
        }
        (self.total, self.squares) = (0.0, 0.0);
    }

    pub(super) fn add(&mut self, dx: f64, dy: f64, weight: f64) {
        let middle = self.across as f64 / 2.0;
        let index = |d: f64| (d / CELL_MM + middle) as usize;
        let cell = index(dy) * self.across + index(dx);
        let sum = &mut self.sums[cell];
        if sum.0 == 0.0 {
            self.occupied.push(cell);
        }
        *sum = (sum.0 + weight, sum.1 + weight * dx, sum.2 + weight * dy);
        self.total += weight;
        self.squares += weight * weight;
    }

    /// Votes beyond chance in the fullest window of three by three cells, and their mean displacement.
    pub(super) fn peak(&self) -> Option<(f64, (f64, f64))> {
        let mut best = (0.0, (0.0, 0.0));
        for &cell in &self.occupied {
            let rows = [cell - self.across, cell, cell + self.across];
            let near = rows.into_iter().flat_map(|cell| cell - 1..=cell + 1);
            let sum = near.fold((0.0, 0.0, 0.0), |sum, near| {
                let cell = self.sums[near];
                (sum.0 + cell.0, sum.1 + cell.1, sum.2 + cell.2)
            });
            if sum.0 > best.0 {
                best = (sum.0, (sum.1 / sum.0, sum.2 / sum.0));
            }
        }
        let window = 9.0 * CELL_MM * CELL_MM / (std::f64::consts::PI * self.reach * self.reach);
        let beyond = best.0 - self.total * window;
        if beyond < LEAST_VOTES {
            return None;
        }
        // Votes of less than one each are as uncertain as fewer whole ones; P(X >= k) of a Poisson variable X.
        let whole = self.squares / self.total;
        // One elsewhere at least is expected, so that few votes are not taken for certainty.
        let elsewhere = (self.total - best.0).max(0.0) / whole + 1.0;
        let by_chance = gamma_lr(best.0 / whole, elsewhere * window);
        (by_chance <= PEAK_BY_CHANCE).then_some((beyond, best.1))
    }
}
