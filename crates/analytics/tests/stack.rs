//! Stacks of wafers with patterns that are known.

use std::collections::HashSet;
use std::f64::consts::TAU;

use analytics::spatial::{
    DieGrid, Layer, Placed, Region, STACK_LEVEL, Stacked, stack_cells, stack_dies, stack_field,
};

const RADIUS_MM: f64 = 147.0;

/// SplitMix64: the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn anywhere(&mut self) -> (f64, f64) {
        self.between(0.0, RADIUS_MM)
    }

    fn between(&mut self, inner: f64, outer: f64) -> (f64, f64) {
        let radius = (inner * inner + (outer * outer - inner * inner) * self.next()).sqrt();
        let angle = TAU * self.next();
        (radius * angle.cos(), radius * angle.sin())
    }

    /// Wafers with up to twice `mean` defects at random places.
    fn wafers(&mut self, wafers: usize, mean: f64) -> Vec<Vec<(f64, f64)>> {
        let wafer = |_| {
            let count = (2.0 * mean * self.next()).round() as usize;
            (0..count).map(|_| self.anywhere()).collect()
        };
        (0..wafers).map(wafer).collect()
    }
}

fn disc() -> Region {
    Region {
        radius_mm: RADIUS_MM,
        dies: None,
    }
}

fn layers(wafers: &[Vec<(f64, f64)>]) -> Vec<Layer<'_>> {
    (0..)
        .zip(wafers)
        .map(|(wafer, points)| Layer {
            wafer,
            region: 0,
            points,
        })
        .collect()
}

fn cells(wafers: &[Vec<(f64, f64)>]) -> Stacked {
    stack_cells(&layers(wafers), &[disc()], 5.0, 150.0)
        .expect("can be stacked")
        .0
}

fn grid() -> DieGrid {
    DieGrid {
        origin_mm: (-6.3, -4.9),
        pitch_mm: (12.6, 9.8),
    }
}

fn dies() -> Vec<(i32, i32)> {
    let all = (-12..=12).flat_map(|column| (-16..=16).map(move |row| (column, row)));
    all.filter(|&(column, row)| (12.6 * f64::from(column)).hypot(9.8 * f64::from(row)) < 140.0)
        .collect()
}

fn placed(wafers: &[Vec<(f64, f64)>]) -> Vec<Placed> {
    let all = (0..).zip(wafers);
    all.flat_map(|(wafer, points)| points.iter().map(move |&at_mm| Placed { at_mm, wafer }))
        .collect()
}

#[test]
fn less_than_2_in_100_stacks_of_random_wafers_have_a_place_that_stands_out() {
    let mut chance = Chance(5);
    let mut stood_out = [0; 3];
    let stacks = 200;
    for turn in 0..stacks {
        // From one wafer with many defects to many with few.
        let (count, mean) = [(1, 300.0), (8, 60.0), (25, 12.0), (60, 30.0)][turn % 4];
        let wafers = chance.wafers(count, mean);
        let any =
            |stacked: &Stacked| (0..stacked.count.len()).any(|place| stacked.is_significant(place));
        let by_die =
            stack_dies(&layers(&wafers), &[disc()], &grid(), &dies()).expect("can be stacked");
        let field = stack_field(&placed(&wafers), &grid(), None, 0.05).expect("can be stacked");
        stood_out[0] += usize::from(any(&cells(&wafers)));
        stood_out[1] += usize::from(any(&by_die));
        stood_out[2] += usize::from(!field.repeaters.is_empty());
    }
    println!(
        "of {stacks} random stacks, with cells, dies, repeaters that stand out: {stood_out:?}"
    );
    assert!(
        stood_out.iter().all(|&count| count * 50 < stacks),
        "{stood_out:?}"
    );
}

#[test]
fn counts_add_up_and_what_is_expected_is_as_much_as_there_is() {
    let wafers = Chance(6).wafers(25, 40.0);
    let stacked = cells(&wafers);
    let all: usize = wafers.iter().map(Vec::len).sum();
    assert_eq!(stacked.count.iter().sum::<u32>() as usize, all);
    assert!((stacked.expected.iter().sum::<f64>() - all as f64).abs() < 1e-6);
    assert!(
        stacked
            .wafers
            .iter()
            .zip(&stacked.count)
            .all(|(wafers, count)| wafers <= count)
    );
}

