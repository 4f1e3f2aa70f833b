//! 100,000 points: answers that are right, in steps that grow with the length.

use std::time::Instant;

use analytics::{
    dispersion,
    relation::{self, Inspected, TwoPeriods},
    rules::RuleSet,
    season::{self, Grouping, StlSetup},
    spatial,
    spc::{ChartKind, Options, Plan, Point, Width, analyse, staged_chart},
    trend::{self, ChangeSetup},
};

const POINTS: usize = 100_000;

/// Prints what a step took, for who looks with `--nocapture`.
fn timed<T>(what: &str, step: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = step();
    println!("{what}: {} ms", start.elapsed().as_millis());
    result
}

/// Clustered counts with a level that doubles after 60 %, always the same.
fn counts() -> Vec<u64> {
    let mut state = 1_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / (1 << 24) as f64
    };
    let count = |index: usize| {
        let mean: f64 = if index < 60_000 { 10.0 } else { 20.0 };
        // A geometric count: negative binomial with alpha 1.
        ((1.0 - draw()).ln() / (mean / (1.0 + mean)).ln()) as u64
    };
    (0..POINTS).map(count).collect()
}

#[test]
fn charts_of_a_hundred_thousand_points_have_the_rate_of_false_alarms_of_their_width() {
    let points: Vec<Point> = counts()[..60_000]
        .iter()
        .map(|&count| Point {
            count,
            area_cm2: Some(700.0),
        })
        .collect();
    let options = Options {
        rules: RuleSet::Nelson,
        ..Options::default()
    };
    let chart = timed("analyse", || analyse(&points, &options)).unwrap();
    assert_eq!(chart.kind, ChartKind::LaneyU);
    let plan = Plan {
        kind: Some(ChartKind::LaneyU),
        width: Width::Probability(0.001),
        ..Plan::default()
    };
    let staged = timed("staged", || staged_chart(&points, &plan)).unwrap();
    let alpha = staged.stages[0].limits.alpha.unwrap();
    assert!((alpha - 1.0).abs() < 0.03, "{alpha}");
    let above = staged
        .points
        .iter()
        .filter(|point| point.judged.is_beyond)
        .count();
    assert!(
        (30..=75).contains(&above),
        "{above} of 60,000 with a tail of at most 0.1 %"
    );
}

#[test]
fn trends_of_a_hundred_thousand_points_find_the_change() {
    let counts = counts();
    let values: Vec<f64> = counts.iter().map(|&count| count as f64).collect();
    let found = timed("change points", || {
        trend::change_points(&counts, &vec![1.0; POINTS], &ChangeSetup::default())
    });
    let found = found.unwrap();
    assert_eq!((found.segments.len(), found.is_optimal), (2, false));
    assert!(found.segments[1].points.start.abs_diff(60_000) < 100);
    let present: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    let trend = timed("Mann-Kendall", || trend::mann_kendall(&present)).unwrap();
    assert!(trend.p_two_sided < 1e-12 && trend.sen_slope.unwrap() > 0.0);
    let (low, high) = trend.sen_interval95.unwrap();
    assert!(low <= trend.sen_slope.unwrap() && trend.sen_slope.unwrap() <= high);
    let smooth = timed("EWMA", || {
        trend::exponential_average(&values, 0.01, values[0])
    });
    assert!(smooth.unwrap()[99_999] > 15.0);
}

#[test]
fn seasons_and_relations_of_a_hundred_thousand_points_are_found() {
    let counts = counts();
    let values: Vec<f64> = counts
        .iter()
        .enumerate()
        .map(|(i, &count)| count as f64 + 5.0 * (i % 7) as f64)
        .collect();
    let parts = timed("STL", || {
        season::stl(&values, &StlSetup::periodic(7, false))
    })
    .unwrap();
    assert!((parts.seasonal[6] - parts.seasonal[0] - 30.0).abs() < 0.5);
    let r = timed("ACF", || season::autocorrelation(&values, 28))
        .unwrap()
        .coefficients
        .unwrap();
    assert!(r[7] > r[3] && r[7] > 0.3);
    let rho = timed("Spearman", || relation::spearman(&values, &values)).unwrap();
    assert_eq!(rho.r, Some(1.0));
    let lag = timed("cross-correlation", || {
        relation::cross_correlation(&values, &values, 28)
    });
    assert_eq!(lag.unwrap().strongest, Some(28));
    let labels: Vec<usize> = (0..POINTS).map(|index| index % 24).collect();
    let by_hour = Grouping {
        name: 0,
        labels: &labels,
    };
    let areas = vec![1.0; POINTS];
    let grouped = timed("hours", || {
        season::grouped_rates(&counts, &areas, &[by_hour], 0.05)
    });
    assert!(!grouped.unwrap()[0].is_seasonal);
    let (before, after) = counts.split_at(60_000);
    let types = [TwoPeriods {
        name: (),
        before,
        after,
    }];
    let changes = timed("two periods", || {
        relation::compare_periods(&types, &areas[..60_000], &areas[60_000..], 0.05)
    });
    assert!((changes.unwrap()[0].ratio.unwrap() - 2.0).abs() < 0.1);
    let fit = timed("negative binomial", || {
        dispersion::negative_binomial(&counts)
    })
    .unwrap();
    assert!(fit.unwrap().alpha < 1.0);
}

#[test]
fn a_hundred_thousand_wafers_and_defects_are_sorted() {
    let wafers: Vec<Inspected<usize>> = (0..POINTS)
        .map(|index| Inspected {
            is_bad: index % 10 == 3 && index % 4 != 0,
            attributes: vec![(0, index % 10), (1, index % 25), (2, index / 25 % 500)],
        })
        .collect();
    let found = timed("commonality", || relation::commonality(&wafers, 0.05)).unwrap();
    assert_eq!(
        (found.suspects[0].attribute, found.suspects[0].value),
        (0, 3)
    );
    let spread = |index: usize| {
        (
            (index * 7_919 % 10_007) as f64 / 33.0,
            (index % 3_001) as f64 / 10.0,
        )
    };
    let points: Vec<(f64, f64)> = (0..POINTS)
        .map(|i| {
            if i % 2 == 0 {
                spread(i)
            } else {
                (150.0, 150.0)
            }
        })
        .collect();
    let clusters = timed("DBSCAN", || spatial::dbscan(&points, 0.5, 20)).unwrap();
    assert_eq!((clusters.count, clusters.labels[1]), (1, Some(0)));
}
