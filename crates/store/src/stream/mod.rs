//! Defects of many inspections as columns, a batch at a time: maps and exports of any length in little memory.
//!
//! The rows of a batch are read as they come, while the database makes the next ones; between two batches it waits for
//! the caller, with no statement open that could run out of time.

use std::pin::pin;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult, StreamTrait,
    sqlx::{self, Decode, Postgres, Row, Type, postgres::PgRow},
};
use uuid::Uuid;

use crate::{
    Error, Result,
    defect::{self, Choice, UNPLACED},
    filter::push_defects_of,
    sql::Sql,
};

/// Values of one column, one a defect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column<T> {
    /// The values; the default one where there is none.
    pub values: Vec<T>,
    /// Which of them are there; `None` where all are.
    pub valid: Option<Vec<bool>>,
}

impl<T: Default> Column<T> {
    fn push(&mut self, value: Option<T>) {
        if value.is_none() && self.valid.is_none() {
            self.valid = Some(vec![true; self.values.len()]);
        }
        if let Some(valid) = &mut self.valid {
            valid.push(value.is_some());
        }
        self.values.push(value.unwrap_or_default());
    }
}

/// An inspection whose defects are read.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Source {
    /// Inspection.
    pub inspection_id: Uuid,
    /// Wafer.
    pub wafer_id: String,
    /// Lot.
    pub lot_id: String,
    /// Step.
    pub step_id: String,
    /// Tool.
    pub equipment_id: Option<String>,
    /// When.
    pub inspected_at: DateTime<Utc>,
    /// Defects.
    pub defect_count: i32,
}

/// Which defects of the inspections.
#[derive(Clone, Debug)]
pub enum Which {
    /// Those of a map.
    Placed(Choice),
    /// Those of a list; its inspections are chosen by [`sources`].
    Listed(defect::Filter),
}

impl Which {
    fn is_about_adders(&self) -> bool {
        match self {
            Self::Placed(choice) => choice.adders,
            Self::Listed(filter) => filter.inspections.adders,
        }
    }
}

/// Defects for a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapBatch {
    /// Which of the reader's inspections.
    pub place: Vec<usize>,
    /// Number.
    pub defect_no: Vec<i32>,
    /// Type.
    pub defect_type_id: Vec<i32>,
    /// Position from the wafer centre, mm, notch down; within 2 m of it.
    pub x_mm: Vec<f64>,
    /// Position, y up.
    pub y_mm: Vec<f64>,
    /// Die column, 0 where unknown.
    pub die_x: Vec<i32>,
    /// Die row, 0 where unknown.
    pub die_y: Vec<i32>,
    /// Size, 0 where unknown.
    pub size_um: Vec<f32>,
    /// Cluster, 0 for none.
    pub cluster_no: Vec<i32>,
    /// Review status: 0 detected, 1 analyzed, 2 reviewed.
    pub review_status: Vec<i16>,
}

/// Defects as a table.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "named as the columns of `defect`")]
pub struct TableBatch {
    /// Which of the reader's inspections.
    pub place: Vec<usize>,
    pub defect_no: Column<i32>,
    pub defect_type_id: Column<i32>,
    pub x_mm: Column<f64>,
    pub y_mm: Column<f64>,
    pub die_x: Column<i32>,
    pub die_y: Column<i32>,
    pub size_um: Column<f32>,
    pub x_size_um: Column<f32>,
    pub y_size_um: Column<f32>,
    pub area_um2: Column<f32>,
    pub class_no: Column<i32>,
    pub rough_bin: Column<i32>,
    pub fine_bin: Column<i32>,
    pub cluster_no: Column<i32>,
    pub review_status: Column<i16>,
    pub severity: Column<i16>,
}

/// What a [`Reader`] reads.
pub trait Batch: Default + Send {
    /// Columns of defect `d`, the first of them its number.
    #[doc(hidden)]
    const COLUMNS: &'static [&'static str];

    /// Adds a row of [`Self::COLUMNS`], of the reader's inspection at `place`.
    #[doc(hidden)]
    fn push(&mut self, row: &PgRow, place: usize) -> sqlx::Result<()>;

    /// Numbers of the defects.
    fn defect_nos(&self) -> &[i32];
}

fn value<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
    row: &'r PgRow,
    index: usize,
) -> sqlx::Result<T> {
    row.try_get(index)
}

