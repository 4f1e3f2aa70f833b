//! How often charts cry wolf in the quiet times of the synthetic fab: the recommended chart beside c and u charts with
//! 3-sigma limits, on the same points by the same rules.
//!
//! `cargo bench -p synth --bench false_alarms`
//!
//! Quiet are the inspections that no excursion touched, up to the first excursion that concerns a chart. A chart is one step
//! with all types or one of its own. Phase I: limits from all quiet points, which they judge themselves. Phase II: limits
//! from the first half judge the second.

use std::collections::BTreeMap;

use analytics::rules::{RuleId, RuleSet};
use analytics::spc::{
    ChartKind, LimitSource, Plan as ChartPlan, Point, Stage, StagedChart, Width, recommended_chart,
    staged_chart,
};
use chrono::NaiveDate;
use synth::{Fab, Inspection, Kind, Lot, Plan};

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// Charts of a type with fewer defects an inspection are left out: nobody draws them.
const LEAST_MEAN: f64 = 0.2;
/// Charts with fewer quiet points are left out.
const LEAST_POINTS: usize = 60;

/// Points judged and points at which a rule was broken.
#[derive(Clone, Copy, Default)]
struct Alarms {
    points: usize,
    alarms: usize,
}

impl Alarms {
    fn rate(self) -> f64 {
        self.alarms as f64 / self.points as f64
    }

    fn add(&mut self, other: Self) {
        self.points += other.points;
        self.alarms += other.alarms;
    }
}

/// The ways to chart that are compared: `picked` is the recommended chart with 3-sigma limits all the same.
const CHARTS: [(&str, Option<ChartKind>); 4] = [
    ("c chart", Some(ChartKind::C)),
    ("u chart", Some(ChartKind::U)),
    ("picked", None),
    ("recommended", None),
];
/// Index of the recommended chart.
const RECOMMENDED: usize = 3;

fn main() {
    let rules: [(&str, Vec<RuleId>); 3] = [
        ("beyond limits", vec![RuleId::We1]),
        ("Western Electric", RuleSet::WesternElectric.ids().collect()),
        ("Nelson", RuleSet::Nelson.ids().collect()),
    ];
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    // By phase, group of charts, set of rules and chart.
    let mut found: BTreeMap<(usize, &str, usize, usize), Alarms> = BTreeMap::new();
    let mut charts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in SEEDS {
        let fab = Fab::new(Plan::new(seed, end)).expect("the plan is possible");
        let lots: Vec<Lot> = fab.lots().collect();
        for (group, points) in quiet_charts(&fab, &lots) {
            *charts.entry(group).or_default() += 1;
            for phase in 0..2 {
                for (set, (_, rules)) in rules.iter().enumerate() {
                    for (chart, (_, kind)) in CHARTS.iter().enumerate() {
                        let draw = match chart {
                            RECOMMENDED => recommended_chart,
                            _ => staged_chart,
                        };
                        let alarms = judge(&points, *kind, rules, phase, draw);
                        found
                            .entry((phase, group, set, chart))
                            .or_default()
                            .add(alarms);
                    }
                }
            }
        }
    }
    println!("{} synthetic fabs; charts: {charts:?}", SEEDS.len());
    println!(
        "{:<9} {:<28} {:<17} {:<12} {:>7} {:>7} {:>7} {:>10}",
        "phase", "charts", "rules", "chart", "points", "alarms", "rate", "of c chart"
    );
    for ((phase, group, set, chart), alarms) in &found {
        let of_c = found[&(*phase, *group, *set, 0)];
        println!(
            "{:<9} {:<28} {:<17} {:<12} {:>7} {:>7} {:>6.2}% {:>10.2}",
            ["I", "II"][*phase],
            group,
            rules[*set].0,
            CHARTS[*chart].0,
            alarms.points,
            alarms.alarms,
            100.0 * alarms.rate(),
            alarms.rate() / of_c.rate()
        );
    }
}

/// Judges the quiet points of a chart, all of them or the second half.
fn judge(
    points: &[Point],
    kind: Option<ChartKind>,
    rules: &[RuleId],
    phase: usize,
    draw: fn(&[Point], &ChartPlan) -> Result<StagedChart, analytics::Error>,
) -> Alarms {
    let (baseline, from) = match phase {
        0 => (points.len(), 0),
        _ => (points.len() / 2, points.len() / 2),
    };
    let plan = ChartPlan {
        kind,
        rules: rules.to_vec(),
        width: Width::default(),
        excluded: Vec::new(),
        stages: vec![Stage {
            name: String::new(),
            first: 0,
            limits: LimitSource::Period(0..baseline),
        }],
    };
    let chart = draw(points, &plan).expect("there are points");
    let mut alarms: Vec<usize> = chart.violations.iter().map(|one| one.index).collect();
    alarms.dedup();
    Alarms {
        points: points.len() - from,
        alarms: alarms.into_iter().filter(|&index| index >= from).count(),
    }
}

/// The quiet points of every chart: of the truth's charts, of each step with all types, and with each type it often finds.
fn quiet_charts(fab: &Fab, lots: &[Lot]) -> Vec<(&'static str, Vec<Point>)> {
    let mut charts = Vec::new();
    for excursion in fab.excursions() {
        let by = &excursion.found_by;
        let on_chart = |one: &Inspection| {
            let product = fab.products()[one.product].product_id;
            fab.steps()[one.step].step_id == by.step_id
                && by.product_id.is_none_or(|id| id == product)
                && (by.from..excursion.from).contains(&one.inspected_at)
        };
        charts.push((
            "the truth's, before",
            points(lots, Some(by.kind), &on_chart),
        ));
    }
    for step in 0..fab.steps().len() {
        let on_chart = |one: &Inspection| one.step == step;
        charts.push(("steps, all types", points(lots, None, &on_chart)));
        for &(kind, _) in fab.steps()[step].kinds {
            charts.push(("steps, single types", points(lots, Some(kind), &on_chart)));
        }
    }
    let mean = |points: &[Point]| {
        points.iter().map(|one| one.count as f64).sum::<f64>() / points.len() as f64
    };
    charts.retain(|(group, points)| {
        let is_long = points.len() >= LEAST_POINTS || *group == "the truth's, before";
        is_long && mean(points) >= LEAST_MEAN
    });
    charts
}

/// The current inspections that a condition holds for and that no excursion touched, oldest first. A change that lasts (the
/// new contact recipe) ends the quiet time of its step, for limits from before do not describe what comes after.
fn points(lots: &[Lot], kind: Option<Kind>, holds: &dyn Fn(&Inspection) -> bool) -> Vec<Point> {
    let mut current: BTreeMap<(u32, usize, usize), &Inspection> = BTreeMap::new();
    for lot in lots {
        for one in lot.inspections.iter().filter(|one| holds(one)) {
            current.insert((lot.number, one.wafer, one.step), one);
        }
    }
    let is_made = |one: &Inspection| {
        one.defects
            .iter()
            .any(|defect| defect.truth.excursion.is_some())
    };
    let quiet = current
        .into_values()
        .filter(|one| one.excursions.is_empty() && !is_made(one));
    let mut quiet: Vec<&Inspection> = quiet.collect();
    quiet.sort_by_key(|one| one.inspected_at);
    let point = |one: &Inspection| {
        let defects = one.defects.iter();
        Point {
            count: defects
                .filter(|defect| kind.is_none_or(|kind| defect.kind == kind))
                .count() as u64,
            area_cm2: Some(one.area_cm2),
        }
    };
    quiet.into_iter().map(point).collect()
}