#[test]
fn the_rim_stands_out_where_wafers_have_more_on_it() {
    let mut chance = Chance(7);
    let mut wafers = chance.wafers(80, 10.0);
    for wafer in &mut wafers {
        wafer.extend((0..12).map(|_| chance.between(141.0, RADIUS_MM)));
    }
    let stacked = cells(&wafers);
    let radius_of = |place: usize| {
        let middle = |index: usize| 5.0 * index as f64 + 2.5 - 150.0;
        middle(place % 60).hypot(middle(place / 60))
    };
    let marked: Vec<f64> = (0..3600)
        .filter(|&place| stacked.is_significant(place))
        .map(radius_of)
        .collect();
    assert!(marked.len() >= 20, "{marked:?}");
    // A block on the rim reaches in by its side of 20 mm.
    let far = marked.iter().filter(|radius| **radius <= 136.0).count();
    assert!(
        10 * far < marked.len() && marked.iter().all(|radius| *radius > 115.0),
        "{marked:?}"
    );
}

/// Marked cells, and those of them that lie on a spot of 20 by 20 mm with its lower-left corner at (40, -60).
fn on_weak_spot(chance: &mut Chance, wafers: usize, extra: f64) -> (usize, usize) {
    let mut wafers = chance.wafers(wafers, 25.0);
    for wafer in &mut wafers {
        if chance.next() < extra {
            wafer.push((40.0 + 20.0 * chance.next(), -60.0 + 20.0 * chance.next()));
        }
    }
    let stacked = cells(&wafers);
    let marked: Vec<usize> = (0..3600)
        .filter(|&place| stacked.is_significant(place))
        .collect();
    let is_on = |place: &&usize| {
        let (column, row) = (*place % 60, *place / 60);
        (38..42).contains(&column) && (18..22).contains(&row)
    };
    (marked.len(), marked.iter().filter(is_on).count())
}

#[test]
fn a_weak_spot_over_several_cells_stands_out_though_no_cell_does() {
    // A defect more on every eighth wafer, on sixteen cells that have 0.15 a wafer together: each cell on 7 wafers instead of 4.
    let mut found = 0;
    for seed in 20..30 {
        let (marked, on_spot) = on_weak_spot(&mut Chance(seed), 400, 0.12);
        found += usize::from(on_spot >= 5);
        // Blocks that overlap the spot by half may stand out with it.
        assert!(marked <= 3 * 16, "{marked}");
    }
    println!("weak spots found: {found} of 10");
    assert!(found >= 8, "{found}");
}

#[test]
fn a_heap_on_one_wafer_of_many_is_one_wafer() {
    let mut wafers = Chance(8).wafers(25, 10.0);
    wafers[3].extend((0..200).map(|n| (40.0 + 0.01 * f64::from(n), 31.0)));
    let stacked = cells(&wafers);
    let place = 36 * 60 + 38;
    assert!(stacked.count[place] >= 200 && stacked.wafers[place] <= 3);
    assert!(!stacked.is_significant(place));
    // The same on its own is a heap.
    let alone = [wafers.swap_remove(3)];
    assert!(cells(&alone).is_significant(place));
}

#[test]
fn wafers_that_were_inspected_in_part_are_compared_with_that_part() {
    let (column, row) = (4, -3);
    let mut chance = Chance(9);
    // A third of the dies, evenly hit.
    let planned: HashSet<(i32, i32)> = dies()
        .into_iter()
        .filter(|(x, y)| (x + y).rem_euclid(3) == 1)
        .collect();
    assert!(planned.contains(&(column, row)));
    let wafer = |chance: &mut Chance| -> Vec<(f64, f64)> {
        let points = std::iter::repeat_with(|| chance.anywhere());
        points
            .filter(|&at| planned.contains(&grid().die_at(at)))
            .take(20)
            .collect()
    };
    let mut wafers: Vec<_> = (0..40).map(|_| wafer(&mut chance)).collect();
    let region = Region {
        radius_mm: RADIUS_MM,
        dies: Some((grid(), planned.clone())),
    };
    let by_die = |wafers: &[Vec<(f64, f64)>]| {
        stack_dies(
            &layers(wafers),
            std::slice::from_ref(&region),
            &grid(),
            &dies(),
        )
        .expect("can be stacked")
    };
    let evenly = by_die(&wafers);
    assert!((0..dies().len()).all(|place| !evenly.is_significant(place)));
    for wafer in &mut wafers {
        wafer.push((12.6 * f64::from(column), 9.8 * f64::from(row)));
    }
    let hot = by_die(&wafers);
    let marked: Vec<(i32, i32)> = (0..dies().len())
        .filter(|&place| hot.is_significant(place))
        .map(|place| dies()[place])
        .collect();
    assert_eq!(marked, [(column, row)]);
    assert!(
        hot.adjusted_p.iter().all(|p| (0.0..=1.0).contains(p)),
        "{STACK_LEVEL}"
    );
}

