#![doc = include_str!("../README.md")]

mod array;
mod e142;
mod error;
mod findings;
mod g85;
mod model;
mod placing;
mod sinf;
mod xml;

pub use error::{Diagnostic, Error};
pub use model::{Axis, Bin, BinMap, BinType, Format, Origin, Quality, Reading, Reference};
pub use placing::{DieGrid, Misplaced, Placed, PlacedDie, Placement, place};

use findings::{Fault, Findings};

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// Reads a bin map file of any of the three formats.
///
/// # Errors
/// [`Error`] where the bytes are no bin map, or a die's place or code is in doubt.
/// # Example
/// ```
/// let file = b"WAFER:07\nFNLOC:180\nROWCT:1\nCOLCT:3\nBCEQU:01\nRowData:01 __ 02\n";
/// let reading = binmap::read(file)?;
/// let map = &reading.maps[0];
/// assert_eq!((map.columns, map.rows, map.dies()), (3, 1, 2));
/// assert_eq!(map.bin_at(0, 0).map(|bin| bin.quality), Some(binmap::Quality::Pass));
/// # Ok::<(), binmap::Error>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Reading, Error> {
    read_text(bytes).map_err(|fault| fault.in_bytes(bytes))
}

fn read_text(bytes: &[u8]) -> Result<Reading, Fault> {
    if bytes.len() > MAX_BYTES {
        let size = format!("{} bytes", bytes.len());
        return Err(Fault::at(0, "file", "has to be at most 32 MiB").found(size));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Fault::at(0, "file", "has to be UTF-8").found("UTF-16"));
    }
    let text = str::from_utf8(bytes)
        .map_err(|error| Fault::at(error.valid_up_to(), "file", "has to be UTF-8"))?;
    let mut findings = Findings::default();
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let (format, maps) = if start.starts_with('<') {
        let root = xml::parse(text)?;
        match root.name.as_str() {
            "Maps" | "Map" => (Format::G85, g85::maps(&root, &mut findings)?),
            "MapData" => (Format::E142, e142::maps(&root, &mut findings)?),
            other => {
                let rule = "has to be `Maps` or `Map` (SEMI G85), or `MapData` (SEMI E142)";
                return Err(Fault::at(root.offset, "root element", rule).found(other));
            }
        }
    } else {
        (Format::Sinf, vec![sinf::map(text, &mut findings)?])
    };
    Ok(Reading {
        format,
        maps,
        diagnostics: findings.told(bytes),
    })
}
