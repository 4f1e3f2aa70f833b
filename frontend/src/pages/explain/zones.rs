//! Where on the wafer bad inspections have more: five rings of equal area and eight sectors, drawn and listed.

use std::f64::consts::PI;
use std::sync::Arc;

use contract::analytics::{Explanation, ZoneChange};
use leptos::prelude::*;

use crate::chart::compare::times;
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::format;

/// Radius of the drawn wafer.
const RADIUS: f64 = 92.0;
/// The sectors clockwise from the top; the notch is at S.
const COMPASS: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

/// Which ring a zone is, 0 in the centre.
fn ring_of(zone: &str) -> Option<usize> {
    match zone {
        "centre" => Some(0),
        "edge" => Some(4),
        other => other
            .strip_prefix("ring ")?
            .parse::<usize>()
            .ok()?
            .checked_sub(1),
    }
}

/// Which sector a zone is, clockwise from the top.
fn sector_of(zone: &str) -> Option<usize> {
    let direction = zone.strip_prefix("sector ")?;
    COMPASS.iter().position(|known| *known == direction)
}

/// Outer radius of ring `index` of five with equal areas.
fn ring_radius(index: usize) -> f64 {
    RADIUS * ((index as f64 + 1.0) / 5.0).sqrt()
}

/// Where a direction, in turns of 45 degrees clockwise from the top, meets a radius.
fn place(turns: f64, radius: f64) -> (f64, f64) {
    let angle = turns * PI / 4.0;
    (radius * angle.sin(), -radius * angle.cos())
}

fn circle_path(radius: f64) -> String {
    format!(
        "M0 {radius:.2}A{radius:.2} {radius:.2} 0 1 1 0 {:.2}A{radius:.2} {radius:.2} 0 1 1 0 {radius:.2}Z",
        -radius
    )
}

/// Outline of a zone and the middle of its label.
fn outline(zone: &str) -> Option<(String, (f64, f64))> {
    if let Some(ring) = ring_of(zone) {
        let outer = ring_radius(ring);
        let inner = ring.checked_sub(1).map(ring_radius);
        let hole = inner.map(circle_path).unwrap_or_default();
        let middle = inner.map_or(0.0, |inner| (outer + inner) / 2.0);
        // Rings are narrow: each has its label in another direction, so that none lies on another.
        let turns = 2.0 * ring as f64 - 1.0;
        return Some((
            format!("{}{hole}", circle_path(outer)),
            place(turns, middle),
        ));
    }
    let turns = sector_of(zone)? as f64;
    let ((left, top), (right, bottom)) = (place(turns - 0.5, RADIUS), place(turns + 0.5, RADIUS));
    let path = format!("M0 0L{left:.2} {top:.2}A{RADIUS} {RADIUS} 0 0 1 {right:.2} {bottom:.2}Z");
    Some((path, place(turns, RADIUS * 0.7)))
}

/// How strongly a zone is shaded, in percent: four times as many, or a quarter, is the strongest.
fn heat(zone: &ZoneChange) -> (f64, bool) {
    let turns = zone.ratio.map_or(2.0, |ratio| ratio.max(1e-6).log2());
    ((turns.abs() / 2.0).min(1.0) * 100.0, turns >= 0.0)
}

/// How many times as many; what good inspections have none of is only in bad ones.
fn more(ratio: Option<f64>) -> String {
    match ratio {
        Some(_) => times(ratio),
        None => "only bad".to_owned(),
    }
}

/// A small wafer with some of the zones.
#[component]
fn Wafer(zones: Vec<ZoneChange>, label: &'static str) -> impl IntoView {
    let tip = |zone: &ZoneChange| {
        format!(
            "{}: {} per bad inspection, {} per good one ({}, {})",
            zone.zone,
            format::significant(zone.rate_bad),
            format::significant(zone.rate_good),
            more(zone.ratio),
            format::p_value(zone.adjusted_p)
        )
    };
    let shapes = zones.iter().filter_map(|zone| {
        let (path, _) = outline(&zone.zone)?;
        let (strength, is_more) = heat(zone);
        let class = match (zone.is_changed, is_more) {
            (false, _) => "zone",
            (true, true) => "zone heat-more",
            (true, false) => "zone heat-less",
        };
        Some(view! {
            <path class=class d=path fill-rule="evenodd" style=format!("--heat: {strength:.0}%")><title>{tip(zone)}</title></path>
        })
    });
    let shapes = shapes.collect_view();
    // Over all shapes; what only bad ones have is told by the colour and the table, for want of room.
    let labels = zones
        .iter()
        .filter(|zone| zone.is_changed && zone.ratio.is_some());
    let labels = labels.filter_map(|zone| {
        let (_, (x, y)) = outline(&zone.zone)?;
        Some(view! { <text class="zone-label" x=x y=y>{times(zone.ratio)}</text> })
    });
    let labels = labels.collect_view();
    view! {
        <figure class="zone-wafer">
            <svg viewBox="-100 -100 200 200" role="img" aria-label=label>
                {shapes}
                {labels}
                <circle class="zone-rim" r=RADIUS></circle>
                <path class="zone-notch" d=format!("M-5 {RADIUS}L0 {}L5 {RADIUS}Z", RADIUS - 7.0)></path>
            </svg>
            <figcaption class="quiet">{label}</figcaption>
        </figure>
    }
}

