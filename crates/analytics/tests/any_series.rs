//! What holds for any series: zero, one or two points, equal values, no defects, huge counts. Every
//! answer is finite or an error, and nothing panics.

use analytics::{
    Error, dispersion,
    relation::{self, Coefficient, Inspected, TwoPeriods},
    season::{self, Grouping, StlSetup},
    spatial,
    spc::{self, Baseline, CountModel, CusumSetup, DeviationEstimator, EwmaSetup, Setup},
    trend::{self, ChangeModel, ChangeSetup},
    yields::YieldModel,
};
use proptest::{collection::vec, option, prelude::*};

/// Series that are hard: short, equal, zero, or with a few large values.
fn counts() -> impl Strategy<Value = Vec<u64>> {
    let one = prop_oneof![Just(0), 0u64..4, 0u64..2_000_000, Just(7)];
    let equal = (0usize..12, 0u64..5).prop_map(|(length, count)| vec![count; length]);
    prop_oneof![vec(one, 0..40), equal, vec(Just(0), 0..5)]
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    let one = prop_oneof![Just(0.0), Just(0.1), -10.0f64..10.0, -1e99f64..1e99];
    let equal = (0usize..12, -5.0f64..5.0).prop_map(|(length, value)| vec![value; length]);
    prop_oneof![vec(one, 0..40), equal]
}

/// Areas for counts: equal, or differing.
fn areas(length: usize, differ: bool) -> Vec<f64> {
    let area = |index: usize| {
        if differ {
            0.5 + (index % 7) as f64 * 100.0
        } else {
            706.86
        }
    };
    (0..length).map(area).collect()
}

fn all_finite(numbers: impl IntoIterator<Item = f64>) -> bool {
    numbers.into_iter().all(f64::is_finite)
}

