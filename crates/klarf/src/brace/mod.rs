//! The brace family (1.8): a tree in free order, read as a whole and interpreted then.

mod document;
mod interpret;
mod rows;
mod tree;

use std::io::Read;
use std::sync::Arc;

use crate::column::Columns;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::event::WaferEnd;
use crate::lexer::Mark;
use crate::reader::{Io, Pending};
use crate::row::Surroundings;
use crate::tally::{Tally, report_geometry};
use crate::wafer::{Family, FileHeader, Version, Wafer};

pub(crate) use document::read_root;
use tree::{Record, Tree};

/// Bytes of a file that may be held. The family keeps a file in memory because the facts that
/// place a defect may stand behind it.
const MAX_FILE: usize = 2 << 30;

/// A file of which the tree is known; its defects are read wafer by wafer.
#[derive(Debug)]
pub(crate) struct Brace {
    wafers: std::vec::IntoIter<WaferRecord>,
    active: Option<Active>,
    is_complete: bool,
    /// The end of the tree in the file.
    end: Place,
}

/// A wafer and where its defects are.
#[derive(Debug)]
struct WaferRecord {
    wafer: Wafer,
    lists: Vec<DefectRows>,
}

/// Rows of defects that are still to be read.
#[derive(Debug)]
struct DefectRows {
    columns: Arc<Columns>,
    next: Mark,
    left: u64,
}

#[derive(Debug)]
struct Active {
    wafer: Arc<Wafer>,
    surroundings: Surroundings,
    tally: Tally,
    lists: std::vec::IntoIter<DefectRows>,
    rows: Option<DefectRows>,
}

impl Brace {
    /// Reads the tree behind the word `Record`.
    pub fn begin<R: Read>(io: &mut Io<R>, place: Place) -> Result<Self, Error> {
        let tree = read_tree(io, place)?;
        let header = FileHeader {
            version: version_of(&tree.root, place)?,
            family: Family::Brace,
        };
        io.pending.push_back(Pending::Header(header));
        let end = io.lexer.place();
        let behind = io.lexer.mark();
        let wafers = interpret::wafers(&tree.root, header, io)?;
        io.lexer.go_to(behind);
        let is_complete = tree.is_complete;
        if wafers.is_empty() && is_complete {
            let diagnostic = Diagnostic::warning("no-results", end, "the file holds no results");
            io.diagnostics
                .add(diagnostic.expected("a WaferRecord with a DefectList"));
        }
        Ok(Self {
            wafers: wafers.into_iter(),
            active: None,
            is_complete,
            end,
        })
    }

    /// Goes on by one batch of defects, or to the next wafer, or to the end.
    pub fn step<R: Read>(&mut self, io: &mut Io<R>) -> Result<(), Error> {
        if let Some(active) = &mut self.active {
            if !active.read_batch(io)? {
                self.finish_wafer(io);
            }
            return Ok(());
        }
        match self.wafers.next() {
            Some(record) => {
                report_geometry(&record.wafer, &mut io.diagnostics);
                let active = Active::new(record);
                io.pending
                    .push_back(Pending::WaferStart(Arc::clone(&active.wafer)));
                self.active = Some(active);
                Ok(())
            }
            None => self.finish_file(io),
        }
    }

    fn finish_wafer<R: Read>(&mut self, io: &mut Io<R>) {
        let Some(active) = self.active.take() else {
            return;
        };
        active
            .tally
            .report(&active.wafer, self.end, &mut io.diagnostics);
        io.pending.push_back(Pending::WaferEnd(WaferEnd {
            defect_count: active.tally.defects,
            wafer: active.wafer,
            is_complete: self.is_complete || self.wafers.len() > 0,
        }));
    }

    fn finish_file<R: Read>(&mut self, io: &mut Io<R>) -> Result<(), Error> {
        if !self.is_complete {
            let message = "the file is cut off; what stands in front of the cut was read";
            io.diagnostics
                .add(Diagnostic::error("truncated", self.end, message).expected("EndOfFile"));
        }
        io.finish(self.is_complete)
    }
}

impl Active {
    fn new(record: WaferRecord) -> Self {
        Self {
            surroundings: Surroundings::of(&record.wafer),
            wafer: Arc::new(record.wafer),
            tally: Tally::default(),
            lists: record.lists.into_iter(),
            rows: None,
        }
    }

    /// Fills the batch; whether there was something left to read.
    fn read_batch<R: Read>(&mut self, io: &mut Io<R>) -> Result<bool, Error> {
        let Some(rows) = self.rows.take().or_else(|| self.lists.next()) else {
            return Ok(false);
        };
        let behind = io.lexer.mark();
        io.lexer.go_to(rows.next);
        io.batch.clear();
        io.batch.columns = Arc::clone(&rows.columns);
        let mut left = rows.left;
        while left > 0 && !io.batch.is_full() {
            rows::read_defect(io, &rows.columns, &self.surroundings, &mut self.tally)?;
            left -= 1;
        }
        if left > 0 {
            self.rows = Some(DefectRows {
                next: io.lexer.mark(),
                left,
                ..rows
            });
        }
        if !io.batch.is_empty() {
            io.pending.push_back(Pending::Defects);
        }
        io.lexer.go_to(behind);
        Ok(true)
    }
}

/// Loads the file and reads its tree.
fn read_tree<R: Read>(io: &mut Io<R>, place: Place) -> Result<Tree, Error> {
    io.lexer.use_brace_grammar();
    io.lexer.load(MAX_FILE)?;
    tree::read(&mut io.lexer, place, &mut io.diagnostics)
}

fn version_of(root: &Record, place: Place) -> Result<Version, Error> {
    let id = root.id.as_ref().map_or("", |id| &id.text);
    let version = id.split_once('.').and_then(|(major, minor)| {
        Some(Version {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    });
    match version {
        Some(version) if root.name.eq_ignore_ascii_case("FileRecord") => Ok(version),
        _ => Err(
            Diagnostic::error("not-klarf", place, "this is no KLARF file")
                .expected("Record FileRecord \"1.8\" as its first statement")
                .found(format!("Record {} \"{id}\"", root.name))
                .into(),
        ),
    }
}
