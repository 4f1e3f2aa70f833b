//! What keywords say about a wafer. Both families name them alike, with other units.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::facts;
use crate::frame::Point;
use crate::number::{Real, Whole, real, whole};
use crate::statement::{Statement, Value};
use crate::timestamp::Timestamp;
use crate::units::Units;
use crate::wafer::{Class, Die, Family, Keyword, Table, Wafer};

/// Whether a keyword tells which wafer it is, or where things lie on it. Behind a wafer's results
/// such a keyword belongs to the next wafer.
pub(crate) fn is_for_next_wafer(keyword: &str) -> bool {
    const NAMES: [&str; 21] = [
        "CoordinatesCentered",
        "CoordinatesMirrored",
        "DeviceID",
        "DieOrigin",
        "DiePitch",
        "InspectionOrientation",
        "InspectionStationID",
        "LotID",
        "OrientationInstruction",
        "OrientationInstructions",
        "OrientationMarkLocation",
        "ResultTimestamp",
        "SampleCenterLocation",
        "SampleOrientationMarkType",
        "SampleSize",
        "SampleType",
        "ScribeID",
        "SetupID",
        "Slot",
        "StepID",
        "WaferScribe",
    ];
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(keyword))
}

/// Takes a statement into the facts. Faults are reported; the facts then keep what they had.
pub(crate) fn apply(statement: &Statement, wafer: &mut Wafer, diagnostics: &mut Diagnostics) {
    let units = Units::of(wafer.file.family);
    let mut taker = Taker {
        statement,
        wafer,
        diagnostics,
        units,
    };
    if !taker.take_table() {
        taker.take_scalar();
        remember(statement, wafer, diagnostics);
    }
}

/// Keeps the keyword as delivered; a value holds until it is replaced.
fn remember(statement: &Statement, wafer: &mut Wafer, diagnostics: &mut Diagnostics) {
    let keyword = Keyword {
        name: statement.keyword.clone(),
        values: statement.texts().map(str::to_owned).collect(),
        line: statement.place.line,
    };
    facts::remember(keyword, wafer, statement.place, diagnostics);
}

struct Taker<'a> {
    statement: &'a Statement,
    wafer: &'a mut Wafer,
    diagnostics: &'a mut Diagnostics,
    units: Units,
}

