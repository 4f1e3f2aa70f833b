//! EDX spectra of defects.

use contract::defect::DefectId;
use contract::spectrum::{
    DefectSpectrum, ElementEvidence, ElementLine, ElementWeight, SpectrumDetail, SpectrumPeak,
};
use edx::{Identification, Spectrum};
use store::spectrum::Row;

use super::defect::shortest;

/// How elements are looked for and what their weight means.
const METHOD: &str = "The background is taken off. Elements are then fitted as whole line families (K, L, M in their known \
    proportions, broadened by the detector), one by one, always the one that explains most, until none adds more than 5 \
    standard deviations. The weight grows with the significance of an element and is shared with others that explain \
    nearly the same counts; it ranks evidence and is never a certainty. Quantities, sum peaks and a wrong energy scale \
    are not looked at.";

/// A spectrum with everything but its counts.
pub fn spectrum(row: Row) -> DefectSpectrum {
    let Row {
        spectrum,
        created_by_username,
        elements,
    } = row;
    DefectSpectrum {
        spectrum_id: spectrum.spectrum_id,
        defect_id: DefectId {
            inspection_id: spectrum.inspection_id,
            defect_no: spectrum.defect_no,
        },
        file_name: spectrum.file_name,
        title: spectrum.title,
        channels: spectrum.channels,
        energy_offset_kev: spectrum.energy_offset_kev,
        energy_per_channel_kev: spectrum.energy_per_channel_kev,
        beam_kv: spectrum.beam_kv,
        live_time_s: spectrum.live_time_s,
        total_counts: spectrum.total_counts,
        elements: elements
            .into_iter()
            .map(|element| ElementWeight {
                element: element.element,
                weight: shortest(element.weight),
            })
            .collect(),
        created_by: created_by_username,
        created_at: spectrum.created_at,
    }
}

/// A spectrum with its counts and what was found in them; heaviest evidence first.
pub fn detail(shown: DefectSpectrum, spectrum: Spectrum, found: Identification) -> SpectrumDetail {
    let mut elements: Vec<_> = found.elements.iter().map(element).collect();
    elements.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    SpectrumDetail {
        spectrum: shown,
        counts: spectrum.counts,
        peaks: found.peaks.iter().map(|at| peak(at, &found)).collect(),
        background: found.background,
        elements,
        method: METHOD.to_owned(),
    }
}

fn peak(peak: &edx::Peak, found: &Identification) -> SpectrumPeak {
    let fwhm = edx::detector::fwhm_kev(peak.energy_kev, edx::Options::default().fwhm_at_mn_ka_kev);
    let is_near = |energy_kev: f64| (energy_kev - peak.energy_kev).abs() <= fwhm / 2.0;
    let mut lines: Vec<(f64, String)> = Vec::new();
    for element in &found.elements {
        for line in &element.lines {
            let name = format!("{} {}", element.symbol, plain(line.name));
            // A strong line has a small one beside it: a silicon X-ray took its energy out of the detector.
            if let Some((escape_kev, share)) = edx::detector::escape_peak(line.energy_kev)
                && is_near(escape_kev)
            {
                lines.push((line.net_counts * share, format!("{name} escape")));
            }
            if is_near(line.energy_kev) {
                lines.push((line.net_counts, name));
            }
        }
    }
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    SpectrumPeak {
        energy_kev: peak.energy_kev,
        net_counts: peak.net_counts,
        significance: peak.significance,
        lines: lines.into_iter().map(|(_, name)| name).collect(),
    }
}

fn element(element: &edx::ElementEvidence) -> ElementEvidence {
    ElementEvidence {
        element: element.symbol.to_owned(),
        weight: element.weight,
        significance: element.significance,
        net_counts: element.net_counts,
        lines: element
            .lines
            .iter()
            .map(|line| ElementLine {
                line: plain(line.name),
                energy_kev: line.energy_kev,
                net_counts: line.net_counts,
            })
            .collect(),
        alternatives: element
            .alternatives
            .iter()
            .map(|symbol| (*symbol).to_owned())
            .collect(),
    }
}

/// Siegbahn's name in plain letters, as people type it: `Kα` is `Ka`.
fn plain(name: &str) -> String {
    let letter = |letter| match letter {
        'α' => 'a',
        'β' => 'b',
        'γ' => 'g',
        'ζ' => 'z',
        'η' => 'n',
        other => other,
    };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_peak_that_silicon_leaves_below_a_strong_line_is_explained_by_it() {
        let line = |name, energy_kev| edx::LineFound {
            name,
            energy_kev,
            net_counts: 12_000.0,
        };
        let iron = edx::ElementEvidence {
            symbol: "Fe",
            lines: vec![line("Kα", 6.399), line("Lα", 0.705)],
            net_counts: 24_000.0,
            significance: 110.0,
            weight: 1.0,
            alternatives: Vec::new(),
        };
        let found = Identification {
            elements: vec![iron],
            ..Identification::default()
        };
        let lines_at = |energy_kev| {
            let at = edx::Peak {
                energy_kev,
                height: 10.0,
                net_counts: 96.0,
                significance: 7.7,
            };
            peak(&at, &found).lines
        };

        // 6.399 keV of iron less 1.740 keV of silicon.
        assert_eq!(lines_at(4.64), ["Fe Ka escape"]);
        assert_eq!(lines_at(6.40), ["Fe Ka"]);
        assert_eq!(lines_at(5.0), [""; 0]);
    }
}
