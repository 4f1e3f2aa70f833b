//! What a correct reader finds in real and anonymised files; the facts are those of the page that
//! describes the samples. The files belong to others and are not part of the repository.

mod reading;

use klarf::{Error, Severity};
use reading::{ReadWafer, Reading, read, sample};

/// The sample read, or nothing where the folder of samples does not exist.
macro_rules! sample {
    ($name:literal) => {
        match sample($name) {
            Some(bytes) => bytes,
            None => return,
        }
    };
}

fn reading(bytes: &[u8]) -> Reading {
    read(bytes).expect("the sample is read")
}

fn assert_at(wafer: &ReadWafer, defect_no: i32, x_um: f64, y_um: f64) {
    let defect = wafer.defect(defect_no);
    let (x, y) = (defect.x_mm.expect("x") * 1e3, defect.y_mm.expect("y") * 1e3);
    assert!(
        (x - x_um).abs() < 5e-4 && (y - y_um).abs() < 5e-4,
        "defect {defect_no} at ({x}, {y})"
    );
}

#[test]
fn simple12_has_one_defect_on_a_wafer_of_one_die() {
    let file = reading(&sample!("jklarfreader-simple12.klarf"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };
    let facts = &wafer.end.wafer;

    assert_eq!(facts.file.version.to_string(), "1.2");
    assert_eq!(facts.lot_id.as_deref(), Some("aLot"));
    assert_eq!(facts.wafer_id.as_deref(), Some("aWafer"));
    assert_eq!((facts.slot, facts.diameter_mm), (Some(1), Some(150.0)));
    assert_eq!(facts.mark_type.as_deref(), Some("FLAT"));
    assert_eq!(facts.recipe.name, None);
    let written = facts
        .file_timestamp
        .as_ref()
        .and_then(|t| t.local)
        .expect("a date");
    assert_eq!(written.to_string(), "1977-07-07 00:17:07");
    let classes: Vec<_> = facts
        .classes
        .iter()
        .map(|c| (c.number, c.name.as_str()))
        .collect();
    assert_eq!(classes, [(-1, "Unclassified"), (10, "Blork")]);
    assert_eq!(facts.plan_dies().len(), 1);
    assert_eq!(wafer.end.defect_count, 1);
    assert_eq!(wafer.defect(1).class_number, Some(10));
    assert_at(wafer, 1, -71499.877, 0.123);
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
}

#[test]
fn klarf12_example_has_columns_in_an_unusual_order() {
    let file = reading(&sample!("jklarfreader-klarf12Example.klarf"));
    let wafer = &file.wafers[0];
    let facts = &wafer.end.wafer;

    assert_eq!((facts.diameter_mm, facts.slot), (Some(300.0), Some(15)));
    assert_eq!(wafer.columns[5], "DSIZE");
    assert_eq!(wafer.columns[16], "CLASSNUMBER");
    assert_eq!(
        facts.keyword("operatorid").expect("OperatorId").values,
        ["userId"]
    );
    assert_eq!(
        facts.keyword("ClassificationSource").expect("kept").values,
        ["aSource"]
    );
    assert_eq!(facts.keyword("Product").expect("kept").values, ["NA"]);
    assert_eq!(facts.scribe_id.as_deref(), Some("1"));
    assert_at(wafer, 1, -11499.4, -612.2);
    assert_at(wafer, 2, 13568.6, 3556.8);
    assert_eq!(facts.plan_dies().len(), 2);
    assert_eq!(file.diagnostic("defect-outside-die").count, 2);
    assert_eq!(file.diagnostic("defect-outside-die").line, 31);
}

#[test]
fn the_defect_list_example_has_13_defects_in_six_lists() {
    let file = reading(&sample!("jklarfreader-klarf12DefectListExample.klarf"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };
    let facts = &wafer.end.wafer;

    assert_eq!(wafer.numbers(), (1..=13).collect::<Vec<_>>());
    let counts: Vec<_> = wafer.images.iter().map(Vec::len).collect();
    assert_eq!(counts, [1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 7, 7, 0]);
    let ninth = &wafer.images[8][0];
    assert_eq!((ninth.number, ninth.kind), (39, 1));
    assert_eq!(wafer.image_files[0].as_deref(), Some("A_1.jpg"));
    assert_eq!(wafer.image_files[3].as_deref(), Some("A2.jpg"));
    assert_eq!(
        wafer.image_files[7].as_deref(),
        Some("A_5.jpg"),
        "the last name still holds"
    );
    assert_eq!(wafer.image_files[12].as_deref(), Some("multi-image.tif"));
    assert_eq!(facts.wafer_id.as_deref(), Some("aWafer"));
    assert_eq!(
        facts
            .keyword("OrientationInstruction")
            .expect("kept")
            .values,
        ["FRONT"]
    );
    assert_eq!(
        facts.keyword("CustomWaferList").expect("kept").values.len(),
        7
    );
    assert_eq!(
        facts.keyword("LotStatus").expect("kept").values,
        ["1", "0", "1"]
    );
    assert_eq!((facts.die_map.len(), facts.removed_dies.len()), (4, 1));
    let in_test = |test| {
        wafer
            .defects
            .iter()
            .filter(|d| d.test == Some(test))
            .count()
    };
    assert_eq!((in_test(5), in_test(3)), (11, 2));
    assert_eq!(
        facts
            .tests
            .iter()
            .map(|test| test.number)
            .collect::<Vec<_>>(),
        [5]
    );
    assert_eq!(file.diagnostic("defect-outside-die").count, 11);
    assert_eq!(
        file.diagnostic("summary-mismatch").found.as_deref(),
        Some("NDEFECT 4")
    );
}

#[test]
fn bad12_is_one_wafer_and_a_warning_about_an_empty_one() {
    let file = reading(&sample!("jklarfreader-bad12.klarf"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };

    assert_eq!(wafer.end.wafer.wafer_id.as_deref(), Some("aWafer"));
    assert_eq!(wafer.end.defect_count, 1);
    let warning = file.diagnostic("wafer-without-results");
    assert_eq!((warning.severity, warning.line), (Severity::Warning, 36));
    assert!(warning.message.contains("anotherWafer"), "{warning}");
}

#[test]
fn bad12_defect_list_is_refused_with_its_line() {
    let refused = read(sample!("jklarfreader-bad12DefectList.klarf").as_slice())
        .expect_err("18 values for 17");

    let Error::Refused(why) = refused else {
        panic!("{refused}")
    };
    assert_eq!((why.code, why.line), ("malformed-row", 29));
    assert_eq!(why.found.as_deref(), Some("18 values for 17 columns"));
}

#[test]
fn the_complus_file_has_16_defects_in_15_dies() {
    let file = reading(&sample!("klarfkit-CPS3TwithoutReview.001"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };
    let facts = &wafer.end.wafer;

    assert_eq!(facts.file.version.to_string(), "1.1");
    assert_eq!(facts.lot_id.as_deref(), Some("HJU008"));
    assert_eq!(
        (facts.wafer_id.as_deref(), facts.slot),
        (Some("25"), Some(25))
    );
    assert_eq!(
        (facts.diameter_mm, facts.step_id.as_deref()),
        (Some(200.0), Some("IMD2_SRO"))
    );
    assert_eq!(facts.device_id, None);
    let numbers: Vec<_> = facts.classes.iter().map(|class| class.number).collect();
    assert_eq!(numbers.len(), 276);
    assert_eq!(
        (numbers.iter().min(), numbers.iter().max()),
        (Some(&0), Some(&1020))
    );
    let plan = facts.plan_dies();
    assert_eq!(plan.len(), 4988);
    let (x, y) = (plan.iter().map(|die| die.x), plan.iter().map(|die| die.y));
    assert_eq!((x.clone().min(), x.max()), (Some(-37), Some(38)));
    assert_eq!((y.clone().min(), y.max()), (Some(-40), Some(42)));
    assert_eq!((wafer.end.defect_count, wafer.dies()), (16, 15));
    assert!(
        wafer
            .defects
            .iter()
            .all(|d| d.class_number == Some(0) && d.test == Some(1))
    );
    assert!(
        wafer.defects.iter().all(|d| d.cluster_no.is_none()),
        "the file has no CLUSTERNUMBER"
    );
    assert_at(wafer, 1, -88990.760, -21386.520);
    assert_at(wafer, 16, 79037.040, -21923.520);
    assert!((wafer.largest_radius_mm() - 91.524525).abs() < 1e-6);
    let density = 16.0 / facts.inspected_area_cm2().expect("an area");
    assert!((density - 0.068681).abs() < 5e-7, "{density}");
    assert_eq!(
        facts.keyword("WaferStatus").expect("kept").values[0].len(),
        25
    );
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
}

#[test]
fn quu_nuu_has_three_wafers() {
    let file = reading(&sample!("wafermap-clustering-QUU_NUU.000"));

    let ids: Vec<_> = file
        .wafers
        .iter()
        .map(|w| (w.id(), w.end.wafer.slot))
        .collect();
    assert_eq!(ids, [("02", Some(1)), ("06", Some(5)), ("01", Some(25))]);
    let counts: Vec<_> = file.wafers.iter().map(|w| w.end.defect_count).collect();
    assert_eq!(counts, [56, 36, 95]);
    assert_eq!(
        file.wafers.iter().map(ReadWafer::dies).collect::<Vec<_>>(),
        [37, 22, 58]
    );
    for wafer in &file.wafers {
        assert_eq!(wafer.numbers()[0], 1, "ids restart with each wafer");
        assert_eq!(wafer.end.wafer.tests.len(), 1);
        assert_eq!(wafer.end.wafer.diameter_mm, Some(200.0));
        assert!(wafer.end.wafer.classes.is_empty() && wafer.end.wafer.plan_dies().is_empty());
    }
    let classes = [
        (0, 103),
        (6, 51),
        (19, 3),
        (73, 4),
        (100, 3),
        (119, 22),
        (120, 1),
    ];
    assert_eq!(file.tally(|defect| defect.class_number), classes);
    let bins = [
        (0, 19),
        (1, 28),
        (2, 46),
        (3, 1),
        (12, 73),
        (13, 1),
        (123, 19),
    ];
    assert_eq!(file.tally(|defect| defect.rough_bin), bins);
    assert_at(&file.wafers[0], 1, -24276.624, -86930.504);
    assert_at(&file.wafers[2], 95, 3915.312, 84848.551);
    let largest = file
        .wafers
        .iter()
        .map(ReadWafer::largest_radius_mm)
        .fold(0.0, f64::max);
    assert!((largest - 93.699118).abs() < 1e-6, "{largest}");
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
}

#[test]
fn the_dbscan_file_has_the_same_defects_with_a_cluster_column() {
    let plain = reading(&sample!("wafermap-clustering-QUU_NUU.000"));
    let clustered = reading(&sample!("wafermap-clustering-QUU_NUU_dbscan.000"));

    for (a, b) in plain.wafers.iter().zip(&clustered.wafers) {
        assert_eq!(a.positions(), b.positions());
        assert_eq!(b.columns.len(), 16);
        assert_eq!(b.columns[15], "DYN_CLUSTER_ID");
    }
    assert_eq!(clustered.wafers.len(), 3);
    assert_eq!(clustered.wafers[0].texts[2][15], "-1", "no cluster");
}

#[test]
fn results_of_an_analysis_have_ids_and_clusters_only() {
    let file = reading(&sample!("wafermap-clustering-QUU_NUU_06_dbscan.000"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };

    let cluster = |id: &str| wafer.texts.iter().filter(|row| row[1] == id).count();
    assert_eq!(
        (
            wafer.end.defect_count,
            cluster("0"),
            cluster("1"),
            cluster("-1")
        ),
        (36, 14, 13, 9)
    );
    assert!(wafer.end.wafer.frame().is_none() && wafer.defects.iter().all(|d| d.x_mm.is_none()));
    assert_eq!(file.diagnostic("no-geometry").severity, Severity::Warning);
    assert!(file.complete);
}

#[test]
fn results_of_an_analysis_without_defects_are_a_wafer_without_defects() {
    let file = reading(&sample!(
        "wafermap-clustering-BOO_LOO_02_dbscan_no_defect.000"
    ));
    assert_eq!(file.wafers.len(), 1);
    assert_eq!(
        (file.wafers[0].id(), file.wafers[0].end.defect_count),
        ("02", 0)
    );
}

#[test]
fn a_summary_of_40_defects_over_an_empty_list_is_a_warning() {
    let file = reading(&sample!("wafermap-clustering-klarf_no_defect.000"));
    assert_eq!(file.wafers.len(), 1);
    assert_eq!(file.wafers[0].end.defect_count, 0);
    let warning = file.diagnostic("summary-mismatch");
    assert_eq!(
        (warning.severity, warning.found.as_deref()),
        (Severity::Warning, Some("NDEFECT 40"))
    );
}

#[test]
fn laa_has_12263_defects_in_17_dies() {
    let file = reading(&sample!("wafermap-clustering-LAA_FAA_LAA-01.000"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };

    assert_eq!((wafer.id(), wafer.end.wafer.slot), ("01", Some(2)));
    assert_eq!((wafer.end.defect_count, wafer.dies()), (12263, 17));
    let clusters = [
        (0, 44),
        (1, 8),
        (2, 1613),
        (3, 875),
        (4, 39),
        (5, 9677),
        (6, 7),
    ];
    assert_eq!(file.tally(|defect| defect.cluster_no), clusters);
    assert!(wafer.defects.iter().all(|d| d.class_number == Some(0)));
    assert_at(wafer, 1, 37782.654, 82452.197);
    assert_at(wafer, 12263, -36080.995, -87244.749);
    let n = wafer.defects.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| wafer.positions().iter().map(of).sum::<f64>() / n * 1e3;
    assert!(
        (mean(|p| p.0) - -28750.129).abs() < 1e-3,
        "{}",
        mean(|p| p.0)
    );
    assert!(
        (mean(|p| p.1) - -78602.268).abs() < 1e-3,
        "{}",
        mean(|p| p.1)
    );
    assert!((wafer.largest_radius_mm() - 95.951167).abs() < 1e-6);
    let x_rel: f64 = wafer
        .texts
        .iter()
        .map(|row| row[1].parse::<f64>().expect("a number"))
        .sum();
    assert!((x_rel - 15547154.227).abs() < 1e-3, "{x_rel}");
    assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
}

fn assert_at_nm(wafer: &ReadWafer, defect_no: i32, x_nm: f64, y_nm: f64) {
    assert_at(wafer, defect_no, x_nm / 1e3, y_nm / 1e3);
}

#[test]
fn simple18_has_two_wafers_in_front_of_the_fields_of_their_lot() {
    let file = reading(&sample!("jklarfreader-simple18.klarf"));
    let [first, second] = &file.wafers[..] else {
        panic!("two wafers")
    };
    let facts = &first.end.wafer;

    assert_eq!(facts.file.version.to_string(), "1.8");
    assert_eq!(facts.lot_id.as_deref(), Some("aLot.String"));
    assert_eq!((first.id(), facts.slot), ("FirstWaferId", Some(25)));
    assert_eq!(facts.diameter_mm, Some(300.0));
    assert_eq!(first.numbers(), [2, 3, 128]);
    let classes: Vec<_> = first
        .defects
        .iter()
        .filter_map(|d| d.class_number)
        .collect();
    assert_eq!(classes, [91, 180, 0]);
    let tests: Vec<_> = first.defects.iter().filter_map(|d| d.test).collect();
    assert_eq!(tests, [1, 1, 2]);
    let plans: Vec<_> = facts
        .tests
        .iter()
        .map(|t| (t.number, t.plan.len()))
        .collect();
    assert_eq!(plans, [(1, 5), (2, 4)]);
    let pitch = facts.die_pitch_mm.expect("a pitch");
    assert_eq!((pitch.x, pitch.y), (5.744150, 5.410203));
    assert_at_nm(first, 2, 7_814_260.0, 134_681_897.0);
    assert_at_nm(first, 3, -21_539_288.0, 131_259_398.0);
    assert_at_nm(first, 128, -13_634_769.0, -145_097_683.0);
    assert_eq!(facts.classes.len(), 4);
    assert!(facts.class(91).is_none() && facts.class(180).is_none());
    assert_eq!(facts.class(3).expect("class 3").name, "Blobby");
    assert_eq!(
        file.diagnostic("summary-mismatch").found.as_deref(),
        Some("NDEFECT 8")
    );

    assert_eq!(
        (second.id(), second.end.wafer.slot),
        ("SecondWaferId", Some(3))
    );
    assert_eq!(second.numbers(), [2]);
    assert_eq!(second.defect(2).class_number, Some(1));
    assert!(second.end.wafer.plan_dies().is_empty());
    assert_at_nm(second, 2, -84_214_407.0, 73_318_746.0);
    assert!(file.complete);
}

#[test]
fn na_in_number_columns_changes_nothing_else() {
    let plain = reading(&sample!("jklarfreader-simple18.klarf"));
    let with_na = reading(&sample!("jklarfreader-wierdKlarfWithNAs.klarf"));

    for (a, b) in plain.wafers.iter().zip(&with_na.wafers) {
        assert_eq!((&a.defects, &a.end), (&b.defects, &b.end));
    }
    let (plain, with_na) = (&plain.wafers[0], &with_na.wafers[0]);
    let at = |name: &str| {
        plain
            .columns
            .iter()
            .position(|c| c == name)
            .expect("a column")
    };
    let mut texts = with_na.texts.clone();
    assert_eq!(texts[1][at("DBGROUP")], "NA");
    assert_eq!(texts[2][at("DCIRANGE")], "NA");
    texts[1][at("DBGROUP")].clone_from(&plain.texts[1][at("DBGROUP")]);
    texts[2][at("DCIRANGE")].clone_from(&plain.texts[2][at("DCIRANGE")]);
    assert_eq!(texts, plain.texts);
}

#[test]
fn the_image_list_sample_has_three_images_on_two_defects() {
    let file = reading(&sample!("jklarfreader-klarfWithImagelist.klarf"));
    let [wafer] = &file.wafers[..] else {
        panic!("one wafer")
    };
    let facts = &wafer.end.wafer;

    assert_eq!(
        (facts.slot, facts.scribe_id.as_deref()),
        (Some(3), Some("aWaferScribe"))
    );
    let made = facts
        .result_timestamp
        .as_ref()
        .and_then(|t| t.local)
        .expect("a date");
    assert_eq!(made.to_string(), "2000-01-30 15:40:57");
    assert_eq!(wafer.numbers(), [2, 5, 11, 12, 15, 16]);
    assert!(
        wafer
            .defects
            .iter()
            .all(|defect| defect.class_number == Some(0))
    );
    let counts: Vec<_> = wafer.images.iter().map(Vec::len).collect();
    assert_eq!(counts, [3, 0, 0, 3, 0, 0]);
    let image = &wafer.images[3][2];
    assert_eq!(image.path.as_deref(), Some("a/path/anywhere2"));
    assert_eq!(
        (image.format.as_deref(), image.label.as_deref()),
        (Some("JPG"), Some("dummy"))
    );
    assert_eq!((image.number, image.kind), (1, 0));
    assert_at_nm(wafer, 2, -7_474_060.0, -56_903_360.0);
    let largest = wafer.defect(11);
    let box_um2 = largest.x_size_um.expect("x") * largest.y_size_um.expect("y");
    let share = largest.area_um2.expect("an area") / box_um2;
    assert!(
        (0.94..1.0).contains(&share),
        "the area, in um2, is {share} of its box"
    );
    assert_eq!(facts.plan_dies().len(), 1);
    assert!(file.complete);
}
