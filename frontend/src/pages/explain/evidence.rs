//! The worst inspections of an excursion, each with a small map and the way to the large one.

use std::sync::Arc;

use contract::analytics::{ExplainedPoint, Explanation};
use leptos::html::Span;
use leptos::prelude::*;

use super::words;
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::near::follow_nearness;
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::format;
use crate::pages::links;
use crate::wafer::{MapData, RemoteMap};

/// Inspections with more defects are not fetched for a picture of a centimetre.
const DEFECTS_UP_TO: i64 = 20_000;

/// The inspections as tiles.
#[component]
pub fn Evidence(
    /// The explanation.
    found: Signal<Arc<Explanation>>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.read().evidence.is_empty());
    let tiles = move || {
        let found = found.read();
        let unit = words::unit(found.commonality.metric);
        let tiles = found.evidence.iter().cloned();
        tiles
            .map(|point| view! { <Tile point unit/> })
            .collect_view()
    };
    view! {
        <Card title="Evidence: the worst inspections">
            <Show when=move || !is_empty.get() fallback=|| view! { <Notice title="No inspection to show"/> }>
                <ul class="evidence-tiles">{tiles}</ul>
            </Show>
        </Card>
    }
}

#[component]
fn Tile(point: ExplainedPoint, unit: &'static str) -> impl IntoView {
    let to = links::inspection(point.inspection_id);
    let value = point
        .value
        .map(|value| format!("{} {unit}", format::significant(value)));
    let value = value.filter(|_| unit != "defects");
    let count = format::plural(point.count, "defect", "defects");
    let place: Vec<String> = std::iter::once(point.step_id.clone())
        .chain(point.equipment_id.clone())
        .collect();
    let (wafer, at) = (point.wafer_id.clone(), point.inspected_at);
    view! {
        <li class="evidence-tile">
            <Go to=to.clone()><SmallMap point/></Go>
            <p><Go to>{wafer}</Go></p>
            <p class="quiet">{place.join(" · ")}</p>
            <p class="quiet"><Moment at/></p>
            <p>{count}{value.map(|value| format!(", {value}"))}</p>
        </li>
    }
}

/// Defects on the outline of the wafer, fetched when the tile comes into sight.
#[component]
fn SmallMap(point: ExplainedPoint) -> impl IntoView {
    let element = NodeRef::<Span>::new();
    let is_near = RwSignal::new(false);
    follow_nearness(element, move |near| {
        if near {
            let _ = is_near.try_set(true);
        }
    });
    let is_small = point.count <= DEFECTS_UP_TO;
    let id = point.inspection_id;
    let RemoteMap { map, .. } = RemoteMap::new(
        move || (is_near.get() && is_small).then(|| format!("/inspections/{id}/map")),
        String::clone,
    );
    let label = format!("Map of wafer {} at {}", point.wafer_id, point.step_id);
    let drawn = move || map.get().map(|map| dots(&map));
    view! {
        <span class="small-map" node_ref=element>
            <svg viewBox="-103 -103 206 206" role="img" aria-label=label>
                <circle class="zone-rim small-map-wafer" r="100"></circle>
                {move || drawn().map(|dots| view! { <path class="small-map-dots" d=dots></path> })}
                <path class="zone-notch" d="M-5 100L0 93L5 100Z"></path>
            </svg>
        </span>
    }
}

/// A dot for each defect, as a path, on a wafer of radius 100.
fn dots(map: &MapData) -> String {
    let radius_mm = map.head.geometry.diameter_mm / 2.0;
    let scale = 100.0 / radius_mm;
    (0..map.defects.len())
        .map(|index| map.defects.place_mm(index))
        .map(|[x, y]| format!("M{:.1} {:.1}h0", x * scale, -y * scale))
        .collect()
}
