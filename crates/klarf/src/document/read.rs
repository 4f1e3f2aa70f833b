//! A whole file to its document.

use super::{BraceDocument, Document, FlatDocument};
use crate::brace;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::event::Event;
use crate::flat;
use crate::reader::Reader;
use crate::wafer::{Family, FileHeader};

/// Reads a whole file into memory, to be changed and written.
///
/// # Errors
/// As [`Reader::next_event`], and when the file is cut off: what would be written could not be
/// told from a whole one.
pub fn read_document(bytes: &[u8]) -> Result<Document, Error> {
    let header = check(bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match header.family {
        Family::Flat => Ok(Document::Flat(FlatDocument {
            statements: flat::read_statements(bytes, header)?,
        })),
        Family::Brace => Ok(Document::Brace(BraceDocument {
            root: brace::read_root(bytes)?,
        })),
    }
}

/// Reads the file as results once, so that a document is never made of one that is refused.
fn check(bytes: &[u8]) -> Result<FileHeader, Error> {
    let mut reader = Reader::new(bytes);
    let mut header = None;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Header(found) => header = Some(found),
            Event::End { complete: false } => {
                let cut = reader.diagnostics().iter().rfind(|d| d.code == "truncated");
                return Err(cut
                    .cloned()
                    .unwrap_or_else(|| unexpected("the file is cut off"))
                    .into());
            }
            _ => {}
        }
    }
    header.ok_or_else(|| unexpected("the file has no header").into())
}

fn unexpected(message: &str) -> Diagnostic {
    let place = crate::diagnostic::Place { line: 1, column: 1 };
    Diagnostic::error("truncated", place, message)
}
