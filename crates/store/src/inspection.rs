//! Inspections.

use chrono::{DateTime, Utc};
use entity::inspection::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult};
use uuid::{Timestamp, Uuid};

use crate::{Filter, Order, Page, Paging, Result, filter::CURRENT, record, sql::Sql};

/// An inspection as lists show it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Row {
    /// Id.
    pub inspection_id: Uuid,
    /// Wafer.
    pub wafer_id: String,
    /// Lot, `""` where none was delivered.
    pub lot_id: String,
    /// Cassette slot.
    pub slot: Option<i32>,
    /// Tool.
    pub equipment_id: Option<String>,
    /// Run.
    pub run_id: Option<String>,
    /// Step, `""` where none was delivered.
    pub step_id: String,
    /// Product, `""` where none was delivered.
    pub device_id: String,
    /// Recipe.
    pub recipe: Option<String>,
    /// Moment of the result.
    pub inspected_at: DateTime<Utc>,
    /// Inspected area in cm2.
    pub area_cm2: Option<f64>,
    /// Defects, of the types that the filter counts.
    pub defects: i64,
    /// A later inspection of the same wafer at the same step has replaced it.
    pub superseded: bool,
    /// Name of the file it came from.
    pub source_file: Option<String>,
    /// Warnings that the file gave.
    pub warning_count: i32,
}

/// What to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the fields of `Row`")]
pub enum Sort {
    #[default]
    InspectedAt,
    WaferId,
    LotId,
    StepId,
    EquipmentId,
    DefectCount,
    /// Defects per cm2.
    Density,
}

/// Defects of one type.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TypeCount {
    /// Type.
    pub defect_type_id: i32,
    /// Its name.
    pub name: String,
    /// Its colour, `#rrggbb`.
    pub colour: Option<String>,
    /// Defects.
    pub defect_count: i32,
}

/// The inspections of the same wafer and step around one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The one just before.
    pub previous: Option<Uuid>,
    /// The one just after.
    pub next: Option<Uuid>,
}

/// Makes the id of an inspection at `at`: a UUID v7 of that moment with a random tail, so that ids sort by the
/// inspections' own time and the defects of a month lie together.
///
/// A moment before 1970 gives the id of 1970; UUID v7 ends in the year 10889, later than any `DateTime` that a file can
/// hold. Two calls never give the same id in practice (74 random bits).
#[must_use]
pub fn inspection_id(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    let nanos = if at.timestamp() < 0 {
        0
    } else {
        at.timestamp_subsec_millis() * 1_000_000
    };
    // No counter: the tail of 74 bits is all random, whatever order files come in.
    Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, seconds, nanos))
}

fn select(filter: &Filter) -> Sql {
    let mut sql = Sql::new(
        "select i.inspection_id, i.wafer_id, i.lot_id, i.slot, i.equipment_id, i.run_id, i.step_id, i.device_id, i.recipe,
                i.inspected_at, i.area_cm2, i.source_file, i.warning_count, not ",
    );
    sql.push(CURRENT).push(" as superseded, ");
    filter.push_count(&mut sql);
    sql.push(" as defects from inspection i");
    sql
}

fn push_search(sql: &mut Sql, search: Option<&str>) {
    sql.and_contains(
        &[
            "i.wafer_id",
            "i.lot_id",
            "i.step_id",
            "i.device_id",
            "i.recipe",
            "i.source_file",
        ],
        search,
    );
}

/// One page of inspections.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    search: Option<&str>,
    sort: Sort,
    order: Order,
    paging: Paging,
) -> Result<Page<Row>> {
    let total = count(db, filter, search).await?;
    let column = match sort {
        Sort::InspectedAt => "i.inspected_at",
        Sort::WaferId => "i.wafer_id",
        Sort::LotId => "i.lot_id",
        Sort::StepId => "i.step_id",
        Sort::EquipmentId => "i.equipment_id",
        Sort::DefectCount => "defects",
        // An expression cannot name `defects`, so it is said again behind.
        Sort::Density => "",
    };
    let mut sql = select(filter);
    filter.push(&mut sql);
    push_search(&mut sql, search);
    // The same direction for the tie-breaker lets inspection_inspected_at_idx serve the default sort.
    let tie = if order == Order::Descending {
        "desc"
    } else {
        "asc"
    };
    let nulls = if sort == Sort::InspectedAt {
        format!(" {tie}")
    } else {
        order.sql().to_owned()
    };
    sql.push(" order by ").push(column);
    if sort == Sort::Density {
        filter.push_count(&mut sql);
        sql.push(" / i.area_cm2");
    }
    sql.push(&format!("{nulls}, i.inspection_id {tie}"));
    paging.push(&mut sql);
    Ok(Page {
        rows: sql.all(db).await?,
        total,
    })
}

/// How many inspections a list holds.
///
/// # Errors
/// When the database fails.
pub async fn count(
    db: &impl ConnectionTrait,
    filter: &Filter,
    search: Option<&str>,
) -> Result<i64> {
    let mut sql = Sql::new("select count(*) from inspection i");
    filter.push(&mut sql);
    push_search(&mut sql, search);
    sql.number(db).await
}

