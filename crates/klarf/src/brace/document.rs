//! The tree of a 1.8 file as a document.

use super::rows::images;
use super::tree::{self, Item, List, Record};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::error::Error;
use crate::lexer::{Lexer, Token};
use crate::statement::Value;
use crate::text::decode;

/// The outermost record. The file was read as results before, so its rows are sound.
pub(crate) fn read_root(bytes: &[u8]) -> Result<document::Record, Error> {
    let mut lexer = Lexer::new(bytes);
    lexer.use_brace_grammar();
    lexer.load(super::MAX_FILE)?;
    let first = lexer.next()?;
    let tree = tree::read(&mut lexer, first.place, &mut Diagnostics::default())?;
    record_of(&tree.root, &mut lexer)
}

fn record_of(record: &Record, lexer: &mut Lexer<&[u8]>) -> Result<document::Record, Error> {
    let item = |item: &Item| {
        Ok(match item {
            Item::Record(inner) => document::Item::Record(record_of(inner, lexer)?),
            Item::List(list) => document::Item::List(list_of(list, lexer)?),
            Item::Field(field) => document::Item::Field {
                name: field.keyword.clone(),
                values: field.values.iter().map(value_of).collect(),
            },
        })
    };
    Ok(document::Record {
        name: record.name.clone(),
        id: record.id.as_ref().map(value_of),
        items: record
            .items
            .iter()
            .map(item)
            .collect::<Result<_, Error>>()?,
    })
}

fn list_of(list: &List, lexer: &mut Lexer<&[u8]>) -> Result<document::List, Error> {
    lexer.go_to(list.body);
    let mut rows = Vec::new();
    for _ in 0..list.rows {
        let mut row = Vec::with_capacity(list.columns.len());
        for (kind, _) in &list.columns {
            let token = lexer.next()?;
            row.push(cell_of(kind, token, lexer)?);
        }
        lexer.next()?;
        rows.push(row);
    }
    Ok(document::List {
        name: list.name.clone(),
        columns: list.columns.clone(),
        rows,
    })
}

fn cell_of(kind: &str, token: Token, lexer: &mut Lexer<&[u8]>) -> Result<document::Cell, Error> {
    if kind.eq_ignore_ascii_case("ImageList") {
        let images = images(lexer, token)?;
        return Ok(document::Cell::Images(images));
    }
    let text = decode(lexer.bytes(token)).into_owned();
    Ok(document::Cell::Value(match token.is_quoted() {
        true => document::Value::text(text),
        false => document::Value::word(text),
    }))
}

fn value_of(value: &Value) -> document::Value {
    match value.is_quoted {
        true => document::Value::text(value.text.clone()),
        false => document::Value::word(value.text.clone()),
    }
}
