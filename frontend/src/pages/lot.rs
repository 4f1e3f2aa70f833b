//! One lot: the maps of its wafers at a step, side by side on one scale.

mod order;
mod tile;

use std::sync::Arc;

use contract::spatial::{LotMapQuery, LotMaps};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use self::order::{GroupBy, SortBy, arranged, density};
use self::tile::Tile;
use crate::api::{Api, with_query};
use crate::cells::{Palette, Scale, ScaleChoice, ScaleKind, ScaleLegend, use_palette};
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::badge::Swatch;
use crate::components::icon::{Drawn, Icon};
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::{UrlQuery, segment, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Edge of a cell where the URL says nothing, mm: a single defect is to be seen on a map of a few centimetres.
const CELL_MM: f64 = 5.0;

/// Gallery of the wafers of a lot.
#[component]
pub fn LotPage() -> impl IntoView {
    let id = use_param("id");
    use_title(move || format!("Lot {}", id.read()));
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let maps = Remote::new(
        move || {
            let question = LotMapQuery {
                step: query.value("step"),
                defect_type: filter.resolved().defect_type,
                adders: filter.resolved().adders,
                cell_mm: Some(query.parsed("cell").unwrap_or(CELL_MM)),
            };
            let path = format!("/lots/{}/maps", segment(&id.read()));
            Some(with_query(&path, &question))
        },
        move |path: String| async move { api.get::<LotMaps>(&path).await },
    );
    let of_lot = move |path: &str| format!("{path}?lot={}", segment(&id.read()));
    view! {
        <PageHead title=Signal::derive(move || format!("Lot {}", id.read())) crumbs=|| view! { <Go to="/lots">"Lots"</Go> }>
            <Go to=Signal::derive(move || of_lot("/inspections")) class="button">"Inspections"</Go>
            <Go to=Signal::derive(move || of_lot("/wafers")) class="button">"Wafers"</Go>
            <Go to=Signal::derive(move || of_lot("/stack")) class="button">"Stack its wafers"</Go>
        </PageHead>
        {loaded(maps, 14, move |maps| view! { <Gallery maps/> })}
    }
}

#[component]
fn Gallery(maps: Signal<Arc<LotMaps>>) -> impl IntoView {
    let query = UrlQuery::here();
    let palette = use_palette();
    let kind = Memo::new(move |_| ScaleKind::of_url(query.value("scale").as_deref()));
    let scale = Memo::new(move |_| Scale::of_counts(kind.get(), maps.read().most));
    let sort = Memo::new(move |_| SortBy::of_url(query.value("sort").as_deref()));
    let group = Memo::new(move |_| GroupBy::of_url(query.value("group").as_deref()));
    let is_empty = Memo::new(move |_| maps.read().wafers.is_empty());
    let measures = move || {
        let cell_mm = maps.read().cell_mm;
        format!("Defects per cell of {cell_mm} × {cell_mm} mm, one scale for all wafers")
    };
    view! {
        <Tools maps/>
        <Show when=move || !is_empty.get() fallback=|| view! { <div class="card"><Notice title="No wafers known" text="Nothing is known of the wafers of this lot."/></div> }>
            <section class="card" aria-label="Wafers">
                <div class="lot-head">
                    <p aria-live="polite">{move || summary(&maps.read())}</p>
                    <ScaleLegend scale measures=Signal::derive(measures)/>
                </div>
                <Groups maps sort group scale palette/>
            </section>
        </Show>
    }
}

/// How many wafers are what, in words.
fn summary(maps: &LotMaps) -> String {
    let wafers = &maps.wafers;
    let inspected = wafers
        .iter()
        .filter(|wafer| wafer.inspection.is_some())
        .count();
    let clean = wafers
        .iter()
        .filter(|wafer| wafer.inspection.is_some() && wafer.count == 0)
        .count();
    let defects: i64 = wafers.iter().map(|wafer| wafer.count).sum();
    let unplaced: i64 = wafers.iter().map(|wafer| wafer.unplaced).sum();
    if maps.step_id.is_empty() {
        let wafers = format::plural(wafers.len() as i64, "wafer", "wafers");
        return format!("{wafers}, none of them inspected yet.");
    }
    let clean = match clean {
        0 => "none of them clean".to_owned(),
        clean => format!("{} of them clean", format::count(clean as i64)),
    };
    let mut text = format!(
        "{} of {} inspected at {}, {clean}; {}.",
        format::count(inspected as i64),
        format::plural(wafers.len() as i64, "wafer", "wafers"),
        maps.step_id,
        format::plural(defects, "defect", "defects"),
    );
    if unplaced > 0 {
        text.push_str(&format!(
            " {} no position and {} on no map.",
            format::plural(unplaced, "defect has", "defects have"),
            if unplaced == 1 { "is" } else { "are" }
        ));
    }
    text
}

/// What is shown and how.
#[component]
fn Tools(maps: Signal<Arc<LotMaps>>) -> impl IntoView {
    let sorts = [
        ("slot", "Slot"),
        ("count", "Defects"),
        ("density", "Density"),
        ("type", "Main type"),
    ];
    let groups = [("", "Nothing"), ("type", "Main type"), ("tool", "Tool")];
    let cells = [
        ("5", "5 mm"),
        ("1", "1 mm"),
        ("2.5", "2.5 mm"),
        ("10", "10 mm"),
    ];
    let texts = |options: &[(&'static str, &str)]| {
        options
            .iter()
            .map(|(key, text)| (*key, (*text).to_owned()))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Gallery">
            <StepChoice maps/>
            <UrlSelect name="sort" label="Order" options=texts(&sorts)/>
            <UrlSelect name="group" label="Groups" options=texts(&groups)/>
            <ScaleChoice/>
            <UrlSelect name="cell" label="Cells" options=texts(&cells)/>
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&maps.read_untracked()))>
                <Drawn icon=Icon::Download/>"Export CSV"
            </button>
        </div>
    }
}

