//! What comes out: lots, inspections, defects.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::size::Extent;
use crate::{Kind, Shift, Signature, Wafer};

/// A lot with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lot {
    /// Its place among the lots, from 0.
    pub number: u32,
    /// Id, six characters.
    pub lot_id: String,
    /// Index of its customer in [`crate::Fab::customers`].
    pub customer: usize,
    /// Index of its product in [`crate::Fab::products`].
    pub product: usize,
    /// Its wafers, by slot.
    pub wafers: Vec<Wafer>,
    /// Its inspections within the fab's twelve months, by time.
    pub inspections: Vec<Inspection>,
}

impl Lot {
    /// Defects in all inspections.
    #[must_use]
    pub fn defects(&self) -> usize {
        let counts = self.inspections.iter();
        counts.map(|inspection| inspection.defects.len()).sum()
    }
}

/// An inspection of a wafer after a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Index of the wafer in its lot.
    pub wafer: usize,
    /// Index of the tool in [`crate::Fab::equipment`].
    pub equipment: usize,
    /// Index of the step in [`crate::Fab::steps`].
    pub step: usize,
    /// Index of the product in [`crate::Fab::products`], which has the geometry.
    pub product: usize,
    /// Recipe of the inspection.
    pub recipe: &'static str,
    /// Recipe of the process before it.
    pub process_recipe: &'static str,
    /// Who ran it.
    pub operator: String,
    /// Who was in the fab.
    pub shift: Shift,
    /// Tool of the process before it.
    pub process_tool: &'static str,
    /// Chamber of that tool.
    pub chamber: &'static str,
    /// Reticle of the wafer's gate layer; `None` before that was printed.
    pub reticle: Option<&'static str>,
    /// Slot, 1 to 25.
    pub slot: u8,
    /// Moment of the result.
    pub inspected_at: DateTime<Utc>,
    /// Whether it repeats an earlier one of this wafer at this step.
    pub is_repetition: bool,
    /// Inspected area in cm2.
    pub area_cm2: f64,
    /// Defects, numbered from 1, by rows of dies from the top.
    pub defects: Vec<Defect>,
    /// Indices in [`crate::Fab::excursions`] of the excursions that touched it.
    pub excursions: Vec<usize>,
}

/// A defect as a tool reports it, and the truth about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Defect {
    /// Number, from 1.
    pub defect_no: i32,
    /// Position in mm from the wafer centre, notch down, to the nm.
    pub x_mm: f64,
    /// Position in mm from the wafer centre, y up, to the nm.
    pub y_mm: f64,
    /// Column of the die.
    pub die_x: i32,
    /// Row of the die.
    pub die_y: i32,
    /// Size, outline and area.
    #[serde(flatten)]
    pub extent: Extent,
    /// What it is.
    pub kind: Kind,
    /// Class number, [`Kind::class_no`].
    pub class_no: i32,
    /// Cluster, from 1; 0 for none.
    pub cluster_no: i32,
    /// Confidence of the classification, 0 to 1.
    pub confidence: f64,
    /// How far its review has come.
    pub review: Review,
    /// Image and spectrum, where it has one.
    pub evidence: Option<Evidence>,
    /// The truth about it.
    pub truth: DefectTruth,
}

/// How far the review of a defect has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// The tool reported it.
    Detected,
    /// Somebody looked at it.
    Analyzed,
    /// A review SEM took its image.
    Reviewed,
}

/// Image and spectrum of a defect, as seeds: they are drawn when they are wanted, by [`crate::Fab::sem_subject`] and
/// [`crate::Fab::spectrum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Seed of its SEM image.
    pub image_seed: u64,
    /// Seed of its spectrum, where it has one.
    pub spectrum_seed: Option<u64>,
    /// Id of the review SEM.
    pub equipment_id: &'static str,
    /// When the image was taken.
    pub taken_at: DateTime<Utc>,
}

/// What no tool knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DefectTruth {
    /// Which defect of the wafer it is: the same number in each inspection that shows it.
    pub origin: u32,
    /// Index of the step that made it.
    pub first_step: usize,
    /// The pattern it belongs to.
    pub signature: Option<Signature>,
    /// Index of the excursion that made it.
    pub excursion: Option<usize>,
}
