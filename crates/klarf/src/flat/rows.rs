//! The rows of a `DefectList`: told apart by counting values, never by lines.
//!
//! Line breaks mean nothing, yet nearly all files have one row a line. So they serve as a hint
//! when the count does not come out: the first row whose end is not the end of a line is the one
//! that is blamed.

use std::io::Read;

use crate::batch::{DefectBatch, Image};
use crate::column::{Columns, Role};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::lexer::{Kind, Lexer, Token};
use crate::number::{Whole, whole};
use crate::row::{RawRow, Surroundings};
use crate::tally::Tally;
use crate::text::decode;

/// Images one defect may have, and bytes one row may hold.
const MAX_IMAGES: i32 = 100_000;
const MAX_ROW_TEXT: usize = 16 << 20;

/// What is known of a list between its rows.
#[derive(Debug, Default)]
pub(super) struct List {
    /// Where the row before began, when it began a line.
    began_line: Option<Place>,
    /// The first row that began a line and ended in the middle of one.
    first_out_of_line: Option<Place>,
}

/// How a row ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum RowEnd {
    /// It is complete; sometimes the first value of the next row had to be read to know.
    Whole(Option<Token>),
    /// It is complete, and so is the list.
    LastOfList,
    /// The file is cut off in it: it was taken back.
    CutOff,
}

/// Everything a row is read with.
pub(super) struct Rows<'a, R> {
    pub lexer: &'a mut Lexer<R>,
    pub batch: &'a mut DefectBatch,
    pub tally: &'a mut Tally,
    pub surroundings: &'a Surroundings,
    pub columns: &'a Columns,
    pub list: &'a mut List,
}

