//! A file that arrives: its content tells what becomes of it.

use std::sync::Arc;

use contract::import::Diagnostic;
use entity::import_file::{FileKind, ImportState};
use serde_json::json;
use store::Db;
use store::ingest::Report;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::images::{Images, refusal};
use super::klarf_file;
use super::progress::Live;
use super::source::Chunks;
use crate::service::evidence::{Fault, Format, Intake, Refusal, plain_name, sniff};

/// Files read at a time: each has a database connection and a thread of its own, and both have to be
/// left over for everybody else. Further ones wait, and their senders with them.
static AT_ONCE: Semaphore = Semaphore::const_new(16);

/// A file to be read.
#[derive(Debug)]
pub struct Incoming {
    /// Name as sent; its path is cut off.
    pub name: String,
    /// Which of the sender's folders it comes from: names are unique in one. 0 where there is but one.
    pub folder: u32,
    /// Its bytes.
    pub chunks: Chunks,
}

/// What an import writes to, and how.
#[derive(Debug)]
pub(super) struct Desk {
    pub db: Db,
    pub intake: Intake,
    pub job_id: Uuid,
    pub accept_truncated: bool,
    pub live: Arc<Live>,
}

/// Takes one file and writes its report; what became of it. `None` for an image: that is told when the import ends.
///
/// # Errors
/// When the database fails; then neither file nor report are there.
pub(super) async fn take(
    desk: &Desk,
    mut file: Incoming,
    images: &mut Images,
) -> Result<Option<ImportState>, store::Error> {
    let name = plain_name(&file.name);
    let turn = tokio::select! {
        turn = AT_ONCE.acquire() => turn.ok(),
        () = desk.live.cancelled() => None,
    };
    if turn.is_none() {
        let report = report(name, FileKind::Klarf, 0);
        let cancelled = ImportState::Cancelled;
        return write(desk, report, cancelled, Vec::new()).await.map(Some);
    }
    let head = tokio::select! {
        head = file.chunks.head() => head,
        () = desk.live.cancelled() => Vec::new(),
    };
    match sniff(&head) {
        None => klarf_file::import(desk, name, file, images).await.map(Some),
        Some(Format::Emsa) => {
            let rule = "is an EDX spectrum, which no file can say the defect of: send it to its defect, at \
                        `/defects/{defect_id}/edx` or with `wafermaps attach`";
            let why = Refusal::file(&name, rule);
            refuse(desk, report(name, FileKind::Spectrum, 0), &why)
                .await
                .map(Some)
        }
        Some(_) => take_image(desk, file, images).await,
    }
}

async fn take_image(
    desk: &Desk,
    mut file: Incoming,
    images: &mut Images,
) -> Result<Option<ImportState>, store::Error> {
    let mut spooling = desk.intake.spooling(&file.name);
    let mut bytes = 0;
    let spool = loop {
        let next = tokio::select! {
            next = file.chunks.next() => next,
            () = desk.live.cancelled() => None,
        };
        let taken = match next {
            Some(Some(chunk)) => {
                bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
                desk.live.add_bytes(chunk.len());
                spooling.push(&chunk).await
            }
            Some(None) => match spooling.finish().await {
                Ok(spool) => break spool,
                Err(fault) => return refuse_image(desk, &file.name, bytes, fault).await,
            },
            None => {
                let report = report(plain_name(&file.name), FileKind::Image, bytes);
                let cancelled = ImportState::Cancelled;
                return write(desk, report, cancelled, Vec::new()).await.map(Some);
            }
        };
        if let Err(fault) = taken {
            return refuse_image(desk, &file.name, bytes, fault).await;
        }
    };
    images.image(file.folder, spool).await?;
    Ok(None)
}

async fn refuse_image(
    desk: &Desk,
    name: &str,
    bytes: i64,
    fault: Fault,
) -> Result<Option<ImportState>, store::Error> {
    let report = report(plain_name(name), FileKind::Image, bytes);
    match fault {
        Fault::Refused(why) => refuse(desk, report, &why).await.map(Some),
        Fault::Disk(error) => Err(store::Error::File(error)),
        Fault::Store(error) => Err(error),
    }
}

async fn refuse(desk: &Desk, report: Report, why: &Refusal) -> Result<ImportState, store::Error> {
    write(desk, report, ImportState::Refused, vec![refusal(why)]).await
}

/// A report on a file that did not land.
pub(super) fn report(file_name: String, kind: FileKind, bytes: i64) -> Report {
    Report {
        file_name,
        sha256: None,
        bytes,
        kind,
        klarf_version: None,
        images: 0,
        error: None,
        diagnostics: json!([]),
    }
}

/// Writes a report; the reason for a refusal stands last.
pub(super) async fn write(
    desk: &Desk,
    report: Report,
    state: ImportState,
    diagnostics: Vec<Diagnostic>,
) -> Result<ImportState, store::Error> {
    let why = diagnostics.last().filter(|_| state == ImportState::Refused);
    let report = Report {
        error: why.map(|why| why.message.clone()),
        diagnostics: json!(diagnostics),
        ..report
    };
    store::job::insert_file(&desk.db, report.row(desk.job_id, state)).await?;
    Ok(state)
}
