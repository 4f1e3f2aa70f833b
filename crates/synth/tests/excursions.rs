//! Each planted excursion is found by the chart that its truth recommends, by the rules that it names.

use std::collections::{BTreeMap, BTreeSet};

use analytics::rules::{RuleSet, Violation};
use analytics::spc::{Baseline, Chart, Options, Point, Setup, analyse};
use chrono::{DateTime, NaiveDate, Utc};
use synth::{Excursion, Fab, Inspection, Lot, Plan, Truth};

const SEEDS: [u64; 6] = [1, 2, 3, 4, 5, 20_260_101];

fn fab(seed: u64) -> (Fab, Vec<Lot>) {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let fab = Fab::new(Plan::new(seed, end)).expect("the plan is possible");
    let lots = fab.lots().collect();
    (fab, lots)
}

/// A point of a chart, with what is known of it.
struct Charted {
    at: DateTime<Utc>,
    point: Point,
    is_touched: bool,
}

/// The points of an excursion's chart as the store makes them: current inspections, oldest first.
fn series(fab: &Fab, lots: &[Lot], index: usize) -> Vec<Charted> {
    let found_by = &fab.excursions()[index].found_by;
    let is_on_chart = |one: &Inspection| {
        let fits = |wanted: Option<&str>, is: &str| wanted.is_none_or(|wanted| wanted == is);
        (found_by.from..found_by.to).contains(&one.inspected_at)
            && fab.steps()[one.step].step_id == found_by.step_id
            && fits(found_by.product_id, fab.products()[one.product].product_id)
            && fits(
                found_by.equipment_id,
                fab.equipment()[one.equipment].equipment_id,
            )
    };
    let mut current: BTreeMap<(u32, usize), &Inspection> = BTreeMap::new();
    for lot in lots {
        for one in lot.inspections.iter().filter(|one| is_on_chart(one)) {
            current.insert((lot.number, one.wafer), one);
        }
    }
    let charted = current.into_values().map(|one| Charted {
        at: one.inspected_at,
        point: Point {
            count: one
                .defects
                .iter()
                .filter(|defect| defect.kind == found_by.kind)
                .count() as u64,
            area_cm2: Some(one.area_cm2),
        },
        is_touched: one.excursions.contains(&index),
    });
    let mut charted: Vec<Charted> = charted.collect();
    charted.sort_by_key(|charted| charted.at);
    charted
}

/// The chart that the product picks, with limits from before the excursion.
fn chart(excursion: &Excursion, series: &[Charted], rules: RuleSet) -> Chart {
    let points: Vec<Point> = series.iter().map(|charted| charted.point).collect();
    let before = series
        .iter()
        .map(|charted| charted.at < excursion.from)
        .collect();
    let options = Options {
        kind: None,
        rules,
        setup: Setup {
            baseline: Baseline::Mask(before),
            ..Setup::default()
        },
    };
    analyse(&points, &options).expect("there are points before the excursion")
}

#[test]
fn every_rule_that_the_truth_names_sees_the_excursion() {
    for seed in SEEDS {
        let (fab, lots) = fab(seed);
        for (index, excursion) in fab.excursions().iter().enumerate() {
            let series = series(&fab, &lots, index);
            let charts = [RuleSet::WesternElectric, RuleSet::Nelson]
                .map(|rules| chart(excursion, &series, rules));
            for &rule in excursion.found_by.rules {
                let all = charts.iter().flat_map(|chart| &chart.violations);
                let seen = all.filter(|violation| {
                    violation.rule.as_str() == rule && series[violation.index].is_touched
                });
                let seen = seen.count();
                assert!(
                    seen >= 3,
                    "seed {seed}, {}: {rule} sees {seen} points",
                    excursion.id
                );
            }
        }
    }
}

#[test]
fn an_abrupt_excursion_is_seen_before_half_of_its_inspections_are_through() {
    for seed in SEEDS {
        let (fab, lots) = fab(seed);
        for (index, excursion) in fab
            .excursions()
            .iter()
            .enumerate()
            .filter(|(_, one)| one.is_abrupt)
        {
            let series = series(&fab, &lots, index);
            let chart = chart(excursion, &series, RuleSet::WesternElectric);
            let named = |violation: &&Violation| {
                excursion.found_by.rules.contains(&violation.rule.as_str())
                    && series[violation.index].is_touched
            };
            let first = chart
                .violations
                .iter()
                .find(named)
                .expect("it is seen")
                .index;
            let touched = |points: &[Charted]| points.iter().filter(|one| one.is_touched).count();
            let (passed, all) = (touched(&series[..first]), touched(&series));
            assert!(
                2 * passed < all,
                "seed {seed}, {}: after {passed} of {all}",
                excursion.id
            );
        }
    }
}

/// Counts are skewed and some wafers carry a signature: more than the 0.3 % of a bell curve.
#[test]
fn the_charts_are_quiet_before_the_excursions() {
    for seed in SEEDS {
        let (fab, lots) = fab(seed);
        let (mut all, mut beyond) = (0, 0);
        for (index, excursion) in fab.excursions().iter().enumerate() {
            let series = series(&fab, &lots, index);
            let chart = chart(excursion, &series, RuleSet::WesternElectric);
            let before = chart.points.iter().filter(|point| point.is_in_baseline);
            let points = before.clone().count();
            assert!(
                points >= 25,
                "seed {seed}, {}: {points} points",
                excursion.id
            );
            all += points;
            beyond += before.filter(|point| point.is_beyond).count();
        }
        assert!(
            30 * beyond < all,
            "seed {seed}: {beyond} of {all} points beyond the limits"
        );
    }
}

