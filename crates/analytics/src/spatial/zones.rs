//! Defects by zone, compared with what chance would put there.

use crate::{
    Error,
    dispersion::of_densities,
    error::{expect_areas, expect_length, expect_parameter},
    probability::{beta_tails, binomial_tails, gamma_tails, student_two_sided},
    relation::benjamini_hochberg,
};

/// How rings divide a wafer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Division {
    /// All rings have the same area.
    EqualArea,
    /// All rings have the same width.
    EqualWidth,
}

/// Radii that bound rings, from 0 to `radius_mm`: one more than there are rings.
/// # Errors
/// [`Error::Parameter`] for no ring.
/// # Example
/// ```
/// use analytics::spatial::{Division, ring_radii_mm};
/// assert_eq!(ring_radii_mm(Division::EqualArea, 4, 100.0)?, [0.0, 50.0, 50.0 * 2_f64.sqrt(), 50.0 * 3_f64.sqrt(), 100.0]);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn ring_radii_mm(division: Division, rings: u32, radius_mm: f64) -> Result<Vec<f64>, Error> {
    let count = f64::from(rings);
    expect_parameter(rings >= 1, "rings", count, "at least 1")?;
    let share = |ring: u32| match division {
        Division::EqualArea => (f64::from(ring) / count).sqrt(),
        Division::EqualWidth => f64::from(ring) / count,
    };
    Ok((0..=rings).map(|ring| radius_mm * share(ring)).collect())
}

/// What one inspection has in the zones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InspectionZones {
    /// Defects in each zone.
    pub counts: Vec<u64>,
    /// Inspected area of each zone, cm2 (or any unit), at least 0.
    pub areas_cm2: Vec<f64>,
}

/// One zone over all inspections.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZoneFinding {
    /// Defects.
    pub count: u64,
    /// Inspected area.
    pub area_cm2: f64,
    /// Defects per area; 0 where nothing was inspected.
    pub density_per_cm2: f64,
    /// 95 % interval of the density.
    pub interval95: (f64, f64),
    /// Defects that each inspection's own density would put there, summed.
    pub expected: f64,
    /// Two-sided probability of a count that far from the expected one.
    pub p_value: f64,
    /// The same after Benjamini-Hochberg control over the zones.
    pub adjusted_p: f64,
    /// Whether it differs at 5 %.
    pub is_different: bool,
}

/// The zones and their test as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneTest {
    /// In the order given.
    pub zones: Vec<ZoneFinding>,
    /// Probability that densities differ so much by chance; `None` with fewer than two zones or without a defect.
    pub p_value: Option<f64>,
}

/// Share of false differences among those that stand.
const ALPHA: f64 = 0.05;

/// Compares zones with the even spread of each inspection's defects over what it inspected.
///
/// The first `parts` zones divide the wafer; further ones overlap with them, are compared alike, and stay out of the test as
/// a whole. All lists have the same length.
///
/// - A zone's count, given the `N` defects of all, is binomial with the zone's share of what was expected; twice the smaller
///   tail. With several inspections the logarithm of found over expected also has to differ by Student's t with the variance
///   `φ (1 − share)/count`, where `φ ≥ 1` is Pearson's dispersion of the zone's counts between inspections, each with its own
///   level: the larger of both probabilities is reported. Zones that were not inspected have a probability of 1.
/// - The interval of a density is the exact one of a Poisson count (gamma quantiles) of `count/φ`, times `φ`, where `φ ≥ 1` is
///   the dispersion of densities between the inspections ([`of_densities`]).
/// - All zones: `X² = Σ (count − expected)²/expected` against chi-square with one degree of freedom less than zones; with
///   several inspections `X²` over its degrees of freedom also against the dispersion within zones, by F.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::Parameter`] for `parts`, [`Error::Area`] where an inspection has no area.
/// # Source
/// F. Garwood, Biometrika 28 (1936) for the interval; P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), 6.2,
/// for the dispersion; R. A. Fisher's index of dispersion.
pub fn compare_zones(inspections: &[InspectionZones], parts: usize) -> Result<ZoneTest, Error> {
    let Some(first) = inspections.first() else {
        return Err(Error::Empty {
            what: "inspections",
        });
    };
    let zones = first.counts.len();
    let is_divided = (1..=zones).contains(&parts);
    expect_parameter(
        is_divided,
        "parts",
        parts as f64,
        "1 to the number of zones",
    )?;
    for inspection in inspections {
        expect_length("counts", inspection.counts.len(), zones)?;
        expect_length("areas", inspection.areas_cm2.len(), zones)?;
    }
    let totals: Vec<f64> = inspections
        .iter()
        .map(|inspection| inspection.areas_cm2[..parts].iter().sum())
        .collect();
    expect_areas(&totals, inspections.len())?;
    let levels = Levels {
        inspections,
        totals,
        parts,
    };
    let mut found: Vec<ZoneFinding> = (0..zones).map(|zone| levels.zone(zone)).collect();
    let p_values: Vec<f64> = found.iter().map(|zone| zone.p_value).collect();
    let controlled = benjamini_hochberg(&p_values, ALPHA)?;
    let judged = controlled.adjusted.into_iter().zip(controlled.rejected);
    for (zone, (adjusted, rejected)) in found.iter_mut().zip(judged) {
        (zone.adjusted_p, zone.is_different) = (adjusted, rejected);
    }
    Ok(ZoneTest {
        p_value: levels.overall(&found[..parts]),
        zones: found,
    })
}

