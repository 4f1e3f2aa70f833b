//! Which types, steps, tools, products or lots have the defects.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::Kpis;
use super::tally::{Fact, Kind, Tallied, Tally, counted, kinds, tally, tool_names};
use crate::{Filter, Result, sql::Sql};

/// What a Pareto counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum ParetoBy {
    Type,
    Step,
    Equipment,
    Product,
    Lot,
    /// Defects of one element; one with several counts in each.
    Element,
}

/// One bar, with every value that it can be ranked by.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct ParetoRow {
    /// Key to filter by: the type's id, or step, tool, product, lot; `""` where none was delivered.
    pub key: String,
    /// The type's or tool's name, otherwise the key.
    pub label: String,
    /// Colour of the type.
    pub colour: Option<String>,
    /// Severity of the type.
    pub severity: Option<i16>,
    /// The type kills the die it lies on.
    pub killer: bool,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// Defects of killer types.
    pub killers: i64,
    /// Defects times the severity of their types.
    pub severity_sum: i64,
    /// Wafers with at least one.
    pub wafers: i64,
    /// Inspections with at least one.
    pub inspections: i64,
    /// Defects of inspections whose area is known.
    pub defects_in_area: i64,
    /// The area that a density divides by: for a type that of all inspections in the filter, otherwise that of the
    /// row's own inspections, those without a defect included. `None` where no area is known.
    pub area_cm2: Option<f64>,
}

/// A Pareto.
#[derive(Clone, Debug, PartialEq)]
pub struct Pareto {
    /// Rows with at least one defect, most defects first.
    pub rows: Vec<ParetoRow>,
    /// Figures of all inspections in the filter.
    pub total: Kpis,
}

/// The Pareto of a filter, all rows. Served by `inspection.type_counts`.
///
/// # Errors
/// When the database fails.
pub async fn pareto(db: &impl ConnectionTrait, filter: &Filter, by: ParetoBy) -> Result<Pareto> {
    let fact = match by {
        ParetoBy::Type | ParetoBy::Element => None,
        ParetoBy::Step => Some(Fact::Step),
        ParetoBy::Product => Some(Fact::Product),
        ParetoBy::Lot => Some(Fact::Lot),
        ParetoBy::Equipment => Some(Fact::Equipment),
    };
    let counts = counted(db, filter).await?;
    let kinds = kinds(db).await?;
    let tally = tally(db, filter, fact.as_slice()).await?;
    let total = tally.kpis(&counts);
    let area = (total.area_cm2 > 0.0).then_some(total.area_cm2);
    let mut rows = match (by, fact) {
        (_, Some(fact)) => by_fact(&tally, fact, &kinds, counts),
        (ParetoBy::Element, _) => {
            let mut rows: Vec<ParetoRow> = by_element(filter).all(db).await?;
            rows.iter_mut().for_each(|row| row.area_cm2 = area);
            rows
        }
        _ => by_type(&tally, &kinds, counts, area),
    };
    if fact == Some(Fact::Equipment) {
        name_tools(db, &mut rows).await?;
    }
    Ok(Pareto { rows, total })
}

/// A row as it is added up, wafer by wafer.
#[derive(Debug, Default)]
struct Sum {
    row: ParetoRow,
    /// The wafer that was counted last.
    wafer: Option<usize>,
}

impl Sum {
    /// Counts an inspection of a wafer, if it has a defect of these.
    fn count(&mut self, wafer: usize, inspection: &Tallied<'_>, defects: i64) {
        if defects == 0 {
            return;
        }
        self.row.defects += defects;
        self.row.inspections += 1;
        if inspection.area_cm2.is_some() {
            self.row.defects_in_area += defects;
        }
        if self.wafer.replace(wafer) != Some(wafer) {
            self.row.wafers += 1;
        }
    }
}

fn by_type(
    tally: &Tally,
    kinds: &[Kind],
    counts: impl Fn(i32) -> bool,
    area_cm2: Option<f64>,
) -> Vec<ParetoRow> {
    let mut sums: HashMap<i32, Sum> = HashMap::new();
    for (wafer, inspection) in tally.by_wafer() {
        for (kind, defects) in inspection.counts().filter(|(kind, _)| counts(*kind)) {
            let sum = sums.entry(kind).or_default();
            sum.count(wafer, &inspection, defects);
        }
    }
    // In the order of the types, which those with equally many defects keep.
    let rows = kinds.iter().filter_map(|kind| {
        let row = sums.remove(&kind.id)?.row;
        Some(ParetoRow {
            key: kind.id.to_string(),
            label: kind.name.clone(),
            colour: kind.colour.clone(),
            severity: Some(kind.severity),
            killer: kind.killer,
            killers: if kind.killer { row.defects } else { 0 },
            severity_sum: row.defects * i64::from(kind.severity),
            area_cm2,
            ..row
        })
    });
    most_first(rows.collect())
}

fn by_fact(
    tally: &Tally,
    fact: Fact,
    kinds: &[Kind],
    counts: impl Fn(i32) -> bool,
) -> Vec<ParetoRow> {
    let kinds: HashMap<i32, &Kind> = kinds.iter().map(|kind| (kind.id, kind)).collect();
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    let rows = tally.by_wafer();
    for (wafer, inspection) in &rows {
        let sum = sums.entry(inspection.fact(fact)).or_default();
        if let Some(area_cm2) = inspection.area_cm2 {
            *sum.row.area_cm2.get_or_insert_default() += area_cm2;
        }
        let mut all = 0;
        for (kind, defects) in inspection.counts().filter(|(kind, _)| counts(*kind)) {
            all += defects;
            if let Some(kind) = kinds.get(&kind) {
                sum.row.severity_sum += defects * i64::from(kind.severity);
                sum.row.killers += if kind.killer { defects } else { 0 };
            }
        }
        sum.count(*wafer, inspection, all);
    }
    let rows = sums.into_iter().map(|(key, sum)| ParetoRow {
        key: key.to_owned(),
        label: key.to_owned(),
        ..sum.row
    });
    most_first(rows.filter(|row| row.defects > 0).collect())
}

fn most_first(mut rows: Vec<ParetoRow>) -> Vec<ParetoRow> {
    rows.sort_by_key(|row| Reverse(row.defects));
    rows
}

/// Gives the rows of tools their names, where the tool has one.
async fn name_tools(db: &impl ConnectionTrait, rows: &mut [ParetoRow]) -> Result<()> {
    let mut names = tool_names(db).await?;
    for row in rows {
        if let Some(name) = names.remove(&row.key) {
            row.label = name;
        }
    }
    Ok(())
}

fn by_element(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "with one as (
            select distinct e.element as key, i.inspection_id, i.wafer_id, i.area_cm2, d.defect_no, t.severity, t.killer
            from inspection i join defect_element e on e.inspection_id = i.inspection_id
            join defect d on d.inspection_id = e.inspection_id and d.defect_no = e.defect_no
            join defect_type t on t.defect_type_id = d.defect_type_id",
    );
    filter.push(&mut sql);
    filter.push_elements(&mut sql);
    filter.push_adder(&mut sql, "e");
    filter.push_types(&mut sql, "d.defect_type_id");
    sql.push(
        ")
         select key, key as label, null::text as colour, null::smallint as severity, false as killer, count(*) as defects,
            count(*) filter (where killer) as killers, sum(severity)::bigint as severity_sum,
            count(distinct wafer_id) as wafers, count(distinct inspection_id) as inspections,
            count(*) filter (where area_cm2 is not null) as defects_in_area, null::float8 as area_cm2
         from one group by key order by defects desc, key",
    );
    sql
}
