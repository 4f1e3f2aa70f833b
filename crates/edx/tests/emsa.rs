//! EMSA/MSA files: what is read, what is refused and where, and that what is written is read back.

use edx::{Keyword, Spectrum, msa};
use proptest::prelude::*;

fn sample(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../tests/samples/emsa/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(path).expect("the repository's sample")
}

fn file(header: &str, data: &str) -> String {
    format!("#FORMAT : EMSA/MAS Spectral Data File\n{header}#SPECTRUM : here\n{data}#ENDOFDATA :\n")
}

fn refusal(file: &str) -> String {
    msa::read(file.as_bytes())
        .expect_err("the file is refused")
        .to_string()
}

/// The peak's highest channel lies on the K line of silicon, 1.740 keV, in all of our samples.
fn assert_is_silicon(spectrum: &Spectrum) {
    assert_eq!(spectrum.counts.len(), 30);
    assert_eq!(spectrum.counts[14], 2990.0);
    assert_eq!(spectrum.total_counts(), 21411.0);
    assert!((spectrum.energy_of(14) - 1.74).abs() < 1e-12);
    assert_eq!(spectrum.channel_of(1.744), Some(14));
    assert_eq!(spectrum.channel_of(1.594), None);
}

#[test]
fn a_standard_file_is_read_with_all_that_it_says() {
    let spectrum = msa::read(&sample("standard.msa")).expect("a spectrum");

    assert_is_silicon(&spectrum);
    assert_eq!(spectrum.title, "Bare silicon\nbeside a particle");
    assert_eq!(
        (spectrum.live_time_s, spectrum.real_time_s),
        (Some(12.5), Some(13.75))
    );
    assert_eq!(spectrum.beam_energy_kev, Some(10.0));
    assert!(spectrum.is_edx());
    assert_eq!(spectrum.keyword("DATE"), Some("14-FEB-2026"));
    let current = spectrum
        .keywords
        .iter()
        .find(|keyword| keyword.name == "PROBECUR")
        .expect("kept");
    assert_eq!(
        (current.unit.as_str(), current.value.as_str()),
        ("nA", "0.82")
    );
    let ours = spectrum.keywords.last().expect("kept");
    assert_eq!(
        (
            ours.is_user_defined,
            ours.name.as_str(),
            ours.value.as_str()
        ),
        (true, "DETECTOR-NO", "2")
    );
}

#[test]
fn energies_beside_the_counts_are_read() {
    let spectrum = msa::read(&sample("energies_and_counts.msa")).expect("a spectrum");

    assert_is_silicon(&spectrum);
    assert_eq!(spectrum.keyword("XPOSITION"), Some("41.2270"));
}

#[test]
fn careless_files_of_instruments_are_read() {
    let spectrum = msa::read(&sample("careless.msa")).expect("a spectrum");

    assert_is_silicon(&spectrum);
    assert_eq!(spectrum.title, "Spänchen, 3 µm");
    assert_eq!(
        spectrum.beam_energy_kev, None,
        "0 kV is what instruments write for unknown"
    );
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    let refusal = msa::read(&sample("cut_off.msa")).expect_err("refused");

    assert_eq!((refusal.line, refusal.value.as_str()), (7, "30"));
    assert!(refusal.rule.contains("1024 as NPOINTS says"), "{refusal}");
}

#[test]
fn a_wrong_number_of_points_is_taken_from_a_file_that_is_whole() {
    let counts = |points: &str| {
        let file = file(
            &format!("#XPERCHAN : 10\n#NPOINTS : {points}\n"),
            "1\n2\n3\n",
        );
        msa::read(file.as_bytes()).expect("a spectrum").counts
    };

    assert_eq!(counts("4."), [1.0, 2.0, 3.0]);
    assert_eq!(counts("2"), [1.0, 2.0, 3.0]);
    assert_eq!(counts(""), [1.0, 2.0, 3.0]);
}

#[test]
fn a_column_of_energies_is_known_as_such_whatever_datatype_says() {
    let file = file(
        "#XUNITS : eV\n#XPERCHAN : 5\n#OFFSET : 100\n#NPOINTS : 2\n#DATATYPE : Y\n",
        "100, 7\n105, 8\n",
    );

    let spectrum = msa::read(file.as_bytes()).expect("a spectrum");

    assert_eq!(spectrum.counts, [7.0, 8.0]);
    assert!((spectrum.energy_of(1) - 0.105).abs() < 1e-12);
}

