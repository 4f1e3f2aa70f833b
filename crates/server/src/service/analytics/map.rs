//! Wafer maps.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use contract::analytics::{MapDies, MapType, WaferMap, WaferMapQuery};
use contract::defect::{DefectChoice, DefectColumns};
use contract::inspection::Inspection;
use futures::Stream;
use sea_orm::ConnectionTrait;
use store::defect::Choice;
use store::stream::{MapBatch, Reader, Which};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::error::{ApiResult, Thing};
use crate::service::defect::types;
use crate::service::inspection;
use crate::stream::{self, ArrowBytes, BrokeOff, FIRST_ROWS, ROWS};
use crate::view::map::to_nanometres;
use crate::view::map_stream::MapEncoder;
use crate::{stream::Parts, view};

/// Defects on a map as JSON at most.
const DEFECTS_MOST: usize = 1_000_000;
/// Inspections stacked on one map at most, the latest.
const STACKED_MOST: u32 = 100;

/// What a map is of.
#[derive(Debug)]
pub enum MapOf<'a> {
    /// A wafer: its current inspections stacked, or one of them.
    Wafer(&'a str, &'a WaferMapQuery),
    /// One inspection.
    Inspection(Uuid),
}

/// The map as JSON holds it: defects and all, as far as there is room.
///
/// # Errors
/// When there is no such wafer or inspection, or a choice of defects breaks its rule.
pub async fn map(db: &store::Db, of: MapOf<'_>, choice: DefectChoice) -> ApiResult<WaferMap> {
    let choice = view::choice::choice(choice)?;
    let moment = store::analytics::one_moment(db).await?;
    let shown = Shown::find(&moment, of).await?;
    let mut head = shown.head(&moment, &choice).await?;
    let mut reader = shown.reader(choice);
    let mut drawing = Drawing::new(&head.types);
    while let Some(batch) = reader.next(&moment, ROWS).await? {
        drawing.append(batch);
    }
    head.types = drawing.types(head.types);
    head.left_out = drawing.left_out;
    head.defects = drawing.defects;
    Ok(head)
}

/// The map as an Arrow IPC stream: all its defects, a part at a time.
///
/// # Errors
/// As [`map`]. What fails later breaks the stream.
pub async fn map_stream(
    db: &store::Db,
    of: MapOf<'_>,
    choice: DefectChoice,
    permit: OwnedSemaphorePermit,
) -> ApiResult<impl Stream<Item = Result<Bytes, BrokeOff>> + 'static> {
    let choice = view::choice::choice(choice)?;
    let moment = store::analytics::one_moment(db).await?;
    let shown = Shown::find(&moment, of).await?;
    let encoder = Arc::new(MapEncoder::new(&shown.head(&moment, &choice).await?)?);
    let reader = shown.reader(choice);
    Ok(stream::body(permit, async move |parts| {
        send(&moment, reader, encoder, &parts).await?;
        Ok(moment.commit().await?)
    }))
}

async fn send(
    moment: &store::Tx,
    mut reader: Reader,
    encoder: Arc<MapEncoder>,
    parts: &Parts,
) -> anyhow::Result<()> {
    let mut bytes = ArrowBytes::new(&encoder.schema())?;
    let mut rows = FIRST_ROWS;
    while let Some(batch) = reader.next(moment, rows).await? {
        let encoder = encoder.clone();
        // Other requests wait for this thread.
        let encoded = spawn_blocking(move || {
            bytes.write(&encoder.batch(batch)?)?;
            let part = bytes.take()?;
            anyhow::Ok((bytes, part))
        });
        let (rest, part) = encoded.await??;
        bytes = rest;
        parts.put(part).await?;
        rows = ROWS;
    }
    bytes.finish()?;
    Ok(parts.put(bytes.take()?).await?)
}

/// Inspections on one map, oldest first.
struct Shown {
    wafer_id: String,
    wafer_diameter_mm: Option<f64>,
    inspections: Vec<Inspection>,
}

impl Shown {
    async fn find(db: &impl ConnectionTrait, of: MapOf<'_>) -> ApiResult<Self> {
        match of {
            MapOf::Wafer(wafer_id, query) => Self::of_wafer(db, wafer_id, query).await,
            MapOf::Inspection(id) => Self::of_inspection(db, id).await,
        }
    }

    async fn of_wafer(
        db: &impl ConnectionTrait,
        wafer_id: &str,
        query: &WaferMapQuery,
    ) -> ApiResult<Self> {
        let wafer = store::wafer::get(db, wafer_id).await?;
        let wafer = wafer.ok_or_else(|| Thing::Wafer.missing(wafer_id))?;
        let filter = store::Filter {
            wafers: vec![wafer.wafer_id.clone()],
            steps: query.step.clone(),
            superseded: query.inspection_id.is_some(),
            ..store::Filter::default()
        };
        let mut inspections = match query.inspection_id {
            Some(id) => {
                let row = store::inspection::row(db, id).await?;
                let row = row.filter(|row| row.wafer_id == wafer.wafer_id);
                let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
                vec![view::inspection::inspection(row)]
            }
            None => inspection::latest(db, &filter, STACKED_MOST).await?,
        };
        inspections.reverse();
        Ok(Self {
            wafer_id: wafer.wafer_id,
            wafer_diameter_mm: wafer.diameter_mm,
            inspections,
        })
    }

