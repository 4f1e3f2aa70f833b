//! What the check promises for any mark.

use proptest::prelude::*;
use semi::{LotWafer, Separator, T7, explain, identify, verify, with_check_pair};

const MARK_CHARACTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

proptest! {
    #[test]
    fn a_generated_pair_verifies(front in "[A-Z0-9.-]{1,18}") {
        prop_assert!(verify(&with_check_pair(&front).unwrap()).is_ok());
    }

    #[test]
    fn every_single_wrong_character_is_caught(front in "[A-Z0-9.-]{1,18}") {
        let mark = with_check_pair(&front).unwrap();
        for at in 0..mark.len() {
            for other in MARK_CHARACTERS.chars().filter(|&c| !mark[at..].starts_with(c)) {
                let wrong = format!("{}{other}{}", &mark[..at], &mark[at + 1..]);
                prop_assert!(verify(&wrong).is_err(), "{wrong} for {mark}");
            }
        }
    }

    #[test]
    fn every_swap_of_two_different_characters_is_caught(front in "[A-Z0-9.-]{1,18}") {
        let mark = with_check_pair(&front).unwrap().into_bytes();
        for first in 0..mark.len() {
            for second in (first + 1..mark.len()).filter(|&at| mark[at] != mark[first]) {
                let mut swapped = mark.clone();
                swapped.swap(first, second);
                let swapped = String::from_utf8(swapped).unwrap();
                prop_assert!(verify(&swapped).is_err(), "{swapped}");
            }
        }
    }

    #[test]
    fn any_text_is_explained_without_gaps(text in any::<String>()) {
        let explained = explain(&text);
        let joined: String = explained.pieces.iter().map(|piece| piece.text.as_str()).collect();
        prop_assert_eq!(&joined, &text);
        let ends = explained.pieces.iter().map(|piece| piece.end);
        let starts = explained.pieces.iter().map(|piece| piece.start).skip(1);
        prop_assert!(starts.zip(ends).all(|(start, end)| start == end));
    }

    #[test]
    fn marks_are_explained_without_gaps(text in "[A-Z0-9.-]{0,20}") {
        let explained = explain(&text);
        let joined: String = explained.pieces.iter().map(|piece| piece.text.as_str()).collect();
        prop_assert_eq!(joined, text);
        prop_assert!(!explained.sentences.is_empty());
    }

    #[test]
    fn a_lot_and_wafer_is_read_back(
        lot in "[A-Z0-9]([A-Z0-9.-]{0,7}[A-Z0-9])?",
        wafer_no in 1u8..=99,
        separator in prop_oneof![Just(Separator::Dash), Just(Separator::DashDash)],
    ) {
        let scribe = LotWafer::checked(&lot, wafer_no, separator).unwrap();
        prop_assert_eq!(&scribe.to_string().parse::<LotWafer>().unwrap(), &scribe);
        let read = identify(&scribe.to_string());
        prop_assert_eq!(read.canonical, format!("{lot}-{wafer_no:02}"));
        prop_assert_eq!((read.lot, read.wafer_no), (Some(lot), Some(wafer_no)));
    }

    #[test]
    fn a_data_matrix_read_and_an_ocr_read_are_one_wafer(message in "[A-Z0-9-]{8}[A-Z0-9]{2}") {
        let t7: T7 = message.parse().unwrap();
        prop_assert_eq!(identify(t7.as_str()).canonical, identify(t7.to_m12().as_str()).canonical);
    }
}
