//! Reads a map from an Arrow IPC stream, piece by piece as it comes in.
//!
//! Only what a map stream is made of is read: a schema with the columns of [`MAP_COLUMNS`], then record batches without
//! compression and without missing values. The generated types of `arrow-ipc` find the buffers; each column of a batch
//! is copied once, as a whole. Dictionaries and nested columns are refused.

mod framed;

use arrow_ipc::{MessageHeader, Precision, RecordBatch, Schema, Type};
use contract::analytics::WaferMap;
use contract::columns::{MAP_COLUMNS, MAP_HEAD, MapColumn};

use self::framed::{Framed, length, message_of};
use super::columns::{Columns, MapData};

/// More room than this is not made on the word of a head alone.
const MOST_EXPECTED: usize = 5_000_000;

/// Reads one stream.
#[derive(Default)]
pub struct Decoder {
    /// What has come in and is not read yet.
    pending: Vec<u8>,
    head: Option<WaferMap>,
    columns: Columns,
    has_ended: bool,
}

impl Decoder {
    /// Takes the next `length` bytes of the stream; `fill` writes them.
    ///
    /// # Errors
    /// When the stream is no map: a sentence that says what is wrong with it.
    pub fn push(&mut self, length: usize, fill: impl FnOnce(&mut [u8])) -> Result<(), String> {
        let before = self.pending.len();
        self.pending.resize(before + length, 0);
        fill(&mut self.pending[before..]);
        let mut done = 0;
        while !self.has_ended
            && let Some(message) = Framed::at(&self.pending[done..])?
        {
            let (metadata, body) = message.parts(&self.pending[done..]);
            match metadata {
                [] => self.has_ended = true,
                _ => take(&mut self.head, &mut self.columns, metadata, body)?,
            }
            done += message.length();
        }
        self.pending.drain(..done);
        Ok(())
    }

    /// Defects read so far.
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// Defects that the head promises; `None` before it is there.
    pub fn expected(&self) -> Option<usize> {
        self.head.as_ref().map(expected)
    }

    /// The map, when all of it was there.
    ///
    /// # Errors
    /// When the stream broke off.
    pub fn finish(self) -> Result<MapData, String> {
        let broke_off = || {
            format!(
                "the map broke off after {} defects: load it again",
                self.columns.len()
            )
        };
        if !self.has_ended {
            return Err(broke_off());
        }
        Ok(MapData {
            head: self.head.ok_or_else(broke_off)?,
            defects: self.columns,
            timing: None,
        })
    }
}

fn take(
    head: &mut Option<WaferMap>,
    columns: &mut Columns,
    metadata: &[u8],
    body: &[u8],
) -> Result<(), String> {
    let message = message_of(metadata)?;
    match (message.header_type(), &head) {
        (MessageHeader::Schema, None) => {
            let schema = message.header_as_schema();
            let read = head_of(schema.ok_or("the map's schema is empty")?)?;
            columns.reserve_exact(expected(&read).min(MOST_EXPECTED));
            *head = Some(read);
            Ok(())
        }
        (MessageHeader::RecordBatch, Some(_)) => {
            let batch = message.header_as_record_batch();
            take_batch(columns, batch.ok_or("a batch of the map is empty")?, body)
        }
        (other, _) => Err(format!("the map holds an unexpected message ({other:?})")),
    }
}

fn expected(head: &WaferMap) -> usize {
    let counted: i64 = head.types.iter().map(|kind| kind.count).sum();
    usize::try_from(counted).unwrap_or(0)
}

/// Checks names and types of the columns and reads the head.
fn head_of(schema: Schema<'_>) -> Result<WaferMap, String> {
    let fields = schema.fields().unwrap_or_default();
    if fields.len() != MAP_COLUMNS.len() {
        return Err(format!(
            "the map has {} columns, not {}",
            fields.len(),
            MAP_COLUMNS.len()
        ));
    }
    for (field, (name, column)) in fields.iter().zip(MAP_COLUMNS) {
        let found = field.name().unwrap_or_default();
        if found != name {
            return Err(format!(
                "the map has column `{found}` where `{name}` belongs"
            ));
        }
        if !is_of_type(field, column) || field.nullable() {
            return Err(format!("column `{name}` of the map is not {column:?}"));
        }
    }
    let entries = schema.custom_metadata().unwrap_or_default();
    let text = entries
        .iter()
        .find(|entry| entry.key() == Some(MAP_HEAD))
        .and_then(|entry| entry.value())
        .ok_or_else(|| format!("the map has no `{MAP_HEAD}`"))?;
    serde_json::from_str(text).map_err(|error| format!("`{MAP_HEAD}` of the map: {error}"))
}

