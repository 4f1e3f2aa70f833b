//! What every list of inspections and every analysis can be narrowed by.

use chrono::{DateTime, Utc};

use crate::sql::Sql;

/// The filter bar. Empty lists and absent ends of the window do not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// First moment of the window, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// End of the window, exclusive.
    pub to: Option<DateTime<Utc>>,
    /// Steps.
    pub steps: Vec<String>,
    /// Products (device ids).
    pub products: Vec<String>,
    /// Equipment ids.
    pub equipment: Vec<String>,
    /// Lots.
    pub lots: Vec<String>,
    /// Wafers.
    pub wafers: Vec<String>,
    /// Only defects of these types are counted; inspections without any stay, with a count of 0.
    pub defect_types: Vec<i32>,
    /// Also the inspections that a later one of the same wafer at the same step has replaced.
    pub superseded: bool,
}

/// True of an inspection `i` that no later one of the same wafer at the same step has replaced, wherever that one lies.
/// Served by `inspection_wafer_step_idx`. The view `current_inspection` says the same.
pub(crate) const CURRENT: &str = "not exists (select from inspection later where later.wafer_id = i.wafer_id \
     and later.step_id = i.step_id and (later.inspected_at, later.inspection_id) > (i.inspected_at, i.inspection_id))";

impl Filter {
    /// Appends ` where ...` for inspections under the alias `i`.
    pub(crate) fn push(&self, sql: &mut Sql) {
        sql.push(" where true")
            .and("i.inspected_at >=", self.from)
            .and("i.inspected_at <", self.to)
            .and_any("i.step_id", &self.steps)
            .and_any("i.device_id", &self.products)
            .and_any("i.equipment_id", &self.equipment)
            .and_any("i.lot_id", &self.lots)
            .and_any("i.wafer_id", &self.wafers);
        if !self.superseded {
            sql.push(" and ").push(CURRENT);
        }
    }

    /// Appends the expression for the defects of inspection `i` that count.
    pub(crate) fn push_count(&self, sql: &mut Sql) {
        if self.defect_types.is_empty() {
            sql.push("i.defect_count::bigint");
            return;
        }
        sql.push("coalesce((select sum(c.defect_count) from inspection_type_count c where c.inspection_id = i.inspection_id")
            .and_any("c.defect_type_id", &self.defect_types)
            .push("), 0)");
    }

    /// The window of the same length just before this one; `None` where an end is open, or before all time.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        let (from, to) = (self.from?, self.to?);
        Some(Self {
            from: Some(from.checked_sub_signed(to - from)?),
            to: Some(from),
            ..self.clone()
        })
    }
}
