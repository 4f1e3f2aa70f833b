//! What the reader yields, in the order of the file.

use std::sync::Arc;

use serde::Serialize;

use crate::batch::DefectBatch;
use crate::wafer::{FileHeader, Wafer};

/// One step through a file.
///
/// A file is one `Header`, then for each wafer one `WaferStart`, any number of `Defects` and one
/// `WaferEnd`, and at last one `End`.
#[derive(Debug)]
pub enum Event<'a> {
    /// Version and family.
    Header(FileHeader),
    /// The results of a wafer begin: all that was known of it before its first defect. Its geometry
    /// and identity do not change any more.
    WaferStart(Arc<Wafer>),
    /// Some of its defects; the batch is filled anew by the next call.
    Defects(&'a DefectBatch),
    /// The wafer is complete.
    WaferEnd(WaferEnd),
    /// Nothing follows.
    End {
        /// Whether `EndOfFile` was seen. If not, the file was cut off, e.g. copied while it was
        /// still being written; a diagnostic `truncated` says where.
        complete: bool,
    },
}

/// A wafer with everything the file says of it, also what stands after its defects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaferEnd {
    /// Its facts. Identity and geometry are those of `WaferStart`; tests, summaries and keywords
    /// may have been added.
    pub wafer: Arc<Wafer>,
    /// Defects that were read.
    pub defect_count: u64,
    /// Whether the file goes on after it, or ends with `EndOfFile`.
    pub is_complete: bool,
}