impl<R: Read> Rows<'_, R> {
    /// Reads the row that begins with `first`.
    #[inline]
    pub fn read_row(&mut self, first: Token) -> Result<RowEnd, Error> {
        self.note_alignment(first);
        let mut raw = RawRow::new(first.place);
        let mut first_break = None;
        let mut token = first;
        let mut copy = Copying::new(first.start_with_quote(), self.batch);
        let columns = self.columns;
        for (at, &role) in columns.roles().iter().enumerate() {
            if at > 0 {
                if role != Role::ImageList
                    && let Some((start, end)) = self.lexer.word_on_line()
                {
                    copy.add_cell(start, end, self.batch);
                    if let Err(fault) = raw.take(role, self.lexer.window(start, end), self.tally) {
                        let token = self.lexer.token_on_line(start, end);
                        return Err(self.malformed(&raw, token, at, first_break, fault.expected));
                    }
                    continue;
                }
                copy.flush(self.lexer, self.batch);
                token = self.lexer.next()?;
                copy = Copying::new(token.start_with_quote(), self.batch);
                if token.is_first_on_line && first_break.is_none() {
                    first_break = Some(at);
                }
            }
            if !token.is_value() {
                return self.end_inside(token, at, &raw);
            }
            if role == Role::ImageList {
                match self.images(token, at, &raw)? {
                    Images::Read(last) => token = last,
                    Images::Missing => return Ok(self.finish_without_images(&raw, Some(token))),
                    Images::CutOff => return Ok(self.cut_off()),
                }
                copy = Copying::new(self.lexer.position(), self.batch);
                continue;
            }
            let bytes = self.lexer.bytes(token);
            copy.add_cell(token.start, token.start + bytes.len(), self.batch);
            if let Err(fault) = raw.take(role, bytes, self.tally) {
                return Err(self.malformed(&raw, token, at, first_break, fault.expected));
            }
        }
        copy.flush(self.lexer, self.batch);
        // A value that the end of the bytes may have cut is not to be trusted, nor is its row.
        if token.touches_end {
            return Ok(self.cut_off());
        }
        self.finish(&raw);
        Ok(RowEnd::Whole(None))
    }

    #[inline]
    fn note_alignment(&mut self, first: Token) {
        if first.is_first_on_line {
            self.list.began_line = Some(first.place);
            return;
        }
        if let Some(before) = self.list.began_line.take() {
            self.list.first_out_of_line.get_or_insert(before);
            self.tally.rows_out_of_line.hit(first.place);
        }
    }

    #[inline]
    fn finish(&mut self, raw: &RawRow) {
        let defect = self.surroundings.defect(raw, self.tally);
        self.batch.finish_row(defect);
    }

    fn finish_without_images(&mut self, raw: &RawRow, next: Option<Token>) -> RowEnd {
        self.tally.image_lists_missing.hit(raw.place());
        self.batch.push_cell(b"");
        self.finish(raw);
        next.map_or(RowEnd::LastOfList, |token| RowEnd::Whole(Some(token)))
    }

    fn cut_off(&mut self) -> RowEnd {
        self.batch.drop_unfinished_row();
        RowEnd::CutOff
    }

    /// The list or the file ends where a value was expected.
    fn end_inside(&mut self, token: Token, at: usize, raw: &RawRow) -> Result<RowEnd, Error> {
        if token.kind == Kind::End {
            return Ok(self.cut_off());
        }
        let is_last = at + 1 == self.columns.len();
        if is_last && self.columns.as_slice()[at].role == Role::ImageList {
            return Ok(self.finish_without_images(raw, None));
        }
        let blamed = self.list.first_out_of_line.unwrap_or(raw.place());
        let mut message =
            "a defect row does not have as many values as there are columns".to_owned();
        if blamed != raw.place() {
            message += &format!(
                "; noticed at the end of the list, line {}",
                token.place.line
            );
        }
        Err(Diagnostic::error("malformed-row", blamed, message)
            .expected(format!("{} values a row", self.columns.len()))
            .found(format!("{at} values left at the `;`"))
            .into())
    }

    /// `m`, then `m` pairs of image id and type.
    fn images(&mut self, count: Token, at: usize, raw: &RawRow) -> Result<Images, Error> {
        if self.is_next_row(count, at, raw) {
            return Ok(Images::Missing);
        }
        let bytes = self.lexer.bytes(count);
        self.batch.push_cell(bytes);
        let Whole::Value(images @ 0..=MAX_IMAGES) = whole(bytes) else {
            return Err(self.malformed(raw, count, at, None, "a number of images"));
        };
        if raw.image_count().is_some_and(|said| said != images) {
            self.tally.images_miscounted.hit(raw.place());
        }
        let mut last = count;
        for _ in 0..images {
            let mut pair = [0; 2];
            for number in &mut pair {
                last = self.lexer.next()?;
                match last.kind {
                    Kind::End => return Ok(Images::CutOff),
                    Kind::Mark(_) => {
                        return Err(self.malformed(raw, last, at, None, "an image's id and type"));
                    }
                    _ => *number = self.image_number(last, at, raw)?,
                }
            }
            let [number, kind] = pair;
            self.batch.push_image(Image {
                number,
                kind,
                ..Image::default()
            });
        }
        Ok(Images::Read(last))
    }

    /// A row may lack its last column IMAGELIST. It does when it says that it has no images, yet
    /// goes on with another number on the next line.
    fn is_next_row(&self, token: Token, at: usize, raw: &RawRow) -> bool {
        at + 1 == self.columns.len()
            && token.is_first_on_line
            && raw.image_count() == Some(0)
            && self.lexer.bytes(token) != b"0"
    }

    fn image_number(&mut self, token: Token, at: usize, raw: &RawRow) -> Result<i32, Error> {
        let bytes = self.lexer.bytes(token);
        self.batch.extend_cell(bytes);
        match whole(bytes) {
            Whole::Value(number) if self.batch.text.len() <= MAX_ROW_TEXT => Ok(number),
            _ => Err(self.malformed(raw, token, at, None, "an image's id and type")),
        }
    }

    /// The refusal of a row, with the values counted on its line.
    #[cold]
    fn malformed(
        &mut self,
        raw: &RawRow,
        token: Token,
        at: usize,
        first_break: Option<usize>,
        expected: &str,
    ) -> Error {
        let column = &self.columns.as_slice()[at].name;
        let value = match token.kind {
            Kind::Mark(_) => "`;`".to_owned(),
            _ => format!("\"{}\"", decode(self.lexer.bytes(token))),
        };
        let mut message = format!("a defect row does not fit its columns: {column} holds {value}");
        let blamed = self.list.first_out_of_line.unwrap_or(raw.place());
        if blamed.line != token.place.line {
            message += &format!(", noticed in line {}", token.place.line);
        }
        let columns = self.columns.len();
        let diagnostic = Diagnostic::error("malformed-row", blamed, message)
            .expected(format!("{columns} values a row, {expected} in {column}"));
        let on_line = first_break.or_else(|| self.values_on_line(at + 1));
        match on_line {
            Some(values) if blamed == raw.place() && values != columns => diagnostic
                .found(format!("{values} values for {columns} columns"))
                .into(),
            _ => diagnostic.found(value).into(),
        }
    }

    /// How many values the line has, of which `seen` were read.
    fn values_on_line(&mut self, seen: usize) -> Option<usize> {
        const ENOUGH: usize = 10_000;
        for more in 0..ENOUGH {
            let token = self.lexer.next().ok()?;
            if !token.is_value() || token.is_first_on_line {
                return Some(seen + more);
            }
        }
        None
    }
}

/// Copies the bytes of a row in as few pieces as possible: cell by cell costs more than the row.
#[derive(Debug, Clone, Copy)]
struct Copying {
    /// Where in the lexer's window the piece begins.
    window: usize,
    /// Where in the batch's text it will lie.
    text: usize,
}

impl Copying {
    fn new(window: usize, batch: &DefectBatch) -> Self {
        Self {
            window,
            text: batch.text.len(),
        }
    }

    #[inline(always)]
    fn add_cell(self, start: usize, end: usize, batch: &mut DefectBatch) {
        let (start, end) = (start - self.window, end - self.window);
        batch
            .cells
            .push(((self.text + start) as u32, (self.text + end) as u32));
    }

    /// Copies the piece, before the window moves.
    fn flush<R: Read>(self, lexer: &Lexer<R>, batch: &mut DefectBatch) {
        let end = lexer.position().max(self.window);
        batch.text.extend_from_slice(lexer.window(self.window, end));
        // A quote in front of a cell tells that the cell is quoted: this one closes the one before.
        if batch.text.last() == Some(&b'"') {
            batch.text.push(b' ');
        }
    }
}

enum Images {
    Read(Token),
    Missing,
    CutOff,
}
