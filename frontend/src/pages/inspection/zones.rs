//! Zones: rings and sectors by density, each against what the whole wafer would put there.

use std::sync::Arc;

use contract::spatial::{RingDivision, Zone, Zones};
use leptos::prelude::*;

use super::analyses::Analyses;
use super::drawn::strength;
use super::findings::Findings;
use super::panel::{AnalysisCard, NumberChoice, types_words};
use super::pick::Pick;
use crate::chart::{Cell, ChartSpec, Datum};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::navigation::UrlQuery;

/// Zones named in the headline.
const NAMED: usize = 3;

/// How many times as many as expected; absent where nothing was expected.
fn ratio(zone: &Zone) -> Option<f64> {
    (zone.expected > 0.0).then(|| zone.count as f64 / zone.expected)
}

fn table(found: &Zones) -> ChartSpec {
    let columns = [
        "Zone",
        "Defects",
        "Expected",
        "Ratio",
        "Per cm²",
        "from",
        "to",
        "Beyond chance",
        "p adjusted",
        "Area cm²",
        "Radius mm",
        "Types",
    ];
    let row = |(zone, place): (&Zone, u32)| Datum {
        key: Pick::Zone(place).to_string(),
        title: format::words(&zone.name),
        cells: vec![
            Cell::count(zone.count),
            Cell::Number(Some(zone.expected)),
            Cell::Number(ratio(zone)),
            Cell::Number(Some(zone.density_per_cm2)),
            Cell::Number(Some(zone.interval_per_cm2[0])),
            Cell::Number(Some(zone.interval_per_cm2[1])),
            Cell::Text(verdict(zone).to_owned()),
            Cell::Number(Some(zone.adjusted_p)),
            Cell::Number(Some(zone.area_cm2)),
            Cell::Text(format!(
                "{} to {}",
                format::significant(zone.shape.inner_mm),
                format::significant(zone.shape.outer_mm)
            )),
            Cell::Text(types_words(&zone.types)),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "zones",
        columns: columns.map(str::to_owned).to_vec(),
        data: found.zones.iter().zip(1..).map(row).collect(),
        ..ChartSpec::default()
    }
}

/// Whether a zone differs, in a word.
fn verdict(zone: &Zone) -> &'static str {
    match (
        zone.is_different,
        strength(zone.count as f64, zone.expected) >= 0.0,
    ) {
        (false, _) => "no",
        (true, true) => "more",
        (true, false) => "fewer",
    }
}

/// Which zones differ, the strongest first.
fn headline(found: &Zones) -> String {
    let mut different: Vec<&Zone> = found
        .zones
        .iter()
        .filter(|zone| zone.is_different)
        .collect();
    different.sort_by(|one, other| {
        let far = |zone: &Zone| strength(zone.count as f64, zone.expected).abs();
        far(other)
            .total_cmp(&far(one))
            .then(one.adjusted_p.total_cmp(&other.adjusted_p))
    });
    let overall = found
        .p_value
        .map(|p| format!(" All zones together: {}.", format::p_value(p)))
        .unwrap_or_default();
    if different.is_empty() {
        return format!(
            "No zone differs from the wafer's {} /cm² beyond chance.{overall}",
            format::significant(found.density_per_cm2)
        );
    }
    let words = different.iter().take(NAMED).map(|zone| match ratio(zone) {
        Some(ratio) => format!("{} ×{}", zone.name, format::significant(ratio)),
        None => zone.name.clone(),
    });
    let more = match different.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "Beyond chance: {}{more}.{overall}",
        words.collect::<Vec<_>>().join("; ")
    )
}

