//! Adders are told from what was there before, by the positions alone, against the truth of the synthetic fab.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use analytics::spatial::{Route, Sighting};
use chrono::NaiveDate;
use synth::{Fab, Inspection, Plan};

const SEEDS: [u64; 4] = [1, 2, 3, 20_260_101];

/// Defects by what they are and what they were taken for.
#[derive(Clone, Copy, Debug, Default)]
struct Verdicts {
    /// Adders taken for adders.
    found: usize,
    /// Adders taken for defects seen earlier.
    overlooked: usize,
    /// Defects seen earlier taken for adders.
    false_alarms: usize,
    /// Defects seen earlier taken for such.
    common: usize,
    registered: usize,
    inspections: usize,
}

impl Verdicts {
    fn recall(self) -> f64 {
        self.found as f64 / (self.found + self.overlooked) as f64
    }

    fn precision(self) -> f64 {
        self.found as f64 / (self.found + self.false_alarms) as f64
    }

    fn common_recall(self) -> f64 {
        self.common as f64 / (self.common + self.false_alarms).max(1) as f64
    }

    fn common_precision(self) -> f64 {
        self.common as f64 / (self.common + self.overlooked).max(1) as f64
    }

    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.overlooked += other.overlooked;
        self.false_alarms += other.false_alarms;
        self.common += other.common;
        self.registered += other.registered;
        self.inspections += other.inspections;
    }
}

/// The inspections that no later one of the same wafer at the same step replaces, by wafer, oldest first.
fn routes(inspections: &[Inspection]) -> Vec<Vec<&Inspection>> {
    let mut latest: HashMap<(usize, usize), &Inspection> = HashMap::new();
    for one in inspections {
        latest.insert((one.wafer, one.step), one);
    }
    let mut by_wafer: BTreeMap<usize, Vec<&Inspection>> = BTreeMap::new();
    for one in latest.into_values() {
        by_wafer.entry(one.wafer).or_default().push(one);
    }
    let mut routes: Vec<_> = by_wafer.into_values().collect();
    for route in &mut routes {
        route.sort_by_key(|one| one.inspected_at);
    }
    routes
}

fn judge(fab: &Fab, inspections: &[&Inspection], verdicts: &mut BTreeMap<usize, Verdicts>) {
    let pitch = fab.products()[inspections[0].product].geometry.pitch_mm;
    let mut route = Route::new(None, Some((pitch.x, pitch.y))).expect("no parameter is wrong");
    let mut seen = BTreeSet::new();
    for one in inspections {
        let points: Vec<(f64, f64)> = one.defects.iter().map(|d| (d.x_mm, d.y_mm)).collect();
        let judged = route.judge(&points).expect("positions are finite");
        let mut of = Verdicts {
            registered: usize::from(judged.registration.is_some()),
            inspections: 1,
            ..Verdicts::default()
        };
        for (defect, sighting) in one.defects.iter().zip(&judged.sightings) {
            let is_new = !seen.contains(&defect.truth.origin);
            let verdict = match (is_new, *sighting == Sighting::Added) {
                (true, true) => &mut of.found,
                (true, false) => &mut of.overlooked,
                (false, true) => &mut of.false_alarms,
                (false, false) => &mut of.common,
            };
            *verdict += 1;
        }
        seen.extend(one.defects.iter().map(|defect| defect.truth.origin));
        verdicts.entry(one.step).or_default().add(of);
        route.join(&points, &judged);
    }
}

#[test]
fn adders_are_found_with_recall_and_precision_of_98_percent_at_every_step() {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    for seed in SEEDS {
        let plan = Plan {
            scale: 0.15,
            ..Plan::new(seed, end)
        };
        let fab = Fab::new(plan).expect("the plan is possible");
        let mut verdicts = BTreeMap::new();
        for lot in fab.lots() {
            for route in routes(&lot.inspections) {
                judge(&fab, &route, &mut verdicts);
            }
        }
        println!(
            "seed {seed}: step, inspections, registered, adders, seen before, recall, precision, the same of those seen before"
        );
        let mut all = Verdicts::default();
        for (&step, &of) in &verdicts {
            print(fab.steps()[step].step_id, of);
            assert!(of.recall() >= 0.98 && of.precision() >= 0.98, "seed {seed}");
            all.add(of);
        }
        print("all", all);
        assert!(all.common_recall() >= 0.98 && all.common_precision() >= 0.98);
    }
}

fn print(name: &str, of: Verdicts) {
    println!(
        "{name:12} {:5} {:5} {:6} {:6}  {:.4} {:.4}  {:.4} {:.4}",
        of.inspections,
        of.registered,
        of.found + of.overlooked,
        of.common + of.false_alarms,
        of.recall(),
        of.precision(),
        of.common_recall(),
        of.common_precision()
    );
}
