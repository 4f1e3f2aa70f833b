//! Patterns of defects, by tests against complete spatial randomness.
//!
//! Six tests look at the defects of an inspection: the distance from the centre (`radius`), the direction (`direction`),
//! the dies (`die`), the place in the die (`repeat`), heaps (`heap`) and arcs (`line`). Each has one probability, already
//! corrected for everything it scanned. The strongest evidence names a pattern; its defects, and the area they lie on, are
//! taken out, and the tests are made again on what is left, so that no pattern is reported under two names. It ends when
//! none of the six stands any more.
//!
//! Not here: patterns over several wafers, and background whose density changes slowly over the wafer, which shows as the
//! ring or sector that it fills.

mod die;
mod direction;
mod field;
mod heap;
mod line;
mod radius;
mod repeat;
mod scan;

use super::{Inspected, Sector, measure, shape::polygon_area};
use crate::{Error, error::expect_parameter, relation::benjamini_hochberg};
use field::Field;

/// Patterns reported at most: beyond that a wafer is not described by its parts.
const PATTERNS_MOST: usize = 12;
/// Fewer defects than this say nothing.
const DEFECTS_LEAST: u64 = 4;
/// A scratch within a heap, ring or sector is the pattern where it has at least this share of its defects.
const OF_HEAP: f64 = 0.6;
/// A heap within a die is the pattern where it has at least this share of the die's defects ...
const OF_DIE: f64 = 0.85;
/// ... on at most this part of the die's area.
const PART_OF_DIE: f64 = 0.15;
/// Evidence of a pattern by itself: ln of one in ten thousand.
const STRONG: f64 = -9.2;
/// Defects on a line that is wider than this, mm, and stays on a ring or the rim, are that ring or rim ...
const LINE_MOST_MM: f64 = 1.0;
/// ... where at least this share of them lies on it, and it has evidence of its own: ln of one in a thousand. They stay on it
/// if they spread so many times as far around the wafer as outwards.
const OF_LINE: f64 = 0.75;
const CLEAR: f64 = -6.9;
const AROUND_BY_OUTWARDS: f64 = 8.0;
/// Shares of `alpha`: rings, rims and sectors are wide and never far from what chance does, the others are, or are not there.
const OF_WIDE: f64 = 3.0;
const OF_NARROW: f64 = 1.0;

/// A pattern of defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// A line or an arc.
    Scratch,
    /// A ring around the centre.
    Ring,
    /// The rim, all of it or an arc.
    Edge,
    /// The middle.
    Centre,
    /// A sector.
    Sector,
    /// One die.
    HotDie,
    /// The same place in many dies.
    Repeater,
    /// A heap.
    Cluster,
}

/// Where a pattern is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Ring, rim, middle, sector.
    Zone(Sector),
    /// Along a scratch, or the hull of a heap, mm.
    Path(Vec<(f64, f64)>),
    /// Column and row of a die of the lattice.
    Die((i32, i32)),
    /// In the die.
    InDie {
        /// mm from its lower-left corner.
        at_mm: (f64, f64),
        /// Dies hit.
        dies: usize,
        /// Columns and rows of dies after which it comes again, such as those of a reticle field; (1, 1) for any die.
        field: (i32, i32),
    },
}

/// A pattern that stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is.
    pub pattern: Pattern,
    /// Indices of its defects, ascending.
    pub members: Vec<usize>,
    /// Defects that chance would put there.
    pub expected: f64,
    /// Probability by chance, corrected for everything its test scanned; 0 where a double cannot hold it.
    pub p_value: f64,
    /// The same after Benjamini-Hochberg control over all tests, of which those for rings, rims and sectors weigh three times
    /// as much as the others.
    pub adjusted_p: f64,
    /// The test in words.
    pub test: String,
    /// Where it is.
    pub place: Place,
}

/// Patterns of an inspection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signatures {
    /// The strongest evidence first.
    pub found: Vec<Found>,
    /// Tests that [`Found::adjusted_p`] counts: those of the patterns, and those that found nothing at the end.
    pub tests: usize,
    /// Defects outside the inspected area, which no test looks at: chance had no way to put them there.
    pub outside: usize,
}

/// The strongest that one test has.
struct Evidence {
    pattern: Pattern,
    members: Vec<usize>,
    expected: f64,
    /// Logarithm of the probability, which may be too small for a double.
    ln_p: f64,
    /// Its share of alpha over that of an even split.
    weight: f64,
    test: String,
    place: Place,
}

impl Evidence {
    fn none(pattern: Pattern, test: &str) -> Self {
        Self {
            pattern,
            members: Vec::new(),
            expected: 0.0,
            ln_p: 0.0,
            weight: 1.0,
            test: test.to_owned(),
            place: Place::Path(Vec::new()),
        }
    }

