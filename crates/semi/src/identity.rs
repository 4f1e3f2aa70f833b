//! Which scheme a text belongs to, and what it says.

use std::fmt;

use crate::{CheckFault, CheckPair, LotWafer, M12, M13, T7, check, verify};

/// The schemes a wafer identifier can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// SEMI T7: ten characters of a Data Matrix.
    T7,
    /// SEMI M12: twelve characters with a check pair.
    M12,
    /// SEMI M13: eighteen characters with a check pair.
    M13,
    /// A fab's own lot and wafer number, with or without a check pair.
    LotWafer,
    /// None of these: a text as delivered.
    Plain,
}

impl Scheme {
    /// The scheme as databases and interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::T7 => "t7",
            Self::M12 => "m12",
            Self::M13 => "m13",
            Self::LotWafer => "lot_wafer",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for Scheme {
    /// The scheme as people write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::T7 => "SEMI T7",
            Self::M12 => "SEMI M12",
            Self::M13 => "SEMI M13",
            Self::LotWafer => "lot and wafer number",
            Self::Plain => "plain text",
        })
    }
}

/// What the check says about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The scheme has no pair, or the text does not end in one.
    Absent,
    /// The pair belongs to the text in front of it.
    Valid(CheckPair),
    /// The text ends in what looks like a pair and is not the right one.
    Failed(CheckFault),
}

/// A text taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The text as read.
    pub text: String,
    /// The scheme it most likely follows.
    pub scheme: Scheme,
    /// Other schemes whose rules it meets too: the shape alone cannot tell them apart.
    pub also: Vec<Scheme>,
    /// The lot, in [`Scheme::LotWafer`].
    pub lot: Option<String>,
    /// The wafer's number in its lot, 1 to 99, in [`Scheme::LotWafer`].
    pub wafer_no: Option<u8>,
    /// The two-character supplier code, in [`Scheme::T7`] and [`Scheme::M12`].
    pub supplier: Option<String>,
    /// The check pair, or what is wrong with it.
    pub check: Check,
    /// The text without a *valid* check pair: equal for all reads of one wafer, whether the reader
    /// delivers the pair (OCR) or not (T7). What fails its check stays as read.
    pub canonical: String,
}

/// Finds the scheme of a text and takes the text apart. Never fails: what follows no scheme is
/// [`Scheme::Plain`]. Blanks around the text are the caller's to remove.
///
/// Two digits behind a dash are taken for a wafer number rather than for a supplier code; the
/// other reading is in [`Identity::also`]. A text whose pair is wrong is plain: no part of it can
/// be trusted. [`explain`](crate::explain) says what it was meant to be.
/// # Example
/// ```
/// use semi::{Scheme, identify};
///
/// let read = identify("FBYH22-01D3");
/// assert_eq!(read.scheme, Scheme::LotWafer);
/// assert_eq!((read.lot.as_deref(), read.wafer_no), (Some("FBYH22"), Some(1)));
///
/// // One wafer, read by OCR and from its Data Matrix.
/// assert_eq!(identify("M940902-MXD5").canonical, identify("M940902-MX").canonical);
/// ```
pub fn identify(text: &str) -> Identity {
    let lot_wafer = text.parse::<LotWafer>().ok();
    let t7 = text.parse::<T7>().ok();
    let m12 = text.parse::<M12>().ok();
    let m13 = text.parse::<M13>().ok();

    let fitting = [
        (Scheme::LotWafer, lot_wafer.is_some()),
        (Scheme::T7, t7.is_some()),
        (Scheme::M12, m12.is_some()),
        (Scheme::M13, m13.is_some()),
    ];
    let mut fitting = fitting.iter().filter(|(_, fits)| *fits).map(|&(s, _)| s);
    let scheme = fitting.next().unwrap_or(Scheme::Plain);
    let lot_wafer = lot_wafer.filter(|_| scheme == Scheme::LotWafer);
    let check = check_of(text, scheme);
    Identity {
        text: text.to_owned(),
        scheme,
        also: fitting.collect(),
        lot: lot_wafer.as_ref().map(|scribe| scribe.lot().to_owned()),
        wafer_no: lot_wafer.as_ref().map(LotWafer::wafer_no),
        supplier: match scheme {
            Scheme::T7 => t7.map(|t7| t7.supplier().to_owned()),
            Scheme::M12 => m12.map(|m12| m12.supplier().to_owned()),
            _ => None,
        },
        canonical: match (&lot_wafer, &check) {
            (Some(scribe), _) => scribe.canonical(),
            (None, Check::Valid(_)) => text[..text.len() - 2].to_owned(),
            (None, _) => text.to_owned(),
        },
        check,
    }
}

/// The text without a valid check pair, for comparing reads: [`Identity::canonical`].
pub fn canonical(text: &str) -> String {
    identify(text).canonical
}

fn check_of(text: &str, scheme: Scheme) -> Check {
    // The last two characters of a T7 message are its supplier code, whatever they look like.
    if scheme == Scheme::T7 || check::split(text).is_err() {
        return Check::Absent;
    }
    match verify(text) {
        Ok(pair) => Check::Valid(pair),
        Err(fault) => Check::Failed(fault),
    }
}
