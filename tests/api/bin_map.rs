//! Bin maps of electrical test: imported, laid on the die grid of inspections, read, deleted.

use std::fmt::Write as _;

use contract::ErrorCode;
use reqwest::Method;
use serde_json::{Value, json};
use server::service::audit::Author;
use server::service::spatial::bin_map::{self as service, Taken};

use crate::harness::{Answer, Client, TestApp};

/// Dies of a round wafer, cut so that no turn and no shift leaves the outline as it is.
pub fn plan() -> Vec<(i32, i32)> {
    let mut dies = Vec::new();
    for y in -4..=4_i32 {
        for x in -5..=5_i32 {
            let far = (f64::from(x) / 5.6).hypot(f64::from(y) / 4.6);
            if far <= 1.0 && (x, y) != (0, -4) && (x, y) != (4, -3) {
                dies.push((x, y));
            }
        }
    }
    dies
}

/// A KLARF file of wafer `LOT42:01` with these dies of 10 x 12 mm, the notch where `mark` says, and no defect but those
/// of `defects`: die and class.
pub fn klarf(mark: &str, dies: &[(i32, i32)], defects: &[((i32, i32), i32)]) -> Vec<u8> {
    let mut text = format!(
        "FileVersion 1 2;\nFileTimestamp 03-04-24 05:06:08;\nInspectionStationID \"ACME\" \"SCAN 9\" \"INS07\";\n\
         SampleType WAFER;\nResultTimestamp 03-04-24 05:06:07;\nLotID \"LOT42\";\nSampleSize 1 200;\n\
         DeviceID \"PRODUCT A\";\nSetupID \"RECIPE1\" 02-28-24 9:08:07;\nStepID \"M1.CMP\";\n\
         SampleOrientationMarkType NOTCH;\nOrientationMarkLocation {mark};\nDiePitch 1.0e+004 1.2e+004;\n\
         DieOrigin 0.0 0.0;\nWaferID \"01\";\nSlot 1;\nSampleCenterLocation 5.0e+003 6.0e+003;\n\
         ClassLookup 2\n 7 \"Scratch\"\n 8 \"Haze\";\nInspectionTest 1;\nSampleTestPlan {}",
        dies.len()
    );
    for (x, y) in dies {
        write!(text, "\n {x} {y}").expect("is written");
    }
    text.push_str(
        ";\nAreaPerTest 2.0e+010;\n\
         DefectRecordSpec 10 DEFECTID XREL YREL XINDEX YINDEX XSIZE YSIZE DEFECTAREA DSIZE CLASSNUMBER ;\nDefectList",
    );
    for (number, ((x, y), class)) in defects.iter().enumerate() {
        let number = number + 1;
        write!(
            text,
            "\n {number} 5000.0 6000.0 {x} {y} 1.0 1.0 1.0 1.0 {class}"
        )
        .expect("is written");
    }
    text.push_str(";\nEndOfFile;\n");
    text.into_bytes()
}

/// A G85 file of a map: its rows, codes of two digits, `FF` for no die.
pub fn g85(wafer: &str, notch_deg: u16, rows: &[Vec<Option<u8>>]) -> String {
    let (columns, lines) = (rows[0].len(), rows.len());
    let mut text = format!(
        "<?xml version=\"1.0\"?>\n<Maps>\n{}",
        g85_map(wafer, notch_deg, columns, lines)
    );
    for row in rows {
        text.push_str("<Row>");
        for code in row {
            write!(text, "{:02X}", code.unwrap_or(0xff)).expect("is written");
        }
        text.push_str("</Row>\n");
    }
    text.push_str("</Data></Device></Map></Maps>\n");
    text
}

