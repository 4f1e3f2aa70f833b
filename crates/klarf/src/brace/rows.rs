//! The rows of a list: each is ended by its `;`.

use std::io::Read;

use super::tree::List;
use crate::batch::Image;
use crate::column::{Columns, Role};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::lexer::{Kind, Lexer, Mark, Token};
use crate::number::{Whole, whole};
use crate::reader::Io;
use crate::row::{RawRow, Surroundings};
use crate::tally::Tally;
use crate::text::decode;

/// Images one defect may have.
const MAX_IMAGES: usize = 100_000;

/// Values of a list that is not one of defects: a plan of a million dies has two million.
const MAX_TABLE: u64 = 1 << 22;

/// Reads one defect row into the batch.
pub(super) fn read_defect<R: Read>(
    io: &mut Io<R>,
    columns: &Columns,
    surroundings: &Surroundings,
    tally: &mut Tally,
) -> Result<(), Error> {
    let begin = io.lexer.mark();
    let cells = read_cells(io, columns, tally);
    let raw = cells.map_err(|fault| with_length(fault, begin, columns.len(), &mut io.lexer))?;
    io.batch.finish_row(surroundings.defect(&raw, tally));
    Ok(())
}

fn read_cells<R: Read>(
    io: &mut Io<R>,
    columns: &Columns,
    tally: &mut Tally,
) -> Result<RawRow, Error> {
    let mut token = io.lexer.next()?;
    let mut raw = RawRow::new(token.place);
    for (at, column) in columns.as_slice().iter().enumerate() {
        if at > 0 {
            token = io.lexer.next()?;
        }
        if !token.is_value() {
            return Err(malformed(
                raw.place(),
                &column.name,
                "a value",
                "the end of the row",
            ));
        }
        if column.role == Role::ImageList {
            read_images(io, token, &raw, tally)?;
            continue;
        }
        let bytes = io.lexer.bytes(token);
        io.batch.push_cell(bytes);
        if let Err(fault) = raw.take(column.role, bytes, tally) {
            let found = format!("\"{}\"", decode(io.lexer.bytes(token)));
            return Err(malformed(raw.place(), &column.name, fault.expected, &found));
        }
    }
    end_row(&mut io.lexer, raw.place())?;
    Ok(raw)
}

/// An image cell into the batch, its text as delivered.
fn read_images<R: Read>(
    io: &mut Io<R>,
    first: Token,
    raw: &RawRow,
    tally: &mut Tally,
) -> Result<(), Error> {
    let start = io.lexer.before(first);
    let images = images(&mut io.lexer, first)?;
    io.batch.push_cell(io.lexer.since(start));
    if raw
        .image_count()
        .is_some_and(|said| usize::try_from(said) != Ok(images.len()))
    {
        tally.images_miscounted.hit(raw.place());
    }
    io.batch.images.extend(images);
    Ok(())
}

/// `N`, `0`, or `Images 1 { "path" "format" number "text" }`.
pub(crate) fn images<R: Read>(lexer: &mut Lexer<R>, first: Token) -> Result<Vec<Image>, Error> {
    let word = lexer.bytes(first);
    if [&b"N"[..], b"0", b"NA", b""]
        .iter()
        .any(|none| word.eq_ignore_ascii_case(none))
    {
        return Ok(Vec::new());
    }
    let count = lexer.next()?;
    let open = lexer.next()?;
    if !count.is_value() || !open.is(b'{') {
        return Err(no_images(first.place));
    }
    let mut images = Vec::new();
    let mut cells = Vec::new();
    loop {
        let token = lexer.next()?;
        match token.kind {
            Kind::Mark(mark @ (b',' | b'}')) => {
                if !cells.is_empty() || mark == b',' {
                    images.push(image(&mut cells, token.place)?);
                }
                if mark == b'}' {
                    return Ok(images);
                }
            }
            Kind::Mark(_) | Kind::End => return Err(no_images(token.place)),
            _ => cells.push(decode(lexer.bytes(token)).into_owned()),
        }
        if images.len() > MAX_IMAGES || cells.len() > 4 {
            return Err(no_images(token.place));
        }
    }
}

