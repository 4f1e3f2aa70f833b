//! `wafermaps seed`: the synthetic fab into the database, with progress on the terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use store::Db;
use store::object::Objects;
use synth::{Fab, Plan, Truth};

use super::database::Database;
use super::evidence;
use crate::config::Place;
use crate::service::seed::{self, Seeding, Start};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How large: 1 has some 10,000 inspections and 115,000 defects, 100 a hundred times as many
    #[arg(long, default_value_t = 1.0, value_name = "N")]
    scale: f64,
    /// Which fab: the same seed makes the same one
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// File to write the truth to: what goes wrong in the fab, and how it is found (JSON)
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// Day on which the fab's twelve months end (UTC); today without it
    #[arg(long, value_name = "YYYY-MM-DD")]
    end: Option<NaiveDate>,
    /// Share of the defects that have a SEM image
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    images: f64,
    /// Share of those that have an EDX spectrum
    #[arg(long, default_value_t = 0.3, value_name = "SHARE")]
    spectra: f64,
    #[command(flatten)]
    place: Place,
}

/// 0 when the fab is in, or was before.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let plan = Plan {
        scale: args.scale,
        image_share: args.images,
        spectrum_share: args.spectra,
        ..Plan::new(
            args.seed,
            args.end.unwrap_or_else(|| Utc::now().date_naive()),
        )
    };
    let intake = evidence::intake(&args.place)?;
    let database = Database::open_migrated(&args.place).await?;
    let loaded = load(&database.db, intake.objects(), plan, args.end.is_none()).await;
    database.close().await?;
    let truth = loaded?;
    if let Some(file) = &args.truth {
        write_truth(file, &truth)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn load(db: &Db, objects: &Objects, plan: Plan, ends_today: bool) -> anyhow::Result<Truth> {
    match seed::start(db, plan, ends_today).await? {
        Start::Loaded(plan) => {
            println!(
                "the synthetic fab of seed {}, scale {} is there already",
                plan.seed, plan.scale
            );
            truth_of(plan)
        }
        Start::Seeding(seeding) => {
            let bar = progress_bar(seeding.lot_count());
            let drawing = tokio::spawn(draw(bar.clone(), Arc::clone(&seeding)));
            let loaded = seeding.run(db, objects).await;
            drawing.abort();
            let seconds = bar.elapsed().as_secs_f64();
            bar.finish_and_clear();
            let truth = loaded?;
            report(&truth, seconds);
            Ok(truth)
        }
    }
}

/// The truth about a fab that was loaded before.
fn truth_of(plan: Plan) -> anyhow::Result<Truth> {
    let fab = Fab::new(plan)?;
    let mut truth = Truth::new(&fab);
    fab.lots().for_each(|lot| truth.add(&fab, &lot));
    Ok(truth)
}

fn report(truth: &Truth, seconds: f64) {
    let counts = &truth.counts;
    println!(
        "{} lots, {} inspections of {} wafers, {} defects, {} images, {} spectra in {seconds:.1} s",
        counts.lots,
        counts.inspections,
        counts.inspected_wafers,
        counts.defects,
        counts.images,
        counts.spectra
    );
}

/// The file is complete or as it was.
fn write_truth(file: &Path, truth: &Truth) -> anyhow::Result<()> {
    let unwritable = || format!("{} cannot be written", file.display());
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, serde_json::to_vec_pretty(truth)?).with_context(unwritable)?;
    std::fs::rename(&beside, file).with_context(unwritable)
}

fn progress_bar(lots: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} lots {msg} {elapsed}");
    ProgressBar::new(u64::from(lots))
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn draw(bar: ProgressBar, seeding: Arc<Seeding>) {
    loop {
        let (lots, defects, images) = seeding.live().counts();
        bar.set_position(u64::from(lots));
        bar.set_message(format!("{defects} defects, {images} images"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
