//! Wafers with planted patterns: those that look most alike by the descriptor have the same pattern.

use std::sync::LazyLock;

use analytics::spatial::{DEFECTS_LEAST, Descriptor};
use chrono::NaiveDate;
use synth::{Fab, Inspection, Plan, Signature};

/// Nearest ones that are looked at.
const NEAREST: usize = 5;
/// Wafers of a kind that are compared, at most.
const OF_A_KIND: usize = 60;
/// Fewer defects of its pattern do not make a wafer that of a kind ...
const PATTERN_LEAST: usize = 12;
/// ... nor a smaller share of all its defects.
const SHARE_LEAST: f64 = 0.5;

/// Patterns that are told apart; `None` is a wafer without any.
const KINDS: [Option<Signature>; 5] = [
    Some(Signature::Scratch),
    Some(Signature::Ring),
    Some(Signature::CentreSpot),
    Some(Signature::Edge),
    None,
];

/// A wafer of a kind.
struct Shown {
    kind: usize,
    points: Vec<(f64, f64)>,
    radius_mm: f64,
    descriptor: Descriptor,
}

fn wafers(fab: &Fab) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    for lot in fab.lots() {
        for one in lot.inspections.iter().filter(|one| !one.is_repetition) {
            let Some(kind) = kind(one) else { continue };
            if shown.iter().filter(|known| known.kind == kind).count() >= OF_A_KIND {
                continue;
            }
            let points: Vec<(f64, f64)> = one.defects.iter().map(|d| (d.x_mm, d.y_mm)).collect();
            let radius_mm = fab.products()[one.product].geometry.diameter_mm / 2.0;
            let descriptor = Descriptor::of(&points, radius_mm).expect("has defects");
            shown.push(Shown {
                kind,
                points,
                radius_mm,
                descriptor,
            });
        }
    }
    shown
}

/// What a wafer shows, where that is one pattern, or none at all on a wafer with defects enough.
fn kind(one: &Inspection) -> Option<usize> {
    let signatures: Vec<_> = one
        .defects
        .iter()
        .map(|defect| defect.truth.signature)
        .collect();
    let of = |kind: Option<Signature>| signatures.iter().filter(|of| **of == kind).count();
    let is_clean = signatures.len() >= PATTERN_LEAST && of(None) == signatures.len();
    KINDS.iter().position(|kind| match kind {
        None => is_clean,
        Some(_) => {
            let count = of(*kind);
            count >= PATTERN_LEAST && count as f64 >= SHARE_LEAST * signatures.len() as f64
        }
    })
}

/// Wafers of a fab of three years' lots: some of each kind.
static SHOWN: LazyLock<Vec<Shown>> = LazyLock::new(|| {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let plan = Plan {
        scale: 3.0,
        image_share: 0.0,
        ..Plan::new(3, end)
    };
    wafers(&Fab::new(plan).expect("the plan is possible"))
});

#[test]
fn the_wafers_most_alike_have_the_same_pattern() {
    let shown = &*SHOWN;
    let mut right = [[0; KINDS.len()]; KINDS.len()];
    for (place, one) in shown.iter().enumerate() {
        let others = shown
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != place);
        let mut near: Vec<(f64, usize)> = others
            .map(|(_, other)| {
                (
                    one.descriptor.likeness(&other.descriptor, true).distance,
                    other.kind,
                )
            })
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, kind) in &near[..NEAREST] {
            right[one.kind][*kind] += 1;
        }
    }
    for (kind, row) in KINDS.iter().zip(right) {
        println!("{kind:?}: nearest {NEAREST} by kind {row:?}");
    }
    for (kind, row) in right.iter().enumerate() {
        let precision = f64::from(row[kind]) / f64::from(row.iter().sum::<i32>());
        println!("{:?}: precision@{NEAREST} {precision:.3}", KINDS[kind]);
        assert!(precision >= 0.8, "{:?}: {precision}", KINDS[kind]);
    }
}

#[test]
fn a_turned_wafer_stays_the_nearest_and_tells_its_angle() {
    let shown = &*SHOWN;
    for one in shown.iter().filter(|one| one.kind == 0).take(20) {
        let turned: Vec<(f64, f64)> = one.points.iter().map(|(x, y)| (-y, *x)).collect();
        let turned = Descriptor::of(&turned, one.radius_mm).expect("has defects");

        let likeness = one.descriptor.likeness(&turned, true);

        assert!(likeness.likeness > 0.99, "{likeness:?}");
        assert!((likeness.rotation_deg - 90.0).abs() <= 2.0, "{likeness:?}");
        let fixed = one.descriptor.likeness(&turned, false);
        assert!(
            fixed.rotation_deg == 0.0 && fixed.distance >= likeness.distance,
            "{fixed:?}"
        );
        let others = shown.iter().filter(|other| other.points != one.points);
        let nearer = others
            .filter(|other| other.descriptor.likeness(&turned, true).distance <= likeness.distance);
        assert_eq!(nearer.count(), 0);
    }
}

#[test]
fn the_invariant_part_is_never_farther_than_the_whole() {
    let shown = &*SHOWN;
    for (a, b) in shown.iter().zip(shown.iter().skip(7)) {
        let (a, b) = (&a.descriptor, &b.descriptor);
        let squares = a
            .invariant()
            .into_iter()
            .zip(b.invariant())
            .map(|(a, b)| (a - b).powi(2));
        let least = squares.sum::<f64>().sqrt();
        let best = a.likeness(b, true).distance;
        assert!(least <= best + 1e-9 && best <= a.likeness(b, false).distance + 1e-9);
        assert_eq!(a.invariant().len(), Descriptor::INVARIANTS);
        assert_eq!(Descriptor::from_values(&a.values()).as_ref(), Some(a));
        assert_eq!(a.values().len(), Descriptor::VALUES);
    }
}

#[test]
fn words_say_what_is_alike() {
    let shown = &*SHOWN;
    let words = |kind: usize| {
        let of_kind: Vec<&Shown> = shown.iter().filter(|one| one.kind == kind).collect();
        let pairs = of_kind.iter().zip(&of_kind[1..]);
        let words = pairs.map(|(a, b)| {
            let likeness = a.descriptor.likeness(&b.descriptor, true);
            a.descriptor.common(&b.descriptor, likeness.rotation_deg)
        });
        words.collect::<Vec<_>>()
    };
    let share = |kind: usize, word: &str| {
        let words = words(kind);
        let with = words
            .iter()
            .filter(|words| words.iter().any(|known| known == word))
            .count();
        with as f64 / words.len() as f64
    };
    let [scratch, centre, edge, even] = [
        share(0, "line-like clusters"),
        share(2, "centre"),
        share(3, "edge"),
        share(4, "even spread"),
    ];
    println!("in words: lines {scratch:.2}, centre {centre:.2}, edge {edge:.2}, even {even:.2}");
    assert!(scratch > 0.9 && centre > 0.9 && edge > 0.9 && even > 0.7);
}

#[test]
fn too_few_defects_are_no_pattern() {
    assert!(Descriptor::of(&[(1.0, 2.0); DEFECTS_LEAST - 1], 150.0).is_none());
    assert!(Descriptor::of(&[(f64::NAN, 0.0); 9], 150.0).is_none());
    assert!(Descriptor::of(&[(1.0, 2.0); DEFECTS_LEAST], 150.0).is_some());
}
