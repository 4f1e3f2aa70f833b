//! The thread that reads: KLARF in, steps for the database out.

use std::collections::HashMap;
use std::sync::Arc;

use klarf::{Defect, DefectBatch, Diagnostic, Event, Reader, Version, Wafer};
use store::ingest::{DefectRow, ReferenceRow, References, Rows};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::progress::Live;
use super::source::Source;
use crate::service::evidence::plain_name;

/// Bytes of encoded rows that are handed over at once; the store gathers them into statements.
const CHUNK_BYTES: usize = 1 << 20;

/// Columns that `defect` has a column for, or that position and die give back.
const STORED: [&str; 15] = [
    "DEFECTID",
    "XREL",
    "YREL",
    "XINDEX",
    "YINDEX",
    "XSIZE",
    "YSIZE",
    "DEFECTAREA",
    "DSIZE",
    "CLASSNUMBER",
    "TEST",
    "CLUSTERNUMBER",
    "ROUGHBINNUMBER",
    "FINEBINNUMBER",
    "IMAGECOUNT",
];

/// What the database has to do next. A step with a reply holds the reading up until it is done.
#[derive(Debug)]
pub(super) enum Step {
    /// A wafer begins; the reply is the id of its inspection.
    Wafer(Arc<Wafer>, oneshot::Sender<Uuid>),
    /// A class is met for the first time; the reply is its defect type.
    Class(String, oneshot::Sender<i32>),
    /// Defects of the wafer at hand.
    Rows(Rows),
    /// Images that those defects list.
    References(References),
    /// A class that was met before its name came up: its defects get another type.
    Rename { class_no: i32, name: String },
    /// The wafer is complete.
    WaferEnd(Box<WaferEnd>),
}

/// A complete wafer.
#[derive(Debug)]
pub(super) struct WaferEnd {
    pub wafer: Arc<Wafer>,
    pub diagnostics: Vec<Diagnostic>,
    pub extra_columns: Vec<String>,
}

/// How reading ended.
#[derive(Debug)]
pub(super) struct Reading {
    pub end: End,
    pub version: Option<Version>,
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Debug)]
pub(super) enum End {
    /// All of it was read.
    Complete,
    /// It was cut off; what is there was read.
    Truncated,
    /// It is no file to take results from.
    Refused(Diagnostic),
    /// Its bytes stopped coming.
    Broken(std::io::Error),
    /// The database side has given up; it knows why.
    Abandoned,
}

/// Reads a file to its end, on a thread that may block.
pub(super) fn read(source: Source, steps: mpsc::Sender<Step>, live: Arc<Live>) -> Reading {
    let mut reader = Reader::new(source);
    let mut sending = Sending::new(steps, live);
    let mut version = None;
    let mut told = 0;
    let end = loop {
        let mut ended = None;
        let sent = match reader.next_event() {
            Ok(Some(Event::Header(header))) => {
                version = Some(header.version);
                Ok(())
            }
            Ok(Some(Event::WaferStart(wafer))) => sending.start(wafer),
            Ok(Some(Event::Defects(batch))) => sending.defects(batch),
            Ok(Some(Event::WaferEnd(end))) => {
                ended = Some(end.wafer);
                Ok(())
            }
            Ok(Some(Event::End { complete: true })) | Ok(None) => break End::Complete,
            Ok(Some(Event::End { complete: false })) => break End::Truncated,
            Err(klarf::Error::Io(error)) => break End::Broken(error),
            Err(error) => match error.diagnostic() {
                Some(diagnostic) => break End::Refused(diagnostic.clone()),
                None => break End::Broken(std::io::Error::other(error)),
            },
        };
        // What came up since the wafer before belongs to this one.
        let finished = ended.map_or(Ok(()), |wafer| {
            let begin = std::mem::replace(&mut told, reader.diagnostics().len());
            sending.end(wafer, reader.diagnostics()[begin..].to_vec())
        });
        if sent.and(finished).is_err() {
            break End::Abandoned;
        }
    };
    Reading {
        end,
        version,
        diagnostics: reader.diagnostics().to_vec(),
    }
}

/// The database side has gone.
#[derive(Debug)]
struct Gone;

/// Turns what the reader yields into steps.
#[derive(Debug)]
struct Sending {
    steps: mpsc::Sender<Step>,
    live: Arc<Live>,
    /// Defect types by class name, over all wafers of the file.
    types: HashMap<String, i32>,
    wafer: Option<Current>,
}

/// The wafer at hand.
#[derive(Debug)]
struct Current {
    facts: Arc<Wafer>,
    inspection_id: Uuid,
    rows: Rows,
    references: References,
    /// Class number to the name it was taken for and its defect type.
    classes: HashMap<i32, (String, i32)>,
    /// Where each of `extra_columns` stands in the list at hand.
    extra: Vec<Option<usize>>,
    extra_columns: Vec<String>,
}

impl Sending {
    fn new(steps: mpsc::Sender<Step>, live: Arc<Live>) -> Self {
        Self {
            steps,
            live,
            types: HashMap::new(),
            wafer: None,
        }
    }

    fn send(&self, step: Step) -> Result<(), Gone> {
        self.steps.blocking_send(step).map_err(|_| Gone)
    }

    fn start(&mut self, facts: Arc<Wafer>) -> Result<(), Gone> {
        let (reply, inspection_id) = oneshot::channel();
        self.send(Step::Wafer(Arc::clone(&facts), reply))?;
        self.live.add_wafer();
        let inspection_id = inspection_id.blocking_recv().map_err(|_| Gone)?;
        self.wafer = Some(Current {
            facts,
            rows: Rows::new(inspection_id),
            inspection_id,
            references: References::new(inspection_id),
            classes: HashMap::new(),
            extra: Vec::new(),
            extra_columns: Vec::new(),
        });
        Ok(())
    }

