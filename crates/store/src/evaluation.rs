//! Imported inspections on their way past the control charts.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::{Filter, Result, analytics::Bucket, listen, sql::Sql};

/// An inspection that a chart has to judge, and the point that it lies in.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Judged {
    /// The inspection.
    pub inspection_id: Uuid,
    /// When it was made.
    pub inspected_at: DateTime<Utc>,
    /// Its wafer.
    pub wafer_id: String,
    /// Its lot, `''` without one.
    pub lot_id: String,
    /// Start of its shift, day or week; its own time for other points.
    pub bucket_at: DateTime<Utc>,
}

/// Lets inspections wait to be judged and tells the servers so when the transaction commits.
///
/// # Errors
/// [`crate::Error::Missing`] when an inspection does not exist.
pub async fn queue(db: &impl ConnectionTrait, inspections: &[Uuid]) -> Result<()> {
    if inspections.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("insert into chart_evaluation (inspection_id) select unnest(");
    sql.bind(inspections.to_vec())
        .push(") on conflict do nothing");
    sql.execute(db).await?;
    listen::notify(db, &listen::Event::Evaluate).await
}

/// Takes inspections that wait, the longest waiting first, at most `limit`. They are this transaction's until it ends:
/// others pass over them. Inspections whose adders are not computed yet wait on. Inspections that are being deleted are passed over too; their deletion takes them out.
///
/// # Errors
/// When the database fails.
pub async fn claim(tx: &impl ConnectionTrait, limit: u32) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        inspection_id: Uuid,
    }
    let mut sql = Sql::new(
        "select q.inspection_id from chart_evaluation q join inspection i on i.inspection_id = q.inspection_id
         where not exists (select from adder_queue a where a.wafer_id = i.wafer_id)
         order by q.queued_at, q.inspection_id limit ",
    );
    sql.bind(i64::from(limit))
        .push(" for update of q skip locked for key share of i skip locked");
    let rows: Vec<Id> = sql.all(tx).await?;
    Ok(rows.into_iter().map(|row| row.inspection_id).collect())
}

/// Takes inspections that were judged out of the queue.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &impl ConnectionTrait, inspections: &[Uuid]) -> Result<()> {
    let mut sql = Sql::new("delete from chart_evaluation where true");
    sql.and_any("inspection_id", inspections);
    sql.execute(tx).await.map(drop)
}

/// Which of the inspections lie under a filter, and in which points. Served by the key of `inspection`.
///
/// # Errors
/// When the database fails.
pub async fn judged(
    db: &impl ConnectionTrait,
    filter: &Filter,
    bucket: Option<Bucket>,
    inspections: &[Uuid],
) -> Result<Vec<Judged>> {
    let start = bucket.and_then(Bucket::start).unwrap_or("inspected_at");
    let mut sql = Sql::new(&format!(
        "select i.inspection_id, i.inspected_at, i.wafer_id, i.lot_id, {start} as bucket_at from inspection i"
    ));
    filter.push(&mut sql);
    sql.and_any("i.inspection_id", inspections);
    sql.push(" order by i.inspected_at, i.inspection_id");
    sql.all(db).await
}
