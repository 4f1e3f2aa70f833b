//! What holds for any series.

use std::collections::BTreeSet;

use analytics::{
    Error,
    pareto::{pareto, weighted_pareto},
    rules::{RuleId, RuleSet, Violation, violations},
    spc::{
        ChartKind, Exclusion, KnownEvent, LimitSource, Options, Plan, Point, Stage, Width, analyse,
        backtest, staged_chart,
    },
};
use proptest::{collection::vec, option, prelude::*};

fn kinds() -> impl Strategy<Value = Option<ChartKind>> {
    use ChartKind::{C, Individuals, LaneyU, U};
    option::of(prop_oneof![
        Just(Individuals),
        Just(C),
        Just(U),
        Just(LaneyU)
    ])
}

proptest! {
    #[test]
    fn any_counts_make_a_chart_of_finite_numbers(
        series in vec((0u64..2_000_000, 0.01f64..2_000.0), 1..60),
        kind in kinds(),
        is_nelson: bool,
    ) {
        let points: Vec<Point> = series
            .iter()
            .map(|&(count, area)| Point { count, area_cm2: Some(area) })
            .collect();
        let rules = if is_nelson { RuleSet::Nelson } else { RuleSet::WesternElectric };
        let chart = analyse(&points, &Options { kind, rules, ..Options::default() }).unwrap();

        prop_assert!(chart.centre.is_finite());
        prop_assert_eq!(chart.points.len(), points.len());
        for point in &chart.points {
            let numbers = [point.lower, point.upper, point.sigma, point.z];
            prop_assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{point:?}");
            if let (Some(lower), Some(upper)) = (point.lower, point.upper) {
                prop_assert!(lower <= chart.centre && chart.centre <= upper);
                prop_assert!(!point.is_beyond || point.value < lower || point.value > upper);
            }
        }
        prop_assert!(chart.violations.is_sorted_by_key(|found| (found.index, found.rule)));
    }

    #[test]
    fn a_pattern_ends_at_its_index_and_stays_within_its_span(z in vec(-4.0f64..4.0, 0..80)) {
        let standardised: Vec<Option<f64>> = z.iter().copied().map(Some).collect();
        for set in [RuleSet::WesternElectric, RuleSet::Nelson] {
            for found in violations(set, &standardised, &z) {
                prop_assert_eq!(found.points.last(), Some(&found.index));
                prop_assert!(found.points.is_sorted_by(|a, b| a < b));
                let span = found.rule.rule().span();
                prop_assert!(found.index - found.points[0] < span);
            }
        }
    }

    #[test]
    fn rules_treat_both_sides_alike(z in vec(-4.0f64..4.0, 0..80)) {
        let of = |sign: f64| {
            let values: Vec<f64> = z.iter().map(|z| sign * z).collect();
            let z: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
            violations(RuleSet::Nelson, &z, &values)
        };
        let facts = |found: &Violation| (found.rule, found.index, found.points.clone());
        let (up, down) = (of(1.0), of(-1.0));
        prop_assert_eq!(up.iter().map(facts).collect::<Vec<_>>(), down.iter().map(facts).collect::<Vec<_>>());
        for (up, down) in up.iter().zip(&down) {
            prop_assert_eq!(up.direction.is_some(), down.direction.is_some());
            prop_assert!(up.direction.is_none() || up.direction != down.direction);
        }
    }

    #[test]
    fn a_pareto_keeps_every_category_and_its_count(counts in vec(("[a-d]{1,2}", 0u64..1_000_000), 0..40)) {
        let found = pareto(&counts, 80.0).unwrap();
        let mut given = counts.clone();
        let mut kept: Vec<(String, u64)> =
            found.rows.iter().map(|row| (row.name.clone(), row.count)).collect();
        prop_assert!(kept.is_sorted_by(|a, b| (b.1, &a.0) <= (a.1, &b.0)));
        given.sort();
        kept.sort();
        prop_assert_eq!(given, kept);
        prop_assert_eq!(found.rows.last().map_or(0, |row| row.cumulative), found.total);
    }

    #[test]
    fn weights_that_are_whole_numbers_rank_as_counts_do(counts in vec(("[a-d]{1,2}", 0u64..1_000), 0..40)) {
        let weights: Vec<(String, f64)> =
            counts.iter().map(|(name, count)| (name.clone(), *count as f64)).collect();
        let (of_counts, of_weights) = (pareto(&counts, 80.0).unwrap(), weighted_pareto(&weights, 80.0).unwrap());
        let names = |index: usize| (&of_counts.rows[index].name, &of_weights.rows[index].name);
        for index in 0..counts.len() {
            let (of_count, of_weight) = names(index);
            prop_assert_eq!(of_count, of_weight);
        }
        prop_assert_eq!(of_weights.total, of_counts.total as f64);
        let last = of_weights.rows.last().and_then(|row| row.cumulative_percent);
        prop_assert!(last.is_none_or(|percent| percent == 100.0));
    }

    #[test]
    fn any_plan_keeps_excluded_points_and_other_stages_out_of_its_patterns(
        series in vec((prop_oneof![Just(0u64), 0u64..40, 0u64..2_000_000], 1.0f64..900.0), 4..60),
        cuts in vec(0.0f64..1.0, 0..4),
        left_out in vec(0.0f64..1.0, 0..4),
        kind in kinds(),
        by_probability: bool,
        has_areas: bool,
    ) {
        let point = |&(count, area): &(u64, f64)| Point { count, area_cm2: has_areas.then_some(area) };
        let points: Vec<Point> = series.iter().map(point).collect();
        let place = |share: &f64| (share * points.len() as f64) as usize;
        let firsts: BTreeSet<usize> = cuts.iter().map(place).chain([0]).collect();
        let excluded: BTreeSet<usize> = left_out.iter().map(place).collect();
        let plan = Plan {
            kind,
            rules: RuleSet::Nelson.ids().collect(),
            width: if by_probability { Width::Probability(0.001) } else { Width::Sigma(3.0) },
            excluded: excluded
                .iter()
                .map(|&index| Exclusion { index, reason: "known".to_owned() })
                .collect(),
            stages: firsts
                .iter()
                .map(|&first| Stage { name: first.to_string(), first, limits: LimitSource::Stage })
                .collect(),
        };
        let chart = match staged_chart(&points, &plan) {
            Ok(chart) => chart,
            // A stage whose points are all excluded, or exact limits of individuals.
            Err(Error::Baseline { .. } | Error::Parameter { .. }) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        prop_assert_eq!(chart.points.len(), points.len());
        for (index, point) in chart.points.iter().enumerate() {
            prop_assert!(chart.stages[point.stage].points.contains(&index));
            prop_assert_eq!(point.excluded.is_some(), excluded.contains(&index));
            let judged = point.judged;
            let numbers = [judged.lower, judged.upper, judged.sigma, judged.z, point.moving_range];
            prop_assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{point:?}");
        }
        for found in &chart.violations {
            let stage = chart.points[found.index].stage;
            prop_assert!(found.points.iter().all(|&index| chart.points[index].stage == stage));
            prop_assert!(found.points.iter().all(|index| !excluded.contains(index)));
        }
        let rules: Vec<RuleId> = RuleSet::WesternElectric.ids().collect();
        let event = KnownEvent { name: "leak".to_owned(), points: 1..3 };
        let tried = backtest(&points, &chart.stages[0].limits, &rules, &[event], 1).unwrap();
        prop_assert_eq!(tried.quiet_points, points.len() - 3);
        prop_assert!(tried.false_alarms.len() <= tried.quiet_points);
    }
}
