//! All reticle fields on top of each other: places where defects repeat from field to field.
//!
//! Positions are folded by the size of the field. A repeater is a place with defects in many fields, counted as pairs of
//! wafer and field, so that a heap in one field, or a defect seen again at a later step, counts once. Any defect may be the
//! middle of a repeater: for each the other pairs within reach are compared with a Poisson number of the density of the
//! defects, over the whole field or, where that is higher, around the place (circuits are not equally sensitive everywhere).
//! The probability is multiplied by the number of defects that were tried (Bonferroni).
//!
//! # The size of the field
//! What is printed once a field of 2 by 3 dies shows up in every second column and every third row of dies. So defects are
//! folded by the die first, and the columns and rows that each repeater hits tell the size, where they do so beyond chance.
//! A repeater in every die says nothing, and without others the field is one die: the honest answer. Fields are counted from
//! die (0, 0), which is the lower-left die of its field: positions alone cannot tell where a field begins.
//!
//! Not here: fields turned or shifted against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::DieGrid;
use super::fold::Fold;
use crate::Error;
use crate::error::{expect_parameter, expect_positive, is_usable};
use crate::probability::{binomial_tails, gamma_tails};

/// Probability at which a repeater stands out, after control.
pub const REPEATER_LEVEL: f64 = 0.01;
/// Dies of a field along a side that are looked for.
const LARGEST_FOUND: u32 = 12;
/// Repeaters listed at most.
const LISTED: usize = 50;
/// Pairs of wafer and field, and different places of dies, that a repeater has at least.
const FEWEST: usize = 3;
/// Probability of a size of the field by chance.
const SIZE_LEVEL: f64 = 1e-4;
/// Share of the pairs that have to agree with a size; the rest lies there by chance.
const AGREEING: f64 = 0.75;
/// The density around a place is taken between these multiples of the reach.
const AROUND: (f64, f64) = (3.0, 10.0);

/// A defect of a stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Position from the wafer centre, mm.
    pub at_mm: (f64, f64),
    /// Number of its wafer.
    pub wafer: u32,
}

/// The field and what repeats in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Dies of a field, columns.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Most pairs of wafer and field first, at most 50.
    pub repeaters: Vec<FieldRepeater>,
}

/// A place of the field where defects repeat.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRepeater {
    /// From the field's lower-left corner, mm.
    pub place_mm: (f64, f64),
    /// Indices of its defects.
    pub defects: Vec<usize>,
    /// Pairs of wafer and field.
    pub fields: usize,
    /// Wafers.
    pub wafers: usize,
    /// Root mean square distance of its defects from the place, mm.
    pub scatter_mm: f64,
    /// Probability by chance, after control over all places.
    pub adjusted_p: f64,
}

/// Folds defects into the reticle field and finds what repeats within `repeat_mm`. `field`: dies of a field, columns and
/// rows; `None` finds them.
///
/// # Errors
/// [`Error::Parameter`] for a grid, a reach or a field that is not above 0, or a field of more than 50 dies along a side;
/// [`Error::NotFinite`] for a position.
pub fn stack_field(
    defects: &[Placed],
    grid: &DieGrid,
    field: Option<(u32, u32)>,
    repeat_mm: f64,
) -> Result<Field, Error> {
    check(defects, grid, field, repeat_mm)?;
    if let Some(size) = field {
        return Ok(folded(defects, grid, size, repeat_mm));
    }
    let by_die = folded(defects, grid, (1, 1), repeat_mm);
    match size_of(defects, grid, &by_die.repeaters) {
        (1, 1) => Ok(by_die),
        size => Ok(folded(defects, grid, size, repeat_mm)),
    }
}

/// Defects by square cells of the field, row by row from its lower-left corner, and how many cells make a row.
///
/// # Errors
/// As [`stack_field`], for a cell that is not above 0 or smaller than a thousandth of the field.
pub fn field_density(
    defects: &[Placed],
    grid: &DieGrid,
    field: (u32, u32),
    cell_mm: f64,
) -> Result<(Vec<u32>, u32), Error> {
    check(defects, grid, Some(field), cell_mm)?;
    let fold = Fold::new(defects, grid, field, cell_mm);
    let (width, height) = fold.size_mm();
    let expected = "at least a thousandth of the field";
    let is_fine = cell_mm * 1e3 >= width.max(height);
    expect_parameter(is_fine, "cell_mm", cell_mm, expected)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1 to 1,000"
    )]
    let cells = |size: f64| (size / cell_mm).ceil() as usize;
    let (across, rows) = (cells(width), cells(height));
    let mut count = vec![0; across * rows];
    for &(x, y) in &fold.places {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in the field"
        )]
        let cell = |at: f64, most: usize| ((at / cell_mm) as usize).min(most - 1);
        count[cell(y, rows) * across + cell(x, across)] += 1;
    }
    Ok((count, u32::try_from(across).unwrap_or(u32::MAX)))
}