fn g85_map(wafer: &str, notch_deg: u16, columns: usize, rows: usize) -> String {
    format!(
        "<Map WaferId=\"{wafer}\" FormatRevision=\"G85-1101\">\n<Device LotId=\"LOT42\" Rows=\"{rows}\" Columns=\"{columns}\" \
         Orientation=\"{notch_deg}\" OriginLocation=\"LowerLeft\" BinType=\"HexaDecimal\" NullBin=\"FF\">\n\
         <Bin BinCode=\"01\" BinQuality=\"Pass\" BinDescription=\"good\"/><Bin BinCode=\"0A\" BinQuality=\"Fail\"/>\
         <Bin BinCode=\"0B\" BinQuality=\"Fail\"/><Data MapName=\"sort 1\">"
    )
}

/// The dies of `plan` as rows from the top, each with its code.
pub fn rows(dies: &[(i32, i32)], code: impl Fn(i32, i32) -> u8) -> Vec<Vec<Option<u8>>> {
    let row = |y: i32| {
        (-5..=5)
            .map(|x| dies.contains(&(x, y)).then(|| code(x, y)))
            .collect()
    };
    (-4..=4).rev().map(row).collect()
}

pub async fn import(client: &Client, file: Vec<u8>) {
    let answer = crate::import::send(client, "", &[("a.klarf", file)]).await;
    assert_eq!(answer.data()["state"], "succeeded", "{}", answer.text);
}

pub async fn upload(client: &Client, wafer: &str, query: &str, file: &str) -> Answer {
    let path = format!("/wafers/{wafer}/bin-maps?{query}");
    let request = client.request(Method::POST, &path);
    client.answer(request.body(file.to_owned())).await
}

/// The bin code of each die of a map.
async fn codes(client: &Client, map: &Value) -> Vec<((i64, i64), String)> {
    let id = map["bin_map_id"].as_str().expect("an id");
    let detail = client.get(&format!("/bin-maps/{id}")).await;
    let data = detail.data().clone();
    let column = |name: &str| data[name].as_array().expect("a column").clone();
    let (x, y, bin) = (column("die_x"), column("die_y"), column("bin"));
    let number = |value: &Value| value.as_i64().expect("a number");
    let mut codes: Vec<_> = (0..x.len())
        .map(|die| {
            let place = usize::try_from(number(&bin[die])).expect("a place");
            let code = &data["bin_map"]["bins"][place]["code"];
            (
                (number(&x[die]), number(&y[die])),
                code.as_str().expect("a code").to_owned(),
            )
        })
        .collect();
    codes.sort();
    codes
}

/// One die at the right and two at the lower left fail.
fn code(x: i32, y: i32) -> u8 {
    match (x, y) {
        (5, 0) => 0x0a,
        (-3, -3) | (-3, -2) => 0x0b,
        _ => 1,
    }
}

fn expected(dies: &[(i32, i32)]) -> Vec<((i64, i64), String)> {
    let code = |&(x, y): &(i32, i32)| ((i64::from(x), i64::from(y)), format!("{:02X}", code(x, y)));
    let mut all: Vec<_> = dies.iter().map(code).collect();
    all.sort();
    all
}

#[actix_web::test]
async fn a_map_lies_on_the_dies_that_were_inspected_and_the_same_file_is_the_same_map() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    import(&operator, klarf("DOWN", &dies, &[])).await;
    let file = g85("1", 0, &rows(&dies, code));

    let sent = upload(&operator, "LOT42:01", "file_name=sort.xml", &file).await;

    assert_eq!(sent.status, 201, "{}", sent.text);
    let map = sent.data();
    assert_eq!(
        sent.header("location"),
        format!(
            "/api/v1/bin-maps/{}",
            map["bin_map_id"].as_str().expect("an id")
        )
    );
    assert_eq!(map["format"], "g85");
    assert_eq!(
        (&map["name"], &map["source_file"]),
        (&json!("sort 1"), &json!("sort.xml"))
    );
    assert_eq!((&map["columns"], &map["rows"]), (&json!(11), &json!(9)));
    assert_eq!(
        (&map["dies"], &map["good"]),
        (&json!(dies.len()), &json!(dies.len() - 3))
    );
    assert_eq!(
        map["bins"][0],
        json!({"code": "01", "quality": "pass", "description": "good", "count": dies.len() - 3})
    );
    assert_eq!(map["bins"][1]["code"], "0B");
    assert_eq!(map["warnings"], json!([]));
    let placed = map["placed"].as_str().expect("words");
    assert!(placed.contains("by the outline"), "{placed}");
    assert_eq!(codes(&operator, map).await, expected(&dies));

    let again = upload(&operator, "LOT42:01", "file_name=other.xml", &file).await;
    assert_eq!((again.status.as_u16(), again.data()), (200, map));
    let list = operator.get("/wafers/LOT42:01/bin-maps").await;
    assert_eq!(list.rows(), std::slice::from_ref(map));

    let path = format!("/bin-maps/{}", map["bin_map_id"].as_str().expect("an id"));
    let engineer = app.engineer().await;
    assert_eq!(engineer.delete(&path).await.status, 204);
    assert_eq!(
        engineer.get(&path).await.refusal(),
        (404, ErrorCode::BinMapNotFound)
    );
    assert_eq!(
        engineer.delete(&path).await.refusal(),
        (404, ErrorCode::BinMapNotFound)
    );
    let audit = app.admin().await.get("/audit?entity=bin_map").await;
    let actions: Vec<&Value> = audit.rows().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["bin_map.delete", "bin_map.create"]);
}

