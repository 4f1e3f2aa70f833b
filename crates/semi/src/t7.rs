use std::{fmt, str::FromStr};

use crate::{Error, M12, character::is_alphanumeric};

/// A SEMI T7 message: what the Data Matrix on the back of a 300 mm wafer says.
///
/// Eight characters the supplier chooses, then its two-character code; no period and no check
/// characters, the symbol's Reed-Solomon code protects it. SEMI's list of supplier codes is not
/// public, so only their shape (letters and digits) is checked.
///
/// Readers that add a check pair to a T7 read deliver the 12 characters of an [`M12`].
/// # Source
/// SEMI T7-0303.
/// # Example
/// ```
/// let t7: semi::T7 = "12345678AS".parse()?;
/// assert_eq!((t7.wafer(), t7.supplier()), ("12345678", "AS"));
/// assert!("1234567AS".parse::<semi::T7>().is_err());
/// # Ok::<(), semi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct T7 {
    message: String,
}

impl T7 {
    /// Characters of a message.
    pub const LENGTH: usize = 10;

    /// A message of an eight-character wafer id and a two-character supplier code.
    ///
    /// # Errors
    /// [`Error::Length`] and [`Error::Character`], naming the field.
    pub fn new(wafer: &str, supplier: &str) -> Result<Self, Error> {
        expect_length("wafer id", wafer, 8)?;
        expect_length("supplier code", supplier, 2)?;
        format!("{wafer}{supplier}").parse()
    }

    /// The wafer id, eight characters.
    pub fn wafer(&self) -> &str {
        &self.message[..8]
    }

    /// The supplier code, two letters or digits.
    pub fn supplier(&self) -> &str {
        &self.message[8..]
    }

    /// The message, ten characters.
    pub fn as_str(&self) -> &str {
        &self.message
    }

    /// The same wafer as an M12 mark: with its check pair.
    pub fn to_m12(&self) -> M12 {
        M12::of_message(&self.message)
    }
}

impl FromStr for T7 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        expect_length("T7 message", text, Self::LENGTH)?;
        let allowed = |character| matches!(character, 'A'..='Z' | '0'..='9' | '-');
        expect_characters("T7 message", text, allowed, "A-Z, 0-9, dash")?;
        expect_supplier(&text[8..])?;
        Ok(Self {
            message: text.to_owned(),
        })
    }
}

impl fmt::Display for T7 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

pub(crate) fn expect_length(what: &'static str, text: &str, expected: usize) -> Result<(), Error> {
    let found = text.chars().count();
    if found == expected {
        return Ok(());
    }
    Err(Error::Length {
        what,
        found,
        expected,
    })
}

pub(crate) fn expect_characters(
    what: &'static str,
    text: &str,
    is_allowed: impl Fn(char) -> bool,
    allowed: &'static str,
) -> Result<(), Error> {
    match text.chars().enumerate().find(|&(_, c)| !is_allowed(c)) {
        None => Ok(()),
        Some((index, character)) => Err(Error::Character {
            what,
            character,
            index,
            allowed,
        }),
    }
}

pub(crate) fn expect_supplier(supplier: &str) -> Result<(), Error> {
    let allowed = |character: char| is_alphanumeric(character.encode_utf8(&mut [0; 4]));
    expect_characters("supplier code", supplier, allowed, "A-Z, 0-9")
}
