//! Bytes from outside: any of them, in pieces of any size.

mod reading;

use std::io::Read;

use proptest::prelude::*;
use reading::{own, own_folder, read};

/// Gives its bytes in pieces of the given sizes, one after the other and round again.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()]
            .min(into.len())
            .min(self.bytes.len());
        self.next += 1;
        into[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

fn samples() -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(own_folder()).expect("the folder is there");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| own(name.to_str().expect("a plain name")))
        .collect()
}

/// What a read gives, refusals included.
fn outcome(source: impl Read) -> Result<reading::Reading, String> {
    read(source).map_err(|error| error.to_string())
}

/// Words that mean something, in any order.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let words = vec![
        "FileVersion 1 2;",
        "Record FileRecord \"1.8\" {",
        "Record WaferRecord \"1\" {",
        "DefectRecordSpec",
        "DefectList",
        "DEFECTID",
        "XREL",
        "IMAGECOUNT",
        "IMAGELIST",
        "WaferID",
        "\"",
        ";",
        "\n",
        " ",
        "1",
        "-1",
        "1e999",
        "NA",
        "99999999999",
        "Field",
        "List",
        "Columns",
        "Data",
        "{",
        "}",
        ",",
        "int32",
        "ImageList",
        "EndOfFile;",
        "}}}}",
        "SummarySpec 1 NDEFECT;",
        "SummaryList",
        "SampleTestPlan",
        "ClassLookup",
        "SampleSize 1 200;",
        "DiePitch 1 1;",
        "SampleCenterLocation 0 0;",
        "TestRecord",
        "Images",
        "N",
        "\u{fffd}",
        "InspectionTest",
    ];
    let family = prop::sample::select(vec!["FileVersion 1 2;", "Record FileRecord \"1.8\" {", ""]);
    (
        family,
        prop::collection::vec(prop::sample::select(words), 0..60),
    )
        .prop_map(|(family, words)| format!("{family} {}", words.join(" ")).into_bytes())
}

/// One of our samples with a few bytes changed, taken out or cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8);
    (prop::sample::select(samples()), changes).prop_map(|(mut bytes, changes)| {
        for (at, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = outcome(bytes.as_slice());
        let _ = outcome([b"FileVersion 1 2;DefectRecordSpec 2 DEFECTID X;DefectList ", bytes.as_slice()].concat().as_slice());
        let _ = outcome([b"Record FileRecord \"1.8\" {", bytes.as_slice()].concat().as_slice());
    }

    #[test]
    fn any_words_are_read_or_refused(bytes in soup()) {
        let _ = outcome(bytes.as_slice());
        let _ = klarf::read_document(&bytes);
    }

    #[test]
    fn damaged_files_are_read_or_refused(bytes in damaged()) {
        let _ = outcome(bytes.as_slice());
        let _ = klarf::read_document(&bytes);
    }

    #[test]
    fn pieces_of_any_size_make_no_difference(
        bytes in prop::sample::select(samples()),
        sizes in prop::collection::vec(1_usize..200, 1..6),
    ) {
        let whole = outcome(bytes.as_slice());
        let pieces = outcome(Pieces { bytes: &bytes, sizes: &sizes, next: 0 });
        prop_assert_eq!(pieces, whole);
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_never_taken_for_a_whole_one() {
    for name in [
        "flat-several-lists.klarf",
        "flat-ids-only.klarf",
        "brace-free-order.klarf",
    ] {
        let sample = own(name);
        let whole = sample.len() - if sample.ends_with(b";\n") { 2 } else { 1 };
        for end in 0..whole {
            if let Ok(reading) = outcome(&sample[..end]) {
                assert!(!reading.complete, "{name} cut at {end}");
                assert!(reading.has("truncated"), "{name} cut at {end}");
            }
        }
        assert!(
            read(&sample[..whole]).expect("read").complete,
            "EndOfFile is there, its `;` is not"
        );
    }
}

fn refusal_code(bytes: &[u8]) -> &'static str {
    let error = read(bytes).expect_err("it is refused");
    error.diagnostic().expect("a diagnostic").code
}

#[test]
fn what_has_no_bounds_is_refused() {
    let long = [b"FileVersion 1 2;LotID ".to_vec(), vec![b'x'; 100_000]].concat();
    assert_eq!(refusal_code(&long), "token-too-long");
    let open = [b"FileVersion 1 2;LotID \"".to_vec(), vec![b' '; 100_000]].concat();
    assert_eq!(refusal_code(&open), "token-too-long");
    let wide = format!(
        "FileVersion 1 2;DefectRecordSpec 5000 {};",
        "C ".repeat(5000)
    );
    assert_eq!(refusal_code(wide.as_bytes()), "columns-impossible");
    let images =
        "FileVersion 1 2;DefectRecordSpec 2 DEFECTID IMAGELIST;DefectList 1 999999999 1 0;";
    assert_eq!(refusal_code(images.as_bytes()), "malformed-row");
    let deep = format!("Record FileRecord \"1.8\" {{{}", "Record R {".repeat(100));
    assert_eq!(refusal_code(deep.as_bytes()), "nested-too-deep");
}

#[test]
fn a_failing_source_is_no_refusal() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = read(Fails).expect_err("it fails");
    assert!(matches!(error, klarf::Error::Io(_)), "{error}");
}

#[test]
fn many_faults_and_many_wafers_are_bounded() {
    let keywords: String = (0..3000)
        .map(|n| format!("SampleTestPlan 1 {n};Slot x{n};Vendor{n};"))
        .collect();
    let wafers = |count: usize| {
        let begin = "FileVersion 1 2;DefectRecordSpec 1 DEFECTID;";
        format!(
            "{begin}{keywords}{}EndOfFile;",
            "WaferID \"1\";DefectList;".repeat(count)
        )
    };
    let file = read(wafers(2).as_bytes()).expect("read");
    assert!(file.diagnostics.len() <= 1010, "{}", file.diagnostics.len());
    assert_eq!(file.wafers.len(), 2);
    assert_eq!(file.wafers[1].end.wafer.keywords.len(), 1000);
    assert_eq!(refusal_code(wafers(1001).as_bytes()), "file-too-large");
}