/// The step shown, by the answer; a choice stands in the URL.
#[component]
fn StepChoice(maps: Signal<Arc<LotMaps>>) -> impl IntoView {
    let query = UrlQuery::here();
    let shown = Memo::new(move |_| maps.read().step_id.clone());
    let steps = Memo::new(move |_| {
        let maps = maps.read();
        let mut steps = maps.steps.clone();
        // A step at which no wafer of the lot was inspected can stand in the URL all the same.
        if !steps.contains(&maps.step_id) {
            steps.push(maps.step_id.clone());
        }
        steps
    });
    let options = move || {
        let option = |step: String| {
            let (key, text) = (step.clone(), step.clone());
            view! { <option value=key selected=move || *shown.read() == step>{text}</option> }
        };
        steps.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="choice"><span>"Step"</span>
            <select aria-label="Step" prop:value=move || shown.get()
                on:change:target=move |event| query.set(&[("step", Some(event.target().value()))])>{options}</select>
        </label>
    }
}

#[component]
fn Groups(
    maps: Signal<Arc<LotMaps>>,
    sort: Memo<SortBy>,
    group: Memo<GroupBy>,
    scale: Memo<Scale>,
    palette: Memo<Palette>,
) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let groups = Memo::new(move |_| arranged(&maps.read().wafers, sort.get(), group.get()));
    let titles = move || {
        let groups = groups.read();
        let titles = groups
            .iter()
            .map(|of| (of.title.clone(), of.colour.clone()));
        titles.collect::<Vec<_>>()
    };
    let of_title = move |(title, colour): (String, Option<String>)| {
        let wafers = {
            let title = title.clone();
            Memo::new(move |_| {
                let groups = groups.read();
                let of_it = groups.iter().find(|of| of.title == title);
                of_it.map_or_else(Vec::new, |of| of.wafer_ids.clone())
            })
        };
        let many = move || format::plural(wafers.read().len() as i64, "wafer", "wafers");
        let head = (!title.is_empty()).then(|| view! {
            <h2 class="lot-group">{colour.map(|colour| view! { <Swatch colour/>" " })}{title}" "<span class="quiet">{many}</span></h2>
        });
        view! {
            {head}
            <ul class="wafer-tiles">
                <For each=move || wafers.get() key=String::clone let(wafer_id)><Tile maps wafer_id scale palette/></For>
            </ul>
        }
    };
    view! {
        <div node_ref=element on:keydown=move |event: KeyboardEvent| { if let Some(element) = element.get_untracked() { go_by_key(&element, &event); } }>
            <For each=titles key=|title| title.clone() children=of_title/>
        </div>
    }
}

