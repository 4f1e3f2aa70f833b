//! A text explained step by step, for a page that shows why it is valid or not.

use crate::{
    Check, CheckFault, CheckPair, CheckStep, Identity, LotWafer, Scheme, T7,
    character::first_foreign, check, check_steps, identify, lot_wafer,
};

/// What a piece of an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// The wafer id that the supplier chose.
    Wafer,
    /// The code of an M13 mark.
    Code,
    /// The lot.
    Lot,
    /// The number of the wafer in its lot.
    WaferNumber,
    /// A dash or `W` between pieces.
    Separator,
    /// The supplier code.
    Supplier,
    /// The check pair.
    CheckPair,
    /// Text without a known meaning.
    Text,
    /// A character that no mark can hold.
    Foreign,
}

/// A piece of an identifier and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Place of the first character, in characters from 0.
    pub start: usize,
    /// Place behind the last character.
    pub end: usize,
    /// What it is.
    pub kind: PieceKind,
    /// The characters.
    pub text: String,
}

/// Everything a page needs to show how a text is read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The text taken apart.
    pub identity: Identity,
    /// The scheme whose shape the text has; where the check fails, that of the text as it was
    /// meant. `None` when no scheme has this shape.
    pub shape: Option<Scheme>,
    /// The pieces, from left to right, without gaps.
    pub pieces: Vec<Piece>,
    /// The sum over the text in front of the pair and `A0`, which yields the pair: `A0` itself for a last
    /// remainder of 0, else 59 less the remainder, written as a letter (eights) and a digit (ones).
    /// Empty when there is no pair to compute.
    pub steps: Vec<CheckStep>,
    /// The pair that belongs to the text.
    pub expected: Option<CheckPair>,
    /// The pair that the text carries.
    pub found: Option<String>,
    /// Whether the text carries a valid check pair, or follows a scheme that has none.
    pub is_valid: bool,
    /// The result in words: what the text is, what its check says, what else it could be.
    pub sentences: Vec<String>,
}

/// Explains a text.
///
/// # Example
/// ```
/// let explained = semi::explain("AM1664-24A3");
/// assert!(!explained.is_valid);
/// assert_eq!(explained.shape, Some(semi::Scheme::LotWafer));
/// assert_eq!(explained.pieces[0].text, "AM1664");
/// assert_eq!(explained.sentences[1], "The check pair is A3, expected A2.");
/// ```
pub fn explain(text: &str) -> Explanation {
    let identity = identify(text);
    let shape = shape_of(&identity);
    let pair = match shape {
        Some(Scheme::T7) => None,
        _ => check::split(text).ok(),
    };
    let expected = pair.and_then(|(front, _)| CheckPair::generate(front).ok());
    Explanation {
        pieces: pieces(text, shape, pair.is_some()),
        steps: pair.map_or_else(Vec::new, |(front, _)| check_steps(&format!("{front}A0"))),
        expected,
        found: pair.map(|(_, found)| found.to_owned()),
        is_valid: identity.scheme != Scheme::Plain || matches!(identity.check, Check::Valid(_)),
        sentences: sentences(&identity, shape),
        shape,
        identity,
    }
}

/// The scheme of the text, or the one it was meant to follow.
fn shape_of(identity: &Identity) -> Option<Scheme> {
    let text = identity.text.as_str();
    if identity.scheme != Scheme::Plain {
        return Some(identity.scheme);
    }
    if first_foreign(text).is_some() {
        return None;
    }
    if lot_wafer::has_parts_in_front(text) {
        return Some(Scheme::LotWafer);
    }
    match (text.len(), check::split(text)) {
        (T7::LENGTH, _) => Some(Scheme::T7),
        (crate::M12::LENGTH, Ok(_)) => Some(Scheme::M12),
        (crate::M13::LENGTH, Ok(_)) => Some(Scheme::M13),
        _ => None,
    }
}

/// Cuts the text by the lengths of its pieces.
fn pieces(text: &str, shape: Option<Scheme>, has_pair: bool) -> Vec<Piece> {
    use PieceKind::{CheckPair, Code, Supplier, Text, Wafer};
    if first_foreign(text).is_some() {
        return foreign_pieces(text);
    }
    let front_length = text.len() - if has_pair { 2 } else { 0 };
    let mut lengths = match shape {
        Some(Scheme::T7 | Scheme::M12) => vec![(Wafer, 8), (Supplier, 2)],
        Some(Scheme::M13) => vec![(Code, front_length)],
        Some(Scheme::LotWafer) => lot_wafer_lengths(&text[..front_length]),
        Some(Scheme::Plain) | None => vec![(Text, front_length)],
    };
    lengths.push((CheckPair, text.len() - front_length));

    let mut start = 0;
    lengths.retain(|&(_, length)| length > 0);
    let cut = lengths.into_iter().map(|(kind, length)| {
        let end = start + length;
        let piece = Piece {
            start,
            end,
            kind,
            text: text[start..end].to_owned(),
        };
        start = end;
        piece
    });
    cut.collect()
}

