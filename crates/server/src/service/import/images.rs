//! Images of an import: each meets the defects that list it, whichever comes first.
//!
//! A KLARF file lists images by name and page; names are those of its folder. An image that comes in the same upload is
//! put to every defect of these KLARF files that lists its name, before or behind them, whatever the case of its
//! letters. One that none of them lists is put to the one earlier import that waits for its name. Only pages that are
//! asked for are decoded. What is known of an image file is told when the import ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::defect::DefectId;
use contract::image::ImageOptions;
use contract::import::{Diagnostic, Severity};
use entity::image_reference::Model as Reference;
use entity::import_file::{FileKind, ImportState};
use sea_orm::TransactionTrait;
use serde_json::json;
use store::Db;
use store::image_reference::Resolved;
use store::ingest::Report;
use uuid::Uuid;

use super::progress::Live;
use crate::service::evidence::{Fault, Format, Intake, Refusal, Spool};
use crate::service::image;

/// Images of one import.
pub(super) struct Images {
    db: Db,
    intake: Intake,
    job_id: Uuid,
    created_by: Option<Uuid>,
    held: Vec<Held>,
    files: Vec<Listing>,
}

/// An image file that is here.
struct Held {
    folder: u32,
    spool: Arc<Spool>,
    /// Images that were put to their defects.
    put: u64,
    /// Whether a defect has it already.
    is_known: bool,
    noticed: Vec<Diagnostic>,
    refused: Option<Refusal>,
}

/// A KLARF file of this import that is in.
struct Listing {
    folder: u32,
    report_id: Uuid,
    inspection_ids: Vec<Uuid>,
}

impl Images {
    pub fn new(db: &Db, intake: &Intake, job_id: Uuid, created_by: Option<Uuid>) -> Self {
        Self {
            db: db.clone(),
            intake: intake.clone(),
            job_id,
            created_by,
            held: Vec::new(),
            files: Vec::new(),
        }
    }

    /// A KLARF file is in: images that came before it meet its defects.
    pub async fn listing(
        &mut self,
        folder: u32,
        report_id: Uuid,
        inspection_ids: Vec<Uuid>,
    ) -> Result<(), store::Error> {
        self.files.push(Listing {
            folder,
            report_id,
            inspection_ids,
        });
        let newest = self.files.len() - 1;
        for held in 0..self.held.len() {
            if self.held[held].folder == folder {
                self.meet(held, newest).await?;
            }
        }
        Ok(())
    }

    /// An image file is here: it meets the defects of the KLARF files before it.
    pub async fn image(&mut self, folder: u32, spool: Spool) -> Result<(), store::Error> {
        self.held.push(Held {
            folder,
            spool: Arc::new(spool),
            put: 0,
            is_known: false,
            noticed: Vec::new(),
            refused: None,
        });
        let held = self.held.len() - 1;
        for file in 0..self.files.len() {
            if self.files[file].folder == folder {
                self.meet(held, file).await?;
            }
        }
        Ok(())
    }

    /// Puts an image to the defects of a KLARF file that list it and have not met it yet.
    async fn meet(&mut self, held: usize, file: usize) -> Result<(), store::Error> {
        let inspections = self.files[file].inspection_ids.clone();
        let name = self.held[held].spool.name.clone();
        if self.held[held].refused.is_some() || inspections.is_empty() {
            return Ok(());
        }
        let names = [name.clone()];
        let waiting = store::image_reference::waiting(&self.db, &names, Some(&inspections)).await?;
        if waiting.is_empty() {
            let is_known = self
                .is_known(&name, &self.held[held].spool, &inspections)
                .await?;
            self.held[held].is_known |= is_known;
            return Ok(());
        }
        let put = self.put(held, waiting).await?;
        store::job::add_images(&self.db, self.files[file].report_id, put).await
    }

    /// Whether a defect of these inspections lists this name and has the very same file.
    async fn is_known(
        &self,
        name: &str,
        spool: &Spool,
        inspections: &[Uuid],
    ) -> Result<bool, store::Error> {
        let listed = store::image_reference::of_inspections(&self.db, inspections).await?;
        let met = listed.iter().find_map(|reference| {
            let is_name = reference.file_name.to_lowercase() == name.to_lowercase();
            reference.image_id.filter(|_| is_name)
        });
        let Some(image_id) = met else {
            return Ok(false);
        };
        let image = store::image::get(&self.db, image_id).await?;
        Ok(image.is_some_and(|row| row.image.original_key.ends_with(&spool.sha256)))
    }

    /// Puts an image to defects, all in one transaction; how many images that made. A fault of the file is kept with it.
    async fn put(&mut self, held: usize, waiting: Vec<Reference>) -> Result<u64, store::Error> {
        let spool = Arc::clone(&self.held[held].spool);
        match self.put_pages(&spool, waiting).await {
            Ok((put, mut noticed)) => {
                self.held[held].put += put;
                self.held[held].noticed.append(&mut noticed);
                Ok(put)
            }
            Err(Fault::Refused(why)) => {
                self.held[held].refused = Some(why);
                Ok(0)
            }
            Err(Fault::Store(error)) => Err(error),
            Err(Fault::Disk(error)) => Err(store::Error::File(error)),
        }
    }

