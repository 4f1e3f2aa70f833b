use std::ops::Range;

use crate::{
    Error,
    error::{expect_areas, expect_parameter, expect_positive},
};

/// How counts vary between changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ChangeModel {
    /// Independent defects. Clusters are then taken for changes.
    Poisson,
    /// Clustered defects: a wafer of mean area has the clustering parameter alpha, one of another
    /// area in proportion (clusters come per area), so that sums are negative binomial too.
    NegativeBinomial {
        /// Clustering parameter, 1e-9 to 1e15.
        alpha: f64,
    },
    /// Alpha measured by how much neighbouring points differ, which changes of level hardly touch;
    /// Poisson where they differ no more than by chance.
    #[default]
    Measured,
}

/// How [`change_points`] looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangeSetup {
    /// How counts vary between changes.
    pub model: ChangeModel,
    /// What each change must gain in twice the logarithm of the likelihood, above 0; `None` is
    /// 3 ln n, the modified Bayesian criterion for one rate and one place. Larger finds fewer.
    pub penalty: Option<f64>,
    /// Least points between changes, at least 1.
    pub least_points: usize,
    /// Points up to which all divisions are considered; an unchanged series takes the square of
    /// this in steps.
    pub optimal_up_to: usize,
}

impl Default for ChangeSetup {
    /// Measured clusters, 3 ln n, at least 5 points between changes, the best division up to 5,000
    /// points.
    fn default() -> Self {
        Self {
            model: ChangeModel::default(),
            penalty: None,
            least_points: 5,
            optimal_up_to: 5_000,
        }
    }
}

/// Levels of a series, and where they change.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangePoints {
    /// The stretches of one level, oldest first; a change lies at the start of each but the first.
    pub segments: Vec<Segment>,
    /// The penalty that was used.
    pub penalty: f64,
    /// Clustering parameter that was used; `None` for Poisson counts.
    pub alpha: Option<f64>,
    /// Whether the segments are the best ones of all; otherwise each change was the best split of
    /// the stretch it lies in.
    pub is_optimal: bool,
}

/// A stretch of points with one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its points.
    pub points: Range<usize>,
    /// Their defects.
    pub count: u64,
    /// Their inspected area.
    pub area: f64,
    /// Defects per unit of area.
    pub rate: f64,
    /// Rate over that of the segment before; `None` for the first, and after one without a defect.
    pub ratio_to_previous: Option<f64>,
    /// What the change at its start gains in twice the logarithm of the likelihood, above the
    /// penalty for a real one; `None` for the first.
    pub gain: Option<f64>,
}

/// Finds where the level of a series of counts changes.
///
/// `counts` and `areas_cm2` hold one value for each inspection, oldest first; 1 as area of each
/// charts counts per wafer. The segments minimise −2 ln(likelihood) plus the penalty for each
/// change: exactly, by PELT, up to `optimal_up_to` points; beyond, by binary segmentation, in n log n
/// steps for each level of splits.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`] for the series,
/// [`Error::Parameter`] for the setup.
/// # Source
/// R. Killick, P. Fearnhead, I. A. Eckley, Journal of the American Statistical Association 107
/// (2012) for PELT; A. J. Scott and M. Knott, Biometrics 30 (1974) for binary segmentation; N. R.
/// Zhang and D. O. Siegmund, Biometrics 63 (2007) for the penalty.
/// # Example
/// ```
/// use analytics::trend::{ChangeSetup, change_points};
///
/// let counts = [9, 12, 7, 10, 8, 11, 9, 10, 24, 22, 27, 25, 21, 26, 23, 24];
/// let found = change_points(&counts, &[1.0; 16], &ChangeSetup::default())?;
/// assert_eq!(found.segments.len(), 2);
/// assert_eq!(found.segments[1].points, 8..16);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn change_points(
    counts: &[u64],
    areas_cm2: &[f64],
    setup: &ChangeSetup,
) -> Result<ChangePoints, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let least = setup.least_points;
    expect_parameter(least >= 1, "least_points", least as f64, "at least 1")?;
    let n = counts.len();
    let penalty = setup.penalty.unwrap_or(3.0 * (n as f64).ln().max(1.0));
    expect_positive("penalty", penalty)?;
    let alpha = match setup.model {
        ChangeModel::Poisson => None,
        ChangeModel::NegativeBinomial { alpha } => {
            let is_alpha = (1e-9..=1e15).contains(&alpha);
            expect_parameter(is_alpha, "alpha", alpha, "1e-9 to 1e15")?;
            Some(alpha)
        }
        ChangeModel::Measured => short_term_alpha(counts, areas_cm2),
    };
    let sums = Sums::new(counts, areas_cm2, alpha);
    let is_optimal = n <= setup.optimal_up_to;
    let starts = match is_optimal {
        true => sums.pelt(penalty, least),
        false => sums.binary_segmentation(penalty, least),
    };
    Ok(ChangePoints {
        segments: sums.segments(&starts),
        penalty,
        alpha,
        is_optimal,
    })
}