/// Inspections with their own levels.
struct Levels<'a> {
    inspections: &'a [InspectionZones],
    /// Inspected area of each.
    totals: Vec<f64>,
    parts: usize,
}

impl Levels<'_> {
    fn defects(&self, inspection: &InspectionZones) -> f64 {
        let counts = inspection.counts[..self.parts].iter();
        counts.map(|&count| count as f64).sum()
    }

    /// Count and expected count of a zone for each inspection, with its share of the inspection's area.
    fn pairs(&self, zone: usize) -> impl Iterator<Item = (f64, f64, f64)> {
        let both = self.inspections.iter().zip(&self.totals);
        both.map(move |(inspection, total)| {
            let share = inspection.areas_cm2[zone] / total;
            let expected = self.defects(inspection) * share;
            (inspection.counts[zone] as f64, expected, share)
        })
    }

    fn zone(&self, zone: usize) -> ZoneFinding {
        let expected: f64 = self.pairs(zone).map(|(_, expected, _)| expected).sum();
        let of_zone = self.inspections.iter();
        let counted: Vec<(u64, f64)> = of_zone
            .map(|inspection| (inspection.counts[zone], inspection.areas_cm2[zone]))
            .filter(|&(_, area)| area > 0.0)
            .collect();
        let (counts, areas): (Vec<u64>, Vec<f64>) = counted.into_iter().unzip();
        let (count, area_cm2) = (counts.iter().sum(), areas.iter().sum::<f64>());
        let dispersion = of_densities(&counts, &areas).ok().and_then(|of| of.ratio);
        let (low, high) = poisson_interval95(count, dispersion.unwrap_or(1.0).max(1.0));
        let per_area = |count: f64| {
            if area_cm2 > 0.0 {
                count / area_cm2
            } else {
                0.0
            }
        };
        ZoneFinding {
            count,
            area_cm2,
            density_per_cm2: per_area(count as f64),
            interval95: (per_area(low), per_area(high)),
            expected,
            p_value: self.p_value(zone, count, expected),
            adjusted_p: 1.0,
            is_different: false,
        }
    }

    fn p_value(&self, zone: usize, count: u64, expected: f64) -> f64 {
        let all: f64 = self.inspections.iter().map(|one| self.defects(one)).sum();
        if expected <= 0.0 || expected >= all {
            return 1.0;
        }
        let share = expected / all;
        let tails = binomial_tails(count, all as u64, share);
        let exact = (2.0 * tails.lower.min(tails.upper)).min(1.0);
        let ratio = count as f64 / expected;
        let Some((dispersion, degrees)) = self.dispersion(zone, ratio) else {
            return exact;
        };
        let deviation = (dispersion.max(1.0) * (1.0 - share) / count as f64).sqrt();
        exact.max(student_two_sided(ratio.ln() / deviation, degrees))
    }

    /// Pearson's dispersion of a zone's counts around the inspections' levels, with its degrees of freedom.
    fn dispersion(&self, zone: usize, ratio: f64) -> Option<(f64, f64)> {
        let terms = self.pairs(zone).filter(|&(_, expected, _)| expected > 0.0);
        let terms: Vec<f64> = terms
            .map(|(count, expected, share)| {
                let mean = ratio * expected;
                (count - mean).powi(2) / (mean * (1.0 - (ratio * share).min(0.99)))
            })
            .collect();
        let degrees = terms.len() as f64 - 1.0;
        (ratio > 0.0 && degrees >= 1.0).then(|| (terms.iter().sum::<f64>() / degrees, degrees))
    }

    fn overall(&self, zones: &[ZoneFinding]) -> Option<f64> {
        let tested = || {
            zones
                .iter()
                .enumerate()
                .filter(|(_, zone)| zone.expected > 0.0)
        };
        let between = tested().count() as f64 - 1.0;
        if between < 1.0 {
            return None;
        }
        let statistic: f64 = tested()
            .map(|(_, zone)| (zone.count as f64 - zone.expected).powi(2) / zone.expected)
            .sum();
        let by_chi_square = gamma_tails(0.5 * between, 0.5 * statistic).upper;
        let seen = self
            .inspections
            .iter()
            .filter(|one| self.defects(one) > 0.0);
        let within = (seen.count() as f64 - 1.0) * between;
        if within < 1.0 {
            return Some(by_chi_square);
        }
        let spread: f64 = tested()
            .flat_map(|(index, zone)| {
                let ratio = zone.count as f64 / zone.expected;
                let pairs = self.pairs(index).filter(|&(_, expected, _)| expected > 0.0);
                // Where the zone has no defect at all each term is 0.
                pairs.map(move |(count, expected, _)| match ratio > 0.0 {
                    true => (count - ratio * expected).powi(2) / (ratio * expected),
                    false => 0.0,
                })
            })
            .sum();
        let f = (statistic / between) / (spread / within).max(1e-12);
        let (x, y) = (within, between * f);
        let by_f = beta_tails(0.5 * within, 0.5 * between, x / (x + y), y / (x + y)).lower;
        Some(by_chi_square.max(by_f))
    }
}

