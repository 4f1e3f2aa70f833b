//! A whole file as a value that can be changed and written.
//!
//! A document keeps everything as delivered, unknown keywords and columns included, in the file's
//! order. Counts are not part of it: they are written as they are.

mod brace;
mod flat;
mod read;
mod value;
mod write_brace;
mod write_flat;

pub use brace::{BraceDocument, Cell, Item, List, Record};
pub use flat::{Body, FlatDocument, Statement};
pub use read::read_document;
pub use value::Value;

/// A whole file of either family.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// 1.0 to 1.7.
    Flat(FlatDocument),
    /// 1.8.
    Brace(BraceDocument),
}

impl Document {
    /// Writes the file.
    ///
    /// # Errors
    /// When `out` fails, or with `InvalidInput` when a keyword or name cannot be written.
    pub fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        match self {
            Self::Flat(document) => document.write(out),
            Self::Brace(document) => document.write(out),
        }
    }
}

/// Refuses a keyword, name or type that would not be read as one.
fn check_name(name: &str, has_forbidden: fn(&str) -> bool) -> std::io::Result<()> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if is_name && !has_forbidden(name) {
        return Ok(());
    }
    let message =
        format!("{name:?} is no name: it begins with no letter or could not be read as one word");
    Err(std::io::Error::new(
        std::io::ErrorKind::InvalidInput,
        message,
    ))
}
