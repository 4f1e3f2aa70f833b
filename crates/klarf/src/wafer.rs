//! The facts of one inspected wafer, in the units of the field whichever family delivered them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::frame::{Frame, MarkLocation, PlacedDie, Point};
use crate::timestamp::Timestamp;

/// Version as the file declares it, e.g. 1.2 or 1.8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Number before the point.
    pub major: u16,
    /// Number after the point.
    pub minor: u16,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The two ways in which KLARF files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// 1.0 to 1.7: `Keyword values;`, lengths in micrometres.
    Flat,
    /// 1.8: nested `Record`, `Field` and `List`, lengths in nanometres.
    Brace,
}

/// What the start of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FileHeader {
    /// Version as declared.
    pub version: Version,
    /// Which grammar the file follows.
    pub family: Family,
}

/// The tool that made the result (`InspectionStationID`); empty texts are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Station {
    /// Who made the tool; some tools say `NONE`.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Which of the fab's tools it is.
    pub equipment_id: Option<String>,
}

/// The recipe of the inspection (`SetupID`, `RecipeID`).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Recipe {
    /// Its name; absent when empty.
    pub name: Option<String>,
    /// When it was last changed.
    pub changed: Option<Timestamp>,
}

/// A row of the class table (`ClassLookup`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The number defects refer to; may be negative, numbers have gaps.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// The short code that 1.8 files may add.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// Indices of a die as delivered: `x` grows to the right, `y` up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Die {
    /// `XINDEX`.
    pub x: i32,
    /// `YINDEX`.
    pub y: i32,
}

/// One scan pass (`InspectionTest`, `TestRecord`).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Test {
    /// Its number, which defects name in `TEST`.
    pub number: i32,
    /// Inspected area (`AreaPerTest`) in cm².
    pub area_cm2: Option<f64>,
    /// The dies that were to be inspected, in the file's order.
    #[serde(skip)]
    pub plan: Arc<[Die]>,
    /// Names and values of the test's parameters, as delivered.
    pub parameters: Vec<(String, String)>,
}

/// A table of results kept as delivered, e.g. the summary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The list's name: `SummaryList`, `TestSummaryList`, ...
    pub name: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// Its rows, one text a column.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The texts of one column, by its name in any case.
    pub fn column<'a>(&'a self, name: &str) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
        let at = self
            .columns
            .iter()
            .position(|c| c.eq_ignore_ascii_case(name))?;
        Some(
            self.rows
                .iter()
                .filter_map(move |row| row.get(at).map(String::as_str)),
        )
    }
}

/// A keyword with its values as delivered; large tables that have fields of their own are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keyword {
    /// Name as written in the file.
    pub name: String,
    /// Its values, without quotes.
    pub values: Vec<String>,
    /// Line where it stands, counting from 1.
    pub line: u64,
}

