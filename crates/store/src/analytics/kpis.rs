//! Key figures.

use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Filter, Result, sql::Sql};

/// Key figures of the inspections in a filter.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct Kpis {
    /// Inspections.
    pub inspections: i64,
    /// Wafers.
    pub wafers: i64,
    /// Lots.
    pub lots: i64,
    /// Tools.
    pub equipment: i64,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// Inspected area in cm2, over the inspections where it is known.
    pub area_cm2: f64,
    /// Defects of the inspections whose area is known: what a density divides by `area_cm2`.
    pub defects_in_area: i64,
}

/// Key figures; all 0 where the filter holds no inspection. Those of the window before: [`Filter::previous`].
///
/// # Errors
/// When the database fails.
pub async fn kpis(db: &impl ConnectionTrait, filter: &Filter) -> Result<Kpis> {
    let mut sql = Sql::new(
        "with one as materialized (select i.wafer_id, i.lot_id, i.equipment_id, i.area_cm2, ",
    );
    filter.push_count(&mut sql);
    sql.push(" as defects from inspection i");
    filter.push(&mut sql);
    // Distinct values by hashing: count(distinct) would sort the rows three times.
    sql.push(
        ") select count(*) as inspections, (select count(*) from (select from one group by wafer_id) w) as wafers,
            (select count(*) from (select from one where lot_id <> '' group by lot_id) l) as lots,
            (select count(*) from (select from one where equipment_id is not null group by equipment_id) e) as equipment,
            coalesce(sum(defects), 0)::bigint as defects, coalesce(sum(area_cm2), 0)::float8 as area_cm2,
            coalesce(sum(defects) filter (where area_cm2 is not null), 0)::bigint as defects_in_area
         from one",
    );
    Ok(sql.one(db).await?.unwrap_or_default())
}
