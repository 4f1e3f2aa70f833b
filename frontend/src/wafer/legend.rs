//! The types on a map: what they look like, how many, which are shown.

use std::sync::Arc;

use leptos::prelude::*;

use super::columns::MapData;
use super::density::Ramp;
use super::desk::Desk;
use super::painter::DrawnCells;
use super::shape::Shape;
use crate::chart::figure;
use crate::format;
use contract::analytics::MapType;

/// Types with a check box each; pointing at one makes it stand out on the map.
#[component]
pub fn Legend(
    /// The map.
    map: Signal<Option<Arc<MapData>>>,
    /// Types that are not drawn.
    hidden: RwSignal<Vec<i32>>,
    /// Type that is pointed at.
    pointed: RwSignal<Option<i32>>,
    /// What the types are.
    title: &'static str,
) -> impl IntoView {
    let entry = move |kind: &MapType| {
        let id = kind.defect_type_id;
        let point = move |on: bool| {
            // Leaving one entry after entering the next must not take the next one's place.
            if on {
                pointed.set(Some(id));
            } else if pointed.get_untracked() == Some(id) {
                pointed.set(None);
            }
        };
        view! {
            <li on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false)>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || !hidden.with(|hidden| hidden.contains(&id))
                        on:change=move |_| toggle(hidden, id)
                        on:focus=move |_| point(true)
                        on:blur=move |_| point(false)
                    />
                    <svg viewBox="-11 -11 22 22" width="14" height="14" aria-hidden="true">
                        <path d=Shape::of_type(id).svg_path() fill=kind.colour.clone()></path>
                    </svg>
                    <span class="wafer-type-name">{kind.name.clone()}</span>
                    <span class="wafer-type-count">{figure(count(kind.count))}</span>
                </label>
            </li>
        }
    };
    let hide_all = move |all: bool| {
        let every = map
            .with_untracked(|map| map.as_ref().map(|map| ids(map)))
            .unwrap_or_default();
        hidden.set(if all { every } else { Vec::new() });
    };
    let several = move || map.with(|map| map.as_ref().is_some_and(|map| map.head.types.len() > 1));
    view! {
        <fieldset class="wafer-legend">
            <legend>{title}</legend>
            <ul>
                {move || {
                    map.with(|map| map.as_ref().map(|map| map.head.types.iter().map(entry).collect_view()))
                }}
            </ul>
            <Show when=several>
                <div class="wafer-legend-all">
                    <button type="button" on:click=move |_| hide_all(false)>"Show all"</button>
                    <button type="button" on:click=move |_| hide_all(true)>"Hide all"</button>
                </div>
            </Show>
        </fieldset>
    }
}

/// Colours of the density with the counts that they mean.
#[component]
pub fn DensityLegend(
    /// The map.
    desk: Desk,
) -> impl IntoView {
    let cells = move || desk.drawn.with(|drawn| drawn.as_ref()?.cells.clone());
    let logarithmic = move |on: bool| desk.layers.update(|layers| layers.is_logarithmic = on);
    let choice = move |text: &'static str, on: bool| {
        view! {
            <button type="button" aria-pressed=move || (desk.layers.with(|layers| layers.is_logarithmic) == on).to_string()
                on:click=move |_| logarithmic(on)>{text}</button>
        }
    };
    view! {
        <Show when=move || cells().is_some()>
            <div class="wafer-density">
                <span>{move || cells().map(|cells| unit(&cells))}</span>
                <span class="wafer-ramp">
                    <span class="wafer-ramp-bar" style:background=move || cells().map(|cells| gradient(cells.ramp)).unwrap_or_default()></span>
                    <span class="wafer-ramp-ticks">
                        {move || cells().map(|cells| ticks(&cells).into_iter().map(|count| view! { <span>{count}</span> }).collect_view())}
                    </span>
                </span>
                <span class="wafer-choice">{choice("Linear", false)}{choice("Log", true)}</span>
            </div>
        </Show>
    }
}

/// What a cell counts.
#[must_use]
pub fn unit(cells: &DrawnCells) -> String {
    let edge = figure(cells.cell_mm);
    format!("Defects per cell of {edge} × {edge} mm")
}

/// Counts at even steps of the ramp.
#[must_use]
pub fn ticks(cells: &DrawnCells) -> Vec<String> {
    let most: u32 = if cells.largest < 3 { 1 } else { 2 };
    (0..=most)
        .map(|step| {
            cells
                .ramp
                .count_at(f64::from(step) / f64::from(most), cells.largest)
        })
        .map(|count| format::count(count.round() as i64))
        .collect()
}

fn gradient(ramp: Ramp) -> String {
    let stops: Vec<String> = (0..=5)
        .map(|step| ramp.at(f64::from(step) / 5.0))
        .map(|[red, green, blue]| format!("rgb({red} {green} {blue})"))
        .collect();
    format!("linear-gradient(to right, {})", stops.join(", "))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn count(value: i64) -> f64 {
    value as f64
}

fn ids(map: &MapData) -> Vec<i32> {
    map.head
        .types
        .iter()
        .map(|kind| kind.defect_type_id)
        .collect()
}

fn toggle(hidden: RwSignal<Vec<i32>>, id: i32) {
    hidden.update(
        |hidden| match hidden.iter().position(|&other| other == id) {
            Some(place) => {
                hidden.swap_remove(place);
            }
            None => hidden.push(id),
        },
    );
}
