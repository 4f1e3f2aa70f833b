//! The flat family (1.0 to 1.7): statements whose values hold until they are replaced.

mod document;
mod rows;
mod spec;
mod statement;

use std::io::Read;
use std::sync::Arc;

use crate::column::Columns;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::event::WaferEnd;
use crate::facts;
use crate::keyword;
use crate::lexer::{Kind, Token};
use crate::reader::{Io, Pending};
use crate::row::Surroundings;
use crate::statement::{Statement, Value};
use crate::tally::{Tally, label, report_geometry};
use crate::wafer::{Family, FileHeader, Wafer};
pub(crate) use document::read_statements;
use rows::{List, RowEnd, Rows};
pub(crate) use spec::MAX_COLUMNS;
use spec::{columns_of, spec_of, version_of};
pub(crate) use statement::is_reserved;
use statement::{Ending, value_of};

/// Where in a file the reader is.
#[derive(Debug)]
pub(crate) struct Flat {
    /// What the keywords say at this point of the file.
    facts: Wafer,
    /// The wafer whose results are being read.
    active: Option<Active>,
    /// A `WaferID` whose results have not begun yet.
    named: Option<Place>,
    /// How many wafers have begun.
    wafers: usize,
    /// Whether the tests in `facts` are still those of the wafer before.
    has_tests_of_wafer_before: bool,
    /// Keywords for the next wafer that stand behind the results of this one.
    for_next_wafer: Vec<(String, Place)>,
    columns: Option<Arc<Columns>>,
    image_file: Option<Arc<str>>,
    summary_spec: Vec<String>,
    parameters_spec: Vec<String>,
    /// The defect list in whose rows the reader is.
    list: Option<List>,
    /// Whether the last statement was `DefectList;`.
    is_after_empty_list: bool,
    /// A keyword that was read while looking for a `;`.
    next_keyword: Option<Value>,
}

#[derive(Debug)]
struct Active {
    wafer: Wafer,
    surroundings: Surroundings,
    tally: Tally,
}

impl Flat {
    /// Reads the rest of the `FileVersion` statement.
    pub fn begin<R: Read>(io: &mut Io<R>, place: Place) -> Result<Self, Error> {
        let (statement, _, next_keyword) = Statement::read(
            &mut io.lexer,
            "FileVersion".to_owned(),
            place,
            &mut io.diagnostics,
        )?;
        let version = version_of(&statement)?;
        let header = FileHeader {
            version,
            family: Family::Flat,
        };
        io.pending.push_back(Pending::Header(header));
        Ok(Self {
            facts: Wafer::new(header),
            active: None,
            named: None,
            wafers: 0,
            has_tests_of_wafer_before: false,
            for_next_wafer: Vec::new(),
            columns: None,
            image_file: None,
            summary_spec: Vec::new(),
            parameters_spec: Vec::new(),
            list: None,
            is_after_empty_list: false,
            next_keyword,
        })
    }

    /// Goes on by one statement, or by as many defect rows as a batch holds.
    pub fn step<R: Read>(&mut self, io: &mut Io<R>) -> Result<(), Error> {
        if let Some(list) = self.list.take() {
            return self.read_rows(list, io);
        }
        if let Some(keyword) = self.next_keyword.take() {
            return self.statement(keyword, io);
        }
        let token = io.lexer.next()?;
        match token.kind {
            Kind::Mark(_) => Ok(()),
            Kind::End => self.finish_file(false, io),
            Kind::Word | Kind::Quoted => self.statement(value_of(&io.lexer, token), io),
        }
    }

    fn statement<R: Read>(&mut self, keyword: Value, io: &mut Io<R>) -> Result<(), Error> {
        if !keyword.is_keyword() {
            return self.stray(keyword, io);
        }
        self.is_after_empty_list = false;
        if keyword.text.eq_ignore_ascii_case("EndOfFile") {
            return self.finish_file(true, io);
        }
        if keyword.text.eq_ignore_ascii_case("DefectList") {
            return self.begin_list(keyword.place, io);
        }
        let (statement, ending, next) = Statement::read(
            &mut io.lexer,
            keyword.text,
            keyword.place,
            &mut io.diagnostics,
        )?;
        self.next_keyword = next;
        if ending == Ending::CutOff {
            return self.finish_file(false, io);
        }
        self.apply(&statement, io)?;
        match ending {
            Ending::EndOfFile => self.finish_file(true, io),
            _ => Ok(()),
        }
    }

    /// A value where a keyword belongs.
    fn stray<R: Read>(&mut self, value: Value, io: &mut Io<R>) -> Result<(), Error> {
        let found = format!("\"{}\"", value.text);
        if self.is_after_empty_list {
            let message = "`DefectList;` ends the list, yet rows follow it";
            return Err(Diagnostic::error("rows-after-list", value.place, message)
                .expected("the rows between `DefectList` and `;`")
                .found(found)
                .into());
        }
        let message = "a value without a keyword, left out up to the next `;`";
        let diagnostic = Diagnostic::error("keyword-missing", value.place, message);
        io.diagnostics
            .add(diagnostic.expected("a keyword").found(found));
        let (_, ending, next) =
            Statement::read(&mut io.lexer, value.text, value.place, &mut io.diagnostics)?;
        self.next_keyword = next;
        match ending {
            Ending::Whole => Ok(()),
            Ending::CutOff => self.finish_file(false, io),
            Ending::EndOfFile => self.finish_file(true, io),
        }
    }

