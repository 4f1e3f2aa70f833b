//! Dies by their number of defects, against numbers that a hand can check and published ones.

use analytics::dies::{DieTally, wilson_interval};
use analytics::dispersion;
use analytics::yields::YieldModel;

fn tally(counts: &[u64]) -> DieTally {
    let mut tally = DieTally::default();
    for &count in counts {
        tally.add(count, 1);
    }
    tally
}

#[test]
fn ten_dies_are_counted_by_hand() {
    let tally = tally(&[0, 0, 0, 0, 0, 1, 1, 2, 4, 12]);
    assert_eq!(
        (tally.dies(), tally.defective(), tally.defects()),
        (10, 5, 20)
    );
    assert_eq!(tally.mean(), Ok(2.0));
    // Squares: 5 x 4 + 2 x 1 + 0 + 4 + 100 = 126; variance 14; over the mean 7; alpha = 4/(14 - 2).
    assert!((tally.dispersion().expect("has one") - 7.0).abs() < 1e-12);
    assert!((tally.alpha().expect("clusters") - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(tally.histogram(4), [5, 2, 1, 2]);
    assert_eq!(tally.histogram(11), [5, 2, 1, 0, 1, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn dispersion_and_alpha_are_those_of_the_counts_one_by_one() {
    let counts: Vec<u64> = (0..500).map(|i: u64| (i * i * 7 + 3) % 11 % 5).collect();
    let expected = dispersion::of_counts(&counts).expect("counts");
    let tally = tally(&counts);
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a == b,
    };
    assert!(near(tally.dispersion(), expected.vmr));
    assert!(near(tally.alpha(), expected.alpha_moment));
}

#[test]
fn yield_models_are_told_with_their_error() {
    // 1 defect a die: exp(-1), ((1 - exp(-1))/1)^2, 1/2, and (1 + 1/alpha)^-alpha.
    let mut tally = DieTally::default();
    tally.add(0, 60);
    tally.add(1, 20);
    tally.add(4, 20);
    let estimates = tally.yield_estimates(0.8).expect("an area");
    let by_hand = [(-1.0_f64).exp(), (1.0 - (-1.0_f64).exp()).powi(2), 0.5];
    for (estimate, expected) in estimates.iter().zip(by_hand) {
        assert!(
            (estimate.defect_free - expected).abs() < 1e-12,
            "{estimate:?}"
        );
        assert!(
            (estimate.error - (expected - 0.6)).abs() < 1e-12,
            "{estimate:?}"
        );
    }
    let alpha = tally.alpha().expect("clusters");
    assert_eq!(estimates[3].model, YieldModel::NegativeBinomial { alpha });
    assert!((estimates[3].defect_free - (1.0 + 1.0 / alpha).powf(-alpha)).abs() < 1e-12);
}

#[test]
fn dies_without_defects_have_models_and_no_dispersion() {
    let mut tally = DieTally::default();
    assert!(tally.mean().is_err() && tally.defective_share().is_err());
    tally.add(0, 50);
    assert_eq!((tally.dispersion(), tally.alpha()), (None, None));
    let estimates = tally.yield_estimates(1.0).expect("an area");
    assert_eq!(estimates.len(), 3);
    assert!(
        estimates
            .iter()
            .all(|estimate| estimate.defect_free == 1.0 && estimate.error == 0.0)
    );
    let (share, (low, high)) = tally.defective_share().expect("dies");
    assert_eq!((share, low), (0.0, 0.0));
    assert!(high > 0.07 && high < 0.072, "{high}");
}

#[test]
fn wilsons_interval_agrees_with_newcombes_examples() {
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    for (successes, trials, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let (lower, upper) = wilson_interval(successes, trials).expect("a share");
        assert!(
            (lower - low).abs() < 5.1e-5 && (upper - high).abs() < 5.1e-5,
            "{successes}/{trials}: {lower} {upper}"
        );
    }
    assert!(wilson_interval(0, 0).is_err() && wilson_interval(3, 2).is_err());
}
