use super::benjamini_hochberg;
use crate::{
    Error,
    error::{expect_areas, expect_length},
    probability::{
        Tails, binomial_interval95, binomial_tails, student_quantile, student_two_sided,
    },
};

/// Counts of one type in two periods, one count for each inspection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoPeriods<'a, N> {
    /// The defect type, or whatever is compared.
    pub name: N,
    /// Counts of the baseline period.
    pub before: &'a [u64],
    /// Counts of the period that is compared with it.
    pub after: &'a [u64],
}

/// How the rate of one type changed.
#[derive(Clone, Debug, PartialEq)]
pub struct RateChange<N> {
    /// The type.
    pub name: N,
    /// Defects in the first period.
    pub count_before: u64,
    /// Defects in the second period.
    pub count_after: u64,
    /// Defects per unit of area in the first period.
    pub rate_before: f64,
    /// Defects per unit of area in the second period.
    pub rate_after: f64,
    /// Rate after over rate before; `None` without a defect before.
    pub ratio: Option<f64>,
    /// If counts were Poisson.
    pub exact: RateTest,
    /// With the variation between inspections that is really there; `None` with fewer than three
    /// inspections, or without a defect.
    pub corrected: Option<RateTest>,
    /// Pearson's dispersion of the counts around the rates of their periods, 1 for Poisson counts;
    /// `None` as for `corrected`.
    pub dispersion: Option<f64>,
    /// p of the corrected test (of the exact one where there is none), controlled for the number
    /// of types by Benjamini and Hochberg.
    pub adjusted_p: f64,
    /// Whether the change stands at the level asked for.
    pub is_changed: bool,
}

/// A test that the ratio of two rates is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateTest {
    /// Two-sided p-value.
    pub p_two_sided: f64,
    /// 95 % confidence limits of the ratio; the upper one `None` where it is infinite.
    pub interval95: (f64, Option<f64>),
}

/// Compares the rates of each type in two periods, and says which changes stand, all types
/// considered. The result is ordered by evidence: adjusted p, then the size of the change in defects
/// per area.
///
/// `areas_before` and `areas_after` are the inspected areas, one for each inspection of a period,
/// the same for all types, at least one each; 1 for each inspection compares counts per wafer.
/// `alpha` is the share of false changes among those that stand, usually 0.05.
///
/// Two tests for each type: the exact one for Poisson counts (given both counts, that of the second
/// period is binomial; twice the smaller tail, limits of Clopper and Pearson), and one that allows
/// for clusters: the logarithm of the ratio has variance φ(1/c₁ + 1/c₂), with φ Pearson's
/// dispersion around the rates of the periods, at least 1, and Student's t with n − 2 degrees of
/// freedom. A count of 0 counts as a half there.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`] for the series,
/// [`Error::Parameter`] for alpha.
/// # Source
/// J. Przyborowski and H. Wilenski, Biometrika 31 (1940) for the exact test; P. McCullagh and J. A.
/// Nelder, Generalized Linear Models (1989), 6.2, for the dispersion.
/// # Example
/// ```
/// use analytics::relation::{TwoPeriods, compare_periods};
///
/// let types = [
///     TwoPeriods { name: "scratch", before: &[2, 3, 2, 1], after: &[9, 12, 8, 11] },
///     TwoPeriods { name: "particle", before: &[7, 4, 6, 5], after: &[6, 5, 4, 7] },
/// ];
/// let changes = compare_periods(&types, &[1.0; 4], &[1.0; 4], 0.05)?;
/// assert_eq!((changes[0].name, changes[0].ratio), ("scratch", Some(5.0)));
/// assert!(changes[0].is_changed && !changes[1].is_changed);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn compare_periods<N: Clone>(
    types: &[TwoPeriods<N>],
    areas_before: &[f64],
    areas_after: &[f64],
    alpha: f64,
) -> Result<Vec<RateChange<N>>, Error> {
    for areas in [areas_before, areas_after] {
        if areas.is_empty() {
            return Err(Error::Empty { what: "areas" });
        }
        expect_areas(areas, areas.len())?;
    }
    let mut changes = Vec::with_capacity(types.len());
    for counts in types {
        expect_length("counts before", counts.before.len(), areas_before.len())?;
        expect_length("counts after", counts.after.len(), areas_after.len())?;
        let before = Period::new(counts.before, areas_before);
        let after = Period::new(counts.after, areas_after);
        changes.push(change(counts.name.clone(), &before, &after));
    }
    let p_values: Vec<f64> = changes.iter().map(|change| change.adjusted_p).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    for (change, (adjusted, rejected)) in changes.iter_mut().zip(judged) {
        (change.adjusted_p, change.is_changed) = (adjusted, rejected);
    }
    let size = |change: &RateChange<N>| (change.rate_after - change.rate_before).abs();
    changes.sort_by(|a, b| {
        let by_p = a.adjusted_p.total_cmp(&b.adjusted_p);
        by_p.then(size(b).total_cmp(&size(a)))
    });
    Ok(changes)
}

