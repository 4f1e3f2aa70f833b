//! Bytes to the tree of a 1.8 file: records, fields, and lists whose rows are left where they are.

use std::io::Read;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Error;
use crate::flat::MAX_COLUMNS;
use crate::lexer::{Kind, Lexer, Mark, Token};
use crate::statement::{Statement, Value};
use crate::text::decode;

/// Records within records; real files have four levels.
const MAX_DEPTH: usize = 32;

/// Records, fields, lists and values of fields of one file.
const MAX_NODES: usize = 1 << 20;

/// `Record name "id" { ... }`
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub name: String,
    pub id: Option<Value>,
    pub place: Option<Place>,
    pub items: Vec<Item>,
}

/// What stands in a record, in the file's order.
#[derive(Debug)]
pub(crate) enum Item {
    Record(Record),
    Field(Statement),
    List(List),
}

/// `List name { Columns n { ... } Data m { ... } }`
#[derive(Debug)]
pub(crate) struct List {
    pub name: String,
    pub place: Place,
    /// Type and name of each column.
    pub columns: Vec<(String, String)>,
    /// Where its rows begin.
    pub body: Mark,
    /// How many there are; each ends with its `;`, the last one perhaps with the list.
    pub rows: u64,
}

/// The tree of a file, and whether it has its end.
#[derive(Debug)]
pub(crate) struct Tree {
    pub root: Record,
    pub is_complete: bool,
}

/// Reads the tree behind the first word `Record`. The lexer must hold the whole file.
pub(crate) fn read<R: Read>(
    lexer: &mut Lexer<R>,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> Result<Tree, Error> {
    let mut parser = Parser {
        lexer,
        diagnostics,
        nodes: 0,
    };
    let mut root = Record {
        place: Some(place),
        ..Record::default()
    };
    let is_whole = parser.record(&mut root, 0)?.is_some();
    let is_complete = is_whole && parser.end_of_file()?;
    Ok(Tree { root, is_complete })
}

struct Parser<'a, R> {
    lexer: &'a mut Lexer<R>,
    diagnostics: &'a mut Diagnostics,
    nodes: usize,
}

/// `None` where the file is cut off: what was read until there is kept.
type Whole<T> = Result<Option<T>, Error>;

