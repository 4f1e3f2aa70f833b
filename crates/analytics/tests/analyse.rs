//! What the server relies on: a picked chart with its reason, limits of a baseline, named patterns.

use analytics::{
    Error,
    rules::{RuleId, RuleSet},
    spc::{Baseline, ChartKind, Options, Point, Setup, Unit, analyse},
};

/// NIST/SEMATECH e-Handbook 6.3.3.1: defects on 25 wafers; variance over mean 1.58, p 0.036.
const NIST: [u64; 25] = [
    16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31,
    13,
];
const CLUSTERED: [u64; 12] = [4, 30, 5, 9, 51, 19, 23, 1, 10, 19, 8, 2];
const STEADY: [u64; 12] = [9, 12, 7, 10, 14, 8, 11, 9, 13, 10, 6, 12];

fn points(counts: &[u64]) -> Vec<Point> {
    with_areas(counts, |_| None)
}

fn with_areas(counts: &[u64], area_cm2: impl Fn(usize) -> Option<f64>) -> Vec<Point> {
    let counts = counts.iter().enumerate();
    counts
        .map(|(index, &count)| Point {
            count,
            area_cm2: area_cm2(index),
        })
        .collect()
}

fn asked_for(kind: ChartKind) -> Options {
    Options {
        kind: Some(kind),
        ..Options::default()
    }
}

#[test]
fn counts_that_vary_as_chance_gives_are_shown_on_a_c_chart() {
    let chart = analyse(&with_areas(&STEADY, |_| Some(650.0)), &Options::default()).unwrap();
    assert_eq!(
        (chart.kind, chart.unit),
        (ChartKind::C, Unit::DefectsPerWafer)
    );
    assert!(chart.is_picked);
    assert!(
        chart
            .reason
            .ends_with("no more than chance gives: the c chart is used."),
        "{}",
        chart.reason
    );
    assert_eq!(chart.violations, []);
}

#[test]
fn differing_areas_are_shown_as_densities_on_a_u_chart() {
    let areas = |index: usize| Some(if index < 6 { 600.0 } else { 660.0 });
    let chart = analyse(&with_areas(&STEADY, areas), &Options::default()).unwrap();
    assert_eq!(
        (chart.kind, chart.unit),
        (ChartKind::U, Unit::DefectsPerCm2)
    );
    assert_eq!(chart.points[0].value, 9.0 / 600.0);
    assert!(
        chart.points[5].upper > chart.points[6].upper,
        "less area, wider limits"
    );
}

#[test]
fn clustered_counts_are_shown_on_a_laney_chart_also_without_areas() {
    let chart = analyse(&points(&CLUSTERED), &Options::default()).unwrap();
    assert_eq!(
        (chart.kind, chart.unit),
        (ChartKind::LaneyU, Unit::DefectsPerWafer)
    );
    assert!(chart.dispersed.unwrap().is_over());
    assert!(chart.sigma_z.unwrap() > 1.0);
    // On equal areas Laney's limits are those of individuals, the lower one clamped.
    let individuals = analyse(&points(&CLUSTERED), &asked_for(ChartKind::Individuals)).unwrap();
    let upper = |chart: &analytics::spc::Chart| chart.points[0].upper.unwrap();
    assert!((upper(&chart) - upper(&individuals)).abs() < 1e-9);
    assert_eq!(chart.points[0].lower, Some(0.0));
}

#[test]
fn a_poisson_chart_that_was_asked_for_is_given_with_a_warning() {
    let chart = analyse(&points(&CLUSTERED), &asked_for(ChartKind::C)).unwrap();
    assert_eq!((chart.kind, chart.is_picked), (ChartKind::C, false));
    assert!(
        chart
            .reason
            .contains("its limits are too tight and flag 33 % of points"),
        "{}",
        chart.reason
    );
    assert_eq!(
        chart
            .violations
            .iter()
            .filter(|v| v.rule == RuleId::We1)
            .count(),
        4
    );
}

