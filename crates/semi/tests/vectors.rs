//! Every identifier of `tests/vectors/semi/identifiers.json`: published marks, and the cases around them.

use semi::{
    Check, CheckFault, CheckPair, LotWafer, M12, M13, Scheme, T7, explain, identify, verify,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    valid: Vec<Valid>,
    not_valid: Vec<NotValid>,
    t7: Messages,
    without_check: Vec<WithoutCheck>,
}

#[derive(Deserialize)]
struct Valid {
    front: String,
    pair: String,
    scheme: String,
}

#[derive(Deserialize)]
struct NotValid {
    text: String,
    fault: String,
    expected: Option<String>,
}

#[derive(Deserialize)]
struct Messages {
    well_formed: Vec<String>,
    malformed: Vec<String>,
}

#[derive(Deserialize)]
struct WithoutCheck {
    text: String,
    lot: String,
    wafer_no: u8,
}

fn vectors() -> Vectors {
    let text = include_str!("../../../tests/vectors/semi/identifiers.json");
    serde_json::from_str(text).expect("the vectors are JSON")
}

#[test]
fn the_pair_of_every_published_mark_is_generated_and_verified() {
    let vectors = vectors();
    assert_eq!(vectors.valid.len(), 45);
    for Valid { front, pair, .. } in vectors.valid {
        assert_eq!(
            CheckPair::generate(&front).unwrap().to_string(),
            pair,
            "{front}"
        );
        assert_eq!(
            verify(&format!("{front}{pair}")).unwrap().to_string(),
            pair,
            "{front}"
        );
    }
}

#[test]
fn every_valid_mark_is_identified_and_reads_as_the_same_wafer_without_its_pair() {
    for Valid {
        front,
        pair,
        scheme,
    } in vectors().valid
    {
        assert!(explain(&format!("{front}{pair}")).is_valid, "{front}");
        let read = identify(&format!("{front}{pair}"));
        assert_eq!(read.scheme.as_str(), scheme, "{front}");
        assert!(
            matches!(read.check, Check::Valid(found) if found.to_string() == pair),
            "{front}"
        );
        assert_eq!(read.canonical, front.trim_end_matches('-'), "{front}");
        assert_eq!(
            identify(&read.canonical).canonical,
            read.canonical,
            "{front}"
        );
    }
}

#[test]
fn what_is_not_valid_says_why() {
    for NotValid {
        text,
        fault,
        expected,
    } in vectors().not_valid
    {
        let found = verify(&text).unwrap_err();
        let (kind, pair) = match &found {
            CheckFault::Character { .. } => ("character", None),
            CheckFault::NoPair => ("no_pair", None),
            CheckFault::NothingInFront => ("nothing_in_front", None),
            CheckFault::Wrong { expected, .. } => ("wrong", Some(expected.to_string())),
            CheckFault::NeverGenerated { expected, .. } => {
                ("never_generated", Some(expected.to_string()))
            }
            other => panic!("{text}: {other}"),
        };
        assert_eq!((kind, pair), (fault.as_str(), expected), "{text}");
    }
}

#[test]
fn a_wrong_pair_is_no_mark_and_nothing_is_removed_from_it() {
    for NotValid { text, fault, .. } in vectors().not_valid {
        let read = identify(&text);
        // Ten characters are a T7 message whatever they end in; without a pair there is none to be wrong.
        if read.scheme == Scheme::T7 || fault == "no_pair" && !text.is_empty() {
            continue;
        }
        assert_eq!(read.scheme, Scheme::Plain, "{text}");
        assert_eq!(read.canonical, text);
        assert!(!explain(&text).is_valid, "{text}");
    }
}

#[test]
fn t7_messages_have_ten_characters_without_period_or_lower_case() {
    let messages = vectors().t7;
    for text in messages.well_formed {
        assert_eq!(identify(&text).scheme, Scheme::T7, "{text}");
        assert_eq!(text.parse::<T7>().unwrap().to_string(), text);
    }
    for text in messages.malformed {
        assert!(text.parse::<T7>().is_err(), "{text}");
        assert_ne!(identify(&text).scheme, Scheme::T7, "{text}");
    }
}

#[test]
fn lot_and_wafer_are_found_without_a_check_pair() {
    for WithoutCheck {
        text,
        lot,
        wafer_no,
    } in vectors().without_check
    {
        let read = identify(&text);
        assert_eq!((read.scheme, read.check), (Scheme::LotWafer, Check::Absent));
        assert_eq!(
            (read.lot, read.wafer_no),
            (Some(lot), Some(wafer_no)),
            "{text}"
        );
    }
}