/// Takes a value, or leaves the function because the file is cut off.
macro_rules! whole {
    ($value:expr) => {
        match $value? {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}

impl<R: Read> Parser<'_, R> {
    /// Name, id and content of a record.
    fn record(&mut self, record: &mut Record, depth: usize) -> Whole<()> {
        if depth > MAX_DEPTH {
            let message = format!("records are nested deeper than {MAX_DEPTH}");
            return Err(Diagnostic::error("nested-too-deep", self.lexer.place(), message).into());
        }
        record.name = whole!(self.value("the name of a record")).text;
        let mut token = whole!(self.token());
        if token.is_value() {
            record.id = Some(self.value_of(token));
            token = whole!(self.token());
        }
        if !token.is(b'{') {
            return Err(self.unexpected(token, "`{`"));
        }
        self.items(record, depth)
    }

    fn items(&mut self, record: &mut Record, depth: usize) -> Whole<()> {
        loop {
            self.count_node()?;
            let token = whole!(self.token());
            if token.is(b'}') {
                return Ok(Some(()));
            }
            if token.is(b';') {
                continue;
            }
            let word = self.lexer.bytes(token);
            if token.kind == Kind::Word && word.eq_ignore_ascii_case(b"Field") {
                record
                    .items
                    .push(Item::Field(whole!(self.field(token.place))));
            } else if token.kind == Kind::Word && word.eq_ignore_ascii_case(b"List") {
                let (list, is_whole) = whole!(self.list(token.place));
                record.items.push(Item::List(list));
                if !is_whole {
                    return Ok(None);
                }
            } else if token.kind == Kind::Word && word.eq_ignore_ascii_case(b"Record") {
                let mut inner = Record {
                    place: Some(token.place),
                    ..Record::default()
                };
                let is_whole = self.record(&mut inner, depth + 1)?.is_some();
                record.items.push(Item::Record(inner));
                if !is_whole {
                    return Ok(None);
                }
            } else {
                return Err(self.unexpected(token, "Record, Field, List or `}`"));
            }
        }
    }

    fn field(&mut self, place: Place) -> Whole<Statement> {
        let keyword = whole!(self.value("the name of a field")).text;
        let count = whole!(self.value("the number of a field's values"));
        whole!(self.mark(b'{', "`{`"));
        let mut values = Vec::new();
        loop {
            let token = whole!(self.token());
            match token.kind {
                Kind::Mark(b'}') => break,
                Kind::Mark(b',') => {}
                Kind::Mark(_) => return Err(self.unexpected(token, "a value, `,` or `}`")),
                _ => values.push(self.value_of(token)),
            }
            self.count_node()?;
        }
        self.compare(
            &count,
            values.len() as u64,
            &format!("field {keyword}"),
            "values",
        );
        Ok(Some(Statement {
            keyword,
            place,
            values,
        }))
    }

    /// A list, and whether it has its end.
    fn list(&mut self, place: Place) -> Whole<(List, bool)> {
        let name = whole!(self.value("the name of a list")).text;
        whole!(self.mark(b'{', "`{`"));
        whole!(self.word("Columns"));
        let count = whole!(self.value("the number of columns"));
        let columns = whole!(self.columns());
        self.compare(
            &count,
            columns.len() as u64,
            &format!("list {name}"),
            "columns",
        );
        whole!(self.word("Data"));
        let count = whole!(self.value("the number of rows"));
        whole!(self.mark(b'{', "`{`"));
        let body = self.lexer.mark();
        let (rows, is_whole) = self.rows(&name)?;
        let list = List {
            name,
            place,
            columns,
            body,
            rows,
        };
        if !is_whole {
            return Ok(Some((list, false)));
        }
        self.compare(&count, rows, &format!("list {}", list.name), "rows");
        Ok(Some((list, self.mark(b'}', "`}`")?.is_some())))
    }

    fn columns(&mut self) -> Whole<Vec<(String, String)>> {
        whole!(self.mark(b'{', "`{`"));
        let mut columns = Vec::new();
        loop {
            let token = whole!(self.token());
            match token.kind {
                Kind::Mark(b'}') => return Ok(Some(columns)),
                Kind::Mark(b',') => continue,
                Kind::Mark(_) => return Err(self.unexpected(token, "a column's type")),
                _ => {}
            }
            let kind = self.value_of(token).text;
            columns.push((kind, whole!(self.value("a column's name")).text));
            if columns.len() > MAX_COLUMNS {
                let message = format!("a list has more than {MAX_COLUMNS} columns");
                return Err(Diagnostic::error("columns-impossible", token.place, message).into());
            }
        }
    }

    /// Counts the rows of a list and goes behind it; whether the list has its end.
    fn rows(&mut self, name: &str) -> Result<(u64, bool), Error> {
        let mut rows = 0;
        let mut is_inside_row = false;
        let mut depth = 0_usize;
        loop {
            let token = self.lexer.next()?;
            match token.kind {
                Kind::End => return Ok((rows, false)),
                Kind::Mark(b'}') if depth == 0 => {
                    if is_inside_row {
                        let message = format!("the last row of list {name} is not ended by `;`");
                        let diagnostic =
                            Diagnostic::warning("semicolon-missing", token.place, message);
                        self.diagnostics
                            .add(diagnostic.expected("`;`").found("`}`"));
                    }
                    return Ok((rows + u64::from(is_inside_row), true));
                }
                Kind::Mark(b';') => {
                    rows += 1;
                    is_inside_row = false;
                    depth = 0;
                    continue;
                }
                Kind::Mark(b'{') => depth += 1,
                Kind::Mark(b'}') => depth -= 1,
                _ => {}
            }
            is_inside_row = true;
        }
    }

    /// `EndOfFile` behind the outermost record.
    fn end_of_file(&mut self) -> Result<bool, Error> {
        loop {
            let token = self.lexer.next()?;
            if token.kind == Kind::End {
                return Ok(false);
            }
            let word = self.lexer.bytes(token);
            if token.kind == Kind::Word && word.eq_ignore_ascii_case(b"EndOfFile") {
                return Ok(true);
            }
            if !token.is(b';') {
                return Err(self.unexpected(token, "EndOfFile"));
            }
        }
    }

    fn token(&mut self) -> Whole<Token> {
        let token = self.lexer.next()?;
        Ok((token.kind != Kind::End).then_some(token))
    }

    fn value(&mut self, expected: &str) -> Whole<Value> {
        let token = whole!(self.token());
        match token.is_value() {
            true => Ok(Some(self.value_of(token))),
            false => Err(self.unexpected(token, expected)),
        }
    }

    fn word(&mut self, expected: &str) -> Whole<()> {
        let token = whole!(self.token());
        match self
            .lexer
            .bytes(token)
            .eq_ignore_ascii_case(expected.as_bytes())
        {
            true => Ok(Some(())),
            false => Err(self.unexpected(token, expected)),
        }
    }

    fn mark(&mut self, mark: u8, expected: &str) -> Whole<()> {
        let token = whole!(self.token());
        match token.is(mark) {
            true => Ok(Some(())),
            false => Err(self.unexpected(token, expected)),
        }
    }

    fn value_of(&self, token: Token) -> Value {
        Value {
            text: decode(self.lexer.bytes(token)).into_owned(),
            is_quoted: token.kind == Kind::Quoted,
            place: token.place,
        }
    }

    /// Rows and values count, whatever the number in front of them says.
    fn compare(&mut self, said: &Value, found: u64, of: &str, what: &str) {
        if said.text.parse() != Ok(found) {
            let message = format!("{of} does not have as many {what} as it says");
            self.diagnostics.add(
                Diagnostic::warning("count-mismatch", said.place, message)
                    .expected(format!("{} {what}", said.text))
                    .found(format!("{found} {what}")),
            );
        }
    }

    fn count_node(&mut self) -> Result<(), Error> {
        self.nodes += 1;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the file has more than {MAX_NODES} records, fields and values");
        Err(Diagnostic::error("file-too-large", self.lexer.place(), message).into())
    }

    fn unexpected(&self, token: Token, expected: &str) -> Error {
        let found = match token.kind {
            Kind::Mark(mark) => format!("`{}`", char::from(mark)),
            _ => format!("\"{}\"", decode(self.lexer.bytes(token))),
        };
        Diagnostic::error("syntax", token.place, "this does not belong here")
            .expected(expected)
            .found(found)
            .into()
    }
}
