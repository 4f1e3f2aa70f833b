//! The zones drawn on the wafer, coloured by how far they are from the mean.

use std::sync::Arc;

use contract::spatial::{Zone, Zones};
use leptos::prelude::*;

use super::shape::{RADIUS, label_place, outline};
use crate::format;

/// More zones have no room for texts.
const LABELS_UP_TO: usize = 48;

/// How strongly a zone is shaded, in percent, and whether it has more than the mean: four times as many, or a
/// quarter, is the strongest.
fn heat(zone: &Zone) -> (f64, bool) {
    let turns = ratio(zone).map_or(0.0, |ratio| ratio.max(1e-6).log2());
    ((turns.abs() / 2.0).min(1.0) * 100.0, turns >= 0.0)
}

/// Found over expected; `None` where nothing was expected.
pub fn ratio(zone: &Zone) -> Option<f64> {
    (zone.expected > 0.0).then(|| zone.count as f64 / zone.expected)
}

/// The wafer with its zones; a click chooses one.
#[component]
pub fn ZoneMap(
    /// The zones.
    zones: Signal<Arc<Zones>>,
    /// Place of the chosen zone among them.
    chosen: Memo<Option<usize>>,
    /// Called with the place of the zone that was clicked.
    on_choose: Callback<Option<usize>>,
) -> impl IntoView {
    let per_mm = move || RADIUS / zones.read().radius_mm.max(1e-6);
    let shapes = move || {
        let (zones, per_mm) = (zones.read(), per_mm());
        let shape = |(place, zone): (usize, &Zone)| {
            let (strength, is_more) = heat(zone);
            let is_custom = zone.name == "custom";
            let class = match (is_custom, is_more) {
                (true, _) => "zone is-custom",
                (false, true) => "zone heat-more",
                (false, false) => "zone heat-less",
            };
            let is_chosen = move || chosen.get() == Some(place);
            view! {
                <path class=class class:is-different=zone.is_different class:is-chosen=is_chosen d=outline(&zone.shape, per_mm) fill-rule="evenodd"
                    style=format!("--heat: {strength:.0}%") on:click=move |_| on_choose.run((!is_chosen()).then_some(place))><title>{tip(zone)}</title></path>
            }
        };
        zones.zones.iter().enumerate().map(shape).collect_view()
    };
    let lines = move || {
        // Over the fills of their neighbours.
        let (zones, per_mm) = (zones.read(), per_mm());
        let line =
            |zone: &Zone| view! { <path class="zone-line" d=outline(&zone.shape, per_mm)></path> };
        let mut lines: Vec<_> = zones
            .zones
            .iter()
            .filter(|zone| zone.is_different)
            .map(line)
            .collect();
        if let Some(zone) = chosen.get().and_then(|place| zones.zones.get(place)) {
            lines.push(
                view! { <path class="zone-line is-chosen" d=outline(&zone.shape, per_mm)></path> },
            );
        }
        lines.into_iter().collect_view()
    };
    let labels = move || {
        let (zones, per_mm) = (zones.read(), per_mm());
        if zones.zones.len() > LABELS_UP_TO {
            return None;
        }
        let label = |(place, zone): (usize, &Zone)| {
            let text = format!("×{}", format::fixed(ratio(zone)?, 1));
            let [x, y] = label_place(&zone.shape, per_mm, place);
            zone.is_different
                .then(|| view! { <text class="zone-label" x=x y=y>{text}</text> })
        };
        let labels = zones.zones.iter().enumerate().filter_map(label);
        Some(labels.collect_view())
    };
    let described = move || {
        let zones = zones.read();
        let different = zones.zones.iter().filter(|zone| zone.is_different).count();
        format!(
            "Wafer with {}, of which {} from the mean; the table lists them",
            format::plural(zones.zones.len() as i64, "zone", "zones"),
            format::plural(different as i64, "differs", "differ")
        )
    };
    view! {
        <svg class="zone-map" viewBox="-106 -106 212 214" role="img" aria-label=described>
            <circle class="zone-rim" r=RADIUS + 2.5></circle>
            {shapes}{lines}{labels}
            <path class="zone-notch" d=format!("M-4 {0}L0 {1}L4 {0}", RADIUS + 3.0, RADIUS - 2.5)></path>
        </svg>
        <p class="heat-legend" aria-hidden="true"><span>"÷4"</span><span class="heat-scale"></span><span>"×4"</span>
            <span>"the mean density of all zones"</span><span class="outlined-zone"></span><span>"differs at 5 %"</span></p>
    }
}

fn tip(zone: &Zone) -> String {
    format!(
        "{}: {}, {} per cm²; {} expected ({})",
        format::words(&zone.name),
        format::plural(zone.count, "defect", "defects"),
        format::significant(zone.density_per_cm2),
        format::significant(zone.expected),
        format::p_value(zone.adjusted_p)
    )
}
