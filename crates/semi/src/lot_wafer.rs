use std::{fmt, str::FromStr};

use crate::{
    CheckPair, Error,
    character::{first_foreign, is_alphanumeric},
    verify,
};

/// What stands between lot and wafer number, and between that and the check pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Separator {
    /// `AM1664-24A2`: a dash behind the lot.
    Dash,
    /// `Q1P888-13-B4`: a dash on both sides of the wafer number. The pair counts both.
    DashDash,
    /// `C1X328W24G0`: a `W` behind a lot of six characters.
    W,
}

/// Lot and wafer number in one text, the usual scribe of a fab, with or without a check pair.
///
/// The lot begins and ends with a letter or digit and may hold dashes and periods
/// (`FMYK0-0129A-02`). The wafer number has two digits, 01 to 99. No standard names these forms;
/// they use the check pair of M12.
/// # Example
/// ```
/// use semi::{LotWafer, Separator};
///
/// let scribe: LotWafer = "G6P139-07B7".parse()?;
/// assert_eq!((scribe.lot(), scribe.wafer_no()), ("G6P139", 7));
/// assert_eq!(LotWafer::checked("Q1P888", 13, Separator::DashDash)?.to_string(), "Q1P888-13-B4");
/// # Ok::<(), semi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LotWafer {
    lot: String,
    wafer_no: u8,
    separator: Separator,
    pair: Option<CheckPair>,
}

/// Length of the lot in the form with `W`, where nothing else would tell the letter from the lot's own.
const W_LOT_LENGTH: usize = 6;

impl LotWafer {
    /// Lot and wafer number without a check pair. [`Separator::DashDash`] reads as one dash, its
    /// second belongs to the pair.
    ///
    /// # Errors
    /// [`Error::WaferNumber`] outside 1 to 99, [`Error::LotWaferForm`] for a lot that the form
    /// cannot hold.
    pub fn unchecked(lot: &str, wafer_no: u8, separator: Separator) -> Result<Self, Error> {
        if !(1..=99).contains(&wafer_no) {
            return Err(Error::WaferNumber(wafer_no));
        }
        let scribe = Self {
            lot: lot.to_owned(),
            wafer_no,
            separator,
            pair: None,
        };
        // Read back, so that nothing is written that would be read as another lot or wafer.
        match front_of(&scribe.front()) {
            Some(read) if read == scribe => Ok(scribe),
            _ => Err(Error::LotWaferForm {
                text: scribe.front(),
            }),
        }
    }

    /// Lot and wafer number with the check pair that belongs to them.
    ///
    /// # Errors
    /// As [`LotWafer::unchecked`].
    pub fn checked(lot: &str, wafer_no: u8, separator: Separator) -> Result<Self, Error> {
        let mut scribe = Self::unchecked(lot, wafer_no, separator)?;
        scribe.pair = Some(CheckPair::generate(&scribe.front())?);
        Ok(scribe)
    }

    /// The lot.
    pub fn lot(&self) -> &str {
        &self.lot
    }

    /// The number of the wafer in its lot, 1 to 99.
    pub fn wafer_no(&self) -> u8 {
        self.wafer_no
    }

    /// What separates lot, wafer number and pair.
    pub fn separator(&self) -> Separator {
        self.separator
    }

    /// The check pair, where the text carries one.
    pub fn check_pair(&self) -> Option<CheckPair> {
        self.pair
    }

    /// Lot, separator and wafer number without pair and the dash in front of it: the same for
    /// every read of a wafer, whether the reader delivers the pair or not.
    pub fn canonical(&self) -> String {
        match self.separator {
            Separator::Dash | Separator::DashDash => format!("{}-{:02}", self.lot, self.wafer_no),
            Separator::W => format!("{}W{:02}", self.lot, self.wafer_no),
        }
    }

    /// Everything the pair is computed over.
    pub(crate) fn front(&self) -> String {
        match self.separator {
            Separator::DashDash => format!("{}-", self.canonical()),
            Separator::Dash | Separator::W => self.canonical(),
        }
    }
}

impl FromStr for LotWafer {
    type Err = Error;

    /// Reads the text with its pair where that is valid, else without one.
    fn from_str(text: &str) -> Result<Self, Error> {
        let form_error = || Error::LotWaferForm {
            text: text.to_owned(),
        };
        match verify(text) {
            Ok(pair) => {
                let scribe = front_of(&text[..text.len() - 2]).ok_or_else(form_error)?;
                Ok(Self {
                    pair: Some(pair),
                    ..scribe
                })
            }
            Err(fault) => match front_of(text) {
                Some(scribe) if scribe.separator != Separator::DashDash => Ok(scribe),
                // With the right parts in front, the pair is what is wrong with the text.
                _ if has_parts_in_front(text) => Err(fault.into()),
                _ => Err(form_error()),
            },
        }
    }
}

impl fmt::Display for LotWafer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pair {
            Some(pair) => write!(f, "{}{pair}", self.front()),
            None => f.write_str(&self.canonical()),
        }
    }
}

/// Whether the text in front of what looks like a pair is lot and wafer.
pub(crate) fn has_parts_in_front(text: &str) -> bool {
    crate::check::split(text).is_ok_and(|(front, _)| front_of(front).is_some())
}

/// Lot, separator and wafer number of a text that carries no pair.
pub(crate) fn front_of(text: &str) -> Option<LotWafer> {
    if first_foreign(text).is_some() {
        return None;
    }
    let (text, is_dash_dash) = match text.strip_suffix('-') {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let (rest, digits) = text.split_at(text.len().checked_sub(2)?);
    let (lot, separator) = match rest.strip_suffix('-') {
        Some(lot) if is_dash_dash => (lot, Separator::DashDash),
        Some(lot) => (lot, Separator::Dash),
        None => (
            rest.strip_suffix('W').filter(|_| !is_dash_dash)?,
            Separator::W,
        ),
    };
    if separator == Separator::W && !(lot.len() == W_LOT_LENGTH && is_alphanumeric(lot)) {
        return None;
    }
    let is_lot = lot.starts_with(|c: char| c != '-' && c != '.')
        && lot.ends_with(|c: char| c != '-' && c != '.');
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let wafer_no = digits.parse().ok().filter(|&number| number > 0)?;
    (is_lot && is_number).then(|| LotWafer {
        lot: lot.to_owned(),
        wafer_no,
        separator,
        pair: None,
    })
}