    fn defects(&mut self, batch: &DefectBatch) -> Result<(), Gone> {
        let Some(mut wafer) = self.wafer.take() else {
            return Ok(());
        };
        wafer.note_columns(batch);
        for (row, defect) in batch.defects().iter().enumerate() {
            let class_no = defect.class_number.unwrap_or(0);
            let defect_type_id = match wafer.classes.get(&class_no) {
                Some((_, id)) => *id,
                None => self.classify(&mut wafer, class_no)?,
            };
            let texts = wafer.extra.iter().map(|&column| {
                column.map_or_else(Default::default, |column| batch.text(row, column))
            });
            wafer.rows.push(&stored(defect, defect_type_id), texts);
            wafer.note_images(batch, row, defect.defect_no);
            if wafer.rows.bytes().len() >= CHUNK_BYTES {
                self.flush(&mut wafer)?;
            }
        }
        self.live.add_defects(batch.len());
        self.wafer = Some(wafer);
        Ok(())
    }

    fn flush(&self, wafer: &mut Current) -> Result<(), Gone> {
        self.send(Step::Rows(wafer.rows.take()))?;
        let none = References::new(wafer.inspection_id);
        let references = std::mem::replace(&mut wafer.references, none);
        if references.is_empty() {
            return Ok(());
        }
        self.send(Step::References(references))
    }

    /// Finds the defect type of a class that this wafer has not met yet.
    fn classify(&mut self, wafer: &mut Current, class_no: i32) -> Result<i32, Gone> {
        let name = class_name(&wafer.facts, class_no);
        let id = match self.types.get(&name) {
            Some(id) => *id,
            None => {
                let (reply, id) = oneshot::channel();
                self.send(Step::Class(name.clone(), reply))?;
                id.blocking_recv().map_err(|_| Gone)?
            }
        };
        self.types.insert(name.clone(), id);
        wafer.classes.insert(class_no, (name, id));
        Ok(id)
    }

    fn end(&mut self, facts: Arc<Wafer>, diagnostics: Vec<Diagnostic>) -> Result<(), Gone> {
        let Some(mut wafer) = self.wafer.take() else {
            return Ok(());
        };
        self.flush(&mut wafer)?;
        for (class_no, (taken_for, _)) in wafer.classes {
            let name = class_name(&facts, class_no);
            if name != taken_for {
                self.send(Step::Rename { class_no, name })?;
            }
        }
        let extra_columns = wafer.extra_columns;
        self.send(Step::WaferEnd(Box::new(WaferEnd {
            wafer: facts,
            diagnostics,
            extra_columns,
        })))
    }
}

impl Current {
    /// Notes the images that a defect lists. Those without a file's name can never be found and are left out, as are
    /// more than one defect can number.
    fn note_images(&mut self, batch: &DefectBatch, row: usize, defect_no: i32) {
        let mut ordinal = 0_i16;
        for image in batch.images(row) {
            let named = image
                .path
                .as_deref()
                .or(batch.image_file().map(AsRef::as_ref));
            let Some(file_name) = named.filter(|name| !name.trim().is_empty()) else {
                continue;
            };
            let Some(next) = ordinal.checked_add(1) else {
                break;
            };
            ordinal = next;
            let kind = match &image.format {
                Some(format) => shortened(format, 64),
                None => image.kind.to_string(),
            };
            let label = image.label.as_deref().map(|label| shortened(label, 256));
            self.references.push(&ReferenceRow {
                defect_no,
                ordinal,
                file_name: &plain_name(file_name),
                image_no: image.number,
                image_type: Some(&kind),
                description: label.as_deref(),
            });
        }
    }

    /// Columns that a later list of the wafer adds come behind those of the first, so that each place
    /// in `extra` keeps its meaning.
    fn note_columns(&mut self, batch: &DefectBatch) {
        let columns = batch.columns();
        for column in columns.as_slice() {
            let is_known = |known: &str| known.eq_ignore_ascii_case(&column.name);
            if !STORED.into_iter().any(is_known)
                && !self.extra_columns.iter().any(|name| is_known(name))
            {
                self.extra_columns.push(column.name.clone());
            }
        }
        self.extra = self
            .extra_columns
            .iter()
            .map(|name| columns.position(name))
            .collect();
    }
}

/// A text of at most so many characters, without control characters.
fn shortened(text: &str, most: usize) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(most)
        .collect()
}

/// The name under which a class is counted. A number without a name keeps its number; 0, or none at
/// all, is not classified yet.
fn class_name(wafer: &Wafer, class_no: i32) -> String {
    match wafer.class(class_no).map(|class| class.name.trim()) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ if class_no == 0 => "Unclassified".to_owned(),
        _ => format!("Class {class_no}"),
    }
}

fn stored(defect: &Defect, defect_type_id: i32) -> DefectRow {
    DefectRow {
        defect_no: defect.defect_no,
        defect_type_id,
        x_mm: defect.x_mm,
        y_mm: defect.y_mm,
        die_x: defect.die_x,
        die_y: defect.die_y,
        size_um: defect.size_um,
        x_size_um: defect.x_size_um,
        y_size_um: defect.y_size_um,
        area_um2: defect.area_um2,
        class_no: defect.class_number,
        rough_bin: defect.rough_bin,
        fine_bin: defect.fine_bin,
        cluster_no: defect.cluster_no,
        test_no: defect.test,
        image_count: defect.image_count,
        confidence: None,
        review_status: 0,
    }
}
