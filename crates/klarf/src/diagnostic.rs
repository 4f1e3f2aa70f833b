//! What was noticed while reading: faults that do not stop the reader, each with its place.

use serde::Serialize;

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the values are right as they are.
    Note,
    /// Probably wrong in the file; the values were taken as delivered.
    Warning,
    /// Certainly wrong; something is missing from what was read.
    Error,
}

/// One fault or oddity of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Stable name of the fault in kebab-case, e.g. `count-mismatch`.
    pub code: &'static str,
    /// Line of the first occurrence, counting from 1.
    pub line: u64,
    /// Column of the first occurrence in bytes, counting from 1.
    pub column: u64,
    /// What it is about, in one sentence.
    pub message: String,
    /// What the format or the rest of the file asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What the file holds instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// How often it occurs; faults of defect rows are reported once a wafer, with their number.
    pub count: u64,
}

/// A place in a file; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Place {
    pub line: u64,
    pub column: u64,
}

impl Diagnostic {
    pub(crate) fn new(
        severity: Severity,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            line: place.line,
            column: place.column,
            message: message.into(),
            expected: None,
            found: None,
            count: 1,
        }
    }

    pub(crate) fn note(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, place, message)
    }

    pub(crate) fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, message)
    }

    pub(crate) fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, message)
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(crate) fn times(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )?;
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => write!(f, " (expected {expected}, found {found})")?,
            (Some(expected), None) => write!(f, " (expected {expected})")?,
            (None, Some(found)) => write!(f, " (found {found})")?,
            (None, None) => {}
        }
        if self.count > 1 {
            write!(f, " [{} times]", self.count)?;
        }
        Ok(())
    }
}

/// Distinct diagnostics kept of one file, before the one that counts all others: a hostile file must not fill the memory with them.
const KEPT: usize = 1000;

/// The diagnostics of one file, in the order in which they came up.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    kept: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one; the same fault with the same words is counted instead of repeated.
    pub fn add(&mut self, new: Diagnostic) {
        if let Some(last) = self.kept.get_mut(KEPT) {
            last.count += new.count;
            return;
        }
        let same = |old: &&mut Diagnostic| old.code == new.code && old.message == new.message;
        if let Some(old) = self.kept.iter_mut().find(same) {
            old.count += new.count;
        } else if self.kept.len() < KEPT {
            self.kept.push(new);
        } else {
            let place = Place {
                line: new.line,
                column: new.column,
            };
            let message = "further faults are only counted";
            let more = Diagnostic::warning("more-diagnostics", place, message);
            self.kept.push(more.times(new.count));
        }
    }

    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.kept
    }
}
