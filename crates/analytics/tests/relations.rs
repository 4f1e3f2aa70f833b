//! Tests and intervals against published results and independent implementations.

use analytics::{
    Error,
    relation::{
        Coefficient, Inspected, TwoPeriods, commonality, compare_periods, correlation_matrix,
        cross_correlation,
    },
    season::{Grouping, grouped_rates},
    trend::{ChangeModel, ChangeSetup, change_points},
};

fn close(got: f64, expected: f64, relative: f64) {
    assert!(
        (got - expected).abs() <= relative * expected.abs(),
        "{got}, expected {expected}"
    );
}

/// `with` of `all` inspections have the value; bad ones come first in both pairs.
fn inspections(bad: (usize, usize), good: (usize, usize)) -> Vec<Inspected<&'static str>> {
    let group = |is_bad: bool, (with, all): (usize, usize)| {
        (0..all).map(move |index| Inspected {
            is_bad,
            attributes: vec![("tool", if index < with { "A" } else { "B" })],
        })
    };
    group(true, bad).chain(group(false, good)).collect()
}

/// R. A. Fisher, The Design of Experiments (1935): eight cups of tea, all four of one kind named.
#[test]
fn fishers_lady_tasting_tea_has_a_chance_of_one_in_seventy() {
    let found = commonality(&inspections((4, 4), (0, 4)), 0.05).unwrap();
    assert_eq!(
        (found.suspects[0].value, found.suspects[0].is_suspect),
        ("A", true)
    );
    close(found.suspects[0].p, 1.0 / 70.0, 1e-12);
    close(found.suspects[0].adjusted_p, 2.0 / 70.0, 1e-12);
}

/// p by scipy 1.x, `stats.hypergeom.sf`.
#[test]
fn evidence_of_a_tool_is_the_tail_of_the_hypergeometric_distribution() {
    for (bad, good, p) in [
        ((7, 12), (8, 28), 0.07799404111095466),
        ((60, 100), (140, 900), 7.572690410181314e-21),
        ((900, 1_000), (49_100, 99_000), 2.6528961808823617e-163),
    ] {
        let found = commonality(&inspections(bad, good), 0.05).unwrap();
        let of_tool = found
            .suspects
            .iter()
            .find(|suspect| suspect.value == "A")
            .unwrap();
        close(of_tool.p, p, 1e-9);
        assert_eq!(of_tool.bad_with + of_tool.bad_without, bad.1);
        assert_eq!(of_tool.good_with + of_tool.good_without, good.1);
        let (low, high) = of_tool.interval95;
        assert!(low < of_tool.odds_ratio && of_tool.odds_ratio < high);
    }
}

#[test]
fn values_that_the_data_cannot_tell_apart_name_each_other() {
    let wafer = |is_bad, tool, recipe| Inspected {
        is_bad,
        attributes: vec![("tool", tool), ("recipe", recipe)],
    };
    let wafers = [
        wafer(true, "A", "R1"),
        wafer(true, "A", "R1"),
        wafer(false, "B", "R2"),
        wafer(false, "C", "R2"),
    ];
    let found = commonality(&wafers, 0.05).unwrap();
    let of = |value: &str| found.suspects.iter().find(|s| s.value == value).unwrap();
    assert_eq!(of("A").same_as, [("recipe", "R1")]);
    assert_eq!(of("B").same_as, []);
}

#[test]
fn an_inspection_that_does_not_tell_an_attribute_is_not_counted_for_it() {
    let mut wafers = inspections((3, 4), (2, 6));
    wafers.push(Inspected {
        is_bad: true,
        attributes: vec![("slot", "1"), ("slot", "1")],
    });
    let found = commonality(&wafers, 0.05).unwrap();
    let of = |value: &str| found.suspects.iter().find(|s| s.value == value).unwrap();
    assert_eq!(found.bad, 5);
    assert_eq!((of("A").bad_with, of("A").bad_without), (3, 1));
    assert_eq!(
        (of("1").bad_with, of("1").bad_without, of("1").good_without),
        (1, 0, 0)
    );
    assert_eq!(of("1").p, 1.0);
    let all_bad: Vec<_> = wafers.into_iter().filter(|wafer| wafer.is_bad).collect();
    let what = "good inspections";
    let error = Error::TooFew {
        what,
        found: 0,
        needed: 1,
    };
    assert_eq!(commonality(&all_bad, 0.05).unwrap_err(), error);
}

