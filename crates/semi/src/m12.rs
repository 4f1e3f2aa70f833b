use std::{fmt, str::FromStr};

use crate::{
    CheckPair, Error, T7,
    character::is_mark_character,
    t7::{expect_characters, expect_length, expect_supplier},
    verify, with_check_pair,
};

/// A SEMI M12 mark: 12 characters on the front of the wafer, engraved in the OCR font.
///
/// Eight characters of wafer id, two of supplier code, the check pair over those ten. Without the
/// pair it reads as the [`T7`] message of the same wafer, unless the id holds a period.
/// # Example
/// ```
/// let mark: semi::M12 = "M940902-MXD5".parse()?;
/// assert_eq!((mark.wafer(), mark.supplier()), ("M940902-", "MX"));
/// assert_eq!(semi::M12::new("UH587IX1", "CG")?.to_string(), "UH587IX1CGC3");
/// assert_eq!(
///     "8369N004FEC6".parse::<semi::M12>().unwrap_err().to_string(),
///     "the check pair is C6, expected A0"
/// );
/// # Ok::<(), semi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct M12 {
    mark: String,
    pair: CheckPair,
}

impl M12 {
    /// Characters of a mark, the check pair included.
    pub const LENGTH: usize = 12;

    /// The mark of an eight-character wafer id and a two-character supplier code.
    ///
    /// # Errors
    /// [`Error::Length`] and [`Error::Character`], naming the field.
    pub fn new(wafer: &str, supplier: &str) -> Result<Self, Error> {
        expect_length("wafer id", wafer, 8)?;
        expect_length("supplier code", supplier, 2)?;
        with_check_pair(&format!("{wafer}{supplier}"))?.parse()
    }

    /// The wafer id, eight characters.
    pub fn wafer(&self) -> &str {
        &self.mark[..8]
    }

    /// The supplier code, two letters or digits.
    pub fn supplier(&self) -> &str {
        &self.mark[8..10]
    }

    /// The check pair.
    pub fn check_pair(&self) -> CheckPair {
        self.pair
    }

    /// The mark, twelve characters.
    pub fn as_str(&self) -> &str {
        &self.mark
    }

    /// The T7 message of the same wafer; `None` where the id holds a period, which T7 lacks.
    pub fn to_t7(&self) -> Option<T7> {
        self.mark[..10].parse().ok()
    }

    /// `message` is that of a T7, so it is a valid front by construction.
    pub(crate) fn of_message(message: &str) -> Self {
        let pair = CheckPair::generate(message).expect("a T7 message has mark characters only");
        Self {
            mark: format!("{message}{pair}"),
            pair,
        }
    }
}

impl FromStr for M12 {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        expect_length("M12 mark", text, Self::LENGTH)?;
        expect_characters(
            "M12 mark",
            text,
            is_mark_character,
            "A-Z, 0-9, dash, period",
        )?;
        expect_supplier(&text[8..10])?;
        Ok(Self {
            mark: text.to_owned(),
            pair: verify(text)?,
        })
    }
}

impl fmt::Display for M12 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mark)
    }
}
