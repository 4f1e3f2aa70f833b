//! Writing flat files so that other tools read them: one statement a line, rows that begin with a
//! blank, the `;` on the last row, `EndOfFile;` with a newline.

use std::io::{self, Write};

use super::check_name;
use super::flat::{Body, FlatDocument, Statement};
use super::value::{Value, has_flat_end};

impl FlatDocument {
    /// Writes the file.
    ///
    /// # Errors
    /// When `out` fails, or with `InvalidInput` when a keyword cannot be written or `FileVersion`
    /// is not the first one.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if !self
            .statements
            .first()
            .is_some_and(|first| first.is("FileVersion"))
        {
            let message = "a KLARF file begins with FileVersion";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        for statement in &self.statements {
            write_statement(statement, out)?;
        }
        out.write_all(b"EndOfFile;\n")
    }
}

fn write_statement(statement: &Statement, out: &mut impl Write) -> io::Result<()> {
    check_name(statement.keyword(), has_flat_end)?;
    out.write_all(statement.keyword().as_bytes())?;
    match statement.body() {
        Body::Values(values)
            if statement.is("SummaryList") || statement.is("TestParametersList") =>
        {
            out.write_all(b"\n")?;
            write_values(values, out)?;
        }
        Body::Values(values) => write_values(values, out)?,
        Body::Table { width, values } => {
            write!(out, " {}", values.len() / width)?;
            if statement.is_spec() {
                write_values(values, out)?;
                out.write_all(b" ")?;
            } else {
                write_rows(values.chunks(*width), out)?;
            }
        }
        Body::Rows(rows) => write_rows(rows.iter().map(Vec::as_slice), out)?,
    }
    out.write_all(b";\n")
}

fn write_rows<'a>(rows: impl Iterator<Item = &'a [Value]>, out: &mut impl Write) -> io::Result<()> {
    for row in rows {
        out.write_all(b"\n")?;
        write_values(row, out)?;
    }
    Ok(())
}

fn write_values(values: &[Value], out: &mut impl Write) -> io::Result<()> {
    values.iter().try_for_each(|value| write!(out, " {value}"))
}