#[test]
fn a_shifted_level_is_not_taken_for_clusters() {
    let counts = [
        10, 11, 10, 9, 10, 11, 10, 10, 30, 31, 29, 30, 31, 30, 30, 29,
    ];
    let chart = analyse(&points(&counts), &Options::default()).unwrap();
    assert!(chart.dispersed.unwrap().is_over());
    assert_eq!(chart.kind, ChartKind::C);
    assert!(
        chart.reason.contains("the level shifts or drifts"),
        "{}",
        chart.reason
    );
    assert!(chart.violations.iter().any(|v| v.rule == RuleId::We4));
}

#[test]
fn counts_that_hardly_vary_are_called_suspicious() {
    let chart = analyse(
        &points(&[50, 51, 50, 49, 50, 50, 51, 50]),
        &Options::default(),
    )
    .unwrap();
    assert_eq!(chart.kind, ChartKind::C);
    assert!(
        chart.reason.contains("less than chance gives"),
        "{}",
        chart.reason
    );
}

#[test]
fn a_c_chart_of_differing_areas_says_that_it_does_not_see_them() {
    let areas = |index: usize| Some(if index < 6 { 300.0 } else { 660.0 });
    let chart = analyse(&with_areas(&STEADY, areas), &asked_for(ChartKind::C)).unwrap();
    assert_eq!(chart.unit, Unit::DefectsPerWafer);
    assert!(
        chart
            .reason
            .ends_with("Inspected areas differ, which a c chart does not see."),
        "{}",
        chart.reason
    );
}

#[test]
fn a_point_exactly_on_the_limit_is_not_flagged() {
    let chart = analyse(&points(&NIST), &asked_for(ChartKind::C)).unwrap();
    assert_eq!(
        (chart.points[2].value, chart.points[2].upper),
        (28.0, Some(28.0))
    );
    let beyond: Vec<usize> = chart
        .violations
        .iter()
        .filter(|v| v.rule == RuleId::We1)
        .map(|v| v.index)
        .collect();
    assert_eq!(beyond, [23]);
}

#[test]
fn limits_come_from_the_baseline_and_every_point_is_judged() {
    let counts = [&STEADY[..], &[40, 41]].concat();
    let options = Options::with_baseline(Baseline::Range(0..12));
    let chart = analyse(&points(&counts), &options).unwrap();
    let alone = analyse(&points(&STEADY), &Options::default()).unwrap();

    assert_eq!((chart.centre, chart.kind), (alone.centre, alone.kind));
    assert_eq!(chart.points[0].upper, alone.points[0].upper);
    assert!(chart.points[11].is_in_baseline && !chart.points[12].is_in_baseline);
    let first = &chart.violations[0];
    assert_eq!(
        (first.rule, first.index, &first.points[..]),
        (RuleId::We1, 12, &[12][..])
    );
    let both = chart
        .violations
        .iter()
        .find(|v| v.rule == RuleId::We2)
        .unwrap();
    assert_eq!(both.points, [12, 13], "all points of the pattern");
    assert!(
        both.sentence()
            .starts_with("2 of 3 points beyond 2 sigma on one side (above the centre). A shift")
    );
}

#[test]
fn a_point_left_out_of_the_baseline_does_not_move_the_limits() {
    let mut counts = STEADY.to_vec();
    counts.insert(5, 90);
    let mask = (0..counts.len()).map(|index| index != 5).collect();
    let options = Options {
        kind: Some(ChartKind::Individuals),
        ..Options::with_baseline(Baseline::Mask(mask))
    };
    let chart = analyse(&points(&counts), &options).unwrap();
    let without = analyse(&points(&STEADY), &asked_for(ChartKind::Individuals)).unwrap();

    assert_eq!(chart.points[0].upper, without.points[0].upper);
    let (ranges, reference) = (chart.moving_ranges.unwrap(), without.moving_ranges.unwrap());
    assert_eq!(
        (ranges.centre, ranges.upper),
        (reference.centre, reference.upper)
    );
    assert_eq!(ranges.values[5], Some(76.0), "its own range is plotted");
    assert_eq!(ranges.beyond, [5, 6]);
}

