//! Answers as long as the data: which form the caller wants, and how its parts get from the database to the caller.
//!
//! The work of a stream runs in a task of its own and hands over one part at a time: it reads on only when the caller has
//! taken what came before, and ends when the caller goes away. A failure midway breaks the body, so that nobody takes a part
//! for the whole.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header as _, Quality};
use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::Schema;
use bytes::Bytes;
use contract::columns::{ARROW_STREAM, CSV};
use futures::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::error::{ApiError, ApiResult, chain};
use crate::request::request_id;

/// Defects of the first part: it is there soon.
pub const FIRST_ROWS: usize = 2_048;
/// Defects of the others: large enough that the cost of a query does not count, small enough that ten callers at once
/// take some 30 MB.
pub const ROWS: usize = 16_384;
/// How long a caller may take for one part; whoever takes longer holds a connection that others wait for.
const STALLED: Duration = Duration::from_secs(60);
/// How long to wait for a stream to end when too many are open.
const WAIT: Duration = Duration::from_secs(5);

/// What the caller wants defects as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON in our envelope.
    Json,
    /// An Arrow IPC stream.
    Arrow,
    /// A table as text.
    Csv,
}

impl Form {
    /// The form among `offered` that `accept` ranks first; JSON where it names none of them.
    pub fn of(req: &HttpRequest, offered: &[Self]) -> Self {
        let Ok(Accept(mut ranges)) = Accept::parse(req) else {
            return Self::Json;
        };
        ranges.retain(|range| range.quality != Quality::ZERO);
        let ranked = Accept(ranges).ranked();
        let named = ranked.iter().find_map(|range| match range.essence_str() {
            ARROW_STREAM => Some(Self::Arrow),
            CSV => Some(Self::Csv),
            "application/json" | "*/*" => Some(Self::Json),
            _ => None,
        });
        named
            .filter(|form| offered.contains(form))
            .unwrap_or(Self::Json)
    }
}

/// How many streams may run at a time: half of the connections, so that short questions always find one.
#[derive(Clone, Debug)]
pub struct Streams(Arc<Semaphore>);

impl Streams {
    /// For a pool of connections.
    pub fn new(db: &store::Db) -> Self {
        let connections = store::max_connections(db) as usize;
        Self(Arc::new(Semaphore::new((connections / 2).max(1))))
    }

    /// The right to one stream, until it is dropped.
    ///
    /// # Errors
    /// [`ApiError::TooManyStreams`] when none ends soon.
    pub async fn permit(&self) -> ApiResult<OwnedSemaphorePermit> {
        let permit = tokio::time::timeout(WAIT, self.0.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| ApiError::TooManyStreams)?;
        permit.map_err(|closed| ApiError::Internal(closed.into()))
    }
}

/// Where the work puts the parts of its answer; `None` is the end of it.
#[derive(Debug)]
pub struct Parts(mpsc::Sender<Option<Bytes>>);

/// The caller is there no more, or takes nothing.
#[derive(Debug, thiserror::Error)]
#[error("the caller takes no more")]
pub struct Gone;

/// The body ends here, but the answer does not; why, the log says.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off")]
pub struct BrokeOff;

impl Parts {
    /// Hands over a part once the caller has taken the one before.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn put(&self, part: Vec<u8>) -> Result<(), Gone> {
        if part.is_empty() {
            return Ok(());
        }
        self.send(Some(part.into())).await
    }

    async fn send(&self, part: Option<Bytes>) -> Result<(), Gone> {
        let sent = self.0.send_timeout(part, STALLED).await;
        sent.map_err(|_| Gone)
    }
}

/// The parts that `work` makes, as a body. Without the end of the work the body has none.
pub fn body<W: Future<Output = anyhow::Result<()>> + Send + 'static>(
    permit: OwnedSemaphorePermit,
    work: impl FnOnce(Arc<Parts>) -> W,
) -> impl Stream<Item = Result<Bytes, BrokeOff>> + 'static {
    let (sender, receiver) = mpsc::channel(1);
    let parts = Arc::new(Parts(sender));
    let work = work(parts.clone());
    let request_id = request_id();
    // Not as a local task: a connection cannot be given back when these are dropped, at the end of a worker.
    tokio::spawn(async move {
        match work.await {
            Ok(()) => drop(parts.send(None).await),
            Err(error) if error.is::<Gone>() => {
                tracing::debug!(request_id, "the caller of a stream has gone");
            }
            Err(error) => {
                tracing::error!(
                    request_id,
                    error = chain(error.as_ref()),
                    "stream broke off"
                );
            }
        }
        drop(permit);
    });
    futures::stream::unfold(Some(receiver), async |receiver| {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(part)) => Some((Ok(part), Some(receiver))),
            Some(None) => None,
            None => Some((Err(BrokeOff), None)),
        }
    })
}

/// Bytes of an Arrow IPC stream, as far as they are made.
pub struct ArrowBytes(StreamWriter<Vec<u8>>);

impl ArrowBytes {
    /// Begins with the schema.
    ///
    /// # Errors
    /// When the schema cannot be written.
    pub fn new(schema: &Schema) -> anyhow::Result<Self> {
        Ok(Self(StreamWriter::try_new(Vec::new(), schema)?))
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// When the batch cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        Ok(self.0.write(batch)?)
    }

    /// Adds the mark of the end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        Ok(self.0.finish()?)
    }

    /// Takes what was added since the last call.
    ///
    /// # Errors
    /// When the writer cannot be flushed.
    pub fn take(&mut self) -> anyhow::Result<Vec<u8>> {
        self.0.flush()?;
        Ok(std::mem::take(self.0.get_mut()))
    }
}