impl Taker<'_> {
    /// Tables have fields of their own; whether the statement is one of them.
    fn take_table(&mut self) -> bool {
        match self.statement.keyword.to_ascii_uppercase().as_str() {
            "CLASSLOOKUP" => self.wafer.classes = self.classes(),
            "SAMPLETESTPLAN" => {
                let plan = self.dies();
                facts::test_in_force(self.wafer).plan = plan;
            }
            "SAMPLEDIEMAP" => self.wafer.die_map = self.dies(),
            "REMOVEDDIELIST" => self.wafer.removed_dies = self.dies(),
            _ => return false,
        }
        true
    }

    fn take_scalar(&mut self) {
        match self.statement.keyword.to_ascii_uppercase().as_str() {
            "FILETIMESTAMP" => self.wafer.file_timestamp = self.timestamp(0),
            "RESULTTIMESTAMP" => self.wafer.result_timestamp = self.timestamp(0),
            "INSPECTIONSTATIONID" => {
                self.wafer.station.manufacturer = self.text(0);
                self.wafer.station.model = self.text(1);
                self.wafer.station.equipment_id = self.text(2);
            }
            "SAMPLETYPE" => self.wafer.sample_type = self.text(0),
            "LOTID" => self.wafer.lot_id = self.text(0),
            "DEVICEID" => self.wafer.device_id = self.text(0),
            "STEPID" => self.wafer.step_id = self.text(0),
            "SETUPID" | "RECIPEID" => {
                self.wafer.recipe.name = self.text(0);
                self.wafer.recipe.changed = match self.statement.values.len() {
                    0 | 1 => None,
                    _ => self.timestamp(1),
                };
            }
            "SAMPLESIZE" => self.take_diameter(),
            "SAMPLEORIENTATIONMARKTYPE" => {
                self.wafer.mark_type = self.text(0).map(|text| text.to_ascii_uppercase());
            }
            "ORIENTATIONMARKLOCATION" => {
                self.wafer.mark_location =
                    facts::mark_location(self.first(), self.statement.place, self.diagnostics);
            }
            "DIEPITCH" => self.wafer.die_pitch_mm = self.point().or(self.wafer.die_pitch_mm),
            "DIEORIGIN" => self.wafer.die_origin_mm = self.point().or(self.wafer.die_origin_mm),
            "SAMPLECENTERLOCATION" => {
                self.wafer.sample_center_mm = self.point().or(self.wafer.sample_center_mm);
            }
            "SLOT" | "SLOTNUMBER" => self.wafer.slot = self.whole(0),
            "WAFERID" => self.wafer.wafer_id = self.text(0),
            "WAFERSCRIBE" | "SCRIBEID" => self.wafer.scribe_id = self.text(0),
            "ORIENTATIONINSTRUCTIONS" | "ORIENTATIONINSTRUCTION" => {
                self.wafer.side = self.text(0).or(self.wafer.side.take());
            }
            "COORDINATESMIRRORED" => self.wafer.is_mirrored = facts::is_yes(self.first()),
            "COORDINATESCENTERED" => self.wafer.is_centered = facts::is_yes(self.first()),
            "INSPECTIONTEST" => {
                if let Some(number) = self.whole(0) {
                    facts::begin_test(self.wafer, number);
                }
            }
            "AREAPERTEST" => {
                let area = self.number(0).map(|area| area / self.units.area_per_cm2);
                facts::test_in_force(self.wafer).area_cm2 = area;
            }
            _ => {}
        }
    }

    /// `SampleSize 1 200`: one dimension, the diameter in mm. In the brace family the diameter comes
    /// first, in nm.
    fn take_diameter(&mut self) {
        let (at, per_mm) = match self.wafer.file.family {
            Family::Flat => (usize::from(self.statement.values.len() > 1), 1.0),
            Family::Brace => (0, self.units.length_per_mm),
        };
        if let Some(diameter) = self.number(at) {
            self.wafer.diameter_mm = Some(diameter / per_mm);
        }
    }

    /// A text; absent when empty.
    fn text(&self, at: usize) -> Option<String> {
        let text = &self.statement.values.get(at)?.text;
        (!text.is_empty()).then(|| text.clone())
    }

    fn number(&mut self, at: usize) -> Option<f64> {
        let value = self.value(at, "a number")?;
        match real(value.text.as_bytes()) {
            Real::Value(number) => Some(number),
            Real::Missing => None,
            Real::Otherwise => self.mistyped(value, "a number"),
        }
    }

    fn whole(&mut self, at: usize) -> Option<i32> {
        let value = self.value(at, "a whole number")?;
        match whole(value.text.as_bytes()) {
            Whole::Value(number) => Some(number),
            Whole::Missing => None,
            _ => self.mistyped(value, "a whole number of 32 bits"),
        }
    }

    fn value(&mut self, at: usize, expected: &str) -> Option<Value> {
        let value = self.statement.values.get(at).cloned();
        if value.is_none() {
            let message = format!("{} lacks its value {}", self.statement.keyword, at + 1);
            let place = self.statement.place;
            self.diagnostics
                .add(Diagnostic::warning("value-missing", place, message).expected(expected));
        }
        value
    }

    fn mistyped<T>(&mut self, value: Value, expected: &str) -> Option<T> {
        let message = format!("{} has a value of the wrong kind", self.statement.keyword);
        self.diagnostics.add(
            Diagnostic::warning("value-mistyped", value.place, message)
                .expected(expected)
                .found(format!("\"{}\"", value.text)),
        );
        None
    }

    fn point(&mut self) -> Option<Point> {
        let (x, y) = (self.number(0)?, self.number(1)?);
        let per_mm = self.units.length_per_mm;
        Some(Point {
            x: x / per_mm,
            y: y / per_mm,
        })
    }

    fn timestamp(&mut self, at: usize) -> Option<Timestamp> {
        let date = self.value(at, "a date")?;
        let time = self
            .statement
            .values
            .get(at + 1)
            .map_or("", |value| &value.text);
        Some(facts::timestamp(
            &self.statement.keyword,
            &date.text,
            time,
            date.place,
            self.diagnostics,
        ))
    }

    fn classes(&mut self) -> Arc<[Class]> {
        let rows = self.rows(2);
        let class = |row: &[Value]| {
            let Whole::Value(number) = whole(row[0].text.as_bytes()) else {
                return Err(0);
            };
            Ok(Class {
                number,
                name: row[1].text.clone(),
                code: None,
            })
        };
        self.collect(rows, class)
    }

    fn dies(&mut self) -> Arc<[Die]> {
        let rows = self.rows(2);
        let index = |at: usize, row: &[Value]| match whole(row[at].text.as_bytes()) {
            Whole::Value(index) => Ok(index),
            _ => Err(at),
        };
        self.collect(rows, |row| {
            Ok(Die {
                x: index(0, row)?,
                y: index(1, row)?,
            })
        })
    }

    /// Rows to values; what cannot be one is reported and left out.
    fn collect<T>(
        &mut self,
        rows: &[Value],
        row: impl Fn(&[Value]) -> Result<T, usize>,
    ) -> Arc<[T]> {
        let mut values = Vec::with_capacity(rows.len() / 2);
        for cells in rows.chunks_exact(2) {
            match row(cells) {
                Ok(value) => values.push(value),
                Err(at) => {
                    self.mistyped::<()>(cells[at].clone(), "a whole number of 32 bits");
                }
            }
        }
        values.into()
    }
}

