use std::{fmt, str::FromStr};

use crate::{
    CheckPair, Error,
    character::is_mark_character,
    t7::{expect_characters, expect_length},
    verify, with_check_pair,
};

/// A SEMI M13 mark: 18 characters, the last two the check pair over the sixteen before.
///
/// The sixteen hold the wafer id number, origin, approximate resistivity, dopant and growth
/// orientation. Where each of them stands is not public, so they are kept as one.
/// # Example
/// ```
/// let mark = semi::M13::new("WAFER00100AA10P1")?;
/// assert_eq!(mark.to_string(), "WAFER00100AA10P1G2");
/// # Ok::<(), semi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct M13 {
    mark: String,
    pair: CheckPair,
}

impl M13 {
    /// Characters of a mark, the check pair included.
    pub const LENGTH: usize = 18;

    /// The mark of sixteen characters.
    ///
    /// # Errors
    /// [`Error::Length`], or [`Error::Check`] for a character that no mark can hold.
    pub fn new(code: &str) -> Result<Self, Error> {
        expect_length("M13 code", code, Self::LENGTH - 2)?;
        with_check_pair(code)?.parse()
    }

    /// The sixteen characters in front of the pair.
    pub fn code(&self) -> &str {
        &self.mark[..Self::LENGTH - 2]
    }

    /// The check pair.
    pub fn check_pair(&self) -> CheckPair {
        self.pair
    }

    /// The mark, eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.mark
    }
}

impl FromStr for M13 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        expect_length("M13 mark", text, Self::LENGTH)?;
        expect_characters(
            "M13 mark",
            text,
            is_mark_character,
            "A-Z, 0-9, dash, period",
        )?;
        Ok(Self {
            mark: text.to_owned(),
            pair: verify(text)?,
        })
    }
}

impl fmt::Display for M13 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mark)
    }
}
