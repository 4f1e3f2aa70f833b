//! Bin map files among those that `wafermaps import` is given.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use store::Db;

use crate::error::ApiError;
use crate::service::audit::Author;
use crate::service::spatial::bin_map::{self, Taken};

/// Bytes that tell what a file is.
const HEAD_BYTES: u64 = 4 << 10;

/// Whether a file begins as a bin map does: SINF, SEMI G85 or SEMI E142. One that cannot be read does not.
pub fn is_bin_map(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_ok() && is_head(&String::from_utf8_lossy(&head))
}

fn is_head(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with('<') {
        return head.contains("<Map");
    }
    let names = head.lines().filter_map(|line| line.split_once(':'));
    let mut names = names.map(|(name, _)| name.trim());
    names.any(|name| {
        let of_sinf = ["RowData", "ROWCT", "COLCT"];
        of_sinf.iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}

/// Takes the maps of each file to the wafers that they name; 0 when every file is in (or was before), 1 when one was
/// refused.
pub async fn import_all(db: &Db, files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for path in files {
        let bytes = tokio::fs::read(path).await;
        let bytes = bytes.with_context(|| format!("{} cannot be read", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match bin_map::import(db, &Author::system(), &name, bytes.into()).await {
            Ok(taken) => taken.iter().for_each(|one| report(&name, one)),
            Err(ApiError::Invalid { constraint, .. }) => {
                println!("{name}: refused: {constraint}");
                code = ExitCode::FAILURE;
            }
            Err(ApiError::Internal(error)) => return Err(error),
            Err(ApiError::Store(error)) => return Err(error.into()),
            Err(other) => {
                println!("{name}: refused: {other}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn report(name: &str, taken: &Taken) {
    match taken {
        Taken::New(map) => {
            let (wafer, dies) = (&map.wafer_id, map.dies);
            println!(
                "{name}: bin map of wafer {wafer}, {dies} dies, {} good",
                map.good
            );
        }
        Taken::Known(map) => println!("{name}: known already as a map of wafer {}", map.wafer_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_map_is_told_by_how_it_begins() {
        let klarf = "FileVersion 1 2;\nFileTimestamp 03-04-24 05:06:08;\n";
        let other_xml = "<?xml version=\"1.0\"?>\n<KLARF></KLARF>";
        for (head, expected) in [
            ("DEVICE:A\nLOT:L1\nWAFER:01\nROWCT:3\n", true),
            ("\u{feff}<?xml version=\"1.0\"?>\n<Maps>", true),
            (
                "<MapData xmlns=\"urn:semi-org:xsd.E142-1.V1005.SubstrateMap\">",
                true,
            ),
            (klarf, false),
            (other_xml, false),
            ("", false),
        ] {
            assert_eq!(is_head(head), expected, "{head}");
        }
    }
}
