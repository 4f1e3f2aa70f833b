//! Where on their wafers defects lie.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// Positions of the defects of one inspection.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Positions {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Diameter of its wafer, where it is known.
    pub diameter_mm: Option<f64>,
    /// Positions from the wafer centre in mm, notch down; defects without one are left out.
    pub x_mm: Vec<f64>,
    /// Positions from the wafer centre in mm, y up.
    pub y_mm: Vec<f64>,
}

/// Positions of the defects that a filter counts in some inspections, in the order of their ids; inspections without a
/// defect are among them. Served by the keys of `inspection` and `defect`.
///
/// # Errors
/// When the database fails.
pub async fn positions(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
) -> Result<Vec<Positions>> {
    let mut sql = Sql::new(
        "with counted as (
            select d.inspection_id, array_agg(d.x_mm) as x_mm, array_agg(d.y_mm) as y_mm
            from ",
    );
    filter.push_defects_of(&mut sql, inspections);
    sql.push(" d where d.x_mm is not null and d.y_mm is not null");
    filter.push_defects(&mut sql);
    sql.push(
        " group by 1)
         select i.inspection_id, coalesce(i.diameter_mm, w.diameter_mm) as diameter_mm,
            coalesce(c.x_mm, '{}') as x_mm, coalesce(c.y_mm, '{}') as y_mm
         from inspection i join wafer w using (wafer_id) left join counted c using (inspection_id)
         where i.inspection_id = any(",
    );
    sql.bind(inspections.to_vec())
        .push(") order by i.inspection_id");
    sql.all(db).await
}
