//! Defects of each type over time.

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::Bucket;
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

/// The `most` types with most defects at the points that [`super::points`] (no bucket) or [`super::buckets`] return for
/// the same filter and limit; `points` is how many those are. Call both within [`super::one_moment`], so that the places
/// of points agree. Served by the key of `inspection_type_count`.
///
/// # Errors
/// When the database fails.
pub async fn type_series(
    db: &impl ConnectionTrait,
    filter: &Filter,
    bucket: Option<Bucket>,
    limit: u32,
    points: usize,
    most: u32,
) -> Result<TypeSeries> {
    let mut sql = Sql::new("with ");
    push_placed(&mut sql, filter, bucket, limit);
    push_counted(&mut sql, filter, bucket.is_some());
    // A row a type: decoding a row a type and point costs several times as much.
    sql.push(
        " select n.*, t.name, t.colour from (
            select defect_type_id, sum(defects)::bigint as total, array_agg(place) as places, array_agg(defects) as defects,
                array_agg(defects_in_area) as defects_in_area, count(*) over () as types
            from counted group by defect_type_id order by total desc, defect_type_id limit ",
    )
    .bind(i64::from(most))
    .push(") n join defect_type t using (defect_type_id) order by n.total desc, n.defect_type_id");
    let rows: Vec<Row> = sql.all(db).await?;
    let all = rows.first().map_or(0, |row| row.types);
    Ok(TypeSeries {
        left_out: all - i64::try_from(rows.len()).unwrap_or(all),
        types: rows.into_iter().map(|row| row.at_points(points)).collect(),
    })
}

/// Inspections with the place of their point, the newest being 0.
fn push_placed(sql: &mut Sql, filter: &Filter, bucket: Option<Bucket>, limit: u32) {
    let limit = i64::from(limit);
    sql.push("one as materialized (select i.inspection_id, i.inspected_at, i.lot_id, i.wafer_id, i.area_cm2 is not null as has_area from inspection i");
    filter.push(sql);
    let Some(bucket) = bucket else {
        sql.push(
            "), placed as (
                select inspection_id, has_area, (row_number() over (order by inspected_at desc, inspection_id desc) - 1)::int as place
                from one order by place limit ",
        )
        .bind(limit)
        .push(")");
        return;
    };
    let columns = bucket.columns();
    let (key, at, lot, wafer) = (columns.key, columns.at, columns.lot, columns.wafer);
    sql.push(&format!(
        "), point as (
            select {key} as key, (row_number() over (order by {at} desc, {lot} desc, {wafer} desc) - 1)::int as place
            from one group by {key} order by place limit "
    ))
    .bind(limit)
    .push(&format!(
        "), placed as (select inspection_id, has_area, place from one join point on key = {key})"
    ));
}

/// Defects by type and place; several inspections have one place where `are_summed`.
fn push_counted(sql: &mut Sql, filter: &Filter, are_summed: bool) {
    let columns = match are_summed {
        false => {
            "c.defect_count::bigint as defects, case when has_area then c.defect_count else 0 end::bigint as defects_in_area"
        }
        true => {
            "sum(c.defect_count)::bigint as defects, coalesce(sum(c.defect_count) filter (where has_area), 0)::bigint as defects_in_area"
        }
    };
    sql.push(", counted as (select c.defect_type_id, place, ")
        .push(columns)
        .push(" from placed join ");
    filter.push_type_counts(sql);
    sql.push(" c on c.inspection_id = placed.inspection_id where true");
    filter.push_types(sql, "c.defect_type_id");
    sql.push(if are_summed { " group by 1, 2)" } else { ")" });
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
    fn at_points(self, points: usize) -> TypeCounts {
        let places: Vec<usize> = self
            .places
            .into_iter()
            .filter_map(|place| points.checked_sub(1 + usize::try_from(place).ok()?))
            .collect();
        let spread = |counts: Vec<i64>| {
            let mut of_points = vec![0; points];
            places
                .iter()
                .zip(counts)
                .for_each(|(&at, count)| of_points[at] = count);
            of_points
        };
        TypeCounts {
            defect_type_id: self.defect_type_id,
            name: self.name,
            colour: self.colour,
            total: self.total,
            defects: spread(self.defects),
            defects_in_area: spread(self.defects_in_area),
        }
    }
}
