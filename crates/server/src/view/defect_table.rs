//! Defects as a table with one row each, for tools outside: an Arrow IPC stream or CSV, both with the same columns.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Float32Array, Float64Array, Int16Array, Int32Array, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::SecondsFormat;
use contract::defect::ReviewStatus;
use store::stream::{Column, Source, TableBatch};

use super::defect::Types;
use crate::stream::ArrowBytes;

/// How the table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// An Arrow IPC stream.
    Arrow,
    /// Text, with the names of the columns first.
    Csv,
}

/// Texts that repeat, as keys into a list of them.
fn text() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The columns, in this order: [`TableBytes`] writes them.
static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let columns = [
        ("inspection_id", text(), false),
        ("wafer_id", text(), false),
        ("lot_id", text(), false),
        ("step_id", text(), false),
        ("equipment_id", text(), true),
        ("inspected_at", time, false),
        ("defect_no", DataType::Int32, false),
        ("x_mm", DataType::Float64, true),
        ("y_mm", DataType::Float64, true),
        ("die_x", DataType::Int32, true),
        ("die_y", DataType::Int32, true),
        ("size_um", DataType::Float32, true),
        ("x_size_um", DataType::Float32, true),
        ("y_size_um", DataType::Float32, true),
        ("area_um2", DataType::Float32, true),
        ("defect_type", text(), false),
        ("defect_type_id", DataType::Int32, false),
        ("class_no", DataType::Int32, true),
        ("rough_bin", DataType::Int32, true),
        ("fine_bin", DataType::Int32, true),
        ("cluster_no", DataType::Int32, true),
        ("review_status", text(), false),
        ("severity", DataType::Int16, false),
    ];
    let fields = columns.map(|(name, kind, is_nullable)| Field::new(name, kind, is_nullable));
    Arc::new(Schema::new(fields.to_vec()))
});

/// Texts of some rows: each different one once.
#[derive(Debug)]
struct Texts {
    keys: Vec<Option<i32>>,
    values: ArrayRef,
}

impl Texts {
    fn new<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let mut places: HashMap<&str, i32> = HashMap::new();
        let mut values = Vec::new();
        let keys = texts.into_iter().map(|text| {
            let text = text?;
            let next = i32::try_from(values.len()).unwrap_or(i32::MAX);
            let place = *places.entry(text).or_insert(next);
            if place == next {
                values.push(text);
            }
            Some(place)
        });
        let keys = keys.collect();
        Self {
            keys,
            values: Arc::new(StringArray::from(values)),
        }
    }

    /// The texts at `places`. Columns of the same texts share the list of them, which goes out once.
    fn at(&self, places: impl Iterator<Item = usize>) -> anyhow::Result<ArrayRef> {
        let keys: Int32Array = places.map(|place| self.keys[place]).collect();
        let column = DictionaryArray::<Int32Type>::try_new(keys, self.values.clone());
        Ok(Arc::new(column?))
    }
}

/// What the rows say of their inspections.
#[derive(Debug)]
pub struct Inspections {
    sources: Vec<Source>,
    inspection_id: Texts,
    /// The ids and times as text, for CSV.
    written: Vec<(String, String)>,
    wafer_id: Texts,
    lot_id: Texts,
    step_id: Texts,
    equipment_id: Texts,
}

impl Inspections {
    /// Those that a reader was made for, in the same order.
    pub fn new(sources: Vec<Source>) -> Self {
        let written: Vec<(String, String)> = sources
            .iter()
            .map(|source| {
                let at = source.inspected_at;
                let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                (source.inspection_id.to_string(), at)
            })
            .collect();
        Self {
            inspection_id: Texts::new(written.iter().map(|(id, _)| Some(id.as_str()))),
            wafer_id: Texts::new(sources.iter().map(|source| Some(source.wafer_id.as_str()))),
            lot_id: Texts::new(sources.iter().map(|source| Some(source.lot_id.as_str()))),
            step_id: Texts::new(sources.iter().map(|source| Some(source.step_id.as_str()))),
            equipment_id: Texts::new(sources.iter().map(|source| source.equipment_id.as_deref())),
            written,
            sources,
        }
    }
}

