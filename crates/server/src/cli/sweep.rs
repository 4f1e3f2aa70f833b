//! `wafermaps sweep`: removes content of the object store that nothing refers to.

use std::process::ExitCode;
use std::time::Duration;

use super::database::Database;
use super::evidence;
use crate::config::Place;
use crate::error::chain;
use crate::service::evidence::Intake;

/// Content is kept so long after it was last put, whoever refers to it: much longer than any upload takes.
const KEPT: Duration = Duration::from_secs(24 * 3600);

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Keep what is younger, in hours; anything that is being sent meanwhile has to be younger
    #[arg(long, default_value_t = 24, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=87_600))]
    older_than_hours: u64,
    #[command(flatten)]
    place: Place,
}

/// 0 when all content that is referred to is there, 1 when some is missing.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let intake = evidence::intake(&args.place)?;
    let database = Database::open_migrated(&args.place).await?;
    let older_than = Duration::from_secs(args.older_than_hours * 3600);
    let swept = store::object::sweep(&database.db, intake.objects(), older_than).await;
    database.close().await?;
    let swept = swept?;
    let waiting = intake.forget_waiting(older_than)?;
    println!(
        "removed {} entries, {} objects of {} bytes, {waiting} unfinished uploads",
        swept.rows, swept.objects, swept.bytes
    );
    for missing in &swept.missing {
        let found = missing
            .found
            .map_or("nothing".to_owned(), |bytes| format!("{bytes} bytes"));
        println!(
            "missing: {} of {} bytes: {found} found",
            missing.key, missing.bytes
        );
    }
    Ok(if swept.missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Sweeps every hour, for as long as the server runs.
pub async fn hourly(db: store::Db, intake: Intake) {
    let mut hourly = actix_web::rt::time::interval(Duration::from_secs(3600));
    loop {
        hourly.tick().await;
        match store::object::sweep(&db, intake.objects(), KEPT).await {
            Ok(swept) => {
                if !swept.missing.is_empty() {
                    let first = swept.missing[0].key.to_string();
                    tracing::error!(
                        missing = swept.missing.len(),
                        first,
                        "stored content is missing"
                    );
                }
                tracing::debug!(
                    swept.rows,
                    swept.objects,
                    swept.bytes,
                    "stored content was swept"
                );
            }
            Err(error) => {
                tracing::warn!(error = chain(&error), "stored content was not swept");
            }
        }
        if let Err(error) = intake.forget_waiting(KEPT) {
            tracing::warn!(%error, "unfinished uploads were not removed");
        }
    }
}
