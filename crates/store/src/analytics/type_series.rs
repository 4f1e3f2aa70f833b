//! Defects of each type over time.

use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::{Bucket, Point};
use crate::{Filter, Result, sql::Sql};

/// The types of a series, those with most defects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeSeries {
    /// Most defects first.
    pub types: Vec<TypeCounts>,
    /// Types with a defect that are not among them.
    pub left_out: i64,
}

/// One type, counted at each point of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeCounts {
    /// Type.
    pub defect_type_id: i32,
    /// Its name.
    pub name: String,
    /// Its colour, where one was chosen.
    pub colour: Option<String>,
    /// Defects at all points.
    pub total: i64,
    /// Defects at each point, oldest first.
    pub defects: Vec<i64>,
    /// Those of them that lie on inspections whose area is known.
    pub defects_in_area: Vec<i64>,
}

/// The `most` types with most defects at `points`, which [`super::points`] (no bucket) or [`super::buckets`] returned for
/// the same filter, whatever types that counts, and the same limit. Call both within [`super::one_moment`], so that the
/// places of points agree. Served by the key of `inspection_type_count`.
///
/// # Errors
/// When the database fails.
pub async fn type_series(
    db: &impl ConnectionTrait,
    filter: &Filter,
    bucket: Option<Bucket>,
    limit: u32,
    points: &[Point],
    most: u32,
) -> Result<TypeSeries> {
    let mut sql = Sql::new("with ");
    let in_area = match bucket {
        None => {
            push_inspections(&mut sql, filter, points);
            // The point says whether its area is known.
            "'{}'::bigint[]"
        }
        Some(bucket) => {
            push_buckets(&mut sql, filter, bucket, limit);
            "array_agg(defects_in_area)"
        }
    };
    // A row a type: decoding a row a type and point costs several times as much.
    sql.push(&format!(
        " select n.*, t.name, t.colour from (
            select defect_type_id, sum(defects)::bigint as total, array_agg(place) as places, array_agg(defects) as defects,
                {in_area} as defects_in_area, count(*) over () as types
            from counted group by defect_type_id order by total desc, defect_type_id limit "
    ))
    .bind(i64::from(most))
    .push(") n join defect_type t using (defect_type_id) order by n.total desc, n.defect_type_id");
    let rows: Vec<Row> = sql.all(db).await?;
    let all = rows.first().map_or(0, |row| row.types);
    Ok(TypeSeries {
        left_out: all - i64::try_from(rows.len()).unwrap_or(all),
        types: rows.into_iter().map(|row| row.at(points)).collect(),
    })
}

/// Defects by type and place, where each point is an inspection: no need to look for those again.
fn push_inspections(sql: &mut Sql, filter: &Filter, points: &[Point]) {
    let inspections: Vec<Uuid> = points
        .iter()
        .filter_map(|point| point.inspection_id)
        .collect();
    sql.push("counted as (select c.defect_type_id, (placed.place - 1)::int as place, c.defect_count::bigint as defects from unnest(")
        .bind(inspections)
        .push(") with ordinality placed(inspection_id, place) join ");
    push_counts(sql, filter);
    sql.push(")");
}

/// Defects by type and place, where points gather inspections.
fn push_buckets(sql: &mut Sql, filter: &Filter, bucket: Bucket, limit: u32) {
    let columns = bucket.columns();
    let (key, at, lot, wafer) = (columns.key, columns.at, columns.lot, columns.wafer);
    sql.push("one as materialized (select i.inspection_id, i.inspected_at, i.lot_id, i.wafer_id, i.area_cm2 is not null as has_area from inspection i");
    filter.push(sql);
    sql.push(&format!(
        "), newest as (
            select {key} as key, {at} as at, {lot} as lot, {wafer} as wafer
            from one group by {key} order by at desc, lot desc, wafer desc limit "
    ))
    .bind(i64::from(limit))
    .push(&format!(
        "), point as (select key, (row_number() over (order by at, lot, wafer) - 1)::int as place from newest),
         placed as (select inspection_id, has_area, place from one join point on key = {key}),
         counted as (
            select c.defect_type_id, place, sum(c.defect_count)::bigint as defects,
                coalesce(sum(c.defect_count) filter (where has_area), 0)::bigint as defects_in_area
            from placed join "
    ));
    push_counts(sql, filter);
    sql.push(" group by 1, 2)");
}

fn push_counts(sql: &mut Sql, filter: &Filter) {
    filter.push_type_counts(sql);
    sql.push(" c on c.inspection_id = placed.inspection_id where true");
    filter.push_types(sql, "c.defect_type_id");
}

#[derive(FromQueryResult)]
struct Row {
    defect_type_id: i32,
    name: String,
    colour: Option<String>,
    total: i64,
    places: Vec<i32>,
    defects: Vec<i64>,
    defects_in_area: Vec<i64>,
    types: i64,
}

impl Row {
    fn at(self, points: &[Point]) -> TypeCounts {
        let places = self.places;
        let spread = |counts: Vec<i64>| {
            let mut of_points = vec![0; points.len()];
            for (place, count) in places.iter().zip(counts) {
                let place = usize::try_from(*place).ok();
                if let Some(of_point) = place.and_then(|place| of_points.get_mut(place)) {
                    *of_point = count;
                }
            }
            of_points
        };
        let defects = spread(self.defects);
        let defects_in_area = match self.defects_in_area.is_empty() {
            false => spread(self.defects_in_area),
            true => {
                let pairs = points.iter().zip(&defects);
                let known = |(point, &count): (&Point, &i64)| point.area_cm2.map_or(0, |_| count);
                pairs.map(known).collect()
            }
        };
        TypeCounts {
            defect_type_id: self.defect_type_id,
            name: self.name,
            colour: self.colour,
            total: self.total,
            defects,
            defects_in_area,
        }
    }
}
