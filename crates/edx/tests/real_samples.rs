//! Files that others made are read. They are not part of the repository: any EMSA/MSA files in the folder
//! `WAFERMAPS_EVIDENCE_SAMPLES` (default: `shared/evidence` beside the repository), for instance those that
//! the Python packages hyperspy and exspy carry for their tests.

use std::path::{Path, PathBuf};

use edx::{Options, Spectrum, identify, msa};

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/evidence");
    let folder = std::env::var_os("WAFERMAPS_EVIDENCE_SAMPLES").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!(
            "skipped: no folder {} with the files of others",
            folder.display()
        );
        return None;
    }
    Some(folder)
}

/// All EMSA/MSA files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let is_spectrum = |path: &PathBuf| {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        extension == "msa" || extension == "emsa"
    };
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files
        .into_iter()
        .filter(is_spectrum)
        .chain(folders.iter().flat_map(|folder| self::files(folder)))
        .collect()
}

fn read(path: &Path) -> Spectrum {
    let bytes = std::fs::read(path).expect("a file");
    msa::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn files_of_others_are_read_and_survive_being_written() {
    let Some(folder) = folder() else { return };
    let files: Vec<PathBuf> = files(&folder)
        .into_iter()
        .filter(|path| !is_refused_energy_loss(path))
        .collect();
    for path in &files {
        let spectrum = read(path);
        let again = msa::read(msa::write(&spectrum).as_bytes()).expect("our own file is read");

        assert_eq!(again.counts, spectrum.counts, "{}", path.display());
        assert_eq!(
            again.energy_of(0),
            spectrum.energy_of(0),
            "{}",
            path.display()
        );
        assert_eq!(
            again.beam_energy_kev,
            spectrum.beam_energy_kev,
            "{}",
            path.display()
        );
    }
    println!("{} files of others read", files.len());
}

/// Electron energy losses share the format; some have negative counts (a dark level was taken off), which
/// no X-ray spectrum has.
fn is_refused_energy_loss(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("a file");
    let is_loss = String::from_utf8_lossy(&bytes).contains(": ELS");
    msa::read(&bytes)
        .is_err_and(|error| is_loss && error.field == "counts" && error.value.starts_with('-'))
}

/// The second example of the standard: nickel oxide with a windowless detector.
#[test]
fn the_standards_own_example_is_read_as_it_says() {
    let Some(folder) = folder() else { return };
    let example = files(&folder)
        .into_iter()
        .find(|path| path.ends_with("example2.msa"));
    let Some(example) = example else {
        eprintln!("skipped: no example2.msa (hyperspy) among the files of others");
        return;
    };

    let spectrum = read(&example);

    assert_eq!(spectrum.title, "NIO Windowless Spectra OK NiL");
    assert_eq!(
        (
            spectrum.counts.len(),
            spectrum.counts[0],
            spectrum.counts[79]
        ),
        (80, 65.820, 49.442)
    );
    assert_eq!(spectrum.beam_energy_kev, Some(120.0));
    assert_eq!(
        (spectrum.live_time_s, spectrum.real_time_s),
        (Some(100.0), Some(150.0))
    );
    assert!(spectrum.is_edx());
    let highest = |from: f64, to: f64| {
        let channels =
            spectrum.channel_of(from).expect("inside")..spectrum.channel_of(to).expect("inside");
        let best = channels
            .max_by(|&a, &b| spectrum.counts[a].total_cmp(&spectrum.counts[b]))
            .expect("channels");
        spectrum.energy_of(best)
    };
    // O K 0.525 keV and Ni L 0.851 keV, to within two of the 10 eV channels of an old instrument.
    assert!((highest(0.4, 0.7) - 0.525).abs() < 0.025);
    assert!((highest(0.7, 0.98) - 0.851).abs() < 0.025);
}

/// EDS-TM002 of the Bundesanstalt für Materialforschung und -prüfung: a sputtered film of carbon, aluminium,
/// manganese, copper and zirconium; measured at 10 kV, a million counts (the Python package exspy carries it).
#[test]
fn the_elements_of_a_certified_test_material_are_found() {
    let Some(folder) = folder() else { return };
    let path = files(&folder)
        .into_iter()
        .find(|path| path.ends_with("EDS_SEM_TM002.msa"));
    let Some(path) = path else {
        eprintln!("skipped: no EDS_SEM_TM002.msa (exspy) among the files of others");
        return;
    };

    let found = identify(&read(&path), &Options::default());

    let sure = found.elements.iter().filter(|element| element.weight > 0.9);
    let sure: Vec<&str> = sure.map(|element| element.symbol).collect();
    for symbol in ["C", "Al", "Mn", "Cu", "Zr"] {
        assert!(sure.contains(&symbol), "{symbol} is not among {sure:?}");
    }
    // Argon is what films are sputtered with.
    let others = sure
        .iter()
        .filter(|symbol| !["C", "Al", "Mn", "Cu", "Zr", "Ar", "O", "Si"].contains(symbol));
    assert_eq!(others.count(), 0, "{sure:?}");
}