/// The zones of an inspection.
#[component]
pub fn ZonePanel(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    let query = UrlQuery::here();
    let spec = Signal::derive(move || {
        analyses
            .zones
            .get()
            .map(|found| table(&found))
            .unwrap_or_default()
    });
    let division = move || query.parsed("division").unwrap_or(RingDivision::EqualArea);
    let choose = move |word: String| {
        let value = Some(word).filter(|word| word != RingDivision::EqualArea.as_str());
        query.set(&[("division", value), ("pick", None), ("page", None)]);
    };
    let options = [
        (RingDivision::EqualArea, "equal area"),
        (RingDivision::EqualWidth, "equal width"),
    ];
    let options = options.map(|(one, text)| view! { <option value=one.as_str() selected=move || division() == one>{text}</option> });
    view! {
        <AnalysisCard title="Zones" spec>
            <div class="toolbar panel-tools">
                <NumberChoice label="Rings" name="rings" min="1" max="20" whole=true default="5"/>
                <label>"of"
                    <select aria-label="How rings divide the wafer" prop:value=move || division().as_str()
                        on:change:target=move |event| choose(event.target().value())>{options.into_iter().collect_view()}</select>
                </label>
                <NumberChoice label="Sectors" name="sectors" min="1" max="36" whole=true default="1"/>
            </div>
            {loaded(analyses.zones, 8, move |found| view! { <Found found spec analyses/> })}
        </AnalysisCard>
    }
}

#[component]
fn Found(found: Signal<Arc<Zones>>, spec: Signal<ChartSpec>, analyses: Analyses) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.read().defects == 0 || found.read().zones.is_empty());
    let unplaced = move || match found.read().unplaced {
        0 => String::new(),
        many => format!(
            " {} without a position are in no zone.",
            format::plural(many, "defect", "defects")
        ),
    };
    view! {
        <Show when=move || !is_empty.get() fallback=|| view! {
            <Notice title="No defects to look at" text="None was found, none is of the chosen types, or they have no position."/>
        }>
            <p class="verdict-text">{move || headline(&found.read())}</p>
            <Findings spec label="Zones" analyses/>
            <p class="quiet">
                {move || format!("Expected: {} /cm² everywhere within {} mm. From and to: 95 % interval of the density.{}",
                    format::significant(found.read().density_per_cm2), format::significant(found.read().radius_mm), unplaced())}
            </p>
        </Show>
    }
}

/// What the colours of the zones mean.
pub const LEGEND: &str = "Orange: more than the wafer's mean density; blue: fewer. A full outline: beyond chance; a dashed one: not.";

#[cfg(test)]
mod tests {
    use contract::spatial::ZoneShape;

    use super::*;

    fn zone(name: &str, count: i64, expected: f64, is_different: bool) -> Zone {
        Zone {
            name: name.to_owned(),
            shape: ZoneShape {
                inner_mm: 0.0,
                outer_mm: 10.0,
                from_deg: 0.0,
                sweep_deg: 360.0,
            },
            area_cm2: 3.25,
            count,
            types: Vec::new(),
            density_per_cm2: 1.0,
            interval_per_cm2: [0.5, 2.0],
            expected,
            p_value: 0.01,
            adjusted_p: 0.02,
            is_different,
        }
    }

    fn zones(zones: Vec<Zone>) -> Zones {
        Zones {
            inspections: 1,
            defects: 100,
            unplaced: 0,
            radius_mm: 147.0,
            density_per_cm2: 0.5,
            zones,
            p_value: Some(0.000_1),
        }
    }

    #[test]
    fn the_headline_names_what_differs_strongest_first() {
        let found = zones(vec![
            zone("centre", 10, 20.0, true),
            zone("ring 2", 20, 20.0, false),
            zone("edge", 70, 20.0, true),
        ]);
        assert_eq!(
            headline(&found),
            "Beyond chance: edge ×3.50; centre ×0.500. All zones together: p < 0.001."
        );
        assert_eq!(verdict(&found.zones[0]), "fewer");
    }

    #[test]
    fn without_a_difference_it_says_so() {
        let found = zones(vec![zone("centre", 20, 20.0, false)]);
        assert!(headline(&found).starts_with("No zone differs from the wafer's 0.500 /cm²"));
    }
}
