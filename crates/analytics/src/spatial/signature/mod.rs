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

use super::{Inspected, Lattice, Sector, shape::polygon_area};
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
    /// The same after Benjamini-Hochberg control over all tests.
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
}

/// The strongest that one test has.
struct Evidence {
    pattern: Pattern,
    members: Vec<usize>,
    expected: f64,
    /// Logarithm of the probability, which may be too small for a double.
    ln_p: f64,
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
            test: test.to_owned(),
            place: Place::Path(Vec::new()),
        }
    }
}

/// Names the patterns of defects on an inspected area.
///
/// `points` are in mm from the wafer centre; the dies of the area's lattice are looked at where it has one. A pattern is
/// reported when its probability by chance, after Benjamini-Hochberg control over all tests, is at most `alpha`: of wafers with
/// nothing but random defects a share of `alpha` at most has one.
/// # Errors
/// [`Error::Parameter`] for an alpha outside 0 to 1, [`Error::NotFinite`] with the index of a point.
/// # Source
/// Y. Benjamini and Y. Hochberg (1995) for the control; the tests name their own.
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
    let mut found = Vec::new();
    let rest = loop {
        let mut made = tests(&field);
        let strongest = strongest(&made, field.lattice());
        let tests_made = made.len() as f64;
        let stands = |evidence: &Evidence| {
            evidence.ln_p + tests_made.ln() <= alpha.ln() && !evidence.members.is_empty()
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
    judged(found, &rest, alpha)
}

/// All tests of what is left.
fn tests(field: &Field<'_>) -> Vec<Evidence> {
    if field.count() < DEFECTS_LEAST || field.area_mm2() <= 0.0 {
        return Vec::new();
    }
    let mut made = vec![
        radius::test(field),
        direction::test(field),
        heap::test(field),
        line::test(field),
    ];
    if let Some(lattice) = field.lattice() {
        made.push(die::test(field, lattice));
        made.push(repeat::test(field, lattice));
    }
    made
}

/// Place of the strongest evidence. A heap, ring or sector most of which lies on an arc is a scratch, if that arc has evidence
/// of its own; a die
/// most of whose defects are in a heap much smaller than the die is not a hot die but lies below that heap.
fn strongest(made: &[Evidence], lattice: Option<&Lattice>) -> Option<usize> {
    let places = 0..made.len();
    let best = places
        .clone()
        .min_by(|&a, &b| made[a].ln_p.total_cmp(&made[b].ln_p))?;
    let share = |of: &[usize], in_others: &[usize]| {
        let common = of
            .iter()
            .filter(|member| in_others.binary_search(member).is_ok());
        common.count() as f64 / of.len().max(1) as f64
    };
    let is_instead = |&place: &usize| {
        let (one, best) = (&made[place], &made[best]);
        one.ln_p < STRONG
            && match (best.pattern, one.pattern, &one.place) {
                (Pattern::HotDie | Pattern::Repeater, Pattern::Scratch, _) => false,
                (_, Pattern::Scratch, _) => share(&best.members, &one.members) >= OF_HEAP,
                (Pattern::HotDie, Pattern::Cluster, Place::Path(hull)) => {
                    let die =
                        lattice.map_or(0.0, |lattice| lattice.pitch_mm.0 * lattice.pitch_mm.1);
                    share(&best.members, &one.members) >= OF_DIE
                        && polygon_area(hull) <= PART_OF_DIE * die
                }
                _ => false,
            }
    };
    Some(places.clone().find(is_instead).unwrap_or(best))
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

/// Controls the false discoveries of all tests: those that found a pattern, and those that found nothing in what was left.
fn judged(found: Vec<Evidence>, rest: &[Evidence], alpha: f64) -> Result<Signatures, Error> {
    let all = found.iter().chain(rest);
    let p_values: Vec<f64> = all.map(|evidence| evidence.ln_p.exp().min(1.0)).collect();
    let controlled = benjamini_hochberg(&p_values, alpha)?;
    let tests = p_values.len();
    let adjusted = p_values.into_iter().zip(controlled.adjusted);
    let standing = found
        .into_iter()
        .zip(adjusted)
        .filter(|(_, (_, adjusted))| *adjusted <= alpha);
    let found = standing.map(|(evidence, (p_value, adjusted_p))| Found {
        pattern: evidence.pattern,
        members: evidence.members,
        expected: evidence.expected,
        p_value,
        adjusted_p,
        test: evidence.test,
        place: evidence.place,
    });
    Ok(Signatures {
        found: found.collect(),
        tests,
    })
}
