//! Which elements are needed to explain the counts.

use super::candidate::{Candidate, Shape};
use super::fit::{Fitted, Products};
use super::grid::{Grid, MODEL_ERROR};

/// Energies in keV between which the background's estimate may be too low by a share of its own.
const KNOTS_KEV: [f64; 8] = [0.15, 0.7, 1.3, 2.2, 3.5, 5.5, 9.0, 15.0];
/// Share by which the weight of a minor line beside its main line may be wrong.
const WEIGHT_ERROR: f64 = 0.15;
/// How far the energy scale may be off, in keV.
const POSITION_ERROR_KEV: f64 = 0.004;
/// Share by which the resolution may be off.
const WIDTH_ERROR: f64 = 0.04;
/// Elements whose loss is this many times the least gain are beyond doubt.
const SURE_FACTOR: f64 = 4.0;
/// Elements at most; real spectra have fewer than ten.
const MOST_ELEMENTS: usize = 24;

/// The elements that are needed, and the fit with them.
pub(super) struct Selection<'a> {
    candidates: &'a [Candidate],
    net: &'a [f64],
    base_variance: Vec<f64>,
    /// Corrections of the background: part of every fit.
    corrections: Vec<Vec<f64>>,
    products: Products,
    chosen: Vec<usize>,
    fitted: Fitted,
    model: Vec<f64>,
    variance: Vec<f64>,
}

impl<'a> Selection<'a> {
    pub(super) fn of(
        grid: &Grid,
        net: &'a [f64],
        background: &[f64],
        candidates: &'a [Candidate],
        significance: f64,
    ) -> Self {
        let base_variance: Vec<f64> = grid
            .variance(background)
            .iter()
            .zip(net)
            .map(|(variance, net)| variance + (MODEL_ERROR * net.max(0.0)).powi(2))
            .collect();
        let corrections = corrections(grid, background);
        let products = products(&corrections, candidates, net, &base_variance);
        let fitted = Fitted {
            factors: Vec::new(),
            chi_squared: 0.0,
        };
        let mut selection = Self {
            candidates,
            net,
            variance: base_variance.clone(),
            base_variance,
            corrections,
            products,
            chosen: Vec::new(),
            fitted,
            model: vec![0.0; net.len()],
        };
        selection.fitted = selection.fit(&[]);
        selection.grow(grid, significance * significance);
        selection
    }

    /// Adds the best element until none is worth it. An element that others made needless does not come back.
    fn grow(&mut self, grid: &Grid, least_gain: f64) {
        let mut barred = vec![false; self.candidates.len()];
        while self.chosen.len() < MOST_ELEMENTS {
            let untried = (0..self.candidates.len())
                .filter(|new| !barred[*new] && !self.chosen.contains(new));
            let tried = untried.map(|new| (new, self.fit_with(new)));
            let Some((best, fitted)) =
                tried.min_by(|a, b| a.1.chi_squared.total_cmp(&b.1.chi_squared))
            else {
                return;
            };
            if self.fitted.chi_squared - fitted.chi_squared < least_gain {
                return;
            }
            self.chosen.push(best);
            barred[best] = true;
            self.refit(grid);
            self.prune(grid, least_gain);
        }
    }

    /// Drops elements that the others have made needless.
    ///
    /// What a fit may be off depends on what is in it: an element is needless if, once it is gone and the others are fitted
    /// anew, adding it again gains too little.
    fn prune(&mut self, grid: &Grid, least_gain: f64) {
        let doubtful = |selection: &Self| -> Vec<usize> {
            let losses = selection
                .chosen
                .iter()
                .enumerate()
                .map(|(place, &candidate)| (candidate, selection.loss(place)));
            let mut doubtful: Vec<_> = losses
                .filter(|(_, loss)| *loss < SURE_FACTOR * least_gain)
                .collect();
            doubtful.sort_by(|a, b| a.1.total_cmp(&b.1));
            doubtful
                .into_iter()
                .map(|(candidate, _)| candidate)
                .collect()
        };
        for candidate in doubtful(self) {
            let Some(place) = self.chosen.iter().position(|&chosen| chosen == candidate) else {
                continue;
            };
            self.chosen.remove(place);
            self.refit(grid);
            if self.fitted.chi_squared - self.fit_with(candidate).chi_squared >= least_gain {
                self.chosen.insert(place, candidate);
                self.refit(grid);
            }
        }
    }

    /// Rise of χ² without the chosen element at a place.
    pub(super) fn loss(&self, place: usize) -> f64 {
        self.fit(&self.without(place)).chi_squared - self.fitted.chi_squared
    }

    /// Rise of χ² when another element takes its place.
    pub(super) fn loss_by_exchange(&self, place: usize, other: usize) -> f64 {
        let mut chosen = self.without(place);
        chosen.push(other);
        self.fit(&chosen).chi_squared - self.fitted.chi_squared
    }

    fn without(&self, place: usize) -> Vec<usize> {
        let mut chosen = self.chosen.clone();
        chosen.remove(place);
        chosen
    }

    /// Fits again with what the chosen elements do not tell exactly.
    fn refit(&mut self, grid: &Grid) {
        let doubt = self.doubt(grid);
        self.variance = self
            .base_variance
            .iter()
            .zip(doubt)
            .map(|(variance, doubt)| variance + doubt * doubt)
            .collect();
        self.products = products(&self.corrections, self.candidates, self.net, &self.variance);
        self.fitted = self.fit(&self.chosen);
        self.model = self.modelled();
    }

