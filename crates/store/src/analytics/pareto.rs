//! Which types, steps, tools, products or lots have the defects.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Filter, Result, sql::Sql};

use super::Kpis;

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
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
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

/// The Pareto of a filter, all rows. Served by the key of `inspection_type_count`.
///
/// # Errors
/// When the database fails.
pub async fn pareto(db: &impl ConnectionTrait, filter: &Filter, by: ParetoBy) -> Result<Pareto> {
    let total = super::kpis(db, filter).await?;
    let mut rows: Vec<ParetoRow> = match by {
        ParetoBy::Type => by_type(filter).all(db).await?,
        ParetoBy::Step => by_fact(filter, "i.step_id", "key").all(db).await?,
        ParetoBy::Product => by_fact(filter, "i.device_id", "key").all(db).await?,
        ParetoBy::Lot => by_fact(filter, "i.lot_id", "key").all(db).await?,
        ParetoBy::Element => by_element(filter).all(db).await?,
        ParetoBy::Equipment => {
            let name = "coalesce((select e.name from equipment e where e.equipment_id = key), key)";
            by_fact(filter, "coalesce(i.equipment_id, '')", name)
                .all(db)
                .await?
        }
    };
    if matches!(by, ParetoBy::Type | ParetoBy::Element) {
        let area = (total.area_cm2 > 0.0).then_some(total.area_cm2);
        rows.iter_mut().for_each(|row| row.area_cm2 = area);
    }
    Ok(Pareto { rows, total })
}

/// Counts first by type and wafer, then by type: hashing twice beats sorting for count(distinct).
fn by_type(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "with per_wafer as (
            select c.defect_type_id, i.wafer_id, sum(c.defect_count) as defects, count(*) as inspections,
                coalesce(sum(c.defect_count) filter (where i.area_cm2 is not null), 0) as defects_in_area
            from inspection i join ",
    );
    filter.push_type_counts(&mut sql);
    sql.push(" c on c.inspection_id = i.inspection_id");
    filter.push(&mut sql);
    filter.push_types(&mut sql, "c.defect_type_id");
    sql.push(
        " group by 1, 2), per_type as (
            select defect_type_id, sum(defects)::bigint as defects, sum(inspections)::bigint as inspections,
                count(*) as wafers, sum(defects_in_area)::bigint as defects_in_area
            from per_wafer group by 1)
         select t.defect_type_id::text as key, t.name as label, t.colour, t.severity, t.killer, n.defects,
            case when t.killer then n.defects else 0 end as killers, n.defects * t.severity as severity_sum, n.wafers,
            n.inspections, n.defects_in_area, null::float8 as area_cm2
         from per_type n join defect_type t using (defect_type_id) order by n.defects desc, t.defect_type_id",
    );
    sql
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

fn by_fact(filter: &Filter, key: &str, label: &str) -> Sql {
    let mut sql = Sql::new(&format!(
        "with one as materialized (
            select {key} as key, i.inspection_id, i.wafer_id, i.area_cm2 from inspection i"
    ));
    filter.push(&mut sql);
    sql.push(
        "), counted as (
            select one.inspection_id, sum(c.defect_count) as defects, sum(c.defect_count * t.severity) as severity_sum,
                coalesce(sum(c.defect_count) filter (where t.killer), 0) as killers
            from one join ",
    );
    filter.push_type_counts(&mut sql);
    sql.push(
        " c on c.inspection_id = one.inspection_id
            join defect_type t on t.defect_type_id = c.defect_type_id where true",
    );
    filter.push_types(&mut sql, "c.defect_type_id");
    sql.push(
        " group by 1), per_wafer as (
            select key, wafer_id, sum(area_cm2) as area_cm2, coalesce(sum(defects), 0) as defects,
                coalesce(sum(severity_sum), 0) as severity_sum, coalesce(sum(killers), 0) as killers, count(defects) as inspections,
                coalesce(sum(defects) filter (where area_cm2 is not null), 0) as defects_in_area
            from one left join counted using (inspection_id) group by 1, 2)
         select key, ",
    )
    .push(label)
    .push(
        " as label, null::text as colour, null::smallint as severity, false as killer, sum(defects)::bigint as defects,
            sum(killers)::bigint as killers, sum(severity_sum)::bigint as severity_sum,
            count(*) filter (where inspections > 0) as wafers, sum(inspections)::bigint as inspections,
            sum(defects_in_area)::bigint as defects_in_area, sum(area_cm2) as area_cm2
         from per_wafer group by key having sum(defects) > 0 order by defects desc, key",
    );
    sql
}
