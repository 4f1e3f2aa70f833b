//! `wafermaps attach`: images and spectra to a defect.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use contract::defect::DefectId;
use contract::image::{ImageKind, ImageOptions};
use contract::import::FileKind;
use store::Db;
use tokio::io::AsyncReadExt;

use super::database::Database;
use super::evidence;
use crate::config::Place;
use crate::error::ApiError;
use crate::service::audit::Author;
use crate::service::evidence::{Fault, Intake, Spool};
use crate::service::{defect, image, spectrum};

const CHUNK_BYTES: usize = 256 << 10;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The defect's id, as the API and its page show it
    defect_id: DefectId,
    /// Images (PNG, JPEG, TIFF) and EDX spectra (EMSA/MSA); content tells which
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the images were taken with: sem, optical, other
    #[arg(long, default_value = "sem")]
    kind: ImageKind,
    /// Side of a pixel in nm; without it, what the files themselves say
    #[arg(long, value_name = "NM")]
    pixel_size_nm: Option<f64>,
    #[command(flatten)]
    place: Place,
}

/// 0 when all files are with the defect, 1 when one was refused; then none is.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let intake = evidence::intake(&args.place)?;
    let database = Database::open_migrated(&args.place).await?;
    let attached = attach(&database.db, &intake, &args).await;
    database.close().await?;
    attached.map(|()| ExitCode::SUCCESS)
}

async fn attach(db: &Db, intake: &Intake, args: &Args) -> anyhow::Result<()> {
    let id = args.defect_id;
    defect::find(db, id).await.map_err(told)?;
    let (mut pages, mut spectra) = (Vec::new(), Vec::new());
    for path in &args.files {
        let file = read(intake, path).await?;
        match file.format.kind() {
            FileKind::Spectrum => {
                let taken = spectrum::take(intake, db, id, file).await;
                spectra.push(taken.map_err(refused)?);
            }
            _ => pages.extend(image::take(intake, db, file).await.map_err(refused)?),
        }
    }
    let options = ImageOptions {
        kind: Some(args.kind),
        pixel_size_nm: args.pixel_size_nm,
    };
    let author = Author::system();
    let images = image::add(db, &author, id, &pages, &options)
        .await
        .map_err(told)?;
    for image in images {
        println!("{}: image {}", image.file_name, image.image_id);
    }
    let spectra = spectrum::add(db, &author, id, spectra)
        .await
        .map_err(told)?;
    for spectrum in spectra {
        let elements = spectrum.elements.iter().map(|found| found.element.as_str());
        let elements: Vec<_> = elements.collect();
        let name = &spectrum.file_name;
        println!(
            "{name}: spectrum {}, {}",
            spectrum.spectrum_id,
            elements.join(" ")
        );
    }
    Ok(())
}

async fn read(intake: &Intake, path: &Path) -> anyhow::Result<Spool> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut file = tokio::fs::File::open(path).await.with_context(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut spooling = intake.spooling(&name);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk).await.with_context(unreadable)? {
            0 => return spooling.finish().await.map_err(refused),
            length => spooling.push(&chunk[..length]).await.map_err(refused)?,
        }
    }
}

fn refused(fault: Fault) -> anyhow::Error {
    match fault {
        Fault::Refused(why) => why.into(),
        Fault::Disk(error) => error.into(),
        Fault::Store(error) => error.into(),
    }
}

/// A refusal of a service; its cause too, which a client over HTTP is not told.
fn told(error: ApiError) -> anyhow::Error {
    match error {
        ApiError::Internal(error) => error,
        ApiError::Store(error) => error.into(),
        other => anyhow!("{other}"),
    }
}
