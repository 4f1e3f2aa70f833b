//! Loading the synthetic fab: its lots are made and loaded side by side, each in a transaction of its own, so that an
//! interrupted run leaves whole lots and the next one goes on where it stopped.

mod evidence;
mod facts;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use anyhow::{Context, bail};
use bytes::Bytes;
use chrono::{Duration, NaiveTime, Utc};
use entity::bin_map;
use entity::job::{self, JobKind, JobState};
use serde_json::{Value, json};
use store::ActiveValue::Set;
use store::Db;
use store::bulk::{Batch, Loader};
use store::job::Progress;
use store::object::Objects;
use synth::{Fab, Lot, Plan, Truth};
use tokio::task::JoinSet;
use uuid::Uuid;

use evidence::Drawn;
use facts::Rules;

/// Defects that a batch has, about: more save no time, and a batch waits in memory.
const BATCH_DEFECTS: u64 = 20_000;
/// Images and spectra that a batch has, about: some MB. Each batch flushes the disk once for them.
const BATCH_IMAGES: usize = 500;
/// Lots that a batch has at most.
const BATCH_LOTS: u32 = 32;

/// A fab that is being loaded.
#[derive(Debug)]
pub struct Seeding {
    fab: Fab,
    rules: Rules,
    /// Lots that an earlier run has loaded.
    known: HashSet<String>,
    truth: Mutex<Truth>,
    next: AtomicU32,
    live: Live,
}

/// How far the loading is.
#[derive(Debug, Default)]
pub struct Live {
    lots: AtomicU32,
    defects: AtomicU64,
    images: AtomicU64,
}

/// Lots, ready to be loaded.
#[derive(Debug, Default)]
struct Made {
    lots: u32,
    defects: u64,
    batch: Batch,
    /// What the batch's images and spectra refer to.
    contents: Vec<Bytes>,
}

/// What is to be done for a plan.
#[derive(Debug)]
pub enum Start {
    /// The database holds this fab already, whole.
    Loaded(Plan),
    /// It has to be loaded, or the rest of it.
    Seeding(Arc<Seeding>),
}

impl Live {
    /// Lots that are in, and defects and images that this run has loaded.
    #[must_use]
    pub fn counts(&self) -> (u32, u64, u64) {
        (
            self.lots.load(Ordering::Relaxed),
            self.defects.load(Ordering::Relaxed),
            self.images.load(Ordering::Relaxed),
        )
    }
}

/// Looks at what the database holds and prepares for the rest: tools, types, months, the job's record.
///
/// `ends_today` says that nobody asked for the plan's end: an earlier run that was interrupted is continued with its
/// own.
///
/// # Errors
/// When the database holds another synthetic fab, or fails.
pub async fn start(db: &Db, mut plan: Plan, ends_today: bool) -> anyhow::Result<Start> {
    let earlier = store::bulk::seed_jobs(db).await?;
    for job in &earlier {
        let theirs = planned(job).context("an earlier synthetic fab left no plan")?;
        if ends_today {
            plan.end = theirs.end;
        }
        if theirs != plan {
            bail!(
                "the database holds the synthetic fab of seed {}, scale {}, end {}, images {}, spectra {}; \
                 another one needs another database",
                theirs.seed,
                theirs.scale,
                theirs.end,
                theirs.image_share,
                theirs.spectrum_share
            );
        }
        if job.state == JobState::Succeeded {
            return Ok(Start::Loaded(plan));
        }
    }
    let fab = Fab::new(plan)?;
    let job_id = begin_job(db, &fab).await?;
    let jobs: Vec<Uuid> = earlier.iter().map(|job| job.job_id).collect();
    for job in &jobs {
        // Nobody works on it any more; it did not come to its end.
        store::job::finish(
            db,
            *job,
            JobState::Interrupted,
            Progress::default(),
            Some(json!({"plan": plan})),
            None,
        )
        .await?;
    }
    let type_ids = ensure_reference_data(db, &fab).await?;
    ensure_months(db, &plan).await?;
    Ok(Start::Seeding(Arc::new(Seeding {
        rules: Rules { job_id, type_ids },
        known: store::bulk::lots_of_jobs(db, &jobs).await?,
        truth: Mutex::new(Truth::new(&fab)),
        next: AtomicU32::new(0),
        live: Live::default(),
        fab,
    })))
}

impl Seeding {
    /// How far it is.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Lots in all.
    pub fn lot_count(&self) -> u32 {
        self.fab.lot_count()
    }

    /// Loads what is not there yet and tells the truth about the whole fab.
    ///
    /// # Errors
    /// When the database fails. The lots that are in stay.
    pub async fn run(self: &Arc<Self>, db: &Db, objects: &Objects) -> anyhow::Result<Truth> {
        let mut workers = JoinSet::new();
        // One more than there are cores: while one waits for the database, another makes lots.
        let count = available_parallelism().map_or(2, usize::from) + 1;
        for _ in 0..count {
            workers.spawn(Arc::clone(self).work(db.clone(), objects.clone()));
        }
        let mut ended = Ok(());
        while let Some(worker) = workers.join_next().await {
            // The others go no further than the batch at hand once one has failed.
            if let Err(error) = worker.map_err(anyhow::Error::from).flatten() {
                self.next.store(u32::MAX / 2, Ordering::Relaxed);
                ended = ended.and(Err(error));
            }
        }
        let state = if ended.is_ok() {
            JobState::Succeeded
        } else {
            JobState::Failed
        };
        let truth = self
            .truth
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        self.end_job(db, state, &truth, ended.as_ref().err())
            .await?;
        ended.map(|()| truth)
    }

