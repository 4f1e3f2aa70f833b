//! Bin maps of electrical test of a wafer: to look at, to add, to delete.

use std::sync::Arc;

use contract::spatial::{Bin, BinMap, BinMapDetail, BinMapUpload, BinQuality};
use contract::user::Role;
use leptos::html::Input;
use leptos::prelude::*;
use uuid::Uuid;

use super::links;
use crate::api::{Api, with_query};
use crate::cells::{Palette, use_palette};
use crate::components::delete::DeletePart;
use crate::components::facts::Moment;
use crate::components::form::Saving;
use crate::components::icon::{Drawn, Icon};
use crate::components::page::Card;
use crate::components::status::{Notice, Refusal, loaded};
use crate::format;
use crate::state::caller::Caller;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::wafer::{Form, MapData, Overlay};

/// The bin maps of a wafer. The one that is drawn over the wafer's map stands in the URL as `bins`.
#[component]
pub fn BinMaps(
    /// Wafer.
    id: Memo<String>,
) -> impl IntoView {
    let api = Api::here();
    let path = Memo::new(move |_| format!("{}/bin-maps", links::wafer(&id.read())));
    let maps = Remote::new(
        move || Some(path.get()),
        move |path: String| async move { api.get::<Vec<BinMap>>(&path).await },
    );
    let caller = Caller::here();
    let reload = Callback::new(move |()| maps.reload());
    view! {
        <Card title="Bin maps">
            {loaded(maps, 3, move |maps| {
                let rows = move || maps.get().iter().cloned().map(|map| view! { <Row map on_gone=reload/> }).collect_view();
                view! {
                    <Show when=move || !maps.read().is_empty() fallback=|| view! { <Notice title="No bin map of electrical test" text="With one, kill ratios tell which defects make dies fail."/> }>
                        <ul class="bin-maps">{rows}</ul>
                    </Show>
                }
            })}
            {caller.may(Role::Operator).then(|| view! { <Add path on_done=reload/> })}
        </Card>
    }
}

#[component]
fn Row(map: BinMap, on_gone: Callback<()>) -> impl IntoView {
    let query = UrlQuery::here();
    let id = map.bin_map_id;
    let is_shown = move || query.parsed::<Uuid>("bins") == Some(id);
    let show = move |_| {
        let shown = untrack(is_shown);
        query.set(&[("bins", (!shown).then(|| id.to_string()))]);
    };
    let gone = Callback::new(move |()| {
        if untrack(is_shown) {
            query.replace(&[("bins", None)]);
        }
        on_gone.run(());
    });
    let yield_share = (map.dies > 0).then(|| map.good as f64 / map.dies as f64 * 100.0);
    let good = format!(
        "{} of {} good ({})",
        format::count(map.good),
        format::plural(map.dies, "die", "dies"),
        format::or_unknown(yield_share, format::percent)
    );
    let format = map.format.as_str().to_uppercase();
    let warnings = map.warnings.clone();
    view! {
        <li>
            <p><strong>{map.name}</strong>" "<span class="badge">{format}</span></p>
            <p>{good}", "{format::plural(map.bins.len() as i64, "bin", "bins")}</p>
            <p class="quiet">{map.placed}</p>
            <p class="quiet">{map.source_file}", "<Moment at=map.imported_at/></p>
            {(!warnings.is_empty()).then(|| view! { <p class="message message-warning">{warnings.join(" ")}</p> })}
            <details class="bins"><summary>"Bins"</summary><ul class="type-shares">{map.bins.into_iter().map(bin).collect_view()}</ul></details>
            <p class="toolbar">
                <button class="button" type="button" aria-pressed=move || is_shown().to_string() class:is-active=is_shown on:click=show><Drawn icon=Icon::Wafer/>"Show under the defects"</button>
                <DeletePart path=format!("/bin-maps/{id}") what="bin map" consequence="Kill ratios no longer count it. The file can be added again." on_gone=gone/>
            </p>
        </li>
    }
}

fn bin(bin: Bin) -> impl IntoView {
    let quality = match bin.quality {
        BinQuality::Pass => "badge badge-good",
        BinQuality::Fail => "badge badge-bad",
        BinQuality::Unknown => "badge",
    };
    let described = bin.description.filter(|text| !text.is_empty());
    view! {
        <li><span class="type-share-name"><code>{bin.code}</code>" "<span class=quality>{bin.quality.as_str()}</span>{described.map(|text| format!(" {text}"))}</span>
            <span>{format::count(bin.count)}</span></li>
    }
}

