//! Many inspections in one map: which places of the wafer are hit on more wafers than chance explains.
//!
//! What counts is the number of *wafers* with a defect at a place, not the number of defects: a heap on one wafer is one
//! wafer. If the `n` defects of an inspection lay at random on what it inspected, each would fall on a place with the
//! place's share `s` of the inspected area, and the wafer would stay clean there with probability `(1 - s)^n`. The numbers
//! of wafers hit follow (see `wafers_hit`), and all places together are controlled by Benjamini and Hochberg.
//!
//! One inspection alone is judged by its number of defects at a place instead, a binomial number of the same share. Several
//! inspections of one wafer are not judged: they see the same defects again.
//!
//! Defects that come in heaps hit fewer places than as many at random, which makes the test careful, not bold. Not here:
//! uneven density inside the inspected area as a null hypothesis; an edge that is always worse stands out as an edge.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::blocks;
use super::wafers_hit::WafersHit;
use crate::Error;
use crate::error::{expect_parameter, expect_positive, is_usable};
use crate::probability::binomial_tails;
use crate::relation::benjamini_hochberg;

/// False discovery rate at which a place stands out. Where all lies at random, it is also the chance that any does.
pub const STACK_LEVEL: f64 = 0.01;
/// Points on the edge of a cell at which it is asked what was inspected.
const SAMPLES: i32 = 8;
/// A place is judged as if at least this part of it had been inspected: the registration of a tool moves defects a little
/// beyond what was.
const LEAST_PART: f64 = 1.0 / 16.0;
/// Cells at most, along an edge.
const ACROSS_MOST: f64 = 2_000.0;

/// Dies of one size in a regular grid, some of which there are.
#[derive(Clone, Debug, PartialEq)]
pub struct DieGrid {
    /// Lower-left corner of die (0, 0), mm from the wafer centre.
    pub origin_mm: (f64, f64),
    /// Step of the grid, mm.
    pub pitch_mm: (f64, f64),
}

impl DieGrid {
    /// Column and row of the die below a point.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "dies of a wafer; beyond that, saturated"
    )]
    pub fn die_at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let index = |at: f64, origin: f64, pitch: f64| ((at - origin) / pitch).floor() as i32;
        (
            index(x, self.origin_mm.0, self.pitch_mm.0),
            index(y, self.origin_mm.1, self.pitch_mm.1),
        )
    }
}

/// What was inspected of a wafer.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Nothing beyond this radius was, mm.
    pub radius_mm: f64,
    /// Only these dies were; `None` for all within the radius.
    pub dies: Option<(DieGrid, HashSet<(i32, i32)>)>,
}

impl Region {
    fn holds(&self, at: (f64, f64)) -> bool {
        let is_within = at.0.hypot(at.1) <= self.radius_mm;
        let is_planned = |(grid, dies): &(DieGrid, HashSet<_>)| dies.contains(&grid.die_at(at));
        is_within && self.dies.as_ref().is_none_or(is_planned)
    }

    /// The part of a rectangle that was inspected, by a grid of points in it.
    fn part_of(&self, left: f64, bottom: f64, width: f64, height: f64) -> f64 {
        let place = |n: i32| (f64::from(n) + 0.5) / f64::from(SAMPLES);
        let points = (0..SAMPLES).flat_map(|row| (0..SAMPLES).map(move |column| (column, row)));
        let inside = points.filter(|&(column, row)| {
            self.holds((left + width * place(column), bottom + height * place(row)))
        });
        inside.count() as f64 / f64::from(SAMPLES * SAMPLES)
    }
}

/// An inspection in a stack.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Number of its wafer: inspections of one wafer have the same.
    pub wafer: u32,
    /// Place of what it inspected in the list of regions.
    pub region: usize,
    /// Its defects, mm from the wafer centre.
    pub points: &'a [(f64, f64)],
}

