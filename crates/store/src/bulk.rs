//! Many inspections at once: what a generator makes, wafers and all, in few statements.
//!
//! A [`crate::ingest::File`] is for what comes from outside: it takes one wafer after the other, finds or makes what
//! each names, and reports on it. Here the caller knows everything beforehand, and a batch costs a handful of statements
//! whatever it holds.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{bin_map, inspection, job, wafer};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, Iterable,
    QueryFilter, QueryOrder, SqlxPostgresConnector,
    sea_query::OnConflict,
    sqlx::postgres::{PgPoolCopyExt, PgPoolOptions},
};
use uuid::Uuid;

use crate::{
    Db, Error, Result, defect,
    image::{self, NewImage},
    ingest::{COPY_END, COPY_START, Rows, copy_statement},
    spectrum::{self, NewSpectrum},
    sql::Sql,
};

/// Values that one statement may have.
const VALUES: usize = 65_535;
/// Bytes of COPY that are sent at a time.
const SEND_BYTES: usize = 256 << 10;

/// What goes in as a whole or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    /// Wafers; those that are there already stay as they are.
    pub wafers: Vec<wafer::ActiveModel>,
    /// Inspections of those wafers, with their ids ([`crate::inspection::inspection_id`]) and times. Each row sets the
    /// same columns.
    pub inspections: Vec<inspection::ActiveModel>,
    /// Their defects, with the inspection's time.
    pub defects: Vec<(DateTime<Utc>, Rows)>,
    /// Images of those, their content put to the object store just before.
    pub images: Vec<NewImage>,
    /// Spectra of those, likewise.
    pub spectra: Vec<NewSpectrum>,
    /// Bin maps of those wafers. Each row sets the same columns.
    pub bin_maps: Vec<bin_map::ActiveModel>,
}

/// A connection of its own for batches, one after the other.
#[derive(Debug)]
pub struct Loader {
    /// Partitions are made outside of a batch's transaction.
    pool: Db,
    own: Db,
}

impl Loader {
    /// Opens the connection.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is none to be had.
    pub async fn connect(db: &Db) -> Result<Self> {
        let target = db.get_postgres_connection_pool().connect_options();
        let target = (*target)
            .clone()
            .options([("statement_timeout", "0")])
            .application_name("wafermaps seed");
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(target)
            .await
            .map_err(Error::from_sqlx)?;
        Ok(Self {
            pool: db.clone(),
            own: SqlxPostgresConnector::from_sqlx_postgres_pool(own),
        })
    }

    /// Loads a batch in one transaction.
    ///
    /// # Errors
    /// [`Error::Exists`] when an inspection is there already, [`Error::Missing`] when a tool or a type is not,
    /// [`Error::Invalid`] when a value breaks a rule of its column. Nothing of the batch is left then.
    pub async fn load(&self, batch: Batch) -> Result<()> {
        let tables = self.tables(&batch).await?;
        self.own.execute_unprepared("begin").await?;
        let loaded = self.load_rows(batch, &tables).await;
        let end = if loaded.is_ok() { "commit" } else { "rollback" };
        self.own.execute_unprepared(end).await?;
        loaded
    }

    /// The rows of each partition. One that has to be made is made before the transaction begins.
    async fn tables(&self, batch: &Batch) -> Result<BTreeMap<String, Vec<usize>>> {
        let mut of_month = BTreeMap::new();
        let mut tables: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, (at, _)) in batch.defects.iter().enumerate() {
            let month = at.format("%Y-%m").to_string();
            let table = match of_month.get(&month) {
                Some(table) => String::clone(table),
                None => {
                    let made = defect::partition(&self.pool, *at).await?;
                    let table = made.unwrap_or_else(|| "defect".to_owned());
                    of_month.insert(month, table.clone());
                    table
                }
            };
            tables.entry(table).or_default().push(index);
        }
        Ok(tables)
    }

    async fn load_rows(&self, batch: Batch, tables: &BTreeMap<String, Vec<usize>>) -> Result<()> {
        let known = OnConflict::column(wafer::Column::WaferId)
            .do_nothing()
            .to_owned();
        self.insert::<wafer::Entity>(batch.wafers, Some(known))
            .await?;
        self.insert::<inspection::Entity>(batch.inspections, None)
            .await?;
        for (table, indices) in tables {
            let rows = indices.iter().map(|&index| &batch.defects[index].1);
            self.copy(table, rows).await?;
        }
        image::insert(&self.own, batch.images).await?;
        spectrum::insert(&self.own, &batch.spectra).await?;
        self.insert::<bin_map::Entity>(batch.bin_maps, None).await?;
        Ok(())
    }

    async fn insert<E: EntityTrait>(
        &self,
        rows: Vec<E::ActiveModel>,
        on_conflict: Option<OnConflict>,
    ) -> Result<()>
    where
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let columns = E::Column::iter().count();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(VALUES / columns).collect();
            let mut insert = E::insert_many(some);
            if let Some(rule) = &on_conflict {
                insert = insert.on_conflict(rule.clone());
            }
            insert.exec_without_returning(&self.own).await?;
        }
        Ok(())
    }

    async fn copy<'a>(&self, table: &str, rows: impl Iterator<Item = &'a Rows>) -> Result<()> {
        let pool = self.own.get_postgres_connection_pool();
        let copy = pool.copy_in_raw(&copy_statement(table)).await;
        let mut copy = copy.map_err(Error::from_sqlx)?;
        copy.send(COPY_START).await.map_err(Error::from_sqlx)?;
        let mut buffer = Vec::with_capacity(SEND_BYTES);
        for rows in rows {
            buffer.extend_from_slice(rows.bytes());
            if buffer.len() >= SEND_BYTES {
                copy.send(buffer.as_slice())
                    .await
                    .map_err(Error::from_sqlx)?;
                buffer.clear();
            }
        }
        buffer.extend_from_slice(COPY_END);
        copy.send(buffer.as_slice())
            .await
            .map_err(Error::from_sqlx)?;
        copy.finish().await.map_err(Error::from_sqlx).map(drop)
    }
}

/// The jobs that made synthetic fabs, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn seed_jobs(db: &impl ConnectionTrait) -> Result<Vec<job::Model>> {
    let seeds = job::Entity::find().filter(job::Column::Kind.eq(job::JobKind::Seed));
    Ok(seeds.order_by_asc(job::Column::CreatedAt).all(db).await?)
}

/// Lots with inspections of these jobs. Served by `inspection_import_job_idx`.
///
/// # Errors
/// When the database fails.
pub async fn lots_of_jobs(db: &impl ConnectionTrait, jobs: &[Uuid]) -> Result<HashSet<String>> {
    #[derive(FromQueryResult)]
    struct Lot {
        lot_id: String,
    }
    let mut sql = Sql::new("select distinct lot_id from inspection where import_job_id = any(");
    sql.bind(jobs.to_vec()).push(")");
    let lots: Vec<Lot> = sql.all(db).await?;
    Ok(lots.into_iter().map(|lot| lot.lot_id).collect())
}
