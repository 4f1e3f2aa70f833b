//! Reading a whole file into values that tests can ask.

// Each test binary asks for some of this.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;

use klarf::{Defect, Diagnostic, Error, Event, Image, Reader, WaferEnd};

#[derive(Debug, PartialEq)]
pub struct Reading {
    pub wafers: Vec<ReadWafer>,
    pub complete: bool,
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Debug, PartialEq)]
pub struct ReadWafer {
    pub end: WaferEnd,
    pub defects: Vec<Defect>,
    pub columns: Vec<String>,
    pub texts: Vec<Vec<String>>,
    pub images: Vec<Vec<Image>>,
    pub image_files: Vec<Option<String>>,
}

impl Reading {
    /// The diagnostic with a code; there must be one.
    pub fn diagnostic(&self, code: &str) -> &Diagnostic {
        let found = self
            .diagnostics
            .iter()
            .find(|diagnostic| diagnostic.code == code);
        found.unwrap_or_else(|| panic!("no {code} in {:#?}", self.diagnostics))
    }

    pub fn has(&self, code: &str) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.code == code)
    }

    /// How many defects have each value, ordered by value.
    pub fn tally(&self, value: fn(&Defect) -> Option<i32>) -> Vec<(i32, usize)> {
        let mut counts = BTreeMap::new();
        for defect in self.wafers.iter().flat_map(|wafer| &wafer.defects) {
            *counts.entry(value(defect).expect("a value")).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}

impl ReadWafer {
    pub fn id(&self) -> &str {
        self.end.wafer.wafer_id.as_deref().unwrap_or_default()
    }

    pub fn defect(&self, defect_no: i32) -> &Defect {
        let found = self
            .defects
            .iter()
            .find(|defect| defect.defect_no == defect_no);
        found.expect("a defect with this number")
    }

    pub fn numbers(&self) -> Vec<i32> {
        self.defects.iter().map(|defect| defect.defect_no).collect()
    }

    pub fn dies(&self) -> usize {
        self.defects
            .iter()
            .map(|d| (d.die_x, d.die_y))
            .collect::<BTreeSet<_>>()
            .len()
    }

    pub fn positions(&self) -> Vec<(f64, f64)> {
        let position = |defect: &Defect| (defect.x_mm.expect("x"), defect.y_mm.expect("y"));
        self.defects.iter().map(position).collect()
    }

    pub fn largest_radius_mm(&self) -> f64 {
        self.positions()
            .iter()
            .map(|(x, y)| x.hypot(*y))
            .fold(0.0, f64::max)
    }
}

/// Reads everything.
pub fn read(source: impl Read) -> Result<Reading, Error> {
    let mut reader = Reader::new(source);
    let mut reading = Reading {
        wafers: Vec::new(),
        complete: false,
        diagnostics: Vec::new(),
    };
    let mut rows: Option<ReadWafer> = None;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Header(_) => {}
            Event::WaferStart(wafer) => {
                assert!(rows.is_none(), "a wafer begins before the other has ended");
                let end = WaferEnd {
                    wafer,
                    defect_count: 0,
                    is_complete: false,
                };
                rows = Some(ReadWafer {
                    end,
                    defects: Vec::new(),
                    columns: Vec::new(),
                    texts: Vec::new(),
                    images: Vec::new(),
                    image_files: Vec::new(),
                });
            }
            Event::Defects(batch) => {
                let rows = rows.as_mut().expect("a wafer has begun");
                rows.columns = batch
                    .columns()
                    .as_slice()
                    .iter()
                    .map(|column| column.name.clone())
                    .collect();
                rows.defects.extend(batch.defects());
                for row in 0..batch.len() {
                    rows.texts.push(
                        batch
                            .texts(row)
                            .map(|(_, text)| text.into_owned())
                            .collect(),
                    );
                    rows.images.push(batch.images(row).to_vec());
                    rows.image_files
                        .push(batch.image_file().map(|name| name.to_string()));
                }
            }
            Event::WaferEnd(end) => {
                let mut wafer = rows.take().expect("a wafer has begun");
                assert_eq!(end.defect_count, wafer.defects.len() as u64);
                wafer.end = end;
                reading.wafers.push(wafer);
            }
            Event::End { complete } => reading.complete = complete,
        }
    }
    reading.diagnostics = reader.diagnostics().to_vec();
    Ok(reading)
}

/// The folder with real files, where it exists.
pub fn real_folder() -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/klarf"
    ));
    let folder = std::env::var_os("WAFERMAPS_KLARF_SAMPLES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!(
        "skipped: no folder {} (WAFERMAPS_KLARF_SAMPLES)",
        folder.display()
    );
    None
}

/// A real file, where the folder exists.
pub fn sample(name: &str) -> Option<Vec<u8>> {
    let path = real_folder()?.join(name);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The folder of the repository's own samples.
pub fn own_folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/samples/klarf"
    ))
}

/// One of the repository's own samples.
pub fn own(name: &str) -> Vec<u8> {
    let path = own_folder().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