impl Batch for MapBatch {
    const COLUMNS: &'static [&'static str] = &[
        "d.defect_no",
        "d.defect_type_id",
        "d.x_mm",
        "d.y_mm",
        "d.die_x",
        "d.die_y",
        "d.size_um",
        "d.cluster_no",
        "d.review_status",
    ];

    fn push(&mut self, row: &PgRow, place: usize) -> sqlx::Result<()> {
        self.place.push(place);
        self.defect_no.push(value(row, 0)?);
        self.defect_type_id.push(value(row, 1)?);
        self.x_mm.push(value(row, 2)?);
        self.y_mm.push(value(row, 3)?);
        self.die_x
            .push(value::<Option<i32>>(row, 4)?.unwrap_or_default());
        self.die_y
            .push(value::<Option<i32>>(row, 5)?.unwrap_or_default());
        let size: Option<f32> = value(row, 6)?;
        self.size_um
            .push(size.filter(|size| !size.is_nan()).unwrap_or_default());
        self.cluster_no
            .push(value::<Option<i32>>(row, 7)?.unwrap_or_default());
        self.review_status.push(value(row, 8)?);
        Ok(())
    }

    fn defect_nos(&self) -> &[i32] {
        &self.defect_no
    }
}

impl Batch for TableBatch {
    const COLUMNS: &'static [&'static str] = &[
        "d.defect_no",
        "d.defect_type_id",
        "d.x_mm",
        "d.y_mm",
        "d.die_x",
        "d.die_y",
        "d.size_um",
        "d.x_size_um",
        "d.y_size_um",
        "d.area_um2",
        "d.class_no",
        "d.rough_bin",
        "d.fine_bin",
        "d.cluster_no",
        "d.review_status",
        "d.severity",
    ];

    fn push(&mut self, row: &PgRow, place: usize) -> sqlx::Result<()> {
        self.place.push(place);
        self.defect_no.push(value(row, 0)?);
        self.defect_type_id.push(value(row, 1)?);
        self.x_mm.push(value(row, 2)?);
        self.y_mm.push(value(row, 3)?);
        self.die_x.push(value(row, 4)?);
        self.die_y.push(value(row, 5)?);
        self.size_um.push(value(row, 6)?);
        self.x_size_um.push(value(row, 7)?);
        self.y_size_um.push(value(row, 8)?);
        self.area_um2.push(value(row, 9)?);
        self.class_no.push(value(row, 10)?);
        self.rough_bin.push(value(row, 11)?);
        self.fine_bin.push(value(row, 12)?);
        self.cluster_no.push(value(row, 13)?);
        self.review_status.push(value(row, 14)?);
        self.severity.push(value(row, 15)?);
        Ok(())
    }

    fn defect_nos(&self) -> &[i32] {
        &self.defect_no.values
    }
}

/// Reads the defects of inspections, in the order in which these are given and, within each, of the defects' numbers.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Inspections with their counts, which say how many of them make a batch.
    inspections: Vec<(Uuid, usize)>,
    which: Which,
    /// The inspection to go on with.
    next: usize,
    /// Its last defect so far.
    after: Option<i32>,
}

impl Reader {
    /// Reads `inspections`, each with the defects that it has.
    #[must_use]
    pub fn new(inspections: impl IntoIterator<Item = (Uuid, usize)>, which: Which) -> Self {
        Self {
            inspections: inspections.into_iter().collect(),
            which,
            next: 0,
            after: None,
        }
    }

