//! Bulk ingestion: one file is one transaction, its defects come in by COPY.
//!
//! A file has a connection of its own, so nothing it does can reach another statement of the server: when a [`File`] is
//! dropped, on whichever way, the connection closes and PostgreSQL forgets the file. Rows are encoded where they are
//! read ([`Rows`], on the parser's thread) and sent where the transaction lives, so reading and writing overlap.
//!
//! Imports that bring new wafers, tools or defect types wait for each other from the first new one to their commit: two
//! that made the same ones in different orders would lock each other out otherwise.

mod encode;
mod evidence;
mod facts;
mod reference;
mod references;

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use entity::{import_file, inspection};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, SqlxPostgresConnector,
    sqlx::{
        Postgres,
        pool::PoolConnection,
        postgres::{PgCopyIn, PgPoolCopyExt, PgPoolOptions},
    },
};
use uuid::Uuid;

pub use encode::{COPY_END, COPY_START, DefectRow, Rows, copy_statement};
pub(crate) use facts::row_without_nul;
pub use facts::{Created, EquipmentFacts, FileFacts, Outcome, Report, WaferFacts};
pub use references::{ReferenceRow, References};

use crate::{Db, Error, Result, Unique, defect, evaluation, job, record, sql::Sql};

/// Bytes that one COPY takes. Each ends with the triggers' count of its rows, whose cost is spread over some 50,000
/// rows, and whose memory (the rows once more) stays below `work_mem`.
const COPY_BYTES: usize = 8 << 20;

/// A file on its way in.
pub struct File {
    /// The server's pool: partitions are made outside of this transaction, duplicates are looked up after it.
    pool: Db,
    /// The one connection of this file, within a transaction from `begin` on.
    own: Db,
    job_id: Uuid,
    /// Where the rows of the wafer at hand go: straight into the partition, which spares finding it for each row.
    table: String,
    /// Rows may have gone into the default partition, which is locked against new ones until the end.
    writes_default: bool,
    types: HashMap<String, i32>,
    created: Created,
    inspections: Vec<Uuid>,
    defects: i64,
    wafer_defects: i64,
    /// A COPY that goes on; it has the connection, so it ends before any other statement.
    copy: Option<PgCopyIn<PoolConnection<Postgres>>>,
    copied_bytes: usize,
    /// Encoded references that wait for the end of that COPY.
    references: Vec<u8>,
    makes_reference_data: bool,
}

impl fmt::Debug for File {
    /// Without the connections, which have nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut file = f.debug_struct("File");
        file.field("job_id", &self.job_id)
            .field("inspections", &self.inspections)
            .field("defects", &self.defects);
        file.finish_non_exhaustive()
    }
}

impl File {
    /// Begins the transaction of a file that job `job_id` reads.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is no connection to be had.
    pub async fn begin(db: &Db, job_id: Uuid) -> Result<Self> {
        let target = db.get_postgres_connection_pool().connect_options();
        let target = (*target)
            .clone()
            .options([("statement_timeout", "0")])
            .application_name("wafermaps import");
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(target)
            .await
            .map_err(Error::from_sqlx)?;
        let own = SqlxPostgresConnector::from_sqlx_postgres_pool(own);
        own.execute_unprepared("begin").await?;
        Ok(Self {
            pool: db.clone(),
            own,
            job_id,
            table: String::new(),
            writes_default: false,
            types: HashMap::new(),
            created: Created::default(),
            inspections: Vec::new(),
            defects: 0,
            wafer_defects: 0,
            copy: None,
            copied_bytes: 0,
            references: Vec::new(),
            makes_reference_data: false,
        })
    }

    /// Begins a wafer: makes tool and wafer where they are new, and its inspection. Its id, returned, is made from
    /// `inspected_at` unless `facts` sets one.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a fact breaks a rule of its column. After any error the file can only be rolled back.
    pub async fn start_wafer(
        &mut self,
        facts: WaferFacts,
        inspected_at: DateTime<Utc>,
    ) -> Result<Uuid> {
        self.end_copy().await?;
        let WaferFacts {
            equipment,
            wafer,
            inspection,
        } = facts.without_nul();
        self.table = self.partition(inspected_at).await?;
        if let Some(equipment) = equipment {
            self.ensure_equipment(equipment).await?;
        }
        self.note_lot(&wafer).await?;
        self.ensure_wafer(wafer).await?;
        let mut inspection = inspection;
        if inspection.inspection_id.is_not_set() {
            inspection.inspection_id = Set(crate::inspection::inspection_id(inspected_at));
        }
        inspection.inspected_at = Set(inspected_at);
        inspection.import_job_id = Set(Some(self.job_id));
        let row = record::insert::<inspection::Entity>(&self.own, inspection).await?;
        self.inspections.push(row.inspection_id);
        self.wafer_defects = 0;
        Ok(row.inspection_id)
    }

    /// Where rows of that moment go. A partition is made by another connection and takes what lies in the default
    /// one, so it waits for whoever writes there; once that is this file, it would wait for itself.
    async fn partition(&mut self, at: DateTime<Utc>) -> Result<String> {
        let own = match self.writes_default {
            true => None,
            false => match defect::partition(&self.pool, at).await {
                // Another import writes there; its rows and ours move over when the month is made.
                Err(Error::TimedOut) => None,
                made => made?,
            },
        };
        self.writes_default = own.is_none();
        Ok(own.unwrap_or_else(|| "defect".to_owned()))
    }

