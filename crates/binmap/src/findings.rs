//! Faults and oddities at their byte of the file; lines and columns are counted when they are told.

use crate::error::{Diagnostic, Error};

/// Oddities that are told of one file.
const TOLD: usize = 50;
/// Characters of a value that a message quotes.
const QUOTED: usize = 60;
/// Cells of all maps of one file, 32 MB of memory: far more than a lot of the smallest dies has.
const CELLS: usize = 8_000_000;

/// Why the file is refused.
#[derive(Debug)]
pub(crate) struct Fault {
    offset: usize,
    field: String,
    value: Option<String>,
    rule: String,
}

impl Fault {
    pub fn at(offset: usize, field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            offset,
            field: field.into(),
            value: None,
            rule: rule.into(),
        }
    }

    /// With what stands there.
    pub fn found(mut self, value: impl AsRef<str>) -> Self {
        self.value = Some(shortened(value.as_ref()));
        self
    }

    /// With its place in the bytes of the file.
    pub fn in_bytes(self, bytes: &[u8]) -> Error {
        let (line, column) = place(bytes, self.offset);
        Error {
            line,
            column,
            field: self.field,
            value: self.value,
            rule: self.rule,
        }
    }
}

/// What is noticed while a file is read, and what it may still hold.
#[derive(Debug)]
pub(crate) struct Findings {
    notes: Vec<(usize, String)>,
    untold: usize,
    cells_left: usize,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            notes: Vec::new(),
            untold: 0,
            cells_left: CELLS,
        }
    }
}

impl Findings {
    /// Notes an oddity.
    pub fn note(&mut self, offset: usize, message: String) {
        if self.notes.len() < TOLD {
            self.notes.push((offset, message));
        } else {
            self.untold += 1;
        }
    }

    /// Takes the cells of one more map, or says that there are too many.
    pub fn take_cells(&mut self, columns: usize, rows: usize) -> bool {
        let left = columns
            .checked_mul(rows)
            .and_then(|cells| self.cells_left.checked_sub(cells));
        self.cells_left = left.unwrap_or(self.cells_left);
        left.is_some()
    }

    /// The oddities with their places.
    pub fn told(self, bytes: &[u8]) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> = self
            .notes
            .into_iter()
            .map(|(offset, message)| {
                let (line, column) = place(bytes, offset);
                Diagnostic {
                    line,
                    column,
                    message,
                }
            })
            .collect();
        if self.untold > 0 {
            told.push(Diagnostic {
                line: 1,
                column: 1,
                message: format!("{} more oddities are not listed", self.untold),
            });
        }
        told
    }
}

/// A value as a message quotes it.
pub(crate) fn shortened(value: &str) -> String {
    let value = value.trim();
    match value.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

fn place(bytes: &[u8], offset: usize) -> (u64, u64) {
    let before = &bytes[..offset.min(bytes.len())];
    let line_start = before.iter().rposition(|&byte| byte == b'\n');
    let lines = before.iter().filter(|&&byte| byte == b'\n').count();
    let column = before.len() - line_start.map_or(0, |at| at + 1);
    (lines as u64 + 1, column as u64 + 1)
}
