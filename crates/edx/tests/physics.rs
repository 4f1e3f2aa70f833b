//! The line table and the detector beside published numbers.

use edx::detector::{MN_K_ALPHA_KEV, efficiency, escape_peak, fwhm_kev};
use edx::line::{ELEMENTS, Shell, element};
use edx::{Options, Spectrum, identify};

/// NIST SRD 128 (Deslattes et al. 2003), experimental energies in eV: another source than the table's. Kα1 and Kα2
/// where both are given make the mean 2:1.
#[test]
fn lines_agree_with_nist_within_2_ev() {
    let published = [
        ("Al", "Kα", (2.0 * 1486.708 + 1486.295) / 3.0),
        ("Si", "Kα", (2.0 * 1739.985 + 1739.394) / 3.0),
        ("S", "Kα", (2.0 * 2307.885 + 2306.700) / 3.0),
        ("Ti", "Kα", (2.0 * 4510.899 + 4504.920) / 3.0),
        ("Cr", "Kα", (2.0 * 5414.804 + 5405.538) / 3.0),
        ("Mn", "Kα", (2.0 * 5898.801 + 5887.685) / 3.0),
        ("Fe", "Kα", (2.0 * 6404.006 + 6391.026) / 3.0),
        ("Fe", "Kβ", 7058.175),
        ("Ni", "Kα", (2.0 * 7478.252 + 7461.034) / 3.0),
        ("Cu", "Kα", (2.0 * 8047.823 + 8027.842) / 3.0),
        ("Cu", "Kβ", 8905.413),
        ("W", "Lα", (8398.242 + 0.11 * 8335.34) / 1.11),
        ("Au", "Lα", (9713.44 + 0.11 * 9628.05) / 1.11),
    ];
    for (symbol, name, energy_ev) in published {
        let lines = element(symbol)
            .expect("in the table")
            .families
            .iter()
            .flat_map(|family| family.lines);
        let line = lines
            .into_iter()
            .find(|line| line.name == name)
            .expect("a line of that name");
        let difference = line.energy_kev * 1e3 - energy_ev;
        assert!(difference.abs() < 2.0, "{symbol} {name}: {difference} eV");
    }
}

/// Moseley's law orders the table: a digit gone wrong stands out.
#[test]
fn lines_grow_with_the_atomic_number_and_lie_below_their_edge() {
    for shell in [Shell::K, Shell::L, Shell::M] {
        let families = ELEMENTS
            .iter()
            .flat_map(|element| element.families.iter().map(move |family| (element, family)));
        let families: Vec<_> = families
            .filter(|(_, family)| family.shell == shell)
            .collect();
        for pair in families.windows(2) {
            assert!(
                pair[0].1.main_line().energy_kev < pair[1].1.main_line().energy_kev,
                "{}",
                pair[1].0.symbol
            );
            assert!(pair[0].0.atomic_number < pair[1].0.atomic_number);
        }
        for (element, family) in families {
            // Booklet tables 1-1 and 1-2 come from different measurements: M lines of Ce lie at the edge itself.
            assert!(
                family.main_line().energy_kev <= family.edge_kev * 1.002,
                "{} {shell:?}",
                element.symbol
            );
            assert!((0.0..1.0).contains(&family.fluorescence_yield));
            assert!(
                family
                    .lines
                    .iter()
                    .all(|line| line.weight > 0.0 && line.weight <= 2.0),
                "{}",
                element.symbol
            );
        }
    }
}

#[test]
fn elements_that_a_fab_meets_are_in_the_table() {
    for symbol in "B C N O F Na Mg Al Si P S Cl Ar K Ca Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Zr Mo Ru Ag Sn Hf Ta W Pt Au Pb".split(' ')
    {
        assert!(element(symbol).is_some(), "{symbol}");
    }
}

/// Silicon drift detectors of 129 eV at Mn Kα are sold with 57 eV or so at C K and 67 eV at F K.
#[test]
fn the_resolution_is_that_of_a_silicon_drift_detector() {
    assert!((fwhm_kev(MN_K_ALPHA_KEV, 0.130) - 0.130).abs() < 1e-12);
    assert!((fwhm_kev(0.277, 0.129) - 0.057).abs() < 0.005);
    assert!((fwhm_kev(0.677, 0.129) - 0.067).abs() < 0.005);
}

#[test]
fn the_efficiency_is_a_share_everywhere() {
    for energy_ev in 0..40_000 {
        let share = efficiency(f64::from(energy_ev) / 1e3);
        assert!((0.0..=1.0).contains(&share), "{energy_ev} eV: {share}");
    }
    assert_eq!(escape_peak(1.5), None, "silicon cannot be ionised");
    let (energy, share) = escape_peak(6.399).expect("an escape peak");
    assert!((energy - 4.659).abs() < 1e-9 && (0.002..0.01).contains(&share));
}

#[test]
fn odd_spectra_are_taken_without_a_finding() {
    let spectrum = |counts: Vec<f64>, offset, width| Spectrum {
        counts,
        energy_offset_kev: offset,
        energy_per_channel_kev: width,
        live_time_s: None,
        real_time_s: None,
        beam_energy_kev: None,
        title: String::new(),
        keywords: Vec::new(),
    };
    let odd = [
        spectrum(vec![], 0.0, 0.01),
        spectrum(vec![7.0], 0.0, 0.01),
        spectrum(vec![0.0; 1024], 0.0, 0.01),
        spectrum(vec![5.0; 65_536], 0.0, 1e-6),
        spectrum(vec![1e12; 2048], 0.0, 0.01),
        spectrum(vec![5.0; 1024], -1_000.0, 0.01),
        spectrum(vec![5.0; 1024], 0.0, 5.0),
        spectrum(vec![f64::NAN; 1024], 0.0, 0.01),
        spectrum(vec![f64::MAX; 1024], 0.0, 0.01),
    ];
    for spectrum in odd {
        let found = identify(&spectrum, &Options::default());
        assert_eq!(
            found.elements,
            [],
            "{} channels of {} keV",
            spectrum.counts.len(),
            spectrum.energy_per_channel_kev
        );
        for options in [
            Options {
                significance: f64::NAN,
                ..Options::default()
            },
            Options {
                fwhm_at_mn_ka_kev: -1.0,
                ..Options::default()
            },
            Options {
                beam_energy_kev: Some(f64::INFINITY),
                ..Options::default()
            },
            Options {
                beam_energy_kev: Some(-1.0),
                ..Options::default()
            },
        ] {
            let _ = identify(&spectrum, &options);
        }
    }
}