    async fn of_inspection(db: &impl ConnectionTrait, id: Uuid) -> ApiResult<Self> {
        let row = store::inspection::row(db, id).await?;
        let row = row.ok_or_else(|| Thing::Inspection.missing(id))?;
        let wafer = store::wafer::get(db, &row.wafer_id).await?;
        Ok(Self {
            wafer_id: row.wafer_id.clone(),
            wafer_diameter_mm: wafer.and_then(|wafer| wafer.diameter_mm),
            inspections: vec![view::inspection::inspection(row)],
        })
    }

    /// The map without its defects. The types are counted over the inspections, whatever else is chosen of them.
    async fn head(&self, db: &impl ConnectionTrait, choice: &Choice) -> ApiResult<WaferMap> {
        let latest = match self.inspections.last() {
            Some(latest) => store::inspection::get(db, latest.inspection_id).await?,
            None => None,
        };
        let (geometry, dies) = match &latest {
            Some(latest) => {
                let geometry = view::inspection::geometry(latest, self.wafer_diameter_mm);
                let dies = view::map::dies(latest, geometry.diameter_mm);
                (geometry, dies)
            }
            None => (
                view::inspection::outline(self.wafer_diameter_mm),
                MapDies::default(),
            ),
        };
        let ids: Vec<Uuid> = self
            .inspections
            .iter()
            .map(|one| one.inspection_id)
            .collect();
        let names = types(db).await?;
        let counts = store::stream::types(db, &ids, &choice.defect_types).await?;
        let types = counts.into_iter().map(|typed| {
            let (name, colour) = names.label(typed.defect_type_id);
            MapType {
                defect_type_id: typed.defect_type_id,
                name,
                colour,
                count: typed.count,
            }
        });
        Ok(WaferMap {
            wafer_id: self.wafer_id.clone(),
            dies,
            geometry,
            inspections: self.inspections.iter().map(view::map::inspection).collect(),
            types: types.collect(),
            defects: DefectColumns::default(),
            unplaced: store::stream::unplaced(db, &ids, choice).await?,
            left_out: 0,
        })
    }

    fn reader(&self, choice: Choice) -> Reader {
        let inspections = self.inspections.iter().map(|one| {
            let count = usize::try_from(one.defect_count).unwrap_or_default();
            (one.inspection_id, count)
        });
        Reader::new(inspections, Which::Placed(choice))
    }
}

/// Defects as they are gathered.
struct Drawing {
    defects: DefectColumns,
    /// Type to its place in the head.
    places: HashMap<i32, usize>,
    /// Defects by that place.
    counts: Vec<i64>,
    left_out: i64,
}

impl Drawing {
    fn new(types: &[MapType]) -> Self {
        let places = types.iter().enumerate();
        Self {
            defects: DefectColumns::default(),
            places: places
                .map(|(place, kind)| (kind.defect_type_id, place))
                .collect(),
            counts: vec![0; types.len()],
            left_out: 0,
        }
    }

    fn append(&mut self, batch: MapBatch) {
        let index = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        for row in 0..batch.defect_no.len() {
            if self.defects.defect_no.len() == DEFECTS_MOST {
                self.left_out += 1;
                continue;
            }
            // The counts by type are of the same moment: they know every type there is.
            let Some(&kind) = self.places.get(&batch.defect_type_id[row]) else {
                continue;
            };
            self.counts[kind] += 1;
            let defects = &mut self.defects;
            defects.inspection.push(index(batch.place[row]));
            defects.defect_no.push(batch.defect_no[row]);
            defects.x_mm.push(to_nanometres(batch.x_mm[row]));
            defects.y_mm.push(to_nanometres(batch.y_mm[row]));
            defects.kind.push(index(kind));
            defects.size_um.push(batch.size_um[row]);
            defects.cluster_no.push(batch.cluster_no[row]);
            defects.die_x.push(batch.die_x[row]);
            defects.die_y.push(batch.die_y[row]);
        }
    }

    /// Those of `types` that are drawn, with what is drawn of them, most defects first; the defects' own numbers follow.
    fn types(&mut self, types: Vec<MapType>) -> Vec<MapType> {
        let drawn = types.into_iter().zip(&self.counts).enumerate();
        let mut drawn: Vec<(usize, MapType)> = drawn
            .filter(|(_, (_, count))| **count > 0)
            .map(|(place, (kind, &count))| (place, MapType { count, ..kind }))
            .collect();
        drawn.sort_by_key(|(_, kind)| (-kind.count, kind.defect_type_id));
        let mut rank = vec![0; self.counts.len()];
        for (new, (old, _)) in drawn.iter().enumerate() {
            rank[*old] = u32::try_from(new).unwrap_or(u32::MAX);
        }
        for kind in &mut self.defects.kind {
            *kind = rank[*kind as usize];
        }
        drawn.into_iter().map(|(_, kind)| kind).collect()
    }
}