fn lot_wafer_lengths(front: &str) -> Vec<(PieceKind, usize)> {
    use PieceKind::{Lot, Separator, Text, WaferNumber};
    let Some(lot) = lot_wafer::front_of(front)
        .as_ref()
        .map(LotWafer::lot)
        .map(str::len)
    else {
        return vec![(Text, front.len())];
    };
    vec![
        (Lot, lot),
        (Separator, 1),
        (WaferNumber, 2),
        (Separator, front.len() - lot - 3),
    ]
}

/// Text with characters outside the set: those are pieces of their own.
fn foreign_pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, character) in text.chars().enumerate() {
        let kind = match crate::is_mark_character(character) {
            true => PieceKind::Text,
            false => PieceKind::Foreign,
        };
        match pieces.last_mut() {
            Some(piece) if piece.kind == kind => {
                piece.end += 1;
                piece.text.push(character);
            }
            _ => pieces.push(Piece {
                start: index,
                end: index + 1,
                kind,
                text: character.to_string(),
            }),
        }
    }
    pieces
}

fn sentences(identity: &Identity, shape: Option<Scheme>) -> Vec<String> {
    let mut sentences = vec![what_it_is(identity, shape)];
    sentences.extend(what_the_check_says(identity));
    if !identity.also.is_empty() {
        let also: Vec<String> = identity.also.iter().map(Scheme::to_string).collect();
        sentences.push(format!(
            "The same characters can also be {}.",
            also.join(" or ")
        ));
    }
    sentences
}

fn what_it_is(identity: &Identity, shape: Option<Scheme>) -> String {
    let text = identity.text.as_str();
    match (identity.scheme, shape) {
        (Scheme::LotWafer, _) => format!(
            "Lot {}, wafer {}: a fab's own form.",
            identity.lot.as_deref().unwrap_or_default(),
            identity.wafer_no.unwrap_or_default(),
        ),
        (Scheme::T7, _) => format!(
            "SEMI T7 message: wafer id {}, supplier code {}.",
            &text[..8],
            &text[8..]
        ),
        (Scheme::M12, _) => format!(
            "SEMI M12 mark: wafer id {}, supplier code {}.",
            &text[..8],
            &text[8..10]
        ),
        (Scheme::M13, _) => "SEMI M13 mark; where its fields stand is not public.".to_owned(),
        (Scheme::Plain, Some(Scheme::T7)) => match text.parse::<T7>() {
            Err(error) => format!("Built like a SEMI T7 message, but is none. {error}."),
            Ok(_) => "SEMI T7 message.".to_owned(),
        },
        (Scheme::Plain, Some(Scheme::LotWafer)) => {
            "Built like lot, wafer number and check pair.".to_owned()
        }
        (Scheme::Plain, Some(shape)) => format!("Built like a {shape} mark."),
        (Scheme::Plain, None) => match first_foreign(text) {
            Some((index, character)) => {
                let fault = CheckFault::Character { index, character };
                format!("No wafer mark: {fault}.")
            }
            None if text.is_empty() => "There is no text.".to_owned(),
            None => "Follows none of the known schemes.".to_owned(),
        },
    }
}

fn what_the_check_says(identity: &Identity) -> Option<String> {
    match (&identity.check, identity.scheme) {
        (Check::Valid(pair), Scheme::Plain) => Some(format!(
            "It ends in the check pair {pair} that belongs to it; about 1 of 59 texts does so by chance."
        )),
        (Check::Valid(pair), _) => Some(format!(
            "The check pair {pair} is the one that belongs to it."
        )),
        (Check::Failed(fault), _) => {
            let fault = fault.to_string();
            let (first, rest) = fault.split_at(1);
            Some(format!("{}{rest}.", first.to_uppercase()))
        }
        (Check::Absent, Scheme::T7) => {
            Some("T7 has no check pair: the error correction of its symbol protects it.".to_owned())
        }
        (Check::Absent, Scheme::LotWafer) => Some("It carries no check pair.".to_owned()),
        (Check::Absent, _) => None,
    }
}
