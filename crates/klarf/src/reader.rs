//! The pull reader: one event at a time, whatever the family.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

use crate::batch::DefectBatch;
use crate::brace::Brace;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::error::Error;
use crate::event::{Event, WaferEnd};
use crate::flat::Flat;
use crate::lexer::{Kind, Lexer, Token};
use crate::text::decode;
use crate::wafer::{FileHeader, Wafer};

/// Reads a KLARF file from a source of bytes; which family it is is told by its content.
///
/// Files of the flat family (1.0 to 1.7) are read in one pass, with memory that does not depend on
/// the file's size. A file of the brace family (1.8) may say where its defects lie only behind
/// them, so its bytes are held until its end.
///
/// After an error, and after [`Event::End`], there are no more events. With `End` the source has
/// been read to its last byte.
#[derive(Debug)]
pub struct Reader<R> {
    io: Io<R>,
    state: State,
}

/// What both families read from and write to.
#[derive(Debug)]
pub(crate) struct Io<R> {
    pub lexer: Lexer<R>,
    pub diagnostics: Diagnostics,
    pub batch: DefectBatch,
    pub pending: VecDeque<Pending>,
}

/// An event that is due.
#[derive(Debug)]
pub(crate) enum Pending {
    Header(FileHeader),
    WaferStart(Arc<Wafer>),
    Defects,
    WaferEnd(WaferEnd),
    End { complete: bool },
}

#[derive(Debug)]
enum State {
    Start,
    Flat(Box<Flat>),
    Brace(Box<Brace>),
    Done,
}

impl<R: Read> Reader<R> {
    /// Begins to read a file; nothing is read before the first event is asked for.
    pub fn new(source: R) -> Self {
        let io = Io {
            lexer: Lexer::new(source),
            diagnostics: Diagnostics::default(),
            batch: DefectBatch::default(),
            pending: VecDeque::new(),
        };
        Self {
            io,
            state: State::Start,
        }
    }

    /// The next event; none after the last one.
    ///
    /// # Errors
    /// [`Error::Refused`] when the bytes are no KLARF file or a defect row is malformed: nothing
    /// that was read before may be kept. [`Error::Io`] when the source fails.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>, Error> {
        loop {
            match self.io.pending.pop_front() {
                Some(Pending::Defects) => break,
                Some(Pending::Header(header)) => return Ok(Some(Event::Header(header))),
                Some(Pending::WaferStart(wafer)) => return Ok(Some(Event::WaferStart(wafer))),
                Some(Pending::WaferEnd(end)) => return Ok(Some(Event::WaferEnd(end))),
                Some(Pending::End { complete }) => {
                    self.state = State::Done;
                    return Ok(Some(Event::End { complete }));
                }
                None => {}
            }
            if let State::Done = self.state {
                return Ok(None);
            }
            if let Err(error) = self.step() {
                self.state = State::Done;
                self.io.pending.clear();
                return Err(error);
            }
        }
        Ok(Some(Event::Defects(&self.io.batch)))
    }

    /// What was noticed so far, in the order in which it came up. Faults of defect rows are added
    /// when their wafer ends.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.io.diagnostics.as_slice()
    }

    /// Bytes of the file that were turned into events, for showing progress.
    pub fn bytes_read(&self) -> u64 {
        self.io.lexer.bytes_read()
    }

    /// The line at which the reader is, counting from 1.
    pub fn line(&self) -> u64 {
        self.io.lexer.line()
    }

    fn step(&mut self) -> Result<(), Error> {
        match &mut self.state {
            State::Start => self.state = detect(&mut self.io)?,
            State::Flat(flat) => flat.step(&mut self.io)?,
            State::Brace(brace) => brace.step(&mut self.io)?,
            State::Done => {}
        }
        Ok(())
    }
}

/// Tells the family by the first statement.
fn detect<R: Read>(io: &mut Io<R>) -> Result<State, Error> {
    match io.lexer.peek(3)? {
        b"\xef\xbb\xbf" => io.lexer.skip(3),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(not_klarf(io, "a UTF-16 byte-order mark"));
        }
        _ => {}
    }
    let first = io
        .lexer
        .next()
        .map_err(|error| refuse_long_token(io, error))?;
    let word = io.lexer.bytes(first);
    if first.is_value() && word.eq_ignore_ascii_case(b"FileVersion") {
        return Ok(State::Flat(Box::new(Flat::begin(io, first.place)?)));
    }
    if first.kind == Kind::Word && word.eq_ignore_ascii_case(b"Record") {
        return Ok(State::Brace(Box::new(Brace::begin(io, first.place)?)));
    }
    let found = found(io, first);
    Err(not_klarf(io, &found))
}

fn found<R: Read>(io: &Io<R>, token: Token) -> String {
    if !token.is_value() {
        return "no text".to_owned();
    }
    let text = decode(io.lexer.bytes(token));
    let shown: String = text
        .chars()
        .take(40)
        .flat_map(char::escape_default)
        .collect();
    format!("\"{shown}\"")
}

fn refuse_long_token<R: Read>(io: &Io<R>, error: Error) -> Error {
    match error {
        Error::Refused(_) => not_klarf(io, "one word without end"),
        io_error => io_error,
    }
}

fn not_klarf<R: Read>(io: &Io<R>, found: &str) -> Error {
    Diagnostic::error("not-klarf", io.lexer.place(), "this is no KLARF file")
        .expected("FileVersion or Record FileRecord as its first statement")
        .found(found)
        .into()
}

impl<R: Read> Io<R> {
    /// Ends the file: the rest of the source is read, so that who counts or hashes it sees it all.
    pub fn finish(&mut self, complete: bool) -> Result<(), Error> {
        if complete && self.lexer.drain()? {
            let message = "the file goes on behind EndOfFile; that is left out";
            let diagnostic = Diagnostic::note("content-after-end", self.lexer.place(), message);
            self.diagnostics.add(diagnostic);
        }
        self.pending.push_back(Pending::End { complete });
        Ok(())
    }
}