fn is_of_type(field: arrow_ipc::Field<'_>, column: MapColumn) -> bool {
    let int = |bits: i32, signed: bool| {
        field
            .type_as_int()
            .is_some_and(|int| (int.bitWidth(), int.is_signed()) == (bits, signed))
    };
    match column {
        MapColumn::U8 => int(8, false),
        MapColumn::U16 => int(16, false),
        MapColumn::I32 => int(32, true),
        MapColumn::F32 => {
            field.type_type() == Type::FloatingPoint
                && field
                    .type_as_floating_point()
                    .is_some_and(|float| float.precision() == Precision::SINGLE)
        }
    }
}

fn take_batch(columns: &mut Columns, batch: RecordBatch<'_>, body: &[u8]) -> Result<(), String> {
    if batch.compression().is_some() {
        return Err("a batch of the map is compressed, which is left to HTTP".to_owned());
    }
    let rows = length(batch.length())?;
    let buffers = batch.buffers().unwrap_or_default();
    // Two for each column: which values are there (all), and the values.
    if buffers.len() != 2 * MAP_COLUMNS.len() {
        return Err(format!("a batch of the map has {} buffers", buffers.len()));
    }
    let values = |place: usize| {
        let (name, column) = MAP_COLUMNS[place];
        let buffer = buffers.get(2 * place + 1);
        let start = length(buffer.offset())?;
        let bytes = start
            .checked_add(rows * column.width())
            .and_then(|end| body.get(start..end));
        bytes.ok_or_else(|| format!("column `{name}` of a batch of the map is cut off"))
    };
    let missing = batch.nodes().unwrap_or_default();
    if missing.iter().any(|node| node.null_count() != 0) {
        return Err("a batch of the map has missing values".to_owned());
    }
    let u16s = |column: &mut Vec<u16>, bytes: &[u8]| {
        column.extend(as_chunks::<2>(bytes).map(u16::from_le_bytes));
    };
    let i32s = |column: &mut Vec<i32>, bytes: &[u8]| {
        column.extend(as_chunks::<4>(bytes).map(i32::from_le_bytes));
    };
    u16s(&mut columns.inspection, values(0)?);
    i32s(&mut columns.defect_no, values(1)?);
    i32s(&mut columns.x_nm, values(2)?);
    i32s(&mut columns.y_nm, values(3)?);
    i32s(&mut columns.die_x, values(4)?);
    i32s(&mut columns.die_y, values(5)?);
    let sizes = as_chunks::<4>(values(6)?).map(f32::from_le_bytes);
    columns.size_um.extend(sizes);
    u16s(&mut columns.kind, values(7)?);
    i32s(&mut columns.cluster_no, values(8)?);
    columns.status.extend_from_slice(values(9)?);
    Ok(())
}

