//! Charts in stages, frozen limits, the backtest.

use analytics::{
    Error,
    rules::{RuleId, RuleSet},
    spc::{
        ChartKind, Exclusion, Finding, KnownEvent, LimitSource, Options, Phase, Plan, Point, Stage,
        THREE_SIGMA_TAIL, Unit, Verdict, Width, analyse, backtest, staged_chart,
    },
};

const STEADY: [u64; 12] = [9, 12, 7, 10, 14, 8, 11, 9, 13, 10, 6, 12];
const CLUSTERED: [u64; 12] = [4, 30, 5, 9, 51, 19, 23, 1, 10, 19, 8, 2];

fn points(counts: &[u64], area_cm2: Option<f64>) -> Vec<Point> {
    let point = |&count: &u64| Point { count, area_cm2 };
    counts.iter().map(point).collect()
}

fn stage(first: usize, limits: LimitSource) -> Stage {
    Stage {
        name: format!("from {first}"),
        first,
        limits,
    }
}

fn western_electric() -> Vec<RuleId> {
    RuleSet::WesternElectric.ids().collect()
}

#[test]
fn a_plan_of_one_stage_is_the_chart_that_analyse_makes() {
    for counts in [STEADY, CLUSTERED] {
        for area in [None, Some(650.0)] {
            for kind in [None, Some(ChartKind::Individuals), Some(ChartKind::LaneyU)] {
                let points = points(&counts, area);
                let options = Options {
                    kind,
                    ..Options::default()
                };
                let plan = Plan {
                    kind,
                    ..Plan::default()
                };
                let alone = analyse(&points, &options).unwrap();
                let staged = staged_chart(&points, &plan).unwrap();
                let facts = |kind, unit| (kind, unit);
                assert_eq!(
                    facts(staged.kind, staged.unit),
                    facts(alone.kind, alone.unit)
                );
                assert_eq!(
                    (&staged.reason, &staged.findings),
                    (&alone.reason, &alone.findings)
                );
                assert_eq!(staged.violations, alone.violations);
                for (ours, theirs) in staged.points.iter().zip(&alone.points) {
                    assert_eq!(&ours.judged, theirs);
                }
                let ranges: Vec<Option<f64>> = staged
                    .points
                    .iter()
                    .map(|point| point.moving_range)
                    .collect();
                match alone.moving_ranges {
                    Some(of_analyse) => assert_eq!(ranges, of_analyse.values),
                    None => assert!(ranges.iter().all(Option::is_none)),
                }
            }
        }
    }
}

#[test]
fn frozen_limits_judge_later_points_as_they_judged_their_own() {
    for (kind, width) in [
        (ChartKind::C, Width::Sigma(3.0)),
        (ChartKind::U, Width::Sigma(2.5)),
        (ChartKind::LaneyU, Width::Sigma(3.0)),
        (ChartKind::Individuals, Width::Sigma(3.0)),
        (ChartKind::U, Width::Probability(THREE_SIGMA_TAIL)),
        (ChartKind::LaneyU, Width::Probability(THREE_SIGMA_TAIL)),
    ] {
        let history = points(&CLUSTERED, Some(650.0));
        let plan = Plan {
            kind: Some(kind),
            width,
            ..Plan::default()
        };
        let first = staged_chart(&history, &plan).unwrap();
        assert_eq!(first.points[0].phase, Phase::One);
        let limits = first.stages[0].limits;
        let monitoring = Plan {
            stages: vec![stage(0, LimitSource::Frozen(limits))],
            ..Plan::default()
        };
        let later = staged_chart(&history, &monitoring).unwrap();
        assert_eq!((later.kind, later.stages[0].limits), (kind, limits));
        assert!(
            later.reason.starts_with("Limits are frozen"),
            "{}",
            later.reason
        );
        for (now, then) in later.points.iter().zip(&first.points) {
            assert_eq!((now.phase, now.judged.is_in_baseline), (Phase::Two, false));
            assert_eq!(
                (now.judged.lower, now.judged.upper),
                (then.judged.lower, then.judged.upper)
            );
            assert_eq!(
                (now.judged.z, now.judged.is_beyond),
                (then.judged.z, then.judged.is_beyond)
            );
        }
    }
}