#[actix_web::test]
async fn dies_are_told_as_inspections_number_them_wherever_both_notches_were() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    // The inspection tool had the notch up, the prober at the left: both turned by hand.
    let up: Vec<(i32, i32)> = dies.iter().map(|&(x, y)| (-x, -y)).collect();
    import(&operator, klarf("UP", &up, &[])).await;
    let down = rows(&dies, code);
    let left: Vec<Vec<Option<u8>>> = (0..11)
        .map(|row| (0..9).map(|column| down[8 - column][row]).collect())
        .collect();

    let sent = upload(&operator, "LOT42:01", "", &g85("01", 90, &left)).await;

    let mut turned = expected(&dies);
    for ((x, y), _) in &mut turned {
        (*x, *y) = (-*x, -*y);
    }
    turned.sort();
    assert_eq!(sent.status, 201, "{}", sent.text);
    assert_eq!(sent.data()["delivered_notch_deg"], 90);
    assert_eq!(codes(&operator, sent.data()).await, turned);

    // A file that says it wrong, and a sender who knows better.
    let wrong = g85("01", 0, &left);
    let refused = upload(&operator, "LOT42:01", "", &wrong).await;
    assert_eq!(
        refused.refusal(),
        (400, ErrorCode::InvalidInput),
        "{}",
        refused.text
    );
    let sent = upload(&operator, "LOT42:01", "notch_deg=90", &wrong).await;
    assert_eq!(codes(&operator, sent.data()).await, turned);
}

#[actix_web::test]
async fn a_wafer_without_inspections_takes_a_map_whose_first_die_is_named() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let wafer = crate::seed::wafer(&engineer, 1).await;
    let file = "WAFER:01\nFNLOC:0\nROWCT:2\nCOLCT:2\nRowData:01 __\nRowData:02 03\n";

    let refused = upload(&engineer, &wafer, "", file).await;
    assert_eq!(refused.refusal(), (400, ErrorCode::InvalidInput));
    assert!(refused.text.contains("first_die_x"), "{}", refused.text);
    let half = upload(&engineer, &wafer, "first_die_x=4", file).await;
    assert_eq!(half.details()["field"], "first_die_y");

    let sent = upload(
        &engineer,
        &wafer,
        "first_die_x=4&first_die_y=-1&good=02&good=03",
        file,
    )
    .await;
    let text = |code: &str| code.to_owned();
    assert_eq!(
        codes(&engineer, sent.data()).await,
        [
            ((4, -1), text("02")),
            ((4, 0), text("01")),
            ((5, -1), text("03"))
        ]
    );
    assert_eq!(sent.data()["good"], 2);
    assert_eq!(sent.data()["format"], "sinf");
}