/// Tails and limits by scipy 1.x: `stats.binom`, `stats.beta.ppf`.
#[test]
fn two_rates_are_compared_by_the_binomial_distribution_of_their_counts() {
    // 20 of 30 defects in the second period, which has 0.4 of the area.
    let types = [TwoPeriods {
        name: (),
        before: &[10],
        after: &[20],
    }];
    let found = &compare_periods(&types, &[6.0], &[4.0], 0.05).unwrap()[0];
    close(found.exact.p_two_sided, 2.0 * 0.002853882607810725, 1e-10);
    close(found.ratio.unwrap(), 3.0, 1e-12);
    assert_eq!(
        (found.corrected, found.dispersion),
        (None, None),
        "two inspections only"
    );

    for (k, n, low, high) in [
        (3, 17, 0.037985068070626, 0.43431787284428397),
        (0, 10, 0.0, 0.3084971078187607),
        (500, 100_000, 0.0045722441500705875, 0.005456841177010281),
        (123_456, 1_000_000, 0.12281184162962973, 0.12410234027680268),
    ] {
        let types = [TwoPeriods {
            name: (),
            before: &[n - k],
            after: &[k],
        }];
        let found = compare_periods(&types, &[1.0], &[1.0], 0.05).unwrap();
        let (lower, upper) = found[0].exact.interval95;
        let share = |ratio: f64| ratio / (1.0 + ratio);
        assert!((share(lower) - low).abs() < 1e-9 && (share(upper.unwrap()) - high).abs() < 1e-9);
    }
}

#[test]
fn clusters_weaken_the_evidence_that_a_poisson_test_sees() {
    let before = [0, 40, 2, 1, 0, 35, 3, 1];
    let after = [2, 60, 1, 0, 55, 3, 0, 4];
    let types = [TwoPeriods {
        name: "residue",
        before: &before,
        after: &after,
    }];
    let found = &compare_periods(&types, &[1.0; 8], &[1.0; 8], 0.05).unwrap()[0];
    assert!(
        found.exact.p_two_sided < 0.01,
        "{}",
        found.exact.p_two_sided
    );
    assert!(found.corrected.unwrap().p_two_sided > 0.4);
    assert!(found.dispersion.unwrap() > 20.0 && !found.is_changed);
}

/// statsmodels 0.14 or newer: Poisson GLM with exposure, scale X2, t tests.
#[test]
fn the_corrected_ratio_is_that_of_a_quasi_poisson_model() {
    let types = [TwoPeriods {
        name: (),
        before: &[4, 9, 2, 7, 30, 5],
        after: &[12, 25, 9, 40],
    }];
    let areas = ([1.0, 2.0, 1.0, 1.0, 2.0, 1.0], [1.0, 1.0, 2.0, 2.0]);
    let found = &compare_periods(&types, &areas.0, &areas.1, 0.05).unwrap()[0];
    close(found.ratio.unwrap(), 2.0116959064327484, 1e-12);
    close(found.dispersion.unwrap(), 6.415723174214608, 1e-10);
    let corrected = found.corrected.unwrap();
    close(corrected.p_two_sided, 0.14482310991264016, 1e-8);
    close(corrected.interval95.0, 0.74182653, 1e-7);
    close(corrected.interval95.1.unwrap(), 5.45534604, 1e-7);
}

#[test]
fn a_type_that_was_never_seen_has_no_ratio_and_no_change() {
    let types = [
        TwoPeriods {
            name: "none",
            before: &[0, 0],
            after: &[0, 0],
        },
        TwoPeriods {
            name: "new",
            before: &[0, 0],
            after: &[9, 8],
        },
    ];
    let found = compare_periods(&types, &[1.0; 2], &[1.0; 2], 0.05).unwrap();
    assert_eq!((found[0].name, found[0].ratio), ("new", None));
    assert_eq!(found[0].exact.interval95.1, None, "no upper limit");
    assert_eq!(
        (found[1].exact.p_two_sided, found[1].is_changed),
        (1.0, false)
    );
}

