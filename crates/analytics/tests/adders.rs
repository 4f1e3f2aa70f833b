//! What a route of inspections says of its defects, whatever frames, order and crowds they come in.

use analytics::Error;
use analytics::spatial::{Registration, Rigid, Route, Sighting, register};
use proptest::prelude::*;

type Point = (f64, f64);

/// Even numbers below 1, the same on every machine.
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn place(&mut self) -> Point {
        let (radius, angle) = (
            147.0 * self.number().sqrt(),
            std::f64::consts::TAU * self.number(),
        );
        (radius * angle.cos(), radius * angle.sin())
    }

    fn places(&mut self, count: usize) -> Vec<Point> {
        (0..count).map(|_| self.place()).collect()
    }

    /// A deviation with mean 0 and standard deviation 1, by the sum of twelve.
    fn deviation(&mut self) -> f64 {
        (0..12).map(|_| self.number()).sum::<f64>() - 6.0
    }

    fn near(&mut self, (x, y): Point, sigma: f64) -> Point {
        (x + sigma * self.deviation(), y + sigma * self.deviation())
    }
}

fn moved(shift_x: f64, shift_y: f64, rotation_rad: f64) -> Rigid {
    Rigid {
        shift_mm: (shift_x, shift_y),
        rotation_rad,
    }
}

fn seen(points: &[Point], motion: Rigid, sigma: f64, chance: &mut Chance) -> Vec<Point> {
    let again = points.iter().map(|&at| motion.apply(at));
    again.map(|at| chance.near(at, sigma)).collect()
}

/// Whether each defect of the second inspection was added.
fn added(first: &[Point], second: &[Point], pitch_mm: Option<Point>) -> Vec<bool> {
    let mut route = Route::new(None, pitch_mm).expect("no parameter is wrong");
    let judged = route.judge(first).expect("finite");
    route.join(first, &judged);
    let judged = route.judge(second).expect("finite");
    let added = judged.sightings.iter();
    added.map(|one| *one == Sighting::Added).collect()
}

fn assert_close(found: &Registration, expected: Rigid, shift_mm: f64, rotation: f64) {
    let (x, y) = found.motion.shift_mm;
    assert!((x - expected.shift_mm.0).abs() < shift_mm, "{found:?}");
    assert!((y - expected.shift_mm.1).abs() < shift_mm, "{found:?}");
    let turned = found.motion.rotation_rad - expected.rotation_rad;
    assert!(turned.abs() < rotation, "{found:?}");
}

#[test]
fn shift_and_rotation_are_found_from_few_common_defects_among_many() {
    let mut chance = Chance(1);
    let motion = moved(0.06, -0.045, 4e-4);
    for (common, others) in [(30, 300), (60, 3_000), (1_000, 20_000)] {
        let shared = chance.places(common);
        let earlier = [shared.clone(), chance.places(others)].concat();
        let later = [
            seen(&shared, motion, 0.008, &mut chance),
            chance.places(others),
        ]
        .concat();
        let found = register(&earlier, &later, None).expect("finite");
        let found = found.expect("enough is common");
        assert_close(&found, motion, 0.01, 1e-4);
        assert!(found.pairs >= common * 9 / 10, "{found:?}");
        let expected = 0.008 * std::f64::consts::SQRT_2;
        assert!(
            (found.residual_mm / expected - 1.0).abs() < 0.35,
            "{found:?}"
        );
    }
}

#[test]
fn five_common_defects_are_enough_and_four_are_not() {
    let mut chance = Chance(2);
    let motion = moved(0.03, 0.02, 0.0);
    let shared = chance.places(5);
    let later = seen(&shared, motion, 0.004, &mut chance);
    let found = register(&shared, &later, None).expect("finite");
    assert_close(&found.expect("five agree"), motion, 0.01, 1e-4);
    assert_eq!(register(&shared[..4], &later[..4], None), Ok(None));
}

#[test]
fn wafers_with_nothing_in_common_are_not_registered() {
    for seed in 0..20 {
        let mut chance = Chance(100 + seed);
        for count in [10, 100, 1_000, 5_000] {
            let (first, second) = (chance.places(count), chance.places(count));
            assert_eq!(register(&first, &second, None), Ok(None), "{count} defects");
        }
    }
}

#[test]
fn a_repeater_beside_another_does_not_outvote_the_defects_that_are_common() {
    let mut chance = Chance(3);
    let motion = moved(0.015, 0.01, 0.0);
    let shared = chance.places(12);
    let corners =
        (-5..=5).flat_map(|x| (-6..=6).map(move |y| (12.0 * f64::from(x), 10.0 * f64::from(y))));
    let corners: Vec<Point> = corners.collect();
    let earlier = [
        shared.clone(),
        seen(&corners, moved(3.0, 4.0, 0.0), 0.005, &mut chance),
    ]
    .concat();
    let later = [
        seen(&shared, motion, 0.005, &mut chance),
        seen(&corners, moved(3.2, 4.1, 0.0), 0.005, &mut chance),
    ]
    .concat();
    let found = register(&earlier, &later, Some((12.0, 10.0))).expect("finite");
    assert_close(&found.expect("twelve agree"), motion, 0.01, 1e-4);
    let added = added(&earlier, &later, Some((12.0, 10.0)));
    assert!(added[..12].iter().all(|added| !added));
    assert!(added[12..].iter().all(|added| *added));
}

