//! EMSA/MSA files, the field's exchange format for spectra.
//!
//! Text: `#KEYWORD : value` lines, then `#SPECTRUM`, the counts, `#ENDOFDATA`. [`read`] takes files as
//! instruments deliver them; [`write()`] makes files that keep to the standard.
//!
//! Taken although the standard says otherwise, because real files have it:
//! - missing keywords, except `FORMAT` (first line), `SPECTRUM` and, for counts without energies, `XPERCHAN`;
//! - `NPOINTS` that is not the number of points, as long as `ENDOFDATA` shows that the file is whole;
//! - missing `ENDOFDATA`, as long as there are `NPOINTS` points;
//! - `DATATYPE Y` with a column of energies beside the counts, if they are the energies of the channels;
//! - any mix of blanks, tabs and commas between values, commas at the end of a line, CR, LF or CRLF;
//! - a decimal comma in the header; no `XUNITS` (then a channel narrower than 0.5 counts as keV, else as eV);
//! - dates, times and all other keywords in any form: they are kept as delivered;
//! - text that is not UTF-8: then bytes are taken for ISO 8859-1.
//!
//! Not supported: energy scales that are not linear (for `DATATYPE XY` the energies must keep to
//! `OFFSET` and `XPERCHAN` within one channel), and several spectra in one file: the first is read.
//!
//! # Source
//! ISO 22029:2022, "Microbeam analysis: EMSA/MAS standard file format for spectral-data exchange";
//! R. F. Egerton, C. E. Fiori, J. A. Hunt, M. S. Isaacson, E. J. Kirkland, N. J. Zaluzec,
//! "EMSA/MAS standard file format for spectral data exchange", EMSA Bulletin 21 (1991) 35-41.

mod axis;
mod header;
mod read;
mod write;

pub use read::read;
pub use write::write;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most points (channels) that a spectrum may have.
pub const MAX_POINTS: usize = 65_536;
/// The most counts that a channel may have: more than any detector delivers, and sums stay exact.
pub const MAX_COUNTS: f64 = 1e12;
/// The most keywords, beside those that [`Spectrum`](crate::Spectrum) has fields for.
pub const MAX_KEYWORDS: usize = 1_024;

/// Why a file was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {field} `{value}`: {rule}")]
pub struct Error {
    /// Line of the file, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// Keyword, or `counts` or `energy`.
    pub field: String,
    /// What stood there, its beginning if it is long.
    pub value: String,
    /// What would have been right.
    pub rule: String,
}

/// A piece of one line, which knows its place.
#[derive(Clone, Copy)]
struct Text<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

impl<'a> Text<'a> {
    fn error(self, field: &str, rule: impl Into<String>) -> Error {
        let value: String = self.text.chars().take(40).collect();
        Error {
            line: self.line,
            column: self.column,
            field: field.to_owned(),
            value,
            rule: rule.into(),
        }
    }

    /// The same without blanks around it.
    fn trim(self) -> Self {
        let start = self.text.trim_start();
        let blanks = self.text.chars().count() - start.chars().count();
        Self {
            column: self.column + blanks,
            text: start.trim_end(),
            ..self
        }
    }

    /// The part from a byte index (on a character boundary) on.
    fn from(self, index: usize) -> Self {
        let column = self.column + self.text[..index].chars().count();
        Self {
            column,
            text: &self.text[index..],
            ..self
        }
    }

    /// Splits at a byte index (on a character boundary).
    fn split_at(self, index: usize) -> (Self, Self) {
        (
            Self {
                text: &self.text[..index],
                ..self
            },
            self.from(index),
        )
    }

    /// A finite number; Fortran's `20.` is one too.
    fn number(self, field: &str) -> Result<f64, Error> {
        let number = self
            .text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        number.ok_or_else(|| self.error(field, "must be a finite number"))
    }
}