/// Bytes of the table, as far as they are made.
pub struct TableBytes {
    writer: Writer,
    kinds: Kinds,
}

enum Writer {
    Arrow(Box<ArrowBytes>),
    Csv(Box<csv::Writer<Vec<u8>>>),
}

/// The defect types, and the words of review.
struct Kinds {
    types: Types,
    /// Type to its place in `named`.
    places: HashMap<i32, usize>,
    named: Vec<(i32, String)>,
    names: Texts,
    statuses: Texts,
}

impl TableBytes {
    /// Begins the table; `types` are all that there are.
    ///
    /// # Errors
    /// When the names of the columns cannot be written.
    pub fn new(form: TableForm, types: Types) -> anyhow::Result<Self> {
        let named = types.names();
        let places = named.iter().enumerate();
        let kinds = Kinds {
            places: places.map(|(place, (id, _))| (*id, place)).collect(),
            names: Texts::new(named.iter().map(|(_, name)| Some(name.as_str()))),
            statuses: Texts::new(ReviewStatus::ALL.iter().map(|status| Some(status.as_str()))),
            named,
            types,
        };
        let writer = match form {
            TableForm::Arrow => Writer::Arrow(Box::new(ArrowBytes::new(&SCHEMA)?)),
            TableForm::Csv => {
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(SCHEMA.fields().iter().map(|field| field.name()))?;
                Writer::Csv(Box::new(writer))
            }
        };
        Ok(Self { writer, kinds })
    }

    /// Adds rows of these inspections.
    ///
    /// # Errors
    /// When a row is of a type that there is not, or cannot be written.
    pub fn write(&mut self, inspections: &Inspections, batch: &TableBatch) -> anyhow::Result<()> {
        match &mut self.writer {
            Writer::Arrow(bytes) => bytes.write(&record_batch(inspections, batch, &self.kinds)?),
            Writer::Csv(writer) => {
                let mut text = String::new();
                (0..batch.place.len()).try_for_each(|row| {
                    let row = Row {
                        inspections,
                        batch,
                        kinds: &self.kinds,
                        row,
                    };
                    row.write(writer, &mut text)
                })
            }
        }
    }

    /// Adds what marks the end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        match &mut self.writer {
            Writer::Arrow(bytes) => bytes.finish(),
            Writer::Csv(_) => Ok(()),
        }
    }

    /// Takes what was added since the last call.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(&mut self) -> anyhow::Result<Vec<u8>> {
        match &mut self.writer {
            Writer::Arrow(bytes) => bytes.take(),
            Writer::Csv(writer) => {
                let next = csv::Writer::from_writer(Vec::new());
                let full = std::mem::replace(&mut **writer, next);
                Ok(full.into_inner().map_err(|error| error.into_error())?)
            }
        }
    }
}

impl Kinds {
    fn place(&self, defect_type_id: i32) -> anyhow::Result<usize> {
        let place = self.places.get(&defect_type_id).copied();
        place.with_context(|| format!("there is no defect type {defect_type_id}"))
    }

    fn severity(&self, batch: &TableBatch, row: usize) -> i16 {
        let own = value(&batch.severity, row);
        let of_type = || self.types.severity(batch.defect_type_id.values[row]);
        own.unwrap_or_else(|| i16::try_from(of_type()).unwrap_or_default())
    }
}

fn value<T: Copy>(column: &Column<T>, row: usize) -> Option<T> {
    let is_there = column.valid.as_ref().is_none_or(|valid| valid[row]);
    is_there.then(|| column.values[row])
}

