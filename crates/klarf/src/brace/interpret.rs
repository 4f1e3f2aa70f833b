//! From the tree of a 1.8 file to its wafers.

use std::io::Read;
use std::sync::Arc;

use super::rows::read_table;
use super::tree::{Item, List, Record};
use super::{DefectRows, WaferRecord};
use crate::column::{Column, Columns};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::facts;
use crate::keyword;
use crate::lexer::Lexer;
use crate::number::{Whole, whole};
use crate::reader::Io;
use crate::statement::Value;
use crate::tally::label;
use crate::wafer::{Class, Die, FileHeader, Keyword, Table, Wafer};

/// Values of an unknown list that are kept with the keywords.
const MAX_LIST_VALUES: usize = 1000;

/// The wafers of a file, in its order. What stands in outer records holds for all inner ones,
/// whether it comes before or behind them.
pub(super) fn wafers<R: Read>(
    root: &Record,
    header: FileHeader,
    io: &mut Io<R>,
) -> Result<Vec<WaferRecord>, Error> {
    let mut reading = Interpreter {
        lexer: &mut io.lexer,
        diagnostics: &mut io.diagnostics,
        wafers: Vec::new(),
    };
    reading.record(root, &Wafer::new(header))?;
    Ok(reading.wafers)
}

struct Interpreter<'a, R> {
    lexer: &'a mut Lexer<R>,
    diagnostics: &'a mut Diagnostics,
    wafers: Vec<WaferRecord>,
}

