//! What is read is written, and what was written is read.

mod reading;

use klarf::document::{
    Body, BraceDocument, Cell, FlatDocument, Item, List, Record, Statement, Value,
};
use klarf::{Defect, Document, Image, read_document};
use proptest::prelude::*;
use reading::{Reading, own, own_folder, read, real_folder};

fn written(document: &Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document
        .write(&mut bytes)
        .expect("the document can be written");
    bytes
}

/// What results mean, without the places where they stand.
fn facts(reading: &Reading) -> Vec<(Vec<Defect>, Vec<Vec<Image>>, klarf::Wafer)> {
    let without_line = |defect: &Defect| Defect { line: 0, ..*defect };
    let wafer = |wafer: &klarf::Wafer| {
        let mut wafer = wafer.clone();
        wafer.line = 0;
        wafer
            .keywords
            .iter_mut()
            .for_each(|keyword| std::sync::Arc::make_mut(keyword).line = 0);
        // Counts are made right when they are written.
        wafer
            .keywords
            .retain(|keyword| !keyword.name.ends_with("List"));
        wafer
    };
    let of = |w: &reading::ReadWafer| {
        (
            w.defects.iter().map(without_line).collect(),
            w.images.clone(),
            wafer(&w.end.wafer),
        )
    };
    reading.wafers.iter().map(of).collect()
}

/// Reads, writes and reads every file of a folder that is not refused; how many there were.
fn walk(folder: &std::path::Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let Ok(document) = read_document(&bytes) else {
            continue;
        };
        let again = written(&document);
        let reread = read_document(&again);
        assert_eq!(
            reread.expect("what was written is read"),
            document,
            "{}",
            path.display()
        );
        let before = read(bytes.as_slice()).expect("read before");
        let after = read(again.as_slice()).expect("read again");
        assert_eq!(facts(&after), facts(&before), "{}", path.display());
        files += 1;
    }
    files
}

#[test]
fn our_samples_are_the_same_after_writing() {
    assert!(walk(&own_folder()) >= 25);
}

#[test]
fn real_samples_are_the_same_after_writing() {
    if let Some(folder) = real_folder() {
        assert_eq!(walk(&folder), 14, "all but the malformed one");
    }
}

#[test]
fn flat_files_are_written_as_other_tools_read_them() {
    let document = read_document(&own("flat-unknown-keywords.klarf")).expect("read");
    let text = String::from_utf8(written(&document)).expect("UTF-8");

    assert!(
        text.starts_with("FileVersion 1 2;\nFILETIMESTAMP 03-04-24 05:06:08;\n"),
        "{text}"
    );
    assert!(text.contains("\nWaferID \"W_11\";\n"), "ids are in quotes");
    assert!(text.contains("\nClassLookup 2\n 0 \"Unclassified\"\n 7 \"Scratch\";\n"));
    assert!(text.contains("\nVendorThing a \"b c\" 3.5;\n"));
    assert!(text.contains("\nLonely;\n"));
    assert!(text.contains(" VENDORCOLUMN IMAGELIST ;\nDefectList\n 1 5000.000 "));
    assert!(text.contains(" \"a;b c\" 0\n 2 1000.000"), "{text}");
    assert!(text.ends_with(";\nEndOfFile;\n"));
    let none = read_document(&own("flat-no-defects.klarf")).expect("read");
    let text = String::from_utf8(written(&none)).expect("UTF-8");
    assert!(text.contains("\nDefectList;\n"));
}

#[test]
fn counts_are_made_right() {
    let document = read_document(&own("flat-wrong-counts.klarf")).expect("read");
    let text = String::from_utf8(written(&document)).expect("UTF-8");
    for right in [
        "SampleTestPlan 4\n",
        "ClassLookup 2\n",
        "DefectRecordSpec 17 ",
        "SummarySpec 5 ",
    ] {
        assert!(text.contains(right), "{right} in {text}");
    }
    let document = read_document(&own("brace-wrong-counts.klarf")).expect("read");
    let again = read(written(&document).as_slice()).expect("read");
    assert!(!again.has("count-mismatch"), "{:?}", again.diagnostics);
}

