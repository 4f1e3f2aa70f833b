//! An import: several files one after the other, with progress that everybody can follow.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use entity::import_file::ImportState as FileState;
use entity::job::{ActiveModel, JobKind, JobState};
use store::ActiveValue::{NotSet, Set};
use store::Db;
use store::job::Progress;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::arrival::{Desk, Incoming, take};
use super::images::Images;
use super::progress::Live;
use crate::service::evidence::Intake;

/// How often progress is written and a wish to cancel is looked for.
const TICK: Duration = Duration::from_millis(500);

/// What an import is to be.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub import_id: Uuid,
    /// Who started it; none for the command line.
    pub created_by: Option<Uuid>,
    /// Bytes of all files together, where known.
    pub bytes_total: Option<i64>,
    /// Keep what can be read of a file that was cut off.
    pub accept_truncated: bool,
}

/// A running import. It goes on by itself; when the handle is dropped it takes no further file, and a
/// file that has not been sent whole is undone.
#[derive(Debug)]
pub struct Running {
    files: mpsc::Sender<Incoming>,
    task: JoinHandle<Result<JobState, store::Error>>,
    live: Arc<Live>,
}

impl Running {
    /// Hands over the next file; `false` when the import has ended already.
    pub async fn file(&self, file: Incoming) -> bool {
        self.files.send(file).await.is_ok()
    }

    /// Its counters.
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Says that no further file comes and waits for the end.
    ///
    /// # Errors
    /// When the database failed; the job says so too.
    pub async fn finish(self) -> Result<JobState, store::Error> {
        drop(self.files);
        self.task
            .await
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }
}

/// Starts an import.
///
/// # Errors
/// [`store::Error::Exists`] when there is an import with this id.
pub async fn start(db: &Db, intake: &Intake, order: Order) -> Result<Running, store::Error> {
    let job = ActiveModel {
        job_id: Set(order.import_id),
        kind: Set(JobKind::Import),
        state: Set(JobState::Running),
        created_by: Set(order.created_by),
        started_at: Set(Some(Utc::now())),
        bytes_total: Set(order.bytes_total),
        created_at: NotSet,
        finished_at: NotSet,
        updated_at: NotSet,
        bytes_done: NotSet,
        wafers: NotSet,
        defects: NotSet,
        cancel_requested: NotSet,
        error: NotSet,
        result: NotSet,
    };
    store::job::insert(db, job).await?;
    let live = Arc::new(Live::default());
    // One file waits at most: its sender is held up until the one before is in.
    let (files, queue) = mpsc::channel(1);
    let task = tokio::spawn(run(
        db.clone(),
        intake.clone(),
        order,
        queue,
        Arc::clone(&live),
    ));
    Ok(Running { files, task, live })
}

async fn run(
    db: Db,
    intake: Intake,
    order: Order,
    queue: mpsc::Receiver<Incoming>,
    live: Arc<Live>,
) -> Result<JobState, store::Error> {
    let ticker = tokio::spawn(tick(db.clone(), order.clone(), Arc::clone(&live)));
    let ended = take_all(&db, &intake, &order, queue, &live).await;
    ticker.abort();
    // A wish to cancel since the last tick counts: whoever cancels often hangs up at once.
    let asked = store::job::progress(&db, order.import_id, progress(&order, &live)).await;
    // Not being able to ask is no reason to leave the job running for ever.
    if matches!(asked, Ok(true)) {
        live.cancel();
    }
    let (state, error) = match &ended {
        Ok(files) => (state_of(files, &live), None),
        Err(error) => (JobState::Failed, Some(error.to_string())),
    };
    let last = progress(&order, &live);
    let noted = store::job::finish(&db, order.import_id, state, last, None, error.as_deref()).await;
    ended?;
    noted?;
    Ok(state)
}

async fn take_all(
    db: &Db,
    intake: &Intake,
    order: &Order,
    mut queue: mpsc::Receiver<Incoming>,
    live: &Arc<Live>,
) -> Result<Vec<FileState>, store::Error> {
    let desk = Desk {
        db: db.clone(),
        intake: intake.clone(),
        job_id: order.import_id,
        accept_truncated: order.accept_truncated,
        live: Arc::clone(live),
    };
    let mut images = Images::new(db, intake, order.import_id, order.created_by);
    let mut files = Vec::new();
    while let Some(file) = queue.recv().await {
        if live.is_cancelled() {
            break;
        }
        files.extend(take(&desk, file, &mut images).await?);
    }
    files.extend(images.finish(live).await?);
    Ok(files)
}

async fn tick(db: Db, order: Order, live: Arc<Live>) {
    loop {
        tokio::time::sleep(TICK).await;
        match store::job::progress(&db, order.import_id, progress(&order, &live)).await {
            Ok(true) => live.cancel(),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(import_id = %order.import_id, %error, "progress of an import was not noted")
            }
        }
    }
}

fn progress(order: &Order, live: &Live) -> Progress {
    let counts = live.counts();
    Progress {
        bytes_total: order.bytes_total,
        bytes_done: counts.bytes,
        wafers: counts.wafers,
        defects: counts.defects,
    }
}

fn state_of(files: &[FileState], live: &Live) -> JobState {
    let count = |state: FileState| files.iter().filter(|file| **file == state).count();
    let landed = count(FileState::Imported) + count(FileState::Duplicate);
    if live.is_cancelled() {
        JobState::Cancelled
    } else if count(FileState::Cancelled) > 0 {
        // Not cancelled, yet a file ended early: its sender has gone.
        JobState::Interrupted
    } else if landed == files.len() {
        JobState::Succeeded
    } else if landed > 0 {
        JobState::Partial
    } else {
        JobState::Failed
    }
}