#[test]
fn without_xperchan_the_energies_give_the_scale() {
    let file = file("#XUNITS : keV\n#DATATYPE : XY\n", "0.5 7\n0.52 8\n0.54 9\n");

    let spectrum = msa::read(file.as_bytes()).expect("a spectrum");

    assert!((spectrum.energy_per_channel_kev - 0.02).abs() < 1e-12);
    assert_eq!(spectrum.energy_offset_kev, 0.5);
}

#[test]
fn the_unit_is_guessed_from_the_width_of_a_channel_where_the_file_does_not_tell() {
    let width = |xperchan: &str| {
        let file = file(&format!("#XUNITS :\n#XPERCHAN : {xperchan}\n"), "1\n2\n");
        msa::read(file.as_bytes())
            .expect("a spectrum")
            .energy_per_channel_kev
    };

    assert_eq!(width("10"), 0.01);
    assert_eq!(width("0.01"), 0.01);
}

#[test]
fn refusals_name_place_field_value_and_rule() {
    let check = |header: &str, data: &str, expected: &str| {
        assert_eq!(refusal(&file(header, data)), expected)
    };

    check(
        "#XPERCHAN :  -10\n",
        "1\n",
        "line 2, column 14: XPERCHAN `-10`: must be greater than 0",
    );
    check(
        "#XPERCHAN : wide\n",
        "1\n",
        "line 2, column 13: XPERCHAN `wide`: must be a finite number",
    );
    check(
        "#XPERCHAN : 10\n",
        "1, -2\n",
        "line 4, column 4: counts `-2`: must be from 0 to 1000000000000",
    );
    check(
        "#XPERCHAN : 10\n",
        "1,\tNaN\n",
        "line 4, column 4: counts `NaN`: must be a finite number",
    );
    check(
        "#XPERCHAN : 10\n",
        "1\n1e999\n",
        "line 5, column 1: counts `1e999`: must be a finite number",
    );
    check(
        "#NPOINTS : 65537\n",
        "1\n",
        "line 2, column 12: NPOINTS `65537`: must be a whole number from 1 to 65536",
    );
    check(
        "#NPOINTS : 2.5\n",
        "1\n",
        "line 2, column 12: NPOINTS `2.5`: must be a whole number from 1 to 65536",
    );
    check(
        "#DATATYPE : Z\n",
        "1\n",
        "line 2, column 13: DATATYPE `Z`: must be Y or XY",
    );
    check(
        "#XUNITS : nm\n",
        "1\n",
        "line 2, column 11: XUNITS `nm`: must be eV or keV",
    );
    check(
        "#LIVETIME -s: -1\n",
        "1\n",
        "line 2, column 15: LIVETIME `-1`: must not be negative",
    );
    check(
        "1, 2\n",
        "1\n",
        "line 2, column 1: header `1, 2`: a line before SPECTRUM must start with `#`",
    );
    check(
        "",
        "1\n",
        "line 2, column 1: XPERCHAN ``: is missing: the counts have no energies",
    );
    check(
        "#XPERCHAN : 10\n",
        "",
        "line 3, column 1: number of points `0`: there must be at least one point after SPECTRUM",
    );
    check(
        "#DATATYPE : XY\n#XPERCHAN : 10\n",
        "0 1\n10\n",
        "line 6, column 1: energy `10`: must be followed by its counts (DATATYPE XY)",
    );
    check(
        "#DATATYPE : XY\n#XUNITS : eV\n#XPERCHAN : 10\n",
        "0 1\n10 2\n50 3\n",
        "line 8, column 1: energy `50`: must keep to OFFSET and XPERCHAN within one channel",
    );
    check(
        "#XPERCHAN : 2000000\n",
        "1\n",
        "line 2, column 13: XPERCHAN `2000000`: must be from 0.000001 to 1000 keV",
    );
    check(
        "#XPERCHAN : 10\n#OFFSET : 1e9\n",
        "1\n",
        "line 3, column 11: OFFSET `1e9`: must be at most 1000 keV",
    );
}

