//! Maps as an Arrow IPC stream: the columns of `contract::columns`, with the rest of the map in the schema's metadata.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use arrow_array::{ArrayRef, Float32Array, Int32Array, RecordBatch, UInt8Array, UInt16Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use contract::analytics::WaferMap;
use contract::columns::{MAP_COLUMNS, MAP_HEAD, MapColumn};
use store::stream::MapBatch;

/// Turns batches of one map's defects into batches of its stream.
#[derive(Debug)]
pub struct MapEncoder {
    schema: SchemaRef,
    /// Type to its place in the head.
    kinds: HashMap<i32, u16>,
}

impl MapEncoder {
    /// For the map of this head.
    ///
    /// # Errors
    /// When the head is no JSON or has more types than the stream can tell apart (65,536).
    pub fn new(head: &WaferMap) -> anyhow::Result<Self> {
        let fields = MAP_COLUMNS.map(|(name, column)| {
            let kind = match column {
                MapColumn::U8 => DataType::UInt8,
                MapColumn::U16 => DataType::UInt16,
                MapColumn::I32 => DataType::Int32,
                MapColumn::F32 => DataType::Float32,
            };
            Field::new(name, kind, false)
        });
        let metadata = HashMap::from([(MAP_HEAD.to_owned(), serde_json::to_string(head)?)]);
        let kinds = head.types.iter().enumerate();
        let kinds = kinds.map(|(place, kind)| Ok((kind.defect_type_id, u16::try_from(place)?)));
        Ok(Self {
            schema: Arc::new(Schema::new_with_metadata(fields.to_vec(), metadata)),
            kinds: kinds.collect::<anyhow::Result<_>>()?,
        })
    }

    /// Schema of the stream.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next batch of the stream.
    ///
    /// # Errors
    /// When a defect is of a type that the head does not have.
    pub fn batch(&self, batch: MapBatch) -> anyhow::Result<RecordBatch> {
        let places = batch.place.iter().map(|place| Ok(u16::try_from(*place)?));
        let places: anyhow::Result<Vec<u16>> = places.collect();
        let kinds = batch.defect_type_id.iter().map(|id| {
            let kind = self.kinds.get(id);
            kind.copied()
                .with_context(|| format!("the head has no type {id}"))
        });
        let kinds: anyhow::Result<Vec<u16>> = kinds.collect();
        let statuses = batch
            .review_status
            .iter()
            .map(|status| Ok(u8::try_from(*status)?));
        let statuses: anyhow::Result<Vec<u8>> = statuses.collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt16Array::from(places?)),
            Arc::new(Int32Array::from(batch.defect_no)),
            Arc::new(nanometres(&batch.x_mm)),
            Arc::new(nanometres(&batch.y_mm)),
            Arc::new(Int32Array::from(batch.die_x)),
            Arc::new(Int32Array::from(batch.die_y)),
            Arc::new(Float32Array::from(batch.size_um)),
            Arc::new(UInt16Array::from(kinds?)),
            Arc::new(Int32Array::from(batch.cluster_no)),
            Arc::new(UInt8Array::from(statuses?)),
        ];
        Ok(RecordBatch::try_new(self.schema(), columns)?)
    }
}

/// Whole nanometres: the positions lie within 2 m, where these fit.
fn nanometres(mm: &[f64]) -> Int32Array {
    mm.iter()
        .map(|mm| (mm * 1e6).round() as i32)
        .collect::<Vec<i32>>()
        .into()
}
