//! The check pair: two characters that make the sum of a mark divisible by 59.
//!
//! Every character in front of the pair counts, dashes and periods included; the length is free.
//! The check validates a read. It must never be used to invent a character: about 1 of 59
//! arbitrary texts that end in the shape of a pair passes.

use std::fmt;

use crate::character::{first_foreign, value};

const MODULUS: u32 = 59;
const RADIX: u32 = 8;

/// A pair as the standard generates it: `A0` to `G7`, `H0`, `H1` or `H2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CheckPair {
    letter: u8,
    digit: u8,
}

impl CheckPair {
    /// The pair that belongs behind `front`.
    ///
    /// # Errors
    /// [`CheckFault::NothingInFront`] for an empty text, [`CheckFault::Character`] for a character
    /// that no mark can hold.
    /// # Example
    /// ```
    /// let pair = semi::CheckPair::generate("AM1664-24")?;
    /// assert_eq!(pair.to_string(), "A2");
    /// # Ok::<(), semi::CheckFault>(())
    /// ```
    pub fn generate(front: &str) -> Result<Self, CheckFault> {
        if front.is_empty() {
            return Err(CheckFault::NothingInFront);
        }
        if let Some((index, character)) = first_foreign(front) {
            return Err(CheckFault::Character { index, character });
        }
        let missing = (MODULUS - remainder(&format!("{front}A0"))) % MODULUS;
        Ok(Self {
            letter: b'A' + (missing / RADIX) as u8,
            digit: b'0' + (missing % RADIX) as u8,
        })
    }
}

impl fmt::Display for CheckPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter as char, self.digit as char)
    }
}

/// Why a text does not carry a valid check pair.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckFault {
    /// A character that no mark can hold.
    #[error("character {character:?} at position {} is no mark character (A-Z, 0-9, dash, period)", index + 1)]
    Character {
        /// Place in characters, from 0.
        index: usize,
        /// The character.
        character: char,
    },
    /// The last two characters do not have the shape of a pair.
    #[error("the text does not end in a check pair (a letter A-H and a digit 0-7)")]
    NoPair,
    /// There is no text that the pair could protect.
    #[error("there is nothing in front of the check pair")]
    NothingInFront,
    /// The pair is not the one that belongs to the text in front of it.
    #[error("the check pair is {found}, expected {expected}")]
    Wrong {
        /// The last two characters.
        found: String,
        /// The pair that belongs there.
        expected: CheckPair,
    },
    /// `H3` to `H7` leave the remainder 0 where `A0` to `A4` do, but are never generated.
    #[error(
        "the check pair is {found}, which leaves no remainder but is never generated; expected {expected}"
    )]
    NeverGenerated {
        /// The last two characters.
        found: String,
        /// The pair that belongs there.
        expected: CheckPair,
    },
}

/// One character of a check, as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckStep {
    /// The character.
    pub character: char,
    /// Its value: ASCII code less 32.
    pub value: u8,
    /// `(8 × the remainder before + value) mod 59`.
    pub remainder: u8,
}

/// The sum of a text, character by character. The text is valid when the last remainder is 0;
/// empty where a character has no value.
///
/// # Example
/// ```
/// let steps = semi::check_steps("AM1664-24A0");
/// let remainders: Vec<u8> = steps.iter().map(|step| step.remainder).collect();
/// assert_eq!(remainders, [33, 14, 11, 51, 17, 38, 22, 17, 38, 42, 57]);
/// ```
pub fn check_steps(text: &str) -> Vec<CheckStep> {
    let mut remainder = 0;
    let steps = text.chars().map(|character| {
        let value = value(character)?;
        remainder = (RADIX * remainder + u32::from(value)) % MODULUS;
        Some(CheckStep {
            character,
            value,
            remainder: remainder as u8,
        })
    });
    steps.collect::<Option<_>>().unwrap_or_default()
}

/// Text and pair in one.
///
/// # Errors
/// As [`CheckPair::generate`].
/// # Example
/// ```
/// assert_eq!(semi::with_check_pair("S67608-01-")?, "S67608-01-A7");
/// # Ok::<(), semi::CheckFault>(())
/// ```
pub fn with_check_pair(front: &str) -> Result<String, CheckFault> {
    CheckPair::generate(front).map(|pair| format!("{front}{pair}"))
}

/// Checks that a text ends in the pair that belongs to it, and returns that pair.
///
/// The pair is compared with the generated one. Testing the remainder alone would let the
/// aliases `H3` to `H7` through.
///
/// # Errors
/// The [`CheckFault`] that says why not.
pub fn verify(text: &str) -> Result<CheckPair, CheckFault> {
    let (front, found) = split(text)?;
    let expected = CheckPair::generate(front)?;
    if expected.to_string() == found {
        return Ok(expected);
    }
    let found = found.to_owned();
    Err(match remainder(text) {
        0 => CheckFault::NeverGenerated { found, expected },
        _ => CheckFault::Wrong { found, expected },
    })
}

/// The text in front of its last two characters, and those, when they have the shape of a pair.
pub(crate) fn split(text: &str) -> Result<(&str, &str), CheckFault> {
    if let Some((index, character)) = first_foreign(text) {
        return Err(CheckFault::Character { index, character });
    }
    let at = text.len().checked_sub(2).ok_or(CheckFault::NoPair)?;
    let (front, pair) = text.split_at(at);
    match pair.as_bytes() {
        [b'A'..=b'H', b'0'..=b'7'] if front.is_empty() => Err(CheckFault::NothingInFront),
        [b'A'..=b'H', b'0'..=b'7'] => Ok((front, pair)),
        _ => Err(CheckFault::NoPair),
    }
}

fn remainder(text: &str) -> u32 {
    check_steps(text)
        .last()
        .map_or(0, |step| u32::from(step.remainder))
}
