//! What every list of inspections and every analysis can be narrowed by.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

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
    /// Only defects whose spectra speak for one of these elements are counted; inspections without any stay.
    pub elements: Vec<String>,
    /// Only defects of killer types are counted; inspections without any stay.
    pub killers: bool,
    /// Only adders are counted: defects that no earlier inspection of the wafer saw. Inspections whose adders are not
    /// computed yet are left out; those without any stay.
    pub adders: bool,
    /// Attributes of the inspection, names and values of `parameters`: values of one name are alternatives, different
    /// names must all hold.
    pub attributes: Vec<(String, String)>,
    /// Also the inspections that a later one of the same wafer at the same step has replaced.
    pub superseded: bool,
}

/// True of an inspection `i` that no later one of the same wafer at the same step has replaced, wherever that one lies.
/// Served by `inspection_wafer_step_idx`. The view `current_inspection` says the same.
pub(crate) const CURRENT: &str = "not exists (select from inspection later where later.wafer_id = i.wafer_id \
     and later.step_id = i.step_id and (later.inspected_at, later.inspection_id) > (i.inspected_at, i.inspection_id))";

/// True of an inspection `i` whose adders are known: they were computed, and nothing has changed on its wafer since.
const ADDERS_KNOWN: &str = "exists (select from inspection_adder a where a.inspection_id = i.inspection_id) \
     and not exists (select from adder_queue q where q.wafer_id = i.wafer_id)";

/// A table of the adders of all inspections, to be followed by its alias, with the columns of `defect`. Numbers of adders are
/// joined: a condition on the whole array would look through it for each defect.
const ADDERS: &str = "(select d.* from inspection_adder a join defect d using (inspection_id) where a.adder_nos is null
        union all select d.* from (select inspection_id, unnest(adder_nos) as defect_no from inspection_adder) a
            join defect d using (inspection_id, defect_no))";

/// Appends a table of the defects of some inspections, to be followed by its alias, with the columns of `defect`: all of them,
/// or their adders; none for inspections whose adders are not known. `of` appends the rest of a condition on the inspection's
/// id. Served by the keys: unlike a condition on [`Filter::defects`], it reads no other inspection's adders.
pub(crate) fn push_defects_of(sql: &mut Sql, adders: bool, of: impl FnOnce(&mut Sql)) {
    sql.push(match adders {
        false => "(select * from defect where inspection_id ",
        true => "(select d.* from inspection_adder a cross join lateral (
                select * from defect d where a.adder_nos is null and d.inspection_id = a.inspection_id
                union all select d.* from unnest(a.adder_nos) n join defect d on d.inspection_id = a.inspection_id and d.defect_no = n) d
            where not exists (select from inspection i join adder_queue using (wafer_id) where i.inspection_id = a.inspection_id)
                and a.inspection_id ",
    });
    of(sql);
    sql.push(")");
}

