#![doc = include_str!("../README.md")]

mod batch;
mod brace;
mod column;
mod diagnostic;
pub mod document;
mod error;
mod event;
mod facts;
mod flat;
mod frame;
mod keyword;
mod lexer;
mod number;
mod reader;
mod row;
mod statement;
mod tally;
mod text;
mod timestamp;
mod units;
mod wafer;

pub use batch::{Defect, DefectBatch, Image};
pub use column::{Column, Columns};
pub use diagnostic::{Diagnostic, Severity};
pub use document::{Document, read_document};
pub use error::Error;
pub use event::{Event, WaferEnd};
pub use frame::{Frame, MarkLocation, PlacedDie, Point};
pub use reader::Reader;
pub use timestamp::Timestamp;
pub use wafer::{
    Class, Die, Family, FileHeader, Keyword, Recipe, Station, Table, Test, Version, Wafer,
};