impl<R: Read> Interpreter<'_, R> {
    /// A record above the wafers: the file or a lot.
    fn record(&mut self, record: &Record, outer: &Wafer) -> Result<(), Error> {
        let mut facts = outer.clone();
        if is(record, "LotRecord") {
            facts.lot_id = text(record.id.as_ref());
        }
        self.facts(record, &mut facts, &mut Vec::new())?;
        facts.summaries.clear(); // A summary outside of a wafer is none of any one wafer.
        for item in &record.items {
            match item {
                Item::Record(inner) if is(inner, "WaferRecord") => self.wafer(inner, &facts)?,
                Item::Record(inner) => self.record(inner, &facts)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn wafer(&mut self, record: &Record, lot: &Wafer) -> Result<(), Error> {
        let mut wafer = lot.clone();
        wafer.ordinal = self.wafers.len();
        wafer.wafer_id = text(record.id.as_ref());
        wafer.line = record.place.map_or(1, |place| place.line);
        let mut lists = Vec::new();
        self.facts(record, &mut wafer, &mut lists)?;
        self.inner_records(record, &mut wafer, &mut lists)?;
        if lists.is_empty() && wafer.summaries.is_empty() {
            let message = format!("{} has no results and is left out", label(&wafer));
            let place = record.place.unwrap_or(Place { line: 1, column: 1 });
            let diagnostic = Diagnostic::warning("wafer-without-results", place, message);
            self.diagnostics
                .add(diagnostic.expected("a DefectList in the WaferRecord"));
            return Ok(());
        }
        facts::check_wafers(
            self.wafers.len() + 1,
            Place {
                line: wafer.line,
                column: 1,
            },
        )?;
        self.wafers.push(WaferRecord { wafer, lists });
        Ok(())
    }

    /// Tests and summaries of a wafer.
    fn inner_records(
        &mut self,
        record: &Record,
        wafer: &mut Wafer,
        lists: &mut Vec<DefectRows>,
    ) -> Result<(), Error> {
        for item in &record.items {
            let Item::Record(inner) = item else { continue };
            if is(inner, "TestRecord") {
                let id = inner.id.as_ref().map(|id| whole(id.text.as_bytes()));
                let next = wafer.tests.len() as i32 + 1;
                facts::begin_test(
                    wafer,
                    match id {
                        Some(Whole::Value(number)) => number,
                        _ => next,
                    },
                );
            }
            self.facts(inner, wafer, lists)?;
            self.inner_records(inner, wafer, lists)?;
        }
        Ok(())
    }

    /// Fields and lists of a record itself.
    fn facts(
        &mut self,
        record: &Record,
        wafer: &mut Wafer,
        lists: &mut Vec<DefectRows>,
    ) -> Result<(), Error> {
        for item in &record.items {
            match item {
                Item::Field(field) => keyword::apply(field, wafer, self.diagnostics),
                Item::List(list) if list.name.eq_ignore_ascii_case("DefectList") => {
                    lists.push(self.defect_rows(list)?);
                }
                Item::List(list) => self.table(list, wafer)?,
                Item::Record(_) => {}
            }
        }
        Ok(())
    }

    fn defect_rows(&mut self, list: &List) -> Result<DefectRows, Error> {
        if list.columns.is_empty() && list.rows > 0 {
            let message = "a DefectList with rows but without columns";
            return Err(Diagnostic::error("columns-missing", list.place, message).into());
        }
        let column = |(kind, name): &(String, String)| Column::declared(kind, name);
        let columns = Arc::new(Columns::new(list.columns.iter().map(column).collect()));
        Ok(DefectRows {
            columns,
            next: list.body,
            left: list.rows,
        })
    }

    fn table(&mut self, list: &List, wafer: &mut Wafer) -> Result<(), Error> {
        let rows = read_table(self.lexer, list)?;
        let columns = list.columns.iter().map(|(_, name)| name.clone()).collect();
        let table = Table {
            name: list.name.clone(),
            columns,
            rows,
        };
        match list.name.to_ascii_uppercase().as_str() {
            "CLASSLOOKUPLIST" | "CLASSLOOKUP" => wafer.classes = self.classes(&table, list.place),
            "SAMPLETESTPLANLIST" | "SAMPLETESTPLAN" => {
                facts::test_in_force(wafer).plan = self.dies(&table, list.place);
            }
            "SAMPLEDIEMAPLIST" | "SAMPLEDIEMAP" => wafer.die_map = self.dies(&table, list.place),
            "REMOVEDDIELIST" => wafer.removed_dies = self.dies(&table, list.place),
            "TESTSUMMARYLIST" | "FULLWAFERSUMMARYLIST" | "SUMMARYLIST" => {
                wafer.summaries.push(table)
            }
            _ => {
                let values = table
                    .rows
                    .into_iter()
                    .flatten()
                    .take(MAX_LIST_VALUES)
                    .collect();
                let keyword = Keyword {
                    name: table.name,
                    values,
                    line: list.place.line,
                };
                facts::remember(keyword, wafer, list.place, self.diagnostics);
            }
        }
        Ok(())
    }

    fn classes(&mut self, table: &Table, place: Place) -> Arc<[Class]> {
        let at = |name: &str| {
            table
                .columns
                .iter()
                .position(|c| c.eq_ignore_ascii_case(name))
        };
        let (number, name, code) = (at("CLASSNUMBER"), at("CLASSNAME"), at("CLASSCODE"));
        let class = |row: &Vec<String>| {
            let Whole::Value(number) = whole(row.get(number?)?.as_bytes()) else {
                return None;
            };
            let code = code
                .and_then(|at| row.get(at))
                .filter(|code| !code.is_empty());
            Some(Class {
                number,
                name: row.get(name?)?.clone(),
                code: code.cloned(),
            })
        };
        self.collect(table, place, class)
    }

    fn dies(&mut self, table: &Table, place: Place) -> Arc<[Die]> {
        let at = |name: &str| {
            table
                .columns
                .iter()
                .position(|c| c.eq_ignore_ascii_case(name))
        };
        let (x, y) = (at("XINDEX"), at("YINDEX"));
        let die = |row: &Vec<String>| {
            let index = |at: Option<usize>| match whole(row.get(at?)?.as_bytes()) {
                Whole::Value(index) => Some(index),
                _ => None,
            };
            Some(Die {
                x: index(x)?,
                y: index(y)?,
            })
        };
        self.collect(table, place, die)
    }

    /// Rows to values; rows that cannot be one are reported together and left out.
    fn collect<T>(
        &mut self,
        table: &Table,
        place: Place,
        value: impl Fn(&Vec<String>) -> Option<T>,
    ) -> Arc<[T]> {
        let values: Vec<T> = table.rows.iter().filter_map(value).collect();
        let left_out = table.rows.len() - values.len();
        if left_out > 0 {
            let message = format!("{left_out} rows of list {} are left out", table.name);
            let diagnostic = Diagnostic::warning("value-mistyped", place, message);
            self.diagnostics
                .add(diagnostic.expected("whole numbers of 32 bits in its columns"));
        }
        values.into()
    }
}

fn is(record: &Record, name: &str) -> bool {
    record.name.eq_ignore_ascii_case(name)
}

fn text(value: Option<&Value>) -> Option<String> {
    value
        .map(|value| value.text.clone())
        .filter(|text| !text.is_empty())
}