/// Mean count on the touched points of a chart, and on the others of the same time.
fn means(excursion: &Excursion, series: &[Charted]) -> (f64, f64) {
    let mean = |is_touched: bool| {
        let since = series
            .iter()
            .filter(|one| one.at >= excursion.from && one.is_touched == is_touched);
        let counts: Vec<f64> = since.map(|one| one.point.count as f64).collect();
        counts.iter().sum::<f64>() / counts.len() as f64
    };
    (mean(true), mean(false))
}

#[test]
fn the_guilty_differ_from_the_others_of_their_time_but_not_absurdly() {
    for seed in SEEDS {
        let (fab, lots) = fab(seed);
        for (index, excursion) in fab.excursions().iter().enumerate() {
            let series = series(&fab, &lots, index);
            let (guilty, others) = means(excursion, &series);
            assert!(
                guilty < 50.0,
                "seed {seed}, {}: {guilty} defects a wafer",
                excursion.id
            );
            // All wafers go through a new recipe, and three days may hold no lot on another tool.
            if !others.is_nan() {
                assert!(
                    guilty > 2.5 * others,
                    "seed {seed}, {}: {guilty}, {others}",
                    excursion.id
                );
            }
        }
    }
}

#[test]
fn the_new_recipe_leaves_half_of_the_residue_that_its_step_makes() {
    let (fab, lots) = fab(2);
    let recipe = fab
        .excursions()
        .iter()
        .position(|one| one.id == "contact-recipe")
        .expect("planted");
    let excursion = &fab.excursions()[recipe];
    let made = |is_new: bool| {
        let inspections = lots.iter().flat_map(|lot| &lot.inspections);
        let of_step = inspections.filter(|one| {
            Some(fab.steps()[one.step].step_id) == excursion.step_id
                && one.excursions.contains(&recipe) == is_new
        });
        let (mut defects, mut area_cm2) = (0.0, 0.0);
        for one in of_step {
            assert_eq!(one.process_recipe, if is_new { "CT-E4" } else { "CT-E3" });
            area_cm2 += one.area_cm2;
            let is_made = |defect: &&synth::Defect| {
                defect.kind == excursion.kind
                    && defect.truth.first_step == one.step
                    && defect.truth.signature.is_none()
            };
            defects += one.defects.iter().filter(is_made).count() as f64;
        }
        defects / area_cm2
    };
    let ratio = made(true) / made(false);
    assert!((0.44..0.56).contains(&ratio), "{ratio}");
}

#[test]
fn excursions_lie_apart_and_one_is_in_the_last_four_weeks() {
    for seed in SEEDS {
        let (fab, _) = fab(seed);
        let excursions = fab.excursions();
        assert_eq!(excursions.len(), 5);
        assert!(excursions.is_sorted_by_key(|one| one.from));
        let end = fab
            .plan()
            .end
            .and_hms_opt(0, 0, 0)
            .expect("midnight")
            .and_utc();
        assert!((end - excursions[4].from).num_days() <= 28);
        let ids: BTreeSet<&str> = excursions.iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), 5);
        for (index, one) in excursions.iter().enumerate() {
            for other in &excursions[..index] {
                let overlap = one.from < other.to && other.from < one.to;
                let same_chart = one.found_by.step_id == other.found_by.step_id;
                assert!(!(overlap && same_chart), "{} and {}", one.id, other.id);
            }
        }
    }
}

#[test]
fn the_truth_is_machine_readable_and_does_not_depend_on_the_order_of_lots() {
    let (fab, lots) = fab(3);
    let told = |lots: &mut dyn Iterator<Item = &Lot>| {
        let mut truth = Truth::new(&fab);
        lots.for_each(|lot| truth.add(&fab, lot));
        serde_json::to_value(&truth).expect("the truth can be written")
    };
    let truth = told(&mut lots.iter());
    assert_eq!(truth, told(&mut lots.iter().rev()));

    let last = &truth["excursions"][4];
    assert_eq!(last["id"], "tool-after-maintenance");
    assert_eq!(last["defect_type"], "Particle");
    assert_eq!(last["found_by"]["step_id"], "M1-CMP");
    assert_eq!(last["found_by"]["rules"][0], "we1");
    let listed = last["touched"].as_array().expect("a list");
    assert_eq!(
        Some(listed.len() as u64),
        last["touched_inspections"].as_u64()
    );
    assert!(
        listed
            .iter()
            .all(|one| one["wafer_id"].is_string() && one["inspected_at"].is_string())
    );
    assert!(last["made_defects"].as_u64() > Some(50));
    assert_eq!(
        truth["counts"]["inspections"].as_u64(),
        Some(lots.iter().map(|lot| lot.inspections.len() as u64).sum())
    );
}

#[test]
fn the_service_before_the_bad_days_is_in_the_tools_history() {
    let (fab, _) = fab(1);
    let bad = &fab.excursions()[4];
    let tool = fab
        .equipment()
        .iter()
        .find(|tool| Some(tool.equipment_id) == bad.equipment_id);
    let history = &tool.expect("a tool is to blame").maintenance;

    assert!(history.iter().any(|(day, _)| *day == bad.from.date_naive()));
    assert!(history.is_sorted());
}