/// A defect at (0.37, 0.58) of every second field of 2 by 3 dies, on `wafers` of them.
fn repeated(chance: &mut Chance, wafers: &mut [Vec<(f64, f64)>]) {
    for wafer in wafers {
        for (column, row) in (-7..7).flat_map(|column| (-6..6).map(move |row| (column, row))) {
            let x = -6.3 + 25.2 * (f64::from(column) + 0.37) + 0.01 * (chance.next() - 0.5);
            let y = -4.9 + 29.4 * (f64::from(row) + 0.58) + 0.01 * (chance.next() - 0.5);
            if x.hypot(y) < RADIUS_MM && chance.next() < 0.5 {
                wafer.push((x, y));
            }
        }
    }
}

#[test]
fn a_repeater_tells_its_place_in_the_field_and_the_size_of_the_field() {
    let mut chance = Chance(10);
    let mut wafers = chance.wafers(12, 60.0);
    repeated(&mut chance, &mut wafers[..6]);
    let field = stack_field(&placed(&wafers), &grid(), None, 0.05).expect("can be stacked");
    assert_eq!(
        (field.columns, field.rows, field.repeaters.len()),
        (2, 3, 1)
    );
    let one = &field.repeaters[0];
    assert!(
        (one.place_mm.0 - 0.37 * 25.2).abs() < 0.01,
        "{:?}",
        one.place_mm
    );
    assert!(
        (one.place_mm.1 - 0.58 * 29.4).abs() < 0.01,
        "{:?}",
        one.place_mm
    );
    assert_eq!(one.wafers, 6);
    assert!(
        one.fields > 150 && one.scatter_mm < 0.006 && one.adjusted_p < 1e-20,
        "{one:?}"
    );

    let alone = stack_field(&placed(&wafers[..1]), &grid(), None, 0.05).expect("can be stacked");
    assert_eq!(
        (alone.columns, alone.rows, alone.repeaters.len()),
        (2, 3, 1)
    );
    let given = stack_field(&placed(&wafers), &grid(), Some((1, 3)), 0.05).expect("can be stacked");
    assert_eq!(
        (given.columns, given.rows, given.repeaters.len()),
        (1, 3, 1)
    );
}

#[test]
fn what_repeats_in_every_die_or_in_none_leaves_the_field_at_one_die() {
    let mut chance = Chance(11);
    let mut wafers = chance.wafers(6, 60.0);
    let size = |wafers: &[Vec<(f64, f64)>]| {
        let field = stack_field(&placed(wafers), &grid(), None, 0.05).expect("can be stacked");
        (field.columns, field.rows, field.repeaters.len())
    };
    assert_eq!(size(&wafers), (1, 1, 0));
    for wafer in &mut wafers {
        let places = dies().into_iter().filter(|_| chance.next() < 0.3);
        wafer.extend(places.map(|(x, y)| (12.6 * f64::from(x) + 2.0, 9.8 * f64::from(y) - 3.0)));
    }
    assert_eq!(size(&wafers), (1, 1, 1));
}

#[test]
fn a_mark_at_one_place_of_every_wafer_does_not_repeat_with_the_reticle() {
    let mut wafers = Chance(12).wafers(40, 20.0);
    for wafer in &mut wafers {
        wafer.push((61.7, -33.3));
    }
    let field = stack_field(&placed(&wafers), &grid(), None, 0.05).expect("can be stacked");
    assert!(field.repeaters.is_empty(), "{:?}", field.repeaters);
    let stacked = cells(&wafers);
    assert!(stacked.is_significant(23 * 60 + 42));
}

#[test]
fn a_repeater_on_the_edge_of_its_field_is_one() {
    let mut wafers = Chance(13).wafers(3, 20.0);
    for (turn, wafer) in wafers.iter_mut().enumerate() {
        let jitter = 0.01 * (turn as f64 - 1.0);
        wafer.extend(
            dies()
                .into_iter()
                .map(|(x, y)| (12.6 * f64::from(x) + 6.3 + jitter, 9.8 * f64::from(y))),
        );
    }
    let field = stack_field(&placed(&wafers), &grid(), None, 0.05).expect("can be stacked");
    assert_eq!(field.repeaters.len(), 1);
    assert_eq!(field.repeaters[0].defects.len(), 3 * dies().len());
}