fn is_probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn attribute_charts_are_finite(
        counts in counts(), differ: bool, k_sigma in 0.1f64..6.0, centre in option::of(0.0f64..1.0),
    ) {
        let areas = areas(counts.len(), differ);
        let setup = Setup { k_sigma, baseline: Baseline::All, standard_centre: centre };
        let sizes: Vec<u64> = counts.iter().map(|count| count + 1 + u64::from(differ)).collect();
        let most = counts.iter().copied().max().unwrap_or_default() + 1;
        let charts = [
            spc::c_chart(&counts, &setup),
            spc::u_chart(&counts, &areas, &setup),
            spc::laney_u_chart(&counts, &areas, &setup),
            spc::p_chart(&counts, &sizes, &setup),
            spc::laney_p_chart(&counts, &sizes, &setup),
            spc::np_chart(&counts, most, &setup),
        ];
        for (place, chart) in charts.into_iter().enumerate() {
            let Ok(chart) = chart else {
                prop_assert!(counts.is_empty());
                continue;
            };
            let lists = [&chart.values, &chart.sigma, &chart.lower, &chart.upper];
            prop_assert!(lists.into_iter().all(|list| all_finite(list.iter().copied())));
            prop_assert!(all_finite(chart.z().into_iter().flatten()));
            prop_assert!(all_finite(chart.sigma_z));
            for index in 0..counts.len() {
                prop_assert!(chart.lower[index] <= chart.upper[index]);
                prop_assert!(chart.lower[index] >= 0.0);
                prop_assert!(place < 3 || place == 5 || chart.upper[index] <= 1.0);
            }
        }
    }

    #[test]
    fn probability_limits_keep_to_their_tail(
        mean in 0.0f64..5_000.0, alpha in option::of(0.01f64..1e6), tail in 1e-6f64..0.4,
    ) {
        let model = alpha.map_or(CountModel::Poisson, |alpha| CountModel::NegativeBinomial { alpha });
        let limits = model.limits(mean, tail).unwrap();
        prop_assert!(limits.lower <= limits.upper);
        prop_assert!(limits.p_above <= tail && limits.p_below <= tail);
        prop_assert!(limits.lower as f64 <= mean.max(1.0));
        let wider = model.limits(mean, tail / 10.0).unwrap();
        prop_assert!(wider.lower <= limits.lower && wider.upper >= limits.upper);
    }

    #[test]
    fn charts_of_measurements_are_finite(values in numbers(), size in 1usize..9, lambda in 0.01f64..1.0) {
        let setup = Setup::default();
        if let Ok(chart) = spc::individuals_chart(&values, &setup) {
            prop_assert!(all_finite([Some(chart.centre), chart.sigma, chart.lower, chart.upper].into_iter().flatten()));
        } else {
            prop_assert!(values.is_empty());
        }
        let groups: Vec<Vec<f64>> = values.chunks(size).map(<[f64]>::to_vec).collect();
        let is_small = groups.is_empty() || groups.iter().any(|group| group.len() < 2);
        for chart in [
            spc::xbar_r_chart(&groups, &setup),
            spc::xbar_s_chart(&groups, DeviationEstimator::MeanOverC4, &setup),
            spc::xbar_s_chart(&groups, DeviationEstimator::PooledUnbiased, &setup),
        ] {
            prop_assert_eq!(chart.is_err(), is_small);
            let Ok(chart) = chart else { continue };
            for panel in [&chart.means, &chart.spreads] {
                prop_assert!(all_finite(panel.lower.iter().chain(&panel.upper).copied()));
            }
        }
        let ewma = EwmaSetup { lambda, width: 3.0, target: 0.0, sigma: 1.0 };
        let cusum = CusumSetup {
            target: 0.0, sigma: 1.0, k: 0.5, h: 4.0, head_start: 2.0, is_reset_after_signal: size > 4,
        };
        if let Ok(chart) = spc::ewma_chart(&values, &ewma) {
            prop_assert!(all_finite(chart.averages.into_iter().chain(chart.lower)));
        }
        if let Ok(chart) = spc::cusum_chart(&values, &cusum) {
            prop_assert!(chart.upper.sums.iter().chain(&chart.lower.sums).all(|sum| *sum >= 0.0 && sum.is_finite()));
            prop_assert!(chart.upper.runs.iter().zip(&chart.upper.sums).all(|(run, sum)| (*run == 0) == (*sum == 0.0)));
        }
    }

    #[test]
    fn dispersion_is_finite_and_the_same_on_equal_areas(counts in counts(), differ: bool) {
        let areas = areas(counts.len(), differ);
        let (Ok(plain), Ok(of_areas)) =
            (dispersion::of_counts(&counts), dispersion::of_densities(&counts, &areas))
        else {
            prop_assert!(counts.is_empty());
            return Ok(());
        };
        prop_assert!(all_finite([plain.variance, plain.vmr, plain.alpha_moment].into_iter().flatten()));
        for test in [plain.test, of_areas.test].into_iter().flatten() {
            prop_assert!(is_probability(test.p_over) && is_probability(test.p_under));
        }
        let fits = [
            dispersion::negative_binomial(&counts).unwrap(),
            dispersion::negative_binomial_of_densities(&counts, &areas).unwrap(),
        ];
        for fit in fits.into_iter().flatten() {
            prop_assert!(fit.alpha > 0.0 && all_finite([fit.alpha, fit.log_likelihood]), "{fit:?}");
        }
        if let (false, Some(moment)) = (differ, plain.alpha_moment) {
            let same = of_areas.alpha_moment.unwrap();
            prop_assert!((same - moment).abs() <= 1e-6 * moment, "{same} {moment}");
        }
    }

    #[test]
    fn trends_are_finite(values in numbers(), gaps in vec(any::<bool>(), 40)) {
        let with_gaps = values.iter().zip(&gaps).map(|(&value, &gap)| (!gap).then_some(value));
        match trend::mann_kendall(&with_gaps.collect::<Vec<_>>()) {
            Ok(found) => {
                prop_assert!(is_probability(found.p_two_sided) && found.z.is_finite());
                prop_assert!(all_finite(found.sen_slope.into_iter().chain(found.tau_b)));
            }
            Err(error) => prop_assert_eq!(error, Error::Empty { what: "values" }),
        }
        let x: Vec<f64> = (0..values.len()).map(|index| index as f64).collect();
        if let Ok(line) = trend::linear(&x, &values) {
            prop_assert!(all_finite([line.slope, line.intercept]));
            prop_assert!(all_finite([line.t, line.slope_error].into_iter().flatten()));
            prop_assert!(line.p_two_sided.is_none_or(is_probability));
        } else {
            prop_assert!(values.len() < 2);
        }
    }

    #[test]
    fn repeating_series_are_finite(values in numbers(), period in 1usize..9, robust: bool) {
        let max_lag = values.len() / 2;
        if let Ok(found) = season::autocorrelation(&values, max_lag) {
            let r = found.coefficients.iter().flatten();
            prop_assert!(r.into_iter().all(|r| r.abs() <= 1.0 + 1e-9));
            prop_assert!(found.ljung_box.is_none_or(|test| is_probability(test.p)));
        }
        let windows = [StlSetup::periodic(period, robust), StlSetup::changing(period, 7, robust)];
        for setup in windows {
            let parts = season::stl(&values, &setup);
            prop_assert_eq!(parts.is_ok(), period >= 2 && values.len() >= 2 * period);
            let Ok(parts) = parts else { continue };
            let size = values.iter().fold(1.0f64, |size, value| size.max(value.abs()));
            for (index, value) in values.iter().enumerate() {
                let sum = parts.seasonal[index] + parts.trend[index] + parts.remainder[index];
                prop_assert!((sum - value).abs() <= 1e-9 * size);
                prop_assert!(is_probability(parts.weights[index]));
            }
        }
    }

    #[test]
    fn relations_are_finite(
        x in numbers(), shift in 0usize..5, counts in counts(), differ: bool, split in 0usize..40,
    ) {
        let y: Vec<f64> = x.iter().cycle().skip(shift).take(x.len()).map(|v| v * v.signum()).collect();
        for found in [relation::pearson(&x, &y), relation::spearman(&x, &y)] {
            let Ok(found) = found else {
                prop_assert!(x.is_empty());
                continue;
            };
            prop_assert!(found.r.is_none_or(|r| r.abs() <= 1.0));
            prop_assert!(found.p_two_sided.is_none_or(is_probability));
            prop_assert!(found.t.is_none_or(f64::is_finite));
        }
        if let Ok(found) = relation::cross_correlation(&x, &y, x.len() / 2) {
            prop_assert!(found.lags.iter().all(|lag| lag.r.is_finite() && is_probability(lag.adjusted_p)));
        }
        let pairs = relation::correlation_matrix(&[&x, &y, &x], Coefficient::Spearman, 0.05);
        prop_assert_eq!(pairs.is_err(), x.is_empty());

        let areas = areas(counts.len(), differ);
        let split = split.min(counts.len());
        let ((before, after), (first, second)) = (counts.split_at(split), areas.split_at(split));
        let types = [TwoPeriods { name: 0, before, after }];
        match relation::compare_periods(&types, first, second, 0.05) {
            Err(error) => prop_assert_eq!(error, Error::Empty { what: "areas" }),
            Ok(found) => {
                let tests = [Some(found[0].exact), found[0].corrected];
                for test in tests.into_iter().flatten() {
                    prop_assert!(is_probability(test.p_two_sided), "{test:?}");
                    prop_assert!(test.interval95.0.is_finite(), "{test:?}");
                    let upper = test.interval95.1;
                    prop_assert!(upper.is_none_or(|u| u.is_finite() && u >= test.interval95.0), "{test:?}");
                }
                prop_assert!(all_finite(found[0].ratio));
            }
        }
        let labels: Vec<usize> = (0..counts.len()).map(|index| index % (shift + 1)).collect();
        let grouping = Grouping { name: 0, labels: &labels };
        if let Ok(found) = season::grouped_rates(&counts, &areas, &[grouping], 0.05) {
            prop_assert!(found[0].test.is_none_or(|test| is_probability(test.p)));
            prop_assert!(found[0].groups.iter().all(|group| group.rate.is_finite()));
            prop_assert!(all_finite(found[0].groups.iter().filter_map(|group| group.ratio_to_rest)));
        } else {
            prop_assert!(counts.is_empty());
        }
    }

    #[test]
    fn commonality_of_any_wafers_has_probabilities(
        wafers in vec((any::<bool>(), vec((0u8..3, 0u8..4), 0..4)), 0..60),
    ) {
        let inspections = wafers.into_iter().map(|(is_bad, attributes)| Inspected { is_bad, attributes });
        let inspections: Vec<Inspected<u8>> = inspections.collect();
        let bad = inspections.iter().filter(|one| one.is_bad).count();
        let Ok(found) = relation::commonality(&inspections, 0.05) else {
            prop_assert!(bad == 0 || bad == inspections.len());
            return Ok(());
        };
        for suspect in &found.suspects {
            prop_assert!(is_probability(suspect.p) && suspect.adjusted_p >= suspect.p - 1e-15);
            prop_assert!(suspect.odds_ratio.is_finite());
            prop_assert!(suspect.bad_with + suspect.bad_without <= found.bad);
        }
        prop_assert!(found.suspects.is_sorted_by(|a, b| a.p <= b.p));
    }

    #[test]
    fn pelt_finds_the_best_segments_of_all(
        counts in vec(prop_oneof![0u64..6, 20u64..40], 1..24), least in 1usize..4, penalty in 0.5f64..12.0,
        alpha in option::of(0.5f64..20.0), differ: bool,
    ) {
        let areas: Vec<f64> = (0..counts.len()).map(|i| if differ { 1.0 + (i % 3) as f64 } else { 1.0 }).collect();
        let model = alpha.map_or(ChangeModel::Poisson, |alpha| ChangeModel::NegativeBinomial { alpha });
        let setup = ChangeSetup { model, penalty: Some(penalty), least_points: least, ..ChangeSetup::default() };
        let found = trend::change_points(&counts, &areas, &setup).unwrap();
        let mean_area = areas.iter().sum::<f64>() / areas.len() as f64;
        let cost = |start: usize, end: usize| {
            let count: u64 = counts[start..end].iter().sum();
            let (count, area) = (count as f64, areas[start..end].iter().sum::<f64>());
            if count == 0.0 {
                return 0.0;
            }
            match alpha {
                None => -2.0 * count * (count / area).ln(),
                Some(alpha) => {
                    let shape = alpha * area / mean_area;
                    -2.0 * (count * (count / (count + shape)).ln() + shape * (shape / (count + shape)).ln())
                }
            }
        };
        // Every division, by the best division up to each end.
        let n = counts.len();
        let mut best = vec![f64::INFINITY; n + 1];
        best[0] = -penalty;
        for end in 1..=n {
            for start in 0..end {
                if end - start >= least || (start, end) == (0, n) {
                    best[end] = best[end].min(best[start] + cost(start, end) + penalty);
                }
            }
        }
        let ours: f64 = found.segments.iter().map(|s| cost(s.points.start, s.points.end) + penalty).sum();
        prop_assert!((ours - penalty - best[n]).abs() < 1e-6, "{} {}", ours - penalty, best[n]);
        let is_long = |s: &trend::Segment| s.points.len() >= least || found.segments.len() == 1;
        prop_assert!(found.segments.iter().all(is_long));
    }

    #[test]
    fn clusters_are_those_of_a_plain_search(
        points in vec((0.0f64..10.0, 0.0f64..10.0), 0..60), reach in 0.2f64..3.0, least in 1usize..6,
    ) {
        let found = spatial::dbscan(&points, reach, least).unwrap();
        let near = |a: usize, b: usize| {
            let ((ax, ay), (bx, by)) = (points[a], points[b]);
            (ax - bx).hypot(ay - by) <= reach
        };
        let all = 0..points.len();
        for a in all.clone() {
            let neighbours = all.clone().filter(|&b| near(a, b)).count();
            prop_assert_eq!(found.is_core[a], neighbours >= least);
            for b in all.clone().filter(|&b| found.is_core[a] && found.is_core[b] && near(a, b)) {
                prop_assert_eq!(found.labels[a], found.labels[b]);
            }
            let cores = all.clone().filter(|&b| found.is_core[b] && near(a, b));
            prop_assert_eq!(found.labels[a], cores.filter_map(|b| found.labels[b]).min());
        }
        // No cluster is in two parts: its core points are reached from its first one.
        for cluster in 0..found.count {
            let cores = all.clone().filter(|&i| found.is_core[i] && found.labels[i] == Some(cluster));
            let cores: Vec<usize> = cores.collect();
            let mut reached = vec![cores[0]];
            let mut next = 0;
            while next < reached.len() {
                let more = cores.iter().copied().filter(|&i| near(i, reached[next]) && !reached.contains(&i));
                let more: Vec<usize> = more.collect();
                reached.extend(more);
                next += 1;
            }
            prop_assert_eq!(reached.len(), cores.len());
        }
    }

    #[test]
    fn the_density_that_gives_a_yield_is_the_one_it_tells(
        d0 in 1e-6f64..20.0, area in 0.01f64..10.0, alpha in 0.05f64..1e9,
    ) {
        for model in [
            YieldModel::Poisson,
            YieldModel::Murphy,
            YieldModel::MurphyUniform,
            YieldModel::SeedsReciprocal,
            YieldModel::SeedsSqrtExponential,
            YieldModel::NegativeBinomial { alpha },
        ] {
            let good = model.expected_yield(area, d0).unwrap();
            prop_assert!(is_probability(good));
            // Near yield 1 and near 0 a double of the yield tells the density to fewer digits.
            if good > 1e-250 && good < 1.0 {
                let back = model.defect_density(good, area).unwrap().unwrap();
                let digits = 1e-14 / (1.0 - good);
                prop_assert!((back - d0).abs() <= (1e-9 + digits) * d0, "{model:?} {good} {back}");
            }
        }
    }
}

