//! What the three formats say, told in one model.

use binmap::{Axis, BinMap, Format, Origin, Quality, Reading};

const SINF: &str = include_str!("samples/notch_up.sinf");
const G85: &str = include_str!("samples/two_maps.g85.xml");
const E142: &str = include_str!("samples/two_substrates.e142.xml");

fn read(text: &str) -> Reading {
    binmap::read(text.as_bytes()).expect("can be read")
}

fn refused(text: &str) -> binmap::Error {
    binmap::read(text.as_bytes()).expect_err("is refused")
}

/// Codes of a row from the top, `-` where there is no die.
fn row(map: &BinMap, row: usize) -> Vec<&str> {
    let columns = 0..map.columns;
    columns
        .map(|column| map.bin_at(column, row).map_or("-", |bin| bin.code.as_str()))
        .collect()
}

fn bins(map: &BinMap) -> Vec<(&str, Quality, u64)> {
    let bins = map.bins.iter();
    bins.map(|bin| (bin.code.as_str(), bin.quality, bin.count))
        .collect()
}

#[test]
fn a_sinf_file_says_where_its_notch_is_and_which_codes_are_good() {
    let reading = read(SINF);
    assert_eq!((reading.format, reading.maps.len()), (Format::Sinf, 1));
    assert_eq!(reading.diagnostics, []);
    let map = &reading.maps[0];
    assert_eq!(map.wafer_id.as_deref(), Some("07"));
    assert_eq!(map.lot_id.as_deref(), Some("A12345"));
    assert_eq!(map.product_id.as_deref(), Some("WM-0042"));
    assert_eq!(map.notch_deg, Some(180));
    assert_eq!((map.columns, map.rows, map.dies()), (5, 4, 15));
    assert_eq!(row(map, 0), ["-", "01", "02", "01", "-"]);
    assert_eq!(row(map, 2), ["01", "0A", "03", "01", "01"]);
    let expected = [
        ("01", Quality::Pass, 12),
        ("0A", Quality::Pass, 1),
        ("02", Quality::Fail, 1),
        ("03", Quality::Fail, 1),
    ];
    assert_eq!(bins(map), expected);
    // 100 x 200 mil.
    let (width, height) = map.die_size_mm.expect("has a unit");
    assert!((width - 2.54).abs() < 1e-12 && (height - 5.08).abs() < 1e-12);
}

#[test]
fn every_map_of_a_g85_file_is_read() {
    let reading = read(G85);
    assert_eq!((reading.format, reading.maps.len()), (Format::G85, 2));
    let [first, second] = reading.maps.as_slice() else {
        panic!("two maps")
    };
    assert_eq!(first.wafer_id.as_deref(), Some("A12345-07"));
    assert_eq!(first.name.as_deref(), Some("final"));
    assert_eq!(first.origin, Some(Origin::LowerLeft));
    assert_eq!(row(first, 0), ["-", "001", "001", "-"]);
    assert_eq!(row(first, 1), ["001", "012", "001", "001"]);
    assert_eq!(first.bins[0].description.as_deref(), Some("good & fast"));
    assert_eq!(bins(first)[1], ("012", Quality::Fail, 3));
    assert_eq!(
        (second.notch_deg, second.origin),
        (Some(90), Some(Origin::Center))
    );
    assert_eq!(row(second, 0), ["-", "1", "X"]);
}

#[test]
fn declared_counts_that_are_wrong_and_unknown_elements_are_told_with_their_lines() {
    let told: Vec<String> = read(G85)
        .diagnostics
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        told,
        [
            "line 18, column 7: `Colour` in `Device` is not known and was left out",
            "line 17, column 7: bin `X` is declared with 2 dies, there are 1",
        ]
    );
}

#[test]
fn every_substrate_of_an_e142_file_is_read_in_rows_or_die_by_die() {
    let reading = read(E142);
    assert_eq!((reading.format, reading.maps.len()), (Format::E142, 2));
    assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
    assert!(
        reading.diagnostics[0]
            .message
            .contains("`3A` is declared with 3 dies, there are 2")
    );
    let [rows, single] = reading.maps.as_slice() else {
        panic!("two maps")
    };
    assert_eq!(
        (rows.wafer_id.as_deref(), rows.lot_id.as_deref()),
        (Some("W-01"), Some("A12345"))
    );
    assert_eq!(rows.product_id.as_deref(), Some("WM-0042"));
    assert_eq!(
        (rows.origin, rows.axis),
        (Some(Origin::LowerLeft), Some(Axis::UpRight))
    );
    assert_eq!(row(rows, 0), ["-", "3A", "01", "-"]);
    assert_eq!(row(rows, 2), ["01", "3A", "01", "01"]);
    assert_eq!(
        bins(rows),
        [("01", Quality::Pass, 8), ("3A", Quality::Fail, 2)]
    );
    assert_eq!(rows.bins[1].description.as_deref(), Some("open"));
    assert_eq!(
        rows.die_size_mm
            .map(|size| (size.0.round(), size.1.round())),
        Some((10.0, 5.0))
    );
    assert_eq!(rows.references[0].position_mm, Some((-5.0, 10.0)));
    // Nothing says so: the defaults of the standard, x to the right and y upwards.
    assert_eq!((single.columns, single.rows, single.dies()), (3, 2, 2));
    assert_eq!(row(single, 0), ["-", "-", "00C0"]);
    assert_eq!(row(single, 1), ["0001", "-", "-"]);
    assert_eq!(single.bins[1].quality, Quality::Unknown);
    assert_eq!(
        (single.notch_deg, single.lot_id.as_deref()),
        (None, Some("A12346"))
    );
}

