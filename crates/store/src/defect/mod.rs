//! Single defects. Their counts follow by the database's own triggers.

use chrono::{DateTime, Utc};
use entity::defect::{ActiveModel, Column, Entity, Model, ReviewStatus};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult};
use uuid::Uuid;

mod choice;
mod review;
mod same_spot;

pub(crate) use choice::UNPLACED;
pub use choice::{Choice, Zone};
pub use review::review_many;
pub use same_spot::{SameSpotRow, same_spot};

use crate::{Order, Page, Paging, Result, record, sql::Sql};

/// A rectangle on the wafer in mm from its centre, edges included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectangle {
    /// Left and right edge.
    pub x_mm: (f64, f64),
    /// Lower and upper edge.
    pub y_mm: (f64, f64),
}

impl Rectangle {
    /// Appends the condition that defect `d` lies in it.
    fn push(self, sql: &mut Sql) {
        let Self { x_mm, y_mm } = self;
        sql.push(" and d.x_mm between ")
            .bind(x_mm.0)
            .push(" and ")
            .bind(x_mm.1);
        sql.push(" and d.y_mm between ")
            .bind(y_mm.0)
            .push(" and ")
            .bind(y_mm.1);
    }
}

/// Which defects. Inspections first: without one, `inspections` may hold many and the list is long.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this inspection: one contiguous range of the key.
    pub inspection_id: Option<Uuid>,
    /// Only these numbers; none: all. The key serves them where `inspection_id` is given.
    pub defect_nos: Vec<i32>,
    /// Only inspections that pass this; its defect types count too.
    pub inspections: crate::Filter,
    /// Only this die column.
    pub die_x: Option<i32>,
    /// Only this die row.
    pub die_y: Option<i32>,
    /// Only this cluster.
    pub cluster_no: Option<i32>,
    /// Only this review status.
    pub review_status: Option<ReviewStatus>,
    /// At least this size.
    pub min_size_um: Option<f64>,
    /// At most this size.
    pub max_size_um: Option<f64>,
    /// Only with (`true`) or without (`false`) an image that is stored here.
    pub has_image: Option<bool>,
    /// Only with (`true`) or without (`false`) a spectrum that is stored here.
    pub has_spectrum: Option<bool>,
    /// Only in this rectangle.
    pub rectangle: Option<Rectangle>,
    /// Only in this zone.
    pub zone: Option<Zone>,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the columns")]
pub enum Sort {
    /// By inspection, then number: the order of the key.
    #[default]
    Key,
    SizeUm,
    AreaUm2,
    DefectType,
    XMm,
    YMm,
    ClusterNo,
    Severity,
}

/// The defects before and after one in its inspection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Siblings {
    /// Number of the one before.
    pub previous: Option<i32>,
    /// Number of the one after.
    pub next: Option<i32>,
}

/// A defect on the same die.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Neighbour {
    /// The defect.
    #[sea_orm(nested)]
    pub defect: Model,
    /// Distance; `None` where either has no position.
    pub distance_um: Option<f64>,
    /// All other defects on the die.
    pub others: i64,
}

impl Filter {
    /// Defects of one inspection.
    #[must_use]
    pub fn of_inspection(inspection_id: Uuid) -> Self {
        let inspections = crate::Filter {
            superseded: true,
            ..crate::Filter::default()
        };
        Self {
            inspection_id: Some(inspection_id),
            inspections,
            ..Self::default()
        }
    }

    /// Whether `inspections` says nothing, so that the inspection need not be looked at.
    fn is_about_defects_only(&self) -> bool {
        let plain = crate::Filter {
            superseded: true,
            defect_types: self.inspections.defect_types.clone(),
            elements: self.inspections.elements.clone(),
            killers: self.inspections.killers,
            ..crate::Filter::default()
        };
        self.inspections == plain
    }

    /// Appends ` from defect d ... where ...`.
    fn push(&self, sql: &mut Sql) {
        sql.push(" from ")
            .push(self.inspections.defects())
            .push(" d");
        if self.is_about_defects_only() {
            sql.push(" where true");
        } else {
            sql.push(" join inspection i on i.inspection_id = d.inspection_id");
            self.inspections.push(sql);
            self.push_key_range(sql);
        }
        sql.and("d.inspection_id =", self.inspection_id);
        self.push_defects(sql);
    }

