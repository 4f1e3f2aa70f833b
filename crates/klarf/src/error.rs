//! Why a file was refused.

use crate::diagnostic::Diagnostic;

/// The file could not be read, or it was refused: nothing of it may be taken as results.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source of bytes failed.
    #[error("reading failed")]
    Io(#[from] std::io::Error),
    /// The bytes are no KLARF file, or one whose defects cannot be told apart with certainty.
    #[error("{0}")]
    Refused(Box<Diagnostic>),
}

impl Error {
    /// Why and where the file was refused; nothing when its source failed.
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Io(_) => None,
            Self::Refused(diagnostic) => Some(diagnostic),
        }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(Box::new(diagnostic))
    }
}
