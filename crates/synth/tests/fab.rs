//! What callers rely on: how much there is, that it is the same again, and that it holds together.

use std::collections::HashSet;

use chrono::NaiveDate;
use semi::{Check, Scheme};
use synth::{Error, Fab, Kind, Lot, Mark, Plan, Review, Truth, Use};

fn plan(seed: u64, scale: f64) -> Plan {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    Plan {
        scale,
        ..Plan::new(seed, end)
    }
}

fn fab(seed: u64, scale: f64) -> Fab {
    Fab::new(plan(seed, scale)).expect("the plan is possible")
}

fn bytes(lot: &Lot) -> Vec<u8> {
    serde_json::to_vec(lot).expect("a lot can be written")
}

#[test]
fn the_default_fab_is_as_large_as_promised_whatever_the_seed() {
    for seed in 1..=4 {
        let fab = fab(seed, 1.0);
        let mut truth = Truth::new(&fab);
        fab.lots().for_each(|lot| truth.add(&fab, &lot));

        let counts = truth.counts;
        assert!(counts.inspected_wafers >= 1_000, "{counts:?}");
        assert!((10_000..11_500).contains(&counts.inspections), "{counts:?}");
        assert!((100_000..=130_000).contains(&counts.defects), "{counts:?}");
        assert_eq!(counts.by_type.len(), 18, "every type occurs");
        assert_eq!(counts.by_step.len(), 8, "every step occurs");
        assert_eq!(counts.by_equipment.len(), 8, "every inspector is used");
        let share = counts.images as f64 / counts.defects as f64;
        assert!((0.095..0.105).contains(&share), "images: {share}");
        let share = counts.spectra as f64 / counts.images as f64;
        assert!((0.28..0.32).contains(&share), "spectra: {share}");
    }
}

#[test]
fn one_seed_gives_the_same_bytes_in_any_order_and_on_any_thread() {
    let (first, second) = (fab(11, 0.1), fab(11, 0.1));
    let in_order: Vec<Vec<u8>> = first.lots().map(|lot| bytes(&lot)).collect();

    let lots = second.lot_count();
    let mut on_threads: Vec<(u32, Vec<u8>)> = std::thread::scope(|scope| {
        let part = |odd: u32| {
            let second = &second;
            let numbers = (0..lots).rev().filter(move |number| number % 2 == odd);
            scope.spawn(move || {
                numbers
                    .map(|n| (n, bytes(&second.lot(n))))
                    .collect::<Vec<_>>()
            })
        };
        let threads = [part(0), part(1)];
        let joined = threads.map(|thread| thread.join().expect("no panic"));
        joined.concat()
    });
    on_threads.sort();

    assert_eq!(in_order.len(), 20);
    assert!(
        in_order
            .iter()
            .eq(on_threads.iter().map(|(_, bytes)| bytes))
    );
}

#[test]
fn another_seed_gives_another_fab() {
    let (first, second) = (fab(11, 0.02), fab(12, 0.02));

    assert_ne!(bytes(&first.lot(0)), bytes(&second.lot(0)));
    assert_ne!(
        first.equipment()[0].serial_number,
        second.equipment()[0].serial_number
    );
    assert_ne!(first.customers(), second.customers());
}

#[test]
fn more_images_keep_those_that_were_there() {
    let with = |image_share| {
        let plan = Plan {
            image_share,
            ..plan(3, 0.02)
        };
        let fab = Fab::new(plan).expect("the plan is possible");
        let lots: Vec<Lot> = fab.lots().collect();
        let inspections = lots.into_iter().flat_map(|lot| lot.inspections);
        inspections.flat_map(|one| one.defects).collect::<Vec<_>>()
    };
    let (few, many) = (with(0.1), with(0.5));

    assert_eq!(few.len(), many.len());
    for (few, many) in few.iter().zip(&many) {
        assert_eq!((few.x_mm, few.kind), (many.x_mm, many.kind));
        assert!(few.evidence.is_none() || few.evidence == many.evidence);
        assert_eq!(few.review == Review::Reviewed, few.evidence.is_some());
    }
    assert!(with(0.0).iter().all(|defect| defect.evidence.is_none()));
}

