//! Defects by zone of the wafer.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// Where zones begin and end.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    /// Radii between rings, mm, ascending: one less than there are rings. The outermost has no end.
    pub between_rings_mm: Vec<f64>,
    /// Sectors of equal sweep, counter-clockwise from +x, at least 1.
    pub sectors: u32,
    /// A zone of its own: inner radius, outer radius, mm; where it begins and how far it goes round, degrees.
    pub custom: Option<[f64; 4]>,
}

/// Defects in one zone, of one inspection or of one type: each defect is counted in a row of either kind.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct ZoneCount {
    /// The inspection; `None` where a type is told.
    pub inspection_id: Option<Uuid>,
    /// Type; `None` where an inspection is told.
    pub defect_type_id: Option<i32>,
    /// Ring from the inside, from 0; `None` for defects without a position.
    pub ring: Option<i32>,
    /// Sector, from 0.
    pub sector: Option<i32>,
    /// Whether these lie in the custom zone.
    pub is_in_custom: bool,
    /// Defects.
    pub count: i64,
}

/// Counts the defects that a filter counts in some inspections by inspection and zone, and by type and zone, in any order; zones
/// without any are not listed. Served by the key of `defect`.
///
/// # Errors
/// When the database fails.
pub async fn zone_counts(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
    bounds: &Bounds,
) -> Result<Vec<ZoneCount>> {
    let sectors = i32::try_from(bounds.sectors).unwrap_or(i32::MAX);
    let mut sql = Sql::new(
        "with placed as (
            select d.inspection_id, d.defect_type_id, sqrt(d.x_mm * d.x_mm + d.y_mm * d.y_mm) as radius,
                case when atan2d(d.y_mm, d.x_mm) < 0 then atan2d(d.y_mm, d.x_mm) + 360 else atan2d(d.y_mm, d.x_mm) end as direction
            from ",
    );
    filter.push_defects_of(&mut sql, inspections);
    sql.push(" d where true");
    filter.push_defects(&mut sql);
    sql.push("), zoned as (select inspection_id, defect_type_id, ");
    match bounds.between_rings_mm.is_empty() {
        // No bounds would be an array without a type.
        true => sql.push("case when radius is not null then 0 end"),
        false => sql
            .push("width_bucket(radius, ")
            .bind(bounds.between_rings_mm.clone())
            .push(")"),
    };
    // A direction just below 0 is rounded up to 360, which is 0.
    sql.push(" as ring, floor(direction * ")
        .bind(f64::from(sectors))
        .push(" / 360)::int % ")
        .bind(sectors)
        .push(" as sector, coalesce(");
    match bounds.custom {
        None => {
            sql.push("false");
        }
        Some([inner, outer, from, sweep]) => {
            sql.push("radius >= ").bind(inner);
            sql.push(" and radius < ").bind(outer);
            sql.push(" and (").bind(sweep).push(" >= 360 or ");
            // Turned is direction - from, between 0 and 360.
            sql.push("direction - ").bind(from);
            sql.push(" + case when direction < ").bind(from);
            sql.push(" then 360 else 0 end < ").bind(sweep).push(")");
        }
    }
    // By inspection, type and zone at once there would be ten times as many rows to send.
    sql.push(
        ", false) as is_in_custom from placed)
         select inspection_id, defect_type_id, ring, sector, is_in_custom, count(*) as count from zoned
         group by grouping sets ((inspection_id, ring, sector, is_in_custom), (defect_type_id, ring, sector, is_in_custom))",
    );
    sql.all(db).await
}
