//! One KLARF file, from its first byte to its report.

use std::sync::{Arc, PoisonError};

use contract::import::{Diagnostic, Severity};
use entity::import_file::{FileKind, ImportState};
use serde_json::json;
use store::ingest::{FileFacts, Outcome, Report};
use tokio::sync::mpsc;

use super::arrival::{Desk, Incoming, report, write};
use super::facts;
use super::images::Images;
use super::loading::{Fault, Loading};
use super::reading::{End, Reading, read};
use super::source::Source;

/// Steps that may wait between reader and database; each holds at most some MB of rows.
const WAITING: usize = 2;

/// Reads one file into the database and writes its report; what became of it. Images that wait for it meet it then.
///
/// # Errors
/// When the database fails; then neither file nor report are there.
pub(super) async fn import(
    desk: &Desk,
    name: String,
    file: Incoming,
    images: &mut Images,
) -> Result<ImportState, store::Error> {
    let live = &desk.live;
    let (source, tally) = Source::new(file.chunks, Arc::clone(live));
    let (sender, steps) = mpsc::channel(WAITING);
    let reader_live = Arc::clone(live);
    let reader = tokio::task::spawn_blocking(move || read(source, sender, reader_live));
    let mut loading = Loading::begin(&desk.db, desk.job_id).await?;
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
        Some(loaded) if !live.is_cancelled() => judge(loaded, reading, desk.accept_truncated)?,
        _ => Verdict::Cancelled,
    };
    let report = Report {
        klarf_version: version,
        ..report(name, FileKind::Klarf, bytes)
    };
    match verdict {
        Verdict::Accept => {
            let facts = FileFacts {
                file_name: report.file_name,
                sha256,
                bytes,
                klarf_version: report.klarf_version,
                diagnostics: json!(diagnostics),
            };
            let (state, report_id, inspection_ids) = match loading.file.commit(facts).await? {
                Outcome::Imported(row) => (
                    ImportState::Imported,
                    row.import_file_id,
                    row.inspection_ids,
                ),
                Outcome::Duplicate { report, first } => (
                    ImportState::Duplicate,
                    report.import_file_id,
                    first.inspection_ids,
                ),
            };
            images
                .listing(file.folder, report_id, inspection_ids)
                .await?;
            Ok(state)
        }
        Verdict::Refuse(why) => {
            loading.file.rollback().await?;
            // The reason stands last, once.
            diagnostics.retain(|noticed| *noticed != *why);
            diagnostics.push(*why);
            write(desk, report, ImportState::Refused, diagnostics).await
        }
        Verdict::Cancelled => {
            // A statement may be under way still: closing the connection undoes the file all the same.
            drop(loading);
            write(desk, report, ImportState::Cancelled, diagnostics).await
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