#[test]
fn a_plan_outside_its_range_is_refused_by_name() {
    let refused = Fab::new(Plan {
        image_share: 1.5,
        ..plan(1, 1.0)
    });
    let error = refused.expect_err("a share above 1");
    assert_eq!(
        error.to_string(),
        "image_share is 1.5; it has to be between 0 and 1"
    );
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = Fab::new(plan(1, scale)).expect_err("no such fab");
        assert!(matches!(refused, Error::Plan { name: "scale", .. }));
    }
}

#[test]
fn wafer_marks_pass_their_semi_check_and_name_one_wafer_each() {
    let fab = fab(5, 0.3);
    let mut seen = HashSet::new();
    let mut schemes = HashSet::new();
    for lot in fab.lots() {
        assert_eq!(lot.wafers.len(), 25);
        for wafer in &lot.wafers {
            let read = semi::identify(&wafer.mark);
            let scheme = match wafer.scheme {
                Mark::T7 => Scheme::T7,
                Mark::M12 => Scheme::M12,
                Mark::M13 => Scheme::M13,
            };
            assert_eq!(
                (read.scheme, read.canonical),
                (scheme, wafer.wafer_id.clone())
            );
            if wafer.scheme != Mark::T7 {
                assert!(matches!(read.check, Check::Valid(_)), "{}", wafer.mark);
            }
            assert!(
                seen.insert(wafer.wafer_id.clone()),
                "{} occurs twice",
                wafer.wafer_id
            );
            schemes.insert(wafer.scheme);
        }
    }
    assert_eq!(schemes.len(), 3);
}

#[test]
fn most_lots_are_sampled_and_every_tenth_is_inspected_whole() {
    let fab = fab(6, 1.0);
    let sampled = |lot: &Lot| lot.wafers.iter().filter(|wafer| wafer.is_sampled).count();
    let counts: Vec<usize> = fab.lots().map(|lot| sampled(&lot)).collect();

    assert_eq!(counts.iter().filter(|count| **count == 25).count(), 20);
    assert_eq!(counts.iter().filter(|count| **count == 5).count(), 180);
}

#[test]
fn inspections_lie_within_the_twelve_months_and_in_the_order_of_the_route() {
    let fab = fab(7, 0.5);
    let end = fab
        .plan()
        .end
        .and_hms_opt(0, 0, 0)
        .expect("midnight")
        .and_utc();
    for lot in fab.lots() {
        assert!(
            lot.inspections
                .is_sorted_by_key(|inspection| inspection.inspected_at)
        );
        for inspection in &lot.inspections {
            let age = end - inspection.inspected_at;
            assert!(age.num_seconds() > 0 && age.num_days() <= 365);
            assert!(lot.wafers[inspection.wafer].is_sampled);
            assert!(
                fab.steps()[inspection.step]
                    .tools
                    .contains(&inspection.equipment)
            );
            assert_eq!(
                fab.equipment()[inspection.equipment].purpose,
                Use::Inspection
            );
        }
        for wafer in 0..lot.wafers.len() {
            let of_wafer = lot.inspections.iter().filter(|one| one.wafer == wafer);
            let order: Vec<_> = of_wafer.map(|one| (one.step, one.is_repetition)).collect();
            assert!(order.is_sorted(), "{order:?}");
        }
    }
}

