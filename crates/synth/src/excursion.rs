//! What goes wrong in this fab, on purpose.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Kind, Shift};

/// Something that went wrong, or was changed, at a known time and place: the truth that analyses are tested against.
///
/// An inspection is touched when all that is given here about tool, process, reticle, shift and step
/// applies to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Excursion {
    /// Id, for example `tool-after-maintenance`.
    pub id: &'static str,
    /// What happened, in words.
    pub story: String,
    /// What sort of thing it is.
    pub cause: Cause,
    /// Whether it begins from one wafer to the next.
    pub is_abrupt: bool,
    /// First moment.
    pub from: DateTime<Utc>,
    /// First moment after it; the end of the records where it lasts.
    pub to: DateTime<Utc>,
    /// Inspection tool to blame.
    pub equipment_id: Option<&'static str>,
    /// Process tool to blame.
    pub process_tool: Option<&'static str>,
    /// Its chamber.
    pub chamber: Option<&'static str>,
    /// Reticle to blame.
    pub reticle: Option<&'static str>,
    /// Shift to blame.
    pub shift: Option<Shift>,
    /// Process recipe that is new.
    pub process_recipe: Option<&'static str>,
    /// Step at which it happens; `None` for all steps.
    pub step_id: Option<&'static str>,
    /// Product that it befalls; `None` for all.
    pub product_id: Option<&'static str>,
    /// Defect type that it changes.
    #[serde(rename = "defect_type")]
    pub kind: Kind,
    /// Where on the wafer.
    pub zone: &'static str,
    /// How it is found.
    pub found_by: FoundBy,
    #[serde(skip)]
    pub(crate) effect: Effect,
}

/// What sort of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A tool was serviced badly.
    Maintenance,
    /// A chamber wears out.
    ChamberDrift,
    /// A reticle became dirty.
    Reticle,
    /// A season's weather, at one time of the day.
    Season,
    /// A recipe was changed.
    Recipe,
}

/// A control chart that shows it: one point an inspection, oldest first, re-inspected wafers by
/// their last one, limits from the points before the excursion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundBy {
    /// What is charted: `density`.
    pub metric: &'static str,
    /// Start of the chart.
    pub from: DateTime<Utc>,
    /// End of the chart.
    pub to: DateTime<Utc>,
    /// Only this step.
    pub step_id: &'static str,
    /// Only this product.
    pub product_id: Option<&'static str>,
    /// Only this tool.
    pub equipment_id: Option<&'static str>,
    /// Only this type.
    #[serde(rename = "defect_type")]
    pub kind: Kind,
    /// Rules that see it, as in the crate `analytics`: `we1` to `we4`, `n1` to `n8`.
    pub rules: &'static [&'static str],
    /// What tells the guilty from the others, for example `chamber`.
    pub group_by: &'static str,
}

/// What it does to wafers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Marks of the robot's fingers, so many defects a wafer.
    Handling { mean: f64 },
    /// The rate of its kind grows evenly, up to this factor.
    Drift { most: f64 },
    /// The reticle prints a defect in every field, as likely as not.
    Repeater,
    /// The rate of its kind is multiplied, by more than 1.
    Raise { factor: f64 },
    /// This share of its kind is left.
    Lower { kept: f64 },
}

/// When and where a wafer is processed and inspected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub at: DateTime<Utc>,
    /// Index of the step.
    pub step: usize,
    pub step_id: &'static str,
    pub product_id: &'static str,
    pub equipment_id: &'static str,
    pub process_tool: &'static str,
    pub chamber: &'static str,
    pub reticle: Option<&'static str>,
    pub shift: Shift,
}

impl Excursion {
    /// Whether a wafer that is there and then is touched.
    pub(crate) fn touches(&self, moment: &Moment) -> bool {
        let applies = |wanted: Option<&str>, is: &str| wanted.is_none_or(|wanted| wanted == is);
        (self.from..self.to).contains(&moment.at)
            && applies(self.step_id, moment.step_id)
            && applies(self.product_id, moment.product_id)
            && applies(self.equipment_id, moment.equipment_id)
            && applies(self.process_tool, moment.process_tool)
            && applies(self.chamber, moment.chamber)
            && applies(self.reticle, moment.reticle.unwrap_or_default())
            && self.shift.is_none_or(|shift| shift == moment.shift)
    }

    /// By what the rate of its kind is multiplied, at least 1.
    pub(crate) fn factor(&self, at: DateTime<Utc>) -> f64 {
        match self.effect {
            Effect::Raise { factor } => factor,
            Effect::Drift { most } => {
                let seconds = |span: chrono::Duration| span.num_seconds() as f64;
                1.0 + (most - 1.0) * seconds(at - self.from) / seconds(self.to - self.from)
            }
            Effect::Handling { .. } | Effect::Repeater | Effect::Lower { .. } => 1.0,
        }
    }

    /// What share of its kind is left.
    pub(crate) fn kept(&self) -> f64 {
        match self.effect {
            Effect::Lower { kept } => kept,
            _ => 1.0,
        }
    }
}