/// Counts and areas of one period.
pub(crate) struct Period {
    pub inspections: usize,
    pub count: f64,
    pub area: f64,
    pub rate: f64,
    /// Σ(c − μ)²/μ around the period's rate.
    pub chi_square: f64,
}

impl Period {
    pub fn new(counts: &[u64], areas: &[f64]) -> Self {
        let count: f64 = counts.iter().map(|&count| count as f64).sum();
        let area: f64 = areas.iter().sum();
        let rate = count / area;
        let terms = counts.iter().zip(areas).map(|(&count, area)| {
            let mean = rate * area;
            (count as f64 - mean).powi(2) / mean
        });
        Self {
            inspections: counts.len(),
            count,
            area,
            rate,
            chi_square: if rate > 0.0 { terms.sum() } else { 0.0 },
        }
    }
}

fn change<N>(name: N, before: &Period, after: &Period) -> RateChange<N> {
    let exact = exact_test(before, after);
    let dispersion = dispersion(before, after);
    let corrected = dispersion.map(|dispersion| corrected_test(before, after, dispersion));
    RateChange {
        name,
        count_before: before.count as u64,
        count_after: after.count as u64,
        rate_before: before.rate,
        rate_after: after.rate,
        ratio: (before.rate > 0.0).then(|| after.rate / before.rate),
        exact,
        dispersion,
        adjusted_p: corrected.unwrap_or(exact).p_two_sided,
        corrected,
        is_changed: false,
    }
}

/// Given the sum of both counts, the second is binomial with the share of its area.
pub(crate) fn exact_test(before: &Period, after: &Period) -> RateTest {
    let (k, n) = (after.count as u64, (before.count + after.count) as u64);
    let share = after.area / (before.area + after.area);
    let Tails { lower, upper } = binomial_tails(k, n, share);
    let ratio = |share: f64| share / (1.0 - share) * (before.area / after.area);
    let (low, high) = if n > 0 {
        binomial_interval95(k, n)
    } else {
        (0.0, 1.0)
    };
    RateTest {
        p_two_sided: (2.0 * lower.min(upper)).min(1.0),
        interval95: (ratio(low), (high < 1.0).then(|| ratio(high))),
    }
}

/// Pearson's statistic of both periods around their own rates over its degrees of freedom.
pub(crate) fn dispersion(before: &Period, after: &Period) -> Option<f64> {
    let df = (before.inspections + after.inspections).checked_sub(2)?;
    let has_defects = before.count + after.count > 0.0;
    (df > 0 && has_defects).then(|| (before.chi_square + after.chi_square) / df as f64)
}

pub(crate) fn corrected_test(before: &Period, after: &Period, dispersion: f64) -> RateTest {
    let df = (before.inspections + after.inspections - 2) as f64;
    let (first, second) = (before.count.max(0.5), after.count.max(0.5));
    let error = (dispersion.max(1.0) * (1.0 / first + 1.0 / second)).sqrt();
    let ln_ratio = (second / after.area).ln() - (first / before.area).ln();
    let half = student_quantile(0.05, df) * error;
    RateTest {
        p_two_sided: student_two_sided(ln_ratio / error, df),
        interval95: (
            (ln_ratio - half).exp(),
            Some((ln_ratio + half).exp()).filter(|upper| upper.is_finite()),
        ),
    }
}
