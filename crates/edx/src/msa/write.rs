//! From a spectrum to the text of a file.

use std::fmt::Write as _;

use crate::spectrum::{Keyword, Spectrum};

/// Counts per line.
const COLUMNS: usize = 5;

/// The EMSA/MSA file (UTF-8, CRLF) of a spectrum: energies in keV, counts in five columns.
///
/// [`read`](super::read) gives the same spectrum back, provided that it takes it: counts that are
/// negative or not finite are written as they are and refused there. Line breaks in keywords become blanks.
/// `DATE`, `TIME`, `OWNER` and `YUNITS`, which the standard requires, are added if the spectrum has none.
pub fn write(spectrum: &Spectrum) -> String {
    let mut file = String::with_capacity(1_024 + spectrum.counts.len() * 8);
    line(&mut file, "#FORMAT", "EMSA/MAS Spectral Data File");
    line(&mut file, "#VERSION", "TC202v2.0");
    spectrum
        .title
        .split(['\r', '\n'])
        .for_each(|title| line(&mut file, "#TITLE", title));
    for required in ["DATE", "TIME", "OWNER"] {
        if spectrum.keyword(required).is_none() {
            line(&mut file, &format!("#{required}"), "");
        }
    }
    line(&mut file, "#NPOINTS", &spectrum.counts.len().to_string());
    line(&mut file, "#NCOLUMNS", &COLUMNS.to_string());
    line(&mut file, "#XUNITS", "keV");
    if spectrum.keyword("YUNITS").is_none() {
        line(&mut file, "#YUNITS", "counts");
    }
    line(&mut file, "#DATATYPE", "Y");
    line(
        &mut file,
        "#XPERCHAN",
        &spectrum.energy_per_channel_kev.to_string(),
    );
    line(
        &mut file,
        "#OFFSET",
        &spectrum.energy_offset_kev.to_string(),
    );
    let amounts = [
        ("#BEAMKV", spectrum.beam_energy_kev),
        ("#LIVETIME", spectrum.live_time_s),
        ("#REALTIME", spectrum.real_time_s),
    ];
    for (name, amount) in amounts {
        if let Some(amount) = amount {
            line(&mut file, name, &amount.to_string());
        }
    }
    spectrum
        .keywords
        .iter()
        .for_each(|keyword| keyword_line(&mut file, keyword));
    line(&mut file, "#SPECTRUM", "Spectral Data Starts Here");
    counts(&mut file, &spectrum.counts);
    line(&mut file, "#ENDOFDATA", "End Of Data and File");
    file
}

fn keyword_line(file: &mut String, keyword: &Keyword) {
    let mark = if keyword.is_user_defined { "##" } else { "#" };
    let separator = if keyword.unit.is_empty() { "" } else { " -" };
    line(
        file,
        &format!("{mark}{}{separator}{}", keyword.name, keyword.unit),
        &keyword.value,
    );
}

fn line(file: &mut String, keyword: &str, value: &str) {
    // Writing into a string cannot fail.
    let _ = write!(
        file,
        "{:<13}: {}\r\n",
        in_one_line(keyword),
        in_one_line(value)
    );
}

fn in_one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

fn counts(file: &mut String, counts: &[f64]) {
    for row in counts.chunks(COLUMNS) {
        for (column, count) in row.iter().enumerate() {
            let separator = if column == 0 { "" } else { ", " };
            let _ = write!(file, "{separator}{count}");
        }
        file.push_str("\r\n");
    }
}
