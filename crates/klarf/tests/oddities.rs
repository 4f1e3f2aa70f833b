//! Every oddity of real files, each in a small sample of our own.
//!
//! All flat samples describe the same wafer: 200 mm, dies of 10 by 8 mm, the wafer centre in the
//! middle of die (0,0), so that defect 1 lies at (0, 0), 2 at (26, -18) and 3 at (-36, 4.1) mm.

mod reading;

use klarf::{Error, MarkLocation, Severity};
use reading::{ReadWafer, Reading, own, read};

const POSITIONS: [(f64, f64); 3] = [(0.0, 0.0), (26.0, -18.0), (-36.0, 4.1)];

fn reading(name: &str) -> Reading {
    read(own(name).as_slice()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn refusal(name: &str) -> klarf::Diagnostic {
    match read(own(name).as_slice()) {
        Err(Error::Refused(why)) => *why,
        other => panic!("{name} is not refused: {other:?}"),
    }
}

/// The line on which a text first occurs in a sample.
fn line_of(name: &str, text: &str) -> u64 {
    let bytes = own(name);
    let content = String::from_utf8_lossy(&bytes);
    let line = content.lines().position(|line| line.contains(text));
    line.expect("the sample has the text") as u64 + 1
}

fn assert_positions(wafer: &ReadWafer, expected: &[(f64, f64)]) {
    let found = wafer.positions();
    assert_eq!(found.len(), expected.len());
    for ((x, y), (ex, ey)) in found.iter().zip(expected) {
        assert!(
            (x - ex).abs() < 1e-9 && (y - ey).abs() < 1e-9,
            "({x}, {y}) is not ({ex}, {ey})"
        );
    }
}

#[test]
fn a_plain_file_is_read_without_a_word() {
    let file = reading("flat-plain.klarf");
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };
    let facts = &wafer.end.wafer;

    assert_positions(wafer, &POSITIONS);
    assert_eq!(file.diagnostics, []);
    assert!(file.complete && wafer.end.is_complete);
    assert_eq!(facts.station.equipment_id.as_deref(), Some("INS07"));
    assert_eq!(facts.recipe.name.as_deref(), Some("RECIPE1"));
    let changed = facts
        .recipe
        .changed
        .as_ref()
        .and_then(|t| t.local)
        .expect("a date");
    assert_eq!(changed.to_string(), "2024-02-28 09:08:07");
    assert_eq!(facts.inspected_area_cm2(), Some(200.0));
    assert_eq!(facts.mark_location, Some(MarkLocation::Down));
    let first = wafer.defect(1);
    assert_eq!((first.die_x, first.die_y), (Some(0), Some(0)));
    assert_eq!((first.x_size_um, first.y_size_um), (Some(1.0), Some(2.0)));
    assert_eq!((first.size_um, first.area_um2), (Some(2.236), Some(1.5)));
    assert_eq!(
        (first.class_number, first.rough_bin, first.fine_bin),
        (Some(7), Some(12), Some(3))
    );
    assert_eq!(
        (first.test, first.cluster_no, first.review_sample),
        (Some(1), Some(0), Some(1))
    );
    assert_eq!(wafer.texts[1][1], "1000.000", "texts are as delivered");
    let lowest = facts.placed_dies()[0];
    assert_eq!((lowest.die.x, lowest.die.y), (-4, 1));
    assert!((lowest.lower_left.x - -45.0).abs() < 1e-9 && (lowest.center.y - 8.0).abs() < 1e-9);
}

#[test]
fn line_ends_marks_and_last_newlines_change_nothing() {
    let plain = reading("flat-plain.klarf");
    for name in ["flat-crlf-no-last-newline.klarf", "flat-bom.klarf"] {
        assert_eq!(reading(name), plain, "{name}");
    }
    let plain = reading("brace-free-order.klarf");
    assert_eq!(reading("brace-crlf-no-last-newline.klarf"), plain);
}

#[test]
fn bytes_that_are_no_utf8_are_latin1() {
    let file = reading("flat-latin1.klarf");
    let facts = &file.wafers[0].end.wafer;
    assert_eq!(facts.lot_id.as_deref(), Some("Lös 42"));
    assert_eq!(facts.class(7).expect("class 7").name, "Kratzer groß");
}

#[test]
fn na_stands_for_a_missing_number() {
    let file = reading("flat-na.klarf");
    let wafer = &file.wafers[0];

    assert_eq!(
        (wafer.defect(1).class_number, wafer.defect(1).cluster_no),
        (None, None)
    );
    let second = wafer.defect(2);
    assert_eq!(
        (
            second.x_size_um,
            second.y_size_um,
            second.size_um,
            second.area_um2
        ),
        (None, None, None, None)
    );
    let third = wafer.defect(3);
    assert_eq!(
        (third.x_mm, third.y_mm, third.die_x),
        (None, None, Some(-4))
    );
    assert_eq!(wafer.texts[2][1], "NA");
}

#[test]
fn rows_may_be_wrapped_and_image_lists_stand_on_their_own_line() {
    let file = reading("flat-wrapped-rows.klarf");
    let wafer = &file.wafers[0];

    assert_positions(wafer, &POSITIONS);
    let images: Vec<Vec<_>> = wafer
        .images
        .iter()
        .map(|row| row.iter().map(|i| (i.number, i.kind)).collect())
        .collect();
    assert_eq!(images, [vec![(39, 1)], vec![(1, 0), (2, 0)], vec![]]);
    assert_eq!(wafer.texts[1][16], "2 1 0 2 0");
    assert_eq!(file.diagnostics, []);
}

#[test]
fn defects_of_several_lists_are_one_table_with_their_image_files() {
    let file = reading("flat-several-lists.klarf");
    let wafer = &file.wafers[0];

    assert_positions(wafer, &POSITIONS);
    let files: Vec<_> = wafer.image_files.iter().map(Option::as_deref).collect();
    assert_eq!(files, [Some("A_1.jpg"), Some("B 2.tif"), Some("B 2.tif")]);
    assert_eq!(
        wafer.images.iter().map(Vec::len).collect::<Vec<_>>(),
        [1, 2, 0]
    );
}

#[test]
fn a_new_wafer_id_begins_the_next_wafer() {
    let file = reading("flat-three-wafers.klarf");

    let wafers: Vec<_> = file
        .wafers
        .iter()
        .map(|w| (w.id(), w.end.defect_count))
        .collect();
    assert_eq!(wafers, [("02", 3), ("05", 1), ("09", 0)]);
    let slots: Vec<_> = file.wafers.iter().map(|w| w.end.wafer.slot).collect();
    assert_eq!(
        slots,
        [Some(3), Some(7), None],
        "a slot is not that of the wafer before"
    );
    assert_positions(&file.wafers[1], &[(-1.0, 0.0)]);
    let areas: Vec<_> = file
        .wafers
        .iter()
        .map(|w| w.end.wafer.inspected_area_cm2())
        .collect();
    assert_eq!(areas, [Some(200.0), Some(100.0), Some(300.0)]);
    assert_eq!(file.wafers[2].end.wafer.tests[0].number, 2);
    assert_eq!(file.wafers[0].end.wafer.summaries.len(), 1);
    assert!(file.wafers[2].end.wafer.summaries.is_empty());
}

#[test]
fn rows_count_whatever_the_number_in_front_says() {
    let name = "flat-wrong-counts.klarf";
    let file = reading(name);
    let wafer = &file.wafers[0];

    assert_positions(wafer, &POSITIONS);
    assert_eq!(wafer.end.wafer.plan_dies().len(), 4);
    assert_eq!(wafer.end.wafer.classes.len(), 2);
    let lines: Vec<_> = file
        .diagnostics
        .iter()
        .filter(|d| d.code == "count-mismatch")
        .map(|d| d.line)
        .collect();
    let expected = [
        "ClassLookup",
        "SampleTestPlan",
        "DefectRecordSpec",
        "SummarySpec",
    ];
    assert_eq!(lines, expected.map(|keyword| line_of(name, keyword)));
    let summary = file.diagnostic("summary-mismatch");
    assert_eq!(summary.found.as_deref(), Some("NDEFECT 40"));
}

#[test]
fn unknown_keywords_and_columns_are_kept() {
    let file = reading("flat-unknown-keywords.klarf");
    let wafer = &file.wafers[0];
    let facts = &wafer.end.wafer;

    assert_eq!(facts.wafer_id.as_deref(), Some("W_11"), "without quotes");
    assert_eq!(facts.mark_type.as_deref(), Some("FLAT"), "in quotes");
    assert!(
        facts.file_timestamp.is_some(),
        "keywords are read in any case"
    );
    assert_eq!(
        facts.keyword("VendorThing").expect("kept").values,
        ["a", "b c", "3.5"]
    );
    assert_eq!(facts.keyword("Lonely").expect("kept").values.len(), 0);
    let list = &facts.keyword("CustomWaferList").expect("kept").values;
    assert_eq!(*list, ["2", "OPERATOR", "J D", "TDD", "0.02"]);
    assert_eq!(facts.keyword("WaferStatus").expect("kept").values, ["S"]);
    assert_eq!(wafer.columns[16], "VENDORCOLUMN");
    let texts: Vec<_> = wafer.texts.iter().map(|row| row[16].as_str()).collect();
    assert_eq!(texts, ["a;b c", "NA", "x"]);
    assert_positions(wafer, &POSITIONS);
}

#[test]
fn an_impossible_date_keeps_its_text_and_is_reported() {
    let name = "flat-impossible-date.klarf";
    let file = reading(name);
    let facts = &file.wafers[0].end.wafer;

    let made = facts.result_timestamp.as_ref().expect("a timestamp");
    assert_eq!(
        (made.text.as_str(), made.local),
        ("13-45-24 05:06:07", None)
    );
    assert_eq!(
        file.diagnostic("date-impossible").line,
        line_of(name, "13-45-24")
    );
    let written = facts
        .file_timestamp
        .as_ref()
        .and_then(|t| t.local)
        .expect("a date");
    assert_eq!(written.to_string(), "1999-03-04 05:06:08");
}

#[test]
fn no_defects_are_a_result_too() {
    let file = reading("flat-no-defects.klarf");
    assert_eq!((file.wafers.len(), file.wafers[0].end.defect_count), (1, 0));
    assert!(file.has("summary-mismatch") && file.complete);
}

#[test]
fn a_file_cut_off_in_a_row_gives_the_rows_in_front_of_it() {
    let file = reading("flat-cut-off.klarf");

    assert!(!file.complete && !file.wafers[0].end.is_complete);
    assert_positions(&file.wafers[0], &POSITIONS[..2]);
    let diagnostic = file.diagnostic("truncated");
    assert_eq!(diagnostic.severity, Severity::Error);
    assert_eq!(diagnostic.line, line_of("flat-cut-off.klarf", " 3 9000"));
    assert!(diagnostic.message.contains("2 defects"), "{diagnostic}");
}

#[test]
fn a_value_that_the_cut_may_have_shortened_is_not_trusted() {
    let whole = own("flat-ids-only.klarf");
    let cut = whole
        .windows(5)
        .position(|five| five == b" 3 -1")
        .expect("the last row")
        + 4;

    let file = read(&whole[..cut]).expect("read");

    assert_eq!(
        file.wafers[0].numbers(),
        [1, 2],
        "`3 -` may have been `3 -1`"
    );
}

#[test]
fn a_missing_end_of_file_is_a_cut_too() {
    let file = reading("flat-cut-off-between-statements.klarf");
    assert!(!file.complete && file.has("truncated"));
    assert_positions(&file.wafers[0], &POSITIONS);
}

#[test]
fn a_row_with_too_many_or_too_few_values_is_refused_with_its_line() {
    for (name, row, found) in [
        (
            "flat-too-many-values.klarf",
            " 0 2 1000",
            "18 values for 17 columns",
        ),
        (
            "flat-too-few-values.klarf",
            " 2 2000",
            "16 values for 17 columns",
        ),
        (
            "brace-too-many-values.klarf",
            "0 3 9000000",
            "14 values for 13 columns",
        ),
    ] {
        let why = refusal(name);
        assert_eq!(
            (why.code, why.line),
            ("malformed-row", line_of(name, row)),
            "{why}"
        );
        assert_eq!(why.found.as_deref(), Some(found), "{name}");
    }
}

#[test]
fn where_only_the_total_tells_the_first_row_out_of_line_is_blamed() {
    let name = "flat-ids-only-one-value-too-many.klarf";
    let why = refusal(name);
    assert_eq!(
        (why.code, why.line),
        ("malformed-row", line_of(name, " 2 0 5")),
        "{why}"
    );
}

#[test]
fn results_without_geometry_have_ids_only() {
    let file = reading("flat-ids-only.klarf");
    let wafer = &file.wafers[0];
    assert_eq!(wafer.numbers(), [1, 2, 3]);
    assert!(
        wafer
            .defects
            .iter()
            .all(|d| d.x_mm.is_none() && d.size_um.is_none())
    );
    assert!(wafer.end.wafer.placed_dies().is_empty());
    assert!(file.has("no-geometry"));
}

#[test]
fn a_wafer_with_its_mark_elsewhere_is_turned_notch_down() {
    // Where defect 2, at (26, -18) as delivered, comes to lie.
    for (name, mark, x, y) in [
        ("flat-mark-left.klarf", MarkLocation::Left, 18.0, 26.0),
        ("flat-mark-up.klarf", MarkLocation::Up, -26.0, 18.0),
        ("flat-mark-right.klarf", MarkLocation::Right, -18.0, -26.0),
        ("brace-mark-90.klarf", MarkLocation::Left, 18.0, 26.0),
    ] {
        let file = reading(name);
        let facts = &file.wafers[0].end.wafer;
        let second = file.wafers[0].defect(2);
        let (dx, dy) = (second.x_mm.expect("x") - x, second.y_mm.expect("y") - y);
        assert!(dx.abs() < 1e-9 && dy.abs() < 1e-9, "{name}: {second:?}");
        assert_eq!(facts.mark_location, Some(mark));
        assert_eq!(
            (second.die_x, second.die_y),
            (Some(3), Some(-2)),
            "indices stay as delivered"
        );
        let die = facts
            .placed_dies()
            .into_iter()
            .find(|die| die.die.x == 3)
            .expect("in the plan");
        let is_turned = matches!(mark, MarkLocation::Left | MarkLocation::Right);
        assert_eq!(
            (die.size.x, die.size.y),
            if is_turned { (8.0, 10.0) } else { (10.0, 8.0) }
        );
        let (right, up) = (x - die.lower_left.x, y - die.lower_left.y);
        assert!(
            (0.0..=die.size.x).contains(&right) && (0.0..=die.size.y).contains(&up),
            "{name}"
        );
    }
}

#[test]
fn mirrored_coordinates_are_mirrored_and_reported() {
    let file = reading("flat-mirrored.klarf");
    assert_positions(&file.wafers[0], &[(0.0, 0.0), (-26.0, -18.0), (36.0, 4.1)]);
    assert!(file.has("coordinates-mirrored") && file.has("die-origin-not-zero"));
}

#[test]
fn a_centre_at_the_radius_of_a_patterned_wafer_is_reported() {
    let file = reading("flat-center-is-radius.klarf");
    assert!(file.has("center-is-radius") && file.has("defect-outside-wafer"));
    assert_eq!(file.wafers[0].end.defect_count, 3, "no defect is dropped");
}

#[test]
fn an_unpatterned_wafer_is_one_die() {
    let file = reading("flat-unpatterned.klarf");
    let wafer = &file.wafers[0];

    assert_positions(wafer, &[(0.0, 0.0), (30.0, -40.0)]);
    assert_eq!(wafer.defect(1).size_um, Some(0.163));
    assert_eq!(
        wafer.defect(2).size_um,
        None,
        "the wafer's diameter is no size of a defect"
    );
    assert_eq!(file.diagnostics, []);
}

#[test]
fn what_lies_outside_is_counted_not_dropped() {
    let name = "flat-outside.klarf";
    let file = reading(name);
    assert_eq!(file.wafers[0].end.defect_count, 3);
    let defect = file.diagnostic("defect-outside-wafer");
    assert_eq!((defect.count, defect.line), (1, line_of(name, " 2 1000")));
    assert_eq!(file.diagnostic("defect-outside-die").count, 1);
    assert_eq!(file.diagnostic("die-outside-wafer").count, 1);
}

#[test]
fn rows_behind_the_end_of_their_list_are_refused() {
    let name = "flat-rows-after-list.klarf";
    let why = refusal(name);
    assert_eq!(
        (why.code, why.line),
        ("rows-after-list", line_of(name, " 1 5000"))
    );
}

#[test]
fn forgotten_semicolons_are_reported_and_nothing_is_lost() {
    let file = reading("flat-missing-semicolons.klarf");
    let wafer = &file.wafers[0];

    assert_positions(wafer, &POSITIONS);
    assert_eq!(wafer.end.wafer.lot_id.as_deref(), Some("LOT42"));
    assert_eq!(wafer.end.wafer.diameter_mm, Some(200.0));
    assert_eq!(
        file.diagnostics
            .iter()
            .filter(|d| d.code == "semicolon-missing")
            .count(),
        3
    );
    assert!(file.complete);
}

#[test]
fn a_repeated_defect_id_is_an_error_that_names_its_line() {
    let name = "flat-repeated-ids.klarf";
    let file = reading(name);
    let diagnostic = file.diagnostic("defect-id-repeated");
    assert_eq!(
        (diagnostic.severity, diagnostic.line),
        (Severity::Error, line_of(name, " 1 9000"))
    );
    let repeats: Vec<_> = file.wafers[0]
        .defects
        .iter()
        .map(|d| d.repeats_number)
        .collect();
    assert_eq!(repeats, [false, false, true]);
}

#[test]
fn a_wafer_without_results_is_left_out() {
    let name = "flat-wafer-without-results.klarf";
    let file = reading(name);
    assert_eq!(file.wafers.len(), 1);
    assert_eq!(
        file.diagnostic("wafer-without-results").line,
        line_of(name, "\"77\"")
    );
}

#[test]
fn rows_without_their_image_list_have_no_images() {
    let file = reading("flat-image-list-missing.klarf");
    assert_positions(&file.wafers[0], &POSITIONS);
    assert_eq!(file.diagnostic("image-list-missing").count, 3);
}

#[test]
fn a_text_is_no_klarf() {
    let why = refusal("text-renamed.klarf");
    assert_eq!((why.code, why.line), ("not-klarf", 1));
    assert_eq!(why.found.as_deref(), Some("\"Dear\""));
    for bytes in [
        &b""[..],
        b"\n\n",
        b"\xff\xfeF\0i\0",
        b"Record Thing \"1.8\" {}",
        b"FileVersion;",
    ] {
        let Err(Error::Refused(why)) = read(bytes) else {
            panic!("{bytes:?} is read")
        };
        assert_eq!(why.code, "not-klarf", "{bytes:?}");
    }
}

#[test]
fn a_brace_file_in_free_order_is_the_same_wafer() {
    let file = reading("brace-free-order.klarf");
    let [first, second] = &file.wafers[..] else {
        panic!("two wafers")
    };
    let facts = &first.end.wafer;

    assert_positions(first, &POSITIONS);
    let plain = reading("flat-plain.klarf");
    let flat = &plain.wafers[0].end.wafer;
    assert_eq!(
        (facts.frame(), facts.diameter_mm),
        (flat.frame(), flat.diameter_mm)
    );
    assert_eq!(
        (&facts.station, &facts.recipe.name),
        (&flat.station, &flat.recipe.name)
    );
    assert_eq!(
        (&facts.lot_id, &facts.step_id),
        (&flat.lot_id, &flat.step_id)
    );
    let local = |wafer: &klarf::Wafer| wafer.result_timestamp.as_ref().and_then(|t| t.local);
    assert_eq!(local(facts), local(flat));
    assert_eq!(
        facts
            .tests
            .iter()
            .map(|t| (t.number, t.area_cm2))
            .collect::<Vec<_>>(),
        [(2, Some(100.0)), (1, Some(200.0))]
    );
    assert_eq!(
        facts.class(7).expect("class 7").code.as_deref(),
        Some("SCR")
    );
    assert_eq!(
        facts.keyword("VendorThing").expect("kept").values,
        ["b c", "3.5"]
    );
    let (delivered, ours) = (plain.wafers[0].defect(2), first.defect(2));
    assert_eq!(
        (ours.area_um2, ours.size_um, ours.x_size_um),
        (delivered.area_um2, delivered.size_um, delivered.x_size_um)
    );
    assert_eq!((ours.class_number, ours.test), (None, Some(2)));

    let image = &first.images[1][1];
    assert_eq!((image.path.as_deref(), image.number), (Some("c/d.png"), 2));
    assert!(
        first.texts[1][3].starts_with("Images 2 {"),
        "{}",
        first.texts[1][3]
    );
    assert_eq!(first.texts[1][12], "a; b, {c}");
    assert_eq!(
        (
            first.images[0].len(),
            first.images[1].len(),
            first.images[2].len()
        ),
        (0, 2, 0)
    );

    assert_eq!((second.id(), second.end.defect_count), ("02", 0));
    let own = second
        .end
        .wafer
        .result_timestamp
        .as_ref()
        .and_then(|t| t.local)
        .expect("a date");
    assert_eq!(own.to_string(), "2024-03-04 06:00:00", "the wafer's own");
    assert_eq!(file.diagnostics, []);
}

#[test]
fn counts_of_a_brace_file_may_be_wrong() {
    let name = "brace-wrong-counts.klarf";
    let file = reading(name);
    assert_positions(&file.wafers[0], &POSITIONS);
    let lines: Vec<_> = file
        .diagnostics
        .iter()
        .filter(|d| d.code == "count-mismatch")
        .map(|d| d.line)
        .collect();
    assert_eq!(
        lines,
        ["SlotNumber", "Columns 12", "Data 1"].map(|text| line_of(name, text))
    );
}

#[test]
fn a_brace_file_that_is_cut_off_gives_its_whole_rows() {
    let file = reading("brace-cut-off.klarf");
    assert!(!file.complete);
    assert_eq!(file.wafers[0].numbers(), [1, 2]);
    assert_eq!(file.diagnostic("truncated").severity, Severity::Error);
}
