use std::collections::BTreeMap;

use crate::{
    Error,
    error::{expect_areas, expect_length},
    probability::gamma_tails,
    relation::{
        Period, RateTest, benjamini_hochberg, corrected_test, dispersion, exact_test, ranks,
    },
    sample::median,
};

/// A way to divide inspections: by shift, by weekday, by hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouping<'a, N> {
    /// Its name.
    pub name: N,
    /// The group of each inspection, in the order of the counts.
    pub labels: &'a [N],
}

/// Whether the groups of one grouping differ, and which.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedRates<N> {
    /// The name of the grouping.
    pub name: N,
    /// Its groups in the order of their labels.
    pub groups: Vec<GroupRate<N>>,
    /// Test that all groups have the same level; `None` for a single group, and where all
    /// densities are equal.
    pub test: Option<KruskalWallis>,
    /// Its p controlled for the number of groupings by Benjamini and Hochberg.
    pub adjusted_p: Option<f64>,
    /// Whether the difference stands at the level asked for.
    pub is_seasonal: bool,
}

/// The Kruskal-Wallis test: one-way analysis of variance of ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KruskalWallis {
    /// `H = (12/(N(N + 1)) Σ R_j²/n_j − 3(N + 1)) / (1 − Σ(t³ − t)/(N³ − N))`, t the sizes of ties.
    pub statistic: f64,
    /// Groups less 1.
    pub degrees_of_freedom: usize,
    /// Probability of at least this H if levels are equal, by chi-square.
    pub p: f64,
}

/// A group and how it compares with all others.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRate<N> {
    /// The group.
    pub label: N,
    /// Inspections in it.
    pub inspections: usize,
    /// Their defects.
    pub count: u64,
    /// Their inspected area.
    pub area: f64,
    /// Defects per unit of area.
    pub rate: f64,
    /// Median of the densities of the inspections, which a few excursions do not move.
    pub median_density: f64,
    /// Rate over that of all other groups; `None` for a single group, and where those have no
    /// defect.
    pub ratio_to_rest: Option<f64>,
    /// Test that it is 1, corrected for clusters where there are enough inspections; `None` for a
    /// single group.
    pub test: Option<RateTest>,
    /// Its p controlled for the number of groups by Benjamini and Hochberg.
    pub adjusted_p: Option<f64>,
    /// Whether the group's difference stands at the level asked for.
    pub differs: bool,
}

/// Tests whether defect densities depend on the shift, the weekday, the hour.
///
/// `counts` and `areas_cm2` hold one value for each inspection, in any order; 1 as area of each
/// compares counts per wafer. `alpha` is the share of false findings among those that stand.
/// The test of each grouping is one of ranks, so excursions do not decide it; the ratio of each
/// group to the rest has the tests of [`crate::relation::compare_periods`].
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Area`], [`Error::NotFinite`] for the series,
/// [`Error::Parameter`] for alpha.
/// # Source
/// W. H. Kruskal and W. A. Wallis, Journal of the American Statistical Association 47 (1952);
/// NIST/SEMATECH e-Handbook of Statistical Methods, 7.4.1.
/// # Example
/// ```
/// use analytics::season::{Grouping, grouped_rates};
///
/// let counts = [9, 2, 11, 3, 8, 1, 12, 2, 10, 3];
/// let shifts = ["night", "day"].repeat(5);
/// let by_shift = Grouping { name: "shift", labels: &shifts };
/// let found = grouped_rates(&counts, &[1.0; 10], &[by_shift], 0.05)?;
/// assert!(found[0].is_seasonal);
/// assert_eq!((found[0].groups[1].label, found[0].groups[1].rate), ("night", 10.0));
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn grouped_rates<N: Ord + Clone>(
    counts: &[u64],
    areas_cm2: &[f64],
    groupings: &[Grouping<N>],
    alpha: f64,
) -> Result<Vec<GroupedRates<N>>, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let densities = counts.iter().zip(areas_cm2);
    let densities: Vec<f64> = densities
        .map(|(&count, area)| count as f64 / area)
        .collect();
    let ranks = ranks(&densities)?;
    let mut found = Vec::with_capacity(groupings.len());
    for grouping in groupings {
        expect_length("labels", grouping.labels.len(), counts.len())?;
        let mut members: BTreeMap<&N, Vec<usize>> = BTreeMap::new();
        for (index, label) in grouping.labels.iter().enumerate() {
            members.entry(label).or_default().push(index);
        }
        let groups = members.iter().map(|(&label, members)| {
            group_rate(label.clone(), members, &densities, counts, areas_cm2)
        });
        let mut groups: Vec<GroupRate<N>> = groups.collect();
        control(&mut groups, alpha)?;
        let members: Vec<Vec<usize>> = members.into_values().collect();
        found.push(GroupedRates {
            name: grouping.name.clone(),
            groups,
            test: kruskal_wallis(&ranks, &members),
            adjusted_p: None,
            is_seasonal: false,
        });
    }
    let p_of = |grouped: &GroupedRates<N>| grouped.test.map(|test| test.p);
    let p_values: Vec<f64> = found.iter().filter_map(p_of).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    let tested = found.iter_mut().filter(|grouped| grouped.test.is_some());
    for (grouped, (adjusted, rejected)) in tested.zip(judged) {
        (grouped.adjusted_p, grouped.is_seasonal) = (Some(adjusted), rejected);
    }
    Ok(found)
}