#[test]
fn die_indices_agree_with_positions_as_klarf_files_have_them() {
    let fab = fab(8, 0.2);
    for lot in fab.lots() {
        let geometry = &fab.products()[lot.product].geometry;
        let frame = klarf::Frame {
            pitch_mm: klarf::Point {
                x: geometry.pitch_mm.x,
                y: geometry.pitch_mm.y,
            },
            center_mm: klarf::Point {
                x: -geometry.die_origin_mm.x,
                y: -geometry.die_origin_mm.y,
            },
            mark_location: klarf::MarkLocation::Down,
            is_mirrored: false,
        };
        for defect in lot.inspections.iter().flat_map(|one| &one.defects) {
            let die = klarf::Die {
                x: defect.die_x,
                y: defect.die_y,
            };
            let corner = frame.place(die).lower_left;
            let (x, y) = (defect.x_mm - corner.x, defect.y_mm - corner.y);
            assert!(
                (-1e-9..=geometry.pitch_mm.x + 1e-9).contains(&x),
                "{defect:?}"
            );
            assert!(
                (-1e-9..=geometry.pitch_mm.y + 1e-9).contains(&y),
                "{defect:?}"
            );
            assert!(
                geometry.dies.contains(&(defect.die_x, defect.die_y)),
                "{defect:?}"
            );
            let radius = defect.x_mm.hypot(defect.y_mm);
            assert!(radius <= geometry.usable_radius_mm() + 1e-6);
        }
    }
}

#[test]
fn defects_are_numbered_from_one_and_clusters_too() {
    let fab = fab(9, 0.3);
    let mut clusters = 0;
    for inspection in fab.lots().flat_map(|lot| lot.inspections) {
        let numbers: Vec<i32> = inspection.defects.iter().map(|one| one.defect_no).collect();
        let expected: Vec<i32> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected);
        let found: HashSet<i32> = inspection
            .defects
            .iter()
            .map(|one| one.cluster_no)
            .collect();
        let most = found.iter().copied().max().unwrap_or_default();
        assert!((1..=most).all(|cluster| found.contains(&cluster)));
        clusters += most;
    }
    assert!(clusters > 50, "{clusters} clusters");
}

#[test]
fn some_kinds_occur_at_their_steps_only() {
    let fab = fab(10, 0.2);
    let made_at = |kind: Kind| {
        let inspections = fab.lots().flat_map(|lot| lot.inspections);
        let defects = inspections.flat_map(|one| one.defects);
        let of_kind = defects.filter(|defect| defect.kind == kind);
        let steps: HashSet<_> = of_kind
            .map(|defect| fab.steps()[defect.truth.first_step].step_id)
            .collect();
        steps
    };
    assert_eq!(
        made_at(Kind::CrystalOriginatedParticle),
        HashSet::from(["INCOMING"])
    );
    assert_eq!(
        made_at(Kind::PatternCollapse),
        HashSet::from(["GATE-LITHO"])
    );
    assert_eq!(made_at(Kind::Corrosion), HashSet::from(["M1-CMP"]));
}

#[test]
fn type_colours_can_be_seen_on_both_themes_and_told_apart() {
    let fab = fab(1, 0.01);
    let types = fab.defect_types();
    for (index, one) in types.iter().enumerate() {
        assert_eq!(
            (one.kind, one.class_no()),
            (Kind::ALL[index], index as i32 + 1)
        );
        let light = luminance(one.colour);
        assert!(1.05 / (light + 0.05) >= 3.0, "{} on white", one.name);
        assert!(
            (light + 0.05) / (luminance("#0f151c") + 0.05) >= 3.0,
            "{} on dark",
            one.name
        );
        for other in &types[..index] {
            assert_ne!(one.name, other.name);
            let distance = oklab_distance(one.colour, other.colour);
            assert!(
                distance > 0.05,
                "{} and {}: {distance}",
                one.name,
                other.name
            );
        }
    }
}

fn linear(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let byte = u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal");
        let part = f64::from(byte) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// Relative luminance, WCAG 2.1.
fn luminance(colour: &str) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// B. Ottosson, "A perceptual color space for image processing", 2020.
fn oklab_distance(one: &str, other: &str) -> f64 {
    let lab = |colour: &str| {
        let [r, g, b] = linear(colour);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    };
    let squares = lab(one)
        .into_iter()
        .zip(lab(other))
        .map(|(a, b)| (a - b).powi(2));
    squares.sum::<f64>().sqrt()
}