/// H and p by scipy 1.x, `stats.kruskal`.
#[test]
fn levels_of_shifts_are_compared_by_kruskal_and_wallis() {
    for (groups, statistic, p) in [
        (
            vec![vec![9, 11, 8, 12, 10], vec![2, 3, 1, 2, 3]],
            6.90184049079754,
            0.00861070596496119,
        ),
        (
            vec![vec![1, 2, 3, 4], vec![2, 3, 4, 9], vec![7, 8, 9, 9, 10]],
            7.154621848739497,
            0.027950758992870476,
        ),
    ] {
        let counts: Vec<u64> = groups.concat();
        let labels: Vec<usize> = (0..groups.len())
            .flat_map(|group| vec![group; groups[group].len()])
            .collect();
        let by_shift = Grouping {
            name: 0,
            labels: &labels,
        };
        let areas = vec![2.0; counts.len()];
        let found = grouped_rates(&counts, &areas, &[by_shift], 0.05).unwrap();
        let test = found[0].test.unwrap();
        close(test.statistic, statistic, 1e-12);
        close(test.p, p, 1e-10);
        assert!(found[0].is_seasonal);
    }
}

#[test]
fn the_hour_that_stands_out_is_named() {
    let counts: Vec<u64> = (0..240)
        .map(|i| if i % 24 == 3 { 30 } else { 9 + i % 5 })
        .collect();
    let hours: Vec<u32> = (0..240).map(|i| i % 24).collect();
    let by_hour = Grouping {
        name: 0,
        labels: &hours,
    };
    let found = grouped_rates(&counts, &[1.0; 240], &[by_hour], 0.05).unwrap();
    let standing: Vec<u32> = found[0]
        .groups
        .iter()
        .filter(|group| group.differs)
        .map(|group| group.label)
        .collect();
    assert_eq!(standing, [3]);
    assert!(found[0].groups[3].ratio_to_rest.unwrap() > 2.5);
}

#[test]
fn a_delayed_effect_is_found_at_its_lag_in_both_directions() {
    let cause: Vec<f64> = (0..200)
        .map(|i: i32| f64::from(i * i * 7_919 % 101))
        .collect();
    let effect: Vec<f64> = (0..200)
        .map(|i| if i < 4 { 50.0 } else { cause[i - 4] })
        .collect();
    let lag = |x: &[f64], y: &[f64]| {
        let found = cross_correlation(x, y, 10).unwrap();
        let strongest = found.lags[found.strongest.unwrap()];
        assert!(strongest.r > found.bound95() && strongest.adjusted_p < 1e-6);
        strongest.lag
    };
    assert_eq!((lag(&cause, &effect), lag(&effect, &cause)), (4, -4));
}

#[test]
fn every_pair_of_a_matrix_is_tested_and_a_constant_series_has_no_correlation() {
    let (a, b, c) = ([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.5], [5.0; 4]);
    let pairs = correlation_matrix(&[&a, &b, &c], Coefficient::Pearson, 0.05).unwrap();
    let places: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.first, pair.second)).collect();
    assert_eq!(places, [(0, 1), (0, 2), (1, 2)]);
    assert!(pairs[0].is_related && pairs[0].correlation.r.unwrap() > 0.99);
    assert_eq!(
        (
            pairs[1].correlation.r,
            pairs[1].adjusted_p,
            pairs[1].is_related
        ),
        (None, None, false)
    );
}

#[test]
fn levels_that_change_are_found_where_they_change() {
    let noise = [0, 2, -1, 1, -2, 0, 1, -1];
    let level = |i: usize| {
        if i < 40 {
            20
        } else if i < 64 {
            34
        } else {
            12
        }
    };
    let counts: Vec<u64> = (0..100).map(|i| (level(i) + noise[i % 8]) as u64).collect();
    for model in [ChangeModel::Poisson, ChangeModel::Measured] {
        let setup = ChangeSetup {
            model,
            ..ChangeSetup::default()
        };
        let found = change_points(&counts, &[1.0; 100], &setup).unwrap();
        let starts: Vec<usize> = found.segments.iter().map(|s| s.points.start).collect();
        assert_eq!(starts, [0, 40, 64]);
        assert!(found.is_optimal && found.segments[1].gain.unwrap() > found.penalty);
        assert!(found.segments[1].ratio_to_previous.unwrap() > 1.6);
    }
}

#[test]
fn clusters_are_not_taken_for_changes() {
    let counts = [4, 30, 5, 9, 51, 19, 23, 1, 10, 19, 8, 2].repeat(8);
    let segments = |model| {
        let setup = ChangeSetup {
            model,
            least_points: 1,
            ..ChangeSetup::default()
        };
        let found = change_points(&counts, &vec![1.0; counts.len()], &setup).unwrap();
        (found.segments.len(), found.alpha)
    };
    assert!(segments(ChangeModel::Poisson).0 > 30);
    let (measured, alpha) = segments(ChangeModel::Measured);
    assert_eq!(measured, 1);
    assert!((0.3..3.0).contains(&alpha.unwrap()));
}