#[test]
fn a_dense_heap_elsewhere_does_not_move_the_frame() {
    let mut chance = Chance(4);
    let motion = moved(-0.04, 0.03, 0.0);
    let shared = chance.places(20);
    let heap = |chance: &mut Chance, at: Point| -> Vec<Point> {
        (0..3_000).map(|_| chance.near(at, 0.8)).collect()
    };
    let earlier = [shared.clone(), heap(&mut chance, (40.0, 40.0))].concat();
    let later = [
        seen(&shared, motion, 0.006, &mut chance),
        heap(&mut chance, (40.1, 40.0)),
    ]
    .concat();
    let found = register(&earlier, &later, None).expect("finite");
    assert_close(&found.expect("twenty agree"), motion, 0.012, 2e-4);
}

#[test]
fn in_a_cluster_defects_are_told_apart_one_by_one() {
    let mut chance = Chance(5);
    // A scratch, a defect every 60 um, most of it seen twice, and a tool that lies 20 um off.
    let scratch: Vec<Point> = (0..200).map(|n| (0.06 * f64::from(n), 30.0)).collect();
    let motion = moved(0.02, 0.0, 0.0);
    let others = chance.places(30);
    let is_new = |index: usize| index.is_multiple_of(10);
    let earlier: Vec<Point> = (0..200)
        .filter(|&n| !is_new(n))
        .map(|n| scratch[n])
        .collect();
    let earlier = [earlier, others.clone()].concat();
    let later = seen(&[scratch, others].concat(), motion, 0.004, &mut chance);
    let added = added(&earlier, &later, None);
    let wrong = (0..230).filter(|&n| added[n] != (n < 200 && is_new(n)));
    assert_eq!(wrong.count(), 0);
}

#[test]
fn a_defect_that_was_covered_and_is_seen_again_is_no_adder() {
    let mut route = Route::new(None, None).expect("no parameter is wrong");
    let rounds: [&[Point]; 3] = [
        &[(1.0, 1.0), (50.0, 0.0)],
        &[(1.0, 1.02), (-9.0, 3.0)],
        &[(50.01, 0.0), (-9.0, 3.0), (77.0, 7.0)],
    ];
    let mut judged = Vec::new();
    for points in rounds {
        let one = route.judge(points).expect("finite");
        route.join(points, &one);
        judged.push(one);
    }
    let common = |first| Sighting::Common {
        first,
        is_ambiguous: false,
    };
    assert_eq!(judged[2].sightings, [common(0), common(1), Sighting::Added]);
    assert_eq!(judged[2].missing_mm, [(1.0, 1.01)]);
    assert_eq!(judged[1].missing_mm, [(50.0, 0.0)]);
}

#[test]
fn one_of_two_earlier_defects_within_the_tolerance_is_ambiguous_and_used_once() {
    let mut route = Route::new(Some(0.1), None).expect("no parameter is wrong");
    let first = [(0.0, 0.0), (0.06, 0.0)];
    let judged = route.judge(&first).expect("finite");
    route.join(&first, &judged);
    let second = [(0.02, 0.0), (0.03, 0.0), (0.04, 0.01)];
    let judged = route.judge(&second).expect("finite");
    assert_eq!((judged.added(), judged.ambiguous()), (1, 2));
    assert_eq!(judged.sightings[1], Sighting::Added);
}

#[test]
fn defects_all_in_one_place_cost_no_more_than_others() {
    let first = vec![(5.0, 5.0); 10_000];
    let added = added(&first, &first, Some((10.0, 10.0)));
    assert!(added.iter().filter(|added| **added).count() < 10_000);
}

#[test]
fn what_is_no_number_is_named() {
    let mut route = Route::new(None, None).expect("no parameter is wrong");
    let error = route.judge(&[(0.0, 0.0), (1.0, f64::NAN)]);
    assert!(matches!(error, Err(Error::NotFinite { index: 1, .. })));
    assert!(matches!(
        Route::new(Some(0.0), None),
        Err(Error::Parameter { .. })
    ));
    let judged = route.judge(&[]).expect("nothing is fine");
    route.join(&[], &judged);
    assert_eq!(route.judge(&[(1.0, 1.0)]).expect("finite").added(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn turning_the_wafer_under_both_tools_changes_no_verdict(seed in 0_u64..10_000, angle in 0.0..std::f64::consts::TAU) {
        let mut chance = Chance(seed);
        let shared = chance.places(40);
        let earlier = [shared.clone(), chance.places(60)].concat();
        let later = [seen(&shared, moved(0.02, -0.03, 1e-4), 0.005, &mut chance), chance.places(60)].concat();
        let turn = moved(0.0, 0.0, angle);
        let turned = |points: &[Point]| -> Vec<Point> { points.iter().map(|&at| turn.apply(at)).collect() };
        prop_assert_eq!(added(&earlier, &later, None), added(&turned(&earlier), &turned(&later), None));
    }

    #[test]
    fn the_order_of_defects_changes_no_verdict(seed in 0_u64..10_000) {
        let mut chance = Chance(seed);
        let heap: Vec<Point> = (0..40).map(|_| chance.near((10.0, 10.0), 0.1)).collect();
        let earlier = [chance.places(30), heap].concat();
        let later = seen(&earlier[10..], moved(0.01, 0.02, 0.0), 0.02, &mut chance);
        let straight = added(&earlier, &later, None);
        let reversed = |points: &[Point]| -> Vec<Point> { points.iter().rev().copied().collect() };
        let mut backwards = added(&reversed(&earlier), &reversed(&later), None);
        backwards.reverse();
        prop_assert_eq!(straight, backwards);
    }
}