impl<'a> Taker<'a> {
    /// The first value's text, empty where there is none.
    fn first(&self) -> &'a str {
        self.statement
            .values
            .first()
            .map_or("", |value| &value.text)
    }

    /// The rows of a counted table; its count is compared with them.
    fn rows(&mut self, width: usize) -> &'a [Value] {
        let statement: &'a Statement = self.statement;
        counted_rows(statement, width, self.diagnostics)
    }
}

/// Values of a counted table without the count. Rows count, whatever the number in front says.
pub(crate) fn counted_rows<'a>(
    statement: &'a Statement,
    width: usize,
    diagnostics: &mut Diagnostics,
) -> &'a [Value] {
    let Some((count, rows)) = statement.values.split_first() else {
        let message = format!("{} lacks its count", statement.keyword);
        diagnostics.add(Diagnostic::warning(
            "value-missing",
            statement.place,
            message,
        ));
        return &[];
    };
    let found = rows.len() / width;
    if count.text.parse() != Ok(found) || !rows.len().is_multiple_of(width) {
        let message = format!(
            "{} does not have as many rows as it says",
            statement.keyword
        );
        diagnostics.add(
            Diagnostic::warning("count-mismatch", count.place, message)
                .expected(format!("{} values in rows of {width}", count.text))
                .found(format!("{} values", rows.len())),
        );
    }
    rows
}

/// A list in rows as wide as its spec, as a table.
pub(crate) fn table(spec: &[String], list: &Statement, diagnostics: &mut Diagnostics) -> Table {
    let width = spec.len().max(1);
    if !list.values.len().is_multiple_of(width) {
        let message = format!("{} does not have whole rows", list.keyword);
        diagnostics.add(
            Diagnostic::warning("count-mismatch", list.place, message)
                .expected(format!("rows of {width} values"))
                .found(format!("{} values", list.values.len())),
        );
    }
    let row = |cells: &[Value]| cells.iter().map(|cell| cell.text.clone()).collect();
    Table {
        name: list.keyword.clone(),
        columns: spec.to_vec(),
        rows: list.values.chunks_exact(width).map(row).collect(),
    }
}
