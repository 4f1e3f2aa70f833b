//! A keyword and its values, as both families have them.

use crate::diagnostic::Place;

/// One value of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub text: String,
    pub is_quoted: bool,
    pub place: Place,
}

impl Value {
    /// Whether it can be a keyword, known or not.
    pub fn is_keyword(&self) -> bool {
        !self.is_quoted
            && self
                .text
                .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    }
}

/// A keyword and its values.
#[derive(Debug)]
pub(crate) struct Statement {
    pub keyword: String,
    pub place: Place,
    pub values: Vec<Value>,
}

impl Statement {
    pub fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword)
    }

    /// The values' texts, in their order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|value| value.text.as_str())
    }
}
