//! What analyses name the patterns that the fab plants, and how often they see one where there is none.
//!
//! The thresholds of the tests were chosen on other seeds than these.

use std::collections::BTreeMap;

use analytics::spatial::{Inspected, Lattice, Pattern, signatures};
use chrono::NaiveDate;
use synth::{Fab, Geometry, Plan, Signature, Specimen};

/// The level at which the server reports patterns.
const ALPHA: f64 = 0.01;
/// Wafers of each kind with a pattern of typical strength, and with a strong one.
const WAFERS: [u64; 2] = [100, 40];
/// Wafers without a pattern.
const RANDOM: u64 = 1_200;
/// Seeds of the wafers that are judged here begin there.
const FIRST_SEED: u64 = 2_000_000;
/// Defects of a strong pattern, on average.
const STRONG: f64 = 40.0;
/// Defects around the pattern, on average: as many as an inspection of the fab finds.
const BACKGROUND: f64 = 15.0;

/// Defects in a pattern as the steps of the fab leave it.
fn typical(signature: Signature) -> f64 {
    match signature {
        Signature::Scratch => 14.0,
        Signature::Ring => 16.0,
        Signature::Edge | Signature::CentreSpot => 12.0,
        Signature::HotDie => 8.0,
        Signature::Cluster => 10.5,
        Signature::SpinSplash => 18.0,
        Signature::HandlingMarks => 9.0,
        Signature::ReticleRepeater => 30.0,
    }
}

/// The products' dies with the area that is inspected of them.
fn surfaces() -> Vec<(Geometry, Inspected)> {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let fab = Fab::new(Plan::new(1, end)).expect("a fab");
    let surface = |geometry: &Geometry| {
        let lattice = Lattice {
            origin_mm: (geometry.die_origin_mm.x, geometry.die_origin_mm.y),
            pitch_mm: (geometry.pitch_mm.x, geometry.pitch_mm.y),
        };
        let radius = geometry.usable_radius_mm();
        let inspected = Inspected::dies(radius, lattice, &geometry.dies).expect("dies");
        (geometry.clone(), inspected)
    };
    fab.products()
        .iter()
        .map(|product| surface(&product.geometry))
        .collect()
}

/// The pattern with the most excess defects, or none.
fn named(wafer: &Specimen, on: &Inspected) -> Option<Pattern> {
    let points: Vec<(f64, f64)> = wafer
        .points
        .iter()
        .map(|point| (point.x, point.y))
        .collect();
    let found = signatures(&points, on, ALPHA).expect("finite points").found;
    let excess = |found: &analytics::spatial::Found| found.members.len() as f64 - found.expected;
    let main = found.iter().max_by(|a, b| excess(a).total_cmp(&excess(b)));
    main.map(|main| main.pattern)
}

/// How often a pattern got which name, and of how many wafers. Wafers from which the rim cut more than half of it are left
/// out.
fn names(
    surfaces: &[(Geometry, Inspected)],
    signature: Signature,
    mean: f64,
    seeds: u64,
) -> (BTreeMap<String, u64>, u64) {
    let (mut names, mut wafers) = (BTreeMap::new(), 0);
    for seed in FIRST_SEED..FIRST_SEED + seeds {
        let (geometry, inspected) = &surfaces[(seed % surfaces.len() as u64) as usize];
        let wafer = Specimen::new(seed, geometry, BACKGROUND, Some((signature, mean)));
        if wafer.planted as f64 >= 0.5 * mean {
            let name = named(&wafer, inspected);
            let name = name.map_or("random".to_owned(), |name| format!("{name:?}"));
            *names.entry(name).or_default() += 1;
            wafers += 1;
        }
    }
    (names, wafers)
}

/// What it is called where it is called right; nobody names splashes and handling marks, what they are taken for is printed.
fn right_name(signature: Signature) -> Option<&'static str> {
    match signature {
        Signature::Scratch => Some("Scratch"),
        Signature::Ring => Some("Ring"),
        Signature::Edge => Some("Edge"),
        Signature::CentreSpot => Some("Centre"),
        Signature::HotDie => Some("HotDie"),
        Signature::ReticleRepeater => Some("Repeater"),
        Signature::Cluster => Some("Cluster"),
        Signature::SpinSplash | Signature::HandlingMarks => None,
    }
}

#[test]
fn planted_patterns_are_named() {
    let surfaces = surfaces();
    println!("planted, defects: names (background {BACKGROUND})");
    let mut shares = BTreeMap::new();
    for signature in Signature::ALL {
        for (mean, seeds) in [typical(signature), STRONG].into_iter().zip(WAFERS) {
            let (names, wafers) = names(&surfaces, signature, mean, seeds);
            println!("{signature:?}, {mean}: {names:?} of {wafers}");
            let Some(right) = right_name(signature) else {
                continue;
            };
            let right = names.get(right).copied().unwrap_or(0) as f64 / wafers as f64;
            shares.insert((signature, mean > typical(signature)), right);
        }
    }
    // A typical ring is up to 16 mm wide: a tenth of them is no more than chance would do somewhere on the wafer.
    let least = [
        (Signature::Scratch, 0.93, 0.95),
        (Signature::Ring, 0.85, 0.95),
        (Signature::Edge, 0.88, 0.95),
        (Signature::CentreSpot, 0.9, 0.95),
        (Signature::HotDie, 0.88, 0.95),
        (Signature::ReticleRepeater, 0.98, 0.98),
    ];
    for (signature, typical, strong) in least {
        let named = (shares[&(signature, false)], shares[&(signature, true)]);
        assert!(
            named.0 >= typical && named.1 >= strong,
            "{signature:?}: {named:?}"
        );
    }
}

#[test]
fn random_wafers_have_a_signature_once_in_a_hundred_at_most() {
    let surfaces = surfaces();
    let mut named_as: BTreeMap<Pattern, u64> = BTreeMap::new();
    for seed in FIRST_SEED..FIRST_SEED + RANDOM {
        let (geometry, inspected) = &surfaces[(seed % surfaces.len() as u64) as usize];
        // 5 to 3,000 defects, evenly over the orders of magnitude.
        let part = (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64 / (1_u64 << 53) as f64;
        let wafer = Specimen::new(seed, geometry, 5.0 * 600_f64.powf(part), None);
        if let Some(name) = named(&wafer, inspected) {
            *named_as.entry(name).or_default() += 1;
        }
    }
    let wrong: u64 = named_as.values().sum();
    println!("{wrong} of {RANDOM} random wafers have a signature: {named_as:?}");
    // Alpha is one in a hundred; so many come up by chance once in a thousand runs of other seeds.
    assert!(wrong as f64 <= 0.015 * RANDOM as f64, "{named_as:?}");
}
