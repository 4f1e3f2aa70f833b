//! Imports and the reports on their files.

use std::collections::HashMap;

use chrono::Utc;
use contract::import::{
    Created, Diagnostic, FileKind, FileReport, FileState, Import, ImportState, ImportedInspection,
    Progress,
};
use entity::import_file;
use entity::job::JobState;
use serde::de::DeserializeOwned;
use store::inspection::Brief;
use store::job::Row;
use uuid::Uuid;

/// An import with the reports on its files.
pub fn import(row: Row, files: Vec<FileReport>) -> Import {
    let Row {
        job,
        created_by_username,
    } = row;
    let until = job.finished_at.unwrap_or_else(Utc::now);
    let elapsed = (until - job.started_at.unwrap_or(job.created_at))
        .as_seconds_f64()
        .max(0.0);
    #[expect(clippy::cast_precision_loss, reason = "a rate to look at")]
    let rate = if elapsed > 0.0 {
        job.defects as f64 / elapsed
    } else {
        0.0
    };
    Import {
        import_id: job.job_id,
        state: state(job.state),
        created_by: created_by_username,
        created_at: job.created_at,
        finished_at: job.finished_at,
        progress: Progress {
            bytes_total: job.bytes_total,
            bytes_done: job.bytes_done,
            wafers: job.wafers,
            defects: job.defects,
            elapsed_seconds: elapsed,
            defects_per_second: rate,
        },
        files,
    }
}

/// The report on a file; `briefs` are the inspections that are still there, `first` the import that
/// brought the same bytes first, `most` how many diagnostics are shown.
pub fn file(
    row: import_file::Model,
    briefs: &HashMap<Uuid, Brief>,
    first: Option<Uuid>,
    most: usize,
) -> FileReport {
    let mut diagnostics: Vec<Diagnostic> = parsed(row.diagnostics);
    // The reason for a refusal stands last.
    let is_refused = row.state == import_file::ImportState::Refused;
    let error = diagnostics.last().filter(|_| is_refused).cloned();
    diagnostics.truncate(most);
    let inspections = row.inspection_ids.iter().filter_map(|id| briefs.get(id));
    FileReport {
        name: row.file_name,
        kind: file_kind(row.kind),
        state: file_state(row.state),
        bytes: row.bytes,
        sha256: row.sha256,
        klarf_version: row.klarf_version,
        inspections: inspections.map(inspection).collect(),
        images: row.images,
        created: parsed::<Created>(row.created),
        error,
        diagnostics,
        duplicate_of: first,
    }
}

fn inspection(brief: &Brief) -> ImportedInspection {
    ImportedInspection {
        inspection_id: brief.inspection_id,
        wafer_id: brief.wafer_id.clone(),
        step_id: brief.step_id.clone(),
        defect_count: brief.defect_count.into(),
    }
}

/// What we wrote ourselves; a row without it (`{}`) has its default.
fn parsed<T: DeserializeOwned + Default>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap_or_default()
}

fn state(state: JobState) -> ImportState {
    match state {
        JobState::Queued => ImportState::Queued,
        JobState::Running => ImportState::Running,
        JobState::Succeeded => ImportState::Succeeded,
        JobState::Partial => ImportState::Partial,
        JobState::Failed => ImportState::Failed,
        JobState::Cancelled => ImportState::Cancelled,
        JobState::Interrupted => ImportState::Interrupted,
    }
}

/// A state as the database writes it.
pub fn state_row(state: ImportState) -> JobState {
    match state {
        ImportState::Queued => JobState::Queued,
        ImportState::Running => JobState::Running,
        ImportState::Succeeded => JobState::Succeeded,
        ImportState::Partial => JobState::Partial,
        ImportState::Failed => JobState::Failed,
        ImportState::Cancelled => JobState::Cancelled,
        ImportState::Interrupted => JobState::Interrupted,
    }
}

fn file_kind(kind: import_file::FileKind) -> FileKind {
    match kind {
        import_file::FileKind::Klarf => FileKind::Klarf,
        import_file::FileKind::Image => FileKind::Image,
        import_file::FileKind::Spectrum => FileKind::Spectrum,
    }
}

fn file_state(state: import_file::ImportState) -> FileState {
    match state {
        import_file::ImportState::Imported => FileState::Imported,
        import_file::ImportState::Duplicate => FileState::Duplicate,
        import_file::ImportState::Refused => FileState::Refused,
        import_file::ImportState::Cancelled => FileState::Cancelled,
        import_file::ImportState::Removed => FileState::Removed,
    }
}