/// All zones for CSV.
fn table(found: &Explanation) -> ChartSpec {
    let row = |zone: &ZoneChange| Datum {
        title: zone.zone.clone(),
        cells: vec![
            Cell::count(zone.bad),
            Cell::count(zone.good),
            Cell::Number(Some(zone.rate_bad)),
            Cell::Number(Some(zone.rate_good)),
            Cell::Number(zone.ratio),
            Cell::Number(Some(zone.adjusted_p)),
        ],
        ..Datum::default()
    };
    let columns = [
        "Zone",
        "Defects bad",
        "Defects good",
        "Per bad inspection",
        "Per good inspection",
        "Ratio",
        "p adjusted",
    ];
    ChartSpec {
        name: "zones",
        columns: columns.map(str::to_owned).to_vec(),
        data: found.zones.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// The zones as two small wafers and as a table.
#[component]
pub fn Zones(
    /// The explanation.
    found: Signal<Arc<Explanation>>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.read().zones.is_empty());
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&found.read_untracked()))>"Export CSV"</button> }
    };
    let of = move |belongs: fn(&str) -> bool| {
        let found = found.read();
        let zones = found.zones.iter().filter(|zone| belongs(&zone.zone));
        zones.cloned().collect::<Vec<_>>()
    };
    let note = move || {
        let [bad, good] = found.read().zone_inspections;
        format!(
            "Defects of {} against those of {}; coloured where the ratio is beyond chance. Notch down.",
            format::plural(bad, "bad inspection", "bad inspections"),
            format::plural(good, "good one", "good ones")
        )
    };
    let rows = move || {
        let found = found.read();
        let row = |zone: &ZoneChange| {
            view! {
                <tr class:quiet=!zone.is_changed>
                    <td>{format::words(&zone.zone)}</td>
                    <td class="numeric">{format::significant(zone.rate_bad)}</td><td class="numeric">{format::significant(zone.rate_good)}</td>
                    <td class="numeric">{more(zone.ratio)}</td><td>{format::p_value(zone.adjusted_p)}</td>
                </tr>
            }
        };
        found.zones.iter().map(row).collect_view()
    };
    view! {
        <Card title="Where on the wafer" actions=export>
            <Show when=move || !is_empty.get() fallback=|| view! { <Notice title="No places to compare" text="The defects of these inspections have no position, or there are too few."/> }>
                <p class="chart-note">{note}</p>
                <div class="zones"><div class="zone-wafers">
                    {move || view! { <Wafer zones=of(|zone| ring_of(zone).is_some()) label="Rings of equal area"/> }}
                    {move || view! { <Wafer zones=of(|zone| sector_of(zone).is_some()) label="Sectors of 45°"/> }}
                </div>
                <div class="table-scroll table-short" role="region" aria-label="Zones" tabindex="0">
                    <table class="table">
                        <thead><tr>
                            <th scope="col">"Zone"</th><th scope="col" class="numeric">"Per bad inspection"</th><th scope="col" class="numeric">"Per good one"</th>
                            <th scope="col" class="numeric">"Ratio"</th><th scope="col">"All zones considered"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div></div>
            </Show>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_api_are_rings_from_the_centre_and_sectors_clockwise_from_the_top() {
        let rings = ["centre", "ring 2", "ring 3", "ring 4", "edge"];
        assert_eq!(rings.map(ring_of), [0, 1, 2, 3, 4].map(Some));
        assert_eq!(
            ["sector N", "sector E", "sector NW"].map(sector_of),
            [0, 2, 7].map(Some)
        );
        assert_eq!((ring_of("sector N"), sector_of("edge")), (None, None));
    }

    #[test]
    fn rings_have_equal_areas() {
        let area = |index: usize| ring_radius(index).powi(2);
        let first = area(0);
        for ring in 1..5 {
            assert!(
                (area(ring) - area(ring - 1) - first).abs() < 1e-9,
                "ring {ring}"
            );
        }
    }

    #[test]
    fn north_is_up_and_east_is_right_on_the_screen() {
        let (x, y) = place(0.0, 10.0);
        assert!(x.abs() < 1e-9 && (y + 10.0).abs() < 1e-9);
        let (x, y) = place(2.0, 10.0);
        assert!((x - 10.0).abs() < 1e-9 && y.abs() < 1e-9);
    }
}
