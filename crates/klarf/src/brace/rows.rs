//! The rows of a list: each is ended by its `;`.

use std::io::Read;

use super::tree::List;
use crate::batch::Image;
use crate::column::{Columns, Role};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::Error;
use crate::lexer::{Kind, Lexer, Token};
use crate::number::{Whole, whole};
use crate::reader::Io;
use crate::row::{RawRow, Surroundings};
use crate::tally::Tally;
use crate::text::decode;

/// Images one defect may have.
const MAX_IMAGES: usize = 100_000;

/// Reads one defect row into the batch.
pub(super) fn read_defect<R: Read>(
    io: &mut Io<R>,
    columns: &Columns,
    surroundings: &Surroundings,
    tally: &mut Tally,
) -> Result<(), Error> {
    let mut token = io.lexer.next()?;
    let mut raw = RawRow::new(token.place);
    for (at, column) in columns.0.iter().enumerate() {
        if at > 0 {
            token = io.lexer.next()?;
        }
        if !token.is_value() {
            return Err(wrong_length(
                &mut io.lexer,
                raw.place(),
                at,
                columns.len(),
                token,
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
            let message = format!("a defect row does not fit its columns: {}", column.name);
            return Err(Diagnostic::error("malformed-row", raw.place(), message)
                .expected(fault.expected)
                .found(found)
                .into());
        }
    }
    end_row(&mut io.lexer, raw.place(), columns.len())?;
    io.batch.finish_row(surroundings.defect(&raw, tally));
    Ok(())
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
        return Err(malformed(
            first.place,
            "N, or `Images` with a count and images in braces",
        ));
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
            Kind::Mark(_) | Kind::End => {
                return Err(malformed(token.place, "`,` or `}` behind an image"));
            }
            _ => cells.push(decode(lexer.bytes(token)).into_owned()),
        }
        if images.len() > MAX_IMAGES || cells.len() > 4 {
            return Err(malformed(
                token.place,
                "path, format, number and text of an image",
            ));
        }
    }
}

fn image(cells: &mut Vec<String>, place: Place) -> Result<Image, Error> {
    let mut cells = cells.drain(..);
    let (path, format, number, label) = (cells.next(), cells.next(), cells.next(), cells.next());
    let number = number.unwrap_or_default();
    match whole(number.as_bytes()) {
        Whole::Value(number) => Ok(Image {
            number,
            kind: 0,
            path,
            format,
            label,
        }),
        Whole::Missing => Ok(Image {
            number: 0,
            kind: 0,
            path,
            format,
            label,
        }),
        _ => Err(malformed(
            place,
            "path, format, number and text of an image",
        )),
    }
}

fn malformed(place: Place, expected: &str) -> Error {
    let message = "a cell of images is malformed";
    Diagnostic::error("malformed-row", place, message)
        .expected(expected)
        .into()
}

/// All rows of a list that is not one of defects, as texts.
pub(super) fn read_table<R: Read>(
    lexer: &mut Lexer<R>,
    list: &List,
) -> Result<Vec<Vec<String>>, Error> {
    let behind = lexer.mark();
    lexer.go_to(list.body);
    let mut rows = Vec::new();
    for _ in 0..list.rows {
        rows.push(read_texts(lexer, &list.columns)?);
    }
    lexer.go_to(behind);
    Ok(rows)
}

fn read_texts<R: Read>(
    lexer: &mut Lexer<R>,
    columns: &[(String, String)],
) -> Result<Vec<String>, Error> {
    let mut row = Vec::with_capacity(columns.len());
    let begin = lexer.place();
    for (kind, _) in columns {
        let token = lexer.next()?;
        if !token.is_value() {
            return Err(wrong_length(
                lexer,
                token.place,
                row.len(),
                columns.len(),
                token,
            ));
        }
        if kind.eq_ignore_ascii_case("ImageList") {
            let start = lexer.before(token);
            images(lexer, token)?;
            row.push(decode(lexer.since(start)).into_owned());
        } else {
            row.push(decode(lexer.bytes(token)).into_owned());
        }
    }
    end_row(lexer, begin, columns.len())?;
    Ok(row)
}

/// The `;` of a row; the `}` of the list also ends its last one.
fn end_row<R: Read>(lexer: &mut Lexer<R>, row: Place, columns: usize) -> Result<(), Error> {
    let token = lexer.next()?;
    match token.kind {
        Kind::Mark(b';' | b'}') => Ok(()),
        _ => Err(wrong_length(lexer, row, columns, columns, token)),
    }
}

/// The refusal of a row that is too short or too long; its values are counted up to its end.
fn wrong_length<R: Read>(
    lexer: &mut Lexer<R>,
    row: Place,
    read: usize,
    columns: usize,
    mut token: Token,
) -> Error {
    let mut values = read;
    while token.is_value() {
        values += 1;
        match lexer.next() {
            Ok(next) => token = next,
            Err(error) => return error,
        }
    }
    Diagnostic::error(
        "malformed-row",
        row,
        "a row does not have as many values as there are columns",
    )
    .expected(format!("{columns} values"))
    .found(format!("{values} values for {columns} columns"))
    .into()
}