#[test]
fn lot_and_wafer_are_found_in_every_form() {
    let check = |text: &str, lot: &str, wafer_no: u8| {
        let read = identify(text);
        assert_eq!(
            (read.lot.as_deref(), read.wafer_no),
            (Some(lot), Some(wafer_no)),
            "{text}"
        );
        assert_eq!(text.parse::<LotWafer>().unwrap().to_string(), text);
    };
    check("AM1664-24A2", "AM1664", 24);
    check("Q1P888-13-B4", "Q1P888", 13);
    check("C1X328W24G0", "C1X328", 24);
    check("CC2264022-01-H0", "CC2264022", 1);
    check("S67608-01-A7", "S67608", 1);
}

#[test]
fn a_text_that_two_schemes_fit_names_both() {
    assert_eq!(identify("ABC1234-02").scheme, Scheme::LotWafer);
    assert_eq!(identify("ABC1234-02").also, [Scheme::T7]);
    assert_eq!(identify("ABC1234-AS").also, []);
    assert_eq!(
        identify("Q1P888-13-B4").also,
        [],
        "a dash is no supplier code"
    );
}

#[test]
fn ocr_and_data_matrix_of_one_wafer_convert_into_each_other() {
    let mark: M12 = "M940902-MXD5".parse().unwrap();
    let message = mark.to_t7().unwrap();
    assert_eq!(message.as_str(), "M940902-MX");
    assert_eq!(message.to_m12(), mark);
    assert_eq!(
        M12::new("ABCD.123", "XY").unwrap().to_t7(),
        None,
        "T7 has no period"
    );
}

#[test]
fn a_mark_is_refused_with_field_value_and_rule() {
    let message = |error: semi::Error| error.to_string();
    assert_eq!(
        message(T7::new("1234567", "AS").unwrap_err()),
        "wafer id has 7 characters, expected 8"
    );
    assert_eq!(
        message("ABCD.123XY".parse::<T7>().unwrap_err()),
        "T7 message: character '.' at position 5 is not in the set (A-Z, 0-9, dash)"
    );
    assert_eq!(
        message(M13::new("WAFER00100AA10p1").unwrap_err()),
        "character 'p' at position 15 is no mark character (A-Z, 0-9, dash, period)"
    );
    assert_eq!(
        message(LotWafer::checked("AM1664", 0, semi::Separator::Dash).unwrap_err()),
        "wafer number 0 is not in 1 to 99"
    );
}

#[test]
fn an_explanation_shows_pieces_sum_and_verdict() {
    let explained = explain("Q1P888-13-B4");
    let texts: Vec<&str> = explained
        .pieces
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(texts, ["Q1P888", "-", "13", "-", "B4"]);
    assert_eq!(
        (explained.pieces[4].start, explained.pieces[4].end),
        (10, 12)
    );
    assert_eq!(
        explained.expected.unwrap().to_string(),
        explained.found.unwrap()
    );
    assert!(explained.is_valid);

    let running: Vec<u8> = explain("AM1664-24A2")
        .steps
        .iter()
        .map(|step| step.remainder)
        .collect();
    assert_eq!(running, [33, 14, 11, 51, 17, 38, 22, 17, 38, 42, 57]);
}

#[test]
fn an_explanation_points_at_the_character_that_is_no_mark() {
    let explained = explain("AM1664_24A2");
    assert_eq!(explained.pieces[1].text, "_");
    assert_eq!(
        explained.sentences,
        [
            "No wafer mark: character '_' at position 7 is no mark character (A-Z, 0-9, dash, period)."
        ]
    );
}

#[test]
fn an_explanation_says_in_words_what_a_text_is_and_why_it_fails() {
    let check = |text: &str, sentences: &[&str]| assert_eq!(explain(text).sentences, sentences);
    check(
        "M940902-MXD5",
        &[
            "SEMI M12 mark: wafer id M940902-, supplier code MX.",
            "The check pair D5 is the one that belongs to it.",
        ],
    );
    check(
        "ABC1234-02",
        &[
            "Lot ABC1234, wafer 2: a fab's own form.",
            "It carries no check pair.",
            "The same characters can also be SEMI T7.",
        ],
    );
    check(
        "8369N004FEC6",
        &[
            "Built like a SEMI M12 mark.",
            "The check pair is C6, expected A0.",
        ],
    );
    check(
        "ABCD.123XY",
        &["Built like a SEMI T7 message, but is none. \
           T7 message: character '.' at position 5 is not in the set (A-Z, 0-9, dash)."],
    );
    check("", &["There is no text."]);
}