/// Arrow keys go from tile to tile, up and down to the one that lies nearest in the next row; Home and End to
/// the ends.
fn go_by_key(gallery: &web_sys::HtmlDivElement, event: &KeyboardEvent) {
    let Ok(found) = gallery.query_selector_all(".wafer-tile") else {
        return;
    };
    let tiles: Vec<web_sys::HtmlElement> = (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect();
    let focused = document().active_element();
    let Some(now) = tiles
        .iter()
        .position(|tile| focused.as_ref() == Some(tile.as_ref()))
    else {
        return;
    };
    let places: Vec<[f64; 2]> = tiles
        .iter()
        .map(|tile| {
            let place = tile.get_bounding_client_rect();
            [place.left(), place.top()]
        })
        .collect();
    if let Some(tile) = next(&places, now, &event.key()).and_then(|next| tiles.get(next)) {
        event.prevent_default();
        // An element of the page takes the focus.
        let _ = tile.focus();
    }
}

/// The tile that a key leads to from tile `now`; `places` are left and top of each, in reading order.
fn next(places: &[[f64; 2]], now: usize, key: &str) -> Option<usize> {
    let [left, top] = *places.get(now)?;
    let row = |tops: &dyn Fn(f64) -> bool, nearest: fn(f64, f64) -> f64| {
        let tops = places.iter().map(|place| place[1]).filter(|&at| tops(at));
        let row = tops.reduce(nearest)?;
        let in_row = (0..places.len()).filter(|&index| (places[index][1] - row).abs() < 1.0);
        in_row.min_by(|&first, &second| {
            let far = |index: usize| (places[index][0] - left).abs();
            far(first).total_cmp(&far(second))
        })
    };
    match key {
        "ArrowLeft" => now.checked_sub(1),
        "ArrowRight" => (now + 1 < places.len()).then_some(now + 1),
        "ArrowDown" => row(&|at| at > top + 1.0, f64::min),
        "ArrowUp" => row(&|at| at < top - 1.0, f64::max),
        "Home" => Some(0),
        "End" => places.len().checked_sub(1),
        _ => None,
    }
}

/// The wafers for CSV, in the order of their slots.
fn table(maps: &LotMaps) -> ChartSpec {
    let row = |wafer: &contract::spatial::LotWafer| {
        let inspection = wafer.inspection.as_ref();
        let text = |value: Option<String>| Cell::Text(value.unwrap_or_default());
        Datum {
            title: wafer.wafer_id.clone(),
            cells: vec![
                Cell::Number(wafer.slot.map(f64::from)),
                Cell::Text(if inspection.is_some() { "yes" } else { "no" }.to_owned()),
                Cell::Number(inspection.map(|_| wafer.count as f64)),
                Cell::Number(density(wafer)),
                text(wafer.main_type.as_ref().map(|kind| kind.name.clone())),
                text(inspection.and_then(|of| of.equipment_id.clone())),
                text(inspection.map(|of| super::links::csv_moment(Some(of.inspected_at)))),
            ],
            ..Datum::default()
        }
    };
    let columns = [
        "Wafer",
        "Slot",
        "Inspected",
        "Defects",
        "Defects/cm²",
        "Main type",
        "Equipment",
        "Inspected at",
    ];
    ChartSpec {
        name: "lot",
        columns: columns.map(str::to_owned).to_vec(),
        data: maps.wafers.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn arrow_keys_follow_rows_and_columns_of_the_tiles() {
        // Three in the first row, two in the second.
        let places = [
            [0.0, 0.0],
            [10.0, 0.0],
            [20.0, 0.0],
            [0.0, 30.0],
            [10.0, 30.0],
        ];
        for (now, key, to) in [
            (0, "ArrowRight", Some(1)),
            (4, "ArrowRight", None),
            (0, "ArrowLeft", None),
            (2, "ArrowDown", Some(4)),
            (0, "ArrowDown", Some(3)),
            (4, "ArrowUp", Some(1)),
            (4, "ArrowDown", None),
            (3, "Home", Some(0)),
            (0, "End", Some(4)),
            (0, "a", None),
        ] {
            assert_eq!(next(&places, now, key), to, "{key} from {now}");
        }
    }
}