/// 95 % limits of the mean of a count whose variance is `dispersion` times its mean.
fn poisson_interval95(count: u64, dispersion: f64) -> (f64, f64) {
    let count = count as f64 / dispersion;
    let low = match count > 0.0 {
        true => gamma_quantile(count, 0.025),
        false => 0.0,
    };
    let high = gamma_quantile(count + 1.0, 0.975);
    (dispersion * low, dispersion * high)
}

/// The value below which a gamma variable of this shape lies with probability `below`.
fn gamma_quantile(shape: f64, below: f64) -> f64 {
    let (mut low, mut high) = (0.0, shape + 10.0 * shape.sqrt() + 20.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if gamma_tails(shape, middle).lower < below {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(counts: &[u64], areas: &[f64]) -> InspectionZones {
        InspectionZones {
            counts: counts.to_vec(),
            areas_cm2: areas.to_vec(),
        }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 5e-4 * b.abs().max(1.0)
    }

    #[test]
    fn the_interval_is_garwoods() {
        // 95 % limits of a Poisson mean, as printed in tables: 0: 0 to 3.689; 10: 4.795 to 18.390; 50: 37.111 to 65.919.
        for (count, low, high) in [(0, 0.0, 3.689), (10, 4.795, 18.390), (50, 37.111, 65.919)] {
            let found = poisson_interval95(count, 1.0);
            assert!(
                close(found.0, low) && close(found.1, high),
                "{count}: {found:?}"
            );
        }
        // Twice the variance widens it by about the root of 2.
        let (low, high) = poisson_interval95(100, 2.0);
        let (least, most) = poisson_interval95(100, 1.0);
        let wider = (high - low) / (most - least);
        assert!((wider - 2.0_f64.sqrt()).abs() < 0.03, "{wider}");
    }

    #[test]
    fn an_even_spread_differs_nowhere_and_a_full_edge_does() {
        let areas = [100.0, 100.0, 200.0];
        let even = compare_zones(&[one(&[25, 24, 51], &areas)], 3).unwrap();
        assert!(even.zones.iter().all(|zone| !zone.is_different));
        assert!(even.p_value.unwrap() > 0.9);
        let full = compare_zones(&[one(&[20, 20, 160], &areas)], 3).unwrap();
        let edge = full.zones[2];
        assert!(edge.is_different && edge.expected == 100.0 && edge.density_per_cm2 == 0.8);
        // X² = 30²/50 + 30²/50 + 60²/100 = 72 with 2 degrees of freedom: exp(−36).
        assert!((full.p_value.unwrap() / (-36.0_f64).exp() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_difference_on_one_wafer_of_many_is_not_one_of_the_zone() {
        let areas = [100.0, 100.0];
        let quiet = one(&[10, 10], &areas);
        let mut inspections = vec![quiet; 9];
        inspections.push(one(&[10, 100], &areas));
        let found = compare_zones(&inspections, 2).unwrap();
        assert!(!found.zones[1].is_different, "{found:?}");
        let together = one(&[100, 190], &[1000.0, 1000.0]);
        assert!(compare_zones(&[together], 2).unwrap().zones[1].is_different);
    }

    #[test]
    fn levels_of_inspections_are_no_difference_of_zones() {
        // The second inspection saw only the inner zone, and saw much there.
        let whole = one(&[20, 20], &[100.0, 100.0]);
        let inner = one(&[500, 0], &[100.0, 0.0]);
        let found = compare_zones(&[whole, inner], 2).unwrap();
        assert_eq!(
            (found.zones[0].expected, found.zones[1].expected),
            (520.0, 20.0)
        );
        assert!(found.zones.iter().all(|zone| !zone.is_different));
    }

    #[test]
    fn a_custom_zone_is_compared_and_stays_out_of_the_whole() {
        let found = compare_zones(&[one(&[50, 50, 40], &[100.0, 100.0, 20.0])], 2).unwrap();
        assert!(found.zones[2].is_different && found.zones[2].expected == 10.0);
        assert_eq!(found.p_value, Some(1.0));
    }

    #[test]
    fn zones_without_area_or_defects_have_finite_numbers() {
        let found = compare_zones(&[one(&[0, 0, 0], &[100.0, 0.0, 5.0])], 3).unwrap();
        for zone in &found.zones {
            assert!(zone.density_per_cm2 == 0.0 && zone.p_value == 1.0);
            assert!(zone.interval95.1.is_finite());
        }
        assert_eq!(found.p_value, None);
        assert!(compare_zones(&[], 1).is_err());
        assert!(compare_zones(&[one(&[1], &[0.0])], 1).is_err());
    }
}
