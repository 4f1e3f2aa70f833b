//! One file, from its first byte to its report.

use std::sync::{Arc, PoisonError};

use contract::import::{Diagnostic, Severity};
use entity::import_file::{ActiveModel, ImportState};
use serde_json::json;
use store::ActiveValue::{NotSet, Set};
use store::Db;
use store::ingest::{FileFacts, Outcome};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::facts;
use super::loading::{Fault, Loading};
use super::progress::Live;
use super::reading::{End, Reading, read};
use super::source::{Chunks, Source};
use crate::service::evidence::plain_name;

/// Steps that may wait between reader and database; each holds at most some MB of rows.
const WAITING: usize = 2;

/// Files read at a time: each has a database connection and a thread of its own, and both have to be
/// left over for everybody else. Further ones wait, and their senders with them.
static AT_ONCE: Semaphore = Semaphore::const_new(16);

/// A file to be read.
#[derive(Debug)]
pub struct Incoming {
    /// Name as sent; its path is cut off.
    pub name: String,
    /// Its bytes.
    pub chunks: Chunks,
}

/// Reads one file into the database and writes its report; what became of it.
///
/// # Errors
/// When the database fails; then neither file nor report are there.
pub(super) async fn import(
    db: &Db,
    job_id: Uuid,
    file: Incoming,
    accept_truncated: bool,
    live: &Arc<Live>,
) -> Result<ImportState, store::Error> {
    let name = plain_name(&file.name);
    let _turn = tokio::select! {
        turn = AT_ONCE.acquire() => turn,
        () = live.cancelled() => {
            let report = Report { job_id, name, bytes: 0, version: None };
            return report.write(db, ImportState::Cancelled, Vec::new()).await;
        }
    };
    let (source, tally) = Source::new(file.chunks, Arc::clone(live));
    let (sender, steps) = mpsc::channel(WAITING);
    let reader_live = Arc::clone(live);
    let reader = tokio::task::spawn_blocking(move || read(source, sender, reader_live));
    let mut loading = Loading::begin(db, job_id).await?;
    let loaded = tokio::select! {
        loaded = loading.run(steps) => Some(loaded),
        // It may be waiting for another import, for as long as that one takes.
        () = live.cancelled() => None,
    };
    let reading = reader
        .await
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    let (bytes, sha256) = {
        let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        (tally.bytes, tally.sha256())
    };
    let version = reading.version.map(|version| version.to_string());
    let mut diagnostics: Vec<_> = reading.diagnostics.iter().map(facts::diagnostic).collect();
    let verdict = match loaded {
        Some(loaded) if !live.is_cancelled() => judge(loaded, reading, accept_truncated)?,
        _ => Verdict::Cancelled,
    };
    let report = Report {
        job_id,
        name,
        bytes,
        version,
    };
    match verdict {
        Verdict::Accept => {
            let facts = FileFacts {
                file_name: report.name,
                sha256,
                bytes,
                klarf_version: report.version,
                diagnostics: json!(diagnostics),
            };
            match loading.file.commit(facts).await? {
                Outcome::Imported(_) => Ok(ImportState::Imported),
                Outcome::Duplicate { .. } => Ok(ImportState::Duplicate),
            }
        }
        Verdict::Refuse(why) => {
            loading.file.rollback().await?;
            // The reason stands last, once.
            diagnostics.retain(|noticed| *noticed != *why);
            diagnostics.push(*why);
            report.write(db, ImportState::Refused, diagnostics).await
        }
        Verdict::Cancelled => {
            // A statement may be under way still: closing the connection undoes the file all the same.
            drop(loading);
            report.write(db, ImportState::Cancelled, diagnostics).await
        }
    }
}

/// What is to become of a file.
enum Verdict {
    Accept,
    Refuse(Box<Diagnostic>),
    Cancelled,
}

fn judge(
    loaded: Result<(), Fault>,
    reading: Reading,
    accept_truncated: bool,
) -> Result<Verdict, store::Error> {
    match loaded {
        Ok(()) => {}
        Err(Fault::Refused(why)) => return Ok(Verdict::Refuse(why)),
        Err(Fault::Store(error)) => {
            return refusal(error).map(|why| Verdict::Refuse(Box::new(why)));
        }
    }
    let verdict = match reading.end {
        End::Complete if reading.version.is_some() => Verdict::Accept,
        End::Truncated if accept_truncated => Verdict::Accept,
        End::Truncated => Verdict::Refuse(Box::new(truncated(&reading.diagnostics))),
        End::Refused(why) => Verdict::Refuse(Box::new(facts::diagnostic(&why))),
        End::Broken(error) => {
            tracing::info!(%error, "a file stopped coming before its end");
            Verdict::Cancelled
        }
        End::Abandoned | End::Complete => Verdict::Cancelled,
    };
    Ok(verdict)
}

fn truncated(diagnostics: &[klarf::Diagnostic]) -> Diagnostic {
    let noticed = diagnostics
        .iter()
        .rev()
        .find(|noticed| noticed.code == "truncated");
    noticed.map_or_else(
        || fault("truncated", "the file was cut off before EndOfFile"),
        facts::diagnostic,
    )
}

/// Faults of the file that only the database sees; what is no fault of the file stays an error.
fn refusal(error: store::Error) -> Result<Diagnostic, store::Error> {
    match &error {
        store::Error::DuplicateDefect { .. } => Ok(fault("duplicate-defect", &error.to_string())),
        store::Error::Invalid { .. } => {
            let field = error.invalid_field().unwrap_or("value").to_owned();
            Ok(fault(
                "value-out-of-range",
                &format!("`{field}` is longer or larger than can be stored: {error}"),
            ))
        }
        _ => Err(error),
    }
}

fn fault(code: &str, message: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: code.to_owned(),
        line: 0,
        column: 0,
        message: message.to_owned(),
        expected: None,
        found: None,
    }
}

/// What every report says.
struct Report {
    job_id: Uuid,
    name: String,
    bytes: i64,
    version: Option<String>,
}

impl Report {
    async fn write(
        self,
        db: &Db,
        state: ImportState,
        diagnostics: Vec<Diagnostic>,
    ) -> Result<ImportState, store::Error> {
        let error = diagnostics
            .last()
            .filter(|_| state == ImportState::Refused)
            .map(|why| why.message.clone());
        let row = ActiveModel {
            import_file_id: Set(Uuid::now_v7()),
            job_id: Set(self.job_id),
            file_name: Set(self.name),
            sha256: NotSet,
            bytes: Set(self.bytes),
            state: Set(state),
            duplicate_of: NotSet,
            klarf_version: Set(self.version),
            wafers: NotSet,
            defects: NotSet,
            inspection_ids: NotSet,
            error: Set(error),
            diagnostics: Set(json!(diagnostics)),
            created: NotSet,
            finished_at: NotSet,
            kind: NotSet,
            images: NotSet,
        };
        store::job::insert_file(db, row).await?;
        Ok(state)
    }
}