fn check(
    defects: &[Placed],
    grid: &DieGrid,
    field: Option<(u32, u32)>,
    repeat_mm: f64,
) -> Result<(), Error> {
    expect_positive("pitch_x_mm", grid.pitch_mm.0)?;
    expect_positive("pitch_y_mm", grid.pitch_mm.1)?;
    expect_positive("repeat_mm", repeat_mm)?;
    let (columns, rows) = field.unwrap_or((1, 1));
    for (name, dies) in [("field_columns", columns), ("field_rows", rows)] {
        expect_parameter((1..=50).contains(&dies), name, f64::from(dies), "1 to 50")?;
    }
    for (index, Placed { at_mm: (x, y), .. }) in defects.iter().enumerate() {
        if let Some(value) = [*x, *y].into_iter().find(|value| !is_usable(*value)) {
            return Err(Error::NotFinite {
                what: "defects",
                index,
                value,
            });
        }
    }
    Ok(())
}

fn folded(defects: &[Placed], grid: &DieGrid, size: (u32, u32), repeat_mm: f64) -> Field {
    Field {
        columns: size.0,
        rows: size.1,
        repeaters: repeaters(defects, &Fold::new(defects, grid, size, repeat_mm)),
    }
}

fn repeaters(defects: &[Placed], fold: &Fold) -> Vec<FieldRepeater> {
    let tried = defects.len() as f64;
    let by_chance = tried * fold.disc_mm2(1.0) / fold.area_mm2();
    let Some(fewest) = fewest_pairs(by_chance, REPEATER_LEVEL / tried) else {
        return Vec::new();
    };
    let fewest = fewest.max(FEWEST);
    let pairs_at = |index: usize| {
        let at = fold.places[index];
        if fold.neighbours_at_most(at) < fewest {
            return None;
        }
        let near = fold.neighbours(at, 1.0);
        let pairs = (near.len() >= fewest).then(|| pairs(defects, fold, &near));
        pairs
            .filter(|pairs| *pairs >= fewest)
            .map(|pairs| (pairs, index))
    };
    let mut middles: Vec<(usize, usize)> = (0..defects.len()).filter_map(pairs_at).collect();
    middles.sort_by_key(|&(pairs, index)| (std::cmp::Reverse(pairs), index));
    let wafers: BTreeSet<u32> = defects.iter().map(|defect| defect.wafer).collect();
    let least_wafers = wafers.len().min(2);
    let mut is_taken = vec![false; defects.len()];
    let mut found: Vec<FieldRepeater> = Vec::new();
    for (pairs, middle) in middles {
        if found.len() >= LISTED {
            break;
        }
        if is_taken[middle] {
            continue;
        }
        let p = chance(fold, middle, pairs, by_chance) * tried;
        let one = repeater(defects, fold, middle, p.min(1.0));
        if p <= REPEATER_LEVEL && one.wafers >= least_wafers && dies_hit(fold, &one) >= FEWEST {
            for near in fold.neighbours(one.place_mm, 2.0) {
                is_taken[near] = true;
            }
            found.push(one);
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.fields));
    found
}