/// From squared differences of neighbouring densities: their mean over that of Poisson counts is
/// 1 + mean/alpha.
fn short_term_alpha(counts: &[u64], areas: &[f64]) -> Option<f64> {
    let area: f64 = areas.iter().sum();
    let rate = counts.iter().map(|&count| count as f64).sum::<f64>() / area;
    let density = |index: usize| counts[index] as f64 / areas[index];
    let pairs = 1..counts.len();
    let squares: f64 = pairs
        .clone()
        .map(|i| (density(i) - density(i - 1)).powi(2))
        .sum();
    let by_chance: f64 = pairs
        .map(|i| rate * (1.0 / areas[i] + 1.0 / areas[i - 1]))
        .sum();
    let excess = squares / by_chance - 1.0;
    let alpha = rate * (area / areas.len() as f64) / excess;
    (excess > 0.0).then(|| alpha.clamp(1e-9, 1e15))
}

/// Sums of counts and areas up to each point, for the cost of any stretch in one step.
struct Sums {
    counts: Vec<f64>,
    areas: Vec<f64>,
    /// Alpha for each unit of area.
    alpha_per_area: Option<f64>,
}

impl Sums {
    fn new(counts: &[u64], areas: &[f64], alpha: Option<f64>) -> Self {
        let sums = |values: &mut dyn Iterator<Item = f64>| -> Vec<f64> {
            let sums = values.scan(0.0, |sum, value| {
                *sum += value;
                Some(*sum)
            });
            std::iter::once(0.0).chain(sums).collect()
        };
        let areas = sums(&mut areas.iter().copied());
        let mean_area = areas[counts.len()] / counts.len() as f64;
        Self {
            counts: sums(&mut counts.iter().map(|&count| count as f64)),
            areas,
            alpha_per_area: alpha.map(|alpha| alpha / mean_area),
        }
    }

    fn len(&self) -> usize {
        self.counts.len() - 1
    }

    fn of(&self, range: &Range<usize>) -> (f64, f64) {
        let between = |sums: &[f64]| sums[range.end] - sums[range.start];
        (between(&self.counts), between(&self.areas))
    }

    /// −2 ln(likelihood) of a stretch with one rate, but for what no division changes.
    fn cost(&self, range: Range<usize>) -> f64 {
        let (count, area) = self.of(&range);
        if count <= 0.0 {
            return 0.0;
        }
        match self.alpha_per_area {
            None => -2.0 * count * (count / area).ln(),
            Some(alpha) => {
                let alpha = alpha * area;
                2.0 * (count * (alpha / count).ln_1p() + alpha * (count / alpha).ln_1p())
            }
        }
    }

    /// The starts of the best segments, the first at 0.
    fn pelt(&self, penalty: f64, least: usize) -> Vec<usize> {
        let n = self.len();
        let mut best = vec![f64::INFINITY; n + 1];
        best[0] = -penalty;
        let mut last_start = vec![0; n + 1];
        // Starts that may still be the best, and the end from which they are not: one that is worse
        // than a start at `end` stays allowed while that start would make too short a segment.
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        for end in least..=n {
            let newest = end - least;
            if newest == 0 || newest >= least {
                candidates.push((newest, usize::MAX));
            }
            candidates.retain(|&(_, dropped_from)| end < dropped_from);
            for &(start, _) in &candidates {
                let value = best[start] + self.cost(start..end) + penalty;
                if value < best[end] {
                    (best[end], last_start[end]) = (value, start);
                }
            }
            for (start, dropped_from) in &mut candidates {
                let is_worse = best[*start] + self.cost(*start..end) > best[end];
                if is_worse && *dropped_from == usize::MAX {
                    *dropped_from = end + least;
                }
            }
        }
        let mut starts = Vec::new();
        let mut end = n;
        while end > 0 {
            end = if n < least { 0 } else { last_start[end] };
            starts.push(end);
        }
        starts.reverse();
        starts
    }

    fn binary_segmentation(&self, penalty: f64, least: usize) -> Vec<usize> {
        let mut starts = vec![0];
        let mut open = vec![(0, self.len())];
        while let Some((start, end)) = open.pop() {
            let range = start..end;
            let whole = self.cost(range.clone());
            let gain = |&at: &usize| whole - self.cost(range.start..at) - self.cost(at..range.end);
            let places = range.start + least..(range.end + 1).saturating_sub(least);
            let split = places.max_by(|a, b| gain(a).total_cmp(&gain(b)));
            if let Some(at) = split.filter(|at| gain(at) > penalty) {
                starts.push(at);
                open.extend([(start, at), (at, end)]);
            }
        }
        starts.sort_unstable();
        starts
    }

    fn segments(&self, starts: &[usize]) -> Vec<Segment> {
        let ends = starts.iter().skip(1).copied().chain([self.len()]);
        let mut segments: Vec<Segment> = Vec::with_capacity(starts.len());
        for (&start, end) in starts.iter().zip(ends) {
            let (count, area) = self.of(&(start..end));
            let rate = count / area;
            let before = segments.last();
            segments.push(Segment {
                ratio_to_previous: before
                    .filter(|before| before.rate > 0.0)
                    .map(|before| rate / before.rate),
                gain: before.map(|before| {
                    let apart = self.cost(before.points.clone()) + self.cost(start..end);
                    self.cost(before.points.start..end) - apart
                }),
                points: start..end,
                count: count as u64,
                area,
                rate,
            });
        }
        segments
    }
}