fn record_batch(
    inspections: &Inspections,
    batch: &TableBatch,
    kinds: &Kinds,
) -> anyhow::Result<RecordBatch> {
    macro_rules! column {
        ($array:ty, $column:expr) => {{
            let column = &$column;
            let array: ArrayRef = match &column.valid {
                None => Arc::new(<$array>::from(column.values.clone())),
                Some(_) => Arc::new(
                    (0..column.values.len())
                        .map(|row| value(column, row))
                        .collect::<$array>(),
                ),
            };
            array
        }};
    }
    let rows = 0..batch.place.len();
    let places = || batch.place.iter().copied();
    let times = places().map(|place| inspections.sources[place].inspected_at.timestamp_micros());
    let types = batch.defect_type_id.values.iter();
    let types: anyhow::Result<Vec<usize>> = types.map(|id| kinds.place(*id)).collect();
    let statuses = batch.review_status.values.iter();
    let statuses = statuses.map(|status| usize::try_from(*status).unwrap_or_default());
    let severities = rows.map(|row| kinds.severity(batch, row));
    let columns: Vec<ArrayRef> = vec![
        inspections.inspection_id.at(places())?,
        inspections.wafer_id.at(places())?,
        inspections.lot_id.at(places())?,
        inspections.step_id.at(places())?,
        inspections.equipment_id.at(places())?,
        Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")),
        column!(Int32Array, batch.defect_no),
        column!(Float64Array, batch.x_mm),
        column!(Float64Array, batch.y_mm),
        column!(Int32Array, batch.die_x),
        column!(Int32Array, batch.die_y),
        column!(Float32Array, batch.size_um),
        column!(Float32Array, batch.x_size_um),
        column!(Float32Array, batch.y_size_um),
        column!(Float32Array, batch.area_um2),
        kinds.names.at(types?.into_iter())?,
        column!(Int32Array, batch.defect_type_id),
        column!(Int32Array, batch.class_no),
        column!(Int32Array, batch.rough_bin),
        column!(Int32Array, batch.fine_bin),
        column!(Int32Array, batch.cluster_no),
        kinds.statuses.at(statuses)?,
        Arc::new(Int16Array::from_iter_values(severities)),
    ];
    Ok(RecordBatch::try_new(SCHEMA.clone(), columns)?)
}

/// One row of CSV.
struct Row<'a> {
    inspections: &'a Inspections,
    batch: &'a TableBatch,
    kinds: &'a Kinds,
    row: usize,
}

impl Row<'_> {
    /// Texts go out as they are: what begins like a formula is data, and only quoted where CSV needs it.
    fn write(&self, writer: &mut csv::Writer<Vec<u8>>, text: &mut String) -> anyhow::Result<()> {
        use std::fmt::Write as _;
        let Self {
            inspections,
            batch,
            kinds,
            row,
        } = *self;
        let place = batch.place[row];
        let source = &inspections.sources[place];
        let (id, at) = &inspections.written[place];
        let tool = source.equipment_id.as_deref().unwrap_or_default();
        for field in [
            id,
            &source.wafer_id,
            &source.lot_id,
            &source.step_id,
            tool,
            at,
        ] {
            writer.write_field(field)?;
        }
        // An empty field where there is no value.
        macro_rules! numbers {
            ($($column:ident),+) => {$(
                text.clear();
                if let Some(number) = value(&batch.$column, row) {
                    write!(text, "{number}")?;
                }
                writer.write_field(&*text)?;
            )+};
        }
        numbers!(
            defect_no, x_mm, y_mm, die_x, die_y, size_um, x_size_um, y_size_um, area_um2
        );
        let kind = kinds.place(batch.defect_type_id.values[row])?;
        writer.write_field(&kinds.named[kind].1)?;
        numbers!(defect_type_id, class_no, rough_bin, fine_bin, cluster_no);
        let status = usize::try_from(batch.review_status.values[row]).unwrap_or_default();
        writer.write_field(ReviewStatus::ALL[status].as_str())?;
        text.clear();
        write!(text, "{}", kinds.severity(batch, row))?;
        writer.write_field(&*text)?;
        Ok(writer.write_record(None::<&[u8]>)?)
    }
}