    async fn work(self: Arc<Self>, db: Db, objects: Objects) -> anyhow::Result<()> {
        let loader = Loader::connect(&db).await?;
        loop {
            let own = Arc::clone(&self);
            let made = tokio::task::spawn_blocking(move || own.make()).await??;
            let Some(made) = made else {
                return Ok(());
            };
            if !made.contents.is_empty() {
                objects.put_many(&db, made.contents).await?;
            }
            let images = made.batch.images.len() as u64;
            loader.load(made.batch).await?;
            self.live.lots.fetch_add(made.lots, Ordering::Relaxed);
            self.live.defects.fetch_add(made.defects, Ordering::Relaxed);
            self.live.images.fetch_add(images, Ordering::Relaxed);
        }
    }

    /// The next lots, as a batch: `None` when all are made. Blocks a thread for the time that it takes to make them.
    ///
    /// # Errors
    /// When what the fab's probers write cannot be read.
    fn make(&self) -> anyhow::Result<Option<Made>> {
        let mut made = Made::default();
        while made.lots < BATCH_LOTS
            && made.defects < BATCH_DEFECTS
            && made.contents.len() < BATCH_IMAGES
        {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.fab.lot_count() {
                break;
            }
            let lot = self.fab.lot(number);
            self.truth
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(&self.fab, &lot);
            made.lots += 1;
            if !self.known.contains(&lot.lot_id) && !lot.inspections.is_empty() {
                made.defects += lot.defects() as u64;
                self.add(&mut made, &lot);
                made.batch.bin_maps.extend(self.bin_maps(&lot)?);
            }
        }
        Ok((made.lots > 0).then_some(made))
    }

    /// The bin maps of a lot, as files of a prober that are read like any others.
    fn bin_maps(&self, lot: &Lot) -> anyhow::Result<Vec<bin_map::ActiveModel>> {
        let tests = self.fab.wafer_tests(lot);
        let rows = tests
            .iter()
            .map(|test| facts::bin_map(&self.fab, lot, test));
        rows.collect()
    }

    fn add(&self, made: &mut Made, lot: &Lot) {
        let batch = &mut made.batch;
        let wafers = lot.wafers.iter();
        batch
            .wafers
            .extend(wafers.map(|wafer| facts::wafer(&self.fab, lot, wafer)));
        for inspection in &lot.inspections {
            let id = facts::inspection_id(&self.fab, lot, inspection);
            let row = facts::inspection(&self.fab, &self.rules, lot, inspection);
            batch.inspections.push(row);
            let rows = facts::defects(&self.rules, id, inspection);
            batch.defects.push((inspection.inspected_at, rows));
            let wafer = &lot.wafers[inspection.wafer];
            for defect in &inspection.defects {
                let drawn = Drawn::of(&self.fab, inspection, wafer, defect, id);
                let Some(Drawn { image, spectrum }) = drawn else {
                    continue;
                };
                made.contents.push(image.content);
                batch.images.push(image.row);
                if let Some(spectrum) = spectrum {
                    made.contents.push(spectrum.content);
                    batch.spectra.push(spectrum.row);
                }
            }
        }
    }

    async fn end_job(
        &self,
        db: &Db,
        state: JobState,
        truth: &Truth,
        error: Option<&anyhow::Error>,
    ) -> anyhow::Result<()> {
        let counts = &truth.counts;
        let progress = Progress {
            wafers: i64::try_from(counts.inspections)?,
            defects: i64::try_from(counts.defects)?,
            ..Progress::default()
        };
        let result = json!({"plan": self.fab.plan(), "counts": counts});
        let error = error.map(|error| format!("{error:#}"));
        store::job::finish(
            db,
            self.rules.job_id,
            state,
            progress,
            Some(result),
            error.as_deref(),
        )
        .await?;
        Ok(())
    }
}

/// The plan that a job was to carry out.
fn planned(job: &job::Model) -> Option<Plan> {
    let plan = job.result.as_ref()?.get("plan")?;
    serde_json::from_value(plan.clone()).ok()
}

async fn begin_job(db: &Db, fab: &Fab) -> anyhow::Result<Uuid> {
    let plan: Value = json!({"plan": fab.plan()});
    let job = job::ActiveModel {
        job_id: Set(Uuid::now_v7()),
        kind: Set(JobKind::Seed),
        state: Set(JobState::Running),
        started_at: Set(Some(Utc::now())),
        result: Set(Some(plan)),
        ..Default::default()
    };
    Ok(store::job::insert(db, job).await?.job_id)
}

/// Makes tools and types that are not there yet, and returns the types' ids by class number. Those that are there stay
/// as they are: somebody may have changed them.
async fn ensure_reference_data(db: &Db, fab: &Fab) -> anyhow::Result<Vec<i32>> {
    for tool in fab.equipment() {
        if store::equipment::get(db, tool.equipment_id)
            .await?
            .is_none()
        {
            store::equipment::insert(db, facts::equipment(tool)).await?;
        }
    }
    let known = store::defect_type::all(db).await?;
    let mut ids = Vec::new();
    for of in fab.defect_types() {
        let found = known
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(of.name));
        ids.push(match found {
            Some(found) => found.defect_type_id,
            None => {
                let made = store::defect_type::insert(db, facts::defect_type(of)).await?;
                made.defect_type_id
            }
        });
    }
    Ok(ids)
}

/// Months get their partitions before batches wait for each other over them.
async fn ensure_months(db: &Db, plan: &Plan) -> anyhow::Result<()> {
    let end = plan.end.and_time(NaiveTime::MIN).and_utc();
    for days in (0..=Plan::DAYS).step_by(14) {
        store::defect::ensure_partition(db, end - Duration::days(days)).await?;
    }
    store::defect::ensure_partition(db, end - Duration::days(Plan::DAYS)).await?;
    Ok(())
}
