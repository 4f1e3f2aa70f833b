//! The model of a 1.8 file: records, fields and lists in their order.

use super::Value;
use crate::batch::Image;

/// A file of the brace family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BraceDocument {
    /// The `FileRecord`.
    pub root: Record,
}

/// `Record name "id" { ... }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What kind of record it is.
    pub name: String,
    /// The version, lot, wafer or number of the test.
    pub id: Option<Value>,
    /// What it holds, in the file's order.
    pub items: Vec<Item>,
}

/// What stands in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A record within it.
    Record(Record),
    /// `Field name n { ... }`
    Field {
        /// Its name.
        name: String,
        /// Its values.
        values: Vec<Value>,
    },
    /// A table.
    List(List),
}

/// `List name { Columns n { ... } Data m { ... } }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub name: String,
    /// Type and name of each column.
    pub columns: Vec<(String, String)>,
    /// Its rows, one cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A number, a text or `NA`.
    Value(Value),
    /// The images of a column of type `ImageList`.
    Images(Vec<Image>),
}