/// Places of a stack with what lies at them, one value a place in each list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stacked {
    /// Defects.
    pub count: Vec<u32>,
    /// Wafers with at least one.
    pub wafers: Vec<u32>,
    /// Defects expected if all lay at random on what was inspected.
    pub expected: Vec<f64>,
    /// Probability of so many wafers by chance, after Benjamini and Hochberg's control over all places; of so many defects
    /// where the stack is one inspection. For cells over three scales: see [`stack_cells`].
    pub adjusted_p: Vec<f64>,
}

impl Stacked {
    /// Whether a place stands out at [`STACK_LEVEL`].
    #[must_use]
    pub fn is_significant(&self, place: usize) -> bool {
        self.adjusted_p[place] <= STACK_LEVEL
    }
}

/// Stacks inspections on square cells of `cell_mm` that cover the square of half width `radius_mm` around the wafer centre:
/// row by row from below, the first cell at (-`radius_mm`, -`radius_mm`). Returns how many cells make a row, too.
///
/// Cells are judged at three scales: each by itself, and in blocks of 2 by 2 and 4 by 4 cells that overlap by half, those cells left
/// out that stand out at a finer scale. [`Stacked::adjusted_p`] is the least of a cell's own probability and, where it takes part
/// in the spot (hit twice or more, one in five by chance at most), those of its blocks: a cell may be marked as part of a weak spot which as a whole is not chance,
/// though the cell alone could be (see `blocks` for the test and its sources). Dies are judged one by one.
///
/// Defects beyond the square are left out.
/// # Errors
/// [`Error::Parameter`] for a cell or a radius that is not above 0, and for more than 2,000 cells in a row;
/// [`Error::Entry`] for a layer of a region that is not there, [`Error::NotFinite`] for a position.
pub fn stack_cells(
    layers: &[Layer<'_>],
    regions: &[Region],
    cell_mm: f64,
    radius_mm: f64,
) -> Result<(Stacked, u32), Error> {
    expect_positive("cell_mm", cell_mm)?;
    expect_positive("radius_mm", radius_mm)?;
    let across = (2.0 * radius_mm / cell_mm).ceil();
    let expected = "a part of the wafer: at most 2,000 cells in a row";
    expect_parameter(across <= ACROSS_MOST, "cell_mm", cell_mm, expected)?;
    check(layers, regions)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "1 to 2,000"
    )]
    let across = across as usize;
    let place_of = |(x, y): (f64, f64)| {
        let index = |at: f64| {
            let cell = ((at + radius_mm) / cell_mm).floor();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked"
            )]
            (cell >= 0.0 && cell < across as f64).then_some(cell as usize)
        };
        Some(index(y)? * across + index(x)?)
    };
    let corner = |index: usize| cell_mm * index as f64 - radius_mm;
    let parts = |region: &Region| -> Vec<f64> {
        let places = 0..across * across;
        places
            .map(|place| {
                let (left, bottom) = (corner(place % across), corner(place / across));
                cell_part(region, left, bottom, cell_mm)
            })
            .collect()
    };
    let parts: Vec<Vec<f64>> = regions.iter().map(parts).collect();
    let (mut stacked, own) = stack(layers, &parts, place_of)?;
    blocks::widen(&mut stacked, &own, layers, &parts, across, place_of)?;
    Ok((stacked, u32::try_from(across).unwrap_or(u32::MAX)))
}

/// The part of a cell that was inspected. Cells far from the rim need no look at their points.
fn cell_part(region: &Region, left: f64, bottom: f64, cell_mm: f64) -> f64 {
    let middle = (left + 0.5 * cell_mm).hypot(bottom + 0.5 * cell_mm);
    let reach = cell_mm * std::f64::consts::FRAC_1_SQRT_2;
    if middle - reach > region.radius_mm {
        return 0.0;
    }
    if middle + reach < region.radius_mm && region.dies.is_none() {
        return 1.0;
    }
    region.part_of(left, bottom, cell_mm, cell_mm)
}