#[test]
fn a_series_of_nan_or_infinity_is_refused_by_every_method_that_takes_numbers() {
    for bad in [f64::NAN, f64::INFINITY, 1e200] {
        let values = [1.0, bad, 3.0];
        let fine = [1.0, 2.0, 3.0];
        let refused = |what| matches!(what, Some(Error::NotFinite { index: 1, .. }));
        assert!(refused(trend::linear(&fine, &values).err()));
        assert!(refused(trend::linear(&values, &fine).err()));
        assert!(refused(trend::mann_kendall(&values.map(Some)).err()));
        assert!(refused(trend::trailing_average(&values, 2).err()));
        assert!(refused(season::autocorrelation(&values, 1).err()));
        assert!(refused(
            season::stl(&values, &StlSetup::periodic(2, false)).err()
        ));
        assert!(refused(relation::pearson(&values, &fine).err()));
        assert!(refused(relation::spearman(&fine, &values).err()));
        assert!(refused(
            relation::cross_correlation(&fine, &values, 1).err()
        ));
        assert!(refused(
            spc::individuals_chart(&values, &Setup::default()).err()
        ));
        assert!(refused(
            spc::u_chart(&[1, 2, 3], &values, &Setup::default()).err()
        ));
        assert!(refused(
            spc::xbar_r_chart(&[values.to_vec()], &Setup::default()).err()
        ));
        assert!(refused(dispersion::of_densities(&[1, 2, 3], &values).err()));
        let points = values.map(|value| (value, 0.0));
        assert!(refused(spatial::dbscan(&points, 1.0, 2).err()));
    }
}
