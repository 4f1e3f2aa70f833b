//! Lots: what wafers and inspections say of them; there is no table.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::{Order, Page, Paging, Result, filter::CURRENT, sql::Sql};

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// The lot.
    pub lot_id: String,
    /// Wafers of it.
    pub wafer_count: i64,
    /// Inspections made while a wafer belonged to it.
    pub inspection_count: i64,
    /// Defects over the current ones of them.
    pub defect_count: i64,
    /// First inspection.
    pub first_inspected_at: Option<DateTime<Utc>>,
    /// Latest inspection.
    pub last_inspected_at: Option<DateTime<Utc>>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of `Row`")]
pub enum Sort {
    #[default]
    LotId,
    WaferCount,
    DefectCount,
    LastInspectedAt,
}

fn lots() -> Sql {
    let mut sql = Sql::new(
        "with w as (select lot_id, count(*) as wafer_count from wafer where lot_id <> '' group by 1),
              i as (select lot_id, count(*) as inspection_count, min(inspected_at) as first_inspected_at,
                           max(inspected_at) as last_inspected_at,
                           coalesce(sum(defect_count) filter (where current), 0)::bigint as defect_count
                    from (select lot_id, inspected_at, defect_count, ",
    );
    sql.push(CURRENT).push(
        " as current from inspection i where lot_id <> '') one group by 1),
              lot as (select lot_id, coalesce(wafer_count, 0) as wafer_count, coalesce(inspection_count, 0) as inspection_count,
                             coalesce(defect_count, 0) as defect_count, first_inspected_at, last_inspected_at
                      from w full join i using (lot_id)) ",
    );
    sql
}

/// One page of lots.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    search: Option<&str>,
    sort: Sort,
    order: Order,
    paging: Paging,
) -> Result<Page<Row>> {
    let mut count = Sql::new(
        "select count(*) from (select lot_id from wafer union select lot_id from inspection) lot where lot_id <> ''",
    );
    count.and_contains(&["lot_id"], search);
    let column = match sort {
        Sort::LotId => "lot_id",
        Sort::WaferCount => "wafer_count",
        Sort::DefectCount => "defect_count",
        Sort::LastInspectedAt => "last_inspected_at",
    };
    let mut sql = lots();
    sql.push("select * from lot where true")
        .and_contains(&["lot_id"], search);
    sql.push(&format!(" order by {column}{}, lot_id", order.sql()));
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

/// One lot; `None` where no wafer and no inspection names it.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, lot_id: &str) -> Result<Option<Row>> {
    let mut sql = lots();
    sql.push("select * from lot where lot_id = ").bind(lot_id);
    sql.one(db).await
}
