//! EDX spectra of defects.

use bytes::Bytes;
use contract::defect::DefectId;
use contract::spectrum::{DefectSpectrum, SpectrumDetail};
use edx::{Options, Spectrum};
use sea_orm::ConnectionTrait;
use store::Db;
use store::object::Key;
use store::spectrum::{NewElement, NewSpectrum, Row};
use uuid::Uuid;

use super::audit::{self, Author};
use super::evidence::{Fault, Format, Intake, Refusal, Spool};
use super::{begin, commit, defect, image};
use crate::error::{ApiError, ApiResult, Thing};
use crate::view;

/// Characters of a title at most.
const TITLE: usize = 512;

/// Lists the spectra of a defect, in the order in which they came.
///
/// # Errors
/// When there is no such defect or the database fails.
pub async fn list(db: &impl ConnectionTrait, id: DefectId) -> ApiResult<Vec<DefectSpectrum>> {
    defect::find(db, id).await?;
    let rows = store::spectrum::list_of_defect(db, id.inspection_id, id.defect_no).await?;
    Ok(rows.into_iter().map(view::spectrum::spectrum).collect())
}

/// One spectrum as the database has it.
///
/// # Errors
/// When there is none or the database fails.
pub async fn row(db: &impl ConnectionTrait, spectrum_id: Uuid) -> ApiResult<Row> {
    let found = store::spectrum::get(db, spectrum_id).await?;
    found.ok_or_else(|| Thing::Spectrum.missing(spectrum_id))
}

/// One spectrum with its counts and what is found in them.
///
/// # Errors
/// When there is none, or database or object store fail.
pub async fn get(intake: &Intake, db: &Db, spectrum_id: Uuid) -> ApiResult<SpectrumDetail> {
    let row = row(db, spectrum_id).await?;
    let key = image::key(&row.spectrum.object_key)?;
    let content = intake.objects().get(&key, None).await?.bytes().await?;
    let read = intake
        .unblocked(&row.spectrum.file_name, move || {
            let spectrum = edx::msa::read(&content)?;
            let options = Options::default();
            let found = edx::identify(&spectrum, &options);
            Ok::<_, edx::msa::Error>((spectrum, found))
        })
        .await;
    // It was read when it was stored.
    let read = read.map_err(|refusal| ApiError::Internal(anyhow::Error::new(refusal)))?;
    let (spectrum, found) = read.map_err(|error| ApiError::Internal(anyhow::Error::new(error)))?;
    let shown = view::spectrum::spectrum(row);
    Ok(view::spectrum::detail(shown, spectrum, found))
}

/// A spectrum whose bytes are in the object store; nothing refers to them yet.
#[derive(Clone, Debug)]
pub struct StoredSpectrum(NewSpectrum);

/// Puts a spectrum to the object store, read and its elements identified.
///
/// # Errors
/// When the file is no EDX spectrum, or database or object store fail.
pub async fn take(
    intake: &Intake,
    db: &Db,
    id: DefectId,
    spool: Spool,
) -> Result<StoredSpectrum, Fault> {
    if spool.format != Format::Emsa {
        let rule = "is an image, not a spectrum (EMSA/MSA)";
        return Err(Refusal::file(&spool.name, rule).into());
    }
    let content = spool.read()?;
    let read = intake.unblocked(&spool.name, move || identify(&content));
    let read = read.await?;
    let (spectrum, elements) = read.map_err(|rule| Refusal::file(&spool.name, rule))?;
    let object_key = intake.put(db, &spool).await?;
    let file = (spool.name, object_key);
    Ok(StoredSpectrum(new_row(id, file, &spectrum, elements)))
}

