//! The truth about a fab, for tests of what analyses find.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Excursion, Fab, Lot, Plan};

/// So many touched inspections of an excursion are listed, the earliest.
const LISTED: usize = 1_000;

/// The truth about a fab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// What was asked for.
    pub plan: Plan,
    /// What there is.
    pub counts: Counts,
    /// What went wrong, the oldest first.
    pub excursions: Vec<ExcursionTruth>,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Lots with at least one inspection.
    pub lots: u64,
    /// Wafers of those lots.
    pub wafers: u64,
    /// Wafers with at least one inspection.
    pub inspected_wafers: u64,
    /// Inspections, repetitions among them.
    pub inspections: u64,
    /// Defects.
    pub defects: u64,
    /// Images.
    pub images: u64,
    /// Spectra.
    pub spectra: u64,
    /// Defects by type.
    pub by_type: BTreeMap<&'static str, u64>,
    /// Defects by step.
    pub by_step: BTreeMap<&'static str, u64>,
    /// Defects by tool.
    pub by_equipment: BTreeMap<&'static str, u64>,
}

/// An excursion and what it touched.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExcursionTruth {
    /// The excursion.
    #[serde(flatten)]
    pub excursion: Excursion,
    /// How many inspections happened under it.
    pub touched_inspections: u64,
    /// The first 1,000 of those.
    pub touched: BTreeSet<Touched>,
    /// Reports of defects that it made, later steps included. A change for the better makes none.
    pub made_defects: u64,
}

/// An inspection, ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Touched {
    /// Moment of the result.
    pub inspected_at: DateTime<Utc>,
    /// Wafer.
    pub wafer_id: String,
    /// Step.
    pub step_id: &'static str,
}

impl Truth {
    /// The truth before any lot.
    #[must_use]
    pub fn new(fab: &Fab) -> Self {
        let none = |excursion: &Excursion| ExcursionTruth {
            excursion: excursion.clone(),
            touched_inspections: 0,
            touched: BTreeSet::new(),
            made_defects: 0,
        };
        Self {
            plan: *fab.plan(),
            counts: Counts::default(),
            excursions: fab.excursions().iter().map(none).collect(),
        }
    }

    /// Adds a lot. The order of lots makes no difference.
    pub fn add(&mut self, fab: &Fab, lot: &Lot) {
        if lot.inspections.is_empty() {
            return;
        }
        let wafers: BTreeSet<usize> = lot.inspections.iter().map(|one| one.wafer).collect();
        self.counts.lots += 1;
        self.counts.wafers += lot.wafers.len() as u64;
        self.counts.inspected_wafers += wafers.len() as u64;
        for inspection in &lot.inspections {
            let step_id = fab.steps()[inspection.step].step_id;
            let equipment_id = fab.equipment()[inspection.equipment].equipment_id;
            let found = inspection.defects.len() as u64;
            self.counts.inspections += 1;
            self.counts.defects += found;
            *self.counts.by_step.entry(step_id).or_default() += found;
            *self.counts.by_equipment.entry(equipment_id).or_default() += found;
            for defect in &inspection.defects {
                self.add_defect(defect);
            }
            for &excursion in &inspection.excursions {
                self.excursions[excursion].touch(Touched {
                    inspected_at: inspection.inspected_at,
                    wafer_id: lot.wafers[inspection.wafer].wafer_id.clone(),
                    step_id,
                });
            }
        }
    }

    fn add_defect(&mut self, defect: &crate::Defect) {
        let name = defect.kind.defect_type().name;
        *self.counts.by_type.entry(name).or_default() += 1;
        if let Some(evidence) = defect.evidence {
            self.counts.images += 1;
            self.counts.spectra += u64::from(evidence.spectrum_seed.is_some());
        }
        if let Some(excursion) = defect.truth.excursion {
            self.excursions[excursion].made_defects += 1;
        }
    }
}

impl ExcursionTruth {
    fn touch(&mut self, touched: Touched) {
        self.touched_inspections += 1;
        self.touched.insert(touched);
        if self.touched.len() > LISTED {
            self.touched.pop_last();
        }
    }
}
