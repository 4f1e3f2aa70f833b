//! The statements of a flat file as a document.

use std::sync::Arc;

use super::rows::{List, Rows};
use super::spec::columns_of;
use super::statement::{Ending, value_of};
use super::{BatchEnd, read_batch};
use crate::batch::DefectBatch;
use crate::column::{Columns, Role};
use crate::diagnostic::Diagnostics;
use crate::document;
use crate::error::Error;
use crate::lexer::{Kind, Lexer};
use crate::row::Surroundings;
use crate::statement::{Statement, Value};
use crate::tally::Tally;
use crate::wafer::{FileHeader, Wafer};

/// All statements in front of `EndOfFile`. The file was read as results before, so there is
/// nothing left to report.
pub(crate) fn read_statements(
    bytes: &[u8],
    header: FileHeader,
) -> Result<Vec<document::Statement>, Error> {
    let mut lexer = Lexer::new(bytes);
    let mut columns = Arc::default();
    let mut statements = Vec::new();
    let mut next_keyword = None;
    loop {
        let keyword = match next_keyword.take() {
            Some(keyword) => keyword,
            None => {
                let token = lexer.next()?;
                match token.kind {
                    Kind::End => return Ok(statements),
                    Kind::Mark(_) => continue,
                    _ => value_of(&lexer, token),
                }
            }
        };
        if keyword.text.eq_ignore_ascii_case("EndOfFile") {
            return Ok(statements);
        }
        if keyword.text.eq_ignore_ascii_case("DefectList") {
            let (rows, next) = read_rows(&mut lexer, &columns, header)?;
            statements.push(document::Statement::defect_list(rows));
            next_keyword = next;
            continue;
        }
        let is_keyword = keyword.is_keyword();
        let (statement, ending, next) = Statement::read(
            &mut lexer,
            keyword.text,
            keyword.place,
            &mut Diagnostics::default(),
        )?;
        next_keyword = next;
        if statement.is("DefectRecordSpec") {
            columns = Arc::new(columns_of(&statement, &mut Diagnostics::default())?);
        }
        if is_keyword && ending != Ending::CutOff {
            statements.push(statement_of(&statement));
        }
        if ending != Ending::Whole {
            return Ok(statements);
        }
    }
}

fn statement_of(statement: &Statement) -> document::Statement {
    let value = |value: &Value| match value.is_quoted {
        true => document::Value::text(value.text.clone()),
        false => document::Value::word(value.text.clone()),
    };
    document::Statement::new(
        statement.keyword.clone(),
        statement.values.iter().map(value),
    )
}

type DefectRows = Vec<Vec<document::Value>>;

/// The rows of a list, and the keyword behind it where its `;` was forgotten.
fn read_rows(
    lexer: &mut Lexer<&[u8]>,
    columns: &Arc<Columns>,
    header: FileHeader,
) -> Result<(DefectRows, Option<Value>), Error> {
    let mut batch = DefectBatch {
        columns: Arc::clone(columns),
        ..DefectBatch::default()
    };
    let mut rows = Vec::new();
    let mut list = List::default();
    loop {
        batch.clear();
        let end = read_batch(&mut Rows {
            lexer: &mut *lexer,
            batch: &mut batch,
            tally: &mut Tally::default(),
            surroundings: &Surroundings::of(&Wafer::new(header)),
            columns,
            list: &mut list,
        })?;
        rows.extend((0..batch.len()).map(|row| row_of(&batch, row)));
        match end {
            BatchEnd::Full => {}
            BatchEnd::List | BatchEnd::CutOff => return Ok((rows, None)),
            BatchEnd::Keyword(keyword) => return Ok((rows, Some(keyword))),
        }
    }
}

/// The values of a row; a missing image list is one without images.
fn row_of(batch: &DefectBatch, row: usize) -> Vec<document::Value> {
    let mut values = Vec::with_capacity(batch.columns.len());
    for (at, role) in batch.columns.roles().iter().enumerate() {
        let text = batch.text(row, at);
        match role {
            Role::ImageList if text.is_empty() => values.push(document::Value::from(0)),
            Role::ImageList => values.extend(text.split(' ').map(document::Value::word)),
            _ if batch.is_quoted(row, at) => values.push(document::Value::text(text)),
            _ => values.push(document::Value::word(text)),
        }
    }
    values
}