    fn apply<R: Read>(&mut self, statement: &Statement, io: &mut Io<R>) -> Result<(), Error> {
        match statement.keyword.to_ascii_uppercase().as_str() {
            "WAFERID" => self.begin_wafer(statement, io),
            "DEFECTRECORDSPEC" => {
                self.columns = Some(Arc::new(columns_of(statement, &mut io.diagnostics)?))
            }
            "TIFFFILENAME" => {
                self.image_file = statement.texts().next().map(Arc::from);
                self.take(statement, io);
            }
            "SUMMARYSPEC" => self.summary_spec = spec_of(statement, &mut io.diagnostics),
            "TESTPARAMETERSSPEC" => self.parameters_spec = spec_of(statement, &mut io.diagnostics),
            "SUMMARYLIST" => {
                let table = keyword::table(&self.summary_spec, statement, &mut io.diagnostics);
                self.begin_results(io).wafer.summaries.push(table);
            }
            "TESTPARAMETERSLIST" => self.take_parameters(statement),
            _ => self.take(statement, io),
        }
        Ok(())
    }

    /// Takes a keyword for the wafer it belongs to.
    fn take<R: Read>(&mut self, statement: &Statement, io: &mut Io<R>) {
        let Some(active) = &mut self.active else {
            self.forget_tests_of_wafer_before(statement);
            return keyword::apply(statement, &mut self.facts, &mut io.diagnostics);
        };
        if keyword::is_for_next_wafer(&statement.keyword) {
            let name = statement.keyword.to_ascii_uppercase();
            if self.for_next_wafer.iter().all(|(known, _)| *known != name) {
                self.for_next_wafer.push((name, statement.place));
            }
            return keyword::apply(statement, &mut self.facts, &mut io.diagnostics);
        }
        keyword::apply(statement, &mut active.wafer, &mut io.diagnostics);
        if statement.is("ClassLookup") {
            self.facts.classes.clone_from(&active.wafer.classes);
        }
    }

    /// The tests of a wafer hold for the next one until it brings its own.
    fn forget_tests_of_wafer_before(&mut self, statement: &Statement) {
        let brings_tests = ["InspectionTest", "AreaPerTest", "SampleTestPlan"];
        if self.has_tests_of_wafer_before && brings_tests.iter().any(|name| statement.is(name)) {
            self.facts.tests.clear();
            self.has_tests_of_wafer_before = false;
        }
    }

    fn take_parameters(&mut self, statement: &Statement) {
        let names = self.parameters_spec.iter().cloned();
        let parameters = names.zip(statement.texts().map(str::to_owned)).collect();
        let wafer = self
            .active
            .as_mut()
            .map_or(&mut self.facts, |active| &mut active.wafer);
        facts::test_in_force(wafer).parameters = parameters;
    }

    fn begin_wafer<R: Read>(&mut self, statement: &Statement, io: &mut Io<R>) {
        self.finish_wafer(true, io);
        self.report_unused_name(io);
        if self.wafers > 0 {
            self.forget_identity();
        }
        self.for_next_wafer.clear();
        self.named = Some(statement.place);
        self.facts.line = statement.place.line;
        keyword::apply(statement, &mut self.facts, &mut io.diagnostics);
    }

    /// Values hold until they are replaced, but a slot or scribe belongs to one wafer only.
    fn forget_identity(&mut self) {
        let is_new = |name: &str| self.for_next_wafer.iter().any(|(known, _)| known == name);
        let (has_slot, has_scribe) = (is_new("SLOT"), is_new("WAFERSCRIBE") || is_new("SCRIBEID"));
        self.facts.slot = self.facts.slot.filter(|_| has_slot);
        self.facts.scribe_id = self.facts.scribe_id.take().filter(|_| has_scribe);
        self.facts.keywords.retain(|keyword| {
            let is = |name: &str| keyword.name.eq_ignore_ascii_case(name);
            !(is("Slot") && !has_slot || (is("WaferScribe") || is("ScribeID")) && !has_scribe)
        });
        self.has_tests_of_wafer_before = true;
    }

    fn report_unused_name<R: Read>(&mut self, io: &mut Io<R>) {
        if let Some(place) = self.named.take() {
            let message = format!("{} has no results and is left out", label(&self.facts));
            let diagnostic = Diagnostic::warning("wafer-without-results", place, message);
            io.diagnostics
                .add(diagnostic.expected("a DefectList behind WaferID"));
        }
    }