/// Sides of the wafer that the notch can be on in a file.
const NOTCHES: [(&str, &str); 5] = [
    ("", "as the file says"),
    ("0", "down"),
    ("90", "left"),
    ("180", "up"),
    ("270", "right"),
];

/// Takes a file.
#[component]
fn Add(path: Memo<String>, on_done: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let picker = NodeRef::<Input>::new();
    let notch = RwSignal::new(String::new());
    let saving = Saving::new();
    let added = RwSignal::new(None::<String>);
    let picked = move |_| {
        let Some(input) = picker.get_untracked() else {
            return;
        };
        let file = input.files().and_then(|files| files.item(0));
        let Some(file) = file else { return };
        let question = BinMapUpload {
            file_name: Some(file.name()),
            notch_deg: notch.get_untracked().parse().ok(),
            ..BinMapUpload::default()
        };
        let path = with_query(&path.get_untracked(), &question);
        added.set(None);
        saving.run(
            async move { api.post_file::<BinMap>(&path, &file).await },
            move |map| {
                let _ = added.try_set(Some(format!("{} is in: {}", map.source_file, map.placed)));
                on_done.run(());
            },
        );
        // The same file may be picked again.
        input.set_value("");
    };
    let options = NOTCHES.map(|(value, text)| view! { <option value=value>{text}</option> });
    view! {
        <div class="add-bin-map" role="group" aria-label="Add a bin map">
            <label class="choice"><span>"Notch in the file"</span>
                <select on:change:target=move |event| notch.set(event.target().value())>{options.into_iter().collect_view()}</select></label>
            <label class="button" class:is-active=move || saving.is_busy()><Drawn icon=Icon::Import/>{move || if saving.is_busy() { "Reading …" } else { "Add a bin map" }}
                <input node_ref=picker class="visually-hidden" type="file" name="bin-map" on:change=picked/></label>
            <span class="quiet">"SINF, SEMI G85 or SEMI E142; one wafer"</span>
        </div>
        <p aria-live="polite">{move || added.get().map(|text| view! { <span class="badge badge-good">"added"</span>" "{text} })}</p>
        <Refusal error=saving.error()/>
    }
}

/// The bin map that the URL names, as forms under the defects of `map`.
pub fn use_bins(
    map: impl Fn() -> Option<Arc<MapData>> + Send + Sync + 'static,
) -> Memo<Arc<Vec<Overlay>>> {
    let api = Api::here();
    let query = UrlQuery::here();
    let palette = use_palette();
    let named = Memo::new(move |_| query.parsed::<Uuid>("bins"));
    let bins = Remote::new(
        move || named.get().map(|id| format!("/bin-maps/{id}")),
        move |path: String| async move { api.get::<BinMapDetail>(&path).await },
    );
    Memo::new(move |_| {
        let shown = named.get().and_then(|_| bins.get()).zip(map());
        let shown = shown.map(|(bins, map)| forms(&bins, &map, &palette.read()));
        Arc::new(shown.unwrap_or_default())
    })
}

/// Failing dies are filled, passing ones pale.
fn forms(bins: &BinMapDetail, map: &MapData, palette: &Palette) -> Vec<Overlay> {
    let dies = &map.head.dies;
    let place_of: std::collections::HashMap<(i32, i32), usize> =
        (0..dies.die_x.len().min(dies.left_mm.len()))
            .map(|place| ((dies.die_x[place], dies.die_y[place]), place))
            .collect();
    (0..bins.die_x.len())
        .filter_map(|index| {
            let place = *place_of.get(&(bins.die_x[index], bins.die_y[index]))?;
            let bin = bins.bin_map.bins.get(*bins.bin.get(index)? as usize)?;
            let fill = match bin.quality {
                BinQuality::Pass => palette.less(0.35),
                BinQuality::Fail => palette.more(0.9),
                BinQuality::Unknown => return None,
            };
            let (left, bottom) = (dies.left_mm[place], dies.bottom_mm[place]);
            Some(Overlay {
                id: u32::try_from(index).ok()?,
                form: Form::Rect([left, bottom, left + dies.width_mm, bottom + dies.height_mm]),
                fill: Some(fill),
                line: None,
                dashed: false,
                label: None,
                above: false,
            })
        })
        .collect()
}