#[test]
fn an_excluded_point_moves_no_limit_and_raises_no_alarm() {
    let mut counts = STEADY.to_vec();
    counts.insert(5, 90);
    let plan = Plan {
        kind: Some(ChartKind::Individuals),
        excluded: vec![Exclusion {
            index: 5,
            reason: "robot crash".to_owned(),
        }],
        ..Plan::default()
    };
    let chart = staged_chart(&points(&counts, None), &plan).unwrap();
    let usual = Plan {
        kind: Some(ChartKind::Individuals),
        ..Plan::default()
    };
    let without = staged_chart(&points(&STEADY, None), &usual).unwrap();
    assert_eq!(chart.stages[0].limits, without.stages[0].limits);
    let crash = &chart.points[5];
    assert_eq!(crash.excluded.as_deref(), Some("robot crash"));
    assert!(crash.judged.is_beyond && crash.is_range_beyond && !crash.judged.is_in_baseline);
    assert_eq!(
        chart.points[6].moving_range,
        Some(6.0),
        "8 less 14, across the crash"
    );
    assert_eq!(chart.violations, without.violations);
}

#[test]
fn a_pattern_does_not_reach_from_one_stage_into_the_next() {
    // Eight points above the mean of all, four of them before the event.
    let counts = [4, 5, 3, 4, 12, 13, 11, 12, 12, 13, 11, 12, 12, 11, 13, 12];
    let run = |stages: Vec<Stage>| {
        let plan = Plan {
            kind: Some(ChartKind::Individuals),
            rules: vec![RuleId::We4],
            stages,
            ..Plan::default()
        };
        staged_chart(&points(&counts, None), &plan)
            .unwrap()
            .violations
            .len()
    };
    assert!(run(Vec::new()) > 0);
    let apart = vec![
        stage(0, LimitSource::Period(0..4)),
        stage(8, LimitSource::Stage),
    ];
    assert_eq!(run(apart), 0);
}

#[test]
fn rules_are_switched_on_one_by_one() {
    let mut counts = STEADY.to_vec();
    counts.extend([40, 41]);
    let plan = Plan {
        rules: vec![RuleId::N1],
        stages: vec![stage(0, LimitSource::Period(0..12))],
        ..Plan::default()
    };
    let chart = staged_chart(&points(&counts, None), &plan).unwrap();
    assert!(
        chart
            .violations
            .iter()
            .all(|found| found.rule == RuleId::N1)
    );
    assert_eq!(chart.violations.len(), 2);
    assert_eq!(chart.points[13].phase, Phase::Two);
}

#[test]
fn a_plan_that_does_not_fit_its_points_is_refused_with_its_place() {
    let refused = |plan: Plan| {
        let error = staged_chart(&points(&STEADY, None), &plan).unwrap_err();
        error.to_string()
    };
    let with_stages = |stages: Vec<Stage>| Plan {
        stages,
        ..Plan::default()
    };
    let own = || LimitSource::Stage;
    assert_eq!(
        refused(with_stages(vec![stage(2, own())])),
        "stage 0: the first one begins at point 0"
    );
    assert_eq!(
        refused(with_stages(vec![stage(0, own()), stage(0, own())])),
        "stage 1: it begins after the one before"
    );
    assert_eq!(
        refused(with_stages(vec![stage(0, own()), stage(12, own())])),
        "stage 1: there is no such point"
    );
    let exclude = |index: usize, reason: &str| Plan {
        excluded: vec![Exclusion {
            index,
            reason: reason.to_owned(),
        }],
        ..Plan::default()
    };
    assert_eq!(
        refused(exclude(12, "x")),
        "exclusion 0: there is no such point"
    );
    assert_eq!(refused(exclude(1, " ")), "exclusion 0: a reason is needed");
    let all = (0..12).map(|index| Exclusion {
        index,
        reason: "all bad".to_owned(),
    });
    let nothing_left = Plan {
        excluded: all.collect(),
        ..Plan::default()
    };
    assert!(refused(nothing_left).starts_with("baseline 0..12 without excluded points"));
    let individuals = Plan {
        kind: Some(ChartKind::Individuals),
        width: Width::Probability(0.001),
        ..Plan::default()
    };
    assert!(refused(individuals).contains("individuals have no exact limits"));

    let mut limits = staged_chart(
        &points(&STEADY, Some(650.0)),
        &Plan {
            kind: Some(ChartKind::U),
            ..Plan::default()
        },
    )
    .unwrap()
    .stages[0]
        .limits;
    assert_eq!(limits.unit, Unit::DefectsPerCm2);
    assert_eq!(
        refused(with_stages(vec![stage(0, LimitSource::Frozen(limits))])),
        "stage 0: its frozen limits are in another unit than the points"
    );
    limits.unit = Unit::DefectsPerWafer;
    limits.centre = f64::NAN;
    let frozen = with_stages(vec![stage(0, LimitSource::Frozen(limits))]);
    assert!(refused(frozen).starts_with("standard_centre is NaN"));
}