fn image(cells: &mut Vec<String>, place: Place) -> Result<Image, Error> {
    let mut cells = cells.drain(..);
    let (path, format, number, label) = (cells.next(), cells.next(), cells.next(), cells.next());
    let number = match whole(number.unwrap_or_default().as_bytes()) {
        Whole::Value(number) => number,
        Whole::Missing => 0,
        _ => return Err(no_images(place)),
    };
    Ok(Image {
        number,
        kind: 0,
        path,
        format,
        label,
    })
}

fn no_images(place: Place) -> Error {
    let expected = "N, or `Images`, a count and in braces path, format, number and text of each";
    let message = "a cell of images is malformed";
    Diagnostic::error("malformed-row", place, message)
        .expected(expected)
        .into()
}

fn malformed(row: Place, column: &str, expected: &str, found: &str) -> Error {
    let message = format!("a row does not fit its columns: {column}");
    Diagnostic::error("malformed-row", row, message)
        .expected(expected)
        .found(found)
        .into()
}

/// All rows of a list that is not one of defects, as texts.
pub(super) fn read_table<R: Read>(
    lexer: &mut Lexer<R>,
    list: &List,
) -> Result<Vec<Vec<String>>, Error> {
    if list.rows.saturating_mul(list.columns.len().max(1) as u64) > MAX_TABLE {
        let message = format!("list {} has more than {MAX_TABLE} values", list.name);
        return Err(Diagnostic::error("statement-too-long", list.place, message).into());
    }
    let behind = lexer.mark();
    lexer.go_to(list.body);
    let mut rows = Vec::new();
    for _ in 0..list.rows {
        let begin = lexer.mark();
        let texts = read_texts(lexer, &list.columns);
        rows.push(texts.map_err(|fault| with_length(fault, begin, list.columns.len(), lexer))?);
    }
    lexer.go_to(behind);
    Ok(rows)
}

fn read_texts<R: Read>(
    lexer: &mut Lexer<R>,
    columns: &[(String, String)],
) -> Result<Vec<String>, Error> {
    let mut row = Vec::with_capacity(columns.len());
    let mut place = None;
    for (kind, name) in columns {
        let token = lexer.next()?;
        let place = *place.get_or_insert(token.place);
        if !token.is_value() {
            return Err(malformed(place, name, "a value", "the end of the row"));
        }
        if kind.eq_ignore_ascii_case("ImageList") {
            let start = lexer.before(token);
            images(lexer, token)?;
            row.push(decode(lexer.since(start)).into_owned());
        } else {
            row.push(decode(lexer.bytes(token)).into_owned());
        }
    }
    end_row(lexer, place.unwrap_or(lexer.place()))?;
    Ok(row)
}

/// The `;` of a row; the `}` of the list also ends its last one.
fn end_row<R: Read>(lexer: &mut Lexer<R>, row: Place) -> Result<(), Error> {
    let token = lexer.next()?;
    match token.kind {
        Kind::Mark(b';' | b'}') => Ok(()),
        _ => {
            let message = "a row has more values than there are columns";
            Err(Diagnostic::error("malformed-row", row, message).into())
        }
    }
}

/// Adds to a fault how many values its row has, where that is not as many as there are columns;
/// and blames the row's first line.
fn with_length<R: Read>(fault: Error, begin: Mark, columns: usize, lexer: &mut Lexer<R>) -> Error {
    let Error::Refused(mut diagnostic) = fault else {
        return fault;
    };
    lexer.go_to(begin);
    match count_cells(lexer) {
        Ok((row, values)) => {
            (diagnostic.line, diagnostic.column) = (row.line, row.column);
            if values != columns {
                diagnostic.found = Some(format!("{values} values for {columns} columns"));
            }
            Error::Refused(diagnostic)
        }
        Err(error) => error,
    }
}

/// Where the next row begins and how many cells it has; a cell of images counts as one.
fn count_cells<R: Read>(lexer: &mut Lexer<R>) -> Result<(Place, usize), Error> {
    let mut token = lexer.next()?;
    let row = token.place;
    let (mut cells, mut is_in_braces) = (0_usize, false);
    loop {
        match token.kind {
            Kind::Mark(b'{') => {
                cells = cells.saturating_sub(1);
                is_in_braces = true;
            }
            Kind::Mark(b'}') if is_in_braces => is_in_braces = false,
            Kind::Mark(b';' | b'}') | Kind::End => return Ok((row, cells)),
            Kind::Mark(_) => {}
            _ => cells += usize::from(!is_in_braces),
        }
        token = lexer.next()?;
    }
}