#[test]
fn codes_of_good_dies_count_where_a_file_tells_no_quality() {
    let text = SINF.replace("BCEQU:01 0A\n", "");
    let mut map = read(&text).maps.remove(0);
    assert!(map.bins.iter().all(|bin| bin.quality == Quality::Unknown));
    let mut by_default = map.clone();
    by_default.judge(&[]);
    assert_eq!(bins(&by_default)[0], ("01", Quality::Pass, 12));
    assert_eq!(bins(&by_default)[1].1, Quality::Fail);
    map.judge(&["0a".to_owned()]);
    assert_eq!(map.bins[0].quality, Quality::Fail);
    let good = map.bins.iter().find(|bin| bin.code == "0A");
    assert_eq!(good.map(|bin| bin.quality), Some(Quality::Pass));
}

#[test]
fn an_error_names_line_column_field_value_and_rule() {
    let error = refused(&SINF.replace("ROWCT:4", "ROWCT:four"));
    assert_eq!(
        error.to_string(),
        "line 5, column 7: `ROWCT` has to be a whole number above 0 (found `four`)"
    );
    let error = refused(&SINF.replace("RowData:__ 01 01 __ __\n", "RowData:__ 01 01 __\n"));
    assert_eq!(
        error.to_string(),
        "line 16, column 9: `RowData 4` has to hold 5 codes, one a column (found `4 codes`)"
    );
    let error = refused(&G85.replace("Orientation=\"90\"", "Orientation=\"45\""));
    assert_eq!((error.line, error.field.as_str()), (15, "Orientation"));
    assert_eq!(error.value.as_deref(), Some("45"));
    let error = refused(&E142.replace("<BinCode>01010101</BinCode>", "<BinCode>0101010</BinCode>"));
    assert_eq!(
        (error.line, error.rule.as_str()),
        (36, "has to hold codes of 2 characters")
    );
    let error = refused(&E142.replace("Dimension X=\"4\" Y=\"3\"", "Dimension X=\"4\" Y=\"2\""));
    assert_eq!(error.field, "BinCode elements");
}

#[test]
fn what_is_no_bin_map_is_refused() {
    for (text, field) in [
        ("", "RowData lines"),
        ("hello\nworld\n", "line"),
        ("<html></html>", "root element"),
        ("<Maps></Maps>", "Map/Device"),
        ("<MapData/>", "SubstrateMap/Overlay/BinCodeMap"),
        ("<Maps>", "Maps"),
        ("<Maps></Map>", "XML"),
        ("LOT:A\nRowData:01\n", "COLCT"),
    ] {
        assert_eq!(refused(text).field, field, "{text}");
    }
    let error = binmap::read(b"LOT:A\nWAFER:\xff\xfe\n").expect_err("is no UTF-8");
    assert_eq!(
        (error.line, error.column, error.rule.as_str()),
        (2, 7, "has to be UTF-8")
    );
    assert!(binmap::read(&[0xff, 0xfe, b'<', 0]).is_err());
}

#[test]
fn hostile_files_are_refused_without_making_what_they_declare() {
    let huge = SINF.replace("ROWCT:4", "ROWCT:4000000000");
    assert_eq!(refused(&huge).field, "ROWCT");
    let wide = SINF.replace("COLCT:5", "COLCT:18446744073709551615");
    assert_eq!(refused(&wide).field, "ROWCT");
    let far = E142.replace("X=\"12\" Y=\"21\"", "X=\"9000000\" Y=\"-9000000\"");
    assert_eq!(refused(&far).field, "map");
    let bomb = "<!DOCTYPE m [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Maps>&b;</Maps>";
    assert_eq!(refused(bomb).field, "DOCTYPE");
    assert_eq!(refused("<Maps>&b;</Maps>").field, "entity");
    assert!(
        refused(&"<a>".repeat(100_000))
            .rule
            .contains("deeper than 64")
    );
    let many = format!("<Maps>{}</Maps>", "<a/>".repeat(300_000));
    assert!(refused(&many).rule.contains("250000 elements"));
    let attributes: String = (0..5_000).map(|i| format!(" a{i}=\"\"")).collect();
    assert!(
        refused(&format!("<Maps{attributes}/>"))
            .rule
            .contains("100 attributes")
    );
    let long = binmap::read(&vec![b' '; 100 << 20]).expect_err("is too long");
    assert!(long.rule.contains("32 MiB"));
}
