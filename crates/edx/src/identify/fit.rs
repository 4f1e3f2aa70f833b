//! Least squares with factors that are not negative.

use std::ops::Range;

/// Rounds over all factors at most; families overlap, so that some tens are needed.
const MOST_ROUNDS: usize = 500;
/// Change of χ² in a round at which the fit is good enough; selections ask for differences of 25 and more.
const ENOUGH: f64 = 1e-4;

/// Scalar products of shapes with each other and with the counts, each channel weighed by its variance.
pub(super) struct Products {
    of_shapes: Vec<Vec<f64>>,
    with_counts: Vec<f64>,
    of_counts: f64,
}

/// Factors of some shapes, and χ² with them.
#[derive(Clone)]
pub(super) struct Fitted {
    pub(super) factors: Vec<f64>,
    pub(super) chi_squared: f64,
}

impl Products {
    pub(super) fn new(shapes: &[&[f64]], net: &[f64], variance: &[f64]) -> Self {
        let divided = |values: &[f64]| -> Vec<f64> {
            values
                .iter()
                .zip(variance)
                .map(|(value, variance)| value / variance)
                .collect()
        };
        let weighed: Vec<Vec<f64>> = shapes.iter().map(|shape| divided(shape)).collect();
        let extents: Vec<Range<usize>> = shapes.iter().map(|shape| extent(shape)).collect();
        let mut of_shapes = vec![vec![0.0; shapes.len()]; shapes.len()];
        for a in 0..shapes.len() {
            for b in 0..=a {
                let common =
                    extents[a].start.max(extents[b].start)..extents[a].end.min(extents[b].end);
                if !common.is_empty() {
                    of_shapes[a][b] = product(&weighed[a][common.clone()], &shapes[b][common]);
                    of_shapes[b][a] = of_shapes[a][b];
                }
            }
        }
        Self {
            of_shapes,
            with_counts: weighed.iter().map(|shape| product(shape, net)).collect(),
            of_counts: product(&divided(net), net),
        }
    }

    /// Best factors of the shapes with these indices, starting from `start` (one per index); coordinate descent.
    pub(super) fn fit(&self, indices: &[usize], start: Vec<f64>) -> Fitted {
        let mut factors = start;
        let mut slopes: Vec<f64> = indices
            .iter()
            .map(|&i| {
                self.with_counts[i]
                    - indices
                        .iter()
                        .zip(&factors)
                        .map(|(&j, factor)| self.of_shapes[i][j] * factor)
                        .sum::<f64>()
            })
            .collect();
        for _ in 0..MOST_ROUNDS {
            let mut gain = 0.0;
            for (place, &i) in indices.iter().enumerate() {
                let curvature = self.of_shapes[i][i];
                if curvature <= 0.0 {
                    continue;
                }
                let step = (slopes[place] / curvature).max(-factors[place]);
                if step != 0.0 {
                    factors[place] += step;
                    gain += (2.0 * slopes[place] - step * curvature) * step;
                    indices
                        .iter()
                        .zip(&mut slopes)
                        .for_each(|(&j, slope)| *slope -= self.of_shapes[i][j] * step);
                }
            }
            if gain < ENOUGH {
                break;
            }
        }
        // χ² = |net|² - factors · (products + slopes)
        let explained: f64 = indices
            .iter()
            .zip(&factors)
            .zip(&slopes)
            .map(|((&i, factor), slope)| factor * (self.with_counts[i] + slope))
            .sum();
        Fitted {
            factors,
            chi_squared: self.of_counts - explained,
        }
    }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Channels outside which a shape is 0: most shapes are a few peaks.
fn extent(shape: &[f64]) -> Range<usize> {
    let start = shape
        .iter()
        .position(|&value| value != 0.0)
        .unwrap_or(shape.len());
    let end = shape
        .iter()
        .rposition(|&value| value != 0.0)
        .map_or(start, |last| last + 1);
    start..end
}