/// The row of a spectrum whose file, by name and key, is stored; nobody added it yet.
pub(crate) fn new_row(
    id: DefectId,
    (file_name, object_key): (String, Key),
    spectrum: &Spectrum,
    elements: Vec<NewElement>,
) -> NewSpectrum {
    let title: String = spectrum.title.chars().take(TITLE).collect();
    let is_positive = |value: &f64| *value > 0.0;
    NewSpectrum {
        inspection_id: id.inspection_id,
        defect_no: id.defect_no,
        object_key,
        file_name,
        title: Some(title).filter(|title| !title.is_empty()),
        channels: i32::try_from(spectrum.counts.len()).unwrap_or(i32::MAX),
        energy_offset_kev: spectrum.energy_offset_kev,
        energy_per_channel_kev: spectrum.energy_per_channel_kev,
        beam_kv: spectrum.beam_energy_kev.filter(is_positive),
        live_time_s: spectrum.live_time_s.filter(|time| *time >= 0.0),
        total_counts: spectrum.total_counts(),
        created_by: None,
        elements,
    }
}

fn identify(content: &Bytes) -> Result<(Spectrum, Vec<NewElement>), String> {
    let spectrum = edx::msa::read(content).map_err(|error| format!("cannot be read: {error}"))?;
    if !spectrum.is_edx() {
        let kind = spectrum.keyword("SIGNALTYPE").unwrap_or_default();
        return Err(format!("is no EDX spectrum: its SIGNALTYPE is `{kind}`"));
    }
    let elements = elements(&spectrum);
    Ok((spectrum, elements))
}

/// The elements that a spectrum speaks for, as they are stored.
pub(crate) fn elements(spectrum: &Spectrum) -> Vec<NewElement> {
    let found = edx::identify(spectrum, &Options::default());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a weight needs no more digits"
    )]
    let element = |element: edx::ElementEvidence| NewElement {
        element: element.symbol.to_owned(),
        weight: element.weight.clamp(0.0, 1.0) as f32,
        significance: element.significance as f32,
        net_counts: element.net_counts,
    };
    found.elements.into_iter().map(element).collect()
}

/// Adds spectra to their defect: all or none. Those that it has already stay as they are. Returns those that were
/// sent, in their order.
///
/// # Errors
/// When there is no such defect, or the database fails.
pub async fn add(
    db: &Db,
    author: &Author,
    id: DefectId,
    spectra: Vec<StoredSpectrum>,
) -> ApiResult<Vec<DefectSpectrum>> {
    let spectra: Vec<_> = spectra
        .into_iter()
        .map(|StoredSpectrum(spectrum)| NewSpectrum {
            created_by: author.user_id(),
            ..spectrum
        })
        .collect();
    let tx = begin(db).await?;
    defect::find(&tx, id).await?;
    let inserted = store::spectrum::insert(&tx, &spectra).await?;
    let rows = store::spectrum::list_of_defect(&tx, id.inspection_id, id.defect_no).await?;
    let all: Vec<_> = rows.into_iter().map(view::spectrum::spectrum).collect();
    let mut sent = Vec::with_capacity(inserted.len());
    for spectrum in inserted {
        let Some(shown) = all.iter().find(|shown| shown.spectrum_id == spectrum.id) else {
            continue;
        };
        if spectrum.new {
            let after = audit::whole(shown);
            audit::record(&tx, author, "spectrum.create", spectrum.id, None, after).await?;
        }
        sent.push(shown.clone());
    }
    commit(tx).await?;
    Ok(sent)
}

/// Deletes a spectrum with its elements; its bytes go with a later sweep, unless another spectrum has the same.
///
/// # Errors
/// When there is none or the database fails.
pub async fn delete(db: &Db, author: &Author, spectrum_id: Uuid) -> ApiResult<()> {
    let tx = begin(db).await?;
    let before = view::spectrum::spectrum(row(&tx, spectrum_id).await?);
    store::spectrum::delete(&tx, spectrum_id).await?;
    let whole = audit::whole(&before);
    audit::record(&tx, author, "spectrum.delete", spectrum_id, whole, None).await?;
    commit(tx).await?;
    Ok(())
}
