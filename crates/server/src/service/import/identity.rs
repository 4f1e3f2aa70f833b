//! Which wafer a file speaks of: the key under which all its inspections meet.

use contract::wafer::IdScheme;
use semi::{Check, Scheme};

/// A wafer as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaferIdentity {
    /// The key. Reads of one wafer with and without its check pair have the same.
    pub wafer_id: String,
    /// How the wafer is known.
    pub scheme: IdScheme,
    /// Lot; that of the scribe where the file names none.
    pub lot_id: String,
    /// The wafer id as the tool delivered it.
    pub delivered_id: String,
}

/// What a file says about a wafer's identity, as delivered.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delivered<'a> {
    /// `LotID`.
    pub lot: Option<&'a str>,
    /// `WaferID`.
    pub wafer: Option<&'a str>,
    /// `WaferScribe`, `ScribeID`.
    pub scribe: Option<&'a str>,
    /// `Slot`.
    pub slot: Option<i32>,
}

/// Finds the key of a wafer.
///
/// The scribe is asked first, then the wafer id: an M12 or M13 mark counts when its check pair is
/// valid, and is its own key without that pair. A T7 message has no check characters, so ten
/// characters are taken for one only where a file calls them the scribe. Everything else is known by
/// lot and wafer number (scheme `lot_slot`): `lot:wafer`, or `lot:slot-N` where no wafer is named.
/// A lot-and-wafer scribe such as `FBYH22-01D3` names lot and wafer and so has the key `FBYH22:01`,
/// the same as lot `FBYH22`, wafer `1` of another tool.
#[must_use]
pub fn identify(delivered: Delivered<'_>) -> WaferIdentity {
    let lot = delivered.lot.unwrap_or_default();
    let named = delivered.wafer.or(delivered.scribe);
    let delivered_id = match (named, delivered.slot) {
        (Some(text), _) => text.to_owned(),
        (None, Some(slot)) => slot.to_string(),
        (None, None) => String::new(),
    };
    let marked = delivered
        .scribe
        .and_then(|text| by_mark(text, true))
        .or_else(|| delivered.wafer.and_then(|text| by_mark(text, false)));
    if let Some((wafer_id, scheme)) = marked {
        return WaferIdentity {
            wafer_id,
            scheme,
            lot_id: lot.to_owned(),
            delivered_id,
        };
    }
    let scribed = [delivered.scribe, delivered.wafer]
        .into_iter()
        .flatten()
        .find_map(by_lot_and_wafer);
    let (lot, wafer) = match (scribed, delivered.wafer, delivered.slot) {
        (Some((scribed_lot, wafer)), _, _) => {
            let lot = if lot.is_empty() {
                scribed_lot
            } else {
                lot.to_owned()
            };
            (lot, wafer)
        }
        (None, Some(wafer), _) => (lot.to_owned(), padded(wafer)),
        (None, None, Some(slot)) => (lot.to_owned(), format!("slot-{slot}")),
        (None, None, None) => (lot.to_owned(), padded(delivered.scribe.unwrap_or("-"))),
    };
    WaferIdentity {
        wafer_id: format!("{}:{}", escaped(&lot), escaped(&wafer)),
        scheme: IdScheme::LotSlot,
        lot_id: lot,
        delivered_id,
    }
}

/// The key of a SEMI mark that stands for itself.
fn by_mark(text: &str, is_scribe: bool) -> Option<(String, IdScheme)> {
    let identity = semi::identify(text);
    let scheme = match (identity.scheme, &identity.check) {
        (Scheme::M12, Check::Valid(_)) => IdScheme::M12,
        (Scheme::M13, Check::Valid(_)) => IdScheme::M13,
        (Scheme::T7, _) if is_scribe => IdScheme::T7,
        _ => return None,
    };
    Some((identity.canonical, scheme))
}

/// Lot and wafer of a scribe whose check pair says that it names both.
fn by_lot_and_wafer(text: &str) -> Option<(String, String)> {
    let identity = semi::identify(text);
    let Check::Valid(_) = identity.check else {
        return None;
    };
    Some((identity.lot?, format!("{:02}", identity.wafer_no?)))
}

/// `1` and `01` are one wafer; other texts stay as delivered.
fn padded(wafer: &str) -> String {
    let is_number = wafer.len() == 1 && wafer.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        format!("0{wafer}")
    } else {
        wafer.to_owned()
    }
}

/// Keeps `:` for the border between lot and wafer, and `/` out of addresses.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace(':', "%3A")
        .replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(lot: &str, wafer: &str) -> (String, IdScheme) {
        let found = identify(Delivered {
            lot: Some(lot),
            wafer: Some(wafer),
            ..Delivered::default()
        });
        (found.wafer_id, found.scheme)
    }

    #[test]
    fn a_wafer_number_is_known_with_its_lot() {
        assert_eq!(
            key("HJU008", "25"),
            ("HJU008:25".to_owned(), IdScheme::LotSlot)
        );
        assert_eq!(key("HJU008", "1"), key("HJU008", "01"));
    }

    #[test]
    fn a_lot_and_wafer_scribe_is_the_wafer_that_another_tool_calls_by_its_number() {
        assert_eq!(key("FBYH22", "FBYH22-01D3"), key("FBYH22", "1"));
    }

    #[test]
    fn an_m12_mark_is_a_key_without_its_check_pair() {
        assert_eq!(
            key("any", "UH587IX1CGC3"),
            ("UH587IX1CG".to_owned(), IdScheme::M12)
        );
    }

    #[test]
    fn a_misread_m12_mark_is_no_key_of_its_own() {
        assert_eq!(key("any", "UHS87IX1CGC3").1, IdScheme::LotSlot);
    }

    #[test]
    fn ten_characters_are_a_t7_message_only_as_the_scribe() {
        let scribed = Delivered {
            lot: Some("L"),
            wafer: Some("3"),
            scribe: Some("12345678AS"),
            slot: Some(3),
        };
        let found = identify(scribed);
        assert_eq!(
            (found.wafer_id.as_str(), found.scheme),
            ("12345678AS", IdScheme::T7)
        );
        assert_eq!(found.delivered_id, "3");
        assert_eq!(key("L", "12345678AS").1, IdScheme::LotSlot);
    }

    #[test]
    fn a_wafer_without_a_name_is_known_by_its_slot() {
        let found = identify(Delivered {
            lot: Some("L"),
            slot: Some(7),
            ..Delivered::default()
        });
        assert_eq!(
            (found.wafer_id.as_str(), found.delivered_id.as_str()),
            ("L:slot-7", "7")
        );
    }

    #[test]
    fn lots_and_wafers_that_hold_a_colon_stay_apart() {
        assert_ne!(key("A:1", "02").0, key("A", "1:02").0);
    }
}
