//! `wafermaps klarf`: what is in a KLARF file, without a database.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use klarf::{Columns, DefectBatch, Diagnostic, Event, Reader, Severity, Version, Wafer};
use serde::Serialize;

/// Reads KLARF files and tells what is in them and what is wrong with them.
#[derive(Debug, Args)]
pub struct KlarfArgs {
    /// Files to read.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object a file, a line each.
    #[arg(long, conflicts_with = "defects")]
    json: bool,
    /// Every defect as CSV: file, wafer, number, position in mm from the wafer centre (notch down),
    /// then all columns as delivered. A new header line stands wherever the columns change.
    #[arg(long)]
    defects: bool,
    /// Reads a file that was cut off as far as it goes, instead of refusing it.
    #[arg(long)]
    accept_truncated: bool,
}

/// What a file holds, or why it was refused.
#[derive(Debug, Serialize)]
struct Summary {
    file: String,
    version: Option<Version>,
    lot: Option<String>,
    wafers: Vec<WaferSummary>,
    /// Why the file was refused; absent when it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Diagnostic>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, Serialize)]
struct WaferSummary {
    id: Option<String>,
    slot: Option<i32>,
    defect_count: u64,
    dies_in_plan: usize,
}

/// Reads every file and prints what was asked for.
///
/// The exit status is 0 when every file was read, 1 when one was refused. A refused file does not
/// keep the others from being read, and prints no defects.
#[must_use]
pub fn run(args: &KlarfArgs) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut table = DefectTable::default();
    let mut all_read = true;
    for path in &args.files {
        match report(args, path, &mut table, &mut out) {
            Ok(was_read) => all_read &= was_read,
            Err(error) if is_closed_pipe(&error) => return ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{}: {error:#}", path.display());
                all_read = false;
            }
        }
    }
    match out.flush() {
        Ok(()) if all_read => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Prints one file; whether it was read.
fn report(
    args: &KlarfArgs,
    path: &Path,
    table: &mut DefectTable,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let summary = summarise(path, args.accept_truncated)?;
    let was_read = summary.refused.is_none();
    if args.json {
        serde_json::to_writer(&mut *out, &summary)?;
        writeln!(out)?;
    } else if !args.defects {
        print(&summary, out)?;
    } else if was_read {
        // Only now: a malformed row late in the file refuses those before it too.
        table.write(path, out)?;
    } else if let Some(refused) = &summary.refused {
        out.flush()?;
        eprintln!("{}: refused: {refused}", summary.file);
    }
    Ok(was_read)
}

fn open(path: &Path) -> anyhow::Result<Reader<File>> {
    Ok(Reader::new(
        File::open(path).context("the file cannot be opened")?,
    ))
}

fn summarise(path: &Path, accept_truncated: bool) -> anyhow::Result<Summary> {
    let mut reader = open(path)?;
    let mut summary = Summary {
        file: path.display().to_string(),
        version: None,
        lot: None,
        wafers: Vec::new(),
        refused: None,
        diagnostics: Vec::new(),
    };
    loop {
        match reader.next_event() {
            Ok(Some(Event::Header(header))) => summary.version = Some(header.version),
            Ok(Some(Event::WaferEnd(end))) => {
                summary.lot = summary.lot.or_else(|| end.wafer.lot_id.clone());
                summary
                    .wafers
                    .push(WaferSummary::of(&end.wafer, end.defect_count));
            }
            Ok(Some(Event::End { complete: false })) if !accept_truncated => {
                let cut_off = |d: &&Diagnostic| d.code == "truncated";
                summary.refused = reader.diagnostics().iter().find(cut_off).cloned();
            }
            Ok(Some(Event::WaferStart(_) | Event::Defects(_) | Event::End { .. })) => {}
            Ok(None) => break,
            Err(klarf::Error::Io(error)) => return Err(error).context("reading failed"),
            Err(error) => {
                summary.refused = error.diagnostic().cloned();
                break;
            }
        }
    }
    summary.diagnostics = reader.diagnostics().to_vec();
    let refused = summary.refused.iter();
    let unlisted: Vec<_> = refused
        .filter(|fault| !summary.diagnostics.contains(fault))
        .cloned()
        .collect();
    summary.diagnostics.extend(unlisted);
    Ok(summary)
}

impl WaferSummary {
    fn of(wafer: &Wafer, defect_count: u64) -> Self {
        Self {
            id: wafer.wafer_id.clone(),
            slot: wafer.slot,
            defect_count,
            dies_in_plan: wafer.plan_dies().len(),
        }
    }
}

fn print(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let version = match summary.version {
        Some(version) => format!("KLARF {version}"),
        None => "no KLARF file".to_owned(),
    };
    let lot = summary.lot.as_deref().unwrap_or("-");
    writeln!(out, "{}: {version}, lot {lot}", summary.file)?;
    for wafer in &summary.wafers {
        let id = wafer.id.as_deref().unwrap_or("-");
        let slot = wafer
            .slot
            .map_or_else(|| "-".to_owned(), |slot| slot.to_string());
        let (defects, dies) = (wafer.defect_count, wafer.dies_in_plan);
        writeln!(
            out,
            "  wafer {id}, slot {slot}: {defects} defects, {dies} dies in the plan"
        )?;
    }
    for diagnostic in &summary.diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        writeln!(out, "  {severity}: {diagnostic} [{}]", diagnostic.code)?;
    }
    if let Some(refused) = &summary.refused {
        writeln!(out, "  refused: {refused}")?;
    }
    Ok(())
}

/// Defects as CSV, over several files.
#[derive(Debug, Default)]
struct DefectTable {
    /// Columns of the header line that was written last.
    columns: Option<Arc<Columns>>,
}

impl DefectTable {
    fn write(&mut self, path: &Path, out: &mut impl Write) -> anyhow::Result<()> {
        let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let file = path.display().to_string();
        let mut reader = open(path)?;
        let mut wafer_id = String::new();
        while let Some(event) = reader.next_event()? {
            match event {
                Event::WaferStart(wafer) => {
                    wafer_id = wafer.wafer_id.clone().unwrap_or_default();
                }
                Event::Defects(batch) => {
                    self.header(batch.columns(), &mut csv)?;
                    for row in 0..batch.len() {
                        write_defect(&mut csv, &file, &wafer_id, batch, row)?;
                    }
                }
                Event::Header(_) | Event::WaferEnd(_) | Event::End { .. } => {}
            }
        }
        csv.flush()?;
        Ok(())
    }