/// Everything a file says about one wafer, its defects apart.
///
/// Lengths are in mm, areas in cm². Tables and keywords are shared with the other wafers of a lot. Texts that are empty in the file are absent here; `keywords`
/// keeps everything as delivered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wafer {
    /// Version and family of the file.
    pub file: FileHeader,
    /// Which wafer of the file this is, counting from 0.
    pub ordinal: usize,
    /// Line on which the wafer begins, counting from 1.
    pub line: u64,
    /// `LotID` or the id of the `LotRecord`.
    pub lot_id: Option<String>,
    /// `WaferID` or the id of the `WaferRecord`.
    pub wafer_id: Option<String>,
    /// Laser mark (`WaferScribe`, `ScribeID`), where the file tells it apart from the wafer id.
    pub scribe_id: Option<String>,
    /// Cassette slot.
    pub slot: Option<i32>,
    /// Product (`DeviceID`).
    pub device_id: Option<String>,
    /// Process step or layer (`StepID`).
    pub step_id: Option<String>,
    /// Recipe of the inspection.
    pub recipe: Recipe,
    /// The tool.
    pub station: Station,
    /// `SampleType`, normally `WAFER`.
    pub sample_type: Option<String>,
    /// `SampleSize`: diameter in mm. May be wrong in the file.
    pub diameter_mm: Option<f64>,
    /// `SampleOrientationMarkType` in capitals: `NOTCH`, `FLAT`, `DFLAT`.
    pub mark_type: Option<String>,
    /// Where notch or flat are in the frame of the file's coordinates.
    pub mark_location: Option<MarkLocation>,
    /// `OrientationInstructions`: which side was inspected.
    pub side: Option<String>,
    /// `CoordinatesMirrored YES`.
    pub is_mirrored: bool,
    /// `CoordinatesCentered YES`.
    pub is_centered: bool,
    /// `DiePitch` as delivered, before the wafer is turned.
    pub die_pitch_mm: Option<Point>,
    /// `DieOrigin` as delivered; takes no part in placing defects.
    pub die_origin_mm: Option<Point>,
    /// `SampleCenterLocation`: the wafer centre from the lower-left corner of die (0,0).
    pub sample_center_mm: Option<Point>,
    /// When the inspection result was made, local to the tool.
    pub result_timestamp: Option<Timestamp>,
    /// When the file was written, local to the tool.
    pub file_timestamp: Option<Timestamp>,
    /// The class table, in the file's order.
    #[serde(skip)]
    pub classes: Arc<[Class]>,
    /// The scan passes, in the file's order.
    pub tests: Vec<Test>,
    /// All dies of the product (`SampleDieMap`).
    #[serde(skip)]
    pub die_map: Arc<[Die]>,
    /// Dies that were not inspected (`RemovedDieList`).
    #[serde(skip)]
    pub removed_dies: Arc<[Die]>,
    /// Summary tables as delivered. Often wrong in edited files: never use them as the count.
    #[serde(skip)]
    pub summaries: Vec<Table>,
    /// All keywords as delivered, unknown ones included.
    pub keywords: Vec<Arc<Keyword>>,
}

impl Wafer {
    pub(crate) fn new(file: FileHeader) -> Self {
        Self {
            file,
            ordinal: 0,
            line: 1,
            lot_id: None,
            wafer_id: None,
            scribe_id: None,
            slot: None,
            device_id: None,
            step_id: None,
            recipe: Recipe::default(),
            station: Station::default(),
            sample_type: None,
            diameter_mm: None,
            mark_type: None,
            mark_location: None,
            side: None,
            is_mirrored: false,
            is_centered: false,
            die_pitch_mm: None,
            die_origin_mm: None,
            sample_center_mm: None,
            result_timestamp: None,
            file_timestamp: None,
            classes: Arc::default(),
            tests: Vec::new(),
            die_map: Arc::default(),
            removed_dies: Arc::default(),
            summaries: Vec::new(),
            keywords: Vec::new(),
        }
    }

    /// The way from die indices to the wafer; absent when the file gives no die pitch or no centre.
    pub fn frame(&self) -> Option<Frame> {
        Some(Frame {
            pitch_mm: self.die_pitch_mm?,
            center_mm: self.sample_center_mm?,
            mark_location: self.mark_location.unwrap_or_default(),
            is_mirrored: self.is_mirrored,
        })
    }

    /// Inspected area in cm²: the sum over the tests, absent when no test gives one.
    pub fn inspected_area_cm2(&self) -> Option<f64> {
        self.tests
            .iter()
            .filter_map(|test| test.area_cm2)
            .reduce(|sum, area| sum + area)
    }

    /// The dies that any test was to inspect, each once, ordered by x, then y.
    pub fn plan_dies(&self) -> BTreeSet<Die> {
        self.tests
            .iter()
            .flat_map(|test| test.plan.iter().copied())
            .collect()
    }

    /// The dies of the plan on the wafer, notch down; none when the file gives no geometry.
    pub fn placed_dies(&self) -> Vec<PlacedDie> {
        let Some(frame) = self.frame() else {
            return Vec::new();
        };
        self.plan_dies()
            .into_iter()
            .map(|die| frame.place(die))
            .collect()
    }

    /// Name of a class, where the table has the number.
    pub fn class(&self, number: i32) -> Option<&Class> {
        self.classes.iter().find(|class| class.number == number)
    }

    /// The values of a keyword as delivered, by its name in any case; the last one counts.
    pub fn keyword(&self, name: &str) -> Option<&Keyword> {
        let mut newest_first = self.keywords.iter().rev();
        let found = newest_first.find(|keyword| keyword.name.eq_ignore_ascii_case(name));
        found.map(Arc::as_ref)
    }
}