fn group_rate<N>(
    label: N,
    members: &[usize],
    densities: &[f64],
    counts: &[u64],
    areas: &[f64],
) -> GroupRate<N> {
    let mut is_member = vec![false; counts.len()];
    members.iter().for_each(|&index| is_member[index] = true);
    let period_of = |wanted: bool| {
        let chosen = || (0..counts.len()).filter(|&index| is_member[index] == wanted);
        let counts: Vec<u64> = chosen().map(|index| counts[index]).collect();
        let areas: Vec<f64> = chosen().map(|index| areas[index]).collect();
        (!counts.is_empty()).then(|| Period::new(&counts, &areas))
    };
    let own = period_of(true);
    let rest = period_of(false);
    let test = rest.as_ref().zip(own.as_ref()).map(|(rest, own)| {
        let dispersion = dispersion(rest, own);
        dispersion.map_or_else(
            || exact_test(rest, own),
            |dispersion| corrected_test(rest, own, dispersion),
        )
    });
    let mut of_members: Vec<f64> = members.iter().map(|&index| densities[index]).collect();
    let (count, area, rate) = own.map_or((0.0, 0.0, 0.0), |own| (own.count, own.area, own.rate));
    GroupRate {
        label,
        inspections: members.len(),
        count: count as u64,
        area,
        rate,
        median_density: median(&mut of_members).unwrap_or_default(),
        ratio_to_rest: rest
            .filter(|rest| rest.rate > 0.0)
            .map(|rest| rate / rest.rate),
        test,
        adjusted_p: None,
        differs: false,
    }
}

fn control<N>(groups: &mut [GroupRate<N>], alpha: f64) -> Result<(), Error> {
    let p_of = |group: &GroupRate<N>| group.test.map(|test| test.p_two_sided);
    let p_values: Vec<f64> = groups.iter().filter_map(p_of).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    let tested = groups.iter_mut().filter(|group| group.test.is_some());
    for (group, (adjusted, rejected)) in tested.zip(judged) {
        (group.adjusted_p, group.differs) = (Some(adjusted), rejected);
    }
    Ok(())
}

/// `ranks` are those of all values, `groups` the indices of each group.
fn kruskal_wallis(ranks: &[f64], groups: &[Vec<usize>]) -> Option<KruskalWallis> {
    let n = ranks.len() as f64;
    let degrees_of_freedom = groups.len().checked_sub(1).filter(|&df| df > 0)?;
    let of_groups = groups.iter().map(|members| {
        let sum: f64 = members.iter().map(|&index| ranks[index]).sum();
        sum * sum / members.len() as f64
    });
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let ties = sorted.chunk_by(|a, b| a == b).map(|tied| tied.len() as f64);
    let tied: f64 = ties.map(|t| t * t * t - t).sum();
    // Two groups have two values, so n³ − n is not 0.
    let untied = 1.0 - tied / (n * n * n - n);
    if untied <= 0.0 {
        return None;
    }
    let spread = 12.0 / (n * (n + 1.0)) * of_groups.sum::<f64>() - 3.0 * (n + 1.0);
    let statistic = (spread / untied).max(0.0);
    Some(KruskalWallis {
        statistic,
        degrees_of_freedom,
        p: gamma_tails(0.5 * degrees_of_freedom as f64, 0.5 * statistic).upper,
    })
}