    /// The next defects, found among `rows` or a few more; `None` behind the last. For batches of one moment, give a
    /// transaction of [`crate::analytics::one_moment`]. Each is a range of the key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next<B: Batch>(
        &mut self,
        db: &(impl ConnectionTrait + StreamTrait),
        rows: usize,
    ) -> Result<Option<B>> {
        loop {
            let (first, group) = (self.next, self.group(rows));
            let ids: Vec<Uuid> = self.inspections[first..first + group]
                .iter()
                .map(|(id, _)| *id)
                .collect();
            if ids.is_empty() {
                return Ok(None);
            }
            // Counts are those of the same moment: only one inspection alone can be larger than a batch.
            let limit = (group == 1).then_some(rows);
            let batch: B = self.query(db, ids, limit, first).await?;
            let numbers = batch.defect_nos();
            if limit.is_some_and(|limit| numbers.len() >= limit) {
                self.after = numbers.last().copied();
            } else {
                self.next += group;
                self.after = None;
            }
            if !batch.defect_nos().is_empty() {
                return Ok(Some(batch));
            }
        }
    }

    /// How many inspections, from the next on, have `rows` defects together; one at least, where there is one.
    fn group(&self, rows: usize) -> usize {
        let left = &self.inspections[self.next..];
        if self.after.is_some() {
            return 1;
        }
        let sums = left.iter().scan(0, |sum, (_, count)| {
            *sum += count;
            Some(*sum)
        });
        let fitting = sums.take_while(|sum| *sum <= rows).count();
        fitting.max(1).min(left.len())
    }

    async fn query<B: Batch>(
        &self,
        db: &(impl ConnectionTrait + StreamTrait),
        ids: Vec<Uuid>,
        limit: Option<usize>,
        first: usize,
    ) -> Result<B> {
        let mut batch = B::default();
        let sql = self.sql(B::COLUMNS, ids, limit);
        let mut rows = pin!(db.stream_raw(sql.statement()).await?);
        while let Some(row) = rows.try_next().await? {
            let fault = |what: String| Error::Db(DbErr::Type(what));
            let row = row.try_as_pg_row();
            let row = row.ok_or_else(|| fault("no row of PostgreSQL".to_owned()))?;
            let place = match limit {
                Some(_) => Ok(first),
                None => value(row, B::COLUMNS.len()).map(|place| nth(first, place)),
            };
            let pushed = place.and_then(|place| batch.push(row, place));
            pushed.map_err(|error| fault(error.to_string()))?;
        }
        Ok(batch)
    }

    /// One inspection up to `limit`, or several as a whole with their place among `ids` as the last column, from 1.
    fn sql(&self, columns: &[&str], ids: Vec<Uuid>, limit: Option<usize>) -> Sql {
        let mut sql = Sql::new("select ");
        sql.push(&columns.join(", "));
        let adders = self.which.is_about_adders();
        match limit {
            // A partition of its own, whose key gives the order.
            Some(_) => {
                sql.push(" from ");
                push_defects_of(&mut sql, adders, |sql| {
                    sql.push("= ").bind(ids[0]);
                });
            }
            None => {
                sql.push(", u.place from unnest(").bind(ids);
                // A subquery with an order is run for one inspection after the other, in this order.
                sql.push(") with ordinality u(id, place), lateral (select * from ");
                push_defects_of(&mut sql, adders, |sql| {
                    sql.push("= u.id");
                });
            }
        }
        sql.push(" d where true");
        match &self.which {
            Which::Placed(choice) => {
                sql.push(" and not (").push(UNPLACED).push(")");
                choice.push(&mut sql);
            }
            Which::Listed(filter) => filter.push_defects(&mut sql),
        }
        sql.and("d.defect_no >", self.after)
            .push(" order by d.defect_no");
        match limit {
            Some(limit) => sql
                .push(" limit ")
                .bind(i64::try_from(limit).unwrap_or(i64::MAX)),
            None => sql.push(") d"),
        };
        sql
    }
}

/// The reader's place of the inspection that is `nth` of a group, from 1, which begins at `first`.
fn nth(first: usize, nth: i64) -> usize {
    first + usize::try_from(nth).unwrap_or(1) - 1
}

/// Inspections that pass the filter of a list of defects, in the order of time, after the one given.
///
/// # Errors
/// When the database fails.
pub async fn sources(
    db: &impl ConnectionTrait,
    filter: &defect::Filter,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Source>> {
    let mut sql = Sql::new(
        "select i.inspection_id, i.wafer_id, i.lot_id, i.step_id, i.equipment_id, i.inspected_at, i.defect_count from inspection i",
    );
    filter.inspections.push(&mut sql);
    sql.and("i.inspection_id =", filter.inspection_id)
        .and("i.inspection_id >", after)
        .push(" and i.defect_count > 0 order by i.inspection_id limit ")
        .bind(i64::from(limit));
    sql.all(db).await
}

/// Defects of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Typed {
    /// Type.
    pub defect_type_id: i32,
    /// Defects of it.
    pub count: i64,
}

/// Counts by type over inspections, of `defect_types` or of all, most first.
///
/// # Errors
/// When the database fails.
pub async fn types(
    db: &impl ConnectionTrait,
    inspections: &[Uuid],
    defect_types: &[i32],
) -> Result<Vec<Typed>> {
    let mut sql = Sql::new(
        "select c.defect_type_id, sum(c.defect_count) as count from inspection_type_count c where c.inspection_id = any(",
    );
    sql.bind(inspections.to_vec())
        .push(")")
        .and_any("c.defect_type_id", defect_types)
        .push(" group by 1 order by 2 desc, 1");
    sql.all(db).await
}

/// How many of the chosen defects have no position that a map could show. Served by an index of these alone.
///
/// # Errors
/// When the database fails.
pub async fn unplaced(
    db: &impl ConnectionTrait,
    inspections: &[Uuid],
    choice: &Choice,
) -> Result<i64> {
    let mut sql = Sql::new("select count(*) from ");
    push_defects_of(&mut sql, choice.adders, |sql| {
        sql.push("= any(").bind(inspections.to_vec()).push(")");
    });
    sql.push(" d where ").push(UNPLACED);
    choice.push(&mut sql);
    sql.number(db).await
}