#[test]
fn a_new_document_is_read_as_it_was_meant() {
    let mut document = FlatDocument::new(2, "03-04-2024", "05:06:08");
    let pitch = [Value::scientific(10_000.0), Value::scientific(8000.0)];
    document.statements.extend([
        Statement::new("LotID", [Value::text("say \"lot\"")]),
        Statement::new("DiePitch", pitch),
        Statement::new(
            "SampleCenterLocation",
            [Value::scientific(-0.5), Value::from(0)],
        ),
        Statement::new("WaferID", [Value::word("01")]),
        Statement::new(
            "DefectRecordSpec",
            ["5", "DEFECTID", "XREL", "YREL", "XINDEX", "YINDEX"].map(Value::word),
        ),
        Statement::defect_list(vec![
            ["1", "500.5", "1000", "-1", "0"].map(Value::word).to_vec(),
        ]),
    ]);
    let bytes = written(&Document::Flat(document));

    assert!(
        String::from_utf8_lossy(&bytes).contains("DiePitch 1.0000000000e+004 8.0000000000e+003;")
    );
    let file = read(bytes.as_slice()).expect("read");
    let wafer = &file.wafers[0];
    assert_eq!(
        wafer.end.wafer.lot_id.as_deref(),
        Some("say 'lot'"),
        "a quote cannot be written"
    );
    let x_mm = wafer.defect(1).x_mm.expect("a position");
    assert!(
        (x_mm - -9.499).abs() < 1e-12,
        "-10000 + 500.5 + 0.5 um, not {x_mm} mm"
    );
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let mut document = FlatDocument::new(2, "03-04-2024", "05:06:08");
    document.statements.push(Statement::new("two words", []));
    let error = Document::Flat(document)
        .write(&mut Vec::new())
        .expect_err("no keyword");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    let empty = Document::Flat(FlatDocument::default());
    assert!(
        empty.write(&mut Vec::new()).is_err(),
        "FileVersion is missing"
    );
}

/// Any text; quotes, line breaks and what ends a word among it.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "\\PC{0,8}",
        "[;{},\" \r\n\t]{0,6}",
        Just("EndOfFile".to_owned()),
        Just("DefectList".to_owned())
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_text().prop_map(Value::text),
        any_text().prop_map(Value::word),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::scientific),
    ]
}

fn values(up_to: usize) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(any_value(), 0..=up_to)
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let keyword = prop_oneof![
        "Vendor[A-Za-z0-9_]{1,8}",
        prop::sample::select(vec![
            "LotID",
            "ClassLookup",
            "SampleTestPlan",
            "Slot",
            "SetupID",
            "WaferID",
            "DiePitch"
        ])
        .prop_map(str::to_owned),
    ];
    (keyword, values(6)).prop_map(|(keyword, values)| Statement::new(keyword, values))
}

/// A row for the columns DEFECTID, VENDOR, IMAGECOUNT, IMAGELIST.
fn any_row() -> impl Strategy<Value = Vec<Value>> {
    let images = prop::collection::vec((any::<i32>(), 0..9), 0..4);
    (any::<i32>(), any_value(), images).prop_map(|(id, vendor, images)| {
        let count = Value::from(images.len() as i32);
        let mut row = vec![Value::from(id), vendor, count.clone(), count];
        row.extend(
            images
                .iter()
                .flat_map(|(id, kind)| [Value::from(*id), Value::from(*kind)]),
        );
        row
    })
}

fn any_flat() -> impl Strategy<Value = FlatDocument> {
    let rows = prop::collection::vec(any_row(), 0..6);
    let lists = prop::collection::vec((prop::collection::vec(any_statement(), 0..4), rows), 0..4);
    lists.prop_map(|lists| {
        let mut document = FlatDocument::new(2, "01-02-2024", "03:04:05");
        let spec = ["4", "DEFECTID", "VENDOR", "IMAGECOUNT", "IMAGELIST"].map(Value::word);
        document
            .statements
            .push(Statement::new("DefectRecordSpec", spec));
        for (statements, rows) in lists {
            document.statements.extend(statements);
            document.statements.push(Statement::defect_list(rows));
        }
        document
    })
}

