//! Background jobs, and the files of import jobs.

use chrono::{DateTime, Utc};
use entity::{
    import_file,
    job::{ActiveModel, Column, Entity, JobState, Model},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{Page, Paging, Result, ingest::row_without_nul, record, sql::Sql};

/// A job and who started it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Row {
    /// The job.
    #[sea_orm(nested)]
    pub job: Model,
    /// User name; `None` for the command line, or when the account is gone.
    pub created_by_username: Option<String>,
}

/// Which jobs.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this job.
    pub job_id: Option<Uuid>,
    /// Only this state.
    pub state: Option<JobState>,
    /// Part of the name of one of its files.
    pub search: Option<String>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of everything, where known.
    pub bytes_total: Option<i64>,
    /// Bytes read.
    pub bytes_done: i64,
    /// Wafers read.
    pub wafers: i64,
    /// Defects read.
    pub defects: i64,
}

/// Adds a job; its id is a UUID v7 of now (`Uuid::now_v7`) or the caller's own.
///
/// # Errors
/// [`crate::Unique::Other`] when the id is taken.
pub async fn insert(db: &impl ConnectionTrait, job: ActiveModel) -> Result<Model> {
    record::insert::<Entity>(db, job).await
}

/// One job.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait, job_id: Uuid) -> Result<Option<Row>> {
    let filter = Filter {
        job_id: Some(job_id),
        ..Filter::default()
    };
    Ok(list(
        db,
        &filter,
        Paging {
            page: 1,
            per_page: 1,
        },
    )
    .await?
    .rows
    .pop())
}

/// One page of jobs, newest first. Served by `job_created_idx`.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, paging: Paging) -> Result<Page<Row>> {
    let mut count = Sql::new("select count(*) from job j");
    push_filter(&mut count, filter);
    let mut sql = Sql::new(
        "select j.*, u.username as created_by_username from job j left join app_user u on u.user_id = j.created_by",
    );
    push_filter(&mut sql, filter);
    sql.push(" order by j.created_at desc, j.job_id desc");
    paging.push(&mut sql);
    Ok(Page {
        total: count.number(db).await?,
        rows: sql.all(db).await?,
    })
}

fn push_filter(sql: &mut Sql, filter: &Filter) {
    sql.push(" where true")
        .and("j.job_id =", filter.job_id)
        .and("j.state =", filter.state);
    if filter
        .search
        .as_deref()
        .is_some_and(|search| !search.is_empty())
    {
        sql.push(" and exists (select from import_file f where f.job_id = j.job_id")
            .and_contains(&["f.file_name"], filter.search.as_deref())
            .push(")");
    }
}

/// Marks a queued job as running and tells whether it was queued.
///
/// # Errors
/// When the database fails.
pub async fn start(db: &impl ConnectionTrait, job_id: Uuid) -> Result<bool> {
    let mut sql = Sql::new(
        "update job set state = 'running', started_at = now() where state = 'queued' and job_id = ",
    );
    sql.bind(job_id);
    Ok(sql.execute(db).await? > 0)
}

/// Notes how far a job is and tells whether somebody asked to cancel it.
///
/// # Errors
/// When the database fails.
pub async fn progress(db: &impl ConnectionTrait, job_id: Uuid, progress: Progress) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Cancel {
        cancel_requested: bool,
    }
    let mut sql = Sql::new("update job set bytes_total = ");
    sql.bind(progress.bytes_total)
        .push(", bytes_done = ")
        .bind(progress.bytes_done);
    sql.push(", wafers = ")
        .bind(progress.wafers)
        .push(", defects = ")
        .bind(progress.defects);
    sql.push(" where job_id = ")
        .bind(job_id)
        .push(" returning cancel_requested");
    Ok(sql
        .one::<Cancel>(db)
        .await?
        .is_some_and(|row| row.cancel_requested))
}

/// Asks a job that has not ended to stop, and tells whether there is one.
///
/// # Errors
/// When the database fails.
pub async fn request_cancel(db: &impl ConnectionTrait, job_id: Uuid) -> Result<bool> {
    let mut sql = Sql::new(
        "update job set cancel_requested = true where state in ('queued', 'running') and job_id = ",
    );
    sql.bind(job_id);
    Ok(sql.execute(db).await? > 0)
}

