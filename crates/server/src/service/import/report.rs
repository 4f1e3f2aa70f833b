//! Imports as they can be looked up afterwards, and while they run.

use std::collections::HashMap;

use contract::import::{FileReport, Import, ImportQuery};
use entity::import_file;
use store::Db;
use store::inspection::Brief;
use store::job::{Filter, Row};
use uuid::Uuid;

use crate::answer::{Answer, Page};
use crate::error::{ApiError, ApiResult, Thing};
use crate::view;

/// Diagnostics of a file that a list of imports shows; the import itself shows all.
const LISTED_DIAGNOSTICS: usize = 20;

/// One import with everything.
///
/// # Errors
/// When there is none with this id or the database fails.
pub async fn get(db: &Db, import_id: Uuid) -> ApiResult<Import> {
    let row = store::job::get(db, import_id)
        .await?
        .ok_or_else(|| Thing::Import.missing(import_id))?;
    let mut imports = with_files(db, vec![row], usize::MAX).await?;
    imports
        .pop()
        .ok_or_else(|| Thing::Import.missing(import_id))
}

/// One page of imports, newest first.
///
/// # Errors
/// When the page is out of range or the database fails.
pub async fn list(db: &Db, query: &ImportQuery) -> ApiResult<Answer<Vec<Import>>> {
    let page = Page::read(query.page, query.per_page)?;
    let filter = Filter {
        job_id: query.import_id,
        state: query.state.map(view::import::state_row),
        search: query.search.clone(),
    };
    let found = store::job::list(db, &filter, page.paging()).await?;
    let pagination = page.within(found.total, None);
    let imports = with_files(db, found.rows, LISTED_DIAGNOSTICS).await?;
    Ok(Answer::page(imports, pagination))
}

/// Asks a running import to stop; it undoes the file at hand, files before it stay.
///
/// # Errors
/// [`ApiError::NotRunning`] when it has ended; when there is none with this id.
pub async fn cancel(db: &Db, import_id: Uuid) -> ApiResult<Import> {
    let import = get(db, import_id).await?;
    if !store::job::request_cancel(db, import_id).await? {
        return Err(ApiError::NotRunning);
    }
    Ok(import)
}

async fn with_files(db: &Db, jobs: Vec<Row>, most: usize) -> ApiResult<Vec<Import>> {
    let ids: Vec<_> = jobs.iter().map(|row| row.job.job_id).collect();
    let files = store::job::files(db, &ids).await?;
    let inspections: Vec<_> = files
        .iter()
        .flat_map(|file| file.inspection_ids.iter().copied())
        .collect();
    let briefs = store::inspection::briefs(db, &inspections).await?;
    let briefs: HashMap<_, _> = briefs
        .into_iter()
        .map(|brief| (brief.inspection_id, brief))
        .collect();
    let mut reports: HashMap<Uuid, Vec<FileReport>> = HashMap::new();
    for file in files {
        let (job_id, report) = report(db, file, &briefs, most).await?;
        reports.entry(job_id).or_default().push(report);
    }
    let imports = jobs.into_iter().map(|row| {
        let files = reports.remove(&row.job.job_id).unwrap_or_default();
        view::import::import(row, files)
    });
    Ok(imports.collect())
}

async fn report(
    db: &Db,
    file: import_file::Model,
    briefs: &HashMap<Uuid, Brief>,
    most: usize,
) -> ApiResult<(Uuid, FileReport)> {
    let first = match file.duplicate_of {
        Some(first) => store::job::file(db, first).await?.map(|first| first.job_id),
        None => None,
    };
    Ok((file.job_id, view::import::file(file, briefs, first, most)))
}