/// Inspections after a place in the list, newest first: time and id of the last row seen, or `None` for the first.
/// As quick on the last page as on the first; served by `inspection_inspected_at_idx`.
///
/// # Errors
/// When the database fails.
pub async fn after(
    db: &impl ConnectionTrait,
    filter: &Filter,
    search: Option<&str>,
    last: Option<(DateTime<Utc>, Uuid)>,
    limit: u32,
) -> Result<Vec<Row>> {
    let mut sql = select(filter);
    filter.push(&mut sql);
    push_search(&mut sql, search);
    if let Some((at, id)) = last {
        sql.push(" and (i.inspected_at, i.inspection_id) < (")
            .bind(at)
            .push(", ")
            .bind(id)
            .push(")");
    }
    sql.push(" order by i.inspected_at desc, i.inspection_id desc limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// One inspection as lists show it.
///
/// # Errors
/// When the database fails.
pub async fn row(db: &impl ConnectionTrait, inspection_id: Uuid) -> Result<Option<Row>> {
    let mut sql = select(&Filter::default());
    sql.push(" where i.inspection_id = ").bind(inspection_id);
    sql.one(db).await
}

/// One inspection with everything, dies and header included.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, inspection_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(inspection_id).one(db).await?)
}

/// What a report on an import says of an inspection.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Brief {
    /// Id.
    pub inspection_id: Uuid,
    /// Wafer.
    pub wafer_id: String,
    /// Step, `""` where none was delivered.
    pub step_id: String,
    /// Defects.
    pub defect_count: i32,
}

/// Those of some inspections that are still there, oldest first. Served by the key.
///
/// # Errors
/// When the database fails.
pub async fn briefs(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Brief>> {
    let mut sql = Sql::new(
        "select inspection_id, wafer_id, step_id, defect_count from inspection where inspection_id = any(",
    );
    sql.bind(ids.to_vec()).push(") order by inspection_id");
    sql.all(db).await
}

/// Its defects by type, most first.
///
/// # Errors
/// When the database fails.
pub async fn type_counts(db: &impl ConnectionTrait, inspection_id: Uuid) -> Result<Vec<TypeCount>> {
    let mut sql = Sql::new(
        "select t.defect_type_id, t.name, t.colour, c.defect_count from inspection_type_count c
         join defect_type t using (defect_type_id) where c.inspection_id = ",
    );
    sql.bind(inspection_id)
        .push(" order by c.defect_count desc, t.defect_type_id");
    sql.all(db).await
}

/// The inspections of the same wafer at the same step just before and after this one. Served by
/// `inspection_wafer_step_idx`.
///
/// # Errors
/// When the database fails.
pub async fn neighbours(db: &impl ConnectionTrait, inspection: &Model) -> Result<Neighbours> {
    let find = |comparison: &str, direction: &str| {
        let mut sql = Sql::new("select inspection_id from inspection where wafer_id = ");
        sql.bind(inspection.wafer_id.as_str())
            .push(" and step_id = ")
            .bind(inspection.step_id.as_str());
        sql.push(&format!(
            " and (inspected_at, inspection_id) {comparison} ("
        ));
        sql.bind(inspection.inspected_at)
            .push(", ")
            .bind(inspection.inspection_id);
        sql.push(&format!(
            ") order by inspected_at {direction}, inspection_id {direction} limit 1"
        ));
        sql
    };
    let previous = find("<", "desc").one::<Key>(db).await?;
    let next = find(">", "asc").one::<Key>(db).await?;
    Ok(Neighbours {
        previous: previous.map(|key| key.inspection_id),
        next: next.map(|key| key.inspection_id),
    })
}

#[derive(FromQueryResult)]
struct Key {
    inspection_id: Uuid,
}

/// Adds an inspection; its id comes from [`inspection_id`], its defects from [`crate::defect::insert`] or an import.
/// Call [`crate::defect::ensure_partition`] before, outside of the transaction.
///
/// # Errors
/// [`crate::Error::Missing`] when wafer or equipment do not exist; [`crate::Error::Invalid`].
pub async fn insert(db: &impl ConnectionTrait, inspection: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, inspection).await
}

/// Changes what is set in `changes`; `None` where there is no such inspection. Its id and time stay: the one is made
/// from the other. `updated_at` also moves when its defects change.
///
/// # Errors
/// [`crate::Error::Stale`] when `version` is given and not the row's `updated_at`; [`crate::Error::Missing`];
/// [`crate::Error::Invalid`].
pub async fn update(
    db: &impl ConnectionTrait,
    inspection_id: Uuid,
    changes: ActiveModel,
    version: Option<DateTime<Utc>>,
) -> Result<Option<Model>> {
    let version = version.map(|at| (Column::UpdatedAt, at));
    record::update::<Entity>(db, Column::InspectionId.eq(inspection_id), changes, version).await
}

/// Deletes an inspection with its defects and tells whether there was one. Once the last inspection of a file is gone,
/// the file can be imported again.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, inspection_id: Uuid) -> Result<bool> {
    record::delete::<Entity>(db, Column::InspectionId.eq(inspection_id)).await
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::inspection_id;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn ids_sort_by_the_time_of_their_inspections() {
        let times = [
            "1970-01-01T00:00:00Z",
            "2024-12-31T23:59:59.999Z",
            "2025-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ];
        let ids = times.map(|time| inspection_id(at(time)));
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn an_id_holds_its_time_to_the_millisecond_and_is_version_7() {
        let id = inspection_id(at("2024-05-06T07:08:09.123Z"));
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.as_u128() >> 80, 1_714_979_289_123);
    }

    #[test]
    fn the_same_moment_gives_two_ids() {
        let moment = at("2024-05-06T07:08:09Z");
        assert_ne!(inspection_id(moment), inspection_id(moment));
    }

    #[test]
    fn a_time_before_1970_becomes_1970() {
        assert_eq!(inspection_id(at("0001-01-01T00:00:00Z")).as_u128() >> 80, 0);
        assert_eq!(
            inspection_id(at("1969-12-31T23:59:59.5Z")).as_u128() >> 80,
            0
        );
    }
}
