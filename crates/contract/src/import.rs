//! Imports: files in, a report on each out.

use chrono::{DateTime, Utc};
use uuid::Uuid;

words! {
    /// How far an import has come.
    pub enum ImportState {
        /// It waits for its turn.
        Queued = "queued",
        /// It reads.
        Running = "running",
        /// Every file was read or recognised as known.
        Succeeded = "succeeded",
        /// Some files were refused, others landed.
        Partial = "partial",
        /// Every file was refused.
        Failed = "failed",
        /// Somebody stopped it; files that were in before stay in.
        Cancelled = "cancelled",
        /// The server stopped while it ran; the file at hand left nothing.
        Interrupted = "interrupted",
    }
}

words! {
    /// What became of a file.
    pub enum FileState {
        /// It is in.
        Imported = "imported",
        /// The same bytes were in already; nothing was added.
        Duplicate = "duplicate",
        /// It was refused; nothing of it was kept.
        Refused = "refused",
        /// It was stopped; nothing of it was kept.
        Cancelled = "cancelled",
        /// It was in; all its inspections have been deleted since, and it may come in again.
        Removed = "removed",
    }
}

words! {
    /// What a file holds, told by its content.
    pub enum FileKind {
        /// Inspection results.
        Klarf = "klarf",
        /// An image, or several as the pages of a TIFF.
        Image = "image",
        /// An EDX spectrum (EMSA/MSA).
        Spectrum = "spectrum",
    }
}

words! {
    /// How serious a diagnostic is.
    pub enum Severity { Error = "error", Warning = "warning", Note = "note" }
}

api! {
    /// Something noticed in a file.
    pub struct Diagnostic {
        /// How serious.
        pub severity: Severity,
        /// What kind, from a stable list.
        pub code: String,
        /// Line, from 1; 0 where it is about the whole file.
        pub line: u64,
        /// Column, from 1.
        pub column: u64,
        /// One sentence.
        pub message: String,
        /// What was expected.
        pub expected: Option<String>,
        /// What was found.
        pub found: Option<String>,
    }

    /// An import: one or several files.
    pub struct Import {
        /// Id.
        pub import_id: Uuid,
        /// How far it has come.
        pub state: ImportState,
        /// Who started it, or `null` for the command line.
        pub created_by: Option<String>,
        /// When.
        pub created_at: DateTime<Utc>,
        /// When it ended.
        pub finished_at: Option<DateTime<Utc>>,
        /// How much has been read.
        pub progress: Progress,
        /// One report per file that has been read to its end, in the order of their arrival.
        pub files: Vec<FileReport>,
    }

    /// How much of an import has been read.
    #[derive(Default)]
    pub struct Progress {
        /// Bytes of all files together, where known.
        pub bytes_total: Option<i64>,
        /// Bytes read.
        pub bytes_done: i64,
        /// Wafers read.
        pub wafers: i64,
        /// Defects read.
        pub defects: i64,
        /// Seconds since the start, or from start to end.
        pub elapsed_seconds: f64,
        /// Defects per second so far.
        pub defects_per_second: f64,
    }

    /// What became of one file.
    pub struct FileReport {
        /// Name as sent; no path.
        pub name: String,
        /// What it holds.
        pub kind: FileKind,
        /// What became of it.
        pub state: FileState,
        /// Bytes read.
        pub bytes: i64,
        /// SHA-256, hexadecimal, once the file has been read to its end.
        pub sha256: Option<String>,
        /// KLARF version, for example `1.2`.
        pub klarf_version: Option<String>,
        /// The inspections it made, or those the same file made before.
        pub inspections: Vec<ImportedInspection>,
        /// Images that were put to the defects that list them: of this file for an image, to its defects for a KLARF file.
        pub images: i64,
        /// Equipment, lots, wafers and defect types that did not exist before this file.
        pub created: Created,
        /// Why it was refused.
        pub error: Option<Diagnostic>,
        /// Everything noticed while reading it; in lists of imports the first 20.
        pub diagnostics: Vec<Diagnostic>,
        /// The import that brought the same bytes first.
        pub duplicate_of: Option<Uuid>,
    }

    /// An inspection that a file made.
    pub struct ImportedInspection {
        /// Inspection.
        pub inspection_id: Uuid,
        /// Wafer.
        pub wafer_id: String,
        /// Step.
        pub step_id: String,
        /// Defects.
        pub defect_count: i64,
    }

    /// What a file brought into being.
    #[derive(Default)]
    pub struct Created {
        /// Equipment ids.
        pub equipment: Vec<String>,
        /// Lots.
        pub lots: Vec<String>,
        /// Wafer ids.
        pub wafers: Vec<String>,
        /// Names of defect types.
        pub defect_types: Vec<String>,
    }
}

api! {
    /// The form in which files are sent.
    pub struct ImportForm {
        /// KLARF files and the images that they list, any number, in any order; each part carries its file's name.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, format = Binary))]
        pub files: Vec<String>,
    }
}

query! {
    /// How to read the files that are sent.
    pub struct ImportOptions {
        /// Id of the import, a UUID that the caller makes up, to follow the progress while sending. Default: the server's own.
        pub import_id: Option<Uuid>,
        /// `true` keeps what can be read of a file that was cut off. Default `false`: it is refused.
        pub accept_truncated: Option<bool>,
    }
}

query! {
    /// Which imports to list, newest first.
    pub struct ImportQuery {
        /// Only this import: an empty list instead of an error while it is not there yet.
        pub import_id: Option<Uuid>,
        /// Only this state.
        pub state: Option<ImportState>,
        /// Part of a file's name.
        pub search: Option<String>,
        /// Page, from 1.
        pub page: Option<u32>,
        /// Rows per page, 1 to 100, default 20.
        pub per_page: Option<u32>,
    }
}