/// Ends a job, with its last figures, its report and what failed it; a job that has ended stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn finish(
    db: &impl ConnectionTrait,
    job_id: Uuid,
    state: JobState,
    progress: Progress,
    result: Option<Json>,
    error: Option<&str>,
) -> Result<bool> {
    let mut sql = Sql::new("update job set finished_at = now(), state = ");
    sql.bind(state)
        .push(", result = ")
        .bind(result)
        .push(", error = ")
        .bind(error.map(|text| clip(text, 4000)));
    sql.push(", bytes_total = ")
        .bind(progress.bytes_total)
        .push(", bytes_done = ")
        .bind(progress.bytes_done);
    sql.push(", wafers = ")
        .bind(progress.wafers)
        .push(", defects = ")
        .bind(progress.defects);
    sql.push(" where state in ('queued', 'running') and job_id = ")
        .bind(job_id);
    Ok(sql.execute(db).await? > 0)
}

/// Marks what a server that is gone left unfinished as interrupted, and returns how many jobs that were. For the one
/// server of a database, before it takes jobs.
///
/// # Errors
/// When the database fails.
pub async fn interrupt_unfinished(
    db: &impl ConnectionTrait,
    created_before: DateTime<Utc>,
) -> Result<u64> {
    let mut sql = Sql::new(
        "update job set state = 'interrupted', finished_at = now() where state in ('queued', 'running') and created_at < ",
    );
    sql.bind(created_before);
    sql.execute(db).await
}

/// Deletes a job that has ended, with the reports on its files, and tells whether there was one. What it imported stays.
///
/// # Errors
/// When the database fails.
pub async fn delete(db: &impl ConnectionTrait, job_id: Uuid) -> Result<bool> {
    let ended = Column::State.is_not_in([JobState::Queued, JobState::Running]);
    record::delete::<Entity>(db, Column::JobId.eq(job_id).and(ended)).await
}

/// Adds the report on a file that did not land (refused, duplicate, cancelled); that of one that did is written by
/// the ingestion together with its inspections.
///
/// # Errors
/// [`crate::Error::Missing`] when the job is gone; [`crate::Error::Invalid`].
pub async fn insert_file(
    db: &impl ConnectionTrait,
    file: import_file::ActiveModel,
) -> Result<import_file::Model> {
    record::insert::<import_file::Entity>(db, row_without_nul(file)).await
}

/// Counts further images to the report on the file that lists them.
///
/// # Errors
/// When the database fails.
pub async fn add_images(
    db: &impl ConnectionTrait,
    import_file_id: Uuid,
    images: u64,
) -> Result<()> {
    let mut sql = Sql::new("update import_file set images = images + ");
    sql.bind(i64::try_from(images).unwrap_or(i64::MAX))
        .push(" where import_file_id = ")
        .bind(import_file_id);
    sql.execute(db).await.map(drop)
}

/// The reports on the files of jobs, in the order in which the files ended. Served by `import_file_job_idx`.
///
/// # Errors
/// When the database fails.
pub async fn files(db: &impl ConnectionTrait, job_ids: &[Uuid]) -> Result<Vec<import_file::Model>> {
    let of_jobs = import_file::Entity::find()
        .filter(import_file::Column::JobId.is_in(job_ids.iter().copied()));
    let ordered = of_jobs
        .order_by_asc(import_file::Column::FinishedAt)
        .order_by_asc(import_file::Column::ImportFileId);
    Ok(ordered.all(db).await?)
}

/// One report.
///
/// # Errors
/// When the database fails.
pub async fn file(
    db: &impl ConnectionTrait,
    import_file_id: Uuid,
) -> Result<Option<import_file::Model>> {
    Ok(import_file::Entity::find_by_id(import_file_id)
        .one(db)
        .await?)
}

/// The report on the import of the KLARF file with this SHA-256, where one landed and its inspections are still there. Served
/// by `import_file_imported_sha256_key`.
///
/// # Errors
/// When the database fails.
pub async fn imported(
    db: &impl ConnectionTrait,
    sha256: &str,
) -> Result<Option<import_file::Model>> {
    let mut sql = Sql::new(
        "select * from import_file where state = 'imported' and kind = 'klarf' and sha256 = ",
    );
    sql.bind(sha256);
    sql.one(db).await
}

/// The first `limit` characters.
fn clip(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