    /// Appends the conditions on the defects themselves, whatever their inspection.
    pub(crate) fn push_defects(&self, sql: &mut Sql) {
        self.inspections.push_types(sql, "d.defect_type_id");
        sql.and_any("d.defect_no", &self.defect_nos)
            .and("d.die_x =", self.die_x)
            .and("d.die_y =", self.die_y)
            .and("d.cluster_no =", self.cluster_no)
            .and("d.review_status =", self.review_status)
            .and("d.size_um >=", self.min_size_um)
            .and("d.size_um <=", self.max_size_um);
        push_evidence(sql, "defect_image", self.has_image);
        push_evidence(sql, "defect_spectrum", self.has_spectrum);
        if !self.inspections.elements.is_empty() {
            sql.push(" and exists (select from defect_element e where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no");
            self.inspections.push_elements(sql);
            sql.push(")");
        }
        if let Some(rectangle) = self.rectangle {
            rectangle.push(sql);
        }
        if let Some(zone) = self.zone {
            zone.push(sql);
        }
    }

    /// A window in time is a range of keys, which spares all partitions outside of it.
    fn push_key_range(&self, sql: &mut Sql) {
        let bound = |at: DateTime<Utc>| Ord::max(at, DateTime::UNIX_EPOCH);
        if let Some(from) = self.inspections.from.map(bound) {
            sql.push(" and d.inspection_id >= uuid_v7_floor(")
                .bind(from)
                .push(")");
        }
        if let Some(to) = self.inspections.to.map(bound) {
            // Ids hold whole milliseconds: the last one may begin before `to`.
            sql.push(" and d.inspection_id < uuid_v7_floor(")
                .bind(
                    to.checked_add_signed(chrono::Duration::milliseconds(1))
                        .unwrap_or(to),
                )
                .push(")");
        }
    }
}

/// Appends the condition that `table` has a row of defect `d`, or none. Served by the unique keys of both tables.
fn push_evidence(sql: &mut Sql, table: &str, wanted: Option<bool>) {
    let Some(wanted) = wanted else { return };
    let word = if wanted { "exists" } else { "not exists" };
    sql.push(&format!(
        " and {word} (select from {table} e where e.inspection_id = d.inspection_id and e.defect_no = d.defect_no)"
    ));
}

/// Makes the partition for inspections at `at`. Call it before rows of that month come in, and outside of a longer
/// transaction: it locks the default partition until it ends. Any number of calls at the same moment make one.
///
/// # Errors
/// When the database fails.
pub async fn ensure_partition(db: &impl ConnectionTrait, at: DateTime<Utc>) -> Result<()> {
    partition(db, at).await.map(drop)
}

/// [`ensure_partition`], and the name of the partition: `None` for a time that has none of its own.
pub(crate) async fn partition(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
) -> Result<Option<String>> {
    let mut sql = Sql::new("select ensure_defect_partition(");
    sql.bind(at).push(")");
    let row = db.query_one_raw(sql.statement()).await?;
    let name = row
        .map(|row| row.try_get_by_index::<Option<String>>(0))
        .transpose()?;
    Ok(name.flatten())
}