#[test]
fn the_pick_gives_what_it_measured_as_data() {
    let chart = analyse(&points(&CLUSTERED, Some(650.0)), &Options::default()).unwrap();
    let has = |wanted: &dyn Fn(&Finding) -> bool| chart.findings.iter().any(wanted);
    assert!(has(&|finding| matches!(
        finding,
        Finding::Dispersion { verdict: Verdict::Over, measured } if measured.ratio > 13.0
    )));
    assert!(has(&|finding| *finding
        == Finding::PoissonFlags {
            kind: ChartKind::C,
            flagged: 4,
            points: 12,
        }));
    assert!(has(
        &|f| matches!(f, Finding::ShortTermVariation { sigma_z } if *sigma_z > 1.0)
    ));

    // Mean 15, alpha 1.2: the tail beyond Laney's limit is that of the negative binomial distribution.
    assert!(has(&|finding| matches!(
        finding,
        Finding::Lopsided { p_above, .. } if (0.005..0.03).contains(p_above)
    )));

    let few = analyse(
        &points(&[0, 2, 1, 0, 1, 3, 0, 1], None),
        &Options::default(),
    )
    .unwrap();
    assert!(few.findings.contains(&Finding::SmallCounts { mean: 1.0 }));
    let clean = analyse(&points(&[0, 0, 0], None), &Options::default()).unwrap();
    assert_eq!(clean.findings, [Finding::Unmeasured { points: 3 }]);
}

#[test]
fn a_backtest_counts_false_alarms_and_the_delay_to_known_events() {
    let limits = staged_chart(&points(&STEADY, None), &Plan::default())
        .unwrap()
        .stages[0]
        .limits;
    // A false alarm at 2, an event at 4 found at once, one at 10 that is missed.
    let history = points(&[9, 11, 40, 10, 35, 30, 12, 9, 11, 8, 12, 13, 9, 10], None);
    let event = |name: &str, points| KnownEvent {
        name: name.to_owned(),
        points,
    };
    let events = [event("leak", 4..6), event("drift", 10..12)];
    let found = backtest(&history, &limits, &[RuleId::We1], &events, 1).unwrap();
    assert_eq!((found.quiet_points, &found.false_alarms[..]), (8, &[2][..]));
    assert_eq!((found.false_alarm_share, found.missed), (Some(0.125), 1));
    assert_eq!(found.points_between_false_alarms, Some(8.0));
    assert_eq!(found.false_alarms_of_rule[&RuleId::We1], 1);
    assert_eq!(
        (found.events[0].delay_points, found.events[0].signals),
        (Some(0), 2)
    );
    assert_eq!(found.events[1].found_at, None);
    let (low, high) = found.false_alarm_interval95.unwrap();
    assert!(low < 0.125 && 0.125 < high);

    let outside = backtest(
        &history,
        &limits,
        &western_electric(),
        &[event("x", 12..20)],
        0,
    );
    let rule = "its points lie in the series, at least one";
    let what = "event";
    assert_eq!(
        outside.unwrap_err(),
        Error::Entry {
            what,
            index: 0,
            rule
        }
    );
}

#[test]
fn a_small_shift_is_found_by_a_chart_with_memory_across_stages() {
    let noise = [0, 2, -1, 1, -2, 0, 1, -1];
    let level = |index: usize| match index {
        0..24 => 20,
        24..48 => 60,
        _ => 66,
    };
    let counts: Vec<u64> = (0..72).map(|i| (level(i) + noise[i % 8]) as u64).collect();
    let plan = Plan {
        kind: Some(ChartKind::Individuals),
        rules: vec![RuleId::We1],
        excluded: vec![Exclusion {
            index: 3,
            reason: "wrong recipe".to_owned(),
        }],
        stages: vec![
            stage(0, LimitSource::Stage),
            stage(24, LimitSource::Period(24..48)),
        ],
        ..Plan::default()
    };
    let chart = staged_chart(&points(&counts, None), &plan).unwrap();
    let ewma = chart.ewma(0.2, 3.0).unwrap().unwrap();
    let first = ewma.indices[ewma.chart.beyond[0]];
    assert!((48..52).contains(&first), "{first}");
    assert!(!ewma.indices.contains(&3));
    let cusum = chart.cusum(0.5, 5.0).unwrap().unwrap();
    let signal = cusum.chart.upper.signals[0];
    let began = cusum.indices[signal + 1 - cusum.chart.upper.runs[signal]];
    assert!((46..50).contains(&began), "dated to {began}");
    assert!(cusum.chart.lower.signals.is_empty());
}
