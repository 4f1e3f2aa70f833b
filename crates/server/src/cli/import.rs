//! `wafermaps import`: files and folders into the database, with progress on the terminal.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bytes::BytesMut;
use entity::import_file::{FileKind, ImportState};
use indicatif::{ProgressBar, ProgressStyle};
use store::Db;
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::database::Database;
use super::{bin_map, evidence, listed};
use crate::config::Place;
use crate::service::evidence::Intake;
use crate::service::import::{self, Incoming, Live, Order};

const CHUNK_BYTES: usize = 256 << 10;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// KLARF files, images that they list, and folders whose KLARF files are read (.klarf, .kla, .000 to .999). Images
    /// that lie beside a KLARF file that lists them come along by themselves. Bin maps (SINF, SEMI G85, SEMI E142), of wafers
    /// that are known or come with these files
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Keep what can be read of a file that was cut off, instead of refusing it
    #[arg(long)]
    accept_truncated: bool,
    #[command(flatten)]
    place: Place,
}

/// 0 when every file is in (or was before), 1 when one was refused.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (bin_maps, others): (Vec<_>, Vec<_>) = args
        .paths
        .iter()
        .cloned()
        .partition(|path| bin_map::is_bin_map(path));
    let files = with_images(files_of(&others)?)?;
    let intake = evidence::intake(&args.place)?;
    let database = Database::open_migrated(&args.place).await?;
    let imported = both(&database.db, &intake, &files, &bin_maps, &args).await;
    database.close().await?;
    imported
}

/// The inspections first: they make the wafers, and the die grids that bin maps are laid on.
async fn both(
    db: &Db,
    intake: &Intake,
    files: &[(PathBuf, u64)],
    bin_maps: &[PathBuf],
    args: &Args,
) -> anyhow::Result<ExitCode> {
    let imported = match files {
        [] => ExitCode::SUCCESS,
        _ => import_all(db, intake, files, args.accept_truncated).await?,
    };
    let mapped = bin_map::import_all(db, bin_maps).await?;
    Ok(match imported == ExitCode::SUCCESS {
        true => mapped,
        false => imported,
    })
}

async fn import_all(
    db: &Db,
    intake: &Intake,
    files: &[(PathBuf, u64)],
    accept_truncated: bool,
) -> anyhow::Result<ExitCode> {
    let total: u64 = files.iter().map(|(_, bytes)| bytes).sum();
    let order = Order {
        import_id: Uuid::now_v7(),
        created_by: None,
        bytes_total: Some(i64::try_from(total)?),
        accept_truncated,
    };
    let import_id = order.import_id;
    let running = import::start(db, intake, order).await?;
    let bar = progress_bar(total);
    let drawing = tokio::spawn(draw(bar.clone(), Arc::clone(running.live())));
    let mut folders = HashMap::new();
    for (path, _) in files {
        let next = u32::try_from(folders.len()).unwrap_or(u32::MAX);
        let folder = *folders.entry(path.parent()).or_insert(next);
        if !send(&running, path, folder).await? {
            break;
        }
    }
    let ended = running.finish().await;
    drawing.abort();
    bar.finish_and_clear();
    ended?;
    report(db, import_id).await
}

/// Sends one file; `false` when the import takes no more.
async fn send(running: &import::Running, path: &Path, folder: u32) -> anyhow::Result<bool> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut file = tokio::fs::File::open(path).await.with_context(unreadable)?;
    let (sender, chunks) = import::channel();
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if !running
        .file(Incoming {
            name,
            folder,
            chunks,
        })
        .await
    {
        return Ok(false);
    }
    loop {
        let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
        if file.read_buf(&mut chunk).await.with_context(unreadable)? == 0 {
            sender.finish().await;
            return Ok(true);
        }
        // A file that was refused wants no more bytes; the next one may.
        if !sender.send(chunk.freeze()).await {
            return Ok(true);
        }
    }
}

async fn report(db: &Db, import_id: Uuid) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for file in store::job::files(db, &[import_id]).await? {
        let name = &file.file_name;
        match file.state {
            ImportState::Imported if file.kind == FileKind::Image => {
                println!("{name}: {} images put to their defects", file.images);
            }
            ImportState::Imported => {
                println!("{name}: {} wafers, {} defects", file.wafers, file.defects);
            }
            ImportState::Duplicate => println!("{name}: known already, nothing added"),
            ImportState::Refused => {
                println!("{name}: refused: {}", refusal(&file));
                code = ExitCode::FAILURE;
            }
            ImportState::Cancelled | ImportState::Removed => {
                println!("{name}: stopped, nothing kept");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

/// Why a file was refused, with its place.
fn refusal(file: &entity::import_file::Model) -> String {
    let reason = file.error.as_deref().unwrap_or("no reason was noted");
    let last = file
        .diagnostics
        .as_array()
        .and_then(|noticed| noticed.last());
    let place = |name: &str| {
        last.and_then(|why| why[name].as_u64())
            .filter(|place| *place > 0)
    };
    match (place("line"), place("column")) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: {reason}"),
        _ => reason.to_owned(),
    }
}

/// The files, and those of the folders in the order of their names, each with its size.
fn files_of(paths: &[PathBuf]) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        if !about.is_dir() {
            files.push((path.clone(), about.len()));
            continue;
        }
        let entries = std::fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        let mut inside: Vec<_> = entries
            .iter()
            .map(std::fs::DirEntry::path)
            .filter(|path| is_klarf_name(path))
            .collect();
        anyhow::ensure!(!inside.is_empty(), "{} holds no KLARF file", path.display());
        inside.sort();
        for path in inside {
            let bytes = std::fs::metadata(&path)?.len();
            files.push((path, bytes));
        }
    }
    Ok(files)
}

/// The files, each with the images beside it that it lists, and each file once.
fn with_images(files: Vec<(PathBuf, u64)>) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let mut seen: BTreeSet<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    let mut all = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let images = listed::beside(&path);
        all.push((path, bytes));
        for image in images {
            if seen.insert(image.clone()) {
                let bytes = std::fs::metadata(&image)?.len();
                all.push((image, bytes));
            }
        }
    }
    Ok(all)
}

/// Extensions that tools write; in a folder the name has to tell, as anything may lie beside.
fn is_klarf_name(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let is_number = extension.len() == 3 && extension.bytes().all(|byte| byte.is_ascii_digit());
    path.is_file() && (is_number || extension == "klarf" || extension == "kla")
}

fn progress_bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {msg} {elapsed}");
    ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

async fn draw(bar: ProgressBar, live: Arc<Live>) {
    loop {
        let counts = live.counts();
        let seconds = bar.elapsed().as_secs_f64().max(0.001);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate is shown without decimals"
        )]
        let rate = counts.defects as f64 / seconds;
        bar.set_position(counts.bytes.unsigned_abs());
        bar.set_message(format!(
            "{} wafers, {} defects, {rate:.0}/s",
            counts.wafers, counts.defects
        ));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
