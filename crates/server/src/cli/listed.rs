//! The images that a KLARF file lists, where they lie beside it.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use klarf::{Event, Reader};

use crate::service::evidence::plain_name;

/// The images beside a KLARF file that it lists, by their names; nothing outside its folder, whatever the file says.
/// None for a file that cannot be read as KLARF: what is wrong with it, the import tells.
pub fn beside(klarf: &Path) -> Vec<PathBuf> {
    let names = names(klarf);
    if names.is_empty() {
        return Vec::new();
    }
    let folder = klarf
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let files = entries.into_iter().flatten().flatten();
    let by_name: HashMap<String, PathBuf> = files
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path != klarf)
        .filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().to_lowercase();
            Some((name, path))
        })
        .collect();
    names
        .iter()
        .filter_map(|name| by_name.get(name).cloned())
        .collect()
}

/// Names of all images, without their paths, in small letters.
fn names(klarf: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Ok(file) = std::fs::File::open(klarf) else {
        return names;
    };
    let mut reader = Reader::new(file);
    while let Ok(Some(event)) = reader.next_event() {
        let Event::Defects(batch) = event else {
            continue;
        };
        for row in 0..batch.len() {
            for image in batch.images(row) {
                let named = image
                    .path
                    .as_deref()
                    .or(batch.image_file().map(AsRef::as_ref));
                names.extend(named.map(|name| plain_name(name).to_lowercase()));
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const KLARF: &str = "FileVersion 1 2; LotID L; WaferID W; TiffFileName ../secret/../Lot.TIF;\n\
        DefectRecordSpec 3 DEFECTID IMAGECOUNT IMAGELIST; DefectList 1 1 1 1 0; EndOfFile;";

    #[test]
    fn only_what_lies_beside_the_file_is_taken_whatever_the_case_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(folder.path().join("lot.tif"), "outside").unwrap();
        let klarf = inner.join("a.001");
        std::fs::write(&klarf, KLARF).unwrap();
        assert_eq!(beside(&klarf), Vec::<PathBuf>::new());
        std::fs::write(inner.join("lot.tif"), "inside").unwrap();
        std::fs::write(inner.join("other.tif"), "not listed").unwrap();
        assert_eq!(beside(&klarf), [inner.join("lot.tif")]);
    }

    #[test]
    fn a_file_that_is_no_klarf_lists_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, b"\x89PNG").unwrap();
        assert_eq!(beside(&path), Vec::<PathBuf>::new());
        assert_eq!(beside(Path::new("/nowhere/a.001")), Vec::<PathBuf>::new());
    }
}