fn any_image() -> impl Strategy<Value = Image> {
    let text = || "[ -~&&[^\"]]{0,8}".prop_map(Some);
    (any::<i32>(), text(), text(), text()).prop_map(|(number, path, format, label)| Image {
        number,
        kind: 0,
        path,
        format,
        label,
    })
}

fn any_list() -> impl Strategy<Value = Item> {
    let row = (
        any::<i32>(),
        prop::collection::vec(any_image(), 0..3),
        any_value(),
    );
    prop::collection::vec(row, 0..5).prop_map(|rows| {
        let column = |(kind, name): (&str, &str)| (kind.to_owned(), name.to_owned());
        let columns = [
            ("int32", "DEFECTID"),
            ("ImageList", "IMAGES"),
            ("string", "NOTE"),
        ]
        .map(column);
        let cells = |(id, images, note)| {
            vec![
                Cell::Value(Value::from(id)),
                Cell::Images(images),
                Cell::Value(note),
            ]
        };
        let rows = rows.into_iter().map(cells).collect();
        Item::List(List {
            name: "DefectList".to_owned(),
            columns: columns.to_vec(),
            rows,
        })
    })
}

fn any_item() -> impl Strategy<Value = Item> {
    let field =
        ("[A-Z][A-Za-z]{0,8}", values(4)).prop_map(|(name, values)| Item::Field { name, values });
    prop_oneof![field, any_list()].prop_recursive(3, 20, 4, |inner| {
        let names = vec!["LotRecord", "WaferRecord", "TestRecord", "SummaryRecord"];
        (
            prop::sample::select(names),
            prop::option::of(any_value()),
            prop::collection::vec(inner, 0..4),
        )
            .prop_map(|(name, id, items)| {
                Item::Record(Record {
                    name: name.to_owned(),
                    id,
                    items,
                })
            })
    })
}

fn any_brace() -> impl Strategy<Value = BraceDocument> {
    prop::collection::vec(any_item(), 0..5).prop_map(|items| {
        let id = Some(Value::text("1.8"));
        BraceDocument {
            root: Record {
                name: "FileRecord".to_owned(),
                id,
                items,
            },
        }
    })
}

proptest! {
    #[test]
    fn a_flat_document_written_is_the_document_read(document in any_flat()) {
        let rows = |document: &FlatDocument| -> usize {
            let lists = document.statements.iter().map(Statement::body);
            lists.map(|body| if let Body::Rows(rows) = body { rows.len() } else { 0 }).sum()
        };
        let count = rows(&document);
        let document = Document::Flat(document);
        let bytes = written(&document);
        prop_assert_eq!(read_document(&bytes).expect("read"), document);
        let file = read(bytes.as_slice()).expect("read");
        prop_assert_eq!(file.wafers.iter().map(|w| w.defects.len()).sum::<usize>(), count);
    }

    #[test]
    fn a_brace_document_written_is_the_document_read(document in any_brace()) {
        let document = Document::Brace(document);
        let bytes = written(&document);
        prop_assert_eq!(read_document(&bytes).expect("read"), document);
    }
}

#[test]
fn a_plain_value_behind_a_quoted_one_stays_plain() {
    let file =
        "FileVersion 1 2;DefectRecordSpec 2 DEFECTID NOTE;DefectList\n 1 \"a\"\n 2 b;EndOfFile;";
    let Ok(Document::Flat(document)) = read_document(file.as_bytes()) else {
        panic!("flat")
    };
    let rows = vec![
        vec![Value::from(1), Value::text("a")],
        vec![Value::from(2), Value::word("b")],
    ];
    assert_eq!(
        document.statements.last(),
        Some(&Statement::defect_list(rows))
    );
}