    /// The wafer whose results are being read; the first list of results makes it one.
    fn begin_results<R: Read>(&mut self, io: &mut Io<R>) -> &mut Active {
        let (facts, ordinal) = (&mut self.facts, &mut self.wafers);
        self.active.get_or_insert_with(|| {
            self.named = None;
            facts.ordinal = *ordinal;
            *ordinal += 1;
            report_geometry(facts, &mut io.diagnostics);
            io.pending
                .push_back(Pending::WaferStart(Arc::new(facts.clone())));
            Active {
                wafer: facts.clone(),
                surroundings: Surroundings::of(facts),
                tally: Tally::default(),
            }
        })
    }

    fn begin_list<R: Read>(&mut self, place: Place, io: &mut Io<R>) -> Result<(), Error> {
        if self.columns.is_none() {
            let message = "DefectList without a DefectRecordSpec in front of it";
            return Err(Diagnostic::error("columns-missing", place, message).into());
        }
        self.begin_results(io);
        facts::check_wafers(self.wafers, place)?;
        self.list = Some(List::default());
        self.is_after_empty_list = true;
        Ok(())
    }

    fn read_rows<R: Read>(&mut self, mut list: List, io: &mut Io<R>) -> Result<(), Error> {
        let columns = self.columns.clone().unwrap_or_default();
        io.batch.clear();
        io.batch.columns = Arc::clone(&columns);
        io.batch.image_file.clone_from(&self.image_file);
        let active = self.begin_results(io);
        let mut rows = Rows {
            lexer: &mut io.lexer,
            batch: &mut io.batch,
            tally: &mut active.tally,
            surroundings: &active.surroundings,
            columns: &columns,
            list: &mut list,
        };
        let end = read_batch(&mut rows)?;
        if !io.batch.is_empty() {
            self.is_after_empty_list = false;
            io.pending.push_back(Pending::Defects);
        }
        match end {
            BatchEnd::Full => self.list = Some(list),
            BatchEnd::List => {}
            BatchEnd::Keyword(keyword) => {
                let diagnostic = Diagnostic::warning(
                    "semicolon-missing",
                    keyword.place,
                    "DefectList is not ended by `;`",
                );
                io.diagnostics
                    .add(diagnostic.expected("`;`").found(&keyword.text));
                self.next_keyword = Some(keyword);
            }
            BatchEnd::CutOff => self.finish_file(false, io)?,
        }
        Ok(())
    }

    fn finish_wafer<R: Read>(&mut self, is_complete: bool, io: &mut Io<R>) {
        let Some(active) = self.active.take() else {
            return;
        };
        active
            .tally
            .report(&active.wafer, io.lexer.place(), &mut io.diagnostics);
        self.facts.tests.clone_from(&active.wafer.tests);
        let end = WaferEnd {
            defect_count: active.tally.defects,
            wafer: Arc::new(active.wafer),
            is_complete,
        };
        io.pending.push_back(Pending::WaferEnd(end));
    }

    fn finish_file<R: Read>(&mut self, complete: bool, io: &mut Io<R>) -> Result<(), Error> {
        let place = io.lexer.place();
        let read = self
            .active
            .as_ref()
            .map_or(0, |active| active.tally.defects);
        self.finish_wafer(complete, io);
        self.report_unused_name(io);
        for (name, place) in self.for_next_wafer.drain(..) {
            let message = format!("{name} stands behind the results and has no wafer any more");
            io.diagnostics
                .add(Diagnostic::warning("keyword-after-results", place, message));
        }
        if !complete {
            let message =
                format!("the file is cut off; {read} defects of its last wafer were read");
            io.diagnostics
                .add(Diagnostic::error("truncated", place, message).expected("EndOfFile"));
        } else if self.wafers == 0 {
            let message = "the file holds no results";
            io.diagnostics
                .add(Diagnostic::warning("no-results", place, message).expected("a DefectList"));
        }
        io.finish(complete)
    }
}

enum BatchEnd {
    Full,
    List,
    Keyword(Value),
    CutOff,
}

/// Reads rows until the batch is full or the list ends.
fn read_batch<R: Read>(rows: &mut Rows<'_, R>) -> Result<BatchEnd, Error> {
    let mut known: Option<Token> = None;
    loop {
        let first = match known.take() {
            Some(token) => token,
            None if rows.batch.is_full() => return Ok(BatchEnd::Full),
            None => rows.lexer.next()?,
        };
        match first.kind {
            Kind::Mark(_) => return Ok(BatchEnd::List),
            Kind::End => return Ok(BatchEnd::CutOff),
            Kind::Word if first.is_first_on_line && begins_statement(rows, first) => {
                return Ok(BatchEnd::Keyword(value_of(rows.lexer, first)));
            }
            _ => {}
        }
        match rows.read_row(first)? {
            RowEnd::Whole(next) => known = next,
            RowEnd::LastOfList => return Ok(BatchEnd::List),
            RowEnd::CutOff => return Ok(BatchEnd::CutOff),
        }
    }
}

/// Whether the `;` of the list was forgotten.
fn begins_statement<R: Read>(rows: &Rows<'_, R>, token: Token) -> bool {
    let bytes = rows.lexer.bytes(token);
    bytes[0].is_ascii_alphabetic() && std::str::from_utf8(bytes).is_ok_and(is_reserved)
}