/// True of an element `e` for which the evidence is heavy enough to say that the defect contains it.
pub(crate) const CONTAINS: &str = "e.weight >= 0.5";

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
        let names: BTreeSet<&str> = self
            .attributes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        for name in names {
            let of_name = self.attributes.iter().filter(|(of, _)| of == name);
            let values: Vec<String> = of_name.map(|(_, value)| value.clone()).collect();
            sql.push(" and i.parameters ->> ").bind(name);
            sql.push(" = any(").bind(values).push(")");
        }
        if !self.superseded {
            sql.push(" and ").push(CURRENT);
        }
        if self.adders {
            sql.push(" and ").push(ADDERS_KNOWN);
        }
    }

    /// Appends the expression for the defects of inspection `i` that count.
    pub(crate) fn push_count(&self, sql: &mut Sql) {
        if !self.elements.is_empty() {
            sql.push("(select count(*) from (select distinct e.defect_no from defect_element e where e.inspection_id = i.inspection_id");
            self.push_elements(sql);
            self.push_adder(sql, "e");
            sql.push(") e");
            if self.narrows_types() {
                sql.push(" join defect d on d.inspection_id = i.inspection_id and d.defect_no = e.defect_no");
                self.push_types(sql, "d.defect_type_id");
            }
            sql.push(")");
            return;
        }
        if !self.narrows_types() {
            sql.push(match self.adders {
                true => "coalesce((select a.added from inspection_adder a where a.inspection_id = i.inspection_id), 0)::bigint",
                false => "i.defect_count::bigint",
            });
            return;
        }
        sql.push("coalesce((select sum(c.defect_count) from ")
            .push(self.rollup())
            .push(" c where c.inspection_id = i.inspection_id");
        self.push_types(sql, "c.defect_type_id");
        sql.push("), 0)");
    }

    /// Appends a table of the defects of some inspections that can count, to be followed by its alias. Beside it goes
    /// [`Filter::push_defects`].
    pub(crate) fn push_defects_of(&self, sql: &mut Sql, inspections: &[Uuid]) {
        push_defects_of(sql, self.adders, |sql| {
            sql.push("= any(").bind(inspections.to_vec()).push(")");
        });
    }

    /// Appends the conditions that a defect under the alias `d` counts.
    pub(crate) fn push_defects(&self, sql: &mut Sql) {
        self.push_types(sql, "d.defect_type_id");
        if !self.elements.is_empty() {
            sql.push(" and exists (select from defect_element e where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no and ")
                .push(CONTAINS)
                .and_any("e.element", &self.elements)
                .push(")");
        }
    }

    /// Whether defects of some types do not count.
    pub(crate) fn narrows_types(&self) -> bool {
        self.killers || !self.defect_types.is_empty()
    }

    /// Appends the conditions that the type in `column` counts.
    pub(crate) fn push_types(&self, sql: &mut Sql, column: &str) {
        sql.and_any(column, &self.defect_types);
        if self.killers {
            sql.push(" and ").push(column);
            sql.push(" = any(array(select k.defect_type_id from defect_type k where k.killer))");
        }
    }

    /// Appends a table of defects by inspection and type: the rollup, or, where only defects with certain elements
    /// count, those themselves, found by `defect_element_element_idx`.
    pub(crate) fn push_type_counts(&self, sql: &mut Sql) {
        if self.elements.is_empty() {
            sql.push(self.rollup());
            return;
        }
        sql.push(
            "(select d.inspection_id, d.defect_type_id, count(*) as defect_count from
                (select distinct e.inspection_id, e.defect_no from defect_element e where true",
        );
        self.push_elements(sql);
        self.push_adder(sql, "e");
        sql.push(") e join defect d using (inspection_id, defect_no) group by 1, 2)");
    }

    /// The counts by inspection and type.
    fn rollup(&self) -> &'static str {
        match self.adders {
            true => "inspection_adder_type_count",
            false => "inspection_type_count",
        }
    }

    /// The packed counts by type of inspection `i`, where `a` is its row of `inspection_adder`.
    pub(crate) fn packed(&self) -> &'static str {
        match self.adders {
            true => "coalesce(a.type_counts, i.type_counts)",
            false => "i.type_counts",
        }
    }

    /// The table of the defects that can count, to be followed by its alias: for lists over inspections that are found by the
    /// rest of the filter, or for one inspection. For several that are known see [`push_defects_of`].
    pub(crate) fn defects(&self) -> &'static str {
        match self.adders {
            true => ADDERS,
            false => "defect",
        }
    }

    /// Appends the condition that the defect of the row `alias` can count. For few rows: see [`Filter::defects`].
    pub(crate) fn push_adder(&self, sql: &mut Sql, alias: &str) {
        if self.adders {
            sql.push(&format!(
                " and exists (select from inspection_adder a where a.inspection_id = {alias}.inspection_id \
                 and (a.adder_nos is null or {alias}.defect_no = any(a.adder_nos)))"
            ));
        }
    }

    /// Appends the condition that row `e` of `defect_element` is of one of the elements.
    pub(crate) fn push_elements(&self, sql: &mut Sql) {
        sql.push(" and ")
            .push(CONTAINS)
            .and_any("e.element", &self.elements);
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
