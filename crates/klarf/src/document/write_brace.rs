//! Writing 1.8 files, indented by two blanks a level, with counts that are right.

use std::io::{self, Write};

use super::brace::{BraceDocument, Cell, Item, List, Record};
use super::check_name;
use super::value::{Value, has_brace_end};
use crate::batch::Image;

impl BraceDocument {
    /// Writes the file.
    ///
    /// # Errors
    /// When `out` fails, or with `InvalidInput` when a name cannot be written or the outermost
    /// record is no `FileRecord`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.root.name.eq_ignore_ascii_case("FileRecord") {
            let message = "a 1.8 file is a FileRecord";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        write_record(&self.root, 0, out)?;
        out.write_all(b"EndOfFile;\n")
    }
}

fn write_record(record: &Record, depth: usize, out: &mut impl Write) -> io::Result<()> {
    check_name(&record.name, has_brace_end)?;
    indent(depth, out)?;
    write!(out, "Record {}", record.name)?;
    if let Some(id) = &record.id {
        write!(out, " {id}")?;
    }
    out.write_all(b"\n")?;
    braces(depth, out, |out| {
        record
            .items
            .iter()
            .try_for_each(|item| write_item(item, depth + 1, out))
    })
}

fn write_item(item: &Item, depth: usize, out: &mut impl Write) -> io::Result<()> {
    match item {
        Item::Record(record) => write_record(record, depth, out),
        Item::List(list) => write_list(list, depth, out),
        Item::Field { name, values } => {
            check_name(name, has_brace_end)?;
            indent(depth, out)?;
            write!(out, "Field {name} {} {{", values.len())?;
            write_joined(values.iter().map(Value::to_string), out)?;
            out.write_all(b"}\n")
        }
    }
}

fn write_list(list: &List, depth: usize, out: &mut impl Write) -> io::Result<()> {
    check_name(&list.name, has_brace_end)?;
    indent(depth, out)?;
    writeln!(out, "List {}", list.name)?;
    braces(depth, out, |out| {
        indent(depth + 1, out)?;
        write!(out, "Columns {} {{ ", list.columns.len())?;
        for (kind, name) in &list.columns {
            check_name(kind, has_brace_end)?;
            check_name(name, has_brace_end)?;
        }
        write_joined(
            list.columns
                .iter()
                .map(|(kind, name)| format!("{kind} {name}")),
            out,
        )?;
        out.write_all(b" }\n")?;
        indent(depth + 1, out)?;
        writeln!(out, "Data {}", list.rows.len())?;
        braces(depth + 1, out, |out| {
            list.rows
                .iter()
                .try_for_each(|row| write_row(row, depth + 2, out))
        })
    })
}

fn write_row(row: &[Cell], depth: usize, out: &mut impl Write) -> io::Result<()> {
    indent(depth, out)?;
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            out.write_all(b" ")?;
        }
        match cell {
            Cell::Value(value) => write!(out, "{value}")?,
            Cell::Images(images) if images.is_empty() => out.write_all(b"N")?,
            Cell::Images(images) => {
                write!(out, "Images {} {{ ", images.len())?;
                write_joined(images.iter().map(image), out)?;
                out.write_all(b" }")?;
            }
        }
    }
    out.write_all(b";\n")
}

fn image(image: &Image) -> String {
    let text = |text: &Option<String>| Value::text(text.as_deref().unwrap_or_default());
    let (path, format, label) = (text(&image.path), text(&image.format), text(&image.label));
    format!("{path} {format} {} {label}", image.number)
}

fn write_joined(parts: impl Iterator<Item = String>, out: &mut impl Write) -> io::Result<()> {
    let mut separator = "";
    for part in parts {
        write!(out, "{separator}{part}")?;
        separator = ", ";
    }
    Ok(())
}

fn braces<W: Write>(
    depth: usize,
    out: &mut W,
    content: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    indent(depth, out)?;
    out.write_all(b"{\n")?;
    content(out)?;
    indent(depth, out)?;
    out.write_all(b"}\n")
}

fn indent(depth: usize, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{:width$}", "", width = 2 * depth)
}
