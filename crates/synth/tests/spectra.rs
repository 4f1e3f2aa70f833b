//! Synthetic spectra keep to the published numbers, and what the identification finds in them: recall and
//! false elements over many seeds.

use std::collections::BTreeMap;

use edx::line::{ELEMENTS, element};
use edx::{Identification, Options, Spectrum, identify, msa};
use synth::Kind;
use synth::spectrum::{Recipe, composition, expected_counts, spectrum};

const SEEDS: u64 = 200;
/// Atoms from this share on must be found; of fewer, either is right.
const MAJOR: f64 = 0.05;

type Composition<'a> = &'a [(&'static str, f64)];

fn recipe(seed: u64, composition: Composition<'_>, counts: f64) -> Recipe<'_> {
    Recipe {
        seed,
        composition,
        beam_energy_kev: 15.0,
        live_time_s: 10.0,
        counts_per_second: counts / 10.0,
    }
}

fn found_in(seed: u64, composition: Composition<'_>, counts: f64) -> Identification {
    identify(
        &spectrum(&recipe(seed, composition, counts)),
        &Options::default(),
    )
}

fn symbols(found: &Identification) -> Vec<&'static str> {
    let mut symbols: Vec<_> = found
        .elements
        .iter()
        .map(|element| element.symbol)
        .collect();
    symbols.sort_unstable();
    symbols
}

#[derive(Default)]
struct Score {
    present: usize,
    found: usize,
    absent: usize,
    falsely: usize,
}

fn score(
    scores: &mut BTreeMap<&'static str, Score>,
    composition: Composition<'_>,
    found: &Identification,
) {
    let found = symbols(found);
    for element in ELEMENTS {
        let is_found = usize::from(found.contains(&element.symbol));
        let score = scores.entry(element.symbol).or_default();
        match composition
            .iter()
            .find(|(symbol, _)| *symbol == element.symbol)
        {
            Some((_, share)) if *share < MAJOR => {}
            Some(_) => {
                score.present += 1;
                score.found += is_found;
            }
            None => {
                score.absent += 1;
                score.falsely += is_found;
            }
        }
    }
}

fn rate(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// 40,000 counts, as the fab's spectra have.
#[test]
fn elements_of_defects_are_found_and_others_are_not() {
    let mut scores = BTreeMap::new();
    let started = std::time::Instant::now();
    for kind in Kind::ALL {
        for seed in 0..SEEDS {
            let composition = composition(kind, seed);
            score(
                &mut scores,
                &composition,
                &found_in(seed, &composition, 40_000.0),
            );
        }
    }
    let spectra = Kind::ALL.len() * SEEDS as usize;
    println!(
        "{:.1} ms per spectrum",
        started.elapsed().as_secs_f64() * 1e3 / spectra as f64
    );
    for (symbol, score) in scores
        .iter()
        .filter(|(_, score)| score.present + score.falsely > 0)
    {
        let Score {
            present,
            found,
            absent,
            falsely,
        } = score;
        println!(
            "{symbol:2} found in {found:4} of {present:4}, falsely in {falsely:3} of {absent:4}"
        );
    }
    let sum = |part: fn(&Score) -> usize| scores.values().map(part).sum::<usize>();
    let recall = rate(sum(|score| score.found), sum(|score| score.present));
    let false_per_spectrum = rate(sum(|score| score.falsely), spectra);
    println!("all: recall {recall:.4}, {false_per_spectrum:.4} false elements per spectrum");

    let iron = &scores["Fe"];
    assert!(iron.present >= SEEDS as usize);
    assert!(rate(iron.found, iron.present) >= 0.98, "iron where it is");
    assert!(
        rate(iron.falsely, iron.absent) <= 0.01,
        "iron where it is not"
    );
    assert!(recall >= 0.98, "recall {recall}");
    assert!(
        false_per_spectrum <= 0.02,
        "{false_per_spectrum} false elements per spectrum"
    );
}

#[test]
fn lines_that_overlap_are_not_told_twice() {
    // What is there, what a line of it could be taken for.
    let cases: &[(Composition<'_>, &[&str])] = &[
        (&[("S", 1.0)], &["Mo", "Pb"]),
        (&[("Mo", 1.0)], &["S", "Pb"]),
        (&[("Pb", 1.0)], &["S", "Mo"]),
        (&[("Si", 1.0)], &["W", "Ta"]),
        (&[("Ta", 1.0)], &["Si", "W"]),
        (&[("W", 1.0)], &["Si", "Ta"]),
        (&[("Ti", 1.0)], &["V", "N"]),
        (&[("Cr", 1.0)], &["Mn", "O"]),
        (&[("Mn", 1.0)], &["Fe", "F"]),
        (&[("Fe", 1.0)], &["F", "Co"]),
        (&[("O", 1.0)], &["Cr", "V"]),
        (&[("F", 1.0)], &["Fe"]),
        (&[("N", 1.0)], &["Ti"]),
    ];
    for (composition, others) in cases {
        for seed in 0..10 {
            let found = symbols(&found_in(seed, composition, 40_000.0));
            assert!(
                found.contains(&composition[0].0),
                "{composition:?}: {found:?}"
            );
            assert!(
                others.iter().all(|other| !found.contains(other)),
                "{composition:?}: {found:?}"
            );
        }
    }
}

#[test]
fn elements_whose_lines_overlap_are_both_found_where_both_are() {
    let cases: &[Composition<'_>] = &[
        &[("Si", 0.5), ("W", 0.5)],
        &[("Cr", 0.4), ("Mn", 0.3), ("Fe", 0.3)],
        &[("Ti", 0.5), ("N", 0.5)],
        &[("Cr", 0.4), ("O", 0.6)],
        &[("Fe", 0.3), ("F", 0.7)],
        &[("Ti", 0.6), ("V", 0.4)],
    ];
    for composition in cases {
        for seed in 0..10 {
            let found = symbols(&found_in(seed, composition, 100_000.0));
            assert!(
                composition.iter().all(|(symbol, _)| found.contains(symbol)),
                "{composition:?}: {found:?}"
            );
        }
    }
}

#[test]
fn little_evidence_has_little_weight_and_names_what_else_it_could_be() {
    let found = found_in(1, &[("S", 0.004), ("C", 0.996)], 6_000.0);
    let sulphur = found
        .elements
        .iter()
        .find(|element| element.symbol == "S")
        .expect("a peak");

    assert!(sulphur.alternatives.contains(&"Mo"), "{sulphur:?}");
    assert!((0.3..0.9).contains(&sulphur.weight), "{sulphur:?}");
}

#[test]
fn nothing_is_found_that_the_beam_cannot_excite() {
    let composition = [("Fe", 1.0)];
    let recipe = Recipe {
        beam_energy_kev: 5.0,
        ..recipe(3, &composition, 40_000.0)
    };

    let found = identify(&spectrum(&recipe), &Options::default());

    let iron = found
        .elements
        .iter()
        .find(|element| element.symbol == "Fe")
        .expect("by its L lines");
    assert!(
        iron.lines.iter().all(|line| line.name.starts_with('L')),
        "{iron:?}"
    );
}

/// Resolution by a parabola through the logarithm of the peak's counts.
#[test]
fn manganese_k_alpha_is_130_ev_wide_and_where_the_table_has_it() {
    let spectrum = spectrum(&recipe(5, &[("Mn", 1.0)], 2e7));
    let background = edx::identify(&spectrum, &Options::default()).background;
    let centre = spectrum.channel_of(5.895).expect("inside");
    let points: Vec<(f64, f64)> = (centre - 6..=centre + 6)
        .map(|channel| {
            (
                channel as f64 - centre as f64,
                (spectrum.counts[channel] - background[channel]).ln(),
            )
        })
        .collect();

    let [_, slope, curvature] = parabola(&points);

    let sigma_ev = 10.0 * (-1.0 / (2.0 * curvature)).sqrt();
    let position_kev = spectrum.energy_of(centre) - 0.01 * slope / (2.0 * curvature);
    let fwhm_ev = 2.354_82 * sigma_ev;
    assert!((fwhm_ev - 130.0).abs() < 2.0, "{fwhm_ev} eV");
    assert!((position_kev - 5.895).abs() < 0.005, "{position_kev} keV");
}

/// Least squares of a + b x + c x² (x symmetric about 0, equally spaced).
fn parabola(points: &[(f64, f64)]) -> [f64; 3] {
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y)| f(x, y)).sum::<f64>();
    let (n, x2, x4) = (
        points.len() as f64,
        sum(&|x, _| x * x),
        sum(&|x, _| x.powi(4)),
    );
    let (y, xy, x2y) = (sum(&|_, y| y), sum(&|x, y| x * y), sum(&|x, y| x * x * y));
    let c = (n * x2y - x2 * y) / (n * x4 - x2 * x2);
    [(y - c * x2) / n, xy / x2, c]
}

#[test]
fn peaks_lie_within_5_ev_of_the_table() {
    for symbol in [
        "C", "O", "F", "Al", "Si", "S", "Cl", "K", "Ti", "Cr", "Mn", "Fe", "Ni", "Cu",
    ] {
        let line = element(symbol).expect("in the table").families[0].main_line();
        let found = found_in(7, &[(symbol, 1.0)], 1e6);
        let nearest = found
            .peaks
            .iter()
            .map(|peak| peak.energy_kev)
            .min_by(|a, b| {
                (a - line.energy_kev)
                    .abs()
                    .total_cmp(&(b - line.energy_kev).abs())
            })
            .expect("a peak");
        assert!(
            (nearest - line.energy_kev).abs() < 0.005,
            "{symbol}: {nearest} keV, table {}",
            line.energy_kev
        );
    }
}

/// Σ (n - λ)² / λ over channels and seeds is χ² distributed: mean its degrees of freedom f, variance about 2 f.
#[test]
fn counts_are_poissons() {
    let composition = composition(Kind::MetalParticle, 1);
    let expected = expected_counts(&recipe(0, &composition, 1e6));
    let (mut chi_squared, mut freedom) = (0.0, 0.0);
    for seed in 0..50 {
        let spectrum = spectrum(&recipe(seed, &composition, 1e6));
        for (&count, &mean) in spectrum
            .counts
            .iter()
            .zip(&expected)
            .filter(|(_, mean)| **mean >= 5.0)
        {
            chi_squared += (count - mean).powi(2) / mean;
            freedom += 1.0;
        }
    }

    let deviation = (chi_squared - freedom) / (2.0_f64 * freedom).sqrt();
    assert!(freedom > 20_000.0);
    assert!(deviation.abs() < 4.0, "{chi_squared} for {freedom}");
}

#[test]
fn the_same_seed_gives_the_same_file_and_another_seed_another() {
    let file = |seed| {
        msa::write(&spectrum(&recipe(
            seed,
            &composition(Kind::Residue, 3),
            40_000.0,
        )))
    };

    assert_eq!(file(1), file(1));
    assert_ne!(file(1), file(2));
    assert!(file(1).len() <= 8_000, "{} bytes", file(1).len());
    assert_eq!(
        file(1).lines().next(),
        Some("#FORMAT      : EMSA/MAS Spectral Data File")
    );
}

#[test]
fn spectra_survive_their_file() {
    for kind in Kind::ALL {
        let composition = composition(kind, 11);
        let made: Spectrum = spectrum(&recipe(11, &composition, 40_000.0));

        let read = msa::read(msa::write(&made).as_bytes()).expect("our own file");

        assert_eq!(read.counts, made.counts);
        assert_eq!(
            (read.live_time_s, read.real_time_s),
            (made.live_time_s, made.real_time_s)
        );
        assert_eq!(read.energy_of(1023), made.energy_of(1023));
        assert_eq!(read.beam_energy_kev, Some(15.0));
    }
}

#[test]
fn compositions_make_one_together_and_stand_on_silicon() {
    for kind in Kind::ALL {
        for variant in 0..SEEDS {
            let composition = composition(kind, variant);
            let total: f64 = composition.iter().map(|(_, share)| share).sum();
            let share = |wanted: &str| {
                composition
                    .iter()
                    .find(|(symbol, _)| *symbol == wanted)
                    .map_or(0.0, |(_, share)| *share)
            };

            assert!((total - 1.0).abs() < 1e-12, "{kind:?} {composition:?}");
            assert!(share("Si") > MAJOR, "{kind:?} {composition:?}");
            assert!(
                composition
                    .iter()
                    .all(|(symbol, _)| element(symbol).is_some()),
                "{composition:?}"
            );
            assert_eq!(
                share("Fe") > 0.0,
                kind == Kind::MetalParticle,
                "{kind:?} {composition:?}"
            );
        }
    }
}