    /// Logarithm of the probability over the weight, which all tests are compared by.
    fn weighed(&self) -> f64 {
        self.ln_p - self.weight.ln()
    }
}

/// Names the patterns of defects on an inspected area.
///
/// `points` are in mm from the wafer centre; those outside the area are counted and left out. The dies of the area's lattice are
/// looked at where it has one. A pattern is reported when its probability by chance, after Benjamini-Hochberg control over all
/// tests, is at most `alpha`: of wafers with nothing but random defects a share of `alpha` at most has one.
/// # Errors
/// [`Error::Parameter`] for an alpha outside 0 to 1, [`Error::NotFinite`] with the index of a point.
/// # Source
/// Y. Benjamini and Y. Hochberg (1995) for the control; C. R. Genovese, K. Roeder and L. Wasserman, Biometrika 93 (2006), for
/// tests of different weight under it; the tests name their own.
pub fn signatures(
    points: &[(f64, f64)],
    inspected: &Inspected,
    alpha: f64,
) -> Result<Signatures, Error> {
    expect_parameter((0.0..=1.0).contains(&alpha), "alpha", alpha, "0 to 1")?;
    if let Some(index) = points.iter().position(|(x, y)| !x.hypot(*y).is_finite()) {
        let (x, y) = points[index];
        let value = if x.is_finite() { y } else { x };
        return Err(Error::NotFinite {
            what: "points",
            index,
            value,
        });
    }
    let mut field = Field::new(inspected, points);
    let outside = points.len() - field.left().len();
    let mut found = Vec::new();
    let rest = loop {
        let mut made = tests(&field);
        let strongest = strongest(&made, &field);
        let stands = |evidence: &Evidence| {
            evidence.weighed() + (made.len() as f64).ln() <= alpha.ln()
                && !evidence.members.is_empty()
        };
        match strongest.filter(|&place| stands(&made[place])) {
            Some(place) if found.len() < PATTERNS_MOST => {
                let best = made.swap_remove(place);
                take_out(&mut field, &best);
                found.push(best);
            }
            _ => break made,
        }
    };
    let (found, tests) = judged(found, &rest, alpha)?;
    Ok(Signatures {
        found,
        tests,
        outside,
    })
}

/// All tests of what is left.
fn tests(field: &Field<'_>) -> Vec<Evidence> {
    if field.count() < DEFECTS_LEAST || field.area_mm2() <= 0.0 {
        return Vec::new();
    }
    let mut made = vec![
        (OF_WIDE, radius::test(field)),
        (OF_WIDE, direction::test(field)),
        (OF_NARROW, heap::test(field)),
        (OF_NARROW, line::test(field)),
    ];
    if let Some(lattice) = field.lattice() {
        made.push((OF_NARROW, die::test(field, lattice)));
        made.push((OF_NARROW, repeat::test(field, lattice)));
    }
    let even = made.iter().map(|(share, _)| share).sum::<f64>() / made.len() as f64;
    let weigh = |(share, evidence)| Evidence {
        weight: share / even,
        ..evidence
    };
    made.into_iter().map(weigh).collect()
}

/// Place of the evidence to be reported: the strongest, unless another names the same defects better.
fn strongest(made: &[Evidence], field: &Field<'_>) -> Option<usize> {
    let places = 0..made.len();
    let best = places
        .clone()
        .min_by(|&a, &b| made[a].weighed().total_cmp(&made[b].weighed()))?;
    let instead = |of: usize| {
        places
            .clone()
            .find(|&place| is_instead(&made[place], &made[of], field))
    };
    let best = instead(best).unwrap_or(best);
    let zone = places.clone().find(|&place| {
        made[best].pattern == Pattern::Scratch && is_zone_of(&made[place], &made[best], field)
    });
    Some(zone.unwrap_or(best))
}

/// Share of some defects that are among others; both are ascending.
fn share(of: &[usize], in_others: &[usize]) -> f64 {
    let common = of
        .iter()
        .filter(|member| in_others.binary_search(member).is_ok());
    common.count() as f64 / of.len().max(1) as f64
}