/// One page of defects.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    sort: Sort,
    order: Order,
    paging: Paging,
) -> Result<Page<Model>> {
    let mut count = Sql::new("select count(*)");
    filter.push(&mut count);
    let mut sql = Sql::new("select d.*");
    filter.push(&mut sql);
    let tie = if order == Order::Descending {
        "desc"
    } else {
        "asc"
    };
    let column = match sort {
        Sort::Key => None,
        Sort::SizeUm => Some("d.size_um"),
        Sort::AreaUm2 => Some("d.area_um2"),
        Sort::DefectType => Some("d.defect_type_id"),
        Sort::XMm => Some("d.x_mm"),
        Sort::YMm => Some("d.y_mm"),
        Sort::ClusterNo => Some("d.cluster_no"),
        Sort::Severity => Some("d.severity"),
    };
    sql.push(" order by ");
    if let Some(column) = column {
        sql.push(column).push(order.sql()).push(", ");
    }
    sql.push(&format!("d.inspection_id {tie}, d.defect_no {tie}"));
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

/// Defects after a place in the list, by inspection and number: the key of the last row seen, or `None` for the first.
/// As quick on the last page as on the first; served by the key.
///
/// # Errors
/// When the database fails.
pub async fn after(
    db: &impl ConnectionTrait,
    filter: &Filter,
    last: Option<(Uuid, i32)>,
    limit: u32,
) -> Result<Vec<Model>> {
    let mut sql = Sql::new("select d.*");
    filter.push(&mut sql);
    if let Some((inspection_id, defect_no)) = last {
        sql.push(" and (d.inspection_id, d.defect_no) > (")
            .bind(inspection_id)
            .push(", ")
            .bind(defect_no)
            .push(")");
    }
    sql.push(" order by d.inspection_id, d.defect_no limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// One defect.
///
/// # Errors
/// When the database fails.
pub async fn get(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((inspection_id, defect_no))
        .one(db)
        .await?)
}

/// The defects before and after one in its inspection, by number. Served by the key.
///
/// # Errors
/// When the database fails.
pub async fn siblings(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
) -> Result<Siblings> {
    let mut sql = Sql::new("select (select max(defect_no) from defect where inspection_id = ");
    sql.bind(inspection_id)
        .push(" and defect_no < ")
        .bind(defect_no);
    sql.push(") as previous, (select min(defect_no) from defect where inspection_id = ")
        .bind(inspection_id);
    sql.push(" and defect_no > ")
        .bind(defect_no)
        .push(") as next");
    Ok(sql.one(db).await?.unwrap_or_default())
}

/// The other defects on the die of `defect`, nearest first; none where it lies on no die.
///
/// # Errors
/// When the database fails.
pub async fn same_die(
    db: &impl ConnectionTrait,
    defect: &Model,
    limit: u32,
) -> Result<Vec<Neighbour>> {
    let mut sql = Sql::new("select d.*, count(*) over () as others, 1000 * sqrt((d.x_mm - ");
    sql.bind(defect.x_mm)
        .push("::float8) ^ 2 + (d.y_mm - ")
        .bind(defect.y_mm);
    sql.push("::float8) ^ 2) as distance_um from defect d where d.inspection_id = ")
        .bind(defect.inspection_id);
    sql.push(" and d.die_x = ")
        .bind(defect.die_x)
        .push("::int and d.die_y = ")
        .bind(defect.die_y);
    sql.push("::int and d.defect_no <> ").bind(defect.defect_no);
    sql.push(" order by distance_um nulls last, d.defect_no limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// The next free number of an inspection: one more than the highest.
///
/// # Errors
/// When the database fails.
pub async fn next_no(db: &impl ConnectionTrait, inspection_id: Uuid) -> Result<i64> {
    let mut sql = Sql::new(
        "select coalesce(max(defect_no), 0)::bigint + 1 from defect where inspection_id = ",
    );
    sql.bind(inspection_id);
    sql.number(db).await
}

/// Adds a defect.
///
/// # Errors
/// [`crate::Error::DuplicateDefect`]; [`crate::Error::Missing`] when inspection or type do not exist;
/// [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, defect: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, defect).await
}

/// Changes type, severity, review status or notes; `None` where there is no such defect.
///
/// # Errors
/// [`crate::Error::Missing`] when the type does not exist; [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
    changes: ActiveModel,
) -> Result<Option<Model>> {
    record::update::<Entity>(db, key(inspection_id, defect_no), changes, None).await
}

/// Deletes a defect and tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    defect_no: i32,
) -> Result<bool> {
    record::delete::<Entity>(db, key(inspection_id, defect_no)).await
}

fn key(inspection_id: Uuid, defect_no: i32) -> sea_orm::sea_query::SimpleExpr {
    Column::InspectionId
        .eq(inspection_id)
        .and(Column::DefectNo.eq(defect_no))
}