#[actix_web::test]
async fn what_cannot_be_taken_is_refused_with_its_reason() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    import(&operator, klarf("DOWN", &plan(), &[])).await;
    let good = g85("01", 0, &rows(&plan(), code));

    let unknown = upload(&operator, "LOT42:99", "", &good).await;
    assert_eq!(unknown.refusal(), (404, ErrorCode::WaferNotFound));
    let list = operator.get("/wafers/LOT42:99/bin-maps").await;
    assert_eq!(list.refusal(), (404, ErrorCode::WaferNotFound));
    let turned = upload(&operator, "LOT42:01", "notch_deg=45", &good).await;
    assert_eq!(
        (
            turned.details()["field"].as_str(),
            &turned.details()["value"]
        ),
        (Some("notch_deg"), &json!(45))
    );
    let broken = good.replace("Rows=\"9\"", "Rows=\"nine\"");
    let broken = upload(&operator, "LOT42:01", "file_name=a.xml", &broken).await;
    assert_eq!(broken.details()["value"], "a.xml");
    let rule = broken.details()["constraint"].as_str().expect("a rule");
    assert!(
        rule.contains("line 4, column 1: `Rows` has to be a whole number"),
        "{rule}"
    );
    let long = " ".repeat((32 << 20) + 1);
    let long = upload(&operator, "LOT42:01", "", &long).await;
    assert_eq!(long.refusal(), (413, ErrorCode::TooLarge));
    assert_eq!(
        operator.get("/wafers/LOT42:01/bin-maps").await.rows().len(),
        0
    );
}

#[actix_web::test]
async fn of_several_maps_the_one_counts_that_names_the_wafer() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    import(&operator, klarf("DOWN", &dies, &[])).await;
    let map = |wafer: &str, code: u8| {
        let text = g85(wafer, 0, &rows(&dies, |_, _| code));
        let from = text.find("<Map ").expect("a map");
        text[from..].replace("</Maps>", "")
    };
    let lot = |wafers: &[(&str, u8)]| {
        let maps: String = wafers
            .iter()
            .map(|&(wafer, code)| map(wafer, code))
            .collect();
        format!("<Maps>{maps}</Maps>")
    };

    let sent = upload(&operator, "LOT42:01", "", &lot(&[("02", 0x0a), ("01", 1)])).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    assert_eq!(
        (&sent.data()["good"], &sent.data()["warnings"]),
        (&json!(dies.len()), &json!([]))
    );
    let others = upload(&operator, "LOT42:01", "", &lot(&[("02", 1), ("03", 1)])).await;
    let rule = others.details()["constraint"].as_str().expect("a rule");
    assert!(rule.ends_with("its maps are of 02, 03"), "{rule}");
    // The only map of a file is taken, and what it says is told.
    let only = upload(&operator, "LOT42:01", "", &lot(&[("ABC-17", 1)])).await;
    assert_eq!(
        only.data()["warnings"],
        json!(["the file says that its wafer is `ABC-17`"])
    );
}

#[actix_web::test]
async fn a_file_from_the_command_line_goes_to_the_wafers_that_it_names() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let dies = plan();
    import(&operator, klarf("DOWN", &dies, &[])).await;
    let take = async |text: String| {
        service::import(&app.db.db, &Author::system(), "sort.xml", text.into()).await
    };

    let first = take(g85("01", 0, &rows(&dies, code)))
        .await
        .expect("is taken");
    let again = take(g85("01", 0, &rows(&dies, code)))
        .await
        .expect("is known");
    let other = take(g85("02", 0, &rows(&dies, code))).await;

    assert!(matches!(first.as_slice(), [Taken::New(map)] if map.wafer_id == "LOT42:01"));
    assert!(matches!(again.as_slice(), [Taken::Known(map)] if map.wafer_id == "LOT42:01"));
    let refused = other.expect_err("nobody knows the wafer").to_string();
    assert!(
        refused.ends_with("names no wafer that is known by `02` of lot `LOT42`"),
        "{refused}"
    );
    let list = operator.get("/wafers/LOT42%3A01/bin-maps").await;
    assert_eq!(list.rows().len(), 1);
    assert_eq!(codes(&operator, &list.rows()[0]).await, expected(&dies));
}