/// A heap, ring or sector most of which lies on an arc is a scratch, if that arc has evidence of its own; a die most of whose
/// defects are in a heap much smaller than the die is not a hot die but lies below that heap.
fn is_instead(one: &Evidence, best: &Evidence, field: &Field<'_>) -> bool {
    one.ln_p < STRONG
        && match (best.pattern, one.pattern, &one.place) {
            (Pattern::HotDie | Pattern::Repeater, Pattern::Scratch, _) => false,
            (_, Pattern::Scratch, _) => share(&best.members, &one.members) >= OF_HEAP,
            (Pattern::HotDie, Pattern::Cluster, Place::Path(hull)) => {
                let die = field
                    .lattice()
                    .map_or(0.0, |lattice| lattice.pitch_mm.0 * lattice.pitch_mm.1);
                share(&best.members, &one.members) >= OF_DIE
                    && polygon_area(hull) <= PART_OF_DIE * die
            }
            _ => false,
        }
}

/// Whether what looks like a scratch is a ring or the rim: it stays there, and is too wide for a line.
fn is_zone_of(zone: &Evidence, scratch: &Evidence, field: &Field<'_>) -> bool {
    if !matches!(zone.pattern, Pattern::Ring | Pattern::Edge)
        || zone.ln_p >= CLEAR
        || share(&scratch.members, &zone.members) < OF_LINE
    {
        return false;
    }
    let points: Vec<(f64, f64)> =
        (scratch.members.iter().map(|&member| field.point(member))).collect();
    let is_wide = measure(&points).is_ok_and(|shape| shape.width_mm > LINE_MOST_MM);
    is_wide && around_by_outwards(&points) >= AROUND_BY_OUTWARDS
}

/// How far points spread around the wafer centre over how far they spread in their distance from it: median deviations.
fn around_by_outwards(points: &[(f64, f64)]) -> f64 {
    let sum = points.iter().fold((0.0, 0.0), |sum, (x, y)| {
        let radius = x.hypot(*y).max(f64::MIN_POSITIVE);
        (sum.0 + x / radius, sum.1 + y / radius)
    });
    let (sin, cos) = f64::atan2(sum.1, sum.0).sin_cos();
    let around =
        |&(x, y): &(f64, f64)| x.hypot(y) * f64::atan2(y * cos - x * sin, x * cos + y * sin);
    let outwards = points.iter().map(|(x, y)| x.hypot(*y)).collect();
    median_deviation(points.iter().map(around).collect()) / median_deviation(outwards)
}

/// Median distance from the median, at least one micrometre.
fn median_deviation(mut values: Vec<f64>) -> f64 {
    let median = |values: &mut Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let middle = median(&mut values);
    let mut away = values.iter().map(|value| (value - middle).abs()).collect();
    median(&mut away).max(1e-3)
}

/// Takes a pattern's defects and their area out.
fn take_out(field: &mut Field<'_>, of: &Evidence) {
    field.take(&of.members);
    match (&of.place, field.lattice().copied()) {
        (Place::Zone(zone), _) => field.take_area(|point| zone.holds(point)),
        (Place::Die(die), Some(lattice)) => field.take_area(|point| lattice.die_at(point) == *die),
        (Place::Path(_), _) if of.pattern == Pattern::Cluster => {
            let ((x, y), radius) = disc(field, &of.members);
            field.take_area(|(px, py)| (px - x).hypot(py - y) <= radius);
        }
        // Scratches and repeaters cover next to nothing.
        _ => {}
    }
}

/// The disc around the middle of some defects that holds them all.
fn disc(field: &Field<'_>, members: &[usize]) -> ((f64, f64), f64) {
    let count = members.len().max(1) as f64;
    let points = || members.iter().map(|&member| field.point(member));
    let x = points().map(|point| point.0).sum::<f64>() / count;
    let y = points().map(|point| point.1).sum::<f64>() / count;
    let radii = points().map(|(px, py)| (px - x).hypot(py - y));
    ((x, y), radii.fold(0.0, f64::max))
}

/// Controls the false discoveries of all tests, each with its weight: those that found a pattern, and those that found
/// nothing in what was left. Returns the patterns that stand, and how many tests there were.
fn judged(
    found: Vec<Evidence>,
    rest: &[Evidence],
    alpha: f64,
) -> Result<(Vec<Found>, usize), Error> {
    let all = found.iter().chain(rest);
    let weighed: Vec<f64> = all
        .map(|evidence| evidence.weighed().exp().min(1.0))
        .collect();
    let controlled = benjamini_hochberg(&weighed, alpha)?;
    let tests = weighed.len();
    let standing = found
        .into_iter()
        .zip(controlled.adjusted)
        .filter(|(_, adjusted)| *adjusted <= alpha);
    let found = standing.map(|(evidence, adjusted_p)| Found {
        pattern: evidence.pattern,
        members: evidence.members,
        expected: evidence.expected,
        p_value: evidence.ln_p.exp().min(1.0),
        adjusted_p,
        test: evidence.test,
        place: evidence.place,
    });
    Ok((found.collect(), tests))
}