    async fn put_pages(
        &self,
        spool: &Arc<Spool>,
        waiting: Vec<Reference>,
    ) -> Result<(u64, Vec<Diagnostic>), Fault> {
        let mut by_page: BTreeMap<u32, Vec<Reference>> = BTreeMap::new();
        for reference in waiting {
            let page = match spool.format {
                Format::Tiff => u32::try_from(reference.image_no).unwrap_or(0),
                // One image: its number counts the images of the defect.
                _ => 1,
            };
            by_page.entry(page).or_default().push(reference);
        }
        let (mut images, mut references, mut noticed) = (Vec::new(), Vec::new(), Vec::new());
        let mut opened = self.intake.open(&self.db, spool).await?;
        for (number, listed) in by_page {
            let (file, page) = self.intake.page(&self.db, opened, number).await?;
            opened = file;
            let Some(page) = page else {
                noticed.push(no_page(number, &listed));
                continue;
            };
            for reference in listed {
                let id = DefectId {
                    inspection_id: reference.inspection_id,
                    defect_no: reference.defect_no,
                };
                images.push(image::new(
                    id,
                    &page,
                    &ImageOptions::default(),
                    self.created_by,
                ));
                references.push(reference);
            }
        }
        let tx = self.db.begin().await.map_err(store::Error::from)?;
        let inserted = store::image::insert(&tx, images).await?;
        let resolved: Vec<_> = references
            .iter()
            .zip(inserted)
            .map(|(reference, image)| Resolved {
                inspection_id: reference.inspection_id,
                defect_no: reference.defect_no,
                ordinal: reference.ordinal,
                image_id: image.id,
            })
            .collect();
        let put = store::image_reference::resolve(&tx, &resolved).await?;
        tx.commit().await.map_err(store::Error::from)?;
        Ok((put, noticed))
    }

    /// Says that no further file comes, and what became of each image file; those that nobody in this import lists are
    /// offered to earlier ones.
    pub async fn finish(mut self, live: &Live) -> Result<Vec<ImportState>, store::Error> {
        let mut states = Vec::with_capacity(self.held.len());
        for held in 0..self.held.len() {
            let is_alone = {
                let held = &self.held[held];
                held.put == 0 && !held.is_known && held.refused.is_none() && held.noticed.is_empty()
            };
            if is_alone && !live.is_cancelled() {
                self.offer(held).await?;
            }
            let cancelled = is_alone && live.is_cancelled();
            states.push(self.report(held, cancelled).await?);
        }
        Ok(states)
    }

    /// Puts an image to the one earlier import that waits for its name.
    async fn offer(&mut self, held: usize) -> Result<(), store::Error> {
        let name = self.held[held].spool.name.clone();
        let names = std::slice::from_ref(&name);
        let waiting = store::image_reference::waiting(&self.db, names, None).await?;
        let inspections: BTreeSet<Uuid> = waiting.iter().map(|r| r.inspection_id).collect();
        let mut imports = BTreeMap::new();
        for id in inspections {
            if let Some(row) = store::inspection::get(&self.db, id).await? {
                let label = row.source_file.unwrap_or_else(|| "an import".to_owned());
                let wafers: &mut (String, Vec<String>) = imports
                    .entry((row.import_job_id, row.source_sha256))
                    .or_default();
                wafers.0 = label;
                wafers.1.push(row.wafer_id);
            }
        }
        if imports.len() == 1 {
            return self.put(held, waiting).await.map(drop);
        }
        let rule = match imports.len() {
            0 => "is listed by no KLARF file: neither by one of this import nor by an earlier one that waits for an image \
                  of this name. Send it to its defect, or together with the KLARF file that lists it"
                .to_owned(),
            many => {
                let candidates = imports.values().take(10);
                let candidates: Vec<_> = candidates
                    .map(|(file, wafers)| format!("`{file}` (wafer {})", wafers.join(", ")))
                    .collect();
                format!(
                    "is listed by {many} earlier imports: {}. Send it together with the KLARF file that it belongs to",
                    candidates.join("; ")
                )
            }
        };
        self.held[held].refused = Some(Refusal::file(name, rule));
        Ok(())
    }

    async fn report(&self, held: usize, cancelled: bool) -> Result<ImportState, store::Error> {
        let held = &self.held[held];
        let mut noticed = held.noticed.clone();
        // Pages that are listed and not there are a warning where others are.
        let is_useless = held.put == 0 && !held.is_known;
        let missed = if is_useless { noticed.pop() } else { None };
        let why = held.refused.as_ref().map(refusal).or(missed);
        let state = match &why {
            _ if cancelled => ImportState::Cancelled,
            Some(_) => ImportState::Refused,
            None if held.put == 0 => ImportState::Duplicate,
            None => ImportState::Imported,
        };
        noticed.extend(why.clone());
        let report = Report {
            file_name: held.spool.name.clone(),
            sha256: Some(held.spool.sha256.clone()),
            bytes: i64::try_from(held.spool.bytes).unwrap_or(i64::MAX),
            kind: FileKind::Image,
            klarf_version: None,
            images: i64::try_from(held.put).unwrap_or(i64::MAX),
            error: why.map(|why| why.message),
            diagnostics: json!(noticed),
        };
        store::job::insert_file(&self.db, report.row(self.job_id, state)).await?;
        Ok(state)
    }
}

fn no_page(page: u32, listed: &[Reference]) -> Diagnostic {
    let others = match listed.len() {
        0 | 1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let defect = listed.first().map_or(0, |reference| reference.defect_no);
    let message = format!("the file has no page {page}, which defect {defect}{others} lists");
    noticed(Severity::Warning, "no-page", message)
}

/// A refusal as reports show it.
pub(super) fn refusal(why: &Refusal) -> Diagnostic {
    noticed(Severity::Error, "refused-file", why.to_string())
}

fn noticed(severity: Severity, code: &str, message: String) -> Diagnostic {
    Diagnostic {
        severity,
        code: code.to_owned(),
        line: 0,
        column: 0,
        message,
        expected: None,
        found: None,
    }
}
