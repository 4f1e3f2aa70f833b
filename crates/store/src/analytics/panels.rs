//! Trends of tools, steps, products, values of an attribute side by side.

use sea_orm::{ConnectionTrait, FromQueryResult};

use super::{Bucket, Point};
use crate::{Filter, Result, sql::Sql};

/// What tells panels apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the words say it")]
pub enum SplitBy {
    Equipment,
    Step,
    Product,
    /// An attribute of the inspection, by its name in `parameters`.
    Attribute(String),
}

/// How much is read; the newest is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelsMost {
    /// Inspections, where each is a point.
    pub inspections: u32,
    /// Panels.
    pub panels: u32,
    /// Points in a panel.
    pub points: u32,
}

/// One panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What its inspections have in common; `""` where none was delivered.
    pub key: String,
    /// The tool's name, otherwise the key.
    pub label: String,
    /// Defects, those of points left out included.
    pub defects: i64,
    /// Its points, oldest first, those with inspections of its own.
    pub points: Vec<Point>,
}

/// Panels, and how many did not fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panels {
    /// Most defects first.
    pub panels: Vec<Panel>,
    /// Panels beyond `most`.
    pub left_out: i64,
}

/// The panels of a filter; without a bucket, each inspection is a point.
///
/// # Errors
/// When the database fails.
pub async fn panels(
    db: &impl ConnectionTrait,
    filter: &Filter,
    by: &SplitBy,
    bucket: Option<Bucket>,
    most: PanelsMost,
) -> Result<Panels> {
    let mut sql = Sql::new("with ");
    push_inspections(&mut sql, filter, by, bucket, most);
    push_points(&mut sql, bucket);
    let label = match by {
        SplitBy::Equipment => {
            "coalesce((select e.name from equipment e where e.equipment_id = key), key)"
        }
        SplitBy::Step | SplitBy::Product | SplitBy::Attribute(_) => "key",
    };
    sql.push(&format!(
        ", panel as (
            select key, {label} as label, sum(defects)::bigint as total, row_number() over (order by sum(defects) desc, key) as place,
                count(*) over () as panels
            from point group by key),
         placed as (
            select *, row_number() over (partition by key order by at desc, lot_id desc, wafer_id desc, inspection_id desc) as nth
            from point)
         select placed.*, label, total, panels from placed join panel using (key) where place <= "
    ))
    .bind(i64::from(most.panels))
    .push(" and nth <= ")
    .bind(i64::from(most.points))
    .push(" order by place, nth desc");
    let rows: Vec<Row> = sql.all(db).await?;
    let all = rows.first().map_or(0, |row| row.panels);
    let panels = together(rows);
    Ok(Panels {
        left_out: all - i64::try_from(panels.len()).unwrap_or(all),
        panels,
    })
}

fn push_inspections(
    sql: &mut Sql,
    filter: &Filter,
    by: &SplitBy,
    bucket: Option<Bucket>,
    most: PanelsMost,
) {
    sql.push("one as materialized (select i.inspection_id, i.inspected_at, i.lot_id, i.wafer_id, i.step_id, i.equipment_id, i.area_cm2, ");
    match by {
        SplitBy::Equipment => sql.push("coalesce(i.equipment_id, '')"),
        SplitBy::Step => sql.push("i.step_id"),
        SplitBy::Product => sql.push("i.device_id"),
        SplitBy::Attribute(name) => sql
            .push("coalesce(i.parameters ->> ")
            .bind(name.as_str())
            .push(", '')"),
    };
    sql.push(" as key, ");
    filter.push_count(sql);
    sql.push(" as defects from inspection i");
    filter.push(sql);
    if bucket.is_none() {
        sql.push(" order by i.inspected_at desc, i.inspection_id desc limit ")
            .bind(i64::from(most.inspections));
    }
    sql.push(")");
}

fn push_points(sql: &mut Sql, bucket: Option<Bucket>) {
    let Some(bucket) = bucket else {
        sql.push(
            ", point as (
                select key, inspected_at as at, 1::bigint as inspections, defects, area_cm2,
                    case when area_cm2 is null then 0 else defects end as defects_in_area,
                    inspection_id, wafer_id, lot_id, step_id, equipment_id
                from one)",
        );
        return;
    };
    let columns = bucket.columns();
    let (same, at, lot, wafer) = (columns.key, columns.at, columns.lot, columns.wafer);
    sql.push(&format!(
        ", point as (
            select key, {at} as at, count(*) as inspections, sum(defects)::bigint as defects, sum(area_cm2) as area_cm2,
                coalesce(sum(defects) filter (where area_cm2 is not null), 0)::bigint as defects_in_area,
                null::uuid as inspection_id, {wafer} as wafer_id, {lot} as lot_id, null::text as step_id, null::text as equipment_id
            from one group by key, {same})"
    ));
}

/// Rows of a panel follow each other.
fn together(rows: Vec<Row>) -> Vec<Panel> {
    let mut panels: Vec<Panel> = Vec::new();
    for row in rows {
        match panels.last_mut().filter(|panel| panel.key == row.key) {
            Some(panel) => panel.points.push(row.point),
            None => panels.push(Panel {
                key: row.key,
                label: row.label,
                defects: row.total,
                points: vec![row.point],
            }),
        }
    }
    panels
}

#[derive(FromQueryResult)]
struct Row {
    key: String,
    label: String,
    total: i64,
    panels: i64,
    #[sea_orm(nested)]
    point: Point,
}
