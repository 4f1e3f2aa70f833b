//! Counts of single inspections in two periods.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::ParetoBy;
use crate::{Filter, Result, sql::Sql};

/// The periods that are compared; ends are exclusive, an absent end of the later one is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    /// The earlier period, or what counts as normal.
    pub baseline: (DateTime<Utc>, DateTime<Utc>),
    /// The period in question.
    pub period: (DateTime<Utc>, Option<DateTime<Utc>>),
}

/// An inspection of one of the two periods.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct ComparedInspection {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Whether it lies in the period in question.
    pub is_after: bool,
    /// Inspected area.
    pub area_cm2: Option<f64>,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// Step, tool, product or lot, as asked for; `""` where none was delivered, and where types are compared.
    pub key: String,
    /// What to write at it: the tool's name, otherwise the key.
    pub label: String,
}

/// The inspections of both periods that have a type, and how many defects of it each.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct ComparedType {
    /// The type's id.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Its colour.
    pub colour: Option<String>,
    /// The inspections.
    pub inspections: Vec<Uuid>,
    /// Defects, one for each inspection.
    pub counts: Vec<i32>,
}

/// The inspections of both periods, whatever the filter's own window, by time. Served by `inspection_inspected_at_idx`.
///
/// # Errors
/// When the database fails.
pub async fn compared_inspections(
    db: &impl ConnectionTrait,
    filter: &Filter,
    periods: &Periods,
    by: ParetoBy,
) -> Result<Vec<ComparedInspection>> {
    let key = match by {
        ParetoBy::Type | ParetoBy::Element => "''",
        ParetoBy::Step => "i.step_id",
        ParetoBy::Equipment => "coalesce(i.equipment_id, '')",
        ParetoBy::Product => "i.device_id",
        ParetoBy::Lot => "i.lot_id",
    };
    let mut sql = Sql::new("select i.inspection_id, ");
    push_within(&mut sql, periods.period.0, periods.period.1);
    sql.push(" as is_after, i.area_cm2, ");
    filter.push_count(&mut sql);
    let label = match by {
        ParetoBy::Equipment => {
            "coalesce((select e.name from equipment e where e.equipment_id = i.equipment_id), i.equipment_id, '')"
        }
        _ => key,
    };
    sql.push(&format!(" as defects, {key} as key, {label} as label"));
    push_inspections(&mut sql, filter, periods);
    sql.push(" order by i.inspected_at, i.inspection_id");
    sql.all(db).await
}

/// Counts of every type that has a defect in one of the periods, from the rollup in one pass.
///
/// # Errors
/// When the database fails.
pub async fn compared_types(
    db: &impl ConnectionTrait,
    filter: &Filter,
    periods: &Periods,
) -> Result<Vec<ComparedType>> {
    let mut sql = Sql::new("with one as materialized (select i.inspection_id");
    push_inspections(&mut sql, filter, periods);
    sql.push(
        "), counted as (
            select c.defect_type_id, array_agg(c.inspection_id) as inspections, array_agg(c.defect_count::int) as counts
            from one join ",
    );
    filter.push_type_counts(&mut sql);
    sql.push(" c using (inspection_id) where true");
    filter.push_types(&mut sql, "c.defect_type_id");
    sql.push(
        " group by 1)
         select t.defect_type_id::text as key, t.name as label, t.colour, n.inspections, n.counts
         from counted n join defect_type t using (defect_type_id) order by t.defect_type_id",
    );
    sql.all(db).await
}

fn push_inspections(sql: &mut Sql, filter: &Filter, periods: &Periods) {
    let anytime = Filter {
        from: None,
        to: None,
        ..filter.clone()
    };
    sql.push(" from inspection i");
    anytime.push(sql);
    sql.push(" and (");
    push_within(sql, periods.baseline.0, Some(periods.baseline.1));
    sql.push(" or ");
    push_within(sql, periods.period.0, periods.period.1);
    sql.push(")");
}

fn push_within(sql: &mut Sql, from: DateTime<Utc>, to: Option<DateTime<Utc>>) {
    sql.push("(i.inspected_at >= ").bind(from);
    sql.and("i.inspected_at <", to);
    sql.push(")");
}
