//! One value, in quotes or bare.

use std::fmt;

use crate::flat::is_reserved;

/// One value of a document. Made so that it can always be written: there is no way to have a `"`
/// in a text, so it becomes `'`; what cannot stand bare stands in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    text: String,
    is_quoted: bool,
}

impl Value {
    /// A text in quotes.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let text = if text.contains('"') {
            text.replace('"', "'")
        } else {
            text
        };
        Self {
            text,
            is_quoted: true,
        }
    }

    /// A number or word; in quotes where it could not be read otherwise.
    pub fn word(word: impl Into<String>) -> Self {
        let word = word.into();
        if is_bare(&word) && !is_reserved(&word) {
            return Self {
                text: word,
                is_quoted: false,
            };
        }
        Self::text(word)
    }

    /// A number as `DiePitch`, `DieOrigin` and `SampleCenterLocation` are written: `%.10e`.
    pub fn scientific(number: f64) -> Self {
        let text = format!("{number:.10e}");
        Self::word(match text.split_once('e') {
            Some((mantissa, exponent)) => {
                let (sign, digits) = exponent
                    .strip_prefix('-')
                    .map_or(('+', exponent), |d| ('-', d));
                format!("{mantissa}e{sign}{digits:0>3}")
            }
            None => "NA".to_owned(),
        })
    }

    /// What it says, without quotes.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is written in quotes.
    pub fn is_quoted(&self) -> bool {
        self.is_quoted
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_quoted {
            true => write!(f, "\"{}\"", self.text),
            false => f.write_str(&self.text),
        }
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::word(number.to_string())
    }
}

/// Whether a word can stand without quotes in both families.
pub(super) fn is_bare(word: &str) -> bool {
    !word.is_empty() && !has_brace_end(word)
}

/// Whether something in it ends a word of the flat family.
pub(super) fn has_flat_end(word: &str) -> bool {
    word.bytes()
        .any(|b| matches!(b, b'"' | b';' | b'\t'..=b'\r' | b' '))
}

/// Whether something in it ends a word of the brace family.
pub(super) fn has_brace_end(word: &str) -> bool {
    has_flat_end(word) || word.bytes().any(|b| matches!(b, b',' | b'{' | b'}'))
}