#[test]
fn what_is_no_such_file_is_refused_by_its_first_line() {
    for bytes in [
        &b""[..],
        b"\x89PNG\r\n\x1a\n",
        b"#TITLE : x\n",
        b"#FORMAT : JCAMP\n",
        b"\xFF\xFE#\0F\0",
    ] {
        let refusal = msa::read(bytes).expect_err("refused");
        assert_eq!(
            (refusal.line, refusal.field.as_str()),
            (1, "FORMAT"),
            "{refusal}"
        );
    }
}

#[test]
fn sizes_are_bounded() {
    let many_points = file("#XPERCHAN : 10\n", &"1\n".repeat(msa::MAX_POINTS + 1));
    let many_keywords = file(&"#COMMENT : x\n".repeat(msa::MAX_KEYWORDS + 1), "1\n");
    let many_bytes = vec![b' '; msa::MAX_BYTES + 1];

    assert!(refusal(&many_points).contains("at most 65536 points"));
    assert!(refusal(&many_keywords).contains("at most 1024 further keywords"));
    assert!(
        msa::read(&many_bytes)
            .expect_err("refused")
            .rule
            .contains("at most 8388608 bytes")
    );
}

/// A keyword that is not one of those with a field of their own.
fn keyword() -> impl Strategy<Value = Keyword> {
    let value = "([!-~µ°]([ -~µ°]{0,30}[!-~])?)?";
    (
        any::<bool>(),
        "[A-Z][A-Z0-9]{0,10}",
        "([a-zA-Z]{1,3})?",
        value,
    )
        .prop_map(|(is_user_defined, name, unit, value)| Keyword {
            is_user_defined,
            name: format!("Q{name}"),
            unit: if is_user_defined { String::new() } else { unit },
            value,
        })
}

fn spectrum() -> impl Strategy<Value = Spectrum> {
    let required = ["DATE", "TIME", "OWNER", "YUNITS"].map(|name| Keyword {
        is_user_defined: false,
        name: name.to_owned(),
        unit: String::new(),
        value: String::new(),
    });
    let time = proptest::option::of(0.0..1e6);
    let counts = prop_oneof![
        proptest::collection::vec((0u32..1_000_000).prop_map(f64::from), 1..600),
        proptest::collection::vec(0.0..1e9, 1..40)
    ];
    let title = "([!-~µ]([ -~µ]{0,30}[!-~])?\n?)?[!-~]?";
    (
        counts,
        -1.0..5.0,
        1e-4..0.1,
        time.clone(),
        time,
        proptest::option::of(0.1..400.0),
        title,
        proptest::collection::vec(keyword(), 0..8),
    )
        .prop_map(
            move |(counts, offset, width, live, real, beam, title, mut keywords)| {
                keywords.extend(required.clone());
                Spectrum {
                    counts,
                    energy_offset_kev: offset,
                    energy_per_channel_kev: width,
                    live_time_s: live,
                    real_time_s: real,
                    beam_energy_kev: beam,
                    title,
                    keywords,
                }
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(spectrum in spectrum()) {
        let file = msa::write(&spectrum);

        prop_assert_eq!(msa::read(file.as_bytes()), Ok(spectrum));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = msa::read(&bytes);
        let _ = msa::read(&[b"#FORMAT : EMSA/MAS\n#XPERCHAN : 1\n", &bytes[..]].concat());
    }

    /// Lines shuffled, doubled, cut: what is still read is written and read back.
    #[test]
    fn damaged_files_are_refused_or_read_soundly(lines in proptest::collection::vec((0usize..30, 0usize..40), 0..40)) {
        let sample = String::from_utf8(sample("standard.msa")).expect("UTF-8");
        let all: Vec<&str> = sample.lines().collect();
        let damaged: Vec<String> = std::iter::once(all[0].to_owned())
            .chain(lines.iter().map(|&(line, cut)| all[line % all.len()].chars().take(cut).collect()))
            .collect();
        if let Ok(spectrum) = msa::read(damaged.join("\n").as_bytes()) {
            let again = msa::read(msa::write(&spectrum).as_bytes()).expect("our own file is read");
            prop_assert_eq!(again.counts, spectrum.counts);
            prop_assert_eq!(again.energy_offset_kev, spectrum.energy_offset_kev);
            prop_assert_eq!(again.energy_per_channel_kev, spectrum.energy_per_channel_kev);
        }
    }
}
