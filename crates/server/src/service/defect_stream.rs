//! All defects of a list, as a stream.

use std::sync::Arc;

use bytes::Bytes;
use contract::defect::DefectQuery;
use futures::Stream;
use store::stream::{Reader, TableBatch, Which, sources};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::defect::{filter, types};
use crate::error::{ApiResult, Thing, invalid};
use crate::stream::{self, BrokeOff, FIRST_ROWS, Parts, ROWS};
use crate::view::defect_table::{Inspections, TableBytes, TableForm};

/// Inspections looked up at a time.
const INSPECTIONS: u32 = 2_000;

/// Defects that pass the filter of `query`, in the order of time and number.
///
/// # Errors
/// When the query asks for a page or breaks a rule, or its inspection does not exist. What fails later breaks the stream.
pub async fn stream(
    db: &store::Db,
    query: &DefectQuery,
    form: TableForm,
    permit: OwnedSemaphorePermit,
) -> ApiResult<impl Stream<Item = Result<Bytes, BrokeOff>> + 'static> {
    refuse_pages(query)?;
    let filter = filter(query)?;
    let moment = store::analytics::one_moment(db).await?;
    if let Some(id) = query.inspection_id {
        let found = store::inspection::row(&moment, id).await?;
        found.ok_or_else(|| Thing::Inspection.missing(id))?;
    }
    let bytes = TableBytes::new(form, types(&moment).await?)?;
    Ok(stream::body(permit, async move |parts| {
        send(&moment, &filter, bytes, &parts).await?;
        Ok(moment.commit().await?)
    }))
}

/// A stream holds all rows in one order: asking for some of them, or for another order, is a mistake.
fn refuse_pages(query: &DefectQuery) -> ApiResult<()> {
    let order = query.order.map(|order| format!("{order:?}").to_lowercase());
    let given = [
        ("page", query.page.map(|page| page.to_string())),
        ("per_page", query.per_page.map(|rows| rows.to_string())),
        ("cursor", query.cursor.clone()),
        ("sort", query.sort.clone()),
        ("order", order),
    ];
    match given.into_iter().find(|(_, value)| value.is_some()) {
        Some((name, value)) => {
            let rule =
                "goes with JSON only: Arrow and CSV hold all rows, in the order of time and number";
            Err(invalid(name, value, rule))
        }
        None => Ok(()),
    }
}

async fn send(
    moment: &store::Tx,
    filter: &store::defect::Filter,
    mut bytes: TableBytes,
    parts: &Parts,
) -> anyhow::Result<()> {
    let mut rows = FIRST_ROWS;
    let mut after: Option<Uuid> = None;
    loop {
        let found = sources(moment, filter, after, INSPECTIONS).await?;
        let Some(last) = found.last() else { break };
        after = Some(last.inspection_id);
        let counts = found.iter().map(|source| {
            let count = usize::try_from(source.defect_count).unwrap_or_default();
            (source.inspection_id, count)
        });
        let mut reader = Reader::new(counts, Which::Listed(filter.clone()));
        let inspections = Arc::new(Inspections::new(found));
        while let Some(batch) = reader.next::<TableBatch>(moment, rows).await? {
            let inspections = inspections.clone();
            // Other requests wait for this thread.
            let encoded = spawn_blocking(move || {
                bytes.write(&inspections, &batch)?;
                let part = bytes.take()?;
                anyhow::Ok((bytes, part))
            });
            let (rest, part) = encoded.await??;
            bytes = rest;
            parts.put(part).await?;
            rows = ROWS;
        }
    }
    bytes.finish()?;
    Ok(parts.put(bytes.take()?).await?)
}