    /// Counts by which the chosen lines may be off because scale, resolution and weights are not quite as assumed.
    fn doubt(&self, grid: &Grid) -> Vec<f64> {
        let fitted = self.fit(&self.chosen);
        let mut doubt = vec![0.0; self.net.len()];
        for (place, &candidate) in self.chosen.iter().enumerate() {
            let counts = self.family_counts_in(&fitted, place);
            for (visible, counts) in self.candidates[candidate].families.iter().zip(counts) {
                for (minor, &(line, share)) in visible.lines.iter().enumerate() {
                    let weight_error = if minor == 0 { 0.0 } else { WEIGHT_ERROR };
                    grid.for_line(
                        line.energy_kev,
                        share * counts,
                        |channel, value, distance| {
                            let position = distance.abs() * POSITION_ERROR_KEV
                                / grid.sigma_kev(line.energy_kev);
                            let width = (distance * distance - 1.0).abs() * WIDTH_ERROR;
                            doubt[channel] += value * (weight_error + position + width);
                        },
                    );
                }
            }
        }
        doubt
    }

    fn modelled(&self) -> Vec<f64> {
        let mut model = vec![0.0; self.net.len()];
        for (index, factor) in self
            .indices(&self.chosen)
            .into_iter()
            .zip(&self.fitted.factors)
        {
            let shape = shape(&self.corrections, self.candidates, index);
            model
                .iter_mut()
                .zip(shape)
                .for_each(|(model, shape)| *model += factor * shape);
        }
        model
    }

    fn fit_with(&self, new: usize) -> Fitted {
        let chosen: Vec<usize> = self.chosen.iter().copied().chain([new]).collect();
        let mut start = self.fitted.factors.clone();
        start.resize(self.indices(&chosen).len(), 0.0);
        self.products.fit(&self.indices(&chosen), start)
    }

    fn fit(&self, chosen: &[usize]) -> Fitted {
        let indices = self.indices(chosen);
        self.products.fit(&indices, vec![0.0; indices.len()])
    }

    /// Indices of the shapes that take part: the corrections, then those of the elements.
    fn indices(&self, chosen: &[usize]) -> Vec<usize> {
        let shapes_of = |&candidate: &usize| {
            let before: usize = self.candidates[..candidate]
                .iter()
                .map(|candidate| candidate.shapes.len())
                .sum();
            let start = self.corrections.len() + before;
            start..start + self.candidates[candidate].shapes.len()
        };
        (0..self.corrections.len())
            .chain(chosen.iter().flat_map(shapes_of))
            .collect()
    }

    /// Counts of each family of the chosen element at a place.
    pub(super) fn family_counts(&self, place: usize) -> Vec<f64> {
        self.family_counts_in(&self.fitted, place)
    }

    fn family_counts_in(&self, fitted: &Fitted, place: usize) -> Vec<f64> {
        let start = self.indices(&self.chosen[..place]).len();
        let candidate = &self.candidates[self.chosen[place]];
        let mut counts = vec![0.0; candidate.families.len()];
        for (Shape { per_family, .. }, factor) in
            candidate.shapes.iter().zip(&fitted.factors[start..])
        {
            counts
                .iter_mut()
                .zip(per_family)
                .for_each(|(counts, share)| *counts += factor * share);
        }
        counts
    }

    /// Chosen candidates, by their place in the list of all.
    pub(super) fn chosen(&self) -> &[usize] {
        &self.chosen
    }

    /// Counts above the background that the chosen elements explain.
    pub(super) fn model(&self) -> &[f64] {
        &self.model
    }

    pub(super) fn variance(&self) -> &[f64] {
        &self.variance
    }
}

fn shape<'a>(corrections: &'a [Vec<f64>], candidates: &'a [Candidate], index: usize) -> &'a [f64] {
    all_shapes(corrections, candidates)
        .nth(index)
        .unwrap_or_default()
}

fn all_shapes<'a>(
    corrections: &'a [Vec<f64>],
    candidates: &'a [Candidate],
) -> impl Iterator<Item = &'a [f64]> {
    let of_candidates = candidates
        .iter()
        .flat_map(|candidate| &candidate.shapes)
        .map(|shape| &shape.counts[..]);
    corrections
        .iter()
        .map(|shape| &shape[..])
        .chain(of_candidates)
}

fn products(
    corrections: &[Vec<f64>],
    candidates: &[Candidate],
    net: &[f64],
    variance: &[f64],
) -> Products {
    let shapes: Vec<&[f64]> = all_shapes(corrections, candidates).collect();
    Products::new(&shapes, net, variance)
}

/// The background's estimate in overlapping triangles around the knots.
fn corrections(grid: &Grid, background: &[f64]) -> Vec<Vec<f64>> {
    let triangle = |knot: usize, energy: f64| {
        let at = |knot: Option<usize>| knot.and_then(|knot| KNOTS_KEV.get(knot)).copied();
        let here = KNOTS_KEV[knot];
        match (at(knot.checked_sub(1)), at(Some(knot + 1))) {
            (Some(before), _) if energy < here => ((energy - before) / (here - before)).max(0.0),
            (_, Some(after)) if energy > here => ((after - energy) / (after - here)).max(0.0),
            _ => 1.0,
        }
    };
    let shape = |knot: usize| {
        let value = |(channel, background): (usize, &f64)| {
            background.max(0.0) * triangle(knot, grid.energy_kev(channel))
        };
        background.iter().enumerate().map(value).collect()
    };
    (0..KNOTS_KEV.len()).map(shape).collect()
}
