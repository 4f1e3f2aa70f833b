//! What analyses name the patterns that the fab plants, and how often they see one where there is none.
//!
//! The thresholds of the tests were chosen on other seeds than these.

use std::collections::BTreeMap;

use analytics::spatial::{Inspected, Lattice, Pattern, signatures};
use chrono::NaiveDate;
use synth::{Fab, Geometry, Plan, Signature, Specimen};

/// The level at which the server reports patterns.
const ALPHA: f64 = 0.01;
/// Wafers of each kind.
const WAFERS: u64 = 100;
/// Wafers without a pattern.
const RANDOM: u64 = 2_000;
/// Seeds of the wafers that are judged here begin there.
const FIRST_SEED: u64 = 1_000_000;
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
) -> (BTreeMap<String, u64>, u64) {
    let (mut names, mut wafers) = (BTreeMap::new(), 0);
    for seed in FIRST_SEED..FIRST_SEED + WAFERS {
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

#[test]
fn planted_scratches_rings_and_repeaters_are_named() {
    let surfaces = surfaces();
    println!("planted, defects: names (background {BACKGROUND}, {WAFERS} wafers each)");
    let mut shares = BTreeMap::new();
    for signature in Signature::ALL {
        for mean in [typical(signature), 40.0] {
            let (names, wafers) = names(&surfaces, signature, mean);
            println!("{signature:?}, {mean}: {names:?} of {wafers}");
            let right = match signature {
                Signature::Scratch => "Scratch",
                Signature::Ring => "Ring",
                Signature::Edge => "Edge",
                Signature::CentreSpot => "Centre",
                Signature::HotDie => "HotDie",
                Signature::ReticleRepeater => "Repeater",
                Signature::Cluster => "Cluster",
                // Nobody names these two; what they are taken for is printed.
                Signature::SpinSplash | Signature::HandlingMarks => continue,
            };
            let right = names.get(right).copied().unwrap_or(0) as f64 / wafers as f64;
            shares.insert((signature, mean > typical(signature)), right);
        }
    }
    for signature in [Signature::Scratch, Signature::ReticleRepeater] {
        assert!(
            shares[&(signature, false)] >= 0.95,
            "{signature:?}: {shares:?}"
        );
    }
    // A ring of 16 defects that is up to 16 mm wide is often no more than chance would do.
    assert!(shares[&(Signature::Ring, false)] >= 0.7, "{shares:?}");
    for signature in [
        Signature::Scratch,
        Signature::Ring,
        Signature::ReticleRepeater,
    ] {
        assert!(
            shares[&(signature, true)] >= 0.95,
            "{signature:?}: {shares:?}"
        );
    }
}

#[test]
fn random_wafers_have_a_signature_less_than_twice_in_a_hundred() {
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
    assert!((wrong as f64) < 0.02 * RANDOM as f64, "{named_as:?}");
}