/// Little-endian values, one after the other.
fn as_chunks<const WIDTH: usize>(bytes: &[u8]) -> impl ExactSizeIterator<Item = [u8; WIDTH]> + '_ {
    let (values, _) = bytes.as_chunks::<WIDTH>();
    values.iter().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, Float32Array, Int32Array, RecordBatch as Batch, UInt8Array, UInt16Array,
    };
    use arrow_ipc::writer::StreamWriter;
    use arrow_schema::{DataType, Field, Schema as ArrowSchema};

    use super::*;
    use crate::wafer::columns::tests::map;

    fn schema(change: impl FnOnce(&mut Vec<Field>)) -> ArrowSchema {
        let mut fields: Vec<Field> = MAP_COLUMNS
            .iter()
            .map(|(name, column)| {
                let kind = match column {
                    MapColumn::U8 => DataType::UInt8,
                    MapColumn::U16 => DataType::UInt16,
                    MapColumn::I32 => DataType::Int32,
                    MapColumn::F32 => DataType::Float32,
                };
                Field::new(*name, kind, false)
            })
            .collect();
        change(&mut fields);
        let head = &map(&[(0, 0.0, 0.0), (1, 0.0, 0.0)]).head;
        let head = serde_json::to_string(head).expect("a head is JSON");
        ArrowSchema::new_with_metadata(fields, HashMap::from([(MAP_HEAD.to_owned(), head)]))
    }

    /// Defects numbered `first` and up, each value told from the others by its number.
    fn batch(schema: &ArrowSchema, first: i32, count: i32) -> Batch {
        let whole = |step: i32| -> ArrayRef {
            Arc::new(Int32Array::from_iter_values(
                (first..first + count).map(|number| number * step),
            ))
        };
        let small = || -> ArrayRef {
            Arc::new(UInt16Array::from_iter_values(
                (first..first + count).map(|number| (number % 2) as u16),
            ))
        };
        let sizes = (first..first + count).map(|number| number as f32 / 4.0);
        let statuses = (first..first + count).map(|number| (number % 3) as u8);
        let columns: Vec<ArrayRef> = vec![
            small(),
            whole(1),
            whole(1_000_003),
            whole(-7),
            whole(2),
            whole(-2),
            Arc::new(Float32Array::from_iter_values(sizes)),
            small(),
            whole(5),
            Arc::new(UInt8Array::from_iter_values(statuses)),
        ];
        Batch::try_new(Arc::new(schema.clone()), columns).expect("columns fit the schema")
    }

    fn stream(schema: &ArrowSchema, batches: &[Batch]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = StreamWriter::try_new(&mut bytes, schema).expect("a schema");
        for batch in batches {
            writer.write(batch).expect("a batch");
        }
        writer.finish().expect("an end");
        drop(writer);
        bytes
    }

    /// Reads a stream in pieces of `length`.
    fn read(bytes: &[u8], length: usize) -> Result<MapData, String> {
        let mut decoder = Decoder::default();
        for piece in bytes.chunks(length) {
            decoder.push(piece.len(), |room| room.copy_from_slice(piece))?;
        }
        decoder.finish()
    }

    fn good() -> Vec<u8> {
        let schema = schema(|_| {});
        stream(&schema, &[batch(&schema, 1, 100), batch(&schema, 101, 37)])
    }

    #[test]
    fn every_value_arrives_however_the_stream_is_cut() {
        let bytes = good();
        for length in [3, 1_000, bytes.len()] {
            let map = read(&bytes, length).expect("a map");
            assert_eq!(map.head.wafer_id, "W1");
            assert_eq!(map.defects.len(), 137);
            let last = 136;
            assert_eq!(map.defects.id_of(last), Some((1, 137)));
            assert_eq!(
                (map.defects.x_nm[last], map.defects.y_nm[last]),
                (137_000_411, -959)
            );
            assert_eq!(
                (map.defects.die_x[last], map.defects.die_y[last]),
                (274, -274)
            );
            assert_eq!(
                (map.defects.size_um[last], map.defects.kind[last]),
                (34.25, 1)
            );
            assert_eq!(
                (map.defects.cluster_no[last], map.defects.status[last]),
                (685, 2)
            );
            assert_eq!(map.defects.id_of(99), Some((0, 100)));
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_no_map() {
        let bytes = good();
        for end in [0, 40, bytes.len() / 2, bytes.len() - 8, bytes.len() - 1] {
            let fault = read(&bytes[..end], 512).expect_err("not all of it");
            assert!(fault.contains("broke off"), "{fault}");
        }
    }

    #[test]
    fn columns_of_another_name_type_or_number_are_named() {
        type Spoil = fn(&mut Vec<Field>);
        let cases: [(Spoil, &str); 4] = [
            (
                |fields| fields[2] = Field::new("x", DataType::Int32, false),
                "column `x` where `x_nm` belongs",
            ),
            (
                |fields| fields[2] = Field::new("x_nm", DataType::Int64, false),
                "column `x_nm` of the map is not I32",
            ),
            (
                |fields| fields[9] = Field::new("status", DataType::UInt8, true),
                "column `status` of the map is not U8",
            ),
            (|fields| fields.truncate(9), "9 columns, not 10"),
        ];
        for (change, expected) in cases {
            let fault = read(&stream(&schema(change), &[]), 512).expect_err("another schema");
            assert!(fault.contains(expected), "{fault}");
        }
    }

    #[test]
    fn what_is_no_arrow_stream_is_refused_at_once() {
        let fault = read(b"{\"success\": true, \"data\": {}}", 10).expect_err("JSON");
        assert_eq!(fault, "the answer is no Arrow stream");
    }

    #[test]
    fn room_is_made_for_what_the_head_promises() {
        let mut decoder = Decoder::default();
        let bytes = good();
        decoder
            .push(bytes.len(), |room| room.copy_from_slice(&bytes))
            .expect("a map");
        assert_eq!((decoder.count(), decoder.expected()), (137, Some(2)));
    }
}