#[test]
fn a_defect_after_a_clean_baseline_is_a_signal_without_dividing_by_sigma() {
    let options = Options::with_baseline(Baseline::Range(0..4));
    let chart = analyse(&points(&[0, 0, 0, 0, 3]), &options).unwrap();
    assert_eq!((chart.centre, chart.dispersed), (0.0, None));
    assert_eq!(chart.points[4].z, None);
    assert_eq!(chart.violations.len(), 1);
    assert_eq!(chart.violations[0].index, 4);
    assert!(
        chart.reason.starts_with("The baseline has no defects"),
        "{}",
        chart.reason
    );
}

#[test]
fn one_inspection_makes_a_chart_without_signal() {
    for kind in [None, Some(ChartKind::Individuals), Some(ChartKind::LaneyU)] {
        let options = Options {
            kind,
            rules: RuleSet::Nelson,
            ..Options::default()
        };
        let chart = analyse(&points(&[7]), &options).unwrap();
        assert_eq!((chart.centre, chart.points.len()), (7.0, 1));
        assert_eq!(chart.violations, []);
    }
}

#[test]
fn equal_counts_raise_no_rule() {
    for kind in [
        None,
        Some(ChartKind::Individuals),
        Some(ChartKind::U),
        Some(ChartKind::LaneyU),
    ] {
        let options = Options {
            kind,
            ..Options::default()
        };
        let chart = analyse(&with_areas(&[7; 30], |_| Some(649.7)), &options).unwrap();
        assert_eq!(chart.violations, [], "{kind:?}");
    }
}

#[test]
fn missing_areas_are_named_where_densities_are_asked_for() {
    let some = with_areas(&STEADY, |index| (index != 3).then_some(650.0));
    assert_eq!(
        analyse(&some, &asked_for(ChartKind::U)).unwrap_err(),
        Error::AreaMissing { index: 3 }
    );
    let chart = analyse(&some, &Options::default()).unwrap();
    assert_eq!(chart.unit, Unit::DefectsPerWafer);
    assert!(
        chart
            .reason
            .starts_with("1 of 12 points have no inspected area, so counts are charted. "),
        "{}",
        chart.reason
    );
}

#[test]
fn bad_input_is_refused_with_its_place_and_value() {
    let message =
        |points: &[Point], options: &Options| analyse(points, options).unwrap_err().to_string();
    let zero_area = with_areas(&STEADY, |index| Some(if index == 2 { 0.0 } else { 650.0 }));
    assert_eq!(
        message(&zero_area, &Options::default()),
        "inspected area of point 2 is 0 cm2, expected more than 0"
    );
    assert_eq!(
        message(&[], &Options::default()),
        "points: at least one value is needed"
    );
    assert_eq!(
        message(
            &points(&STEADY),
            &Options::with_baseline(Baseline::Range(3..40))
        ),
        "baseline 3..40 holds no point of the series of 12 points, or reaches beyond it"
    );
    let options = Options {
        setup: Setup {
            k_sigma: -1.0,
            ..Setup::default()
        },
        ..Options::default()
    };
    assert_eq!(
        message(&points(&STEADY), &options),
        "k_sigma is -1, expected a finite number above 0"
    );
}

#[test]
fn every_rule_says_what_it_means() {
    let rules = [RuleSet::WesternElectric, RuleSet::Nelson]
        .map(RuleSet::rules)
        .concat();
    assert_eq!(rules.len(), 12);
    for rule in rules {
        assert_eq!(rule.id.rule(), &rule);
        assert!(
            rule.meaning.ends_with('.') && rule.meaning.len() > 40,
            "{}",
            rule.name
        );
    }
}