    fn header(
        &mut self,
        columns: &Arc<Columns>,
        csv: &mut csv::Writer<impl Write>,
    ) -> csv::Result<()> {
        if self.columns.as_ref() == Some(columns) {
            return Ok(());
        }
        let own = ["file", "wafer", "defect_no", "x_mm", "y_mm"];
        let delivered = columns.as_slice().iter().map(|column| column.name.as_str());
        csv.write_record(own.into_iter().chain(delivered))?;
        self.columns = Some(Arc::clone(columns));
        Ok(())
    }
}

fn write_defect(
    csv: &mut csv::Writer<impl Write>,
    file: &str,
    wafer_id: &str,
    batch: &DefectBatch,
    row: usize,
) -> csv::Result<()> {
    let defect = &batch.defects()[row];
    csv.write_field(file)?;
    csv.write_field(wafer_id)?;
    csv.write_field(defect.defect_no.to_string())?;
    csv.write_field(millimetres(defect.x_mm))?;
    csv.write_field(millimetres(defect.y_mm))?;
    for (_, text) in batch.texts(row) {
        csv.write_field(text.as_bytes())?;
    }
    csv.write_record(None::<&[u8]>)
}

/// Six decimals are nanometres, the unit of the finest family; empty where there is no position.
fn millimetres(value: Option<f64>) -> String {
    value.map_or_else(String::new, |mm| format!("{mm:.6}"))
}

/// Whether whoever reads our output has had enough (`wafermaps klarf ... | head`).
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let csv = cause
            .downcast_ref::<csv::Error>()
            .and_then(|error| match error.kind() {
                csv::ErrorKind::Io(error) => Some(error.kind()),
                _ => None,
            });
        io.or(csv) == Some(io::ErrorKind::BrokenPipe)
    })
}
