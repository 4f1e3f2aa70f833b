//! EDX spectra: counts over energy, the estimated background, the lines of elements.

use contract::spectrum::{ElementEvidence, SpectrumDetail};

use super::{Axis, Cell, ChartSpec, Datum, Mark, Paint, Series, Symbol, XScale, figure};

/// Colours of elements, in the order of their weight.
const COLOURS: [&str; 8] = [
    "#d1495b", "#1f8a5b", "#8e5cd9", "#c77700", "#0f8b8d", "#b0529a", "#8a7a10", "#5b6fd6",
];

/// Lines that are named on the chart.
const STRONG: [&str; 4] = ["Ka", "Kb", "La", "Ma"];

/// The colour of the element at `place` of all that were found.
#[must_use]
pub fn colour_of(place: usize) -> &'static str {
    COLOURS[place % COLOURS.len()]
}

/// The name of a line as physicists write it: `Ka` is Kα.
#[must_use]
pub fn line_name(line: &str) -> String {
    let (shell, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
    let greek = [('a', "α"), ('b', "β"), ('g', "γ"), ('n', "η"), ('l', "ℓ")];
    let written = greek.iter().fold(rest.to_owned(), |text, (latin, letter)| {
        text.replace(*latin, letter)
    });
    format!("{shell}{written}")
}

/// The chart of a spectrum with the lines of the elements in `chosen`.
#[must_use]
pub fn spec(detail: &SpectrumDetail, chosen: &[String], is_log: bool) -> ChartSpec {
    let spectrum = &detail.spectrum;
    let scale = XScale {
        first: spectrum.energy_offset_kev,
        step: spectrum.energy_per_channel_kev.max(1e-9),
        end: shown_up_to(detail),
    };
    let counts = &detail.counts;
    let mut series = vec![
        Series::new(
            "Counts",
            Mark::Area,
            Paint::Data,
            counts.iter().copied().map(Some).collect(),
        ),
        Series::new(
            "Background",
            Mark::Line,
            Paint::Centre,
            detail.background.iter().copied().map(Some).collect(),
        ),
    ];
    let elements = detail.elements.iter().enumerate();
    for (place, element) in elements.filter(|(_, element)| chosen.contains(&element.element)) {
        series.push(lines_of(element, colour_of(place), scale, counts));
    }
    let unexplained = detail.peaks.iter().filter(|peak| peak.lines.is_empty());
    let places: Vec<usize> = unexplained
        .filter_map(|peak| scale.index_of(peak.energy_kev, counts.len()))
        .collect();
    if !places.is_empty() {
        series.push(marked(
            Series::new(
                "Unexplained",
                Mark::Point(Symbol::Triangle),
                Paint::Warning,
                Vec::new(),
            ),
            places
                .into_iter()
                .map(|place| (place, Some("?".to_owned()))),
            counts,
        ));
    }
    ChartSpec {
        name: "spectrum",
        x_title: "Energy, keV".to_owned(),
        x_scale: Some(scale),
        x_places: None,
        left: Axis {
            title: "Counts".to_owned(),
            min: Some(0.0),
            log: is_log,
            ..Axis::default()
        },
        columns: ["Energy keV", "Counts", "Background", "Net"]
            .map(str::to_owned)
            .to_vec(),
        data: data(detail, scale),
        series,
        ..ChartSpec::default()
    }
}

/// No photon has more energy than the beam: behind it the axis would be empty.
fn shown_up_to(detail: &SpectrumDetail) -> Option<f64> {
    let spectrum = &detail.spectrum;
    let last = spectrum.energy_offset_kev
        + spectrum.energy_per_channel_kev * f64::from(spectrum.channels - 1);
    spectrum
        .beam_kv
        .map(|beam| (beam * 1.05).ceil())
        .filter(|&end| end > 1.0 && end < last)
}

fn lines_of(element: &ElementEvidence, colour: &str, scale: XScale, counts: &[f64]) -> Series {
    let series = Series::new(
        element.element.clone(),
        Mark::Stick,
        Paint::Given(colour.to_owned()),
        Vec::new(),
    );
    let lines = element.lines.iter().filter_map(|line| {
        let place = scale.index_of(line.energy_kev, counts.len())?;
        let name = format!("{} {}", element.element, line_name(&line.line));
        // Weak lines are drawn, but their names would hide those of the strong ones.
        Some((place, STRONG.contains(&line.line.as_str()).then_some(name)))
    });
    marked(series, lines, counts)
}

/// Puts values and labels at single places of a series that has none elsewhere.
fn marked(
    mut series: Series,
    labels: impl Iterator<Item = (usize, Option<String>)>,
    counts: &[f64],
) -> Series {
    series.values = vec![None; counts.len()];
    for (place, label) in labels {
        series.values[place] = Some(counts[place]);
        let Some(label) = label else { continue };
        match series.labels.iter_mut().find(|(at, _)| *at == place) {
            Some((_, text)) => *text = format!("{text}, {label}"),
            None => series.labels.push((place, label)),
        }
    }
    series
}

fn data(detail: &SpectrumDetail, scale: XScale) -> Vec<Datum> {
    let datum = |(index, &counts): (usize, &f64)| {
        let energy = format!("{:.3}", scale.at(index));
        let background = detail.background.get(index).copied();
        let net = background.map(|background| counts - background);
        let mut tip = vec![
            format!("{energy} keV"),
            format!("{} counts", figure(counts)),
        ];
        tip.extend(
            background.map(|background| format!("Background {}", figure(background.round()))),
        );
        tip.extend(near(detail, scale.at(index)));
        Datum {
            title: energy.clone(),
            label: energy,
            cells: vec![
                Cell::Number(Some(counts)),
                Cell::Number(background),
                Cell::Number(net),
            ],
            tip,
            ..Datum::default()
        }
    };
    detail.counts.iter().enumerate().map(datum).collect()
}

/// The peak at an energy, and what may be in it.
fn near(detail: &SpectrumDetail, energy_kev: f64) -> Option<String> {
    const WITHIN_KEV: f64 = 0.05;
    let apart = |at: f64| (at - energy_kev).abs();
    let peak = detail
        .peaks
        .iter()
        .filter(|peak| apart(peak.energy_kev) < WITHIN_KEV)
        .min_by(|one, other| apart(one.energy_kev).total_cmp(&apart(other.energy_kev)))?;
    Some(match peak.lines.is_empty() {
        true => format!("Peak at {:.3} keV, unexplained", peak.energy_kev),
        false => format!("Peak: {}", peak_lines(&peak.lines)),
    })
}

/// The lines that may be in a peak, in words.
#[must_use]
pub fn peak_lines(lines: &[String]) -> String {
    let written = |line: &String| match line.split_once(' ') {
        Some((element, name)) => format!("{element} {}", line_name(name)),
        None => line.clone(),
    };
    lines.iter().map(written).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use contract::defect::DefectId;
    use contract::spectrum::{DefectSpectrum, ElementLine, SpectrumPeak};
    use uuid::Uuid;

    use super::*;

    /// Ten channels of 1 keV from 0, one count more in each, iron's line in channel 6.
    fn detail() -> SpectrumDetail {
        let line = ElementLine {
            line: "Ka".to_owned(),
            energy_kev: 6.4,
            net_counts: 5.0,
        };
        let peak = |energy_kev, lines: &[&str]| SpectrumPeak {
            energy_kev,
            net_counts: 5.0,
            significance: 9.0,
            lines: lines.iter().map(|&line| line.to_owned()).collect(),
        };
        SpectrumDetail {
            spectrum: DefectSpectrum {
                spectrum_id: Uuid::from_u128(1),
                defect_id: DefectId {
                    inspection_id: Uuid::from_u128(2),
                    defect_no: 1,
                },
                file_name: "a.msa".to_owned(),
                title: None,
                channels: 10,
                energy_offset_kev: 0.0,
                energy_per_channel_kev: 1.0,
                beam_kv: Some(5.0),
                live_time_s: None,
                total_counts: 55.0,
                elements: Vec::new(),
                created_by: None,
                created_at: chrono::DateTime::UNIX_EPOCH,
            },
            counts: (1..=10).map(f64::from).collect(),
            background: vec![1.0; 10],
            peaks: vec![peak(6.4, &["Fe Ka", "Mn Kb"]), peak(3.0, &[])],
            elements: vec![ElementEvidence {
                element: "Fe".to_owned(),
                weight: 0.9,
                significance: 9.0,
                net_counts: 5.0,
                lines: vec![line],
                alternatives: Vec::new(),
            }],
            method: String::new(),
        }
    }

    #[test]
    fn the_line_of_a_chosen_element_stands_at_its_energy_with_its_name() {
        let spec = spec(&detail(), &["Fe".to_owned()], false);
        let iron = &spec.series[2];
        assert_eq!((iron.name.as_str(), iron.mark), ("Fe", Mark::Stick));
        assert_eq!(iron.labels, [(6, "Fe Kα".to_owned())]);
        assert_eq!(iron.values[6], Some(7.0));
        assert_eq!(iron.values.iter().flatten().count(), 1);
    }

    #[test]
    fn an_element_that_is_not_chosen_is_not_drawn() {
        let spec = spec(&detail(), &[], true);
        assert!(spec.left.log);
        assert!(spec.series.iter().all(|series| series.name != "Fe"));
    }

    #[test]
    fn a_peak_that_nothing_explains_is_marked() {
        let spec = spec(&detail(), &[], false);
        let unexplained = spec.series.last().expect("a series");
        assert_eq!(unexplained.name, "Unexplained");
        assert_eq!(unexplained.labels, [(3, "?".to_owned())]);
    }

    #[test]
    fn the_table_has_each_channel_with_its_net_counts() {
        let spec = spec(&detail(), &[], false);
        assert_eq!(spec.data.len(), 10);
        assert_eq!(spec.data[4].cells[2], Cell::Number(Some(4.0)));
        assert_eq!(spec.data[0].cells.len() + 1, spec.columns.len());
        assert_eq!(spec.data[6].title, "6.000");
    }

    #[test]
    fn lines_are_written_in_greek() {
        assert_eq!(
            peak_lines(&["Fe Ka".to_owned(), "Mn Kb".to_owned()]),
            "Fe Kα or Mn Kβ"
        );
    }
}
