//! The task that writes: steps in, one transaction out.

use chrono_tz::Tz;
use contract::import::{Diagnostic, Severity};
use store::Db;
use store::ingest::File;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::facts;
use super::reading::{Step, WaferEnd};

/// Why loading gave up.
#[derive(Debug)]
pub(super) enum Fault {
    /// The file asks for what cannot be.
    Refused(Box<Diagnostic>),
    /// The database failed.
    Store(store::Error),
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A file's transaction, and what this side assumed of the wafer at hand.
#[derive(Debug)]
pub(super) struct Loading {
    pub file: File,
    db: Db,
    assumed: Vec<Diagnostic>,
}

impl Loading {
    pub async fn begin(db: &Db, job_id: Uuid) -> Result<Self, store::Error> {
        let file = File::begin(db, job_id).await?;
        Ok(Self {
            file,
            db: db.clone(),
            assumed: Vec::new(),
        })
    }

    /// Does what the reader asks for, until it asks no more.
    ///
    /// # Errors
    /// [`Fault`]; then nothing of the file may be kept.
    pub async fn run(&mut self, mut steps: mpsc::Receiver<Step>) -> Result<(), Fault> {
        while let Some(step) = steps.recv().await {
            match step {
                Step::Wafer(wafer, reply) => {
                    // The reader may have gone meanwhile; then no further step comes.
                    let _ = reply.send(self.wafer(&wafer).await?);
                }
                Step::Class(name, reply) => {
                    let _ = reply.send(self.file.defect_type_id(&name).await?);
                }
                Step::Rows(rows) => self.file.push(rows).await?,
                Step::References(references) => self.file.push_references(references).await?,
                Step::Rename { class_no, name } => {
                    let defect_type_id = self.file.defect_type_id(&name).await?;
                    self.file.retype(class_no, defect_type_id).await?;
                }
                Step::WaferEnd(end) => self.wafer_end(&end).await?,
            }
        }
        Ok(())
    }

    async fn wafer(&mut self, wafer: &klarf::Wafer) -> Result<Uuid, Fault> {
        if facts::is_analysis_only(wafer) {
            return Err(Fault::Refused(Box::new(analysis_only(wafer))));
        }
        let equipment = facts::equipment(wafer);
        let zone = match &equipment {
            // U+0000 is left out wherever it stands: the database cannot store it.
            Some(tool) => self.zone(&tool.equipment_id.replace('\0', "")).await?,
            None => Tz::UTC,
        };
        let (at, assumed) = facts::inspected_at(wafer, zone);
        self.assumed = assumed.into_iter().collect();
        Ok(self
            .file
            .start_wafer(facts::wafer(wafer, equipment, zone), at)
            .await?)
    }

    /// The zone in which a tool writes its times; UTC until somebody has said otherwise.
    async fn zone(&self, equipment_id: &str) -> Result<Tz, store::Error> {
        let known = store::equipment::get(&self.db, equipment_id).await?;
        Ok(known
            .and_then(|tool| tool.time_zone.parse().ok())
            .unwrap_or(Tz::UTC))
    }

    async fn wafer_end(&mut self, end: &WaferEnd) -> Result<(), Fault> {
        let facts = facts::inspection_end(end, &self.assumed);
        self.file.finish_wafer(facts).await?;
        Ok(())
    }
}

fn analysis_only(wafer: &klarf::Wafer) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: "no-inspection".to_owned(),
        line: wafer.line,
        column: 1,
        message: "the file holds columns to be joined to an inspection by defect number, but no inspection: \
                  importing it would count that inspection twice"
            .to_owned(),
        expected: Some("InspectionStationID, InspectionTest or DiePitch with SampleCenterLocation".to_owned()),
        found: None,
    }
}
