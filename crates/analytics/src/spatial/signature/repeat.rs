//! Repeaters: the same place in many dies.

use std::collections::{HashMap, HashSet};

use super::field::Field;
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Lattice};

/// Sides of the windows in the die, mm: what tools differ in the place of a die.
const SIDES_MM: [f64; 3] = [0.06, 0.2, 0.6];
/// Dies of a reticle field in a row, at most.
const FIELD_MOST: i32 = 6;
/// Share of the dies hit that lie at one place of the field.
const OF_FIELD: f64 = 0.9;
/// Chance that dies hit at random seem to follow a field.
const FIELD_CHANCE: f64 = 1e-3;
/// Fewer dies hit are no repeater.
const DIES_LEAST: usize = 4;

/// A window in the die, all dies laid over each other.
struct Window {
    ln_p: f64,
    side_mm: f64,
    dies: usize,
    expected: f64,
    members: Vec<usize>,
}

/// Lays all dies over each other and looks for the window that the most dies hit. Given how many defects each die has, a die
/// hits a window of the share `a` of its area by chance with `1 − (1 − a)ⁿ`; the number of dies hit has a smaller tail than the
/// binomial one with the mean of those (W. Hoeffding, Annals of Mathematical Statistics 27, 1956). Windows overlap by half;
/// the smallest probability counts for all of them (Bonferroni).
pub fn test(field: &Field<'_>, lattice: &Lattice) -> Evidence {
    let folded = fold(field, lattice);
    let scales = SIDES_MM.len() as f64;
    let windows = SIDES_MM.iter().map(|&side| best(&folded, lattice, side));
    let found = windows.min_by(|a, b| a.ln_p.total_cmp(&b.ln_p));
    let Some(found) = found.filter(|found| found.dies >= DIES_LEAST) else {
        return Evidence::none(Pattern::Repeater, "No place that four dies have in common");
    };
    let points: Vec<(f64, f64)> = found
        .members
        .iter()
        .map(|&index| in_die(field.point(index), lattice))
        .collect();
    let count = points.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
    let dies: HashSet<(i32, i32)> = found
        .members
        .iter()
        .map(|&index| lattice.die_at(field.point(index)))
        .collect();
    Evidence {
        pattern: Pattern::Repeater,
        expected: found.expected,
        ln_p: (found.ln_p + scales.ln()).min(0.0),
        weight: 1.0,
        test: format!(
            "All dies laid over each other, places {:.2} mm wide: {} dies have a defect at one place, where chance would hit {:.2}",
            found.side_mm, found.dies, found.expected,
        ),
        place: Place::InDie {
            at_mm: (mean(|point| point.0), mean(|point| point.1)),
            dies: found.dies,
            field: field_of(&dies),
        },
        members: found.members,
    }
}

/// Place in the die, die, and index of each defect.
type Folded = Vec<((f64, f64), (i32, i32), usize)>;

fn fold(field: &Field<'_>, lattice: &Lattice) -> Folded {
    let placed = field.placed();
    placed
        .map(|(point, index)| (in_die(point, lattice), lattice.die_at(point), index))
        .collect()
}

/// Place of a point in its die, mm from the lower-left corner.
fn in_die((x, y): (f64, f64), lattice: &Lattice) -> (f64, f64) {
    (
        (x - lattice.origin_mm.0).rem_euclid(lattice.pitch_mm.0),
        (y - lattice.origin_mm.1).rem_euclid(lattice.pitch_mm.1),
    )
}

fn best(folded: &Folded, lattice: &Lattice, side_mm: f64) -> Window {
    let half = 0.5 * side_mm;
    let rows = (lattice.pitch_mm.1 / half).ceil() as i64 + 2;
    // Each defect lies in four windows.
    let mut hits: Vec<(i64, (i32, i32))> = Vec::with_capacity(4 * folded.len());
    for &((x, y), die, _) in folded {
        let (column, row) = ((x / half).floor() as i64, (y / half).floor() as i64);
        for (left, down) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            hits.push(((column + 1 - left) * rows + row + 1 - down, die));
        }
    }
    hits.sort_unstable();
    hits.dedup();
    let most = hits
        .chunk_by(|a, b| a.0 == b.0)
        .max_by_key(|window| window.len());
    let Some(most) = most else {
        return Window {
            ln_p: 0.0,
            side_mm,
            dies: 0,
            expected: 0.0,
            members: Vec::new(),
        };
    };
    let (column, row) = (most[0].0 / rows - 1, most[0].0 % rows - 1);
    let corner_mm = (column as f64 * half, row as f64 * half);
    let mut in_dies: HashMap<(i32, i32), f64> = HashMap::new();
    for &(_, die, _) in folded {
        *in_dies.entry(die).or_default() += 1.0;
    }
    let share = (side_mm * side_mm / (lattice.pitch_mm.0 * lattice.pitch_mm.1)).min(1.0);
    let expected: f64 = in_dies.values().map(|&n| 1.0 - (1.0 - share).powf(n)).sum();
    let windows = 4.0 / share;
    let dies = most.len();
    let ln_p = ln_binomial_upper(
        dies as u64,
        in_dies.len() as u64,
        expected / in_dies.len() as f64,
    );
    // The window may cut the place: its surroundings belong to it too.
    let lies_in = |(x, y): (f64, f64)| {
        let around = |at: f64, corner: f64| (corner - half..corner + side_mm + half).contains(&at);
        around(x, corner_mm.0) && around(y, corner_mm.1)
    };
    let members = folded
        .iter()
        .filter(|(at, _, _)| lies_in(*at))
        .map(|&(_, _, index)| index);
    Window {
        ln_p: ln_p + windows.ln(),
        side_mm,
        dies,
        expected,
        members: members.collect(),
    }
}

/// Columns and rows of the reticle field that the dies hit repeat with: the largest one at one place of which nearly all of
/// them lie, (1, 1) where chance might do that.
fn field_of(dies: &HashSet<(i32, i32)>) -> (i32, i32) {
    let sizes =
        (1..=FIELD_MOST).flat_map(|columns| (1..=FIELD_MOST).map(move |rows| (columns, rows)));
    let fits = |&(columns, rows): &(i32, i32)| {
        let mut places: HashMap<(i32, i32), usize> = HashMap::new();
        for (column, row) in dies {
            *places
                .entry((column.rem_euclid(columns), row.rem_euclid(rows)))
                .or_default() += 1;
        }
        let most = places.values().copied().max().unwrap_or(0);
        let by_chance = ln_binomial_upper(
            most as u64,
            dies.len() as u64,
            1.0 / f64::from(columns * rows),
        );
        most as f64 >= OF_FIELD * dies.len() as f64
            && by_chance + f64::from(columns * rows).ln() < FIELD_CHANCE.ln()
    };
    sizes
        .filter(fits)
        .max_by_key(|&(columns, rows)| columns * rows)
        .unwrap_or((1, 1))
}