/// Stacks inspections on the dies of a grid, in the order given. Defects on none of them are left out.
/// # Errors
/// As [`stack_cells`].
pub fn stack_dies(
    layers: &[Layer<'_>],
    regions: &[Region],
    grid: &DieGrid,
    dies: &[(i32, i32)],
) -> Result<Stacked, Error> {
    expect_positive("pitch_x_mm", grid.pitch_mm.0)?;
    expect_positive("pitch_y_mm", grid.pitch_mm.1)?;
    check(layers, regions)?;
    let places: HashMap<(i32, i32), usize> = dies
        .iter()
        .enumerate()
        .map(|(place, &die)| (die, place))
        .collect();
    let (width, height) = grid.pitch_mm;
    let parts = |region: &Region| -> Vec<f64> {
        let part = |&(column, row): &(i32, i32)| {
            let left = grid.origin_mm.0 + width * f64::from(column);
            let bottom = grid.origin_mm.1 + height * f64::from(row);
            region.part_of(left, bottom, width, height)
        };
        dies.iter().map(part).collect()
    };
    let parts: Vec<Vec<f64>> = regions.iter().map(parts).collect();
    let place_of = |at| places.get(&grid.die_at(at)).copied();
    Ok(stack(layers, &parts, place_of)?.0)
}

fn check(layers: &[Layer<'_>], regions: &[Region]) -> Result<(), Error> {
    for region in regions {
        expect_positive("radius_mm", region.radius_mm)?;
    }
    for (index, layer) in layers.iter().enumerate() {
        if layer.region >= regions.len() {
            return Err(Error::Entry {
                what: "layer",
                index,
                rule: "has a region that is not there",
            });
        }
        let is_placed = |&(x, y): &(f64, f64)| is_usable(x) && is_usable(y);
        if let Some(index) = layer.points.iter().position(|point| !is_placed(point)) {
            let (x, y) = layer.points[index];
            return Err(Error::NotFinite {
                what: "points",
                index,
                value: if is_usable(x) { y } else { x },
            });
        }
    }
    Ok(())
}

/// The inspections of each wafer after each other.
pub(super) fn by_wafer<'a, 'b>(layers: &'b [Layer<'a>]) -> Vec<&'b Layer<'a>> {
    let mut by_wafer: Vec<&Layer<'_>> = layers.iter().collect();
    by_wafer.sort_by_key(|layer| layer.wafer);
    by_wafer
}

/// The stack, and the probability of each place by itself.
///
/// `parts`: for each region the part of each place that was inspected.
fn stack(
    layers: &[Layer<'_>],
    parts: &[Vec<f64>],
    place_of: impl Fn((f64, f64)) -> Option<usize>,
) -> Result<(Stacked, Vec<Option<f64>>), Error> {
    let places = parts.first().map_or(0, Vec::len);
    let mut stacked = Stacked {
        count: vec![0; places],
        wafers: vec![0; places],
        expected: vec![0.0; places],
        adjusted_p: vec![1.0; places],
    };
    let totals: Vec<f64> = parts.iter().map(|parts| parts.iter().sum()).collect();
    let mut seen_on = vec![u32::MAX; places];
    // Defects by wafer and region, those outside of all places left out.
    let mut found: BTreeMap<u32, BTreeMap<usize, u32>> = BTreeMap::new();
    for (turn, layers) in (0..).zip(by_wafer(layers).chunk_by(|a, b| a.wafer == b.wafer)) {
        let of_wafer = found.entry(turn).or_default();
        for layer in layers {
            for place in layer.points.iter().filter_map(|&at| place_of(at)) {
                stacked.count[place] += 1;
                if seen_on[place] != turn {
                    seen_on[place] = turn;
                    stacked.wafers[place] += 1;
                }
                *of_wafer.entry(layer.region).or_default() += 1;
            }
        }
    }
    let mut by_region = vec![0.0; parts.len()];
    for (&region, &count) in found.values().flatten() {
        by_region[region] += f64::from(count);
    }
    for (region, parts) in parts
        .iter()
        .enumerate()
        .filter(|(region, _)| totals[*region] > 0.0)
    {
        for (expected, part) in stacked.expected.iter_mut().zip(parts) {
            *expected += by_region[region] * part / totals[region];
        }
    }
    let chances = Chances {
        parts,
        totals: &totals,
    };
    let p = match layers {
        [only] => {
            let all = stacked.count.iter().map(|&count| u64::from(count));
            chances.of_defects(only.region, all.sum(), &stacked.count)
        }
        _ => chances.of_wafers(found.into_values(), &stacked.wafers),
    };
    stacked.adjusted_p = control(&p, parts)?;
    Ok((stacked, p))
}

/// Only places that were inspected, or have a defect, are tests.
pub(super) fn control(p: &[Option<f64>], parts: &[Vec<f64>]) -> Result<Vec<f64>, Error> {
    let is_test = |place: &usize| p[*place].is_some() || parts.iter().any(|of| of[*place] > 0.0);
    let tests: Vec<usize> = (0..p.len()).filter(is_test).collect();
    let values: Vec<f64> = tests.iter().map(|&place| p[place].unwrap_or(1.0)).collect();
    let found = benjamini_hochberg(&values, STACK_LEVEL)?;
    let mut adjusted = vec![1.0; p.len()];
    for (place, value) in tests.into_iter().zip(found.adjusted) {
        adjusted[place] = value;
    }
    Ok(adjusted)
}

/// How likely what lies at a place is by chance; `None` where nothing does.
pub(super) struct Chances<'a> {
    /// The part of each place that was inspected, by region.
    pub parts: &'a [Vec<f64>],
    /// What was inspected in all, by region, in the same unit.
    pub totals: &'a [f64],
}

impl Chances<'_> {
    /// The share of a place in what a region holds.
    fn share(&self, region: usize, place: usize) -> f64 {
        match self.totals[region] > 0.0 {
            true => (self.parts[region][place].max(LEAST_PART) / self.totals[region]).min(1.0),
            false => 1.0,
        }
    }

    /// Of `all` defects on a region, so many at each place.
    pub fn of_defects(&self, region: usize, all: u64, count: &[u32]) -> Vec<Option<f64>> {
        let chance = |(place, &count): (usize, &u32)| {
            let share = self.share(region, place);
            (count > 0).then(|| binomial_tails(u64::from(count), all, share).upper)
        };
        count.iter().enumerate().map(chance).collect()
    }

    /// `found`: the defects of each wafer by region; `wafers`: so many of them have one at each place.
    pub fn of_wafers(
        &self,
        found: impl Iterator<Item = BTreeMap<usize, u32>>,
        wafers: &[u32],
    ) -> Vec<Option<f64>> {
        // Wafers with the same counts are alike, and places with the same shares: few of each are left.
        let mut alike: BTreeMap<BTreeMap<usize, u32>, u32> = BTreeMap::new();
        for counts in found {
            *alike.entry(counts).or_default() += 1;
        }
        let mut known: HashMap<Vec<u64>, WafersHit> = HashMap::new();
        let chance = |(place, &wafers): (usize, &u32)| {
            if wafers == 0 {
                return None;
            }
            let regions = 0..self.parts.len();
            let shares: Vec<f64> = regions.map(|region| self.share(region, place)).collect();
            let key = shares.iter().map(|share| share.to_bits()).collect();
            let hit = known.entry(key).or_insert_with(|| {
                let parts = alike
                    .iter()
                    .map(|(counts, &wafers)| (hit_chance(counts, &shares), wafers));
                WafersHit::new(parts.collect())
            });
            Some(hit.at_least(wafers))
        };
        wafers.iter().enumerate().map(chance).collect()
    }
}

/// Probability that at least one of a wafer's defects falls on a place, from its defects by region.
fn hit_chance(counts: &BTreeMap<usize, u32>, shares: &[f64]) -> f64 {
    let ln_clean = counts
        .iter()
        .map(|(&region, &count)| f64::from(count) * (-shares[region]).ln_1p());
    -ln_clean.sum::<f64>().exp_m1()
}
