//! Why a file was refused, and what was noticed in one that was taken.

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: `{field}` {rule}{}", found(value.as_deref()))]
#[non_exhaustive]
pub struct Error {
    /// Line, counting from 1.
    pub line: u64,
    /// Column in bytes, counting from 1.
    pub column: u64,
    /// Field, attribute or element.
    pub field: String,
    /// What the file holds, shortened.
    pub value: Option<String>,
    /// The rule, as the end of a sentence that begins with the field.
    pub rule: String,
}

fn found(value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| format!(" (found `{value}`)"))
}

/// An oddity of a file that was taken all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Line, counting from 1.
    pub line: u64,
    /// Column in bytes, counting from 1.
    pub column: u64,
    /// What it is, in one sentence.
    pub message: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            line,
            column,
            message,
        } = self;
        write!(f, "line {line}, column {column}: {message}")
    }
}
