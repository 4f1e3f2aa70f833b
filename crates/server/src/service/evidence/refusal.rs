//! Why a file is refused.

use std::fmt;

/// Why a file is refused: which, on which page, and the rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the file, without its path.
    pub file: String,
    /// Page, from 1, where one page is at fault.
    pub page: Option<u32>,
    /// The rule, as the end of a sentence that begins with the file.
    pub rule: String,
}

impl Refusal {
    /// A refusal of the whole file.
    pub fn file(file: impl Into<String>, rule: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            page: None,
            rule: rule.into(),
        }
    }

    /// A refusal of a page.
    pub fn page(file: impl Into<String>, page: u32, rule: impl Into<String>) -> Self {
        Self {
            page: Some(page),
            ..Self::file(file, rule)
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.page {
            Some(page) => write!(f, "`{}`, page {page}, {}", self.file, self.rule),
            None => write!(f, "`{}` {}", self.file, self.rule),
        }
    }
}

impl std::error::Error for Refusal {}
