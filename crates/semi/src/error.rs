use crate::CheckFault;

/// Why a text is no identifier of the scheme it was given as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The number of characters is not that of the scheme or field.
    #[error("{what} has {found} characters, expected {expected}")]
    Length {
        /// Scheme or field, as in a sentence.
        what: &'static str,
        /// Characters given.
        found: usize,
        /// Characters the scheme asks for.
        expected: usize,
    },
    /// A character the scheme or field cannot hold.
    #[error("{what}: character {character:?} at position {} is not in the set ({allowed})", index + 1)]
    Character {
        /// Scheme or field, as in a sentence.
        what: &'static str,
        /// The character.
        character: char,
        /// Its place, in characters from 0.
        index: usize,
        /// The set, in words.
        allowed: &'static str,
    },
    /// The text does not have the parts `lot`, separator, two-digit wafer number.
    #[error(
        "{text:?} is not a lot, a separator (\"-\", or \"W\" after six characters) and a wafer number 01 to 99"
    )]
    LotWaferForm {
        /// The text given.
        text: String,
    },
    /// A wafer number that two digits cannot hold, or 0.
    #[error("wafer number {0} is not in 1 to 99")]
    WaferNumber(u8),
    /// The check pair is missing or wrong.
    #[error(transparent)]
    Check(#[from] CheckFault),
}