    /// Sends rows of the wafer at hand; while PostgreSQL works on them the caller can read on.
    ///
    /// # Errors
    /// [`Error::DuplicateDefect`] when a number occurs twice in a wafer; [`Error::Missing`] when a row names a type or an
    /// inspection that does not exist; [`Error::Invalid`]. All of them may come later, with rows that follow or at the
    /// end of the wafer.
    pub async fn push(&mut self, rows: Rows) -> Result<()> {
        let copy = match &mut self.copy {
            Some(copy) => copy,
            idle => {
                let pool = self.own.get_postgres_connection_pool();
                let mut copy = pool
                    .copy_in_raw(&copy_statement(&self.table))
                    .await
                    .map_err(Error::from_sqlx)?;
                copy.send(COPY_START).await.map_err(Error::from_sqlx)?;
                idle.insert(copy)
            }
        };
        for chunk in rows.bytes().chunks(256 << 10) {
            copy.send(chunk).await.map_err(Error::from_sqlx)?;
        }
        self.wafer_defects += rows.len();
        self.copied_bytes += rows.bytes().len();
        if self.copied_bytes >= COPY_BYTES {
            self.end_copy().await?;
        }
        Ok(())
    }

    /// Ends the wafer at hand with the facts that are known only now (set those, nothing else), and returns how many
    /// defects it has.
    ///
    /// # Errors
    /// As [`File::push`]; [`Error::Invalid`].
    pub async fn finish_wafer(&mut self, facts: inspection::ActiveModel) -> Result<i64> {
        self.end_copy().await?;
        if let Some(id) = self.inspections.last() {
            let facts = facts::inspection_without_nul(facts);
            crate::inspection::update(&self.own, *id, facts, None).await?;
        }
        self.defects += self.wafer_defects;
        Ok(std::mem::take(&mut self.wafer_defects))
    }

    /// Gives defects of the wafer at hand whose class was named only behind them the type of that name.
    ///
    /// # Errors
    /// As [`File::push`].
    pub async fn retype(&mut self, class_no: i32, defect_type_id: i32) -> Result<()> {
        self.end_copy().await?;
        let Some(id) = self.inspections.last() else {
            return Ok(());
        };
        let mut sql = Sql::new("update defect set defect_type_id = ");
        sql.bind(defect_type_id)
            .push(" where inspection_id = ")
            .bind(*id)
            .push(" and class_no = ")
            .bind(class_no);
        sql.execute(&self.own).await?;
        Ok(())
    }

    /// What the file has brought into being so far.
    #[must_use]
    pub fn created(&self) -> &Created {
        &self.created
    }

    /// Ends the transaction, writes the report on the file and lets control charts judge its inspections. Content that
    /// landed before changes nothing: the report then says duplicate, and of which.
    ///
    /// # Errors
    /// As [`File::push`]; nothing is left of the file then.
    pub async fn commit(mut self, facts: FileFacts) -> Result<Outcome> {
        self.end_copy().await?;
        let facts = facts.without_nul();
        let mut sql = Sql::new("update inspection set source_file = ");
        sql.bind(facts.file_name.as_str())
            .push(", source_sha256 = ")
            .bind(facts.sha256.as_str());
        sql.push(", klarf_version = ")
            .bind(facts.klarf_version.clone());
        sql.push(" where inspection_id = any(")
            .bind(self.inspections.clone())
            .push(")");
        sql.execute(&self.own).await?;
        match record::insert::<import_file::Entity>(&self.own, self.report(&facts)).await {
            Ok(report) => {
                // In the same transaction, so that no crash lets a control chart miss what was imported.
                evaluation::queue(&self.own, &self.inspections).await?;
                self.own.execute_unprepared("commit").await?;
                self.own.close().await?;
                Ok(Outcome::Imported(report))
            }
            Err(Error::Exists(Unique::ImportedFile)) => self.duplicate(facts).await,
            Err(error) => Err(error),
        }
    }

    /// Forgets the file. Dropping it does the same, a moment later.
    ///
    /// # Errors
    /// When the connection is lost; the file is forgotten all the same.
    pub async fn rollback(mut self) -> Result<()> {
        if let Some(copy) = self.copy.take() {
            copy.abort("the file was given up")
                .await
                .map_err(Error::from_sqlx)?;
        }
        self.own.execute_unprepared("rollback").await?;
        Ok(self.own.close().await?)
    }

    fn report(&self, facts: &FileFacts) -> import_file::ActiveModel {
        import_file::ActiveModel {
            wafers: Set(self.inspections.len() as i64),
            defects: Set(self.defects),
            inspection_ids: Set(self.inspections.clone()),
            created: Set(self.created.to_json()),
            ..facts.report(self.job_id, import_file::ImportState::Imported)
        }
    }

    async fn duplicate(self, facts: FileFacts) -> Result<Outcome> {
        let Self {
            pool, own, job_id, ..
        } = self;
        own.execute_unprepared("rollback").await?;
        own.close().await?;
        let first = job::imported(&pool, &facts.sha256)
            .await?
            .ok_or(Error::Exists(Unique::ImportedFile))?;
        let report = import_file::ActiveModel {
            duplicate_of: Set(Some(first.import_file_id)),
            wafers: Set(first.wafers),
            defects: Set(first.defects),
            inspection_ids: Set(first.inspection_ids.clone()),
            ..facts.report(job_id, import_file::ImportState::Duplicate)
        };
        let report = job::insert_file(&pool, report).await?;
        Ok(Outcome::Duplicate {
            report,
            first: Box::new(first),
        })
    }

    /// Ends the COPY that goes on, if one does; the triggers check and count its rows now. References follow.
    pub(crate) async fn end_copy(&mut self) -> Result<()> {
        if let Some(mut copy) = self.copy.take() {
            self.copied_bytes = 0;
            copy.send(COPY_END).await.map_err(Error::from_sqlx)?;
            copy.finish().await.map_err(Error::from_sqlx)?;
        }
        self.copy_references().await
    }
}