/// The fewest pairs that are less likely than `level`, the middle one counted.
fn fewest_pairs(by_chance: f64, level: f64) -> Option<usize> {
    let (mut low, mut high) = (1_u32, 1_u32);
    while poisson_at_least(high - 1, by_chance) > level {
        (low, high) = (high, high.checked_mul(2)?);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        match poisson_at_least(middle - 1, by_chance) > level {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    usize::try_from(low).ok()
}

/// P(N >= k) of a Poisson number.
fn poisson_at_least(k: u32, mean: f64) -> f64 {
    match k {
        0 => 1.0,
        k => gamma_tails(f64::from(k), mean).lower,
    }
}

/// The probability of so many pairs around a defect, by the density of the field or that around the place.
fn chance(fold: &Fold, middle: usize, pairs: usize, by_chance: f64) -> f64 {
    let at = fold.places[middle];
    let (inner, outer) = AROUND;
    let around = fold.neighbours(at, outer).len() - fold.neighbours(at, inner).len();
    let ring_mm2 = fold.disc_mm2(outer) - fold.disc_mm2(inner);
    let nearby = match ring_mm2 < 0.5 * fold.area_mm2() {
        true => around as f64 * fold.disc_mm2(1.0) / ring_mm2,
        false => 0.0,
    };
    let others = u32::try_from(pairs - 1).unwrap_or(u32::MAX);
    poisson_at_least(others, nearby.max(by_chance))
}

/// Different pairs of wafer and field among defects.
fn pairs(defects: &[Placed], fold: &Fold, of: &[usize]) -> usize {
    let mut pairs: Vec<(u32, (i32, i32))> = of
        .iter()
        .map(|&index| (defects[index].wafer, fold.fields[index]))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.len()
}

/// Different fields on the wafer: what is always at the same place of the wafer does not repeat with the reticle.
fn dies_hit(fold: &Fold, of: &FieldRepeater) -> usize {
    let fields: BTreeSet<(i32, i32)> = of.defects.iter().map(|&index| fold.fields[index]).collect();
    fields.len()
}

/// The repeater around a defect: its place moves to the mean of its defects.
fn repeater(defects: &[Placed], fold: &Fold, middle: usize, adjusted_p: f64) -> FieldRepeater {
    let mut place_mm = fold.places[middle];
    for _ in 0..3 {
        place_mm = fold.mean(place_mm, &fold.neighbours(place_mm, 1.0));
    }
    let members = fold.neighbours(place_mm, 1.0);
    let wafers: BTreeSet<u32> = members.iter().map(|&index| defects[index].wafer).collect();
    let squares = members
        .iter()
        .map(|&index| fold.distance(place_mm, fold.places[index]).powi(2));
    let scatter_mm = (squares.sum::<f64>() / members.len().max(1) as f64).sqrt();
    FieldRepeater {
        place_mm,
        fields: pairs(defects, fold, &members),
        wafers: wafers.len(),
        scatter_mm,
        adjusted_p,
        defects: members,
    }
}

/// Dies of a field, columns and rows, from the dies that repeaters hit.
fn size_of(defects: &[Placed], grid: &DieGrid, repeaters: &[FieldRepeater]) -> (u32, u32) {
    let mut size = (1, 1);
    for repeater in repeaters {
        let hits: BTreeSet<(u32, (i32, i32))> = repeater
            .defects
            .iter()
            .map(|&index| (defects[index].wafer, grid.die_at(defects[index].at_mm)))
            .collect();
        let columns: Vec<i32> = hits.iter().map(|(_, (column, _))| *column).collect();
        let rows: Vec<i32> = hits.iter().map(|(_, (_, row))| *row).collect();
        size = (
            joined(size.0, period(&columns)),
            joined(size.1, period(&rows)),
        );
    }
    size
}

/// The smallest size that both divide; the one that is known where it would be too large to be a field.
fn joined(known: u32, more: u32) -> u32 {
    let mut divisor = (known, more);
    while divisor.1 > 0 {
        divisor = (divisor.1, divisor.0 % divisor.1);
    }
    match known / divisor.0 * more {
        all if all <= LARGEST_FOUND => all,
        _ => known,
    }
}

/// The largest step at which columns or rows repeat, beyond chance; 1 where there is none.
fn period(indices: &[i32]) -> u32 {
    let agrees = |step: &u32| {
        let divisor = i32::try_from(*step).unwrap_or(i32::MAX);
        let mut by_rest: BTreeMap<i32, (usize, BTreeSet<i32>)> = BTreeMap::new();
        for index in indices {
            let (count, different) = by_rest.entry(index.rem_euclid(divisor)).or_default();
            *count += 1;
            different.insert(*index);
        }
        let Some((most, different)) = by_rest.values().max_by_key(|(count, _)| *count) else {
            return false;
        };
        let by_chance = binomial_tails(*most as u64, indices.len() as u64, 1.0 / f64::from(*step));
        let tries = f64::from(*step * LARGEST_FOUND);
        *most as f64 >= AGREEING * indices.len() as f64
            && different.len() >= 2
            && by_chance.upper * tries <= SIZE_LEVEL
    };
    (2..=LARGEST_FOUND).rev().find(agrees).unwrap_or(1)
}
